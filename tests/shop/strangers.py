"""A small whole shop with something of everybody's in it, and strangers who know every id."""

from datetime import date, timedelta
from secrets import token_hex
from typing import Any

from django.apps import apps
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.actions import address as addresses
from accounts.actions import role_invitation as roles
from accounts.actions import token as tokens
from accounts.models import Person, Region
from accounts.places import SHOP
from catalog.models import TeamApplication
from contest.actions import question as questions
from contest.actions import related_party, rulebook
from contest.models import Case, RegistrationAppeal
from core import clock
from core.api.ids import uid_of
from core.api.run import graphql_schema
from impact.actions import shares
from impact.models import ShareCorrection
from orders.actions import closure, coupon, webhook
from orders.actions import wish as wishes
from orders.models import (
    Cart,
    ClaimReply,
    Dispute,
    InvoiceWish,
    Payment,
    PaymentTrial,
    Refund,
    Setback,
    Webhook,
)
from scripts.floors import standing
from tests.accounts.world import PASSWORD, Asker, a_link, a_person, an_organisation, holds
from tests.catalog.world import a_lot, a_news, a_product, a_team, a_variant
from tests.contest.committee import a_tie
from tests.contest.learning import a_course, a_guest, a_task
from tests.contest.outside import a_mapping, a_source, a_statement, a_twin
from tests.contest.rounds import spoken_against
from tests.impact.world import a_round, households
from tests.orders.sold import Sold
from tests.orders.world import KASHGAR, WUHAN, Buyer, key
from tests.shop.ids import ids_of
from tests.together.world import Together

# What the shop writes of whoever asks, whatever comes of it.
OF_THE_ASKER = {"IdempotencyKey", "Session", "AuditEntry", "OutboxEvent", "Delivery", "Cart", "Person"}
# Doors that are open to anybody for what is their own, and ask for no id of a thing.
OWN = {
    *(
        "personExport",
        "shopQuestionAsk",
        "personKeep",
        "personUpdate",
        "productCreate",
        "signIn",
        "signInByText",
        "textCodeRequest",
        "orderLinkRequest",
        "lettersChoose",
        "numberCodeRequest",
        "numberAdd",
        "confirmCodeRequest",
        "signOut",
        "signUp",
        "shopSetUp",
    ),
    *("engagementGive", "engagementRevoke", "referralLinkMake", "wishKeep", "newsSwitchOff"),
    *("lessonReadMark", "courseQuizAnswer"),
    *("passwordResetRequest", "groupPurchaseJoin", "buyNow", "cartLinesAdd", "cartUpdate", "addressSave"),
    *(
        "emailChangeRequest",
        "passwordChange",
        "personErase",
        "tokenCreate",
        "organisationPropose",
        "roleInvitationSend",
    ),
    *("weChatBegin", "accountsJoin", "otherSessionsEnd"),
    *(
        "secondFactorBegin",
        "secondFactorConfirm",
        "secondFactorGive",
        "secondFactorEnd",
        "recoveryCodesRenew",
    ),
}


def a_case(entry: Any, by: Any) -> Case:
    """One that is decided, and that this manager of the entry's team has appealed."""
    now = clock.now()
    return Case.objects.create(
        round=entry.round,
        entry=entry,
        rule="F3",
        subject="address:示例",
        effect="hold",
        opened_at=now,
        evidence={"payers": 5},
        state="appealed",
        decision="excluded",
        reason="confirmed",
        decided_at=now,
        appeal="示例",
        appealed_at=now,
        appealed_by=by,
    )


class Town:
    """Everybody's things, by the names that inputs give them."""

    def __init__(self, till: Any, stand: Any, closed: str = KASHGAR):
        self._sold(till, stand, closed)
        self._known()
        self._in_the_contest()
        self._told_from_outside()
        self._on_the_shelf()

    def _sold(self, till: Any, stand: Any, closed: str) -> None:
        self.sold = Sold(till, stand)
        self.sold.arrive(0)
        self.sold.claim()
        self.sold.disagree()
        said = ClaimReply.objects.get(claim__line__order=self.sold.row, kind="answered")
        # What was offered and is not wanted any more.
        said.claim.replacements.create(reply=said, units=1, state="cancelled")
        said.claim.returns.create(reply=said, amount_minor=1, send_to="示例收件，示例村", state="over")
        self.sold.review()
        # Its harvest was late, and it was sent all the same.
        late = {"kind": "late", "reason": "rain", "day": timezone.now().date(), "ended_at": timezone.now()}
        told = Setback.objects.create(lot=self.sold.lots[0], **late)
        now = {"paid_at": timezone.now(), "answer_by": timezone.now(), "ended_at": timezone.now()}
        self.choice = told.choices.create(line=self.sold.line(0), units=2, goods_units=2, state="sent", **now)
        paid = Payment.objects.get(order=self.sold.row, is_kept=True)
        self.failed = Refund.objects.create(
            payment=paid, reason="late", amount_minor=5, state="failed", settled_at=timezone.now()
        )
        self.trial = PaymentTrial.objects.create(provider="stripe", mode="stand_in", amount_minor=400)
        self.dispute = Dispute.objects.create(
            payment=paid, provider_id=f"du_{paid.pk}", amount_minor=5, state="unclear", reason="示例"
        )
        flood = closure.open_incident(None, title_zh="示例", title_en="x", words_zh="示例", words_en="x")
        where = {"region_code": closed, "reason_zh": "示例", "reason_en": "x"}
        self.closure = closure.close_place(flood, None, **where)
        self.together = Together(till, stand)
        self.together.fill(1)
        self.owner = Buyer(a_person(phone="13700137000"))
        self.kept = self.owner.place(self.sold.lots[0])
        self.cart = self.owner.fill(self.sold.lots[0])
        there = Cart.objects.get(uid=uid_of(self.cart["id"], "Cart"))
        self.friend = there.addresses.create(
            recipient="示例", phone="13800138000", region=Region.objects.get(code=WUHAN), street="示例路"
        )

    def _known(self) -> None:
        union = self.together.union
        a_link(union, self.together.coordinator.person)
        person = self.owner.person
        self.address = addresses.save(
            person, recipient="示例", phone="13800138000", region=WUHAN, street="示例路"
        )
        self.appointment = holds(person, "observer")
        self.offer = roles.send(
            f"elsewhere{self.failed.pk}@example.com", "observer", SHOP, a_person(("owner",))
        )
        self.token, _ = tokens.create(person, "示例", PASSWORD, "1")
        Client().force_login(self.sold.managers[0].person)
        self.proposed = an_organisation(coordinator=person, state="proposed", name_zh="示例未核实")

    def _in_the_contest(self) -> None:
        team = self.sold.lots[0].variant.product.team
        self.household = households(team, 1)[0]
        self.entry = a_round(team, days=(5, 10, 15)).entries.get()
        self.question = questions.ask(self.entry.round.edition, self.sold.managers[0].person, "示例提问")
        self.tie = a_tie(self.entry)
        self.case = a_case(self.entry, self.sold.managers[0].person)
        self.near = related_party.declare(self.entry, "phone", "13900000000", None)
        self.objection, self.reexamination, self.award = spoken_against(self.entry)
        self.rules = rulebook.draft(self.entry.round, None)
        edition = self.entry.round.edition
        self.task, self.guest = a_task(edition), a_guest(edition, opens=self.entry.round)
        self.ceremony = self.guest.ceremony
        self.course, self.draft_course = a_course(edition), a_course(edition, state="draft")

    def _told_from_outside(self) -> None:
        platform = a_source()
        self.mapping = a_mapping(platform, self.entry, approved_at=None)
        self.statement = a_statement(
            platform, self.entry.round, ("o1", 1_00), state="parsed", applied_at=None
        )
        self.twin = a_twin(platform, self.entry)
        self.registration = self.entry.registration
        self.appeal = RegistrationAppeal.objects.create(
            registration=self.registration,
            against="suspended",
            words="示例申诉",
            filed_by=self.sold.managers[0].person,
            filed_at=timezone.now(),
        )
        self.partner = self.entry.round.edition.partners.create(
            role="media", name_zh="示例台", name_en="Demo"
        )

    def _on_the_shelf(self) -> None:
        self.unsold = a_lot(self.sold.lots[0].variant, units=9, level=2)
        shares.share_out(self.unsold, {self.household.pk: 25_000}, self.sold.managers[0].person)
        self.correction = ShareCorrection.objects.create(
            lot=self.unsold,
            version=1,
            grams={str(self.household.pk): 26_000},
            reason="示例",
            asked_by=self.sold.managers[0].person,
            asked_at=timezone.now(),
        )
        product = self.unsold.variant.product
        self.news = a_news(product.team, title_zh="示例", words_zh="示例")
        self.application = TeamApplication.objects.create(
            email=f"new{product.team.code}@example.com",
            county=product.team.county,
            invited_by=self.sold.managers[0].person,
            expires_at=timezone.now() + timedelta(days=1),
        )
        self.application_paper = self.application.papers.create(kind="other", is_pdf=True)
        self.sheet = product.team.listing_sheets.create(
            kind="sizes", state="ready", sha256="0" * 64, sent_at=timezone.now(), groups_total=1
        )
        self.wish = wishes.keep(self.owner.person, product)
        self.paper = product.certificates.create(
            kind="test",
            number="示例1",
            issuer_zh="示例",
            issued_on=date(2026, 1, 1),
            expires_on=date(2030, 1, 1),
        )
        self.photo = product.pictures.create(
            file="pictures/x.webp", card_file="pictures/y.webp", width=1, height=1, position=0
        )
        InvoiceWish.objects.create(order=self.sold.row, title="示例抬头", tax_number="示例税号")
        self.coupons = [
            coupon.make(team, coupon.Terms(code=token_hex(4).upper(), percent=5), None)
            for team in (None, product.team)
        ]
        self.webhook, _ = webhook.make(product.team, "https://example.com/", list(Webhook.Kind), None)
        webhook.test(self.webhook, None)
        if not Webhook.objects.filter(team=None).exists():
            webhook.make(None, "https://example.com/", list(Webhook.Kind), None)
        self.webhook.messages.update(state="delivered", settled_at=timezone.now())

    @property
    def ids(self) -> dict[str, str]:
        """A true id for each input that asks for one, by its name, or by `mutation.name`."""
        return self._found_ids

    @cached_property
    def _found_ids(self) -> dict[str, str]:
        # Under a name of its own: a Side puts others in the place of `ids`.
        return ids_of(self)

    @property
    def texts(self) -> dict[str, str]:
        """What names a thing by a text and no id, by `mutation.name`."""
        edition, number = self.entry.round.edition.slug, self.entry.number
        return {
            **{
                f"{act}.edition": edition for act in ("ceremonySave", "courseSave", "taskSave", "tiesDeclare")
            },
            **{f"{act}.number": number for act in ("awardPropose", "entryPick")},
            "ceremonyLetIn.code": self.guest.code,
            "rulebookIndicatorAdd.key": "moves",
            "rulebookIndicatorAdd.measure": "people",
        }

    def input_of(self, act: str) -> dict[str, Any]:
        """A complete input of this mutation, all ids true and somebody else's."""
        argument = graphql_schema().mutation_type.fields[act].args.get("input")
        if argument is None:
            return {}
        fields = argument.type.of_type.fields
        # Where all may be left out, nothing given would ask for nothing: then all is given.
        return self._filled(act, fields) or {
            name: self._value(act, name, str(field.type)) for name, field in fields.items()
        }

    def _filled(self, act: str, fields: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self._value(act, name, str(field.type))
            for name, field in fields.items()
            if str(field.type).endswith("!")
            or (name in ("id", "cartId") and f"{act}.product" not in self.ids)
        }

    def _value(self, act: str, name: str, kind: str) -> Any:
        plain = kind.strip("![]")
        if plain == "ID":
            return self.ids.get(f"{act}.{name}") or self.ids[name]
        if named := self.texts.get(f"{act}.{name}"):
            return named
        if plain.endswith("Input"):
            inner = graphql_schema().type_map[plain].fields
            return [{**self._filled(act, inner), **({"units": 1} if "units" in inner else {})}]
        if named := _NAMED.get(name):
            return named() if callable(named) else named
        if name == "number" and plain == "String":
            return self.sold.order["number"]
        if hasattr(graphql_schema().type_map[plain], "values"):
            return next(iter(graphql_schema().type_map[plain].values))
        return {"String": "示例文字", "Int": 1, "BigInt": 1, "Boolean": True, "UUID": key()}.get(
            plain, "2026-11-01"
        )


_NAMED: dict[str, Any] = {
    "expectedTotal": "1.00",
    "idempotencyKey": key,
    "phone": "13800138000",
    "region": WUHAN,
    "regionCode": WUHAN,
    "county": "420527",
    "email": "x@example.com",
    "minimumUnits": 2,
    "maximumUnits": 3,
    "closesAt": lambda: (timezone.now() + timedelta(days=1)).isoformat(),
    "carrier": "顺丰",
    "trackingNumber": "SF99999",
}


def strangers() -> dict[str, Buyer]:
    """Those who try: a guest, a person, another team's manager, another union's coordinator, one who was here."""
    person, coordinator = a_person(), Buyer(a_person())
    a_lot(a_variant(a_product(a_team(manager=person))))
    manager = Buyer(person)
    an_organisation(coordinator=coordinator.person)
    return {"guest": Buyer(), "person": Buyer(a_person()), "manager": manager, "coordinator": coordinator}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of the shop, but for what is written of each asker."""
    models = [m for floor in standing()[1:] for m in apps.get_app_config(floor).get_models()]
    found = {}
    for model in models:
        if model.__name__ not in {*OF_THE_ASKER, "Region"}:
            found[model.__name__] = [model_to_dict(row) for row in model.objects.order_by("pk")]
    return found


def persons() -> list[dict[str, Any]]:
    """What is known of people."""
    columns = ("email", "password", "appointments__role", "is_active", "name")
    return list(Person.objects.order_by("pk", "appointments__pk").values(*columns))


def refusals(asker: Asker, act: str, **given: Any) -> set[str]:
    """The codes of the errors of a mutation; none when it was done."""
    return {error["code"] for error in asker.do(act, **given)["errors"]}
