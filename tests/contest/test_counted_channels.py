"""Outside sales, decisions on integrity, popularity and a rulebook's own caps in a round's inputs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Region
from catalog.models import Lot
from contest.models import Case, CaseItem, Engagement, ProjectMapping, Rulebook
from contest.scoring.rulebook import default_parameters, sha256_of
from core import clock
from impact.models import Entry
from tests.catalog import world as shelves
from tests.contest import buying, outside
from tests.contest.buying import buy, inputs, people, ten_others
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def lot(noon) -> Lot:
    return buying.a_lot()


@pytest.fixture
def entry(lot) -> Entry:
    return lot.variant.product.team.entries.get()


def a_batch(entry: Entry, platform: str = "shop-a"):
    source = outside.a_source(platform)
    outside.a_mapping(source, entry)
    return outside.a_statement(source, entry.round)


def test_outside_sales_add_to_the_amount_and_to_person_times_and_people_are_an_interval(lot, entry):
    for buyer in people(12):
        buy(lot, person=buyer)
    batch = a_batch(entry)
    hubei, guangdong = (Region.objects.get(code=code) for code in ("420000", "440000"))
    yesterday = clock.now() - timedelta(days=1)
    for n in range(14):
        outside.a_row(batch, f"o{n}", 10_000, payer_key=f"p{n}", province=guangdong if n < 3 else hubei)
    outside.a_row(batch, "o90", 600_000, payer_key="p0", paid_at=yesterday - timedelta(days=2))  # capped
    outside.a_row(batch, "o91", 5_000, payer_key="p1")  # on the same day
    outside.a_row(batch, "o92", 5_000)  # of nobody it names
    found = inputs(lot)
    assert found.net_minor == 12 * 3690 + 14 * 10_000 + 600_000 + 10_000
    assert found.amount_minor == found.net_minor - 110_000
    assert found.person_times == 12 + 14 + 1
    assert (found.people, found.further["people_most"]) == (14, 12 + 14 + 1)
    assert found.areas == 2, "our own division, and a province that three of its payers live in"
    assert found.household_share_bps == 5000, "households have their share of what was sold here"


def test_a_statement_of_sums_counts_for_the_amount_and_for_nobodys_person_times(lot, entry):
    ten_others(lot)
    before = inputs(lot)
    batch = outside.a_statement(source := outside.a_source(), entry.round, scope="aggregate")
    outside.a_mapping(source, entry)
    outside.a_row(batch, "d1", 2_000_000, is_aggregate=True, supports=3)
    found = inputs(lot)
    assert (found.net_minor - before.net_minor, found.amount_minor - before.amount_minor) == (
        2_000_000,
        1_500_000,
    ), "three supports, at most 5,000.00 each"
    assert (found.person_times, found.people, found.further["people_most"]) == (10, 10, 13)


def test_two_platforms_cannot_be_joined_either(lot, entry):
    for platform in ("shop-a", "shop-b"):
        batch = a_batch(entry, platform)
        for n in range(9):
            outside.a_row(batch, f"o{n}", 1_000, payer_key=f"{platform}{n}")
    assert (inputs(lot).people, inputs(lot).person_times) == (0, 0), "nine, or eighteen: not surely ten"
    outside.a_row(batch, "o9", 1_000, payer_key="one more")
    found = inputs(lot)
    assert (found.people, found.further["people_most"], found.person_times) == (10, 19, 19)


def test_an_outside_referrer_counts_where_it_is_the_code_of_a_verified_organisation(lot, entry):
    friend, union, proposed = shelves.a_person(), *(world.an_organisation(state="proposed") for _ in range(2))
    type(union).objects.filter(pk=union.pk).update(state="verified", verified_at=clock.now())
    batch = a_batch(entry)
    codes = (union.mobiliser_code.lower(), friend.mobiliser_code, proposed.mobiliser_code, "NOBODY99")
    for n, code in enumerate(codes):
        outside.a_row(batch, f"o{n}", 100_000 * (n + 1), payer_key=f"p{n}", referrer=code)
    union.refresh_from_db()
    buy(lot, 10, mobiliser_organisation=union)
    found = inputs(lot)
    assert (found.mobilised_minor, found.organisations) == (100_000 + 36_900, 1)


def test_what_is_sold_in_both_channels_counts_in_the_one_that_is_canonical(lot, entry):
    buyer = shelves.a_person()
    order = buy(lot, 2, person=buyer)
    batch = a_batch(entry)
    outside.a_row(batch, "o1", 7_000, payer_key="p1", external_ref=order.number)
    assert inputs(lot).net_minor == 7_380, "ours, unless the mapping says otherwise"
    ProjectMapping.objects.update(canonical="outside")
    assert (inputs(lot).net_minor, inputs(lot).households) == (7_000, 0)


def test_a_case_takes_out_what_it_names_and_no_more(lot, entry):
    ten_others(lot)
    friend = shelves.a_person()
    order, called = (buy(lot, 20, person=shelves.a_person(), mobiliser_person=friend) for _ in range(2))
    batch = a_batch(entry)
    outside.a_row(batch, "o1", 7_000, payer_key="p1")
    before = inputs(lot)
    assert (before.mobilised_minor, before.people, before.net_minor) == (147_600, 12, 50 * 3690 + 7_000)
    case = Case.objects.create(
        round=entry.round, entry=entry, rule="F1", subject="x", effect="exclude", opened_at=clock.now()
    )
    CaseItem.objects.create(case=case, part="order", order_uid=order.uid, found_at=clock.now())
    one = inputs(lot)
    assert (one.mobilised_minor, one.people, one.net_minor) == (73_800, 11, 30 * 3690 + 7_000)
    CaseItem.objects.create(case=case, part="mobiliser", order_uid=called.uid, found_at=clock.now())
    assert inputs(lot) == replace(one, mobilised_minor=0)
    CaseItem.objects.create(case=case, part="outside", outside_key="shop-a|o|o1|1", found_at=clock.now())
    assert inputs(lot).net_minor == 30 * 3690
    assert inputs(lot, case.opened_at - timedelta(seconds=1)).net_minor == 50 * 3690, (
        "before the case, and the statement"
    )


def test_persons_who_like_it_count_from_ten_on_and_each_once(lot, entry):
    fans = [shelves.a_person(email_verified_at=clock.now()) for _ in range(10)]
    for fan in fans[:9]:
        for kind in ("like", "follow"):
            Engagement.objects.create(
                entry=entry, person=fan, kind=kind, at=clock.now(), proved_at=clock.now()
            )
    later = clock.now() + timedelta(minutes=1)
    assert (inputs(lot, later).engaged, inputs(lot, later).viewers) == (0, 0)
    Engagement.objects.create(entry=entry, person=fans[9], kind="like", at=clock.now(), proved_at=clock.now())
    later = clock.now() + timedelta(minutes=1)
    assert (inputs(lot, later).engaged, inputs(lot, later).viewers) == (10, 10)


def test_the_caps_are_those_of_the_rounds_rulebook(lot, entry):
    ten_others(lot)
    buyer, friend = shelves.a_person(), shelves.a_person()
    for day in range(4):
        buy(lot, 10, days_ago=day, person=buyer, mobiliser_person=friend)
    parameters = default_parameters()
    parameters["caps"] |= {"person_minor": 40_000, "person_days": 2, "mobiliser_minor": 50_000}
    book = Rulebook.objects.create(
        edition=entry.round.edition,
        version=1,
        parameters=parameters,
        sha256=sha256_of(parameters),
        frozen_at=clock.now(),
    )
    before = inputs(lot)
    entry.round.plan.rulebook = book
    entry.round.plan.save()
    found = inputs(lot)
    assert (before.amount_minor, before.person_times, before.mobilised_minor) == (184_500, 14, 147_600)
    assert (found.amount_minor, found.person_times, found.mobilised_minor) == (36_900 + 40_000, 12, 50_000)
