"""The oracle names each way in which a group can be wrong."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from catalog.models import Lot
from core.models import OutboxEvent
from orders.actions import cancel
from orders.models import Order, Refund
from tests.catalog.world import an_operator
from tests.together.world import Together, at_rest
from together import verify
from together.actions import group
from together.models import GroupPurchase, Seat

pytestmark = pytest.mark.django_db(transaction=True)


def offences():
    return {o.words.split(" (")[0] for o in verify.verify() if o.rule == "I10"}


@pytest.fixture
def made(till, a_stand):
    """A group in which one has paid and one has not yet."""
    together = Together(till, a_stand, minimum=2, maximum=4)
    together.fill(1)
    together.join()
    at_rest()
    assert offences() == set()
    return together


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda: GroupPurchase.objects.update(units_held=2), "the units paid for are not those of its seats"),
        (
            lambda: GroupPurchase.objects.update(units_reserved=0),
            "the units that wait for a payment are not those of its seats",
        ),
        (
            lambda: GroupPurchase.objects.update(state="confirmed", closed_at=timezone.now()),
            "somebody sits in a closed group without a paid or refunded part",
        ),
        (
            lambda: GroupPurchase.objects.update(price_minor=1),
            "a seat's part is not its units at the group's price",
        ),
        (
            lambda: Seat.objects.filter(state="held").update(state="confirmed"),
            "a seat is not where its order is",
        ),
        (
            lambda: Order.objects.filter(state="held").update(holder=uuid4()),
            "a seat's order is held for something else than its group",
        ),
        (
            lambda: Order.objects.filter(state="held").update(confirmed_at=timezone.now()),
            "an order was not confirmed with its group",
        ),
        (lambda: Seat.objects.filter(state="reserved").delete(), "an order of a group has no seat in it"),
        (lambda: GroupPurchase.objects.update(closed_at=timezone.now()), "a group did not close once"),
    ],
)
def test_what_is_wrong_with_an_open_group_is_named(made, spoil, words):
    spoil()
    assert words in offences()


def test_what_is_wrong_with_one_that_fell_short_is_named(made):
    made.end()
    group.close_due()
    at_rest()
    Refund.objects.update(amount_minor=1)
    assert "a group fell short and a paid part was not asked back in full" in offences()


def test_a_group_that_says_twice_that_it_closed_is_named(made):
    made.end()
    group.close_due()
    OutboxEvent.objects.create(name="GroupConfirmed", payload={"group_id": made.row.pk})
    assert offences() == {"a group did not close once"}


def test_a_seat_given_back_after_the_closing_is_no_offence(made):
    made.fill(2)
    made.end()
    group.close_due()
    order = Order.objects.filter(state="paid").first()
    cancel.cancel(order, an_operator())
    at_rest()


def test_a_group_that_was_confirmed_on_a_recalled_lot_is_named(till, a_stand):
    together = Together(till, a_stand, minimum=2, maximum=2)
    together.fill(2)
    second, closed = timedelta(seconds=1), GroupPurchase.objects.get(state="confirmed").closed_at

    def named():
        return {o.noun for o in verify.verify() if o.rule == "RECALL"}

    Lot.objects.update(state="recalled", recalled_at=closed + second)
    assert named() == set()
    Lot.objects.update(recalled_at=closed - second)
    assert "GroupPurchase" in named()
