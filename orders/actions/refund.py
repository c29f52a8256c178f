"""A refund's life: requested under the order's lock, submitted to the provider afterwards, settled by what that says,
retried where it failed."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import audit
from core import failpoints
from core.deliveries import held_since_restore
from core.language import say
from core.money import split
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound
from core.states import move_many
from orders import holding
from orders.actions import refund_failed, refund_given, shipment
from orders.actions.order import lock
from orders.actions.refund_completed import demand_right
from orders.actions.refund_share import (
    Part,
    Plan,
    Postage,
    Share,
    call_off,
    count_lines,
    parts_of_sum,
    postage_of,
    restock,
    share_of,
    units_with,
)
from orders.events import RefundFailed, RefundRequested, RefundSucceeded, RefundTriedAgain
from orders.models import Notice, Order, Payment, Refund, RefundLine, Shipment
from orders.provider import provider
from orders.provider.port import Noun, RefundAttempt, RefundSeen
from orders.reads.place import must_about
from orders.reads.refund import lost_parcels

State = Refund.State
Reason = Refund.Reason

# Decided here by somebody, who can wait until a bank has decided about the same money.
DECIDED = (Reason.CANCELLED, Reason.TEAM, Reason.CLAIM, Reason.CLOSED, Reason.HARVEST)
CONTESTED = say(
    "买家的银行正在裁定这笔付款，裁定之前不能退款；不用再申请，裁定后会通知。",
    "The buyer’s bank is deciding about this payment: nothing can be refunded before it has.",
)

NOTHING_LEFT = say("没有可退的数额。", "There is nothing left to give back.")


def request(
    order: Order,
    lines: Mapping[UUID, Part],
    *,
    shipping: bool = False,
    teams: Collection[int] | None = None,
    sum_minor: int | None = None,
    reason: str = Reason.TEAM,
    by: Any = None,
    note: str = "",
) -> Refund:
    """Give back parts of an order, or with `sum_minor` so many fen of what remains of all its lines: never more than
    remains, however many ask at once. With `teams`, only what these have sold and sent, until it is completed. A parcel that is called off by it, or never
    came and keeps nothing, gives back its sending too, asked for or not: nobody could ask for it afterwards."""
    with transaction.atomic():
        order = lock([order])[order.pk]
        plan = planned(order, lines, shipping=shipping, teams=teams, sum_minor=sum_minor, reason=reason)
        if by is not None and reason == Reason.TEAM:
            asked = [p for p, _ in plan.postage] if shipping else []
            demand_right(plan.asked, asked, by=by, is_operator=teams is None, note=note)
        made = _write(order, plan.shares, plan.postage, reason=reason, by=by, note=note)
        if by is not None:
            facts = {"order": order.number, "amount_minor": made.amount_minor}
            audit.record(by, "request", "Refund", made.uid, **facts)
        return made


def planned(
    order: Order,
    lines: Mapping[UUID, Part],
    *,
    shipping: bool = False,
    teams: Collection[int] | None = None,
    sum_minor: int | None = None,
    reason: str = Reason.TEAM,
) -> Plan:
    """What `request` would give back of the order as it is here, to be shown before it is done; changes nothing."""
    if order.state == Order.State.HELD:
        # What waits in escrow leaves it whole: by its buyer's leaving, or when its holder has decided.
        raise Conflict(holding.holder_of(order).words.undecided)
    rows = {
        line.uid: line
        for line in order.lines.select_related("shipment")
        if teams is None or line.team_id in teams
    }
    if sum_minor is not None:
        lines = parts_of_sum(sum_minor, lines, rows)
    if unknown := [uid for uid in lines if uid not in rows]:
        raise NotFound(field=("lines", str(list(lines).index(unknown[0])), "line_id"))
    shares = [share_of(rows[uid], part, i) for i, (uid, part) in enumerate(lines.items())]
    asked = [share.line for share in shares]
    postage = [(p, n) for p, n in postage_of(order) if teams is None or p.team_id in teams]
    over = call_off(rows.values(), shares)
    over |= set(lost_parcels(rows.values(), {s.line.pk: s.amount_minor for s in shares}))
    _payment_of(order, reason)
    return Plan(asked, shares, [(p, n) for p, n in postage if shipping or p.pk in over])


def refund_remaining(order: Order, *, reason: str, by: Any = None, note: str = "") -> Refund:
    """Give back all that remains, sending included. Called with the order locked."""
    shares = [
        Share(line, line.quantity - line.refunded_units, line.net_minor - line.refunded_minor)
        for line in order.lines.select_related("shipment")
        if line.refunded_minor < line.net_minor or line.refunded_units < line.quantity
    ]
    return _write(order, shares, postage_of(order), reason=reason, by=by, note=note)


def record_unasked(
    order: Order, amount: int, provider_id: str, *, reason: str = Reason.DISPUTE, state: str = State.SUCCEEDED
) -> Refund | None:
    """Money left without our asking, by a chargeback or at the provider's desk: shared over what remains of the
    order, lines and sending alike. Called with the order locked; None when nothing remains."""
    lines = [
        Share(line, 0, line.net_minor - line.refunded_minor)
        for line in order.lines.select_related("shipment")
    ]
    postage = postage_of(order)
    remains = [s.amount_minor for s in lines] + [minor for _, minor in postage]
    amount = min(amount, sum(remains))
    if not amount or order.state not in Order.REFUNDABLE:
        return None
    is_whole = amount == sum(remains)
    parts = split(amount, remains)
    for share, n in zip(lines, parts, strict=False):
        # Of a part, rounding may leave a line whole and its parcel's sending not: nothing is called off then.
        share.units, share.amount_minor = units_with(share.line, n) if is_whole else 0, n
    shares = [share for share in lines if share.units or share.amount_minor]
    postage = [(p, n) for (p, _), n in zip(postage, parts[len(lines) :], strict=True) if n]
    refund = _write(order, shares, postage, reason=reason, by=None, note="")
    if state == State.SUCCEEDED:
        refund.move_to(state, provider_id=provider_id, settled_at=timezone.now())
        _arrived(order, refund)
        record(RefundSucceeded(refund_id=refund.pk))
    else:
        refund.move_to(state, provider_id=provider_id)
    return refund


def _write(
    order: Order, shares: Sequence[Share], postage: Postage, *, reason: str, by: Any, note: str
) -> Refund:
    payment = _payment_of(order, reason)
    amount = sum(s.amount_minor for s in shares) + sum(minor for _, minor in postage)
    if amount <= 0:
        raise Invalid(NOTHING_LEFT, field="lines")
    refund = Refund.objects.create(
        payment=payment, reason=reason, amount_minor=amount, requested_by=by, note=note[:200]
    )
    restock(order, shares)
    rows = _rows(refund, shares, postage)
    RefundLine.objects.bulk_create(rows)
    count_lines(rows)
    _after(order)
    record(RefundRequested(refund_id=refund.pk))
    failpoints.reach("refund.recorded")
    return refund


def _payment_of(order: Order, reason: str) -> Payment:
    """The payment that gives back, while it may."""
    if order.state not in Order.REFUNDABLE:
        raise Conflict(say("这个订单没有可退的款。", "There is nothing to give back on this order."))
    payment = Payment.objects.filter(order=order, is_kept=True).first()
    if payment is None:
        raise Invalid(NOTHING_LEFT, field="lines")
    if reason in DECIDED and payment.is_contested:
        raise Conflict(CONTESTED)
    return payment


def _rows(refund: Refund, shares: Sequence[Share], postage: Postage) -> list[RefundLine]:
    lines = [
        RefundLine(
            refund=refund,
            line=s.line,
            amount_minor=s.amount_minor,
            units=s.units,
            is_restocked=bool(s.restocked),
        )
        for s in shares
        if s.amount_minor or s.units
    ]
    return lines + [RefundLine(refund=refund, shipment=p, amount_minor=minor) for p, minor in postage]


def _after(order: Order) -> None:
    """Parcels of which nothing is left to send are called off; whoever holds the order goes by what remains."""
    lines = list(order.lines.all())
    open_parcels = {line.shipment_id for line in lines if line.refunded_units < line.quantity}
    waiting = order.shipments.filter(state=Shipment.State.WAITING)
    if idle := [parcel for parcel in waiting if parcel.pk not in open_parcels]:
        move_many(idle, Shipment.State.CANCELLED)
        # The order may have waited for this parcel alone.
        shipment.follow([order])
    holding.follow([order])


def submit(refund: Refund) -> str:
    """Ask the provider to give it back, outside any transaction; asking twice gives once.

    While a bank decides about the money, the provider would refuse: it waits for the decision.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    if refund.state != State.REQUESTED:
        return "known"
    if refund.payment.is_contested:
        return Notice.WAITS
    asked = RefundAttempt(
        refund=refund.uid,
        attempt=refund.attempt,
        payment_ref=refund.payment.payment_ref,
        amount_minor=refund.moved_minor,
        requested_at=refund.requested_at,
    )
    told = settle(refund, provider(refund.payment.provider).refund(asked), refund.attempt)
    failpoints.reach("refund.settled")
    return told


def called(source: str, *ids: str) -> QuerySet[Refund]:
    """Refunds that the provider calls by these of its ids; empty ones call none. A chargeback is not among them: the
    id that it bears is its dispute's, and a refund may be called the same."""
    named = Refund.objects.filter(payment__provider=source, provider_id__in=[*filter(None, ids)])
    return named.exclude(reason=Reason.DISPUTE)


def learn(source: str, provider_id: str) -> str:
    """Ask the provider how a refund of ours stands, and settle that."""
    refund = called(source, provider_id).first()
    if refund is None:
        return Notice.NOT_OURS
    seen = provider(source).look(Noun.REFUND, provider_id)
    return settle(refund, seen, refund.attempt) if isinstance(seen, RefundSeen) else "unknown"


def held() -> set[int]:
    """Refunds that a restored shop leaves to a person: the lost one may have given them, and told of it."""
    return held_since_restore("orders.tasks.submit_refund", "refund_id")


@transaction.atomic
def settle(refund: Refund, seen: RefundSeen, attempt: int) -> str:
    """Apply what the provider knows of a refund. States go forward; one that succeeded may still fail later."""
    order = Order.objects.get(payments__refunds=refund.pk)
    order = lock([order])[order.pk]
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    state = State(seen.state.value)
    if refund.attempt != attempt or not refund.can_move_to(state):
        return "known"
    had_succeeded = refund.state == State.SUCCEEDED
    now = timezone.now()
    fields: dict[str, Any] = {"provider_id": seen.id or refund.provider_id, "failure": seen.failure}
    if state != State.PENDING:
        fields["settled_at"] = now
    if state == State.FAILED:
        fields["asked_minor"] = None
        fields["retry_at"] = refund_failed.next_retry(refund, seen.failure, now)
        fields["returned_at"] = now if had_succeeded else refund.returned_at
    refund.move_to(state, **fields)
    if state == State.SUCCEEDED:
        _arrived(order, refund)
        record(RefundSucceeded(refund_id=refund.pk))
        if refund.moved_minor < refund.due_minor:
            refund_given.owe_the_rest(order, refund, now)
    elif state == State.FAILED:
        if had_succeeded:
            refund_failed.reopen(order, refund)
        record(RefundFailed(refund_id=refund.pk, had_succeeded=had_succeeded))
    failpoints.reach("refund.settling")
    return state.value


def _arrived(order: Order, refund: Refund) -> None:
    """The buyer has it; an order of which all was given back is over."""
    if not refund.payment.is_kept:
        return
    if refund_failed.count_arrived(order) == order.total_minor and order.can_move_to(Order.State.REFUNDED):
        order.move_to(Order.State.REFUNDED, closed_at=timezone.now())


@transaction.atomic
def retry(refund: Refund, by: Any = None) -> Refund:
    """Try a failed refund once more, under a new key: the first one's answer is no. Without `by`, by the clock."""
    order = Order.objects.get(payments__refunds=refund.pk)
    must_about(by, "orders.refund", order)
    lock([order])
    refund = Refund.objects.get(pk=refund.pk)
    if refund.reason == Reason.DISPUTE:
        raise Conflict()
    refund.move_to(
        State.REQUESTED,
        attempt=refund.attempt + 1,
        provider_id="",
        failure="",
        settled_at=None,
        retry_at=None,
        requested_at=timezone.now(),
    )
    audit.record(by, "retry", "Refund", refund.uid, attempt=refund.attempt)
    record(RefundTriedAgain(refund_id=refund.pk))
    return refund
