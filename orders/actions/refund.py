"""Refunds: decided under the order's lock with each line's own share, given back at the provider afterwards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions import audit
from accounts.permissions import must
from catalog.actions import stock
from catalog.models import Lot, Reservation
from core import clock, failpoints
from core.deliveries import held_since_restore
from core.language import Words, say
from core.money import show, split
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound
from core.states import move_many
from orders import holding
from orders.actions import refund_failed, shipment
from orders.actions.order import lock
from orders.actions.refund_completed import demand_right
from orders.events import RefundFailed, RefundRequested, RefundSucceeded, RefundTriedAgain
from orders.models import Line, Order, Payment, Refund, RefundLine, Shipment
from orders.provider import provider
from orders.provider.port import GiveBack, Noun, RefundSeen
from orders.reads.refund import lost_parcels
from orders.refusals import RefundTooLarge

State = Refund.State
Reason = Refund.Reason
GIVING = (
    Order.State.HELD,
    Order.State.PAID,
    Order.State.SHIPPED,
    Order.State.DELIVERED,
    Order.State.COMPLETED,
)

# Decided here by somebody, who can wait until a bank has decided about the same money.
DECIDED = (Reason.CANCELLED, Reason.TEAM, Reason.CLAIM)
CONTESTED = say(
    "买家的银行正在裁定这笔付款，裁定之前不能退款；不用再申请，裁定后会通知。",
    "The buyer’s bank is deciding about this payment: nothing can be refunded before it has.",
)


@dataclass(frozen=True)
class Part:
    """What to give back of a line: units at what was paid for them, or an amount, or both at once."""

    units: int = 0
    amount_minor: int | None = None


@dataclass
class _Share:
    """A part as it will be written."""

    line: Line
    units: int
    amount_minor: int
    restocked: dict[int, int] = field(default_factory=dict)


_Postage = Sequence[tuple[Shipment, int]]


def request(
    order: Order,
    lines: Mapping[UUID, Part],
    *,
    shipping: bool = False,
    teams: Collection[int] | None = None,
    reason: str = Reason.TEAM,
    by: Any = None,
    note: str = "",
) -> Refund:
    """Give back parts of an order: never more than remains, however many ask at once.
    With `teams`, only what these have sold and sent, until it is completed. A parcel that is called off by it, or never
    came and keeps nothing, gives back its sending too, asked for or not: nobody could ask for it afterwards."""
    with transaction.atomic():
        order = lock([order])[order.pk]
        if order.state == Order.State.HELD:
            # What waits in escrow leaves it whole: by its buyer's leaving, or when its holder has decided.
            raise Conflict(holding.holder_of(order).words.undecided)
        rows = {
            line.uid: line
            for line in order.lines.select_related("shipment")
            if teams is None or line.team_id in teams
        }
        if unknown := [uid for uid in lines if uid not in rows]:
            raise NotFound(field=("lines", str(list(lines).index(unknown[0])), "line_id"))
        shares = [_share(rows[uid], part, i) for i, (uid, part) in enumerate(lines.items())]
        postage = [(p, n) for p, n in _postage(order) if teams is None or p.team_id in teams]
        if by is not None and reason == Reason.TEAM:
            asked = [p for p, _ in postage] if shipping else []
            demand_right([s.line for s in shares], asked, by=by, is_operator=teams is None, note=note)
        over = _call_off(rows.values(), shares)
        over |= set(lost_parcels(rows.values(), {s.line.pk: s.amount_minor for s in shares}))
        postage = [(p, n) for p, n in postage if shipping or p.pk in over]
        made = _write(order, shares, postage, reason=reason, by=by, note=note)
        if by is not None:
            facts = {"order": order.number, "amount_minor": made.amount_minor}
            audit.record(by, "request", "Refund", made.uid, **facts)
        return made


def everything(order: Order, *, reason: str, by: Any = None, note: str = "") -> Refund:
    """Give back all that remains, sending included. Called with the order locked."""
    shares = [
        _Share(line, line.quantity - line.refunded_units, line.net_minor - line.refunded_minor)
        for line in order.lines.select_related("shipment")
        if line.refunded_minor < line.net_minor or line.refunded_units < line.quantity
    ]
    return _write(order, shares, _postage(order), reason=reason, by=by, note=note)


def taken(
    order: Order, amount: int, provider_id: str, *, reason: str = Reason.DISPUTE, state: str = State.SUCCEEDED
) -> Refund | None:
    """Money left without our asking, by a buyer's bank or at the provider's desk: shared over what remains of the
    order, lines and sending alike. Called with the order locked; None when nothing remains."""
    lines = [
        _Share(line, 0, line.net_minor - line.refunded_minor)
        for line in order.lines.select_related("shipment")
    ]
    postage = _postage(order)
    remains = [s.amount_minor for s in lines] + [minor for _, minor in postage]
    amount = min(amount, sum(remains))
    if not amount or order.state not in GIVING:
        return None
    is_whole = amount == sum(remains)
    parts = split(amount, remains)
    for share, n in zip(lines, parts, strict=False):
        # Of a part, rounding may leave a line whole and its parcel's sending not: nothing is called off then.
        share.units, share.amount_minor = _units_with(share.line, n) if is_whole else 0, n
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


def _postage(order: Order) -> list[tuple[Shipment, int]]:
    """What remains of each parcel's sending."""
    parcels = order.shipments.all()
    return [(p, p.shipping_minor - p.refunded_minor) for p in parcels if p.refunded_minor < p.shipping_minor]


def _units_with(line: Line, amount: int) -> int:
    """Money for all that remains of a line that was not sent takes its units back too."""
    is_whole = amount == line.net_minor - line.refunded_minor
    return line.quantity - line.refunded_units if is_whole and _is_unsent(line) else 0


def _is_unsent(line: Line) -> bool:
    return line.shipment is not None and line.shipment.state == Shipment.State.WAITING


def _call_off(lines: Collection[Line], shares: list[_Share]) -> set[int]:
    """The unsent parcels of which these shares leave nothing to send.

    All that remains of their lines' fen joins the shares: a parcel that is called off keeps no money.
    """
    given = {share.line.pk: share for share in shares}
    left = {line.pk: line.quantity - line.refunded_units for line in lines}
    for share in shares:
        left[share.line.pk] -= share.units
    needed = {line.shipment_id for line in lines if left[line.pk]}
    unsent = {share.line.shipment_id for share in shares if _is_unsent(share.line)}
    idle = {pk for pk in unsent - needed if pk is not None}
    for line in lines:
        remains = line.net_minor - line.refunded_minor
        if line.shipment_id not in idle or not remains:
            continue
        if line.pk in given:
            given[line.pk].amount_minor = remains
        else:
            shares.append(_Share(line, 0, remains))
    return idle


def _share(line: Line, part: Part, index: int) -> _Share:
    """The line's own share: what was paid for these units, or an amount, within what remains.

    Units that were not sent go back on the shelf and are sold again, so the buyer has all she paid for them;
    less is refused, not made more: whoever wrote an amount decides what leaves the team's account.
    """
    path = ("lines", str(index))
    amount_left = line.net_minor - line.refunded_minor
    units_left = line.quantity - line.refunded_units
    if part.units < 0 or (part.amount_minor is not None and part.amount_minor < 0):
        raise Invalid(field=path)
    if part.units > units_left:
        raise RefundTooLarge(amount_left, units_left, field=(*path, "units"))
    # A unit's part that was given back before as an amount is not given twice.
    due = min(part.units * line.unit_price_minor, amount_left)
    amount = due if part.amount_minor is None else part.amount_minor
    if amount > amount_left:
        raise RefundTooLarge(amount_left, units_left, field=(*path, "amount"))
    if amount < due and _is_unsent(line):
        raise Invalid(_less_than(due), field=(*path, "amount"))
    return _Share(line, max(part.units, _units_with(line, amount)), amount)


def _less_than(due: int) -> Words:
    return say(
        "还没有发出的货要全额退：这些份是 {due}。",
        "Units that were not sent are refunded in full: these come to {due}.",
        due=show(due),
    )


def _write(
    order: Order, shares: Sequence[_Share], postage: _Postage, *, reason: str, by: Any, note: str
) -> Refund:
    if order.state not in GIVING:
        raise Conflict(say("这个订单没有可退的款。", "There is nothing to give back on this order."))
    payment = Payment.objects.filter(order=order, is_kept=True).first()
    if payment is not None and reason in DECIDED and payment.is_contested:
        raise Conflict(CONTESTED)
    amount = sum(s.amount_minor for s in shares) + sum(minor for _, minor in postage)
    if payment is None or amount <= 0:
        raise Invalid(say("没有可退的数额。", "There is nothing left to give back."), field="lines")
    refund = Refund.objects.create(
        payment=payment, reason=reason, amount_minor=amount, requested_by=by, note=note[:200]
    )
    _restock(order, shares)
    RefundLine.objects.bulk_create(_rows(refund, shares, postage))
    for share in shares:
        Line.objects.filter(pk=share.line.pk).update(
            refunded_minor=F("refunded_minor") + share.amount_minor,
            refunded_units=F("refunded_units") + share.units,
        )
    for parcel, minor in postage:
        Shipment.objects.filter(pk=parcel.pk).update(refunded_minor=F("refunded_minor") + minor)
    _after(order)
    record(RefundRequested(refund_id=refund.pk))
    failpoints.reach("refund.recorded")
    return refund


def _rows(refund: Refund, shares: Sequence[_Share], postage: _Postage) -> list[RefundLine]:
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


def _restock(order: Order, shares: Sequence[_Share]) -> None:
    """Units that were never sent go back on the shelf, to the lots they came from: those of a lot that is recalled or
    past its date before all others, so that what is still sent is of the good ones; then the last draw first."""
    unsent = [s for s in shares if s.units and _is_unsent(s.line)]
    if not unsent:
        return
    held = Reservation.objects.filter(holder=order.uid, state=Reservation.State.SOLD).select_related("lot")
    back: dict[int, int] = {}
    today = clock.today()
    for share in unsent:
        missing = share.units
        drawn = [r for r in held if r.lot.variant_id == share.line.variant_id]
        for row in sorted(drawn, key=lambda r: (not _is_unfit(r.lot, today), -r.pk)):
            units = min(missing, row.units - row.units_returned)
            if units:
                share.restocked[row.lot_id] = back[row.lot_id] = units
                missing -= units
    stock.restock(order.uid, back)


def _is_unfit(lot: Lot, today: date) -> bool:
    return lot.state == Lot.State.RECALLED or (lot.best_before is not None and lot.best_before < today)


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


def give_back(refund: Refund) -> str:
    """Ask the provider to give it back, outside any transaction; asking twice gives once.

    While a bank decides about the money, the provider would refuse: it waits for the decision.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    if refund.state != State.REQUESTED:
        return "known"
    if refund.payment.is_contested:
        return "waits"
    asked = GiveBack(
        refund=refund.uid,
        attempt=refund.attempt,
        payment_ref=refund.payment.payment_ref,
        amount_minor=refund.due_minor,
        requested_at=refund.requested_at,
    )
    told = settle(refund, provider(refund.payment.provider).give_back(asked), refund.attempt)
    failpoints.reach("refund.settled")
    return told


def learn(source: str, provider_id: str) -> str:
    """Ask the provider how a refund of ours stands, and settle that."""
    refund = Refund.objects.filter(payment__provider=source, provider_id=provider_id or None).first()
    if refund is None:
        return "not ours"
    seen = provider(source).look(Noun.REFUND, provider_id)
    return settle(refund, seen, refund.attempt) if isinstance(seen, RefundSeen) else "unknown"


def held() -> set[int]:
    """Refunds that a restored shop leaves to a person: the lost one may have given them, and told of it."""
    return held_since_restore("orders.tasks.give_back", "refund_id")


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
        fields["retry_at"] = refund_failed.tried_next(refund, seen.failure, now)
        fields["returned_at"] = now if had_succeeded else refund.returned_at
    refund.move_to(state, **fields)
    if state == State.SUCCEEDED:
        _arrived(order, refund)
        record(RefundSucceeded(refund_id=refund.pk))
    elif state == State.FAILED:
        if had_succeeded:
            refund_failed.came_back(order, refund)
        record(RefundFailed(refund_id=refund.pk, had_succeeded=had_succeeded))
    failpoints.reach("refund.settling")
    return state.value


def _arrived(order: Order, refund: Refund) -> None:
    """The buyer has it; an order of which all was given back is over."""
    if not refund.payment.is_kept:
        return
    given = order.refunded_minor + refund.amount_minor
    Order.objects.filter(pk=order.pk).update(refunded_minor=given)
    if given == order.total_minor and order.can_move_to(Order.State.REFUNDED):
        order.move_to(Order.State.REFUNDED, closed_at=timezone.now())


@transaction.atomic
def again(refund: Refund, by: Any = None) -> Refund:
    """Try a failed refund once more, under a new key: the first one's answer is no. Without `by`, by the clock."""
    must(by, "orders.refund")
    order = Order.objects.get(payments__refunds=refund.pk)
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
