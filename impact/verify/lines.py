"""I5: each paid line's money stands where its price story and its lots' shares say, to the fen."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Sum

from catalog.models import Reservation
from core.verify import Offence, Rule, broken, tell
from impact.models import Account, Attribution, LedgerTransaction
from impact.story import portions
from orders.models import Line, LineLot, Order, Refund, RefundLine, Shipment

Kind, Reason, State = Account.Kind, LedgerTransaction.Reason, Order.State
CHUNK = 500
SHARED = (Reason.PAID, Reason.CONFIRMED)
# What a refund of these reasons gives back was never set aside (impact.actions.taking_back).
TURNED_AWAY = Refund.TURNED_AWAY

RULES = [
    Rule(
        "I5",
        "Order",
        "a paid order is not attributed exactly once",
        """SELECT o.id, o.state || ', ' || count(t.id) || ' times' FROM orders_order o
           LEFT JOIN impact_ledgertransaction t ON t.order_uid = o.uid AND t.reason IN ('paid', 'confirmed')
           WHERE o.state IN ('paid', 'shipped', 'delivered', 'completed')
              OR (o.state = 'refunded' AND o.holder IS NULL)
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


# Where an order's money stands that was set aside: of each line by lot or part, of each team's sending.
_STANDS = """
    WITH moved AS MATERIALIZED (
        SELECT t.order_uid, m.line_id, m.lot_id, m.source_id, m.target_id, m.amount_minor
        FROM impact_ledgertransaction t JOIN impact_transfer m ON m.transaction_id = t.id
        WHERE t.order_uid = ANY(%(orders)s)
    ), stands AS MATERIALIZED (
        SELECT m.order_uid, m.line_id, m.lot_id, ends.account_id, sum(ends.amount)::bigint AS amount
        FROM moved m
        CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
             AS ends (account_id, amount)
        GROUP BY m.order_uid, m.line_id, m.lot_id, ends.account_id HAVING sum(ends.amount) <> 0
    )
    SELECT s.order_uid, s.line_id, CASE WHEN s.line_id IS NULL THEN a.team_id END,
           CASE WHEN a.kind = ANY(%(parts)s) THEN 'part ' || a.part
                ELSE coalesce('lot ' || s.lot_id, 'account ' || a.kind) END,
           sum(s.amount)::bigint
    FROM stands s JOIN impact_account a ON a.id = s.account_id
    WHERE a.kind = ANY(%(set_aside)s)
    GROUP BY 1, 2, 3, 4 HAVING sum(s.amount) <> 0
"""


def verify() -> Iterator[Offence]:
    """Each order attributed once; then every line and parcel against what it must come to."""
    yield from broken(RULES)
    shared = LedgerTransaction.objects.filter(reason__in=SHARED, order_uid=OuterRef("uid"))
    orders = Order.objects.filter(Exists(shared)).order_by("pk")
    goal, done, last = orders.count(), 0, 0
    while part := list(orders.filter(pk__gt=last).values_list("pk", "uid")[:CHUNK]):
        yield from _check(dict(part))
        done, last = done + len(part), part[-1][0]
        tell.get()("orders", done, goal)


def _check(orders: dict[int, UUID]) -> Iterator[Offence]:
    of_line: dict[int, dict[str, int]] = defaultdict(dict)
    of_sending: dict[tuple[UUID, int], int] = defaultdict(int)
    kinds = {"parts": [Kind.PART_EARMARKED, Kind.PART_OWED], "set_aside": list(Account.SET_ASIDE)}
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, {"orders": list(orders.values()), **kinds})
        for order, line, team, name, amount in cursor.fetchall():
            if line:
                of_line[line][name] = amount
            else:
                of_sending[order, team or 0] += amount
    yield from _check_lines(orders, of_line)
    yield from _check_shipping(orders, of_sending)


def _check_lines(orders: dict[int, UUID], stands: dict[int, dict[str, int]]) -> Iterator[Offence]:
    lines = list(Line.objects.filter(order__in=orders).select_related("story").order_by("pk"))
    given = _given("line", lines)
    draws = _draws(orders)
    attributed = _attributed(lines)
    for line in lines:
        left = line.net_minor - given.get(line.pk, 0)
        if not draws[line.pk]:
            yield Offence("I5", "Line", line.pk, "an attributed line draws on no lot")
            continue
        if left < 0:
            yield Offence("I5", "Line", line.pk, f"{-left} more was given back of it than was paid")
            continue
        due = portions(left, line.story, draws[line.pk])
        should = {f"lot {lot}": amount for lot, amount in due.households.items() if amount}
        should |= {f"part {part}": amount for part, amount in due.parts.items() if amount}
        does = stands[line.pk]
        for name in sorted({*should, *does}):
            if does.get(name, 0) != should.get(name, 0):
                words = f"{name} holds {does.get(name, 0)} of it, should hold {should.get(name, 0)}"
                yield Offence("I5", "Line", line.pk, words)
        if attributed.get(line.pk, 0) != sum(due.households.values()):
            words = f"attributed is {attributed.get(line.pk, 0)}, its household part {sum(due.households.values())}"
            yield Offence("I5", "Line", line.pk, words)


def _draws(orders: dict[int, UUID]) -> dict[int, list[tuple[int, int]]]:
    """The lots of each line and what each weighs: units still sold or, where there are none, units drawn."""
    sold = Reservation.objects.filter(holder__in=orders.values())
    returned = {
        (holder, lot): units for holder, lot, units in sold.values_list("holder", "lot_id", "units_returned")
    }
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


def _check_shipping(orders: dict[int, UUID], stands: dict[tuple[UUID, int], int]) -> Iterator[Offence]:
    parcels = list(Shipment.objects.filter(order__in=orders).order_by("pk"))
    given = _given("shipment", parcels)
    for parcel in parcels:
        held = stands[orders[parcel.order_id], parcel.team_id]
        should = parcel.shipping_minor - given.get(parcel.pk, 0)
        if held != should:
            yield Offence("I5", "Shipment", parcel.pk, f"{held} is set aside for sending, should be {should}")


def _given(noun: str, rows: Sequence[Line] | Sequence[Shipment]) -> dict[int, int]:
    """What was given back of each line or parcel out of where it was set aside."""
    restocked = RefundLine.objects.filter(refund=OuterRef("refund"), is_restocked=True)
    # A lost dispute took from where it was set aside only what is on the shelf again, and its parcel's sending.
    unsold = Q(is_restocked=True) | Exists(restocked.filter(line__shipment=OuterRef("shipment")))
    given = RefundLine.objects.filter(**{f"{noun}__in": rows}).exclude(refund__reason__in=TURNED_AWAY)
    given = given.exclude(refund__state=Refund.State.UNDONE)
    given = given.filter(~Q(refund__reason=Refund.Reason.DISPUTE) | unsold)
    return dict(given.values_list(f"{noun}_id").annotate(Sum("amount_minor")).order_by())


def _attributed(lines: Sequence[Line]) -> dict[int, int]:
    rows = Attribution.objects.filter(line__in=lines)
    return dict(rows.values_list("line_id").annotate(Sum("amount_minor")).order_by())
