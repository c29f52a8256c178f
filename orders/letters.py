"""The mails of buying: open an event, look at what it tells of, tell whom it concerns.

Each runs outside any transaction and at least once; a lease of the outbox keeps two workers from sending one.
"""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import AuditEntry, Person
from catalog.events import LotRecalled
from catalog.models import Lot
from catalog.reads import managers_by_team
from core.api.ids import global_id
from core.deliveries import reaction
from orders import holding, words
from orders.actions import address_change, left_unpaid
from orders.events import (
    AddressChanged,
    AddressCodeRequested,
    ClaimAnswered,
    ClaimMade,
    GoodsRecalled,
    OrderConfirmed,
    OrderLeftUnpaid,
    OrderLinkRequested,
    OrderPaid,
    PaymentTurnedAway,
    RefundRequested,
    RefundSucceeded,
    ShipmentDelivered,
    ShipmentShipped,
)
from orders.links import LASTS, claim_page
from orders.mail import to_buyer, to_people, to_team
from orders.models import (
    Claim,
    ClaimReply,
    Line,
    Order,
    Payment,
    Refund,
    RefundLine,
    Replacement,
    ReturnParcel,
    Shipment,
)
from orders.reads.claim import replies, reply_by
from orders.reads.replacement import lines_sent_of
from orders.reads.stopped import held_back
from orders.reads.tracking import tells_the_truth

# --- Money ------------------------------------------------------------------------------------------


def _orders() -> QuerySet[Order]:
    # Of what must not be sent no day is promised.
    parcels = Prefetch(
        "shipments",
        Shipment.objects.select_related("team", "parcel__region__parent__parent").annotate(
            is_held_back=held_back()
        ),
    )
    return Order.objects.select_related(*holding.rows()).prefetch_related("lines", parcels)


def order_of(pk: int) -> Order:
    return _orders().get(pk=pk)


Sold = tuple[Order, dict[int, list[Person]]]


def _sold(events: list[OrderPaid | OrderConfirmed]) -> dict[OrderPaid | OrderConfirmed, Sold]:
    """The orders that events tell of, and who is told of them at the desks of their teams."""
    orders = _orders().in_bulk([event.order_id for event in events])
    managers = managers_by_team({p.team_id for order in orders.values() for p in order.shipments.all()})
    return {e: (orders[e.order_id], managers) for e in events if e.order_id in orders}


@reaction("orders.letters.send_confirmation", prefetch=_sold)
def send_confirmation(event: OrderPaid | OrderConfirmed, sold: Sold) -> None:
    """To the buyer: paid, what it was, by when it is sent."""
    to_buyer(sold[0], "order_paid")


@reaction("orders.letters.send_left_unpaid")
def send_left_unpaid(event: OrderLeftUnpaid) -> None:
    """To the buyer: it waits for her payment, until when, and where; nothing to whoever has paid by now."""
    order = order_of(event.order_id)
    if left_unpaid.still_waits(order):
        to_buyer(order, "order_unpaid")


@reaction("orders.letters.send_turned_away")
def send_turned_away(event: PaymentTurnedAway) -> None:
    """To the buyer: money came that buys nothing, and goes back."""
    payment = Payment.objects.get(pk=event.payment_id)
    refund = Refund.objects.get(pk=event.refund_id)
    reason = words.refund_reason(refund)
    to_buyer(order_of(payment.order_id), "payment_turned_away", refund=refund, reason=reason)


@reaction("orders.letters.send_refunded")
def send_refunded(event: RefundSucceeded) -> None:
    """To the buyer: the provider has given it back."""
    refund = Refund.objects.select_related("payment").get(pk=event.refund_id)
    # It may have come back to us meanwhile: then it is that which she is told.
    if refund.reason != Refund.Reason.DISPUTE and refund.state == Refund.State.SUCCEEDED:
        reason = words.refund_reason(refund)
        # Of what several gave, what was given last; all of that may be her bank's.
        minor = refund.due_minor or refund.disputed_minor
        to_buyer(order_of(refund.payment.order_id), "refunded", refund=refund, reason=reason, minor=minor)


# --- Parcels ----------------------------------------------------------------------------------------


@reaction("orders.letters.tell_teams", prefetch=_sold)
def tell_teams(event: OrderPaid, sold: Sold) -> None:
    """To each team's managers: a new order. What was held is told as one, by whoever held it."""
    order, managers = sold
    for parcel in order.shipments.all():
        lines = [line for line in order.lines.all() if line.shipment_id == parcel.pk]
        to_people(managers[parcel.team_id], "team_order", "orders/", order=order, parcel=parcel, lines=lines)


@reaction("orders.letters.tell_teams_of_cancellation")
def tell_teams_of_cancellation(event: RefundRequested) -> None:
    """To each team's managers: something they were told to pack is not sent. A recall is told once, as such."""
    refund = Refund.objects.select_related("payment__order").get(pk=event.refund_id)
    order = refund.payment.order
    was_told = order.holder is None or order.confirmed_at is not None
    if refund.reason == Refund.Reason.RECALLED or not was_told or not refund.payment.is_kept:
        return
    rows = refund.lines.filter(units__gt=0, line__shipment__state__in=Shipment.UNSENT)
    by_parcel: dict[Shipment, list[RefundLine]] = {}
    for row in rows.select_related("line__shipment").order_by("pk"):
        assert row.line and row.line.shipment
        by_parcel.setdefault(row.line.shipment, []).append(row)
    for parcel, taken in by_parcel.items():
        is_whole = parcel.state == Shipment.State.CANCELLED
        facts = {"order": order, **_holder(order), "taken": taken, "is_whole": is_whole}
        to_team(parcel.team_id, "team_cancelled", "orders/", **facts)


def _holder(order: Order) -> dict[str, Any]:
    """What an order was held for, as its sender knows it."""
    if not order.holder:
        return {}
    words, title = holding.holder_of(order).words, holding.row_of(order).title
    return {"called": words.called, "title": title, "part": words.part(title)}


def parcel_of(pk: int) -> Shipment:
    whole = Shipment.objects.select_related("order", "team", "parcel__region__parent__parent")
    return whole.prefetch_related("lines").get(pk=pk)


def lies_in(parcel: Shipment) -> list[Line]:
    """What lies in it: what was given back before stayed at home."""
    return [line for line in parcel.lines.all() if line.units_sent]


@reaction("orders.letters.send_shipped")
def send_shipped(event: ShipmentShipped) -> None:
    """To the buyer: on its way, and under which number; of one that was put right meanwhile another letter tells."""
    parcel = parcel_of(event.shipment_id)
    if tells_the_truth(parcel, event.number_id):
        to_buyer(order_of(parcel.order_id), "parcel_sent", parcel=parcel, lines=lies_in(parcel))


@reaction("orders.letters.send_address_code")
def send_address_code(event: AddressCodeRequested) -> None:
    """To the buyer: the code by which she says that a parcel goes elsewhere."""
    parcel = parcel_of(event.shipment_id)
    code = address_change.code_of(parcel, event.digest)
    to_buyer(order_of(parcel.order_id), "address_code", parcel=parcel, code=code)


@reaction("orders.letters.send_order_link")
def send_order_link(event: OrderLinkRequested) -> None:
    """To the buyer: the link to her order once more, and nowhere but where she is told of it; nothing of one that is not
    there, or is older than its link."""
    order = _orders().filter(pk=event.order_id).first()
    if order is not None and timezone.now() < order.placed_at + LASTS:
        to_buyer(order, "order_link")


@reaction("orders.letters.send_address_changed")
def send_address_changed(event: AddressChanged) -> None:
    """To the buyer: where it goes now; should it not have been she, she learns of it."""
    parcel = parcel_of(event.shipment_id)
    to_buyer(order_of(parcel.order_id), "address_changed", parcel=parcel, lines=lies_in(parcel))


@reaction("orders.letters.send_delivered")
def send_delivered(event: ShipmentDelivered) -> None:
    """To the buyer: arrived, or whether it has; until when something can be said to be wrong."""
    parcel = parcel_of(event.shipment_id)
    if parcel.is_presumed and all(line.refunded_minor == line.net_minor for line in parcel.lines.all()):
        # It was given up for lost, and paid back: there is nothing left to ask about.
        return
    to_buyer(order_of(parcel.order_id), "parcel_delivered", parcel=parcel, lines=lies_in(parcel))


@reaction("orders.letters.send_recalled")
def send_recalled(event: GoodsRecalled) -> None:
    """To the buyer: do not eat it, and why; what was not sent is called off, and its money is on its way."""
    order, lot = order_of(event.order_id), Lot.objects.get(pk=event.lot_id)
    theirs = Q(lots__lot=lot) | Q(pk__in=lines_sent_of(lot))
    lines = list(order.lines.filter(theirs).select_related("shipment").distinct())
    back = Refund.objects.filter(
        payment__order=order, payment__is_kept=True, reason=Refund.Reason.RECALLED, lines__line__in=lines
    )
    facts = {
        "is_unpaid": order.state in Order.CLOSED_UNPAID,
        "is_sent": any(line.shipment and line.shipment.state in Shipment.SENT for line in lines),
        "refund": back.order_by("pk").last(),
    }
    to_buyer(order, "recalled", lot=lot, lines=lines, reason=why_recalled(lot), **facts)


def why_recalled(lot: Lot) -> str:
    """What its team said when it recalled the lot."""
    said = AuditEntry.objects.filter(noun="Lot", object_uid=str(lot.uid), deed="recall").order_by("pk").last()
    return said.facts["reason"] if said else ""


@reaction("orders.letters.tell_team_of_recall")
def tell_team_of_recall(event: LotRecalled) -> None:
    """To the team's managers: nothing of the lot is sent any more; those who pack must know at once."""
    lot = Lot.objects.select_related("variant__product").get(pk=event.lot_id)
    to_team(lot.variant.product.team_id, "team_recalled", "orders/", lot=lot, reason=why_recalled(lot))


# --- Claims -----------------------------------------------------------------------------------------


@reaction("orders.letters.tell_team_of_claim")
def tell_team_of_claim(event: ClaimMade) -> None:
    """To the team's managers: a buyer says that something is wrong."""
    claim = Claim.objects.select_related("line__order", "line__shipment__parcel").get(pk=event.claim_id)
    to_team(claim.line.team_id, "team_claim", "claims/", claim=claim, line=claim.line)


@reaction("orders.letters.send_claim_answered")
def send_claim_answered(event: ClaimAnswered) -> None:
    """To the buyer: the team's answer."""
    claim = Claim.objects.select_related("line", "refund").get(pk=event.claim_id)
    parts = RefundLine.objects.filter(refund=claim.refund_id, line=None).values_list(
        "amount_minor", flat=True
    )
    order, last = order_of(claim.line.order_id), replies(claim)[-1]
    facts = {"claim": claim, "line": claim.line, "sending": sum(parts) if claim.refund_id else 0}
    if last.kind in (ClaimReply.Kind.ANSWERED, ClaimReply.Kind.DECIDED):
        is_decided = last.kind == ClaimReply.Kind.DECIDED
        page = claim_page(order, global_id("Line", claim.line.uid))
        offered = claim.replacements.filter(reply=last.pk, state=Replacement.State.OFFERED).first()
        facts |= {"is_decided": is_decided, "until": reply_by(claim), "page": page, "offered": offered}
        facts["asked"] = claim.returns.filter(reply=last.pk, state=ReturnParcel.State.OFFERED).first()
        to_buyer(order, "claim_answered", **facts)
