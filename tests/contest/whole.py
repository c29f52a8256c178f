"""A whole edition as its people play it: each deed through GraphQL (a file by its own address), each move by the clock."""

import itertools
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Person
from accounts.places import Place
from catalog.models import Lot
from contest import tasks
from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from impact import tasks as facts
from impact.models import Entry
from orders.actions import payment, settlement
from orders.actions.placing import Purchase, Want, place_many
from orders.provider.port import PaymentSeen, Was
from tests.accounts.world import Asker, holds
from tests.catalog import world as shelves
from tests.contest.outside import HEADS
from tests.factor import awake
from tests.impact import world
from tests.orders.world import Buyer, key, session_of, tell

HUBEI = "420000"
# (code, name, its city's code and name): three cities of Hubei, two counties each.
COUNTIES = (
    ("420527", "秭归县", "420500", "宜昌市"),
    ("420528", "长阳土家族自治县", "420500", "宜昌市"),
    ("420322", "郧西县", "420300", "十堰市"),
    ("420323", "竹山县", "420300", "十堰市"),
    ("422822", "建始县", "422800", "恩施土家族苗族自治州"),
    ("422823", "巴东县", "422800", "恩施土家族苗族自治州"),
)
# When what happens, in days from now.
DAYS = {
    "registrationOpensAt": 1, "registrationClosesAt": 10, "opensAt": 12, "closesAt": 42,
    "judgingClosesAt": 46, "freezesAt": 49, "objectionsCloseAt": 54,
}  # fmt: skip
NATIONAL = {"opensAt": 60, "closesAt": 90, "freezesAt": 97}
KEYS = ("benefit", "feasible", "participation")
_people = itertools.count(1)


def somebody(role: str = "", where: Place | None = None) -> SimpleNamespace:
    """Somebody with a proved mailbox, what she is, and how she asks; no password, which takes long to hash."""
    email = f"whole{next(_people)}@example.com"
    person = Person.objects.create_user(email, email_verified_at=timezone.now())
    if role:
        holds(person, role, where or Place())
    return SimpleNamespace(person=awake(person), asks=Asker(person))


def strike() -> None:
    """Beat strikes, and all that waits is handed over; a search engine and a mail server are not asked."""
    for task in (
        facts.fold_waiting, tasks.move_rounds, tasks.examine, tasks.open_sheets, tasks.freeze_rounds,
        tasks.move_rounds, tasks.read_waiting, tasks.finalise_results, facts.disclose,
    ):  # fmt: skip
        task()
    drain()


class Whole:
    """An edition and its people."""

    def __init__(self, till: Any, stand: Any):
        self.till, self.stand, self.now = till, stand, clock.now()
        self.national, self.province = somebody("organiser"), somebody("organiser", Place(region=HUBEI))
        self.importer, self.approver = somebody("importer"), somebody("import_approver")
        self.guest = Asker()
        self.slug = "whole-edition"

    # --- the clock ---

    def at(self, days: float, seconds: float = 0) -> Any:
        """The moment so many days from where this began."""
        return self.now + timedelta(days=days, seconds=seconds)

    def comes(self, days: float, seconds: float = 1) -> None:
        """That moment comes, and beat strikes."""
        clock.stand_at(self.at(days, seconds))
        strike()

    def phase(self) -> str:
        """How far the provincial round has come, as its organiser reads it."""
        plan: str = self.desk("plan { state }")["plan"]["state"]
        return plan

    # --- what is read ---

    def desk(self, fields: str, who: SimpleNamespace | None = None) -> Any:
        """These fields of the provincial round's desk."""
        document = f"query($e: String!) {{ organiserRound(edition: $e, level: PROVINCIAL) {{ {fields} }} }}"
        region = document.replace("PROVINCIAL)", f'PROVINCIAL, region: "{HUBEI}")')
        return (who or self.province).asks.ask(region, e=self.slug)["organiserRound"]

    def result(self, fields: str, version: int | None = None) -> Any:
        """The published result, or a version of it, as a stranger reads it."""
        document = (
            "query($e: String!, $v: Int) { roundResult("
            f'edition: $e, level: PROVINCIAL, region: "{HUBEI}", version: $v) {{ {fields} }} }}'
        )
        return self.guest.ask(document, e=self.slug, v=version)["roundResult"]

    # --- the world: what a shop has before a contest begins ---

    def build(self, selling: int, waiting: int) -> None:
        """So many teams with something to sell and so many with none, over three cities."""
        province = shelves.a_county().parent.parent
        self.counties = []
        for code, name, city, of_city in COUNTIES:
            division = shelves.a_region(city, of_city, f"City {city}", 2, province)
            self.counties.append(shelves.a_region(code, name, f"County {code}", 3, division))
        self.officers = {c.pk: somebody("county_verifier", Place(region=c.code)) for c in self.counties}
        self.lots: list[Lot] = []
        self.villages: list[SimpleNamespace] = []
        for n in range(selling + waiting):
            county = self.counties[n % len(self.counties)]
            manager = somebody()
            team = shelves.a_team(county=county)
            shelves.works_at(team, manager.person)
            manager.asks = Asker(manager.person)
            self.villages.append(SimpleNamespace(team=team, manager=manager))
            if n < selling:
                variant = shelves.a_variant(shelves.a_product(team))
                self.lots.append(world.a_lot([100_000] * 12, units=4_000, variant=variant))
            else:
                world.households(team, 10)

    # --- before it opens ---

    def create(self) -> None:
        """The edition with a provincial round that leads to a national one."""
        asks = self.national.asks
        made = asks.done(
            "editionCreate",
            "edition { id }",
            slug=self.slug,
            ordinal=7,
            nameZh="示例大赛",
            nameEn="Demo contest",
        )
        self.edition = made["edition"]["id"]
        times = {name: self.at(DAYS[name]).isoformat() for name in ("opensAt", "closesAt", "freezesAt")}
        give = {"edition": self.edition, "level": "PROVINCIAL", "region": HUBEI}
        self.round = asks.done("roundCreate", "round { id }", **give, **times)["round"]["id"]
        times = {name: self.at(days).isoformat() for name, days in NATIONAL.items()}
        give = {"edition": self.edition, "level": "NATIONAL"}
        self.into = asks.done("roundCreate", "round { id }", **give, **times)["round"]["id"]
        plan = {
            name: self.at(DAYS[name]).isoformat()
            for name in (
                "registrationOpensAt",
                "registrationClosesAt",
                "judgingClosesAt",
                "objectionsCloseAt",
            )
        }
        asks.done("roundArrange", round=self.round, **plan, advances=6, into=self.into)

    def write_rules(self) -> str:
        """Drafted, edited in words and figures, and frozen; its hash."""
        asks = self.province.asks
        book = asks.done("rulebookDraft", "rulebook { id }", round=self.round)["rulebook"]["id"]
        asks.done(
            "rulebookUpdate", rulebook=book, textZh="示例大赛规则。", textEn="The rules of the demo contest.",
            values=[{"path": "reexamination.refundsBps", "value": "500"}],
        )  # fmt: skip
        frozen = asks.done("rulebookFreeze", "rulebook { sha256 isFrozen }", rulebook=book)["rulebook"]
        assert frozen["isFrozen"]
        for act, given in (("rulebookUpdate", {"textEn": "Other rules."}), ("rulebookFreeze", {})):
            assert asks.refused(act, rulebook=book, **given) in ("TOO_LATE", "CONFLICT")
        sha256: str = frozen["sha256"]
        return sha256

    def register(self) -> None:
        """Each team applies, its county's officer checks it, the province's organiser lets it in."""
        for village in self.villages:
            made = village.manager.asks.done(
                "registrationApply", "registration { id state }", round=self.round,
                team=global_id("Team", village.team.uid), goalZh="带动乡亲", goalEn="Bring the village along",
            )["registration"]  # fmt: skip
            assert made["state"] == "APPLIED"
        for officer in self.officers.values():
            found = officer.asks.ask(
                "{ registrationOffice { registrations(first: 100, state: APPLIED) { nodes { id } } } }"
            )["registrationOffice"]["registrations"]["nodes"]
            for one in found:
                officer.asks.done("registrationCheck", id=one["id"])
        checked = self.desk("registrations(first: 100, state: CHECKED) { nodes { id } }")["registrations"]
        for one in checked["nodes"]:
            self.province.asks.done("registrationApprove", id=one["id"])
        entries = Entry.objects.filter(round__edition__slug=self.slug).select_related("team", "round")
        of_team = {entry.team_id: entry for entry in entries}
        self.entries = [of_team[village.team.pk] for village in self.villages]

    # --- while it is open ---

    def buy(self, lot: Lot, units: int, by: SimpleNamespace) -> dict[str, Any]:
        """One buys and pays as buyers do."""
        buyer = Buyer(by.person)
        order = buyer.place(lot, quantity=units, email=by.person.email, street=street())
        self.till.pay(session_of(buyer.begin(order)), "alipay")
        tell(self.stand, "checkout.session.completed")
        return {**order, "buyer": buyer}

    def sold(self, *wants: tuple[Lot, int, str]) -> None:
        """So many units of each lot, sent to that street, by somebody of her own; placed and paid as by anybody."""
        placed = place_many([_purchase(lot, units, street) for lot, units, street in wants])
        for attempt in payment.attempts(placed):
            n = next(_people)
            seen = PaymentSeen(
                Was.SUCCEEDED,
                attempt.amount_minor,
                "cny",
                "alipay",
                page_ref=f"cs_w{n}",
                payment_ref=f"pi_w{n}",
            )
            settlement.settle(attempt, seen)

    def give_back(self, order: dict[str, Any], by: SimpleNamespace, units: int) -> None:
        """A team's manager gives so many units of an order back."""
        seen = order["buyer"].look({"number": order["number"], "token": order["token"]})
        line = {"lineId": seen["lines"][0]["id"], "units": units}
        by.asks.done("refundRequest", number=order["number"], lines=[line], idempotencyKey=key())
        strike()

    def decide_case(self) -> dict[str, Any]:
        """The one case that the rules have opened is confirmed by the organiser; as it was found."""
        (found,) = self.desk(
            "cases(first: 9) { nodes { id rule state excluded { minor } entry { number } } }"
        )["cases"]["nodes"]
        id_ = found.pop("id")
        self.province.asks.done("caseDecide", case=id_, decision="EXCLUDED", reason="CONFIRMED")
        told: dict[str, Any] = found
        return told

    # --- outside results ---

    def take_in(self, entry: Entry, rows: int, yuan: int) -> str:
        """A platform's statement for one entry: its source, its project and its file, each approved by another."""
        hers, theirs = self.importer.asks, self.approver.asks
        source = hers.done(
            "outsideSourceCreate", "source { id }", round=self.round, platform="jd", nameZh="示例平台",
            nameEn="Demo platform", adapter="plain",
        )["source"]["id"]  # fmt: skip
        mapping = hers.done(
            "mappingPropose", "mapping { id }", round=self.round, source=source, project="P1",
            entry=global_id("OrganiserEntry", entry.uid), canonical="HERE",
        )["mapping"]["id"]  # fmt: skip
        assert hers.refused("mappingApprove", mapping=mapping) in ("NOT_ALLOWED", "NOT_FOUND")
        theirs.done("mappingApprove", mapping=mapping)
        paid = f"{clock.now() - timedelta(days=1):%Y-%m-%d 10:20:30}"
        lines = [f"P1,o{n},1,{paid},{yuan}.00,,u{n},湖北" for n in range(rows)]
        file = BytesIO("\n".join((HEADS, *lines, "")).encode("gb18030"))
        file.name = "statement.csv"
        signed = {"controlRows": rows, "controlAmountMinor": f"{rows * yuan}.00", "controlRefundMinor": "0"}
        said = {"scope": "INCREMENTAL", "grade": "SIGNED_ORDERS", "statedOn": f"{clock.now():%Y-%m-%d}"}
        sent = {"round": self.round, "source": source, "file": file, "next": "/en/", **signed, **said}
        assert hers.client.post("/do/upload_import/", sent).status_code == 302
        strike()
        (batch,) = self.desk("imports(first: 9) { nodes { id state } }", self.importer)["imports"]["nodes"]
        assert batch["state"] == "BALANCED"
        assert hers.refused("importApprove", batch=batch["id"]) in ("NOT_ALLOWED", "NOT_FOUND")
        theirs.done("importApprove", batch=batch["id"])
        drain()
        id_: str = batch["id"]
        return id_

    # --- the committee ---

    def seat_judges(self, n: int) -> None:
        """So many are invited for the edition, and accept."""
        self.judges = [somebody() for _ in range(n)]
        subject = self.desk("committee { editionId }")["committee"]["editionId"]
        for judge in self.judges:
            given = {"email": judge.person.email, "role": "JUDGE", "subject": subject}
            self.national.asks.done("roleInvitationSend", **given)
            (found,) = judge.asks.ask("{ myRoleInvitations { token } }")["myRoleInvitations"]
            judge.asks.done("roleInvitationAccept", token=found["token"])
            judge.person = awake(Person.objects.get(pk=judge.person.pk))
            judge.asks = Asker(judge.person)

    def declare(self, judge: SimpleNamespace, ties: str = "") -> None:
        """She says where she lives, and with which teams she has to do."""
        judge.asks.done("tiesDeclare", edition=self.slug, county="430181", ties=ties, isComplete=True)

    def queue(self, judge: SimpleNamespace) -> list[str]:
        """The entries that are shown to her."""
        told = judge.asks.ask(
            "query($e: String!) { judgesDesk(edition: $e, level: PROVINCIAL, region: "
            f'"{HUBEI}") {{ entries {{ id }} }} }}',
            e=self.slug,
        )["judgesDesk"]
        return [one["id"] for one in told["entries"]]

    def decide_ties(self) -> list[tuple[str, str]]:
        """What ties judges to entries, as (entry, state): the first that is suspected is confirmed, the next waived."""
        asked = "committee { conflicts { id state entryNumber foundAt } }"
        found = self.desk(asked)["committee"]["conflicts"]
        first, second = sorted(
            (c for c in found if c["state"] == "SUSPECTED"), key=lambda c: c["entryNumber"]
        )
        self.province.asks.done("conflictConfirm", conflict=first["id"])
        self.province.asks.done("conflictWaive", conflict=second["id"], words="一次小额购买，评审前已公开")
        found = self.desk(asked)["committee"]["conflicts"]
        return sorted((one["entryNumber"], one["state"]) for one in found)

    def mark(self, judge: SimpleNamespace, entry: Entry, points: int) -> None:
        """She gives it the same by each criterion, for good."""
        marks = [{"criterion": one, "points": points} for one in KEYS]
        judge.asks.done("sheetWrite", entry=global_id("JudgedEntry", entry.uid), marks=marks, isFinal=True)


def _purchase(lot: Lot, units: int, street: str) -> Purchase:
    """Of a variant by somebody new."""
    person = somebody().person
    return Purchase(
        email=person.email, person_id=person.pk, wants=[Want(lot.variant, units)],
        shipping={lot.variant.product.team_id: 800}, recipient="王示例", phone="100-0000-0001",
        region_id="420527", street=street,
    )  # fmt: skip


def street() -> str:
    """One where nobody lives yet: of many at one address a rule takes notice."""
    return f"示例路 {next(_people)} 号"


def holds_true() -> None:
    """What `manage.py verify` asks names nothing."""
    found = [str(offence) for name in settings.VERIFIERS for offence in import_string(name)()]
    assert found == []


__all__ = ["DAYS", "Whole", "holds_true", "somebody", "street", "strike"]
