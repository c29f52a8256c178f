"""Who supports an edition, by type: exactly in the office, in public never so that one organisation is found."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Appointment, Organisation
from catalog.models import Lot
from contest.actions.disclosed_supporters import disclose_supporters
from contest.models import DisclosedSupporters
from contest.reads.supporters import SupporterType, by_type, disclosed
from core import clock
from impact.actions import disclosure, standings
from impact.models import Round
from tests.accounts.world import Asker
from tests.catalog import world as shelves
from tests.contest import buying, outside
from tests.contest.buying import buy
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
Kind = Organisation.Kind


def told(*rows: tuple[str, int, int], is_final: bool = True) -> list[tuple[str, int, int | None]]:
    """From (type, fen, how many stand behind it)."""
    made = [
        SupporterType(kind, minor, persons=n)
        if kind == "person"
        else SupporterType(kind, minor, 0, n or None)
        for kind, minor, n in rows
    ]
    return [(row.type, row.net_minor, row.organisations) for row in disclosed(made, is_final)]


def test_types_with_fewer_than_ten_organisations_are_told_as_one():
    rows = ("union", 900_000, 12), ("enterprise", 300_000, 3), ("ngo", 200_000, 9), ("person", 500_000, 400)
    assert told(*rows) == [("union", 900_000, 12), ("person", 500_000, None), ("others", 500_000, None)]


def test_one_alone_is_joined_by_the_next_smallest_or_it_is_found_by_subtraction():
    rows = ("union", 900_000, 34), ("school", 300_000, 11), ("canteen", 200_000, 1), ("person", 500_000, 400)
    assert told(*rows) == [("union", 900_000, 34), ("person", 500_000, None), ("others", 500_000, None)]


def test_while_a_round_is_open_sums_are_in_thousands_of_yuan_and_counts_in_tens():
    rows = ("union", 987_654, 34), ("person", 599_999, 400), ("outside", 123_456, 0)
    assert told(*rows, is_final=False) == [
        ("union", 900_000, 30), ("person", 500_000, None), ("outside", 100_000, None)]  # fmt: skip


@pytest.fixture
def lot(noon) -> Lot:
    return buying.a_lot()


def members(lot: Lot, n: int, kind: str, units: int = 1) -> None:
    for body in [world.an_organisation(kind=kind) for _ in range(n)]:
        buy(lot, units, person=shelves.a_person(), organisation=body)


def test_the_types_come_to_the_net_of_the_entries_and_the_public_is_told_by_day(lot):
    members(lot, 10, Kind.UNION, 3)
    members(lot, 2, Kind.SCHOOL, 4)
    members(lot, 1, Kind.NGO, 5)
    buying.ten_others(lot)
    buy(lot, 2)
    entry = lot.variant.product.team.entries.get()
    batch = outside.a_statement(source := outside.a_source(), entry.round, ("o1", 7_000))
    outside.a_mapping(source, entry)
    standings.fold()
    found = {row.type: (row.net_minor, row.organisations) for row in by_type([batch.round])}
    assert found == {
        "union": (30 * 3690, 10),
        "school": (8 * 3690, 2),
        "ngo": (5 * 3690, 1),
        "person": (12 * 3690, None),
        "outside": (7_000, None),
    }
    assert sum(net for net, _ in found.values()) == world.figures(entry.team)[0] + 7_000
    assert disclose_supporters() == 0, "nothing before the first boundary"
    world.tomorrow()
    assert (disclose_supporters(), disclose_supporters()) == (1, 0)
    asked = "{ contest { supporters { isFinal total { minor } rows { type name net { minor } organisations } } } }"
    shown = Asker().ask(asked)["contest"]["supporters"]
    assert [(row["type"], row["net"]["minor"], row["organisations"]) for row in shown["rows"]] == [
        ("union", 100_000, 10),
        ("person", 0, None),
        ("outside", 0, None),
        ("others", 0, None),
    ]
    assert (shown["total"]["minor"], shown["isFinal"]) == (100_000, False)
    buy(lot, 40, person=shelves.a_person())
    standings.fold()
    assert disclose_supporters() == 0, "by day"
    Round.objects.update(closes_at=clock.now(), freezes_at=clock.now())
    disclosure.disclose()
    assert disclose_supporters() == 1
    shown = Asker().ask(asked)["contest"]["supporters"]
    assert {row["type"]: row["net"]["minor"] for row in shown["rows"]} == {
        "union": 30 * 3690, "person": 52 * 3690, "outside": 7_000, "others": 13 * 3690}  # fmt: skip
    assert shown["isFinal"]


def test_an_entry_that_stands_still_stands_still_here_too(lot):
    members(lot, 10, Kind.UNION, 100)
    for household in list(lot.variant.product.team.households.all())[:6]:
        household.move_to("withdrawn")
    world.tomorrow()
    disclose_supporters()
    before = DisclosedSupporters.objects.get().rows
    members(lot, 10, Kind.UNION, 100)
    world.tomorrow()
    assert disclose_supporters() == 1
    assert DisclosedSupporters.objects.get().rows == before
    assert by_type(Round.objects.all())[0].net_minor == 2000 * 3690, "exactly, for those who may see it"


def asker(role: str, **place: Any) -> Asker:
    person = shelves.a_person()
    Appointment.objects.create(person=person, role=role, starts_at=timezone.now(), **place)
    return Asker(person)


def test_exact_sums_are_for_whoever_keeps_the_contest_there_or_audits_it(lot):
    members(lot, 1, Kind.NGO)
    standings.fold()
    asked = "{ office { supporters { total { minor } rows { type net { minor } organisations } } } }"
    edition = Round.objects.get().edition
    row = {"total": {"minor": 3690}, "rows": [{"type": "ngo", "net": {"minor": 3690}, "organisations": 1}]}
    for who in (asker("auditor"), asker("organiser", subject=edition.uid)):
        assert who.ask(asked)["office"]["supporters"] == [row]
    for who in (
        asker("observer"),
        asker("judge", subject=edition.uid),
        asker("organiser", region_id="440000"),
    ):
        answer = who.send(asked)
        shown = ((answer.get("data") or {}).get("office") or {}).get("supporters")
        assert not shown, answer


def test_the_page_of_the_office_shows_each_type_and_what_they_come_to(lot):
    members(lot, 2, Kind.UNION, 3)
    buy(lot, person=shelves.a_person())
    standings.fold()
    client = asker("auditor").client
    for language, words in (("zh", ("工会", "个人", "合计")), ("en", ("Trade union", "Persons", "Together"))):
        page = client.get(f"/{language}/office/supporters/").content.decode()
        assert all(word in page for word in (*words, "221.40", "36.90", "258.30"))
    assert asker("observer").client.get("/en/office/supporters/").status_code == 404
