"""Two accounts turn out to be one person's: nothing is lost, and what is counted a person is counted once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from accounts.actions import export as exports
from accounts.actions import merging
from accounts.models import Address, Membership, Merging, Person
from accounts.models.appointment import Role
from accounts.places import Place
from accounts.reads import mobiliser
from catalog.models import TeamMember
from contest.actions import engagement
from contest.models import Engagement, Judge
from contest.reads.engagement import given_by, popularity_of
from contest.reads.referral import visit
from core import clock
from core.deliveries import drain
from core.refusals import Conflict
from core.verify import Offence
from impact.models import Entry, Round, Support
from orders.actions import cart as carts
from orders.models import Cart, Order, Review
from tests.accounts.world import a_person, holds
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db


def at_rest(*, is_drained: bool = True) -> list[Offence]:
    if is_drained:
        drain()
    world.standings.fold()
    found = [offence for name in settings.VERIFIERS for offence in import_string(name)()]
    # The orders of this world reserve nothing, and what reaches a provider waits here.
    return [offence for offence in found if offence.rule not in ("I1", "I8")]


def bought(lot, person: Person, **fields) -> Order:
    order = world.an_order((lot, 1), person=person, **fields)
    world.pay(order)
    return order


def test_all_that_is_hers_is_in_one_account(lot):
    kept, gone = a_person(), a_person(name="示例", nickname="橙子")
    orders = {bought(lot, kept).pk, bought(lot, gone).pk}
    place = {"recipient": "示例买家", "phone": "13800138000", "region": shelves.a_county(), "street": "1"}
    Address.objects.create(person=gone, is_default=True, **place)
    Address.objects.create(person=kept, **place)
    Address.objects.create(person=gone, **place | {"street": "2"})
    union = world.an_organisation()
    Membership.objects.create(person=kept, organisation=union)
    Membership.objects.create(person=gone, organisation=union, role=Membership.Role.COORDINATOR)
    for person, units in ((kept, 2), (gone, 3)):
        carts.create(person).lines.create(variant=lot.variant, quantity=units, price_seen_minor=1)
    assert merging.merge(kept, gone, "email phone") == kept
    assert set(Order.objects.filter(person=kept).values_list("pk", flat=True)) == orders
    assert sorted(kept.addresses.values_list("street", "is_default")) == [("1", False), ("2", False)]
    assert [(m.organisation, m.role) for m in kept.memberships.filter(ended_at=None)] == [
        (union, Membership.Role.COORDINATOR)
    ]
    (cart,) = Cart.objects.filter(person=kept, closed_at=None)
    assert cart.lines.get().quantity == 5
    kept.refresh_from_db()
    assert (kept.name, kept.nickname) == ("示例", "橙子")
    # Both mailboxes open it, by its one password; the account that went opens nothing and knows nothing.
    assert kept.ways.filter(ended_at=None).count() == 2
    assert not gone.ways.exists()
    gone.refresh_from_db()
    assert (gone.is_active, gone.email, gone.name, gone.merged_into) == (False, None, "", kept)
    # Its code, out in the world, calls for the account that goes on.
    assert mobiliser(gone.mobiliser_code) == (None, kept)
    assert at_rest() == []


def test_once_it_is_done_it_is_done_whoever_asks_again(lot):
    kept, gone = a_person(), a_person()
    assert merging.merge(kept, gone, "email") == kept
    assert merging.merge(kept, gone, "email") == kept
    assert merging.merge(gone, kept, "email") == kept
    assert Merging.objects.count() == 1


def test_a_third_account_is_followed_to_the_end(lot, team):
    """It went into one that went into another: its code, its days and its likes are the last one's."""
    first, second, third = a_person(), a_person(), a_person()
    for person in (first, second, third):
        bought(lot, person)
    assert world.figures(team)[:3] == (11070, 3, 3)
    merging.merge(second, first, "email")
    drain()
    merging.merge(third, second, "email")
    assert {p.merged_into_id for p in Person.objects.filter(pk__in=[first.pk, second.pk])} == {third.pk}
    assert mobiliser(first.mobiliser_code) == (None, third)
    assert world.figures(team)[:3] == (11070, 1, 1)
    assert at_rest() == []


def test_her_days_count_once_over_both(lot, team):
    kept, gone = a_person(), a_person()
    yesterday = clock.now() - timedelta(days=1)
    for person in (kept, gone):
        bought(lot, person)
    bought(lot, gone, traded_at=yesterday)
    assert world.figures(team)[:3] == (11070, 3, 2)
    before = list(Support.objects.order_by("pk").values())
    merging.merge(kept, gone, "email")
    assert world.figures(team)[:3] == (11070, 2, 1), "today by both is one day"
    assert list(Support.objects.order_by("pk").values())[: len(before)] == before, "nothing is edited"
    drain()
    assert Support.objects.count() == len(before) + 2, "carried once more, nothing more is known"
    # What comes later is of one person too, and a refund of what the other had bought finds it.
    order = bought(lot, Person.objects.get(pk=kept.pk))
    assert world.figures(team)[:3] == (14760, 2, 1)
    old = Order.objects.get(traded_at=yesterday)
    world.refund(old, (old.lines.get(), 3690))
    world.refund(order, (order.lines.get(), 3690))
    assert world.figures(team)[:3] == (7380, 1, 1)
    assert at_rest(is_drained=False) == []


def test_more_days_than_one_person_may_have_are_cut_over_both(lot, team):
    kept, gone = a_person(), a_person()
    for person, days in ((kept, range(4)), (gone, range(4, 8))):
        for n in days:
            bought(lot, person, traded_at=clock.now() - timedelta(days=n))
    assert world.figures(team)[1:3] == (8, 2)
    merging.merge(kept, gone, "email")
    assert world.figures(team)[1:3] == (5, 1)
    assert at_rest() == []


def test_a_round_that_is_frozen_stays_as_it_is(lot, team):
    kept, gone = a_person(), a_person()
    entry = Entry.objects.get(team=team)
    for person in (kept, gone):
        bought(lot, person)
        engagement.give(person, entry, Engagement.Kind.LIKE)
    frozen = Round.objects.get()
    counted = world.figures(team)
    clock.move(timedelta(days=18))
    until = frozen.freezes_at
    likes = popularity_of(frozen, until)
    merging.merge(kept, gone, "email")
    assert world.figures(team) == counted
    assert popularity_of(frozen, until) == likes
    assert likes[entry.pk].engaged == 2
    assert at_rest() == []


def test_a_like_counts_once_from_then_on_and_is_still_hers_to_take_back(lot, team, noon):
    kept, gone = a_person(), a_person()
    entry = Entry.objects.get(team=team)
    round_ = entry.round
    for person in (kept, gone):
        engagement.look(person, entry)
        engagement.give(person, entry, Engagement.Kind.LIKE)
    engagement.give(gone, entry, Engagement.Kind.FOLLOW)
    clock.move(timedelta(minutes=1))
    before = clock.now()
    assert (
        popularity_of(round_, before)[entry.pk].engaged,
        popularity_of(round_, before)[entry.pk].viewers,
    ) == (
        2,
        2,
    )
    clock.move(timedelta(minutes=1))
    merging.merge(kept, gone, "email")
    clock.move(timedelta(minutes=1))
    after = popularity_of(round_, clock.now())[entry.pk]
    assert (after.engaged, after.viewers) == (1, 1)
    assert popularity_of(round_, before)[entry.pk].engaged == 2, "what was counted before stays counted so"
    assert given_by(kept, entry) == {"like", "follow"}
    engagement.revoke(kept, entry, Engagement.Kind.LIKE)
    engagement.revoke(kept, entry, Engagement.Kind.FOLLOW)
    clock.move(timedelta(minutes=1))
    assert popularity_of(round_, clock.now())[entry.pk].engaged == 0


def test_who_called_herself_has_called_nobody(lot, team):
    kept, gone, friend = a_person(), a_person(), a_person()
    bought(lot, kept, mobiliser_person=gone)
    bought(lot, friend, mobiliser_person=gone)
    assert world.figures(team)[4] == 7380
    merging.merge(kept, gone, "email")
    assert world.figures(team)[4] == 3690, "her own call is none; that to her friend is"
    assert at_rest() == []


def test_what_a_team_has_bought_of_itself_by_another_account_does_not_count(lot, team):
    kept, gone = a_person(), a_person()
    TeamMember.objects.create(team=team, person=gone)
    bought(lot, kept)
    bought(lot, a_person())
    assert world.figures(team) == (7380, 2, 2, 0, 0, 0)
    merging.merge(kept, gone, "email")
    assert TeamMember.objects.get(team=team).person == kept
    assert world.figures(team) == (3690, 1, 1, 0, 0, 3690)
    assert at_rest() == []


def test_a_guests_orders_under_the_other_mailbox_are_hers_once_they_are_proved(lot, team):
    kept, gone = a_person(), a_person(email="her@example.com")
    order = world.an_order((lot, 1), email="her@example.com")
    world.pay(order)
    world.prove(order)
    bought(lot, kept)
    assert world.figures(team)[:3] == (7380, 2, 2)
    merging.merge(kept, gone, "email")
    drain()
    assert world.figures(team)[:3] == (7380, 1, 1)
    later = world.an_order((lot, 1), email="her@example.com")
    world.pay(later)
    world.prove(later)
    assert world.figures(team)[:3] == (11070, 1, 1)
    assert at_rest() == []


def test_two_appointments_are_refused_with_what_to_end_first():
    kept, gone = a_person(("operator",)), a_person(("media_officer",))
    with pytest.raises(Conflict) as refused:
        merging.merge(kept, gone, "email")
    for role in (Role.OPERATOR, Role.MEDIA_OFFICER):
        assert role.words.in_language("zh") in refused.value.words.in_language("zh")
    assert not Merging.objects.exists()
    gone.appointments.update(ends_at=clock.now(), ended_by=kept, end_reason="示例")
    assert merging.merge(kept, gone, "email") == kept
    assert at_rest() == []


def test_the_account_that_holds_a_role_is_the_one_that_goes_on():
    here, there = a_person(), a_person(("operator",))
    assert merging.merge(here, there, "email") == there
    here.refresh_from_db()
    assert here.merged_into == there


@pytest.mark.parametrize("judge_is_kept", [True, False])
def test_a_judge_and_one_of_a_team_that_competes_do_not_become_one(lot, team, judge_is_kept):
    edition = Round.objects.get().edition
    judge, member = a_person(), a_person()
    holds(judge, Role.JUDGE, Place(subject=edition.uid))
    Judge.objects.create(edition=edition, person=judge)
    part = TeamMember.objects.create(team=team, person=member)
    pair = (judge, member) if judge_is_kept else (member, judge)
    from contest.models import Registration

    Registration.objects.get_or_create(
        round=Round.objects.get(), team=team, defaults={"state": Registration.State.LIVE}
    )
    with pytest.raises(Conflict, match="评委"):
        merging.merge(*pair, "email")
    assert not Merging.objects.exists()
    TeamMember.objects.filter(pk=part.pk).update(ended_at=clock.now())
    assert merging.merge(*pair, "email") == judge
    # She was of the team: what ties her to it is found, and hides the entry from her.
    assert Judge.objects.get(person=judge).conflicts.filter(entry__team=team).exists()


def test_of_two_who_checked_each_other_none_becomes_one(lot):
    kept, gone = a_person(), a_person()
    world.an_organisation(proposed_by=kept, verified_by=gone)
    with pytest.raises(Conflict, match="两个人"):
        merging.merge(kept, gone, "email")
    assert not Merging.objects.exists()
    assert Person.objects.get(pk=gone.pk).is_active


def test_who_waits_to_be_deleted_is_kept_first():
    kept, gone = a_person(), a_person(erasure_asked_at=clock.now())
    with pytest.raises(Conflict, match="注销"):
        merging.merge(kept, gone, "email")


def test_what_stands_with_the_other_account_is_in_her_export_and_goes_with_her(lot, team):
    kept, gone = a_person(), a_person()
    entry = Entry.objects.get(team=team)
    engagement.give(gone, entry, Engagement.Kind.LIKE)
    review = Review.objects.create(
        product=lot.variant.product, line=bought(lot, gone).lines.get(), person=gone, nickname="橙子", stars=5
    )
    merging.merge(kept, gone, "email")
    told = exports.export(Person.objects.get(pk=kept.pk))
    assert [one["kind"] for one in told["engagements"]] == ["like"]
    assert [one["stars"] for one in told["reviews"]] == [5]
    assert len(told["orders"]) == 1
    review.refresh_from_db()
    assert review.person == kept
    Order.objects.update(state=Order.State.COMPLETED)
    from accounts.actions.erasure import _erase

    _erase(Person.objects.get(pk=kept.pk))
    assert not Engagement.objects.filter(person__in=[kept, gone]).exists()


def test_a_link_of_the_other_account_calls_for_the_one_that_goes_on(lot, team):
    from contest.actions import referral

    kept, gone = a_person(), a_person()
    links = [referral.make(person, team=team) for person in (kept, gone)]
    merging.merge(kept, gone, "email")
    assert {visit(link.code).mobiliser_code for link in links} == {kept.mobiliser_code}
    referral.revoke(kept, links[1].code)
    assert visit(links[1].code).mobiliser_code == ""


def test_what_came_in_meanwhile_is_carried_after_it(lot, team):
    """A request of the account that went was under way: what it wrote is hers a moment later."""
    kept, gone = a_person(), a_person()
    merging.merge(kept, gone, "email")
    bought(lot, gone)
    carts.create(gone)
    merging.finish(kept.pk, gone.pk)
    assert Order.objects.get().person == kept
    assert world.figures(team)[:3] == (3690, 1, 1)
    assert at_rest() == []
