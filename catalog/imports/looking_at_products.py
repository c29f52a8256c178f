"""A table of products: a row each, by its number, or without one a new draft."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from catalog.actions import listing
from catalog.actions.desk import IN_REVIEW
from catalog.imports.looker import Difference, Looker, given, typed
from catalog.imports.team_rows import products_of
from catalog.imports.team_tables import PRODUCTS, code_of
from catalog.models import Category, Product
from core.language import say
from core.refusals import Conflict, Invalid, every
from core.tables import Row
from core.tables.table import NEEDED

COLUMNS = {column.name: column for column in PRODUCTS.columns}
FIELDS = tuple(name for name in COLUMNS if name in listing.PLAIN)
NEEDED_OF_NEW = ("name_zh", "category", "kind")
NO_PRODUCT = say("这个团队没有这个编号的商品。", "The team has no product of this number.")
NO_CATEGORY = say("没有这个品类。", "There is no such category.")
SAME_NAME = say(
    "已有同名的商品：要改它，请填它的商品编号。",
    "There is a product of this name: to change it, give its product no.",
)
NOT_ACTIVE = say("团队已停用。", "This team is not active.")


class Products(Looker):
    """Looks at products."""

    def __init__(self, team: Any, by: Any):
        super().__init__(team, by)
        self.known = {code_of("P", one.uid): one for one in products_of(team)}
        self.names = {one.name_zh for one in self.known.values()}
        self.categories = {
            key.casefold(): one
            for one in Category.objects.all()
            for key in (one.slug, one.name_zh, one.name_en)
        }

    def see(self, row: Row) -> None:
        """Raises what is wrong with the row."""
        fields = given(row, FIELDS)
        if "category" in fields:
            fields["category"] = self._category(fields["category"])
        code = row["product"]
        if code:
            if code not in self.known:
                raise Invalid(NO_PRODUCT, field="product")
            self.once(row, "product", code)
            self._change(row, self.known[code], fields)
        else:
            self._begin(row, fields)

    def _category(self, text: str) -> Category:
        if text.casefold() not in self.categories:
            raise Invalid(NO_CATEGORY, field="category")
        return self.categories[text.casefold()]

    def _change(self, row: Row, product: Product, fields: dict[str, Any]) -> None:
        fields = {**fields, **_none_of(fields, product)}
        changed = listing.fields_changed(product, **fields)
        if not changed:
            self.found.same += 1
            return
        if product.state == Product.State.SUBMITTED:
            raise Conflict(IN_REVIEW, field="product")
        leaves = product.is_published and bool(changed & listing.REVIEWED)
        self.found.leaves += leaves
        kept = {name: _plain(value) for name, value in fields.items() if name in changed}
        self.found.add(str(product.uid), product.written_version, row, str(product.uid), fields=kept)
        shown = [Difference(COLUMNS[name].title, *_beside(product, row, name)) for name in _known(changed)]
        self.found.line(row, product.name_zh, product.name_en, shown, mark="leaves" if leaves else "")

    def _begin(self, row: Row, fields: dict[str, Any]) -> None:
        every({name: partial(_must_stand, fields, name) for name in NEEDED_OF_NEW})
        name = fields["name_zh"]
        if name in self.names:
            raise Invalid(SAME_NAME, field="name_zh")
        if not self.team.is_active:
            raise Conflict(NOT_ACTIVE)
        fields |= _none_of(fields, None)
        listing.begun(self.team, **fields)
        self.names.add(name)
        kept = {name: _plain(value) for name, value in fields.items()}
        self.found.add(f"row {row.number}", None, row, None, fields=kept)
        self.found.line(row, name, fields.get("name_en", ""), [])


def _must_stand(fields: dict[str, Any], name: str) -> None:
    if name not in fields:
        raise Invalid(NEEDED, field=name)


def _none_of(fields: dict[str, Any], product: Product | None) -> dict[str, Any]:
    """The word "none" says that there are none of the eight; a class that is named takes that back."""
    allergens, may_contain = fields.get("allergens"), fields.get("may_contain")
    if allergens is None and not may_contain:
        return {}
    may = may_contain if may_contain is not None else product.may_contain if product else []
    has = allergens if allergens is not None else product.allergens if product else []
    return {"has_no_allergens": not has and not may and allergens is not None}


def _plain(value: Any) -> Any:
    return value.slug if isinstance(value, Category) else value


def _known(changed: set[str]) -> Iterable[str]:
    return [name for name in COLUMNS if name in changed]


def _beside(product: Product, row: Row, name: str) -> tuple[str, str]:
    was = getattr(product, name)
    is_plain = isinstance(was, str | int) and name not in ("kind", "storage", "nutrition_per")
    return str(was) if is_plain and not name.endswith("_tenths") else "", typed(row, name)
