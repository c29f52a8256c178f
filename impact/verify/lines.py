"""I5: each paid line's money stands where its price story and its lots' shares say, to the fen."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Sum

from core.verify import Offence, Rule, broken, tell
from impact.models import Attribution, LedgerTransaction
from impact.models.kind import EARMARKED, OWED, SET_ASIDE, Kind, sql
from impact.story import portions, with_subsidy
from orders.models import Line, LineLot, Order, Refund, RefundLine, Shipment

Reason, State = LedgerTransaction.Reason, Order.State
CHUNK = 500
SHARED = (Reason.PAID, Reason.CONFIRMED)
# What a refund of these reasons gives back was never set aside (impact.actions.reversal).
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
        "Line",
        "of a line some is owed and some is not, or not all that is owed was said to be",
        f"""SELECT stands.line_id, 'earmarked ' || stands.earmarked || ', owed ' || stands.owed FROM (
                SELECT m.line_id, coalesce(sum(ends.amount) FILTER (WHERE a.kind IN {sql(EARMARKED)}), 0) AS earmarked,
                       coalesce(sum(ends.amount) FILTER (WHERE a.kind IN {sql(OWED)}), 0) AS owed
                FROM impact_transfer m
                CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
                     AS ends (account_id, amount)
                JOIN impact_account a ON a.id = ends.account_id
                WHERE m.line_id IS NOT NULL GROUP BY m.line_id
            ) AS stands
            LEFT JOIN (SELECT DISTINCT m.line_id FROM impact_transfer m JOIN impact_ledgertransaction t
                       ON t.id = m.transaction_id WHERE t.reason IN ('owed', 'replaced_due')) AS due ON due.line_id = stands.line_id
            WHERE CASE WHEN due.line_id IS NULL THEN stands.owed ELSE stands.earmarked END <> 0""",
    ),
]


# Where an order's money stands that was set aside: of each line by lot or part, of each team's sending.
_STANDS = """
    WITH moved AS MATERIALIZED (
        SELECT t.order_uid, m.line_id, m.source_id, m.target_id, m.amount_minor
        FROM impact_ledgertransaction t JOIN impact_transfer m ON m.transaction_id = t.id
        WHERE t.order_uid = ANY(%(orders)s) AND t.reason NOT IN ('replaced', 'replaced_due')
    ), stands AS MATERIALIZED (
        SELECT m.order_uid, m.line_id, ends.account_id, sum(ends.amount)::bigint AS amount
        FROM moved m
        CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
             AS ends (account_id, amount)
        GROUP BY m.order_uid, m.line_id, ends.account_id HAVING sum(ends.amount) <> 0
    )
    SELECT s.order_uid, s.line_id, CASE WHEN s.line_id IS NULL THEN a.team_id END,
           coalesce('lot ' || a.lot_id, 'part ' || nullif(a.part, ''), 'account ' || a.kind),
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
    with connection.cursor() as cursor:
        kinds = [*SET_ASIDE, Kind.COUPONS]
        cursor.execute(_STANDS, {"orders": list(orders.values()), "set_aside": kinds})
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
        # INV-02: what its buyer paid and what the shop's coupon paid are together what is shared out.
        shared = with_subsidy(line, left)
        due = portions(shared, line.story, draws[line.pk])
        should = {f"lot {lot}": amount for lot, amount in due.households.items() if amount}
        should |= {f"part {part}": amount for part, amount in due.parts.items() if amount}
        should |= {f"account {Kind.COUPONS}": left - shared} if shared != left else {}
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
    drawn: dict[int, list[tuple[int, int]]] = defaultdict(list)
    left: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = LineLot.objects.filter(line__order__in=orders).order_by("line_id", "lot_id")
    for line, lot, units, returned in rows.values_list("line_id", "lot_id", "units", "units_returned"):
        drawn[line].append((lot, units))
        left[line].append((lot, units - returned))
    return defaultdict(
        list,
        {line: left[line] if any(units for _, units in left[line]) else lots for line, lots in drawn.items()},
    )


def _check_shipping(orders: dict[int, UUID], stands: dict[tuple[UUID, int], int]) -> Iterator[Offence]:
    parcels = list(Shipment.objects.filter(order__in=orders).order_by("pk"))
    given = _given("shipment", parcels)
    # One account holds the sending of all parcels that a team sends of an order, to however many addresses.
    of_team: dict[tuple[int, int], list[Shipment]] = defaultdict(list)
    for parcel in parcels:
        of_team[parcel.order_id, parcel.team_id].append(parcel)
    for (order, team), its in of_team.items():
        held = stands[orders[order], team]
        should = sum(parcel.shipping_minor - given.get(parcel.pk, 0) for parcel in its)
        if held != should:
            yield Offence("I5", "Shipment", its[0].pk, f"{held} is set aside for sending, should be {should}")


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
    rows = Attribution.objects.filter(transfer__line__in=lines)
    rows = rows.exclude(transfer__transaction__reason__in=LedgerTransaction.OF_REPLACEMENTS)
    return dict(rows.values_list("transfer__line_id").annotate(Sum("amount_minor")).order_by())
