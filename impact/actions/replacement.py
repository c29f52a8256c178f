"""What is sent in place of what arrived spoilt: its lot's households have their part, from their team's reserve, once.

It counts nothing in a contest, and nothing of it is the buyer's: a refund finds the line as it was paid.
"""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from catalog.models import Reservation
from core import rows
from impact.actions.ledger import Book, Shared, key_of, keys_posted
from impact.actions.lots import Lots
from impact.actions.posting import by_order, locked
from impact.models import Attribution, Kind, LedgerTransaction, Transfer
from impact.models.kind import EARMARKED
from impact.reads.positions import AccountKey, Had, replaced_positions
from impact.story import portions
from orders.events import ReplacementAgreed, ReplacementCalledOff, ShipmentCompleted
from orders.models import Line, Replacement, Shipment

Reason = LedgerTransaction.Reason


def book(events: Sequence[ReplacementAgreed]) -> None:
    """Set aside for the households of each replacement's lots what they would have of so many units sold as the line was."""
    for replacement in _of(events):
        _post(replacement, key_of(Reason.REPLACED, replacement.uid), 1)


def call_off(events: Sequence[ReplacementCalledOff]) -> None:
    """It is not sent after all: the team has its own back."""
    for replacement in _of(events):
        if keys_posted([key_of(Reason.REPLACED, replacement.uid)]):
            _post(replacement, key_of(Reason.REPLACED, f"{replacement.uid}:off"), -1)


def _of(events: Sequence[ReplacementAgreed | ReplacementCalledOff]) -> list[Replacement]:
    found = Replacement.objects.filter(pk__in=[event.replacement_id for event in events])
    return list(found.select_related("claim__line__story", "claim__line__order").order_by("pk"))


def households_part(replacement: Replacement) -> dict[int, int]:
    """What the households of each lot have of it: their part of its units, at the price and by the story of the line."""
    line = replacement.claim.line
    taken = Reservation.objects.filter(holder=replacement.uid).order_by("lot_id")
    draws = list(taken.values_list("lot_id", "units"))
    return portions(line.unit_price_minor * replacement.units, line.story, draws).households


def _post(replacement: Replacement, key: str, sign: int) -> None:
    line = replacement.claim.line
    locked([line.order_id])
    if keys_posted([key]):
        return
    parts = {lot: fen for lot, fen in households_part(replacement).items() if fen}
    if not parts:
        return
    lots, reserve = Lots(parts), AccountKey(Kind.TEAM_RESERVE, line.team_id)
    is_owed = Transfer.objects.filter(line=line, transaction__reason__in=LedgerTransaction.DUE).exists()
    made = Book()
    made.open(key, line.order.uid, timezone.now())
    for lot, fen in parts.items():
        place = AccountKey(Kind.EARMARKED if lot in lots else Kind.POOL_EARMARKED, line.team_id, lot)
        shared = _shared(lots, replacement, lot, fen, sign)
        made.move(reserve, place.owed() if is_owed else place, sign * fen, line.pk, shared)
    rows.insert(*made.rows(), along=lots.rows())


def _shared(lots: Lots, replacement: Replacement, lot: int, fen: int, sign: int) -> Shared:
    """Whose the fen of a lot are; taken back, it is theirs who had them."""
    if lot not in lots:
        return Shared(None, {None: sign * fen})
    if sign > 0:
        number, parts = lots.share(lot, fen)
        return Shared(number, dict[int | None, int](parts.items()))
    had = _had(replacement, lot)
    if lots.is_by_former_weights(lot, had.settled_at):
        number, _ = lots.lessen(lot, had.parts, 0)
    else:
        lots.reverse(lot, had.parts)
        number, _ = lots.share(lot, 0)
    return Shared(number, {household: -amount for household, amount in had.parts.items()})


def _had(replacement: Replacement, lot: int) -> Had:
    """What each has of it now: as it was shared, or put right since."""
    of_lot = Q(transfer__target__lot=lot) | Q(transfer__source__lot=lot)
    key = key_of(Reason.REPLACED, replacement.uid)
    own = Attribution.objects.filter(of_lot, transfer__transaction__key__startswith=key)
    had = Had()
    for row in own.select_related("transfer"):
        if row.household_id:
            had.parts[row.household_id] = had.parts.get(row.household_id, 0) + row.amount_minor
            had.settled_at = max(had.settled_at, row.transfer.lot_number or 0)
    return had


def owe(events: Sequence[ShipmentCompleted]) -> None:
    """The after-sale time of a parcel is over: what was set aside for replacements in it is owed too."""
    shipments = Shipment.objects.filter(pk__in=[event.shipment_id for event in events]).order_by("pk")
    orders = {order.pk: order for order in locked(shipment.order_id for shipment in shipments)}
    parcel_of = dict(Line.objects.filter(shipment__in=shipments).values_list("pk", "shipment_id"))
    standing = by_order(replaced_positions(order.uid for order in orders.values()))
    made = Book()
    for shipment in shipments:
        order = orders[shipment.order_id]
        mine = [p for p in standing[order.uid] if parcel_of.get(p.line_id or 0) == shipment.pk]
        waiting = [p for p in mine if p.place.kind in EARMARKED]
        if waiting and not keys_posted([key := key_of(Reason.REPLACED_DUE, shipment.uid)]):
            made.open(key, order.uid, timezone.now())
            for p in waiting:
                made.move(p.place, p.place.owed(), p.amount_minor, p.line_id)
    made.write()
