"""Lots: a harvest is declared, opened when a planned one is in, closed when nothing more is sold of it."""

from datetime import date, timedelta
from typing import Any, NoReturn

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from accounts.models.person import a_code
from catalog import clean
from catalog.actions import card, desk, stock
from catalog.events import LotRecalled
from catalog.models import Lot, Product, Variant
from core import clock, outbox
from core.language import Words, say
from core.refusals import Conflict, Invalid
from core.states import move_many

State = Lot.State
OUT_OF_DATE = say("保质期已过。", "This lot would already be out of date.")
MOST_UNITS = 1_000_000
LONGEST_HARVEST = timedelta(days=200)
FURTHEST = timedelta(days=731)
LONGEST_KEPT = timedelta(days=10_000)  # as a product's shelf life


def declare(
    variant: Variant,
    by: Person | None,
    *,
    quantity: int,
    harvest_from: date,
    harvest_to: date,
    level: int = Lot.Level.POOL,
    ship_by: date | None = None,
    best_before: date | None = None,
    place_zh: str = "",
    place_en: str = "",
    code: str = "",
) -> Lot:
    """Put a harvest on the shelf; one that is not in yet is planned, sold in advance and sent by `ship_by`."""
    product = variant.product
    desk.must_at_desk(by, product.team_id)
    if product.state == Product.State.ARCHIVED:
        raise Conflict(say("商品已下架归档。", "This product has been archived."))
    planned = check(product, by, harvest_from, harvest_to, ship_by, best_before)
    with transaction.atomic():
        lot = Lot.objects.create(
            variant=variant,
            code=code or f"{product.team.code}-{harvest_from:%y%m}-{a_code(5)}",
            state=State.PLANNED if planned else State.OPEN,
            level=int(clean.one_of(str(level), "level", {str(n) for n in Lot.Level.values})),
            place_zh=clean.text_for(Lot, "place_zh", place_zh or product.team.village_zh),
            # The village's English name belongs to the village's Chinese one, never to another place's.
            place_en=clean.text_for(
                Lot, "place_en", place_en or ("" if place_zh else product.team.village_en)
            ),
            harvest_from=harvest_from,
            harvest_to=harvest_to,
            best_before=best_before,
            ship_by=ship_by,
            units_declared=(units := clean.whole(quantity, "quantity", 1, MOST_UNITS)),
            units_available=units,
        )
        audit.record(by, "declare", "Lot", lot.uid, units=units, level=lot.level, state=lot.state)
        card.refresh(variants=[variant.id])
    return lot


def check(
    product: Product,
    by: Person | None,
    harvest_from: date,
    harvest_to: date,
    ship_by: date | None,
    best_before: date | None,
) -> bool:
    """Whether a lot of these days is planned; refused where they cannot be."""
    planned = ship_by is not None or harvest_from > clock.today()
    _check_days(harvest_from, harvest_to, ship_by, planned)
    _check_best_before(harvest_to, best_before)
    if by is not None and not planned:
        _check_fresh(product, harvest_to, best_before)
    return planned


def _check_days(harvest_from: date, harvest_to: date, ship_by: date | None, planned: bool) -> None:
    """Days that can be: two years either way.

    Back, so that last year's tea and dried goods may still be declared, and a mistyped century may not; what has
    lain for longer is no harvest of this shop's. Ahead, because nobody pays now for what comes after two seasons.
    """
    today = clock.today()
    if harvest_from < today - FURTHEST:
        _refuse("harvest_from", say("采收不能早于两年前。", "The harvest cannot be more than two years ago."))
    for field, day in (("harvest_from", harvest_from), ("harvest_to", harvest_to), ("ship_by", ship_by)):
        if day is not None and day > today + FURTHEST:
            _refuse(field, say("最多提前两年。", "At most two years ahead."))
    if harvest_to < harvest_from:
        _refuse("harvest_to", say("采收结束不能早于开始。", "The harvest cannot end before it begins."))
    if harvest_to - harvest_from > LONGEST_HARVEST:
        _refuse("harvest_to", say("一个批次的采收期太长了。", "This is too long for the harvest of one lot."))
    if planned and ship_by is None:
        _refuse(
            "ship_by", say("预售批次请填写最晚发货日期。", "A planned lot needs a day by which it is sent.")
        )
    if ship_by is not None and (ship_by < harvest_from or ship_by < today):
        _refuse(
            "ship_by",
            say("发货不能早于采收或今天。", "It cannot be sent before its harvest, or before today."),
        )


def _check_best_before(harvest_to: date, best_before: date | None) -> None:
    if best_before is None:
        return
    if best_before <= harvest_to:
        _refuse("best_before", say("保质期要晚于采收结束。", "It must keep beyond the end of its harvest."))
    if best_before < clock.today():
        _refuse("best_before", OUT_OF_DATE)
    if best_before - harvest_to > LONGEST_KEPT:
        _refuse("best_before", say("保质期太长了。", "Nothing keeps for so long."))


def _check_fresh(product: Product, harvest_to: date, best_before: date | None) -> None:
    """Without a day of its own a lot keeps for the product's shelf life, from the end of its harvest.

    Asked of people who put it on sale; the shop itself (the demo) also writes down what seasons past were sold from.
    """
    if best_before is None and product.shelf_life_days is not None:
        if harvest_to + timedelta(days=product.shelf_life_days) < clock.today():
            words = say(
                "按商品的保质期（{n} 天），这一批已经过期；实际能放更久的，请填写“保质到”。",
                "By the product’s shelf life of {n} days this lot is out of date. If it keeps longer, say until when.",
                n=product.shelf_life_days,
            )
            _refuse("best_before", words)
    elif best_before is not None and best_before < clock.today():
        _refuse("best_before", OUT_OF_DATE)


def _refuse(field: str, words: Words) -> NoReturn:
    raise Invalid(words, field=field)


def open_lot(lot: Lot, by: Person | None) -> Lot:
    """The harvest is in: what was planned can be sent."""
    desk.must_at_desk(by, lot.variant.product.team_id)
    if by is not None and lot.state == State.PLANNED:
        _check_fresh(lot.variant.product, lot.harvest_to, lot.best_before)
    return _moved(lot, by, State.OPEN, "open")


def close(lot: Lot, by: Person | None) -> Lot:
    """Nothing more is sold of it; what is reserved or sold stays so."""
    desk.must_at_desk(by, lot.variant.product.team_id)
    return _moved(lot, by, State.CLOSED, "close")


def correct_units(lot: Lot, by: Person | None, units: int) -> Lot:
    """It gave more or fewer units than were declared: what is not sold, reserved or replaced moves with them. Whose income
    they are is told by weights, so that units that were weighed stand."""
    clean.whole(units, "quantity", 1, MOST_UNITS)
    with transaction.atomic():
        row = stock.lock(Lot.objects.select_related("variant__product__team")).get(pk=lot.pk)
        desk.must_at_desk(by, row.variant.product.team_id)
        check_units(row, units)
        before, left = row.units_declared, row.units_available + units - row.units_declared
        Lot.objects.filter(pk=row.pk).update(units_declared=units, units_available=left)
        audit.record(by, "correct", "Lot", row.uid, units=units, before=before)
        card.refresh(variants=[row.variant_id])
    return row


def check_units(lot: Lot, units: int) -> None:
    """Refused where it cannot have given so many, or may not be corrected any more."""
    if units == lot.units_declared:
        return
    if lot.state not in Lot.SELLABLE:
        _refuse("quantity", say("这一批已停售，份数不能再改。", "This lot is closed: its units stand."))
    if lot.traced_at is not None:
        _refuse(
            "quantity", say("这一批已分户称重，份数不能再改。", "This lot has been weighed: its units stand.")
        )
    spoken_for = lot.units_declared - lot.units_available
    if units < spoken_for:
        words = say(
            "已有 {n} 份卖出或留给了订单，不能少于它。",
            "{n} of them are sold or kept for orders: it cannot be fewer.",
            n=spoken_for,
        )
        _refuse("quantity", words)


def recall(lot: Lot, by: Person | None, reason: str) -> Lot:
    """Something is wrong with it: its team or an operator stops its sale, and whoever bought is told."""
    desk.must_there(by, lot.variant.product.team, "catalog.recall_lot")
    said = clean.paragraphs(reason, "reason", 400)
    if not said:
        _refuse("reason", say("请写明原因。", "Say why."))
    with transaction.atomic():
        _moved(lot, by, State.RECALLED, "recall", {"recalled_at": timezone.now()}, reason=said)
        outbox.record(LotRecalled(lot_id=lot.id))
    return lot


def _moved(
    lot: Lot, by: Person | None, state: str, action: str, fields: dict[str, Any] | None = None, **facts: str
) -> Lot:
    with transaction.atomic():
        # Like a buyer: first the lot, then its product's card.
        lot.refresh_from_db(fields=["state"], from_queryset=stock.lock(Lot.objects.all()))
        lot.move_to(state, **(fields or {}))
        audit.record(by, action, "Lot", lot.uid, **facts)
        card.refresh(variants=[lot.variant_id])
    return lot


def close_spent() -> int:
    """Close what is past its date, and what should have been sent: a lot is sold only while its word is good."""
    today = clock.today()
    spent = Q(state=State.OPEN, best_before__lt=today) | Q(state=State.PLANNED, ship_by__lt=today)
    with transaction.atomic():
        lots = list(stock.lock(Lot.objects.filter(spent)))
        move_many(lots, State.CLOSED)
        for lot in lots:
            audit.record(None, "close", "Lot", lot.uid, reason="spent")
        card.refresh(lots=[lot.id for lot in lots])
    return len(lots)


def set_back(lot: Lot, by: Person | None, day: date, *, is_short: bool) -> None:
    """Its harvest is late, so that what is still sold of it is promised for that day; or short, and nothing more is sold of
    it. Called with the lot locked; one that is closed already stays so."""
    if is_short and lot.state in Lot.SELLABLE:
        lot.move_to(State.CLOSED)
    elif not is_short and lot.state == State.PLANNED:
        Lot.objects.filter(pk=lot.pk).update(ship_by=day)
    audit.record(by, "set_back", "Lot", lot.uid, day=day.isoformat(), short=is_short)
    card.refresh(variants=[lot.variant_id])
