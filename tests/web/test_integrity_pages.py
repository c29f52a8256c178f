"""Cases of integrity by pages alone: decided at the organiser's desk, appealed at the team's, told in public of nobody."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from contest.actions import case as cases
from contest.actions import examination
from contest.models import Adjustment, Case
from core import clock
from core.api.ids import global_id
from impact.actions import disclosure
from impact.models import Entry, LedgerTransaction, Round
from orders.models import Order, Parcel
from shop.demo import integrity
from tests.catalog import world as shelves
from tests.factor import awake
from tests.impact import world
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
EN = {"HTTP_ACCEPT_LANGUAGE": "en"}


def somebody() -> Person:
    return awake(Person.objects.create_user(f"{uuid4().hex[:12]}@example.com", name="示例人"))


def an_officer(role: str) -> Person:
    person = somebody()
    person.appointments.create(role=role, starts_at=timezone.now() - timedelta(hours=1))
    return person


def an_organiser() -> Person:
    return an_officer("organiser")


def signed_in(person: Person) -> Client:
    client = Client(**EN)
    client.force_login(person)
    return client


class Held:
    """An entry in which twelve accounts had it sent to one address, and its manager bought."""

    def __init__(self) -> None:
        clock.forget()
        lot = world.a_lot((1_000_000,) * 10, units=4_000)
        self.team, self.manager = lot.variant.product.team, somebody()
        shelves.works_at(self.team, self.manager)
        self.round: Round = world.a_round(self.team)
        self.entry = Entry.objects.get(team=self.team)
        self.scene = integrity.Scene(self.entry, lot.variant, clock.now() - timedelta(days=5), self.manager)
        accounts = [self.scene.account() for _ in range(12)]
        self.scene.buy_each(
            [
                {"after": timedelta(hours=3 * n), "by": one, "street": "示例大厦 1 号"}
                for n, one in enumerate(accounts)
            ]
        )
        self.scene.buy(after=timedelta(hours=2), phone="19812345678", by=self.manager)
        examination.examine(self.round)

    @property
    def place(self) -> str:
        return f"{self.round.edition.slug}/provincial/integrity/"

    def freeze(self) -> None:
        clock.stand_at(self.round.freezes_at)
        disclosure.disclose()

    def public(self) -> str:
        return words(Client(**EN).get(f"/en/contest/{self.place}"))


@pytest.fixture
def held() -> Held:
    return Held()


def press(client: Client, act: str, at: str, **form: str) -> str:
    """Send a form of a page, look once more at what comes of it, and press again; the page that follows."""
    given = {"lang": "en", "next": at, "back": at, "item": form["case"], **form}
    shown = client.post(f"/do/{act}/", given, follow=True).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', shown)
    assert seen, shown[:500]
    return words(client.post(f"/do/{act}/", {**given, "seen": seen[1]}, follow=True))


def decide(client: Client, held: Held, case: Case, **form: str) -> str:
    return press(
        client, "decide_case", f"/en/organiser/{held.place}", case=global_id("Case", case.uid), **form
    )


def final(held: Held, case: Case) -> None:
    decide(signed_in(an_organiser()), held, case, decision="EXCLUDED", reason="CONFIRMED")
    clock.move(timedelta(days=3))
    cases.close_due()


def test_an_organiser_sees_the_evidence_and_decides_and_the_team_appeals(held):
    organiser, manager = signed_in(an_organiser()), signed_in(held.manager)
    queue = words(organiser.get(f"/en/organiser/{held.place}"))
    assert "F3" in queue and "F1" in queue and "Waiting for a decision: 2" in queue
    assert ">442.80<" in queue  # twelve of 36.90
    case = Case.objects.get(rule="F3")
    assert "Decided: Excluded" in decide(organiser, held, case, decision="EXCLUDED", reason="CONFIRMED")
    desk = words(manager.get("/en/desk/integrity/"))
    assert "F3" in desk and "Excluded" in desk and "442.80" not in desk
    its = global_id("EntrantCase", case.uid)
    said = press(manager, "appeal_case", "/en/desk/integrity/", case=its, words="这是单位宿舍。")
    assert "You have appealed" in said
    again = words(organiser.get(f"/en/organiser/{held.place}"))
    assert "这是单位宿舍。" in again and "Answer the appeal" not in again  # she decided it
    assert "Answer the appeal" in words(signed_in(an_organiser()).get(f"/en/organiser/{held.place}"))


def test_a_reason_of_another_decision_is_said_beside_the_form(held):
    case = Case.objects.get(rule="F3")
    said = decide(signed_in(an_organiser()), held, case, decision="CLEARED", reason="CONFIRMED")
    assert "This reason does not fit the decision." in said
    case.refresh_from_db()
    assert case.state == "held"


def test_nobody_else_opens_the_queue_and_one_of_the_team_does_not_see_its_case(held):
    assert Client().get(f"/zh/organiser/{held.place}").status_code in (302, 404)
    assert signed_in(somebody()).get(f"/en/organiser/{held.place}").status_code == 404
    own = an_organiser()
    shelves.works_at(held.team, own, "packer")
    assert "F3" not in words(signed_in(own).get(f"/en/organiser/{held.place}"))


def test_a_stranger_comes_to_it_from_the_contest(held):
    assert f'href="/en/contest/{held.place}"' in words(Client(**EN).get("/en/contest/"))


def test_while_the_round_is_open_the_public_is_told_rules_and_of_no_case(held):
    page = held.public()
    assert "Many accounts, one address" in page and "Told by entry from the freeze on" in page
    assert "442.80" not in page and held.entry.number not in page


def test_from_the_freeze_the_public_reads_entry_rule_reason_and_a_sum_of_ten_alone(held):
    final(held, Case.objects.get(rule="F3"))
    held.freeze()
    page = held.public()
    assert held.entry.number in page and "The facts are as the rule says" in page and "¥442.80" in page
    assert page.count("not told: fewer than 10 people") == 1  # of the manager's own


def test_an_entrys_page_tells_what_was_kept_out_and_what_came_after_the_freeze_and_nothing_before(held):
    address = f"/en/contest/{held.round.edition.slug}/{held.entry.number}/"
    open_page = words(Client(**EN).get(address))
    assert "Told from the freeze on." in open_page and "Kept out" not in open_page
    assert "Many accounts" not in open_page
    final(held, Case.objects.get(rule="F3"))
    held.freeze()
    other = Order.objects.filter(person=held.manager).get()
    for n, minor in enumerate((1_00, 36_90)):
        Adjustment.objects.create(
            entry=held.entry,
            transaction=LedgerTransaction.objects.create(reason="refund", key=f"refund:{n}", at=clock.now()),
            order_uid=other.uid,
            amount_minor=minor,
            kind="refund",
            at=clock.now(),
        )
    page = words(Client(**EN).get(address))
    assert "Many accounts, one address" in page and "The facts are as the rule says" in page
    assert "Kept out: ¥442.80" in page and "not told: fewer than 10 people" in page
    assert "Refund since the freeze: ¥37.90, beside the figures" in page
    assert other.number not in page and str(other.uid) not in page


def test_an_auditor_reads_each_case_with_its_evidence_and_decides_none(held):
    auditor = signed_in(an_officer("auditor"))
    page = words(auditor.get(f"/en/organiser/{held.place}"))
    assert "F3" in page and ">442.80<" in page and Order.objects.first().number in page
    assert "/do/decide_case/" not in page and "open=decide_case" not in page
    case = Case.objects.get(rule="F3")
    said = auditor.post(
        "/graphql",
        {
            "query": "mutation($i: CaseDecideInput!) { caseDecide(input: $i) { errors { code } } }",
            "variables": {
                "i": {"case": global_id("Case", case.uid), "decision": "CLEARED", "reason": "MISTAKEN"}
            },
        },
        "application/json",
    ).json()
    assert said["data"]["caseDecide"]["errors"] and Case.objects.get(pk=case.pk).state == "held"


def test_neither_page_nor_api_names_a_buyer(held):
    final(held, Case.objects.get(rule="F3"))
    held.freeze()
    report = """query($e: String!) { integrityReport(edition: $e, level: PROVINCIAL) {
        editionName excludedInWords rules { rule name effect } cells { entry { number team { name } } rule ruleName
        decisionName reasonName excluded { minor } excludedInWords } errorRates { rule clearedInWords } } }"""
    asked = {"query": report, "variables": {"e": held.round.edition.slug}}
    told = Client().post("/graphql", asked, "application/json").content.decode()
    assert '"44280"' in told or "44280" in told
    desk = signed_in(held.manager).get("/en/desk/integrity/").content.decode()
    raw = Client().get(f"/zh/contest/{held.place}").content.decode()
    secrets = [
        *Order.objects.values_list("number", flat=True),
        *map(str, Order.objects.values_list("uid", flat=True)),
        *Order.objects.values_list("email", flat=True),
        *Parcel.objects.values_list("street", flat=True),
        *Parcel.objects.values_list("phone", flat=True),
        *(case.subject.partition(":")[2] for case in Case.objects.all()),
        *Person.objects.exclude(pk=held.manager.pk).values_list("email", flat=True),
    ]
    for secret in secrets:
        assert secret not in told and secret not in raw and secret not in desk, secret
