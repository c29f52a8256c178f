"""Outside results, recomputed row by row from the statements that count, by another way than they are counted."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from contest.models import OutsideTally
from core import clock
from core.verify import Offence, Rule, broken, rows_of

RULES = [
    Rule(
        "INV-24",
        "ImportBatch",
        "a statement counts and was approved by whoever sent it in or corrected it",
        """SELECT b.id, b.sha256 FROM contest_importbatch b
           WHERE b.applied_at IS NOT NULL AND (b.uploaded_by_id = b.approved_by_id OR EXISTS (
               SELECT 1 FROM contest_quarantinedrow q
               WHERE q.batch_id = b.id AND q.repaired_by_id = b.approved_by_id))""",
    ),
    Rule(
        "INV-18",
        "ImportBatch",
        "a statement counts and its rows do not come to its signed totals",
        """SELECT b.id, b.sha256 FROM contest_importbatch b LEFT JOIN (
               SELECT batch_id, count(*) AS n, sum(amount_minor) AS amount, sum(refund_minor) AS refund
               FROM contest_importrow GROUP BY batch_id) r ON r.batch_id = b.id
           WHERE b.state IN ('applied', 'superseded')
             AND (b.control_rows, b.control_amount_minor, b.control_refund_minor)
                 <> (coalesce(r.n, 0), coalesce(r.amount, 0), coalesce(r.refund, 0))""",
    ),
    Rule(
        "INV-06",
        "LedgerTransaction",
        "outside money stands in an account: what platforms report is for the memo alone",
        """SELECT t.id, t.key FROM impact_ledgertransaction t
           WHERE EXISTS (SELECT 1 FROM contest_importbatch b
                         WHERE b.uid = t.order_uid OR b.uid::text = split_part(t.key, ':', 2))""",
    ),
]
# Each statement that counts with its rows, in the order of the statements' own dates; of a frozen round, as of its freeze.
_ROWS = """
    SELECT b.round_id, b.source_id, b.id, b.scope, b.covers_from, b.covers_to, r.key, r.order_ref, r.is_aggregate, r.day,
           CASE WHEN r.is_void THEN 0 ELSE r.amount_minor - r.refund_minor END, r.supports, r.likes, r.external_ref,
           CASE WHEN r.paid_at >= u.opens_at AND r.paid_at < u.closes_at THEN m.entry_id END, m.canonical, r.project,
           r.is_void
    FROM contest_importbatch b
    LEFT JOIN contest_importrow r ON r.batch_id = b.id
    JOIN impact_round u ON u.id = b.round_id
    CROSS JOIN LATERAL (SELECT least(%(now)s, u.freezes_at) AS told) t
    LEFT JOIN contest_projectmapping m ON m.source_id = b.source_id AND m.round_id = b.round_id AND m.project = r.project
         AND m.approved_at <= t.told AND (m.withdrawn_at IS NULL OR m.withdrawn_at > t.told)
         AND EXISTS (SELECT 1 FROM impact_entry e WHERE e.id = m.entry_id AND e.approved_at IS NOT NULL)
    WHERE b.applied_at <= t.told AND (b.rolled_back_at IS NULL OR b.rolled_back_at > t.told)
    ORDER BY b.round_id, b.source_id, b.stated_on, b.applied_at, b.id
"""


def verify() -> Iterator[Offence]:
    """Statements against their totals and their people, tallies against statements, and no account."""
    yield from broken(RULES)
    yield from _tallies()


def _tallies() -> Iterator[Offence]:
    held, twice = _held()
    for key, words in twice:
        yield Offence("INV-18", "ImportRow", key, words)
    kept = {
        (t.entry_id, t.source_id): (t.pk, (t.net_minor, t.supports, t.likes))
        for t in OutsideTally.objects.iterator(500)
    }
    for where in sorted(held.keys() | kept.keys()):
        pk, found = kept.get(where, (where, (0, 0, 0)))
        should = tuple(held.get(where, (0, 0, 0)))
        if found != should:
            words = (
                f"a tally is not what its statements come to (net, supports, likes: {found}, not {should})"
            )
            yield Offence("INV-18", "OutsideTally", pk, words)


def _held() -> tuple[dict[tuple[int, int], list[int]], list[tuple[str, str]]]:
    """(entry, platform) → [net, supports, likes]; and the days that count twice."""
    shadows = _shadows()
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    twice: list[tuple[str, str]] = []
    for (_, source), sales in _sales():
        orders: dict[tuple[int, str], int] = defaultdict(int)
        kinds: dict[tuple[str, Any], set[bool]] = defaultdict(set)
        for key, (
            order,
            is_sum,
            day,
            net,
            supports,
            likes,
            ref,
            entry,
            canonical,
            project,
            is_void,
        ) in sales.items():
            if not is_void:
                kinds[project, day].add(is_sum)
            if (
                entry is None
                or canonical == "here"
                and ((entry, ref) in shadows or (source, entry, key) in shadows)
            ):
                continue
            sums[entry, source][0] += net
            sums[entry, source][1] += supports if is_sum else 0
            sums[entry, source][2] += likes
            if not is_sum:
                orders[entry, order] += net
        for (entry, _), net in orders.items():
            sums[entry, source][1] += net > 0
        twice += [
            (f"{project} {day}", "of a project's day there are orders and a sum")
            for (project, day), found in kinds.items()
            if len(found) > 1
        ]
    return sums, twice


def _sales() -> Iterator[tuple[tuple[int, int], dict[str, tuple]]]:
    """A round's and platform's sales as the last statement of each tells it."""
    where: tuple[int, int] | None = None
    batch, sales = None, dict[str, tuple]()
    names: set[str] = set()
    limits: tuple = ()
    for round_id, source, batch_id, scope, since, until, key, *rest in rows_of(_ROWS, {"now": clock.now()}):
        if (round_id, source) != where or batch_id != batch:
            _without(sales, names, limits)
            if (round_id, source) != where:
                if where is not None:
                    yield where, sales
                where, sales = (round_id, source), {}
            batch, names, limits = batch_id, set(), (scope, since, until)
        if key is not None:
            sales[key] = tuple(rest)
            names.add(key)
    if where is not None:
        _without(sales, names, limits)
        yield where, sales


def _without(sales: dict[str, tuple], names: set[str], limits: tuple) -> None:
    """A full statement has ended: what it is without, of its days, was withdrawn."""
    if not limits or limits[0] != "full":
        return
    _, since, until = limits
    gone = [
        key
        for key, (_, is_sum, day, *_) in sales.items()
        if key not in names
        and not is_sum
        and (since is None or day >= since)
        and (until is None or day <= until)
    ]
    for key in gone:
        del sales[key]


def _shadows() -> set[tuple]:
    """(entry, number of an order of this shop), (platform, entry, outside sale) of sales that are in both channels."""
    numbered = """SELECT DISTINCT p.entry_id, o.number FROM contest_importrow r JOIN orders_order o ON o.number = r.external_ref
                  JOIN impact_support p ON p.order_uid = o.uid WHERE r.external_ref <> ''"""
    decided = """SELECT w.source_id, w.entry_id, w.key FROM contest_twinsale w JOIN impact_entry e ON e.id = w.entry_id
                 JOIN impact_round u ON u.id = e.round_id CROSS JOIN LATERAL (SELECT least(%(now)s, u.freezes_at) AS told) t
                 WHERE w.state = 'same' AND w.decided_at <= t.told
                       AND (w.withdrawn_at IS NULL OR w.withdrawn_at > t.told)"""
    return {*rows_of(numbered), *rows_of(decided, {"now": clock.now()})}
