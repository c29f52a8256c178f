"""A table of lots: by its code one whose units are corrected, without one a new harvest of a size."""

from datetime import date
from functools import partial
from typing import Any

from catalog.actions import lot as lots
from catalog.imports.looker import Difference, Looker, given
from catalog.imports.looking_at_sizes import NO_SIZE
from catalog.imports.team_rows import sizes_of
from catalog.imports.team_tables import LOTS, code_of
from catalog.models import Lot, Variant
from core.language import say
from core.refusals import Invalid, every
from core.tables import Row
from core.tables.table import NEEDED

COLUMNS = {column.name: column for column in LOTS.columns}
OF_A_LOT = ("harvest_from", "harvest_to", "ship_by", "best_before", "level", "place_zh", "place_en")
NEEDED_OF_NEW = ("size", "harvest_from", "harvest_to")
NO_LOT = say("这个团队没有这个编号的批次。", "The team has no lot of this code.")
OF_ANOTHER = say("这一批不是这个规格的。", "This lot is not of this size.")
STANDS = say(
    "批次登记后只能改份数；这一格请照原样。",
    "Of a declared lot only the units can be changed: leave this as it was.",
)


class Lots(Looker):
    """Looks at lots."""

    def __init__(self, team: Any, by: Any):
        super().__init__(team, by)
        self.sizes = {code_of("S", one.uid): one for one in sizes_of(team)}
        rows = Lot.objects.filter(variant__product__team=team).select_related("variant__product")
        self.known = {one.code: one for one in rows}
        self.alike = {
            (one.variant_id, one.harvest_from, one.harvest_to, one.units_declared): one.code for one in rows
        }

    def see(self, row: Row) -> None:
        """Raises what is wrong with the row."""
        size = self.sizes.get(row["size"]) if row["size"] else None
        if row["size"] and size is None:
            raise Invalid(NO_SIZE, field="size")
        if code := row["lot"]:
            if code not in self.known:
                raise Invalid(NO_LOT, field="lot")
            self.once(row, "lot", code)
            self._correct(row, self.known[code], size)
        elif row["quantity"] is None:
            self.found.same += 1  # handed out to be filled in, and left empty
        else:
            self._declare(row, size)

    def _correct(self, row: Row, lot: Lot, size: Variant | None) -> None:
        if size and lot.variant_id != size.pk:
            raise Invalid(OF_ANOTHER, field="size")
        said = given(row, OF_A_LOT)
        every({name: partial(_must_stand, said[name], getattr(lot, name), name) for name in said})
        units = row["quantity"]
        if units is None or units == lot.units_declared:
            self.found.same += 1
            return
        lots.check_units(lot, units)
        self.found.add(str(lot.uid), None, row, str(lot.uid), units=units)
        difference = Difference(COLUMNS["quantity"].title, str(lot.units_declared), str(units))
        self.found.line(row, *_called(lot.variant, lot.code), [difference])

    def _declare(self, row: Row, size: Variant | None) -> None:
        every({name: partial(_must_be, row[name], name) for name in NEEDED_OF_NEW})
        assert size is not None, "its column is needed"
        said = given(row, OF_A_LOT)
        first, last = row["harvest_from"], row["harvest_to"]
        lots.check(size.product, self.by, first, last, row["ship_by"], row["best_before"])
        units = row["quantity"]
        key = size.pk, first, last, units
        if code := self.alike.get(key):
            words = say(
                "和 {code} 一样。真是另一批，请在商品页登记。",
                "The same as {code}. If it is another lot, declare it on the product’s page.",
                code=code,
            )
            raise Invalid(words, field="quantity")
        self.alike[key] = str(say("第 {n} 行", "row {n}", n=row.number))
        texts = {name: str(value) if isinstance(value, date) else value for name, value in said.items()}
        self.found.add(f"row {row.number}", None, row, None, size=str(size.uid), units=units, said=texts)
        shown = [
            Difference(COLUMNS[name].title, "", str(value))
            for name, value in (("quantity", units), *said.items())
            if name not in ("level", "place_zh", "place_en")
        ]
        self.found.line(row, *_called(size, ""), shown)


def _called(size: Variant, code: str) -> tuple[str, str]:
    product = size.product
    return (
        f"{product.name_zh} {size.name_zh} {code}".strip(),
        f"{product.name_en or product.name_zh} {size.name_en or size.name_zh} {code}".strip(),
    )


def _must_be(value: Any, name: str) -> None:
    if value is None:
        raise Invalid(NEEDED, field=name)


def _must_stand(said: Any, stands: Any, name: str) -> None:
    if said != stands:
        raise Invalid(STANDS, field=name)
