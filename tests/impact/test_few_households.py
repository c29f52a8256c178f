"""Under ten households: an entry stands still, and no word turns as families come and go."""

from datetime import timedelta
from threading import Thread

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import Person
from core import clock
from core.deliveries import drain
from core.models import OutboxEvent
from impact.actions import household
from impact.models import DisclosedHouseholds, Disclosure, Household, Round
from impact.verify.contest import verify as verify_contest
from impact.verify.disclosure import verify
from tests.catalog import world as shelves
from tests.impact import world
from tests.impact.disclosed import answer, buy, entry, freeze, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


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
    operator = Person.objects.filter(appointments__role="operator").order_by("pk").first()
    others = Person.objects.filter(appointments__role="operator").exclude(pk=operator.pk)
    Person.objects.filter(pk__in=others.values("pk")).update(is_active=False)
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
    # A family that left before anybody had verified it never stood behind the entry.
    far = clock.now() + timedelta(days=500)
    Household.objects.create(team=team, county=team.county, state="withdrawn", withdrawn_at=far)
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
