"""Units that were sold from one lot are sold from others: its harvest is late or short, and its buyer takes theirs."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import F

from catalog.actions import card, stock
from catalog.models import Lot, Reservation
from core import clock
from core.refusals import Conflict

State = Reservation.State


@transaction.atomic
def redraw(holder: UUID, former: int, reserved_for: UUID) -> dict[int, int]:
    """What is held for `reserved_for` is sold to this holder in place of as many units of the former lot: {lot: units}.

    The former's are on its shelf again, as if they had never been sold of it. Conflict where nothing is held, or where
    one of the lots it is held of was recalled or is past its date.
    """
    kept = Reservation.objects.filter(holder=reserved_for, state=State.HELD)
    lots = dict(kept.order_by("lot_id").values_list("lot_id", "units"))
    rows = {lot.pk: lot for lot in stock.lock(Lot.objects.filter(pk__in=[former, *lots]))}
    if not lots or any(_is_spent(rows[pk]) for pk in lots):
        raise Conflict()
    units = sum(lots.values())
    sold = Reservation.objects.get(holder=holder, lot=former, state=State.SOLD)
    if sold.units - sold.units_returned < units:
        raise Conflict()
    if sold.units == units:
        sold.delete()
    else:
        Reservation.objects.filter(pk=sold.pk).update(units=F("units") - units)
    moved = {"units_sold": F("units_sold") - units, "units_available": F("units_available") + units}
    Lot.objects.filter(pk=former).update(**moved)
    kept.delete()
    for lot, n in lots.items():
        own = Reservation.objects.filter(holder=holder, lot=lot)
        own.filter(state=State.RELEASED).delete()
        if not own.update(units=F("units") + n):
            Reservation.objects.create(holder=holder, lot_id=lot, units=n, state=State.SOLD)
        Lot.objects.filter(pk=lot).update(
            units_reserved=F("units_reserved") - n, units_sold=F("units_sold") + n
        )
    card.refresh(lots=[former, *lots])
    return lots


def _is_spent(lot: Lot) -> bool:
    is_over = lot.best_before is not None and lot.best_before < clock.today()
    return lot.state == Lot.State.RECALLED or is_over


@transaction.atomic
def let_go(reserved_for: UUID) -> None:
    """What is held for this is on its shelves again, and may be held for it anew."""
    if stock.release([reserved_for]):
        Reservation.objects.filter(holder=reserved_for, state=State.RELEASED).delete()


@transaction.atomic
def write_off(lots: Collection[int]) -> None:
    """What these lots never brought counts no more as theirs: they were said to have more than there is."""
    for lot in stock.lock(Lot.objects.filter(pk__in=list(lots))):
        Lot.objects.filter(pk=lot.pk).update(
            units_declared=F("units_declared") - lot.units_available, units_available=0
        )
    card.refresh(lots=list(lots))
