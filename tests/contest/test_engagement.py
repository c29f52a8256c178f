"""Likes, follows, shares and looks: one a person and entry, taken back at will, and counted of proved mailboxes alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.events import MailboxConfirmed
from accounts.models import Person
from contest import people
from contest.actions import engagement
from contest.models import Engagement, ReferralLink, View
from contest.reads.engagement import Popularity, follows_of, given_by, popularity_of
from core import clock, outbox
from core.refusals import TooMany
from impact.models import Entry
from tests.catalog import world as shelves
from tests.impact.world import a_round

pytestmark = pytest.mark.django_db
LIKE, FOLLOW, SHARE = Engagement.Kind.LIKE, Engagement.Kind.FOLLOW, Engagement.Kind.SHARE


@pytest.fixture
def entry() -> Entry:
    team = shelves.a_team()
    a_round(team, shelves.a_team())
    return Entry.objects.select_related("round").get(team=team)


def a_person(**fields) -> Person:
    return shelves.a_person(email_verified_at=clock.now() - timedelta(days=1), **fields)


def popularity(entry: Entry, until=None, excluded=()) -> Popularity:
    clock.move(timedelta(seconds=1))
    return popularity_of(entry.round, until or clock.now(), set(excluded))[entry.pk]


def test_a_person_counts_once_however_much_she_gives(entry):
    her = a_person()
    for kind in (LIKE, FOLLOW, SHARE, LIKE):
        engagement.give(her, entry, kind)
    engagement.look(her, entry)
    engagement.look(her, entry)
    assert popularity(entry) == Popularity(engaged=1, viewers=1)
    assert (Engagement.objects.count(), View.objects.count()) == (3, 1)
    other = Entry.objects.exclude(pk=entry.pk).get()
    assert popularity(other) == Popularity(0, 0), "of the other entry nothing"


def test_whoever_only_looks_is_a_viewer_and_whoever_gives_has_looked(entry):
    looks, likes = a_person(), a_person()
    engagement.look(looks, entry)
    engagement.give(likes, entry, LIKE)
    assert popularity(entry) == Popularity(engaged=1, viewers=2)


def test_what_is_taken_back_counts_no_more_and_can_be_given_again(entry):
    her = a_person()
    engagement.give(her, entry, LIKE)
    engagement.give(her, entry, FOLLOW)
    engagement.revoke(her, entry, LIKE)
    assert given_by(her, entry) == {FOLLOW}
    assert popularity(entry).engaged == 1
    engagement.revoke(her, entry, FOLLOW)
    assert popularity(entry).engaged == 0
    assert list(follows_of(her)) == []
    engagement.give(her, entry, FOLLOW)
    assert popularity(entry).engaged == 1
    assert list(follows_of(her)) == [entry]


def test_a_moment_that_is_past_is_counted_alike_for_ever(entry):
    her, later = a_person(), a_person()
    engagement.give(her, entry, LIKE)
    clock.move(timedelta(seconds=1))
    then = clock.now()
    clock.move(timedelta(seconds=1))
    engagement.revoke(her, entry, LIKE)
    engagement.give(later, entry, LIKE)
    Person.objects.filter(pk=her.pk).update(email_verified_at=None)
    assert popularity(entry, until=then) == Popularity(1, 1)
    assert popularity(entry) == Popularity(1, 1), "the later one alone"


def test_what_is_given_after_the_close_counts_for_nothing(entry):
    clock.move(entry.round.closes_at - clock.now())
    her = a_person()
    engagement.give(her, entry, LIKE)
    engagement.look(her, entry)
    assert given_by(her, entry) == {LIKE}
    assert popularity(entry) == Popularity(0, 0)


def test_ten_thousand_likes_of_unproved_mailboxes_move_nothing(entry):
    proved = a_person()
    engagement.give(proved, entry, LIKE)
    before = popularity(entry)
    strangers = Person.objects.bulk_create(
        [Person(email=f"s{n}@example.com", password="!") for n in range(10_000)], batch_size=1_000
    )
    Engagement.objects.bulk_create(
        Engagement(entry=entry, person=stranger, kind=LIKE, at=clock.now()) for stranger in strangers
    )
    assert popularity(entry) == before == Popularity(1, 1)
    engagement.look(strangers[0], entry)
    assert not View.objects.exists(), "nor do they count as viewers"


def test_a_like_counts_once_its_mailbox_is_proved(entry):
    her = shelves.a_person(email_verified_at=None)
    engagement.give(her, entry, LIKE)
    assert popularity(entry).engaged == 0
    Person.objects.filter(pk=her.pk).update(email_verified_at=clock.now())
    outbox.record(MailboxConfirmed(her.pk))
    assert popularity(entry) == Popularity(1, 1)


def test_the_teams_own_people_count_neither_as_engaged_nor_as_viewers(entry):
    hers = a_person()
    shelves.works_at(entry.team, hers, "packer")
    engagement.give(hers, entry, LIKE)
    engagement.look(hers, entry)
    assert given_by(hers, entry) == {LIKE}, "she may like what is her own"
    assert popularity(entry) == Popularity(0, 0)


def test_who_is_excluded_is_neither_engaged_nor_a_viewer(entry):
    farm, real, looks = a_person(), a_person(), a_person()
    for person in (farm, real):
        engagement.give(person, entry, LIKE)
    for person in (farm, looks):
        engagement.look(person, entry)
    assert popularity(entry) == Popularity(2, 3)
    assert popularity(entry, excluded={(entry.pk, farm.pk)}) == Popularity(1, 2)


def test_who_gives_and_takes_all_day_is_held_up(entry):
    her = a_person()
    for _ in range(engagement.MOST_OF_ONE):
        engagement.give(her, entry, LIKE)
        engagement.revoke(her, entry, LIKE)
    with pytest.raises(TooMany):
        engagement.give(her, entry, LIKE)
    engagement.give(her, entry, FOLLOW)
    assert given_by(her, entry) == {FOLLOW}
    assert Engagement.objects.count() == engagement.MOST_OF_ONE + 1


def test_a_round_is_counted_by_one_statement(entry):
    for _ in range(3):
        engagement.give(a_person(), entry, LIKE)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        popularity_of(entry.round, clock.now())
    assert len(asked) == 1


def test_an_erased_person_leaves_nothing_before_the_freeze_and_the_figures_after_it(entry):
    her = a_person()
    engagement.give(her, entry, LIKE)
    engagement.look(her, entry)
    ReferralLink.objects.create(person=her, entry=entry)
    told = people.export(her)
    assert [row["kind"] for row in told["engagements"]] == ["like"]
    assert len(told["entries_looked_at"]) == len(told["referral_links"]) == 1

    clock.move(entry.round.freezes_at - clock.now())
    people.erase(her)
    assert popularity(entry, until=entry.round.freezes_at) == Popularity(1, 1), "a frozen figure stays"
    assert not ReferralLink.objects.exists()

    clock.move(-timedelta(days=10))
    people.erase(her)
    assert (Engagement.objects.count(), View.objects.count()) == (0, 0)
