"""The shelf: units of lots are reserved for a holder, then sold or released, and may be put back.

Every action takes lists (one is a list of one) and needs a handful of statements, however many there are.
Locks are always taken in this order, so that two buyers who want the same lots never deadlock:
lots by id, then their reservations, then the products' cards by id.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from catalog.actions import card
from catalog.models import Lot, Reservation
from catalog.refusals import EXACT_UP_TO, InsufficientStock
from core import fast
from core.refusals import Conflict

Draws = dict[int, list[tuple[int, int]]]
"""Of each variant, the lots that give it and how many units: {variant_id: [(lot_id, units), …]}."""

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Wanted:
    """What a holder wants: units of variants, until a moment; `lots` narrows a variant to some lots."""

    holder: UUID
    wants: Mapping[int, int]
    until: datetime | None
    lots: Mapping[int, Collection[int]] = field(default_factory=dict)
    of_lot: Callable[[Lot], int] | None = None  # units of a lot that she may have at most


@dataclass(frozen=True)
class Reserved:
    """What each holder draws, and the day by which each planned lot that is drawn on is sent."""

    draws: dict[UUID, Draws]
    ship_by: dict[int, date]


def in_a_transaction(action: Callable[P, R]) -> Callable[P, R]:
    """The caller's transaction, or else one of its own; without a savepoint, as a refusal precedes all writing."""

    @wraps(action)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        with nullcontext() if connection.in_atomic_block else transaction.atomic():
            return action(*args, **kwargs)

    return done


def lock(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """These lots, locked in the order of their ids. A test takes this away and sees the shop oversell."""
    return lots.order_by("id").select_for_update(of=("self",), no_key=True)


def turn(lot: Lot) -> tuple:
    """Whose turn it is: open before planned, first to expire first, of one day the one declared first.

    By what its label says and nothing else: the label tells everybody whose turn it is, so an order that looked at
    who grew a lot would tell whose income the next sale is (docs/decisions/0004).
    """
    if lot.state == Lot.State.PLANNED:
        return 1, lot.ship_by, lot.id
    return 0, lot.best_before or lot.harvest_to, lot.id


def reserve(
    holder: UUID,
    wants: Mapping[int, int],
    until: datetime | None,
    lots: Mapping[int, Collection[int]] | None = None,
) -> Draws:
    """Keep units for a holder; all that is wanted or nothing (InsufficientStock)."""
    return reserve_many([Wanted(holder, wants, until, lots or {})]).draws[holder]


@in_a_transaction
def reserve_many(asks: Sequence[Wanted]) -> Reserved:
    """Keep units for many holders, in the order in which they ask; all of them or none."""
    variants = {variant for ask in asks for variant in ask.wants}
    shelf = _shelf(variants)
    draws = {ask.holder: _drawn(shelf, ask) for ask in asks}
    assert len(draws) == len(asks), "a holder asks once"
    held = [(ask, *pair) for ask in asks for pair in _flat(draws[ask.holder])]
    _hold(held, variants)
    drawn = {lot for _, lot, _ in held}
    planned = {lot.id: lot.ship_by for lots in shelf.values() for lot in lots if lot.ship_by}
    return Reserved(draws, {lot: day for lot, day in planned.items() if lot in drawn})


@in_a_transaction
def sell(holders: Collection[UUID]) -> set[UUID]:
    """What is held for these is theirs for good; left out is for whom nothing was held (any more), or for whom
    anything was held of a lot that has been recalled: a recall and a sale wait for each other at the lot."""
    return {holder for holder, _ in _move(holders, Reservation.State.SOLD, reserved=-1, sold=1)}


@in_a_transaction
def release(holders: Collection[UUID]) -> set[UUID]:
    """What is held for these goes back on the shelf; what is sold stays sold."""
    moved = _move(holders, Reservation.State.RELEASED, available=1, reserved=-1)
    card.refresh(lots={lot for _, lot in moved})
    return {holder for holder, _ in moved}


@in_a_transaction
def replace(holder: UUID, wants: Mapping[int, int]) -> Draws:
    """Take units in place of others that arrived spoilt: they are sold to nobody, and on no shelf; all or nothing."""
    drawn = reserve(holder, wants, None)
    _move([holder], Reservation.State.REPLACED, reserved=-1, replaced=1)
    return drawn


@in_a_transaction
def put_back(holder: UUID) -> None:
    """What was to be sent in place of others stays here after all."""
    moved = _move(
        [holder], Reservation.State.RELEASED, was=Reservation.State.REPLACED, available=1, replaced=-1
    )
    card.refresh(lots={lot for _, lot in moved})


@transaction.atomic
def retake(holder: UUID, until: datetime | None) -> Draws:
    """Hold again what was released, for money that came late; from the same lots as far as they can give.

    Raises InsufficientStock when too little is left, and Conflict when nothing of the holder's was released.
    """
    rows = Reservation.objects.filter(holder=holder, state=Reservation.State.RELEASED)
    released = list(rows.values_list("lot_id", "lot__variant_id", "units"))
    wants = _sums((variant, units) for _, variant, units in released)
    shelf = _shelf(wants)
    before = {lot: units for lot, _, units in released}
    ask = Wanted(holder, wants, until)
    drawn = _drawn(shelf, ask, first=before)
    # What was released gives way to what is held now; a twin that did the same finds nothing to replace.
    if not released or rows.delete()[0] != len(released):
        raise Conflict()
    _hold([(ask, *pair) for pair in _flat(drawn)], wants)
    return drawn


def restock(holder: UUID, units: Mapping[int, int]) -> None:
    """Put sold units of a holder back on the shelf: {lot_id: units}."""
    restock_many([(holder, units)])


@transaction.atomic
def restock_many(returns: Sequence[tuple[UUID, Mapping[int, int]]]) -> None:
    """Put sold units of many holders back on the shelf; more than was sold is a Conflict."""
    rows = [(holder, lot, n) for holder, lots in returns for lot, n in lots.items() if n]
    if not rows:
        return
    back = _sums((lot, n) for _, lot, n in rows)
    list(lock(Lot.objects.filter(id__in=back)))
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE catalog_reservation r SET units_returned = r.units_returned + d.units
               FROM (SELECT holder, lot_id, sum(units)::int AS units
                     FROM unnest(%s::uuid[], %s::bigint[], %s::int[]) AS x(holder, lot_id, units)
                     GROUP BY holder, lot_id) d
               WHERE r.holder = d.holder AND r.lot_id = d.lot_id AND r.state = 'sold'
                 AND r.units_returned + d.units <= r.units""",
            [list(column) for column in zip(*rows, strict=True)],
        )
        if cursor.rowcount != len({(holder, lot) for holder, lot, _ in rows}):
            raise Conflict()
    _shift(back, available=1, restocked=1)
    card.refresh(lots=back)


SHELF = fast.PreparedQuery(
    lambda variants: lock(
        Lot.objects.filter(variant__in=variants, state__in=Lot.SELLABLE, units_available__gt=0)
    )
)


def _shelf(variants: Collection[int]) -> dict[int, list[Lot]]:
    """The lots that these variants are sold from, locked, in the order in which they are drawn on."""
    shelf: dict[int, list[Lot]] = defaultdict(list)
    for lot in sorted(SHELF.rows(variants=list(variants)), key=turn):
        shelf[lot.variant_id].append(lot)
    return shelf


def _drawn(shelf: Mapping[int, list[Lot]], ask: Wanted, first: Mapping[int, int] | None = None) -> Draws:
    """Take what is asked for from the shelf in our hands; raises before anything is written."""
    draws: Draws = {}
    short = {}
    for variant, wanted in ask.wants.items():
        assert wanted > 0, "a holder asks for something"
        lots = [
            lot for lot in shelf.get(variant, ()) if variant not in ask.lots or lot.id in ask.lots[variant]
        ]
        left = sum(lot.units_available for lot in lots)
        most = {
            lot.id: min(lot.units_available, ask.of_lot(lot)) if ask.of_lot else lot.units_available
            for lot in lots
        }
        if sum(most.values()) < wanted:
            # That a lot gives her no more is told as if there were not that many: no lot's size is told by it.
            short[variant] = left if left < wanted else max(left, EXACT_UP_TO + 1)
            continue
        draws[variant] = _from_lots(lots, wanted, first or {}, most)
    if short:
        raise InsufficientStock(short)
    return draws


def _from_lots(
    lots: list[Lot], wanted: int, first: Mapping[int, int], of_lot: dict[int, int]
) -> list[tuple[int, int]]:
    drawn: dict[int, int] = {}
    # Those named first give what they gave before; whatever is then missing comes in turn.
    for lot, most in [(lot, first.get(lot.id, 0)) for lot in lots] + [(lot, wanted) for lot in lots]:
        units = min(of_lot[lot.id], most, wanted)
        if units > 0:
            of_lot[lot.id] -= units
            lot.units_available -= units
            wanted -= units
            drawn[lot.id] = drawn.get(lot.id, 0) + units
    return list(drawn.items())


# The lots are locked already; their products' cards are locked last, and read by a later statement.
_HOLD = f"""
    WITH drawn AS MATERIALIZED (
        SELECT * FROM unnest(%(held)s::bigint[], %(holders)s::uuid[], %(units)s::int[], %(until)s::timestamptz[])
            AS d(lot_id, holder, units, expires_at)
    ), held AS (
        INSERT INTO catalog_reservation (lot_id, holder, units, units_returned, state, expires_at, created_at)
        SELECT lot_id, holder, units, 0, 'held', expires_at, statement_timestamp() FROM drawn
    ), taken AS (
        UPDATE catalog_lot l
        SET units_available = l.units_available - d.units, units_reserved = l.units_reserved + d.units
        FROM (SELECT lot_id, sum(units)::int AS units FROM drawn GROUP BY lot_id) d WHERE l.id = d.lot_id
    )
    {card.LOCK}
"""


def _hold(rows: Sequence[tuple[Wanted, int, int]], variants: Collection[int]) -> None:
    """Write down what is drawn from locked lots, and what their variants' cards say now."""
    given: dict[str, Any] = {
        "held": [lot for _, lot, _ in rows],
        "holders": [ask.holder for ask, _, _ in rows],
        "units": [units for _, _, units in rows],
        "until": [ask.until for ask, _, _ in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {**given, "products": [], "variants": list(variants), "lots": []})
        card.renew([pk for (pk,) in cursor.fetchall()])


# Locks, looks and changes in this order: whoever waited for a lot sees what those before her have written.
_MOVE = """
    WITH locked AS MATERIALIZED (
        SELECT id, state FROM catalog_lot
        WHERE id IN (SELECT lot_id FROM catalog_reservation WHERE holder = ANY(%(holders)s) AND state = %(was)s)
        ORDER BY id FOR NO KEY UPDATE
    ), stopped AS MATERIALIZED (
        SELECT r.holder FROM catalog_reservation r JOIN locked ON locked.id = r.lot_id
        WHERE %(state)s = 'sold' AND locked.state = 'recalled' AND r.holder = ANY(%(holders)s) AND r.state = 'held'
    ), moved AS (
        UPDATE catalog_reservation r SET state = %(state)s, expires_at = NULL FROM locked
        WHERE r.lot_id = locked.id AND r.holder = ANY(%(holders)s) AND r.state = %(was)s
          AND r.holder NOT IN (SELECT holder FROM stopped)
        RETURNING r.holder, r.lot_id, r.units
    ), shifted AS (
        UPDATE catalog_lot l SET {sums}
        FROM (SELECT lot_id, sum(units)::int AS units FROM moved GROUP BY lot_id) d WHERE l.id = d.lot_id
    )
    SELECT holder, lot_id FROM moved
"""


def _move(
    holders: Collection[UUID], state: str, was: str = Reservation.State.HELD, **signs: int
) -> list[tuple[UUID, int]]:
    """Move what these hold to another state, and its units in the lots' columns: [(holder, lot_id), …]."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE.format(sums=_summed(signs)), {"holders": list(holders), "state": state, "was": was}
        )
        return cursor.fetchall()


def _summed(signs: Mapping[str, int]) -> str:
    return ", ".join(f"units_{name} = l.units_{name} + {sign:d} * d.units" for name, sign in signs.items())


def _shift(units: Mapping[int, int], **signs: int) -> None:
    """Move units between the columns of lots in one statement: `_shift({7: 2}, available=-1, reserved=1)`."""
    if not units:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE catalog_lot l SET {_summed(signs)}
                FROM unnest(%s::bigint[], %s::int[]) AS d(lot_id, units) WHERE l.id = d.lot_id""",
            [list(units), list(units.values())],
        )


def _flat(draws: Draws) -> list[tuple[int, int]]:
    return [pair for pairs in draws.values() for pair in pairs]


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for key, units in pairs:
        sums[key] += units
    return dict(sums)
