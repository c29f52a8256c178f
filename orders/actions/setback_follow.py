"""What the clock does of a late or short harvest: its buyers are asked, what they choose is carried out, the silent have
what the rule gives them, and it is done when everybody has her goods or her money.

Each choice is carried out in a transaction of its own, under its order's lock: one that cannot be holds nobody up, and
whoever comes second finds it done.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from catalog.actions import redraw
from core.outbox import record
from core.refusals import Conflict, Refusal
from orders.actions import refund
from orders.actions.order import lock
from orders.actions.setback import held, is_sure
from orders.events_of_setbacks import ChoiceOffered, LineRedrawn, MoneyOffered
from orders.models import Line, LineLot, Order, Refund, Setback, SetbackChoice, Shipment
from orders.reads import setback as reads

log = logging.getLogger("sheaf.setbacks")

Choice, State = SetbackChoice.Choice, SetbackChoice.State
# So many orders are locked at once: a lot may have thousands, and their teams and buyers go on meanwhile.
TOGETHER = 100
SILENT = (Choice.NONE, Choice.WAIT)


def follow(now: datetime | None = None) -> int:
    """All that is due of all of them; how much was done. Run twice at once, each thing is done once."""
    now = now or timezone.now()
    done = _reopen()
    for setback in Setback.objects.filter(ended_at=None).order_by("pk"):
        done += ask(setback, now) + _note(setback, now) + settle(setback, now)
    done += sum(_tried(pk, now) for pk in list(reads.due(now).values_list("pk", flat=True)))
    for setback in Setback.objects.filter(ended_at=None).order_by("pk"):
        done += _note(setback, now) + _offer(setback, now) + _end(setback, now)
    return done


# --- Who is asked -------------------------------------------------------------------------------------


def _unasked(setback: Setback) -> QuerySet[LineLot]:
    """Lines that wait of it, bought before it was told, and not asked about yet: a group's that has just come about too."""
    rows = reads.waiting_lines(setback.lot_id).filter(line__order__placed_at__lte=setback.made_at)
    return rows.exclude(line__in=setback.choices.values("line"))


def ask(setback: Setback, now: datetime) -> int:
    """Whoever bought of it and was not asked yet is asked; how many lines."""
    asked = 0
    while orders := list(_unasked(setback).values_list("line__order", flat=True)[:TOGETHER]):
        asked += _ask(setback, orders, now)
    if asked:
        sure = setback.choices.filter(pk__in=reads.are_sure(setback), choice__in=SILENT)
        sure.filter(holds_back=True).update(holds_back=False)
    return asked


@transaction.atomic
def _ask(setback: Setback, order_ids: Iterable[int], now: datetime) -> int:
    orders = lock(list(Order.objects.filter(pk__in=set(order_ids)).order_by("pk")))
    rows = list(_unasked(setback).filter(line__order__in=orders))
    SetbackChoice.objects.bulk_create(
        SetbackChoice(
            setback=setback,
            line=row.line,
            units=reads.units_of(row),
            paid_at=row.paid,  # type: ignore[attr-defined]
            answer_by=now + reads.SILENT_FOR,
            holds_back=setback.kind == Setback.Kind.SHORT,
        )
        for row in rows
    )
    parcels = Shipment.objects.filter(pk__in=[row.line.shipment_id for row in rows])
    parcels.update(ship_by=Greatest(Coalesce("ship_by", setback.day), setback.day))
    # Bought before its harvest: no page tells a day that is none any more.
    lines = Line.objects.filter(pk__in=[row.line_id for row in rows], presale_ship_by__lt=setback.day)
    lines.update(presale_ship_by=setback.day)
    record(*(ChoiceOffered(pk, setback.pk) for pk in sorted({row.line.order_id for row in rows})))
    return len(rows)


def _reopen() -> int:
    """Of one that is done somebody may still have to be asked: what was held when it was told is confirmed later."""
    asked = SetbackChoice.objects.filter(setback=OuterRef(OuterRef("pk")), line=OuterRef("line"))
    unasked = reads.waiting_lines(OuterRef("lot")).filter(
        ~Exists(asked), line__order__placed_at__lte=OuterRef("made_at")
    )
    over = Setback.objects.exclude(lot__setbacks__ended_at=None).exclude(ended_at=None)
    last = over.filter(Exists(unasked)).order_by("-pk").first()
    return Setback.objects.filter(pk=last.pk).update(ended_at=None) if last else 0


# --- What happened meanwhile --------------------------------------------------------------------------


def _moved_on(setback: Setback) -> QuerySet[SetbackChoice]:
    """Choices that are overtaken: sent, given back otherwise, or waiting again after they were sent."""
    draws = LineLot.objects.filter(line=OuterRef("line"), lot=setback.lot_id)
    left = Coalesce(Subquery(draws.values(n=F("units") - F("units_returned"))[:1]), 0)
    still = F("units") - F("other_units") - F("money_units") - F("gone_units")
    rows = setback.choices.annotate(
        left=left, still=still, line_left=F("line__quantity") - F("line__refunded_units")
    )
    waits = Q(line__shipment__state=Shipment.State.WAITING)
    fewer = Q(left__lt=F("still")) | Q(line_left__lt=F("still"))
    is_open = Q(state__in=SetbackChoice.OPEN)
    return rows.filter(is_open & (~waits | fewer) | Q(state=State.SENT) & waits).order_by("pk")


def _note(setback: Setback, now: datetime) -> int:
    return sum(_note_one(pk, now) for pk in list(_moved_on(setback).values_list("pk", flat=True)))


@transaction.atomic
def _note_one(pk: int, now: datetime) -> int:
    order, row = _locked(pk)
    line = row.line
    is_sent = line.shipment is not None and line.shipment.state in Shipment.SENT
    if row.state == State.SENT:
        if not is_sent:
            row.move_to(State.WAITS, ended_at=None)
        return int(not is_sent)
    if row.state not in SetbackChoice.OPEN:
        return 0
    left, still = _left(row), reads.still_hers(row)
    if gone := still - min(left, still):
        row.gone_units += gone
    if row.choice == Choice.OTHER and (gone or is_sent):
        # What is kept for her was for as many as there were: she may choose anew.
        redraw.let_go(row.uid)
        row.choice = Choice.NONE
    still -= gone
    row.goods_units = still if is_sent else min(row.goods_units, still)
    row.save(update_fields=["gone_units", "choice", "goods_units"])
    if is_sent and still:
        row.move_to(State.SENT, holds_back=False, ended_at=now)
    elif not still:
        row.move_to(State.GONE, holds_back=False, ended_at=now)
    return int(bool(gone or is_sent))


def _left(row: SetbackChoice) -> int:
    """Units of the lot that lie in the line and were not given back."""
    draw = LineLot.objects.filter(line=row.line_id, lot=row.setback.lot_id).first()
    return min(draw.units - draw.units_returned, row.line.units_sent) if draw else 0


def _locked(pk: int) -> tuple[Order, SetbackChoice]:
    found = SetbackChoice.objects.select_related("line__order").get(pk=pk)
    order = lock([found.line.order])[found.line.order_id]
    return order, held(order, found.uid)


# --- The silent ---------------------------------------------------------------------------------------


@transaction.atomic
def settle(setback: Setback, now: datetime) -> int:
    """Whoever waits, or has said nothing in her time, gets goods as far as they reach in the order of payment; the others
    get their money. Two who give them out wait for each other here."""
    setback = Setback.objects.select_for_update(no_key=True).get(pk=setback.pk)
    rows = list(setback.choices.select_for_update(of=("self",), no_key=True).order_by("pk"))
    given = sum(row.goods_units for row in rows if row.state in (State.WAITS, State.SENT))
    left = None if setback.units_there is None else max(0, setback.units_there - given)
    due = [row for row in rows if row.state == State.ASKED and row.choice in SILENT and row.answer_by <= now]
    for row in sorted(due, key=lambda row: (row.paid_at, row.line_id)):
        still = reads.still_hers(row)
        goods = still if left is None else min(still, left)
        left = None if left is None else left - goods
        if goods == still:
            row.move_to(State.WAITS, goods_units=goods, holds_back=False)
        else:
            row.goods_units, row.choice, row.chosen_at = goods, Choice.MONEY, now
            row.is_by_rule = row.holds_back = True
            row.save(update_fields=["goods_units", "choice", "chosen_at", "is_by_rule", "holds_back"])
    return len(due)


# --- What is chosen -----------------------------------------------------------------------------------


def _tried(pk: int, now: datetime) -> bool:
    """One that cannot be carried out must not keep the others waiting; it is tried again, and stands at the desk."""
    try:
        return carry_out(pk, now)
    except Refusal as refusal:
        log.warning("choice %s is not carried out: %s", pk, refusal.code)
    except Exception:
        log.exception("choice %s is not carried out", pk)
    return False


@transaction.atomic
def carry_out(pk: int, now: datetime) -> bool:
    """Another lot's are hers, or her money is on its way, once; not where she has changed her mind meanwhile."""
    order, row = _locked(pk)
    shipment = row.line.shipment
    is_waiting = shipment is not None and shipment.state == Shipment.State.WAITING
    if not is_waiting or not reads.due(now).filter(pk=pk).exists():
        return False
    return _move(order, row, now) if row.choice == Choice.OTHER else _refund_units(order, row, now)


def _move(order: Order, row: SetbackChoice, now: datetime) -> bool:
    line, former, units = row.line, row.setback.lot_id, reads.still_hers(row)
    try:
        with transaction.atomic():
            lots = redraw.redraw(order.uid, former, row.uid)
    except Conflict:
        return _ask_again(row, now)
    draw = LineLot.objects.get(line=line, lot=former)
    if draw.units == units:
        draw.delete()
    else:
        LineLot.objects.filter(pk=draw.pk).update(units=F("units") - units)
    for lot, n in lots.items():
        if not LineLot.objects.filter(line=line, lot=lot).update(units=F("units") + n):
            LineLot.objects.create(line=line, lot_id=lot, units=n)
    row.move_to(State.MOVED, other_units=units, goods_units=0, holds_back=False, ended_at=now)
    record(LineRedrawn(choice_id=row.pk))
    return True


def _ask_again(row: SetbackChoice, now: datetime) -> bool:
    """What was kept for her is recalled or past its date: she chooses anew, and has three days for it."""
    redraw.let_go(row.uid)
    row.choice, row.chosen_at = Choice.NONE, None
    row.answer_by = max(row.answer_by, now + reads.SILENT_FOR)
    row.holds_back = not is_sure(row)
    row.save(update_fields=["choice", "chosen_at", "answer_by", "holds_back"])
    record(ChoiceOffered(row.line.order_id, row.setback_id))
    return True


def _refund_units(order: Order, row: SetbackChoice, now: datetime) -> bool:
    # By the rule only what goods did not reach; by her own choice all that she waits for.
    keeps = row.goods_units if row.is_by_rule else 0
    units = min(reads.still_hers(row) - keeps, _left(row))
    part = refund.Part(units, lot_id=row.setback.lot_id)
    made = refund.request(order, {row.line.uid: part}, reason=Refund.Reason.HARVEST)
    given = {"refund": made, "money_units": units, "goods_units": keeps, "holds_back": False}
    if keeps:
        row.move_to(State.WAITS, choice=Choice.WAIT, **given)
    else:
        row.move_to(State.BACK, ended_at=now, **given)
    return True


# --- Its day, and its end -----------------------------------------------------------------------------


@transaction.atomic
def _offer(setback: Setback, now: datetime) -> int:
    late = reads.overdue(now).filter(setback=setback).select_for_update(of=("self",), no_key=True)
    orders = dict(late.values_list("pk", "line__order"))
    SetbackChoice.objects.filter(pk__in=orders).update(offered_at=now)
    record(*(MoneyOffered(order, setback.pk) for order in sorted(set(orders.values()))))
    return len(orders)


@transaction.atomic
def _end(setback: Setback, now: datetime) -> int:
    """Done, and not before: nobody waits for goods or money, and each refund has arrived."""
    setback = Setback.objects.select_for_update(no_key=True).get(pk=setback.pk)
    if setback.ended_at or reads.unfinished(setback) or _unasked(setback).exists():
        return 0
    Setback.objects.filter(pk=setback.pk).update(ended_at=now)
    if setback.kind == Setback.Kind.SHORT:
        redraw.write_off([setback.lot_id])
    return 1
