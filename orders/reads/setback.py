"""Harvests that are late or short: what their buyers may choose, how far it is, and who waits for what."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from catalog.models import Lot, Team
from catalog.reads import desks_of
from core import clock
from core.refusals import NotFound
from orders.models import Line, LineLot, Order, Refund, Setback, SetbackChoice, Shipment
from orders.reads.stopped import OFFERED

Choice, State = SetbackChoice.Choice, SetbackChoice.State
# Whoever says nothing for so long has the rule decide.
SILENT_FOR = timedelta(days=3)
# A choice is carried out after so long; until then it can be changed.
CHANGED_WITHIN = timedelta(hours=1)
# Past its day by so many days, the money is offered again.
OVERDUE = timedelta(days=3)


def waiting_lines(lot_id: Any) -> QuerySet[LineLot]:
    """What is paid for good, draws on this lot (its id, or an outer row's), and was neither sent nor given back; `paid` by
    when it was."""
    rows = LineLot.objects.filter(
        lot=lot_id,
        units__gt=F("units_returned"),
        line__quantity__gt=F("line__refunded_units"),
        line__order__state__in=Order.WITH_TEAMS,
        line__shipment__state=Shipment.State.WAITING,
    )
    paid = Coalesce("line__order__confirmed_at", "line__order__paid_at")
    return rows.annotate(paid=paid).select_related("line__order").order_by("paid", "line_id")


def units_of(row: LineLot) -> int:
    """Units of the lot that are still to be sent of this line."""
    return min(row.units - row.units_returned, row.line.units_sent)


def other_lots(line: Line) -> QuerySet[Lot]:
    """Lots in stock from which as many units of the same size could be sent at what was paid for these."""
    if line.unit_price_minor != line.variant.price_minor:
        return Lot.objects.none()
    on_sale = Line.objects.filter(OFFERED, pk=line.pk)
    set_back = Setback.objects.filter(lot=OuterRef("pk"), ended_at=None)
    lots = Lot.objects.filter(
        ~Exists(set_back), Exists(on_sale), variant=line.variant_id, state=Lot.State.OPEN
    )
    keeps = Q(best_before__isnull=True) | Q(best_before__gte=clock.today())
    return lots.filter(keeps, units_available__gt=0)


def units_elsewhere(line: Line) -> int:
    """How many units other lots have for her."""
    return other_lots(line).aggregate(n=Coalesce(Sum("units_available"), 0))["n"]


def choices_of(order: Order) -> list[SetbackChoice]:
    """What of an order is asked, or was, the newest first."""
    rows = SetbackChoice.objects.filter(line__order=order)
    rows = rows.select_related("setback__lot", "line__variant__product", "line__shipment", "refund")
    return list(rows.order_by("-setback_id", "line_id"))


def still_hers(choice: SetbackChoice) -> int:
    """Units of which nothing was decided otherwise: what she would wait for, or have back."""
    given = choice.other_units + choice.money_units + choice.gone_units
    return choice.units - given


def refund_minor(choice: SetbackChoice) -> int:
    """What goes back for its units if she has her money, without the sending."""
    line = choice.line
    units = min(still_hers(choice), line.units_sent)
    return min(line.paid_for(units), line.net_minor - line.refunded_minor)


def allowed_choices(choice: SetbackChoice, order: Order) -> list[str]:
    """What she may choose now: each other than what she has chosen, until it is carried out."""
    line = choice.line
    is_waiting = line.shipment is not None and line.shipment.state == Shipment.State.WAITING
    if choice.state not in SetbackChoice.OPEN or not is_waiting or order.state not in Order.WITH_TEAMS:
        return []
    if choice.setback.lot.state == Lot.State.RECALLED or order.contested_at:
        return []
    if choice.refund_id or choice.is_by_rule:
        return []  # what goods do not reach goes back by the rule, and the rest is sent
    able = []
    if choice.choice != Choice.WAIT and (choice.state == State.ASKED or choice.choice != Choice.NONE):
        able.append(Choice.WAIT)
    if choice.choice != Choice.OTHER and units_elsewhere(line) >= still_hers(choice):
        able.append(Choice.OTHER)
    if choice.choice != Choice.MONEY:
        able.append(Choice.MONEY)
    return [str(one) for one in able]


def are_sure(setback: Setback) -> set[int]:
    """The choices whom goods reach in the order of payment whatever the others choose; of a late harvest all."""
    left, sure = setback.units_there, set()
    for pk, units in setback.choices.order_by("paid_at", "line_id").values_list("pk", "units"):
        if left is not None and (left := left - units) < 0:
            break
        sure.add(pk)
    return sure


# --- For the sweep ----------------------------------------------------------------------------------


def due(now: datetime) -> QuerySet[SetbackChoice]:
    """What was chosen an hour ago, and is to be carried out; not while a bank decides about the money."""
    chosen = SetbackChoice.objects.filter(
        choice__in=(Choice.OTHER, Choice.MONEY), state__in=SetbackChoice.OPEN
    )
    by_now = Q(chosen_at__lte=now - CHANGED_WITHIN) | Q(is_by_rule=True)
    return chosen.filter(by_now, line__order__contested_at=None).order_by("paid_at", "line_id")


def overdue(now: datetime) -> QuerySet[SetbackChoice]:
    """Whoever waits for goods that should have been sent three days ago, and was not offered her money again."""
    last = clock.today() - OVERDUE
    rows = SetbackChoice.objects.filter(state__in=SetbackChoice.OPEN, setback__day__lt=last, offered_at=None)
    rows = rows.exclude(choice=Choice.MONEY)
    return rows.filter(line__shipment__state=Shipment.State.WAITING).order_by("setback_id", "pk")


def unfinished(setback: Setback) -> bool:
    """Whether anybody still waits for goods or money of it, or was not asked yet."""
    on_their_way = setback.choices.exclude(refund=None).exclude(refund__state__in=Refund.SETTLED)
    return setback.choices.filter(state__in=SetbackChoice.OPEN).exists() or on_their_way.exists()


# --- At the desk ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How far a setback is: units and buyers by what becomes of them."""

    setback: Setback
    buyers: int = 0
    units: dict[str, int] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)

    @property
    def all_units(self) -> int:
        """Of how many units buyers were asked."""
        return sum(self.units.values())


def standing_of(setback: Setback) -> Standing:
    """Each unit once: by what was carried out, else by what is chosen."""
    given = ("goods", "other", "money", "gone")
    sums = {f"n_{name}": Coalesce(Sum(f"{name}_units"), 0) for name in given}
    rows = setback.choices.values("choice").annotate(**sums, n_all=Coalesce(Sum("units"), 0)).order_by()
    units: dict[str, int] = dict.fromkeys((*given, "none", "wait", "to_other", "to_money"), 0)
    for row in rows:
        done = 0
        for name in given:
            units[name] += row[f"n_{name}"]
            done += row[f"n_{name}"]
        chosen = {Choice.OTHER: "to_other", Choice.MONEY: "to_money"}.get(row["choice"], row["choice"])
        units[chosen] += row["n_all"] - done
    refunds = setback.choices.exclude(refund=None).values_list("refund__state").annotate(n=Count("pk"))
    buyers = setback.choices.values("line__order").distinct().count()
    return Standing(setback, buyers, units, dict(refunds.order_by()))


@dataclass(frozen=True)
class ToMark:
    """A lot as its team marks it: what is still to be sent of it, and to how many."""

    lot: Lot
    units: int
    buyers: int
    refund_minor: int  # at most, without sending
    open: Setback | None
    past: list[Setback]


def lot_to_mark(by: Any, uid: UUID) -> ToMark:
    """A lot of one's own desk; any other sounds like none."""
    desks: QuerySet[Team] = desks_of(by, "orders.refund_own")
    lot = Lot.objects.select_related("variant__product__team").filter(uid=uid)
    found = lot.filter(variant__product__team__in=desks).first()
    if found is None:
        raise NotFound(field="lot_id")
    rows = list(waiting_lines(found.pk))
    setbacks = list(found.setbacks.order_by("-pk"))
    return ToMark(
        found,
        sum(units_of(row) for row in rows),
        len({row.line.order_id for row in rows}),
        sum(row.line.paid_for(units_of(row)) for row in rows),
        next((one for one in setbacks if one.ended_at is None), None),
        [one for one in setbacks if one.ended_at is not None],
    )
