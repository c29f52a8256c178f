"""I5: each paid line's money stands where its price story and its lots' shares say, to the fen."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef, Q, Sum

from catalog.models import Reservation
from core.verify import Offence
from impact.models import Account, Attribution, LedgerTransaction
from impact.reads.positions import Place, Position, positions
from impact.story import portions
from impact.verify.rules import Rule, broken
from orders.models import Line, LineLot, Order, Refund, RefundLine, Shipment

Kind, Reason, State = Account.Kind, LedgerTransaction.Reason, Order.State
CHUNK = 500
SHARED = (Reason.PAID, Reason.CONFIRMED)
# What a refund of these reasons gives back was never set aside (impact.actions.taking_back).
TURNED_AWAY = (Refund.Reason.LATE, Refund.Reason.TWICE, Refund.Reason.AMOUNT)

RULES = [
    Rule(
        "I5",
        "Order",
        "a paid order is not attributed exactly once",
        """SELECT o.id, o.state || ', ' || count(t.id) || ' times' FROM orders_order o
           LEFT JOIN impact_ledgertransaction t ON t.order_uid = o.uid AND t.reason IN ('paid', 'confirmed')
           WHERE o.state IN ('paid', 'shipped', 'delivered', 'completed')
              OR (o.state = 'refunded' AND o.group_id IS NULL)
           GROUP BY o.id HAVING count(t.id) <> 1""",
    ),
    Rule(
        "I5",
        "Order",
        "an order that is not paid is attributed",
        """SELECT o.id, o.state FROM orders_order o
           JOIN impact_ledgertransaction t ON t.order_uid = o.uid AND t.reason IN ('paid', 'confirmed')
           WHERE o.state IN ('placed', 'held', 'cancelled', 'expired')""",
    ),
    Rule(
        "I5",
        "Attribution",
        "an attribution and its transfer do not say the same",
        """WITH moved AS (
               SELECT m.transaction_id, m.line_id, m.lot_id, a.household_id,
                      sum(CASE WHEN a.id = m.target_id THEN m.amount_minor ELSE -m.amount_minor END) AS amount,
                      string_agg(m.id::text, ', ') AS transfers
               FROM impact_transfer m
               JOIN impact_ledgertransaction t ON t.id = m.transaction_id AND t.reason <> 'owed'
               JOIN impact_account a ON a.id IN (m.target_id, m.source_id)
                AND a.kind IN ('earmarked', 'owed', 'pool_earmarked', 'pool_owed')
               GROUP BY m.transaction_id, m.line_id, m.lot_id, a.household_id
           )
           SELECT coalesce(t.id, 0), 'transfers ' || coalesce(moved.transfers, 'none') || ' move '
                  || coalesce(moved.amount, 0) || ', attributed is ' || coalesce(t.amount_minor, 0)
           FROM impact_attribution t
           FULL JOIN moved ON moved.transaction_id = t.transaction_id AND moved.line_id = t.line_id
                AND moved.lot_id = t.lot_id
                AND coalesce(moved.household_id, 0) = coalesce(t.household_id, 0)
           WHERE moved.amount IS DISTINCT FROM t.amount_minor""",
    ),
]


def verify() -> Iterator[Offence]:
    """Each order attributed once; then every line and parcel against what it must come to."""
    yield from broken(RULES)
    shared = LedgerTransaction.objects.filter(reason__in=SHARED).values_list("order_uid", flat=True)
    uids = sorted(set(shared), key=str)
    for start in range(0, len(uids), CHUNK):
        yield from _check(list(Order.objects.filter(uid__in=uids[start : start + CHUNK])))


def _check(orders: Sequence[Order]) -> Iterator[Offence]:
    stands: dict[tuple[str, int], list[Position]] = defaultdict(list)
    order_of = {order.uid: order.pk for order in orders}
    for position in positions(order_of):
        if position.place.kind not in Account.SET_ASIDE:
            continue
        if position.line_id:
            stands["line", position.line_id].append(position)
        else:
            stands[f"shipping {order_of[position.order_uid]}", position.place.team_id or 0].append(position)
    yield from _check_lines(orders, stands)
    yield from _check_shipping(orders, stands)


def _check_lines(orders: Sequence[Order], stands: dict) -> Iterator[Offence]:
    lines = list(Line.objects.filter(order__in=orders).select_related("story").order_by("pk"))
    given = _given("line", lines)
    draws = _draws(orders)
    attributed = _attributed(lines)
    for line in lines:
        left = line.net_minor - given.get(line.pk, 0)
        if not draws[line.pk]:
            yield Offence("I5", "Line", line.pk, "an attributed line draws on no lot")
            continue
        due = portions(left, line.story, draws[line.pk])
        should = {f"lot {lot}": amount for lot, amount in due.households.items() if amount}
        should |= {f"part {part}": amount for part, amount in due.parts.items() if amount}
        does = _sums(stands["line", line.pk])
        for name in sorted({*should, *does}):
            if does.get(name, 0) != should.get(name, 0):
                words = f"{name} holds {does.get(name, 0)} of it, should hold {should.get(name, 0)}"
                yield Offence("I5", "Line", line.pk, words)
        if attributed.get(line.pk, 0) != sum(due.households.values()):
            words = f"attributed is {attributed.get(line.pk, 0)}, its household part {sum(due.households.values())}"
            yield Offence("I5", "Line", line.pk, words)


def _draws(orders: Sequence[Order]) -> dict[int, list[tuple[int, int]]]:
    """The lots of each line and what each weighs: units still sold or, where there are none, units drawn."""
    sold = Reservation.objects.filter(holder__in=[order.uid for order in orders])
    returned = {(r.holder, r.lot_id): r.units_returned for r in sold}
    drawn: dict[int, list[tuple[int, int]]] = defaultdict(list)
    left: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = LineLot.objects.filter(line__order__in=orders).order_by("line_id", "lot_id")
    for line, order, lot, units in rows.values_list("line_id", "line__order__uid", "lot_id", "units"):
        drawn[line].append((lot, units))
        left[line].append((lot, max(0, units - returned.get((order, lot), 0))))
    return defaultdict(
        list,
        {line: left[line] if any(units for _, units in left[line]) else lots for line, lots in drawn.items()},
    )


def _check_shipping(orders: Sequence[Order], stands: dict) -> Iterator[Offence]:
    parcels = list(Shipment.objects.filter(order__in=orders).order_by("pk"))
    given = _given("shipment", parcels)
    for parcel in parcels:
        held = sum(p.amount_minor for p in stands[f"shipping {parcel.order_id}", parcel.team_id])
        should = parcel.shipping_minor - given.get(parcel.pk, 0)
        if held != should:
            yield Offence("I5", "Shipment", parcel.pk, f"{held} is set aside for sending, should be {should}")


def _sums(stand: Sequence[Position]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for position in stand:
        sums[_name(position.place, position.lot_id)] += position.amount_minor
    return {name: amount for name, amount in sums.items() if amount}


def _name(place: Place, lot_id: int | None) -> str:
    if place.kind in (Kind.PART_EARMARKED, Kind.PART_OWED):
        return f"part {place.part}"
    return f"lot {lot_id}" if lot_id else f"account {place.kind}"


def _given(noun: str, rows: Sequence[Line] | Sequence[Shipment]) -> dict[int, int]:
    """What was given back of each line or parcel out of where it was set aside."""
    restocked = RefundLine.objects.filter(refund=OuterRef("refund"), is_restocked=True)
    # A lost dispute took from where it was set aside only what is on the shelf again, and its parcel's sending.
    unsold = Q(is_restocked=True) | Exists(restocked.filter(line__shipment=OuterRef("shipment")))
    given = RefundLine.objects.filter(**{f"{noun}__in": rows}).exclude(refund__reason__in=TURNED_AWAY)
    given = given.filter(~Q(refund__reason=Refund.Reason.DISPUTE) | unsold)
    return dict(given.values_list(f"{noun}_id").annotate(Sum("amount_minor")).order_by())


def _attributed(lines: Sequence[Line]) -> dict[int, int]:
    rows = Attribution.objects.filter(line__in=lines)
    return dict(rows.values_list("line_id").annotate(Sum("amount_minor")).order_by())
