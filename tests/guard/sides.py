"""A shop with the same things at two places, an order that both share, and people who hold each role at each place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from uuid import UUID

from django.apps import apps
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.actions import role_invitation
from accounts.models import Organisation, Person, Question, Region
from accounts.models.appointment import FITS, OF_A_TEAM, Role
from accounts.places import SHOP, Place
from catalog.actions import question as questions
from catalog.models import DepartmentCheck, Leader, Product, Team
from contest.models import Judge, Registration, Rulebook, Stage
from contest.reads.keeping import key_of_round
from core import clock
from core.api.ids import global_id, uid_of
from core.models import Alarm, Delivery, OutboxEvent
from impact.actions import household
from impact.models import Edition, Round
from orders.models import Claim, Order, Shipment, ShippingRate
from scripts.floors import standing
from tests.accounts.world import a_person, an_organisation, holds
from tests.catalog.world import a_product, a_team
from tests.factor import awake
from tests.guard.canaries import Canary
from tests.orders.world import Buyer, key, tell
from tests.shop.strangers import Town
from tests.together.world import pay_at_the_till

# Two provinces in which things lie, by a county of each; and a division of the first province in which nothing does.
HERE, THERE, ELSEWHERE = "420000", "650000", "422800"
COUNTY = {HERE: "420527", THERE: "653101"}
LONG_AGO = timedelta(days=4)


class Side(Town):
    """Everybody's things at one place."""

    def __init__(self, till: Any, stand: Any, province: str):
        county = Region.objects.get(code=COUNTY[province])
        self.province, self.county, self.known = province, county, _uids()
        with mock.patch("tests.catalog.world.a_county", lambda: county):
            super().__init__(till, stand, closed=county.code)
            self._more()
        self.rows = {model: uids - self.known[model] for model, uids in _uids().items()}
        self.numbers = set(Order.objects.filter(uid__in=self.rows["Order"]).values_list("number", flat=True))
        self._inputs: dict[str, Any] = {}

    def _more(self) -> None:
        """What waits for those who work at this place."""
        organisations = (self.together.union.pk, self.proposed.pk)
        Organisation.objects.filter(pk__in=organisations).update(region=self.county)
        Claim.objects.filter(line__order=self.sold.row).update(disputed_at=timezone.now() - LONG_AGO)
        self.team = self.unsold.variant.product.team
        self.green = a_team(verified=False)
        self.submitted = a_product(self.team, state="submitted", name_zh="示例送审")
        Product.objects.filter(pk=self.submitted.pk).update(submitted_at=timezone.now())
        self.draft = a_product(self.team, state="draft", name_zh="示例草稿")
        questions.ask(self.unsold.variant.product, a_person(), "示例提问")
        (self.candidate,) = household.propose_many(
            [household.Proposal(self.team, self.county, timezone.now())], None
        )
        Leader.objects.filter(team=self.team).update(is_woman=True)
        sends = dict.fromkeys(
            ("rest_reason", "sends_from", "returns_to", "carrier", "licence_number"), "示例"
        )
        Team.objects.filter(pk=self.team.pk).update(**sends, licence_expires_on=clock.today())
        ShippingRate.objects.create(team=self.team, storage="frozen", step_grams=1)
        DepartmentCheck.objects.create(kind="logistics", team=self.team, is_fine=True)
        DepartmentCheck.objects.create(
            kind="quality", team=self.team, product=self.draft, is_fine=False, words="示例"
        )
        Round.objects.filter(pk=self.entry.round_id).update(region=self.province)
        self._stages()
        self.entry.round.refresh_from_db()
        Question.objects.filter(pk=self.question.pk).update(region=self.province)
        Rulebook.objects.filter(pk=self.rules.pk).update(region=self.province)
        self.applied = Registration.objects.create(
            round=self.entry.round, team=self.green, applied_at=timezone.now()
        )
        self.appointment = holds(a_person(), Role.COUNTY_VERIFIER, Place(region=self.county.code))
        self.offer = role_invitation.send(
            f"{self.county.code}@example.com",
            Role.OBSERVER,
            Place(region=self.county.code),
            a_person(("owner",)),
        )
        role_invitation.send(
            f"{self.county.code}p@example.com",
            Role.PACKER,
            Place(subject=self.team.uid),
            a_person(("owner",)),
        )
        self.at_team = holds(a_person(), Role.PACKER, Place(subject=self.team.uid))

    def _stages(self) -> None:
        """The round is one of two stages."""
        opens_at = self.entry.round.closes_at
        for number in (1, 2):
            Stage.objects.create(
                round=self.entry.round,
                number=number,
                kind="score",
                name_zh="示例",
                name_en="Demo",
                picks=3 - number,
                opens_at=opens_at + number * LONG_AGO,
                closes_at=opens_at + (number + 1) * LONG_AGO,
            )

    @property
    def ids(self) -> dict[str, str]:
        """By the names of inputs."""
        submitted = global_id("Product", self.submitted.uid)
        candidate = global_id("OfficeHousehold", self.candidate.uid)
        green = global_id("Team", self.green.uid)
        return super().ids | {
            "listingApprove.id": submitted,
            "listingReturn.id": submitted,
            "productWithdraw.id": submitted,
            "qualityCheck.product": submitted,
            "householdVerify.id": candidate,
            "householdDecline.id": candidate,
            "leaderVerify.team": green,
            "registrationCheck.id": global_id("Registration", self.applied.uid),
            "leaderDecline.team": green,
            "round": global_id("Round", key_of_round(self.entry.round)),
            "shipmentShip.shipmentId": self.sold.parcel_id(0),
            "shipmentPack.shipmentId": self.sold.parcel_id(0),
            "shipmentNumberCorrect.shipmentId": self.sold.parcel_id(0),
            "shipmentSendingUndo.shipmentId": self.sold.parcel_id(0),
            "shipmentCameBack.shipmentId": self.sold.parcel_id(0),
            "shipmentLost.shipmentId": self.sold.parcel_id(0),
            "shipmentSplit.shipmentId": self.sold.parcel_id(0),
            "shipmentsShip.shipmentId": self.sold.parcel_id(0),
            "shipmentSplit.stays": self.sold.line_id(0),
            "deviceCodeGive.appointmentId": global_id("Appointment", self.at_team.uid),
            "deviceCodeGive.id": global_id("Appointment", self.at_team.uid),
        }

    def input_of(self, act: str) -> dict[str, Any]:
        """A complete input about what lies here."""
        if act not in self._inputs:
            known = getattr(self, "_ids", None) or self.ids
            self._ids = known
            with mock.patch.object(Side, "ids", known):
                self._inputs[act] = super().input_of(act) | self._its_own(act)
        given: dict[str, Any] = self._inputs[act]
        return given | ({"idempotencyKey": key()} if "idempotencyKey" in given else {})

    @cached_property
    def asks_of_others(self) -> dict[str, str]:
        """How a desk is asked for that is another team's, at the same place."""
        other = global_id("Team", self.together.team.uid)
        return {
            "desk": f'team: "{other}"',
            "contestDesk": f'team: "{other}"',
            "householdDesk": f'team: "{other}"',
            "integrityDesk": f'team: "{other}"',
            "newsDesk": f'team: "{other}"',
            "listingSheet": f'team: "{other}"',
            "resultDesk": f'team: "{other}"',
            "teamProducts": f'team: "{other}", first: 20',
            "groupParcels": f'team: "{other}", first: 20',
        }

    def rows_told(self) -> set[str]:
        """The ids of what lies here, as they stand inside of every id of the API."""
        return {str(uid) for uids in self.rows.values() for uid in uids if isinstance(uid, UUID)}

    @cached_property
    def asks(self) -> dict[str, list[str]]:
        """How each field that names a thing is asked for what lies here."""
        number = self.sold.order["number"]
        draft, team = global_id("Product", self.draft.uid), global_id("Team", self.team.uid)
        sold = self.sold.lots[0].variant.product
        return {
            "setAside": [f'order: "{number}"'],
            "orderGroup": [f'order: "{number}"'],
            "order": [f'number: "{number}"'],
            "groupPurchase": [f'code: "{self.together.code}"'],
            "provenance": [f'product: "{self.draft.slug}"', f'team: "{self.team.slug}"'],
            **dict.fromkeys(
                ("contestEntry", "scoreExplained"),
                [f'edition: "{self.entry.round.edition.slug}", number: "{self.entry.number}"'],
            ),
            "scoreCompared": [f'edition: "{self.entry.round.edition.slug}", a: "1", b: "2"'],
            "incident": [f'code: "{self.closure.incident.code}"'],
            "reviews": [f'product: "{sold.slug}", first: 20'],
            "rating": [f'product: "{sold.slug}"'],
            "boughtTogether": [f'product: "{sold.slug}"'],
            "fromSameCounty": [f'product: "{sold.slug}"'],
            "inSeasonTogether": [f'product: "{sold.slug}"'],
            "formerProduct": [f'slug: "{sold.slug}"'],
            **dict.fromkeys(("geographicalIndication", "brand"), ['slug: "1"']),
            "place": [f'code: "{sold.origin_id}"'],
            "productFaq": [f'product: "{sold.slug}", first: 10'],
            "course": [f'id: "{global_id("Course", self.course.uid)}"'],
            "courses": ["first: 20"],
            "ceremonies": [f'edition: "{self.entry.round.edition.slug}"'],
            "ceremonyInvitation": ['code: "none"'],
            "edition": [f'slug: "{self.entry.round.edition.slug}"'],
            "editionFaq": [f'edition: "{self.entry.round.edition.slug}", first: 20'],
            **dict.fromkeys(
                ("organiserRound", "judgesDesk", "sheetSeals", "integrityReport", "roundResult"),
                [
                    f'edition: "{self.entry.round.edition.slug}", level: PROVINCIAL, region: "{self.entry.round.region_id}"'
                ],
            ),
            "judgedEntry": [f'id: "{global_id("JudgedEntry", self.entry.uid)}"'],
            "rulebook": [f'id: "{global_id("Rulebook", self.rules.uid)}"'],
            "rulebooks": [f'edition: "{self.entry.round.edition.slug}"'],
            "contestDesk": [f'team: "{team}"'],
            "officeHousehold": [f'id: "{global_id("OfficeHousehold", self.candidate.uid)}"'],
            "officeCorrection": [f'id: "{global_id("OfficeCorrection", self.correction.uid)}"'],
            "officeTeam": [f'id: "{team}"'],
            "officeOrganisation": [f'id: "{global_id("Organisation", self.proposed.uid)}"'],
            "organisation": [f'id: "{global_id("Organisation", self.proposed.uid)}"'],
            "teamProduct": [f'id: "{draft}"'],
            **dict.fromkeys(
                ("desk", "householdDesk", "integrityDesk", "newsDesk", "resultDesk", "listingSheet"),
                [f'team: "{team}"'],
            ),
            "teamProducts": [f'team: "{team}", first: 20'],
            "harvestDesk": [f'lot: "{global_id("Lot", self.sold.lots[0].uid)}"'],
            "team": [f'slug: "{self.team.slug}"'],
            "product": [f'slug: "{self.draft.slug}", preview: true'],
            "invitation": ['token: "none"'],
            "roleInvitation": ['token: "none"'],
            "searchSuggestions": ['text: "示例", first: 10'],
            "office.product": [f'id: "{draft}"'],
            "office.account": [f'id: "{global_id("Person", self.owner.person.uid)}"'],
            "office.order": [f'number: "{number}"'],
            "office.orders": [f'numbers: ["{number}", "{self.kept["number"]}"]'],
        }

    def _its_own(self, act: str) -> dict[str, Any]:
        return {
            "placeClose": {"regionCode": self.county.code},
            "teamCreate": {"county": self.county.code},
            "teamInvite": {"county": self.county.code, "email": "new@example.com"},
            "teamMemberInvite": {"email": "new@example.com", "role": "PACKER"},
            "roleInvitationSend": {
                "email": "new@example.com",
                "role": "OBSERVER",
                "region": self.county.code,
            },
            "roundCreate": {"region": self.province, "level": "NATIONAL"},
            "shippingRateSave": {"team": self.team.code},
            "tiesDeclare": {"county": self.county.code},
            "accountFind": {"email": self.owner.person.email},
            "auditPersonFind": {"email": self.owner.person.email},
            "orderFind": {"words": self.sold.order["number"]},
            "listingApprove": {"version": self.submitted.version},
            **dict.fromkeys(("caseDecide", "caseAnswer"), {"decision": "CLEARED", "reason": "MISTAKEN"}),
            "relatedPartyDeclare": {"kind": "PHONE", "value": "13900000001"},
        }.get(act, {})


def _uids() -> dict[str, set[Any]]:
    models = [m for floor in standing()[1:] for m in apps.get_app_config(floor).get_models()]
    return {
        m.__name__: set(m._base_manager.values_list("uid" if hasattr(m, "uid") else "pk", flat=True))
        for m in models
    }


class World:
    """Both sides, what they share, and what is the whole shop's alone."""

    def __init__(self, till: Any, stand: Any):
        self.sides = {province: Side(till, stand, province) for province in COUNTY}
        buyer = Buyer()
        self.shared = buyer.place(*(side.sold.lots[0] for side in self.sides.values()))
        pay_at_the_till(till, buyer, self.shared)
        tell(stand, "checkout.session.completed")
        for side in self.sides.values():
            hers = Shipment.objects.filter(order__number=self.shared["number"], team__county=side.county)
            side.rows["Shipment"] |= set(hers.values_list("uid", flat=True))
            side.rows["Parcel"] |= set(hers.values_list("parcel__uid", flat=True))
        Alarm.objects.create(name="worker_away", value=1, fired_at=timezone.now())
        event = OutboxEvent.objects.first()
        Delivery.objects.create(event=event, reaction="示例", parked_at=timezone.now(), error="TimeoutError")

    def side_of(self, canary: Canary) -> str:
        """At which place lies the row that a canary sits in; empty for what both share, and for what is nowhere."""
        model, _, column = canary.where.partition(".")
        kind = next(m for m in apps.get_models() if m.__name__ == model)
        planted = re.match(r"cy(\d+)", canary.word)
        found = {"pk": planted[1]} if planted else {column: canary.word}
        if column == "uid":
            found = {"uid": uid_of(canary.word, model)}
        row = kind._base_manager.filter(**found).first()
        key = getattr(row, "uid", row and row.pk)
        return next((s.province for s in self.sides.values() if key in s.rows[model]), "")


# --- Whoever asks -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Viewer:
    """Somebody with one appointment: the role, what its place is, and how its term stands."""

    person: Person
    role: str
    kind: str
    of: str  # HERE, THERE or ELSEWHERE; empty for the whole shop
    term: str

    @property
    def holds_it(self) -> bool:
        """Whether the role opens anything at this moment."""
        return self.term in WITHIN and self.of != ELSEWHERE

    def reaches(self, province: str) -> bool:
        """Whether what lies there lies where she holds it."""
        return self.holds_it and (self.kind == "shop" or self.of == province)

    def __str__(self) -> str:
        return f"{self.role} of {self.kind} {self.of or '-'}, {self.term}"


TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
WITHIN = ("within", "last moment", "first moment")
OUTSIDE = ("not begun", "ended now", "called off", "ended early", "asleep", "account closed")


def _term(term: str, now: datetime) -> dict[str, Any]:
    ended = {"end_reason": "示例", "ended_by": Person.objects.order_by("pk").first()}
    return {
        "last moment": {"ends_at": now + TICK},
        "first moment": {"starts_at": now},
        "not begun": {"starts_at": now + TICK},
        "ended now": {"ends_at": now},
        "called off": {"starts_at": now + HOUR, "ends_at": now + HOUR, **ended},
        "ended early": {"ends_at": now - TICK, **ended},
    }.get(term, {})


def kinds_of(role: str) -> list[str]:
    """The kinds of places at which a role can be held, the widest first."""
    return [kind for kind, roles in FITS.items() if role in roles]


def _place(world: World, role: str, kind: str, of: str) -> Place:
    if kind == "shop":
        return SHOP
    if kind == "region":
        return Place(region=of)
    side = world.sides.get(of)
    if kind == "organisation":
        return Place(organisation=side.together.union.pk if side else an_organisation().pk)
    if side is None:
        return Place(subject=a_team().uid)
    return Place(subject=side.team.uid if role in OF_A_TEAM else side.entry.round.edition.uid)


def a_viewer(world: World, role: str, kind: str, of: str, term: str, now: datetime) -> Viewer:
    """Somebody who holds this and nothing else."""
    person = a_person()
    where = _place(world, role, kind, of)
    holds(person, role, where, **_term(term, now))
    if role == Role.JUDGE:
        for edition in Edition.objects.filter(uid=where.subject):
            Judge.objects.create(edition=edition, person=person, declared_at=now)
    if term == "account closed":
        Person.objects.filter(pk=person.pk).update(is_active=False)
    person = Person.objects.get(pk=person.pk)
    return Viewer(
        person if term == "asleep" else awake(person), role, kind, "" if kind == "shop" else of, term
    )


def each_once(world: World, now: datetime) -> Iterator[Viewer]:
    """Each role within its term at each kind of place, and once outside: at another place, or out of its term."""
    for n, role in enumerate(Role.values):
        for kind in kinds_of(role):
            yield a_viewer(world, role, kind, HERE, WITHIN[n % len(WITHIN)], now)
        kind = kinds_of(role)[-1]
        wrong = n % (len(OUTSIDE) + 1)
        if wrong == len(OUTSIDE) and kind != "shop":
            yield a_viewer(world, role, kind, ELSEWHERE, "within", now)
        else:
            yield a_viewer(world, role, kinds_of(role)[0], HERE, OUTSIDE[wrong % len(OUTSIDE)], now)


def all_of_them(world: World, now: datetime) -> Iterator[Viewer]:
    """Each role × each kind of place × each place × each term."""
    for role in Role.values:
        for kind in kinds_of(role):
            for of in (HERE,) if kind == "shop" else (HERE, THERE, ELSEWHERE):
                for term in (*WITHIN, *OUTSIDE):
                    yield a_viewer(world, role, kind, of, term, now)
