"""Shipping rates: kept by whoever runs the shop, one by one or all of them by a table that comes in as a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import audit
from accounts.actions.shop import locked
from accounts.actions.shop import save as save_shop
from accounts.models import Person, Region
from accounts.permissions import may, must, must_somewhere, places_of
from catalog.actions import desk
from catalog.models import Product, Team
from core import numbers
from core.language import Words, say
from core.refusals import Invalid
from core.tables import Column, Reading, Table, kinds
from core.tables.cell import Cell
from core.tables.kinds import Convert
from orders.models import ShippingRate
from orders.reads import shipping

PERMISSION = "orders.keep_shipping_rates"
FIGURES = ("is_served", "first_grams", "first_minor", "step_grams", "step_minor")
MOST_GRAMS, MOST_MINOR = 1_000_000, 100_000_000


@transaction.atomic
def change_rate(rate: ShippingRate, by: Person, **figures: int) -> ShippingRate:
    """Change what a parcel costs; other processes know of it within half a minute. Orders keep their price."""
    _must(by, rate.team_id)
    assert set(figures) <= set(FIGURES)
    _check(figures)
    ShippingRate.objects.filter(pk=rate.pk).update(**figures)
    audit.record(by, "change", "ShippingRate", rate.pk, **figures)
    transaction.on_commit(shipping.forget)
    return rate


def teams_of(by: Person) -> QuerySet[Team]:
    """The teams whose own rates she keeps."""
    return Team.objects.filter(places_of(by, PERMISSION).rows(region="county", subject="uid"))


def _must(by: Person, team_id: int | None) -> None:
    """The shop's own table is for whoever keeps all rates."""
    must(by, PERMISSION, at=desk.place_of(Team.objects.get(pk=team_id)) if team_id else None)


def _check(figures: dict[str, Any]) -> None:
    for name, least, most in (
        ("first_grams", 0, MOST_GRAMS),
        ("step_grams", 1, MOST_GRAMS),
        ("first_minor", 0, MOST_MINOR),
        ("step_minor", 0, MOST_MINOR),
    ):
        if not least <= figures.get(name, least) <= most:
            if name == "step_grams" and figures[name] < 1:
                raise Invalid(say("续重至少 1 克。", "A step is at least one gram."), field=name)
            raise Invalid(say("这个数太大或太小。", "This figure is too large or too small."), field=name)


@dataclass(frozen=True)
class Given:
    """One rate as it was written: of a team's own, or the shop's (None); into a province, or everywhere else (None)."""

    team_id: int | None
    storage: str
    region_id: str | None
    figures: dict[str, Any]


@transaction.atomic
def save(by: Person, rates: Iterable[Given]) -> int:
    """Write these, each in place of the one of its team, storage class and province; how many. Others stay."""
    must_somewhere(by, PERMISSION)
    count = 0
    for one in rates:
        _must(by, one.team_id)
        if one.storage not in Product.Storage.values:
            raise Invalid(field="storage")
        _check(one.figures)
        where: dict[str, Any] = {"team_id": one.team_id, "storage": one.storage, "region_id": one.region_id}
        rate, _ = ShippingRate.objects.update_or_create(**where, defaults=one.figures)
        audit.record(by, "save", "ShippingRate", rate.pk, **one.figures)
        count += 1
    transaction.on_commit(shipping.forget)
    if may(by, PERMISSION):
        _reviewed(by)
    return count


def confirm(by: Person) -> None:
    """The rates were gone through, and are right as they stand."""
    must(by, PERMISSION)
    with transaction.atomic():
        _reviewed(by)


def _reviewed(by: Person) -> None:
    shop = locked()
    shop.rates_reviewed_at = timezone.now()
    save_shop(shop, "rates_reviewed_at")
    audit.record(by, "review_rates", "Shop", shop.pk)


# --- A file ---------------------------------------------------------------------------------------

NO_TEAM = say("没有这个代码的团队。", "There is no team of this code.")
NO_PROVINCE = say("没有这个省份。", "There is no such province.")
NOT_YES_OR_NO = say("填“是”或“否”。", "Write yes or no.")
_YES_OR_NO = {
    "yes": True,
    "1": True,
    "是": True,
    "送": True,
    "no": False,
    "0": False,
    "否": False,
    "不送": False,
}


def _one_of(known: Mapping[str, Any], otherwise: Words) -> Convert:
    """What is written, as what it names."""

    def convert(cell: Cell) -> Any:
        name = kinds.text(40)(cell).casefold()
        if name not in known:
            raise Invalid(otherwise)
        return known[name]

    return convert


def _table(by: Person) -> Table:
    teams = {code.casefold(): pk for code, pk in teams_of(by).values_list("code", "pk")}
    provinces = {
        name.casefold(): region.code
        for region in Region.objects.filter(level=Region.Level.PROVINCE)
        for name in (region.code, region.name_zh, region.name_en)
    }
    fee = kinds.scaled(2, numbers.MONEY, most=MOST_MINOR)
    return Table(
        (
            Column("team", Words("团队代码", "Team's code"), _one_of(teams, NO_TEAM), needed=False),
            Column("storage", Words("储存", "Storage"), kinds.choice(Product.Storage)),
            Column("region", Words("省份", "Province"), _one_of(provinces, NO_PROVINCE), needed=False),
            Column("is_served", Words("送货", "Served"), _one_of(_YES_OR_NO, NOT_YES_OR_NO), needed=False),
            Column("first_grams", Words("首重（克）", "First weight (grams)"), kinds.whole(0, MOST_GRAMS)),
            Column("first_minor", Words("首重运费（元）", "First fee (yuan)"), fee),
            Column("step_grams", Words("续重（克）", "Step (grams)"), kinds.whole(1, MOST_GRAMS)),
            Column("step_minor", Words("续重运费（元）", "Step's fee (yuan)"), fee),
        ),
        key=("team", "storage", "region"),
    )


def read(file: Any, by: Person) -> tuple[list[Given], Reading]:
    """The rates in a CSV or XLSX that have no fault, and the reading, whose faults say what is wrong with the others by
    row and column; nothing is written. Raises Unreadable."""
    reading = _table(by).read(file)
    given = []
    for row in reading:
        figures = {name: row[name] for name in FIGURES}
        figures["is_served"] = row["is_served"] is not False  # left empty: it is sent there
        given.append(Given(row["team"], row["storage"].value, row["region"], figures))
    return given, reading
