"""A table of sizes and prices: a row each, by its number, or by its product's and a name where it is new."""

from collections.abc import Iterator
from typing import Any

from catalog.actions import variant as variants
from catalog.actions.desk import IN_REVIEW
from catalog.imports.looker import Difference, Looker, given
from catalog.imports.looking_at_products import NO_PRODUCT
from catalog.imports.team_rows import products_of, sizes_of
from catalog.imports.team_tables import SIZES, code_of
from catalog.models import Product, Variant
from catalog.models.variant import STORY_PARTS
from catalog.reads.wanted import Size, must_be_looked_at, sold, wanted
from core import money
from core.language import say
from core.refusals import Conflict, Invalid, Refusal
from core.tables import Row
from core.tables.table import NEEDED

COLUMNS = {column.name: column for column in SIZES.columns}
FIELDS = ("name_zh", "name_en", "net_content", "weight_grams", "is_offered")
NO_SIZE = say("这个团队没有这个编号的规格。", "The team has no size of this number.")
OF_ANOTHER = say("这个规格不属于这个商品。", "This size is not of this product.")


class Sizes(Looker):
    """Looks at sizes."""

    def __init__(self, team: Any, by: Any):
        super().__init__(team, by)
        self.products = {code_of("P", one.uid): one for one in products_of(team)}
        by_pk = {one.pk: one for one in self.products.values()}
        self.known: dict[str, Variant] = {}
        # Of each product all its sizes, as they would be: by these it is seen whether names and numbers of them hold.
        self.finals: dict[int, dict[Any, Size]] = {pk: {} for pk in by_pk}
        for one in sizes_of(team):
            one.product = by_pk[one.product_id]
            self.known[code_of("S", one.uid)] = one
            self.finals[one.product_id][one.uid] = wanted(one)
        self.last: dict[int, tuple[Product, Row]] = {}

    def see(self, row: Row) -> None:
        """Raises what is wrong with the row."""
        mine, product = self._named(row)
        story = {part: row[part] for part in STORY_PARTS if row[part] is not None}
        fields = given(row, FIELDS)
        if mine.pk is None:
            fields = {**variants.ALL_OF_A_NEW_ONE, **fields}
        size = variants.size_said(mine, row["price_minor"], story or None, fields)
        before = wanted(mine) if mine.pk else None
        if size == before:
            self.found.same += 1
            return
        if product.state == Product.State.SUBMITTED:
            raise Conflict(IN_REVIEW, field="product" if mine.pk is None else "size")
        self._names_hold(mine, product, before, size)
        is_seen_first = product.published_at is not None and must_be_looked_at(mine, size)
        if is_seen_first:
            variants.must_be_whole(product, size)
        waits = is_seen_first and size.is_offered
        self.found.waits += waits
        self._note(row, mine, product, size, waits)

    def _named(self, row: Row) -> tuple[Variant, Product]:
        product = None
        if row["product"]:
            product = self.products.get(row["product"])
            if product is None:
                raise Invalid(NO_PRODUCT, field="product")
        if code := row["size"]:
            mine = self.known.get(code)
            if mine is None:
                raise Invalid(NO_SIZE, field="size")
            if product and mine.product_id != product.pk:
                raise Invalid(OF_ANOTHER, field="product")
            self.once(row, "size", code)
            return mine, mine.product
        if product is None:
            raise Invalid(NEEDED, field="product")
        return Variant(product=product), product

    def _names_hold(self, mine: Variant, product: Product, before: Size | None, size: Size) -> None:
        others = [one for key, one in self.finals[product.pk].items() if key != mine.uid]
        for name in variants.NAMES:
            text = getattr(size, name)
            if before and getattr(before, name) == text:
                continue
            if text and any(getattr(one, name).casefold() == text.casefold() for one in others):
                raise Invalid(variants.SAME_NAME, field=name)

    def _note(self, row: Row, mine: Variant, product: Product, size: Size, waits: bool) -> None:
        before = None
        if mine.pk:
            before = sold(mine) if mine.story else wanted(mine)
        self.finals[product.pk][mine.uid] = size
        self.last[product.pk] = product, row
        self.found.add(
            str(product.uid),
            product.written_version,
            row,
            str(mine.uid) if mine.pk else None,
            **{name: getattr(size, name) for name in (*FIELDS, "price_minor", "parts")},
        )
        name_zh = f"{product.name_zh} {size.name_zh}"
        name_en = f"{product.name_en or product.name_zh} {size.name_en or size.name_zh}"
        self.found.line(row, name_zh, name_en, _differences(before, size), mark="waits" if waits else "")

    def together(self) -> list[tuple[Row, Refusal]]:
        """Too many sizes of a product, or none on sale of one that is on the shelf."""
        found: list[tuple[Row, Refusal]] = []
        for product, row in self.last.values():
            sizes = list(self.finals[product.pk].values())
            try:
                variants.check_how_many(sizes)
                if product.is_published and not any(one.is_offered for one in sizes):
                    raise Invalid(variants.KEEP_ONE, field="is_offered")
            except Refusal as no:
                found.append((row, no))
        return found


def _differences(before: Size | None, size: Size) -> Iterator[Difference]:
    """What of it is other than what is sold, or waits already of what never was."""
    for name in FIELDS[:4]:
        was, now = str(getattr(before, name, "")), str(getattr(size, name))
        if was != now:
            yield Difference(COLUMNS[name].title, was, now)
    if before is None or before.price_minor != size.price_minor:
        was = money.show(before.price_minor) if before else ""
        yield Difference(COLUMNS["price_minor"].title, was, money.show(size.price_minor))
    if before is None:
        return
    if before.is_offered != size.is_offered:
        yield Difference(COLUMNS["is_offered"].title, "", "✓" if size.is_offered else "✗")
    for part in STORY_PARTS:
        had, has = before.parts.get(part, 0), size.parts.get(part, 0)
        if had != has:
            yield Difference(COLUMNS[part].title, f"{had / 100:g}", f"{has / 100:g}")
