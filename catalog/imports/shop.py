"""From tables to rows of the shop, each by the action that a page would call."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.models import Region
from catalog.actions import category, leader, listing, lot, team, variant
from catalog.imports import stand_ins
from catalog.imports.sheets import SHEETS
from catalog.models import Category, Leader, Lot, Product, Team, Variant
from catalog.models.variant import STORY_PARTS
from core import texts as texts_of
from core.language import Words, say
from core.refusals import Conflict, Invalid, Refusal
from core.tables import Fault, Reading, Row, Unreadable


@dataclass(frozen=True)
class FileFault:
    """A fault of one file of the folder."""

    file: str
    fault: Fault

    def __str__(self) -> str:
        return f"{self.file}{Words('：', ': ')}{self.fault}"


@dataclass
class Report:
    """What came of an import: rows by table, and the faults (the first 200 of a file; all are counted). With one
    fault, or in a dry run, nothing was written."""

    rows: dict[str, int] = field(default_factory=dict)
    faults: list[FileFault] = field(default_factory=list)
    faults_total: int = 0


def import_shop(
    files: Mapping[str, Path], *, dry_run: bool = False, step: Callable[[int], None] = lambda rows: None
) -> Report:
    """Take in what the tables hold; `step` hears how many rows are done.

    A row that stands in the shop already is a fault: an import adds, and changes nothing. Products come in as drafts,
    leaders unverified: the eyes that look at each are a person's.
    """
    report, done = Report(), 0
    with ExitStack() as opened, transaction.atomic():
        readings = {
            name: table.read(opened.enter_context(files[name].open("rb")))
            for name, table in SHEETS.items()
            if name in files
        }
        for name, reading in readings.items():
            for row in _rows(reading):
                _write(name, row, readings)
                done += 1
                step(done)
            report.rows[name] = reading.total
            report.faults += [FileFault(files[name].name, fault) for fault in reading.faults]
            report.faults_total += reading.faults_total
        audit.record(None, "import", "Shop", "", **report.rows)
        if report.faults_total or dry_run:
            transaction.set_rollback(True)
    return report


def _rows(reading: Reading) -> Any:
    """The rows without a fault; a file that cannot be read, or not to its end, has one fault as a whole."""
    try:
        yield from reading
    except Unreadable as no:
        reading.faults.append(Fault(None, "", "", no.code, no.words))
        reading.faults_total += 1


def _write(name: str, row: Row, readings: Mapping[str, Reading]) -> None:
    """By its action, in a savepoint of its own: what is refused leaves nothing of the row."""
    try:
        with transaction.atomic():
            _WRITERS[name](_Rows(row, readings))
    except Refusal as no:
        readings[name].refuse(row, no)


@dataclass(frozen=True)
class _Rows:
    """One row, and what the others are found by."""

    row: Row
    readings: Mapping[str, Reading]

    def given(self, *names: str) -> dict[str, Any]:
        """Those of its values that are not left empty."""
        return {name: self.row[name] for name in names if self.row[name] is not None}

    def rest(self, *names: str) -> dict[str, Any]:
        """All its values but these, as far as they are not left empty."""
        return self.given(*(name for name in self.row.values if name not in names))

    def found(self, rows: Any, sheet: str, field: str, *key: Any) -> Any:
        """The one that the row points at, in the shop or in another file. Where that one has a fault of its own, it
        is named there, and something stands in for it here."""
        if (one := rows.first()) is not None:
            return one
        if sheet in self.readings and key in self.readings[sheet].faulty_keys:
            return _STAND_INS[sheet](*key)
        words = say(
            "没有“{key}”：表 {sheet} 和店里都找不到。",
            "There is no {key}: neither in {sheet} nor in the shop.",
            key=" · ".join(key),
            sheet=sheet,
        )
        raise Invalid(words, field=field)

    def team(self) -> Team:
        code = self.row["team"]
        return self.found(Team.objects.filter(code=code), "teams", "team", code)

    def variant(self) -> Variant:
        slug, name = self.row["product"], self.row["variant"]
        self.product()
        rows = Variant.objects.select_related("product__team", "story")
        return self.found(rows.filter(product__slug=slug, name_zh=name), "variants", "variant", slug, name)

    def product(self) -> Product:
        slug = self.row["product"]
        rows = Product.objects.select_related("team")
        return self.found(rows.filter(slug=slug), "products", "product", slug)


def _is_new(rows: Any, field: str) -> None:
    if rows.exists():
        raise Conflict(say("店里已经有了。", "It stands in the shop already."), field=field)


def _category(rows: _Rows) -> None:
    category.save(None, **rows.rest())


def _team(rows: _Rows) -> None:
    code = rows.row["code"]
    slug = rows.row["slug"] or ""
    _is_new(Team.objects.filter(code=code), "code")
    _is_new(Team.objects.filter(slug=slug), "slug")
    texts = rows.rest("code", "slug", "county")
    team.create(None, code=code, slug=slug, county=_county(rows.row["county"]), **texts)


def _county(text: str) -> Region:
    """By its code, its full name from the province down, or its own name where only one county has it."""
    counties = Region.objects.filter(level=Region.Level.COUNTY).select_related("parent__parent")
    if (digits := texts_of.code(text)).isdecimal():
        found = list(counties.filter(code=digits))
    else:
        plain = "".join(text.split())
        found = list(counties.filter(name_zh=plain)) or [
            county for county in counties.filter(name_zh__in=_endings(plain)) if _full(county) == plain
        ]
    if len(found) == 1:
        return found[0]
    words = (
        say("有几个县叫这个名字，请填写六位代码。", "Several counties are called so: write its six digits.")
        if found
        else say("没有这个县（市、区）。", "There is no such county.")
    )
    raise Invalid(words, field="county")


def _endings(text: str) -> list[str]:
    return [text[n:] for n in range(1, len(text) - 1)]


def _full(county: Region) -> str:
    above = county.parent
    return f"{above.parent.name_zh if above and above.parent else ''}{above.name_zh if above else ''}{county.name_zh}"


def _leader(rows: _Rows) -> None:
    its = rows.team()
    _is_new(Leader.objects.filter(team=its), "team")
    leader.introduce(its, None, **rows.rest("team"))


def _product(rows: _Rows) -> None:
    slug, shelf = rows.row["slug"], rows.row["category"]
    _is_new(Product.objects.filter(slug=slug), "slug")
    its = rows.team()
    on = rows.found(Category.objects.filter(slug=shelf), "categories", "category", shelf)
    told = rows.rest("slug", "team", "category")
    if told.get("allergens") == [] and not told.get("may_contain"):
        told["has_no_allergens"] = True  # an empty cell says nothing, the word "none" does
    listing.create_product(its, None, slug=slug, category=on, **told)


def _variant(rows: _Rows) -> None:
    variant.save(rows.product(), None, **rows.rest("product"))


def _price_story(rows: _Rows) -> None:
    its = rows.variant()
    if its.story is not None:
        raise Conflict(
            say("这个规格已经有价格构成。", "This variant has a price story already."), field="variant"
        )
    try:
        variant.save(its.product, None, its, story=rows.given(*STORY_PARTS))
    except Invalid as no:
        # The parts are columns here; what they add up to is about the row.
        raise Invalid(no.words, field=no.field[-1:]) from None


def _lot(rows: _Rows) -> None:
    if rows.row["code"]:
        _is_new(Lot.objects.filter(code=rows.row["code"]), "code")
    lot.declare(rows.variant(), None, **rows.rest("product", "variant"))


_STAND_INS: dict[str, Callable[..., Any]] = {
    "categories": stand_ins.category,
    "teams": stand_ins.team,
    "products": stand_ins.product,
    "variants": stand_ins.variant,
}
_WRITERS: dict[str, Callable[[_Rows], None]] = {
    "categories": _category,
    "teams": _team,
    "leaders": _leader,
    "products": _product,
    "variants": _variant,
    "price_stories": _price_story,
    "lots": _lot,
}
