"""Celery opens an event or a clock strikes; an action does the deed."""

from celery import shared_task

from accounts.events import MailboxConfirmed, WayProved
from accounts.models import Person
from catalog.events import LotRecalled
from core import fast
from core.deliveries import reaction
from core.refusals import TooLate
from orders import people
from orders.actions import (
    cancel,
    claim_reply,
    companion,
    left_unpaid,
    news,
    out_of_date,
    payment,
    proof,
    recall,
    reconcile,
    replacement,
    return_parcel,
    setback_follow,
    shipment,
    sold,
    standstill,
    webhook_call,
    wish,
)
from orders.events import (
    OrderHeld,
    OrderLapsed,
    OrderPaid,
    PaymentTurnedAway,
    PaymentWaits,
    PlacesChanged,
    RecallReached,
    RefundRequested,
    RefundTriedAgain,
)
from orders.events_of_setbacks import HarvestSetBack
from orders.models import Order, Payment, Refund
from orders.refusals import PaymentRefused, PlaceClosed

OverOrPaid = OrderPaid | OrderHeld | OrderLapsed


@reaction("orders.tasks.submit_refund")
def submit_refund(event: PaymentTurnedAway | RefundRequested | RefundTriedAgain) -> None:
    """Have the provider give money back; the refund's own key makes it happen once."""
    reconcile.submit(Refund.objects.get(pk=event.refund_id))


@reaction("orders.tasks.open_page")
def open_page(event: PaymentWaits) -> None:
    """The provider was too slow for the buyer to wait: a worker has the time."""
    waiting = Payment.objects.select_related("order").get(pk=event.payment_id)
    if waiting.order.state != Order.State.PLACED or waiting.state != Payment.State.CREATED or waiting.is_open:
        return
    try:
        payment.open_page(waiting.order, waiting)
    except (PaymentRefused, PlaceClosed, TooLate):
        return  # nobody can pay this attempt any more


_UNSETTLED = fast.PreparedQuery(
    lambda orders: Payment.objects.filter(order__in=orders, state__in=payment.UNSETTLED).select_related(
        "order"
    )
)


def _unsettled(events: list[OverOrPaid]) -> dict[OverOrPaid, list[Payment]]:
    """What could still be paid for the orders that events tell of."""
    orders = [event.order_id for event in events]
    rows = _UNSETTLED.rows(orders=orders)
    return {e: [row for row in rows if row.order_id == e.order_id] for e in events}


@reaction("orders.tasks.close_payments", prefetch=_unsettled)
def close_payments(event: OverOrPaid, unsettled: list[Payment]) -> None:
    """The order is paid, or over: what else could be paid for it is closed at the provider."""
    for row in unsettled:
        payment.close(row)


@reaction("orders.tasks.join_guest", inside=True)
def join_guest(event: MailboxConfirmed | WayProved) -> None:
    """A mailbox or a number has an account now: what a guest had proved by it is hers in the contest too."""
    proof.join(Person.objects.get(pk=event.person_id))


@reaction("orders.tasks.find_recalled", inside=True)
def find_recalled(event: LotRecalled) -> None:
    """A lot was recalled: each order that drew on it is found, unpaid ones too."""
    recall.reach(event.lot_id)
    replacement.follow_recall(event.lot_id)


@reaction("orders.tasks.apply_recall", inside=True)
def apply_recall(event: RecallReached) -> None:
    """One of these orders: what of it was not sent is called off, and its buyer is to hear of it."""
    recall.apply(event.order_id, event.lot_id)


@reaction("orders.tasks.follow_places")
def follow_places(event: PlacesChanged) -> None:
    """A place was closed or opened: what stands still or moves on is found at once, and not with the next strike."""
    standstill.follow()


@reaction("orders.tasks.ask_buyers")
def ask_buyers(event: HarvestSetBack) -> None:
    """Whoever bought of a lot that is late or short is asked at once; the clock finds whom this misses."""
    setback_follow.follow()


@shared_task(name="orders.tasks.follow_setbacks")
def follow_setbacks() -> int:
    """Late and short harvests: asked, carried out, given out, offered again, done."""
    return setback_follow.follow()


@shared_task(name="orders.tasks.follow_closures")
def follow_closures() -> int:
    """For beat: places close and open by the wall clock, and orders are paid while they are closed."""
    return standstill.follow()


@shared_task(name="orders.tasks.note_left_unpaid")
def note_left_unpaid() -> int:
    """For beat: orders that have stood unpaid for five minutes."""
    return left_unpaid.note()


@shared_task(name="orders.tasks.note_wishes")
def note_wishes() -> int:
    """For beat: what somebody waits for can be bought."""
    return wish.note()


@shared_task(name="orders.tasks.expire")
def expire() -> int:
    """For beat: end orders whose reservation ran out."""
    return cancel.expire()


@shared_task(name="orders.tasks.reconcile")
def reconcile_all() -> dict[str, int]:
    """For beat: find what lost notices should have told us."""
    return reconcile.all_waiting()


@shared_task(name="orders.tasks.look_back")
def look_back() -> int:
    """For beat, once a day: whatever of the last weeks no notice and no round has told."""
    return reconcile.look_back(days=35)


@shared_task(name="orders.tasks.move_parcels_on")
def move_parcels_on() -> int:
    """For beat: parcels that nobody reports arrive, and after-sale windows end."""
    return shipment.move_on_due()


@shared_task(name="orders.tasks.end_claims")
def end_claims() -> int:
    """For beat: answers that were left alone stand, and what was agreed is done once its money has arrived."""
    sent_in_place = replacement.deliver_silent() + replacement.call_off_unsent()
    return claim_reply.end_due() + sent_in_place + return_parcel.end_due()


@shared_task(name="orders.tasks.tell_units_sold")
def tell_units_sold() -> int:
    """For beat: once a day, at 04:00, what is told of units sold; or as soon after as it strikes."""
    return sold.tell_units_sold()


@shared_task(name="orders.tasks.renew_companions")
def renew_companions() -> int:
    """For beat: once a week, what is often in the same cart."""
    return companion.renew()


@shared_task(name="orders.tasks.forget_old")
def forget_old() -> int:
    """For beat, once a day: what is kept of people no longer than it is needed."""
    return people.forget_old() + wish.forget_old() + news.forget_old() + webhook_call.forget_old()


@shared_task(name="orders.tasks.call_programs")
def call_programs() -> bool:
    """Something waits for a program that is told what happens; for beat too."""
    return webhook_call.start()


@shared_task(name="orders.tasks.find_out_of_date")
def find_out_of_date() -> int:
    """For beat: what was paid for and has kept too long is held, and those concerned are told."""
    return out_of_date.find()
