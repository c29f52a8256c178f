"""A table that was looked at is done, product by product: each whole or not at all, under its own locks, so that no buyer
waits for ten thousand rows. What has changed since it was looked at is left out, and said."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.permissions import with_desk_alone
from catalog.actions import listing
from catalog.actions import lot as lots
from catalog.actions import variant as variants
from catalog.models import Category, ListingSheet, ListingSheetContent, Lot, Product, Variant
from core.alone import alone
from core.language import Words
from core.refusals import NotAllowed, NotFound, Refusal

# Any number, as long as nobody else uses it: with a sheet's own it is the lock of whoever works at it.
WORKERS = 7_302_042
State = ListingSheet.State
# Her role may end while it is done: so often it is looked at again.
_ASK_AGAIN = 50
MOST_LEFT_OUT = 200


def do(sheet_id: int) -> bool:
    """Do what is still to be done of a table; False where somebody else is at it, or nothing is. Who was stopped is followed
    by another, which goes on after the last product that is whole."""
    with alone(WORKERS, sheet_id) as is_mine:
        sheet = ListingSheet.objects.select_related("team", "saved_by").get(pk=sheet_id)
        if not is_mine or sheet.state != State.SAVING:
            return False
        groups = ListingSheetContent.objects.values_list("groups", flat=True).get(sheet=sheet)
        by = None
        for at in range(sheet.groups_done, len(groups)):
            if by is None or at % _ASK_AGAIN == 0:
                by = _sender(sheet)
            _do_group(sheet, groups[at], by)
        with transaction.atomic():
            sheet.move_to(State.SAVED)
            ListingSheetContent.objects.filter(sheet=sheet).delete()
    return True


def _sender(sheet: ListingSheet) -> Person | None:
    """Whoever has said that it be done, with what she is at the desk; she gave her code when she said so."""
    if sheet.saved_by_id is None or sheet.saving_since is None:
        return None
    person = Person.objects.filter(pk=sheet.saved_by_id, is_active=True).first()
    return with_desk_alone(person, sheet.saving_since) if person else None


@transaction.atomic
def _do_group(sheet: ListingSheet, group: dict[str, Any], by: Person | None) -> None:
    try:
        if by is None:
            raise NotAllowed()
        with transaction.atomic():
            _DOERS[sheet.kind](sheet, group, by)
    except Refusal as no:
        if len(sheet.left_out) < MOST_LEFT_OUT:
            words = no.words if isinstance(no.words, Words) else Words(no.words, no.words)
            rows = [row["row"] for row in group["rows"]]
            sheet.left_out.append(
                {"rows": rows, "zh": words.in_language("zh"), "en": words.in_language("en")}
            )
    sheet.groups_done += 1
    sheet.save(update_fields=["groups_done", "left_out"])


def _products(sheet: ListingSheet, group: dict[str, Any], by: Person) -> None:
    for row in group["rows"]:
        fields = row["fields"]
        if "category" in fields:
            fields = {**fields, "category": Category.objects.filter(slug=fields["category"]).first()}
        if row["item"] is None:
            listing.create_product(sheet.team, by, **fields)
        else:
            product = _mine(sheet, row["item"])
            listing.change_product(product, by, seen=group["seen"], **fields)


def _mine(sheet: ListingSheet, uid: str) -> Product:
    found = Product.objects.filter(team=sheet.team, uid=UUID(uid)).first()
    if found is None:
        raise NotFound()
    return found


def _sizes(sheet: ListingSheet, group: dict[str, Any], by: Person) -> None:
    product = _mine(sheet, group["of"])
    uids = [UUID(row["item"]) for row in group["rows"] if row["item"]]
    known = {str(one.uid): one for one in product.variants.filter(uid__in=uids)}
    said = []
    for row in group["rows"]:
        if row["item"] and row["item"] not in known:
            raise NotFound()
        fields = {
            name: row[name] for name in ("name_zh", "name_en", "net_content", "weight_grams", "is_offered")
        }
        mine = known.get(row["item"]) if row["item"] else None
        said.append(variants.Said(mine, row["price_minor"], row["parts"] or None, fields))
    variants.save_many(product, by, said, seen=group["seen"])


def _lots(sheet: ListingSheet, group: dict[str, Any], by: Person) -> None:
    for row in group["rows"]:
        if row["item"] is not None:
            its = Lot.objects.filter(uid=UUID(row["item"]), variant__product__team=sheet.team).first()
            if its is None:
                raise NotFound()
            lots.correct_units(its, by, row["units"])
            continue
        sizes = Variant.objects.filter(uid=UUID(row["size"]), product__team=sheet.team)
        size = sizes.select_related("product__team").first()
        if size is None:
            raise NotFound()
        days = ("harvest_from", "harvest_to", "ship_by", "best_before")
        said: dict[str, Any] = {
            name: date.fromisoformat(value) if name in days else value for name, value in row["said"].items()
        }
        lots.declare(size, by, quantity=row["units"], **said)


_DOERS: dict[str, Callable[[ListingSheet, dict[str, Any], Person], None]] = {
    ListingSheet.Kind.PRODUCTS: _products,
    ListingSheet.Kind.SIZES: _sizes,
    ListingSheet.Kind.LOTS: _lots,
}
