"""A guest on the board: an amount alone until her mailbox is proved, and then one person, however she buys."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import seals
from accounts.actions import person as people
from accounts.actions.person import verify_email
from core import clock
from core.deliveries import drain
from impact.models import Round, Support
from impact.verify import rows
from impact.verify.contest import verify
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db


def test_a_guest_is_an_amount_alone_until_her_mailbox_is_proved_and_then_somebody(lot, team):
    """Anybody can type an address: what moves by one tells nothing of its owner before she says that it is hers."""
    orders = [
        world.an_order((lot, 1), email=email) for email in ("a@example.com", "A@example.com", "b@example.com")
    ]
    for order in orders:
        world.pay(order)
    assert world.figures(team) == (11070, 0, 0, 0, 0, 0)
    world.prove(orders[0])
    assert world.figures(team) == (11070, 1, 1, 0, 0, 0)
    world.prove(orders[1])  # the same mailbox on the same day
    assert world.figures(team) == (11070, 1, 1, 0, 0, 0)
    world.refund(orders[0], (orders[0].lines.get(), 3690))
    assert world.figures(team) == (7380, 1, 1, 0, 0, 0)
    world.refund(orders[1], (orders[1].lines.get(), 3690))
    assert world.figures(team) == (3690, 0, 0, 0, 0, 0)


def test_a_guest_who_proves_an_accounts_mailbox_is_its_owner(lot, team):
    buyer = shelves.a_person(email="her@example.com", email_verified_at=clock.now())
    world.pay(world.an_order((lot, 1), person=buyer))
    order = world.an_order((lot, 1), email=buyer.email)
    world.pay(order)
    world.prove(order)
    assert world.figures(team)[:3] == (7380, 1, 1)


def a_member_to_be(email="her@example.com"):
    """She has signed up, and not yet shown that the mailbox is hers."""
    return shelves.a_person(email=email, email_verified_at=None)


def test_a_guest_who_opens_an_account_afterwards_is_one_person(lot, team):
    order = world.an_order((lot, 1), email="her@example.com")
    world.pay(order)
    world.prove(order)
    before = list(Support.objects.order_by("pk").values())
    person = a_member_to_be()
    world.pay(world.an_order((lot, 1), person=person))
    assert world.figures(team)[:3] == (7380, 2, 2), "who only types an address is nobody's twin"
    verify_email(person)
    drain()
    assert world.figures(team)[:3] == (7380, 1, 1)
    assert list(Support.objects.order_by("pk").values())[: len(before)] == before, "nothing is edited"
    verify_email(person)
    drain()
    assert Support.objects.count() == 4
    world.refund(order, (order.lines.get(), 3690))
    assert world.figures(team)[:3] == (3690, 1, 1)
    assert [*rows.verify(), *verify()] == []


def test_so_is_one_who_proved_her_mailbox_before_she_paid(lot, team):
    order = world.an_order((lot, 2), email="her@example.com")
    world.prove(order)
    world.pay(order)
    person = a_member_to_be()
    world.pay(world.an_order((lot, 1), person=person, traded_at=clock.now() - timedelta(days=1)))
    verify_email(person)
    drain()
    assert world.figures(team)[:3] == (11070, 2, 1)
    # What a refund takes back is of the same buyer still.
    world.refund(order, (order.lines.get(), 3690))
    assert world.figures(team)[:3] == (7380, 2, 1)
    assert [*rows.verify(), *verify()] == []


def test_whoever_moves_to_another_mailbox_stays_the_buyer_of_what_she_proved_by_the_one_before(lot, team):
    person = shelves.a_person(email="old@example.com", email_verified_at=clock.now())
    order = world.an_order((lot, 2), email="old@example.com")
    world.prove(order)
    world.pay(order)
    world.pay(world.an_order((lot, 1), person=person))
    assert world.figures(team)[:3] == (11070, 1, 1)
    person.refresh_from_db()
    token = seals.seal(people.EMAIL_CHANGE, new="new@example.com", **people._of_this_change(person))
    people.confirm_email_change(person, token)
    drain()
    world.refund(order, (order.lines.get(), 3690))
    assert world.figures(team)[:3] == (7380, 1, 1)
    world.pay(world.an_order((lot, 1), person=person))
    assert world.figures(team)[2] == 1
    assert [*rows.verify(), *verify()] == []


def test_whoever_takes_her_proved_mailbox_to_her_account_is_one_person(lot, team):
    order = world.an_order((lot, 1), email="new@example.com")
    world.pay(order)
    world.prove(order)
    person = shelves.a_person(email="old@example.com", email_verified_at=clock.now())
    world.pay(world.an_order((lot, 1), person=person))
    assert world.figures(team)[2] == 2
    person.refresh_from_db()
    token = seals.seal(people.EMAIL_CHANGE, new="new@example.com", **people._of_this_change(person))
    people.confirm_email_change(person, token)
    drain()
    assert world.figures(team)[:3] == (7380, 1, 1)


def test_an_account_that_is_opened_after_the_freeze_moves_nothing(lot, team):
    order = world.an_order((lot, 1), email="her@example.com")
    world.pay(order)
    world.prove(order)
    person = a_member_to_be()
    world.pay(world.an_order((lot, 1), person=person))
    assert world.figures(team)[2] == 2
    Round.objects.update(closes_at=clock.now(), freezes_at=clock.now())
    verify_email(person)
    drain()
    assert world.figures(team)[2] == 2 and Support.objects.count() == 3
    assert [*rows.verify(), *verify()] == []


def test_an_order_that_nobody_proved_stays_an_amount_when_its_address_has_an_account(lot, team):
    world.pay(world.an_order((lot, 1), email="her@example.com"))
    verify_email(a_member_to_be())
    drain()
    assert world.figures(team)[:3] == (3690, 0, 0)


def test_who_gave_her_own_code_as_a_guest_is_found_out_with_her_account(lot, team):
    person = a_member_to_be()
    order = world.an_order((lot, 1), email="her@example.com", mobiliser_person=person)
    world.pay(order)
    world.prove(order)
    assert world.figures(team)[4] == 3690
    verify_email(person)
    drain()
    assert world.figures(team)[4] == 0
    assert [*rows.verify(), *verify()] == []


def test_verify_has_nothing_against_a_proof_and_names_one_that_tells_more_than_whose_it_is(lot, team):
    order = world.an_order((lot, 1))
    world.pay(order)
    world.prove(order)
    assert [*rows.verify(), *verify()] == []
    other = world.an_order((lot, 1))
    world.pay(other)
    proof = Support.objects.get(order_uid=other.uid)
    proof.pk, proof.uid, proof.transaction, proof.amount_minor = None, uuid4(), None, 0
    proof.is_known_person, proof.day = True, proof.day - timedelta(days=1)
    proof.save(force_insert=True)
    assert [(offence.noun, offence.id) for offence in rows.verify()] == [("Support", proof.pk)]


def test_a_mailbox_that_is_proved_before_the_money_comes_counts_at_once(lot, team):
    order = world.an_order((lot, 1))
    world.prove(order)
    world.pay(order)
    assert world.figures(team)[:3] == (3690, 1, 1)
    assert Support.objects.count() == 1


def test_a_mailbox_that_is_proved_after_the_freeze_moves_nothing(lot, team):
    order = world.an_order((lot, 1))
    world.pay(order)
    Round.objects.update(closes_at=clock.now() - timedelta(days=1), freezes_at=clock.now())
    world.prove(order)
    assert world.figures(team) == (3690, 0, 0, 0, 0, 0)
