"""A harvest is late or short: asked once, chosen and changed, carried out once; who says nothing has what the rule gives."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from catalog.actions.lot import recall
from catalog.models import Lot
from core.deliveries import drain
from core.refusals import Conflict, Invalid, TooLate
from impact.actions.statement import fold
from impact.models import Attribution, StatementMonth
from impact.reads.positions import positions
from orders.actions import refund, shipment, tracking
from orders.models import Line, LineLot, Order, Refund, Setback, SetbackChoice, Shipment
from orders.reads.waiting import refunds_left
from orders.verify import verify
from tests.catalog.world import a_variant, an_operator
from tests.impact.world import a_lot as weighed
from tests.orders.harvest import HOUR, THREE_DAYS, Harvest
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]


@pytest.fixture
def harvest(till, a_stand):
    return Harvest(till, a_stand)


def what(harvest, *orders):
    return [
        (one.state, one.goods_units, one.other_units, one.money_units) for one in map(harvest.choice, orders)
    ]


def test_a_short_harvest_is_given_out_in_the_order_of_payment_and_the_others_have_their_money(harvest):
    first, second, third, fourth = harvest.sold(2, 3, 2, 1)
    made = harvest.mark("short", units_there=4)
    assert Lot.objects.get(pk=harvest.lot.pk).state == "closed"
    assert [one.holds_back for one in map(harvest.choice, (first, second, third, fourth))] == [
        False,
        True,
        True,
        True,
    ]
    harvest.choose(fourth, "wait")
    harvest.later()
    # Two for the first, two of three for the second; nothing is left for who came after, waiting or silent.
    assert what(harvest, first, second, third, fourth) == [
        ("waits", 2, 0, 0),
        ("waits", 2, 0, 1),
        ("back", 0, 0, 2),
        ("back", 0, 0, 1),
    ]
    harvest.arrived()
    given = {r.payment.order_id: (r.reason, r.amount_minor, r.state) for r in Refund.objects.all()}
    assert given[second.pk] == ("harvest", 3690, "succeeded") and len(given) == 3
    harvest.later()
    assert Setback.objects.get(pk=made.pk).ended_at is None  # two wait for their goods
    for order in (first, second):
        shipment.ship(order.shipments.get(), harvest.manager, tracking.Number("顺丰", f"SHORT{order.pk}"))
    harvest.later()
    done, lot = Setback.objects.get(pk=made.pk), Lot.objects.get(pk=harvest.lot.pk)
    assert done.ended_at and lot.units_available == 0
    assert sum(one.units for one in done.choices.all()) == 8 == 4 + 4
    at_rest()


def test_a_late_harvest_is_waited_for_by_who_says_nothing(harvest):
    (order,) = harvest.sold(2)
    order.lines.update(presale_ship_by=harvest.day - timedelta(days=9))
    made = harvest.mark("late")
    assert order.lines.get().presale_ship_by == harvest.day
    assert order.shipments.get().ship_by == harvest.day
    (letter,) = [one for one in mail.outbox if "The harvest is late" in one.subject]
    assert f"/order/{order.number}/harvest/?token=" in letter.body and "Hail" in letter.body
    harvest.later()
    assert what(harvest, order) == [("waits", 2, 0, 0)]
    shipment.ship(order.shipments.get(), harvest.manager, tracking.Number("顺丰", "LATE1"))
    harvest.later()
    assert what(harvest, order) == [("sent", 2, 0, 0)] and Setback.objects.get(pk=made.pk).ended_at
    with pytest.raises(TooLate):
        harvest.choose(order, "money")
    at_rest()


def test_a_choice_is_changed_until_it_is_carried_out_and_pressed_twice_it_is_once(harvest):
    (order,) = harvest.sold(2)
    harvest.another(5)
    harvest.mark("late")
    harvest.choose(order, "money")
    harvest.choose(order, "money")
    harvest.later(timedelta(minutes=30))
    assert not Refund.objects.exists()
    harvest.choose(order, "other")
    assert Lot.objects.get(pk=harvest.variant.lots.last().pk).units_reserved == 2
    harvest.choose(order, "wait")
    assert Lot.objects.get(pk=harvest.variant.lots.last().pk).units_reserved == 0
    harvest.choose(order, "money")
    harvest.later(HOUR)
    harvest.later(HOUR)
    harvest.arrived()
    assert [(r.amount_minor, r.state) for r in Refund.objects.all()] == [(order.total_minor, "succeeded")]
    with pytest.raises(TooLate):
        harvest.choose(order, "wait")
    harvest.later()
    assert Setback.objects.get().ended_at
    at_rest()


def test_another_lot_is_kept_for_her_at_once_and_its_households_have_the_part(harvest):
    first, second = harvest.sold(2, 2)
    other = harvest.another(3)
    harvest.mark("short", units_there=0)
    harvest.choose(first, "other")
    with pytest.raises(Conflict, match="only|1 units left|只剩"):
        harvest.choose(second, "other")
    harvest.later(HOUR)
    assert what(harvest, first) == [("moved", 0, 2, 0)]
    assert list(LineLot.objects.filter(line__order=first).values_list("lot", "units")) == [(other.pk, 2)]
    assert first.shipments.get().state == "waiting" and not shipment.stopped.are_held_back(
        first.shipments.all()
    )
    at_rest()
    harvest.later()
    harvest.arrived()
    harvest.later()
    assert what(harvest, second) == [("back", 0, 0, 2)]
    # What was bought of the other lot can be recalled, called off and sent as any.
    recall(Lot.objects.get(pk=other.pk), an_operator(), "抽检不合格")
    drain()
    harvest.arrived()
    assert Refund.objects.filter(payment__order=first, reason="recalled", state="succeeded").count() == 1
    at_rest()


def test_the_other_lots_households_have_the_part_and_neither_team_nor_month_sees_more_of_it(harvest):
    harvest.variant = a_variant(harvest.product)
    harvest.lot = weighed((600, 400), units=20, variant=harvest.variant)
    (order,) = harvest.sold(4)
    other = weighed((500, 500, 100), units=9, variant=harvest.variant)
    before = set_aside(order)
    made = harvest.mark("short", units_there=1)
    harvest.choose(order, "other")
    harvest.later(HOUR)
    assert set(before) == {harvest.lot.pk} and set_aside(order) == {other.pk: before[harvest.lot.pk]}
    had = Attribution.objects.filter(transfer__line__order=order, household__isnull=False)
    assert had.values("household").distinct().count() == 5
    assert sum(had.values_list("amount_minor", flat=True)) == before[harvest.lot.pk]
    fold()
    months = StatementMonth.objects.filter(team=harvest.product.team)
    assert sum(row.refunded_minor for row in months) == 0
    assert sum(row.sold_minor for row in months) == order.total_minor
    harvest.later()
    assert Setback.objects.get(pk=made.pk).ended_at
    # What goes back afterwards is taken from whom it was set aside for.
    refund.request(order, {order.lines.get().uid: refund.Part(1)})
    assert set_aside(order)[other.pk] < before[harvest.lot.pk]
    drain()
    harvest.arrived()
    at_rest()


def set_aside(order):
    """What of it stands for households, by lot."""
    return {p.place.lot_id: p.amount_minor for p in positions([order.uid]) if p.place.lot_id}


def test_where_the_other_lot_is_recalled_before_it_is_hers_she_is_asked_again(harvest):
    (order,) = harvest.sold(2)
    other = harvest.another(3)
    harvest.mark("late")
    harvest.choose(order, "other")
    recall(Lot.objects.get(pk=other.pk), an_operator(), "抽检不合格")
    drain()
    harvest.later(HOUR)
    again = harvest.choice(order)
    assert (again.choice, again.state) == ("none", "asked")
    assert len([one for one in mail.outbox if "The harvest is late" in one.subject]) == 2
    harvest.later(HOUR + THREE_DAYS)
    assert what(harvest, order) == [("waits", 2, 0, 0)]
    at_rest()


def test_a_recall_of_the_lot_itself_gives_all_back_once(harvest):
    first, second = harvest.sold(2, 1)
    harvest.mark("short", units_there=1)
    harvest.choose(first, "money")
    recall(Lot.objects.get(pk=harvest.lot.pk), an_operator(), "抽检不合格")
    drain()
    harvest.later(HOUR)
    harvest.arrived()
    harvest.later()
    assert [(r.reason, r.state) for r in Refund.objects.order_by("pk")] == [("recalled", "succeeded")] * 2
    assert {one.state for one in SetbackChoice.objects.all()} == {"gone"}
    assert Setback.objects.get().ended_at
    at_rest()


def test_three_days_past_its_day_the_money_is_offered_once_by_itself(harvest, monkeypatch):
    (order,) = harvest.sold(1)
    harvest.mark("late")
    harvest.later()
    after = harvest.day + timedelta(days=4)
    monkeypatch.setattr("core.clock.today", lambda: after)
    harvest.later()
    harvest.later()
    assert len([one for one in mail.outbox if "its day is over" in one.subject.lower()]) == 1
    harvest.choose(order, "money")
    harvest.later(HOUR)
    harvest.arrived()
    assert what(harvest, order) == [("back", 0, 0, 1)]
    at_rest()


def test_a_refund_that_fails_holds_nobody_up_is_the_offices_and_nothing_is_done_before_it_is_given(
    harvest, monkeypatch
):
    first, second = harvest.sold(1, 1)
    made = harvest.mark("short", units_there=0)
    real = refund.request

    def refuses(order, *told, **more):
        if order.pk == first.pk:
            raise Conflict()
        return real(order, *told, **more)

    monkeypatch.setattr(refund, "request", refuses)
    harvest.later()
    harvest.arrived()
    assert what(harvest, first, second) == [("asked", 0, 0, 0), ("back", 0, 0, 1)]
    assert harvest.choice(first).holds_back and Setback.objects.get(pk=made.pk).ended_at is None
    monkeypatch.undo()
    harvest.later()
    given = Refund.objects.get(payment__order=first)
    Refund.objects.filter(pk=given.pk).update(state="failed", settled_at=timezone.now())
    harvest.later()
    assert Setback.objects.get(pk=made.pk).ended_at is None
    assert given in refunds_left(an_operator())


def test_it_is_marked_once_with_what_can_be_true_and_by_its_own_team_alone(harvest):
    order, _ = harvest.sold(2, 1)
    for amiss in (
        {"units_there": 3},
        {"units_there": None},
        {"units_there": 1, "day": timezone.now().date() - timedelta(days=40)},
    ):
        with pytest.raises(Invalid):
            harvest.mark("short", **amiss)
    with pytest.raises(Invalid):
        harvest.mark("late", reason="other")
    assert Lot.objects.get(pk=harvest.lot.pk).state == "open" and not Setback.objects.exists()
    harvest.mark("late", reason="other", words="路断了")
    with pytest.raises(Conflict):
        harvest.mark("late")
    assert SetbackChoice.objects.count() == 2


def test_what_is_not_decided_is_not_sent(harvest):
    _, second = harvest.sold(2, 2)
    harvest.mark("short", units_there=2)
    with pytest.raises(Conflict, match="chooses|还在选"):
        shipment.ship(second.shipments.get(), harvest.manager, tracking.Number("顺丰", "HELD1"))
    assert Shipment.objects.get(order=second).state == "waiting"


def test_a_row_that_breaks_its_rule_is_named(harvest):
    """One shop with goods, money and another lot's is broken in each way, and whole again before the next."""
    goods, money, other = harvest.sold(1, 1, 1)
    harvest.another(5)
    made = harvest.mark("short", units_there=1)
    harvest.choose(other, "other")
    harvest.choose(money, "money")
    harvest.later(HOUR)
    harvest.later()
    harvest.arrived()
    rows, silent = SetbackChoice.objects.filter, []
    breaks = {
        ("SetbackChoice", "what becomes of its units"): lambda: rows(line__order=goods).update(units=2),
        ("SetbackChoice", "money was given for it"): lambda: rows(line__order=money).update(refund=None),
        ("Refund", "nobody has chosen it"): lambda: rows(line__order=money).update(refund=None),
        ("Line", "units were sent that had been given back"): lambda: (
            Line.objects.filter(order=money).update(refunded_units=0),
            Shipment.objects.filter(order=money).update(state="shipped"),
        ),
        ("Shipment", "whose buyer had yet to choose"): lambda: (
            rows(line__order=goods).update(holds_back=True),
            Shipment.objects.filter(order=goods).update(state="shipped"),
        ),
        ("Setback", "more was given of it than there is"): lambda: Setback.objects.update(units_there=0),
        ("Setback", "said to be done"): lambda: (
            Setback.objects.update(ended_at=timezone.now()),
            rows(line__order=goods).update(state="asked"),
        ),
        ("SetbackChoice", "what is kept for her"): lambda: rows(line__order=goods).update(choice="other"),
        ("Setback", "has not been asked"): lambda: (
            Setback.objects.update(made_at=timezone.now() - timedelta(hours=1)),
            Order.objects.update(placed_at=timezone.now() - timedelta(hours=2)),
            rows(line__order=goods).delete(),
        ),
    }
    at_rest()
    for (noun, words), break_it in breaks.items():
        with transaction.atomic():
            break_it()
            said = [o for o in verify() if o.rule == "HARVEST" and o.noun == noun and words in o.words]
            silent += [] if said else [(noun, words)]
            transaction.set_rollback(True)
    assert silent == [] and made.choices.count() == 3
