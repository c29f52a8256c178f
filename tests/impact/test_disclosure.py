"""What is told of the contest's counts: made once a day, in tens, never under ten, exactly from the freeze on."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory

from accounts.models import Person
from catalog.models import TeamMember
from core import clock, language
from core.api.documents import ask
from core.deliveries import drain
from core.models import OutboxEvent
from impact.actions import disclosure, household, standings
from impact.models import DisclosedHouseholds, Disclosure, Household, Round
from impact.verify.contest import verify as verify_contest
from impact.verify.disclosure import verify
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db

FIGURES = """net { minor } mobilised { minor } personTimes personTimesTold people peopleTold
  organisations organisationsTold excluded { minor } excludedTold"""
BOARD = (
    f"""{{ board {{ number asOf countedOn rows {{ rank entry {{ number }} figures {{ {FIGURES} }} }} }} }}"""
)
DIVISIONS = f"{{ board(by: DIVISION) {{ rows {{ division {{ code }} figures {{ {FIGURES} }} }} }} }}"
CONTEST = f"{{ contest {{ totals {{ entries {FIGURES} }} }} }}"


@pytest.fixture(autouse=True)
def noon():
    """It is noon of a day, so that nothing here crosses a boundary by chance."""
    clock.stand_at(datetime(2026, 7, 1, 12, tzinfo=clock.SHANGHAI))


@pytest.fixture
def lot():
    lot = world.a_lot(units=10_000)
    world.a_round(lot.variant.product.team)
    return lot


@pytest.fixture
def team(lot):
    return lot.variant.product.team


def answer(document):
    request = RequestFactory().post("/graphql")
    request.user, request.id = AnonymousUser(), "r"
    with language.use("en"):
        data, errors = ask(request, document, {})
    assert not errors, errors
    return data


def told():
    """Everything that anybody is told of the contest, folded now."""
    standings.fold()
    return [answer(document) for document in (BOARD, DIVISIONS, CONTEST)]


def entry(n=0):
    return told()[0]["board"]["rows"][n]["figures"]


def buy(lot, n=1, units=1, **fields):
    orders = [world.an_order((lot, units), person=shelves.a_person(), **fields) for _ in range(n)]
    for order in orders:
        world.pay(order)
    return orders


def without_amounts(answers):
    """The same without what is told live."""
    if isinstance(answers, dict):
        return {k: without_amounts(v) for k, v in answers.items() if k not in ("net", "mobilised", "asOf")}
    return [without_amounts(one) for one in answers] if isinstance(answers, list) else answers


def test_sums_are_live_and_counts_move_once_a_day(lot):
    disclosure.disclose()
    before = told()
    buy(lot, 23, units=14, organisation=world.an_organisation())
    after = told()
    assert entry()["net"] == {"minor": 23 * 14 * 3690}
    assert without_amounts(before) == without_amounts(after)
    assert entry()["personTimesTold"] == entry()["peopleTold"] == "fewer than 10"
    assert disclosure.disclose() == 0, "nothing is made twice a day"
    assert without_amounts(told()) == without_amounts(before)
    clock.stand_at(datetime(2026, 7, 2, 3, 59, tzinfo=clock.SHANGHAI))
    assert disclosure.disclose() == 0
    clock.stand_at(datetime(2026, 7, 2, 4, 0, tzinfo=clock.SHANGHAI))
    assert disclosure.disclose() == 1
    found = entry()
    assert (found["personTimes"], found["personTimesTold"]) == (20, "20 or more")
    assert (found["people"], found["peopleTold"]) == (20, "20 or more")
    assert (found["organisations"], found["organisationsTold"]) == (None, "fewer than 10")
    assert [*verify(), *verify_contest()] == []


def test_after_a_rest_what_was_missed_is_made_once(lot):
    disclosure.disclose()
    buy(lot, 12)
    clock.move(timedelta(days=3))
    assert [disclosure.disclose(), disclosure.disclose()] == [1, 0]
    assert entry()["people"] == 10
    clock.move(timedelta(days=-3))  # an operator sets the clock back: the day's figures are made anew
    assert [disclosure.disclose(), disclosure.disclose()] == [1, 0]


def test_the_purchases_are_not_counted_by_number_or_time(lot, team):
    buy(lot)
    before = told()[0]["board"]
    assert before["number"] is None
    own = shelves.a_person()
    TeamMember.objects.create(team=team, person=own)
    world.pay(world.an_order((lot, 1), person=own))
    guest = world.an_order((lot, 1))
    assert told()[0]["board"] == before, "what does not count does not show, not even as a moment"
    world.pay(guest)
    after = told()[0]["board"]
    world.prove(guest)
    assert told()[0]["board"] == after


@pytest.mark.parametrize("bought", [False, True])
def test_one_probing_order_with_an_organisations_code_tells_nothing(lot, team, bought):
    union = world.an_organisation()
    if bought:
        buy(lot, 1, units=20, organisation=union)
    buy(lot, 11)
    world.tomorrow()
    before = told()
    (probe,) = buy(lot, 1, units=14, mobiliser_organisation=union)
    during = told()
    assert without_amounts(during) == without_amounts(before)
    world.refund(probe, (probe.lines.get(), 14 * 3690))
    assert without_amounts(told()) == without_amounts(before)
    world.tomorrow()
    after, (before, *_) = told(), before
    assert after[0]["board"]["rows"] == before["board"]["rows"]


def test_ten_organisations_are_told_in_tens_and_exactly_from_the_freeze(lot):
    for _ in range(13):
        buy(lot, 1, units=14, mobiliser_organisation=world.an_organisation())
    buy(lot, 1, units=13, mobiliser_organisation=world.an_organisation())  # under 500 yuan
    world.tomorrow()
    assert (entry()["organisations"], entry()["organisationsTold"]) == (10, "10 or more")
    freeze()
    assert (entry()["organisations"], entry()["organisationsTold"]) == (13, "13")


def freeze():
    """The round is over, its refunds are in, and beat has struck."""
    made = Round.objects.get()
    clock.stand_at(made.freezes_at)
    assert disclosure.disclose() == 1


def test_from_the_freeze_what_ten_stand_behind_is_exact_and_nothing_else(lot):
    buy(lot, 23)
    world.tomorrow()
    freeze()
    found = entry()
    assert (found["people"], found["peopleTold"], found["personTimes"]) == (23, "23", 23)
    assert (found["organisations"], found["organisationsTold"]) == (0, "0")
    assert told()[0]["board"]["number"] == 23
    clock.move(timedelta(days=2))
    assert disclosure.disclose() == 0
    assert list(verify()) == []


def test_under_ten_nothing_is_told_at_the_freeze_either(lot):
    buy(lot, 9)
    freeze()
    assert (entry()["people"], entry()["personTimes"]) == (None, None)
    assert entry()["peopleTold"] == "fewer than 10"


def many(*counts, freeze_it=False):
    """Entries of one division with so many buyers each; what is told of each and of all."""
    lots = [world.a_lot(units=10_000) for _ in counts]
    world.a_round(*(lot.variant.product.team for lot in lots))
    for lot, n in zip(lots, counts, strict=True):
        if n:
            buy(lot, n)
    world.tomorrow()
    if freeze_it:
        freeze()
    board, divisions, contest = told()
    rows = {row["entry"]["number"]: row["figures"]["people"] for row in board["board"]["rows"]}
    each = [rows[lot.variant.product.team.code] for lot in lots]
    (division,) = divisions["board"]["rows"]
    totals = contest["contest"]["totals"]
    assert division["figures"]["people"] == totals["people"]
    assert division["figures"]["personTimes"] == totals["personTimes"] == totals["people"]
    assert list(verify()) == []
    return each, totals["people"], totals["peopleTold"]


@pytest.mark.parametrize(
    ("counts", "open_", "frozen"),
    [
        ((12, 13), (20, "20 or more"), (25, "25")),
        # One under ten alone would be what is left: it is in no sum.
        ((12, 8), (10, "10 or more"), (10, "10 or more")),
        ((12, 9, 0), (10, "10 or more"), (10, "10 or more")),
        ((8,), (None, "fewer than 10"), (None, "fewer than 10")),
        ((4, 5), (None, "fewer than 10"), (None, "fewer than 10")),
        # Two with ten between them are, in tens.
        ((12, 8, 9), (20, "20 or more"), (20, "20 or more")),
        ((8, 9), (10, "10 or more"), (10, "10 or more")),
    ],
)
def test_no_entry_under_ten_is_what_a_sum_leaves_of_the_others(counts, open_, frozen):
    told_each = [n // 10 * 10 or None for n in counts]
    assert many(*counts) == (told_each, *open_)


@pytest.mark.parametrize(
    ("counts", "all_", "words"),
    [
        ((12, 13), 25, "25"),
        ((12, 8), 10, "10 or more"),
        ((12, 8, 9), 20, "20 or more"),
        ((8,), None, "fewer than 10"),
    ],
)
def test_nor_at_the_freeze(counts, all_, words):
    each = [n if n >= 10 else None for n in counts]
    assert many(*counts, freeze_it=True) == (each, all_, words)


def test_a_person_of_two_entries_is_one_of_their_division():
    lots = [world.a_lot(units=100) for _ in range(2)]
    world.a_round(*(lot.variant.product.team for lot in lots))
    for person in [shelves.a_person() for _ in range(11)]:
        for lot in lots:
            world.pay(world.an_order((lot, 1), person=person))
    world.tomorrow()
    freeze()
    _, divisions, contest = told()
    (row,) = divisions["board"]["rows"]
    assert (row["figures"]["people"], row["figures"]["personTimes"]) == (11, 22)
    assert contest["contest"]["totals"]["people"] == 11


def test_the_rank_is_by_what_is_told(lot, team):
    lots = [world.a_lot(units=100) for _ in range(3)]
    Round.objects.all().delete()
    world.a_round(*(one.variant.product.team for one in lots))
    for one, n in zip(lots, (11, 13, 9), strict=True):
        buy(one, n)
    world.tomorrow()
    rows = answer("{ board(sort: PEOPLE) { rows { rank entry { number } figures { people } } } }")["board"][
        "rows"
    ]
    codes = [one.variant.product.team.code for one in lots]
    assert [(r["rank"], r["figures"]["people"]) for r in rows] == [(1, 10), (1, 10), (3, None)]
    assert [r["entry"]["number"] for r in rows] == [*sorted(codes[:2]), codes[2]]


def own_people(team, n):
    for _ in range(n):
        person = shelves.a_person()
        TeamMember.objects.create(team=team, person=person)
        yield person


def test_what_is_not_counted_is_told_of_the_round_alone_in_thousands_and_of_ten_people(lot, team):
    people = list(own_people(team, 10))
    for person in people[:9]:
        world.pay(world.an_order((lot, 4), person=person))
    world.tomorrow()
    assert answer(CONTEST)["contest"]["totals"]["excluded"] is None
    world.pay(world.an_order((lot, 4), person=people[9]))
    assert answer(CONTEST)["contest"]["totals"]["excluded"] is None
    world.tomorrow()
    totals = answer(CONTEST)["contest"]["totals"]
    assert (totals["excluded"], totals["excludedTold"]) == ({"minor": 100_000}, "¥1,000.00 or more")
    _, divisions, _ = told()
    for figures in (entry(), divisions["board"]["rows"][0]["figures"]):
        assert figures["excluded"] is None
    freeze()
    totals = answer(CONTEST)["contest"]["totals"]
    assert (totals["excluded"], totals["excludedTold"]) == ({"minor": 40 * 3690}, "¥1,476.00")


# --- Under ten households -------------------------------------------------------------------------------


def leave(team, n=1):
    for family in Household.objects.filter(team=team, state="verified").order_by("pk")[:n]:
        household.withdraw(family, None)


def test_an_entry_under_ten_stands_still_from_the_next_boundary_until_the_freeze(lot, team):
    buy(lot, 12)
    world.tomorrow()
    leave(team)
    buy(lot, 1)
    assert entry()["net"] == {"minor": 13 * 3690}, "until the boundary nothing shows"
    assert list(verify()) == []
    world.tomorrow()
    still = told()
    buy(lot, 15, mobiliser_organisation=world.an_organisation())
    world.households(team, 5)  # whatever becomes of them meanwhile
    assert told() == still
    world.tomorrow()
    stood = told()
    for answers in (still, stood):
        answers[0]["board"].pop("countedOn")
    assert stood == still
    assert entry()["people"] == 10 and entry()["net"] == {"minor": 13 * 3690}
    assert [*verify(), *verify_contest()] == []
    freeze()
    assert entry()["net"] == {"minor": 28 * 3690} and entry()["people"] == 28
    assert [*verify(), *verify_contest()] == []


def test_no_sum_of_others_gives_back_what_stands_still(lot, team):
    other = world.a_lot(units=100)
    Round.objects.all().delete()
    world.a_round(team, other.variant.product.team)
    leave(team)
    world.tomorrow()
    buy(lot, 3)
    buy(other, 1)
    _, divisions, contest = told()
    assert divisions["board"]["rows"][0]["figures"]["net"] == {"minor": 3690}
    assert contest["contest"]["totals"]["net"] == {"minor": 3690}


def test_the_operators_hear_of_it_before_anything_shows(lot, team, settings):
    settings.REACTIONS = "shop.reactions.REACTIONS"
    operator = Person.objects.filter(is_staff=True).order_by("pk").first()
    Person.objects.filter(is_staff=True).exclude(pk=operator.pk).update(is_active=False)
    before = told()
    leave(team)
    drain()
    (letter,) = mail.outbox
    assert letter.to == [operator.email] and team.code in letter.subject + letter.body
    assert "/operators/impact/entry/" in letter.body
    assert told() == before


def test_once_it_stands_still_the_operators_are_told_no_more_and_see_it_in_their_room(lot, team, settings):
    settings.REACTIONS = "shop.reactions.REACTIONS"
    operator = shelves.an_operator()
    leave(team)
    world.tomorrow()
    drain()
    mail.outbox.clear()
    leave(team)
    drain()
    assert mail.outbox == []
    desk = Client()
    desk.force_login(operator)
    shown = desk.get("/operators/impact/entry/").content.decode()
    assert "8 · 不足 10 · fewer than 10" in shown and "July 2, 2026" in shown.replace(
        "2026年7月2日", "July 2, 2026"
    )
    assert desk.get(f"/operators/impact/entry/{team.entries.get().pk}/change/").status_code == 200
    assert desk.get("/operators/impact/disclosure/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_families_that_leave_at_once_one_is_the_one_too_few(settings):
    settings.REACTIONS = "shop.reactions.REACTIONS"
    lot = world.a_lot()
    team = lot.variant.product.team
    world.a_round(team)
    world.households(team, 1)
    families = list(Household.objects.filter(team=team, state="verified").order_by("pk"))
    assert len(families) == 11

    def go(family):
        household.withdraw(family, None)
        connection.close()

    threads = [Thread(target=go, args=(family,)) for family in families[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OutboxEvent.objects.filter(name="EntryHasFewHouseholds").count() == 1


def test_verify_names_an_entry_under_ten_that_moves(lot, team):
    world.tomorrow()
    leave(team)
    assert list(verify()) == [], "until the next boundary it may"
    Disclosure.objects.update(
        made_at=clock.now() + timedelta(days=400)
    )  # a boundary that saw it and did nothing
    assert [(o.noun, "under ten that moves" in o.words) for o in verify()] == [("Entry", True)]


def test_verify_names_a_figure_that_is_not_what_its_supports_say(lot, team):
    buy(lot, 12)
    world.tomorrow()
    assert list(verify()) == []
    Disclosure.objects.filter(entry__team=team).update(people=30)
    assert [o.noun for o in verify()] == ["Disclosure"]
    Disclosure.objects.filter(entry__team=team).delete()
    assert {o.noun for o in verify()} == {"Disclosure"}


def test_verify_names_a_number_of_households_that_was_changed(team):
    Household.objects.filter(team=team).update(verified_at=clock.now() - timedelta(days=900))
    world.tomorrow()
    assert list(verify()) == []
    DisclosedHouseholds.objects.filter(team=team).update(tens=50)
    assert [o.noun for o in verify()] == ["DisclosedHouseholds"]


# --- The words for households ---------------------------------------------------------------------------


def words(team):
    found = answer(f'{{ teamProvenance: provenance(team: "{team.slug}") {{ households }} }}')
    return found["teamProvenance"]["households"]


def days_until_it_falls(team):
    for n in range(1, 90):
        world.tomorrow()
        if words(team) == "fewer than 10 households":
            return n
    raise AssertionError("it never fell")


def test_households_that_withdraw_flip_no_word_at_nine(team):
    assert words(team) == "10 or more households"
    for _ in range(4):
        leave(team)
        assert words(team) == "10 or more households"
        world.tomorrow()
        assert words(team) == "10 or more households"
    assert 26 <= days_until_it_falls(team) <= 60


def test_a_family_that_joins_begins_the_wait_again_and_a_rise_waits_for_the_boundary(team):
    leave(team)
    for _ in range(29):
        world.tomorrow()
    world.households(team, 1)
    world.tomorrow()
    leave(team)
    for _ in range(29):
        world.tomorrow()
    assert words(team) == "10 or more households"
    world.households(team, 12)
    assert words(team) == "10 or more households"
    world.tomorrow()
    assert words(team) == "20 or more households"


def test_how_long_the_words_wait_is_another_for_each_team():
    teams = [shelves.a_team() for _ in range(6)]
    for team in teams:
        world.households(team, 10)
        leave(team, 2)
    fell = {}
    for n in range(1, 70):
        world.tomorrow()
        fell |= {
            team.pk: n for team in teams if team.pk not in fell and words(team) != "10 or more households"
        }
    assert set(fell) == {team.pk for team in teams} and len(set(fell.values())) > 2


@pytest.mark.django_db(transaction=True)
def test_two_that_strike_at_once_and_a_fold_make_a_day_once():
    lot = world.a_lot(units=10_000)
    world.a_round(lot.variant.product.team)
    made = []

    def run():
        made.append(disclosure.disclose())
        connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
        buy(lot, 3)
        standings.fold()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 0, 0, 1]
    assert [*verify(), *verify_contest()] == []
