"""A harvest is late or short: its team says so once, its buyers choose, and what they choose is carried out.

Whoever writes a choice holds its order's lock or, to give out what there is, the choices' own rows: order → choices →
lots. Nothing here asks a provider; refunds take the one way they have.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from catalog import clean
from catalog.actions import desk, redraw, stock
from catalog.actions import lot as lots
from catalog.models import Lot
from catalog.refusals import InsufficientStock
from core import clock
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound, TooLate
from orders.actions.order import lock
from orders.events_of_setbacks import HarvestSetBack
from orders.models import Order, Setback, SetbackChoice
from orders.reads import setback as reads

Choice, State = SetbackChoice.Choice, SetbackChoice.State


def mark(
    lot: Lot,
    by: Any,
    *,
    kind: str,
    day: date,
    reason: str,
    words: str = "",
    units_there: int | None = None,
) -> Setback:
    """Its team says that it is late, or that less is there than is to be sent; who bought of it is asked at once."""
    desk.must_there(by, lot.variant.product.team, "orders.refund_own")
    kind = clean.one_of(kind, "kind", Setback.Kind.values)
    reason = clean.one_of(reason, "reason", Setback.Reason.values)
    words = clean.text_for(Setback, "words", words, required=reason == Setback.Reason.OTHER)
    if not clock.today() <= day <= clock.today() + _A_YEAR:
        raise Invalid(_PAST, field="day")
    is_short = kind == Setback.Kind.SHORT
    with transaction.atomic():
        row = stock.lock(Lot.objects.select_related("variant__product")).get(pk=lot.pk)
        if row.state == Lot.State.RECALLED:
            raise Conflict(_RECALLED)
        if row.setbacks.filter(ended_at=None).exists():
            raise Conflict(_MARKED)
        _check_units(row, units_there, is_short)
        lots.set_back(row, by, day, is_short=is_short)
        made = Setback.objects.create(
            lot=row,
            kind=kind,
            reason=reason,
            words=words,
            day=day,
            units_there=units_there if is_short else None,
            by=by,
        )
        record(HarvestSetBack(setback_id=made.pk))
    return made


def _check_units(lot: Lot, units_there: int | None, is_short: bool) -> None:
    waiting = sum(reads.units_of(row) for row in reads.waiting_lines(lot.pk))
    if not waiting:
        raise Conflict(_NOBODY)
    if is_short and (units_there is None or not 0 <= units_there < waiting):
        words = say(
            "要发的有 {n} 份，请填 0 到 {m}。够发就不用标。",
            "There are {n} to send: fill in 0 to {m}. Where there is enough, nothing need be marked.",
            n=waiting,
            m=waiting - 1,
        )
        raise Invalid(words, field="units_there")


_A_YEAR = timedelta(days=366)
_PAST = say("请写今天起一年之内的日子。", "Write a day from today on, within a year.")
_RECALLED = say("这一批已经召回：钱会退，不用再标。", "This lot is recalled: the money goes back by that.")
_MARKED = say(
    "这一批已经标过，买家正在选。等办完了才能再标。",
    "This lot is marked already and its buyers choose. It can be marked again once that is done.",
)
_NOBODY = say("这一批没有等着发的，不用标。", "Nothing of this lot waits to be sent: there is nobody to ask.")


@transaction.atomic
def choose(order: Order, uid: UUID, choice: str, now: datetime | None = None) -> SetbackChoice:
    """Its buyer waits, takes another lot's, or has her money back; the same again changes nothing.

    Another lot's units are kept for her from this moment on, so that nobody is promised what somebody else has taken.
    """
    choice = clean.one_of(choice, "choice", (Choice.WAIT, Choice.OTHER, Choice.MONEY))
    order = lock([order])[order.pk]
    row = held(order, uid)
    if row.choice == choice and row.state in SetbackChoice.OPEN:
        return row
    able = reads.allowed_choices(row, order)
    if choice == Choice.OTHER and choice not in able and able:
        raise Conflict(_few(reads.units_elsewhere(row.line)), field="choice")
    if choice not in able:
        raise TooLate(_NOT_NOW, field="choice")
    if row.choice == Choice.OTHER:
        redraw.let_go(row.uid)
    if choice == Choice.OTHER:
        _keep_other(row)
    row.choice, row.chosen_at = choice, now or timezone.now()
    row.holds_back = choice != Choice.WAIT or not is_sure(row)
    row.save(update_fields=["choice", "chosen_at", "holds_back"])
    return row


def held(order: Order, uid: UUID) -> SetbackChoice:
    """A choice as it is now, nobody else writing it meanwhile. Called with its order locked."""
    rows = SetbackChoice.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("setback__lot", "line__variant__product", "line__shipment")
    if (row := rows.filter(uid=uid, line__order=order).first()) is None:
        raise NotFound(field="choice_id")
    return row


def is_sure(row: SetbackChoice) -> bool:
    """Whether goods reach her whatever others choose."""
    return row.state == State.WAITS or row.pk in reads.are_sure(row.setback)


def _keep_other(row: SetbackChoice) -> None:
    line = row.line
    found = list(reads.other_lots(line).values_list("pk", flat=True))
    try:
        stock.reserve(row.uid, {line.variant_id: reads.still_hers(row)}, None, {line.variant_id: found})
    except InsufficientStock:
        raise Conflict(_few(reads.units_elsewhere(line)), field="choice") from None


def _few(n: int) -> Any:
    return say(
        "另一批只剩 {n} 份，不够换。请在等和退款里选。",
        "The other lot has {n} units left, too few for this. Please wait or have your money back.",
        n=n,
    )


_NOT_NOW = say(
    "这一项已经办了，或者现在不能改：请看最新的进展。",
    "This is carried out, or cannot be changed now: please look at how it stands.",
)
