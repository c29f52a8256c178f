"""The demo's teams, households, products and lots, from the repository's own teams.csv."""

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Person, Region
from catalog import after_sale
from catalog.actions import certificate, leader, listing, lot, member, team, variant
from catalog.illustrations import kind_for
from catalog.models import Category, Lot, Product, Team, Variant
from core import clock, money
from impact.actions import household, shares
from impact.models import Household, HouseholdStatus
from shop.demo import words
from shop.demo.labels import food_label_of
from shop.demo.people import Cast

ROWS = Path(__file__).with_name("teams.csv")
# Shares of households by kind, in hundredths.
KINDS = (
    ("registered", 70),
    ("unstable", 8),
    ("marginal", 6),
    ("sudden", 3),
    ("relocated", 9),
    ("ordinary", 4),
)
POOL, SHARED, SINGLE = Lot.Level.POOL, Lot.Level.SHARED, Lot.Level.SINGLE


@dataclass
class Stall:
    """A team with what it offers, as the sales are to find it."""

    row: dict[str, str]
    team: Team
    months: list[int]
    households: list[Household] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    plenty: float = 1.0  # how many times a small demo's harvest


def rows() -> list[dict[str, str]]:
    with ROWS.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def months_of(text: str) -> list[int]:
    """ "9-12" as its months; a season may pass the end of the year."""
    first, _, last = text.partition("-")
    span = (int(last or first) - int(first)) % 12
    return [(int(first) - 1 + n) % 12 + 1 for n in range(span + 1)]


def set_up(cast: Cast, plenty: float, rng: random.Random, step: Callable[[int], None]) -> None:
    """72 teams, 3,600 households, their products and lots, each through its own deed."""
    for position, (slug, (zh, en)) in enumerate(words.CATEGORIES.items()):
        Category.objects.get_or_create(
            slug=slug, defaults={"name_zh": zh, "name_en": en, "position": position}
        )
    shelves = {category.slug: category for category in Category.objects.all()}
    for n, row in enumerate(rows()):
        stall = Stall(row, _team(row, cast, n), months_of(row["months"]), plenty=plenty)
        _households(stall, cast.operator, rng)
        _product(stall, cast, shelves[row["category"]], rng, n)
        step(n + 1)


def stalls() -> list[Stall]:
    """The teams with what they offer, as they stand in the database."""
    variants = Variant.objects.select_related("product__team").order_by("pk")
    teams = {team.code: team for team in Team.objects.all()}
    found = {row["team_no"]: Stall(row, teams[row["team_no"]], months_of(row["months"])) for row in rows()}
    for each in variants:
        if stall := found.get(each.product.team.code):
            stall.variants.append(each)
    return list(found.values())


def county_of(row: dict[str, str]) -> Region:
    # 武当山特区 has no code of its own: it stands under 丹江口市. 长阳 and 五峰 are autonomous counties in full.
    name = {"武当山特区": "丹江口市"}.get(row["county_zh"], row["county_zh"]).removesuffix("县")
    counties = Region.objects.filter(
        level=Region.Level.COUNTY, code__startswith="42", name_zh__startswith=name
    )
    return counties.select_related("parent").get()


def team_fields(row: dict[str, str], n: int) -> dict[str, str]:
    """What is said of the team of this row of the file, the n-th: its code, and texts in both languages."""
    village = f"{n % 9 + 1:02d}"
    return {
        "code": row["team_no"], "name_zh": row["team_zh"], "name_en": row["team_en"],
        "village_zh": f"示例村{village}", "village_en": f"Demo Village {village}",
        "story_zh": f"{row['county_zh']}示例村{village}的乡亲们一起种，由带头人统一收购、分级、发货。",
        "story_en": f"The households of Demo Village {village} in {row['county_en']} grow it; the leader buys in, grades and sends.",
        "producer_zh": f"{row['county_zh']}示例合作社{n + 1:02d}", "producer_en": f"{row['county_en']} Demo Cooperative {n + 1:02d}",
        "licence_number": f"示例许可-{row['team_no']}",
    }  # fmt: skip


def leader_fields(row: dict[str, str], n: int) -> dict[str, str]:
    """What is said of its leader."""
    zh, en = words.LEADER_WORDS[n % len(words.LEADER_WORDS)]
    name = row["leader_fictional"]
    return {"name_zh": name, "name_en": _pinyin(name), "words_zh": zh, "words_en": en}


def _team(row: dict[str, str], cast: Cast, n: int) -> Team:
    made = team.create(cast.operator, county=county_of(row), **team_fields(row, n))
    leader.verify(leader.introduce(made, None, None, **leader_fields(row, n)), cast.operator)
    for role, person in cast.at_desk(row["team_no"]):
        member.appoint(made, person, role)
    return made


def _pinyin(name: str) -> str:
    from pypinyin import lazy_pinyin

    surname, *given = lazy_pinyin(name)
    return f"{surname.title()} {''.join(given).title()}"


def _households(stall: Stall, operator: Person, rng: random.Random) -> None:
    agreed = timezone.now() - timedelta(days=200)
    kinds = [kind for kind, hundredths in KINDS for _ in range(hundredths)]
    proposals = [
        household.Proposal(
            team=stall.team, county=stall.team.county, consented_at=agreed,
            details={"name": f"示例户{stall.row['team_no']}-{n:03d}", "phone": f"100-0000-{n:04d}", "bank": "示例"},
            kind=HouseholdStatus.Kind(rng.choice(kinds)), since=agreed.astimezone(clock.SHANGHAI).date(),
            short_name=words.short_name(n),
        )
        for n in range(int(stall.row["households"]))
    ]  # fmt: skip
    stall.households = household.verify_many(household.propose_many(proposals, None), operator)


def product_fields(row: dict[str, str]) -> dict[str, Any]:
    """What is said of its product, but for the category."""
    kind, storage = words.KIND_OF[row["category"]], row["storage"]
    perishable = storage in ("fresh", "live", "chilled")
    summary = words.SUMMARIES[row["category"]]
    advice = words.ADVICE[storage]
    hours = after_sale.FRESH if perishable else after_sale.OTHER
    returns = words.RETURNS[perishable]
    ingredients = words.INGREDIENTS.get(row["category"], ("", ""))
    if kind == "processed" and not ingredients[0]:
        ingredients = (row["product_zh"], row["product_en"])
    return {
        "name_zh": row["product_zh"], "name_en": row["product_en"], "kind": kind, "storage": storage,
        "slug": slugify(row["product_en"])[:60], "summary_zh": summary[0], "summary_en": summary[1],
        "season_months": months_of(row["months"]), "shelf_life_days": words.SHELF_LIFE[storage],
        "storage_advice_zh": advice[0], "storage_advice_en": advice[1],
        "ingredients_zh": ingredients[0], "ingredients_en": ingredients[1],
        **food_label_of(row["product_zh"]),
        "return_rule_zh": returns[0], "return_rule_en": returns[1], "after_sale_hours": hours,
        "dispatch_days": 2 if perishable else 3,
    }  # fmt: skip


def _product(stall: Stall, cast: Cast, category: Category, rng: random.Random, n: int) -> None:
    row = stall.row
    product = listing.create_product(
        stall.team, None, category=category, illustration=kind_for(row["product_zh"], row["category"]), **product_fields(row)
    )  # fmt: skip
    if n % 3 == 0:
        today = clock.today()
        certificate.add(
            product, None, kind="test", number=f"示例-检-{row['team_no']}", issuer_zh="示例检测中心",
            issuer_en="Demo Testing Centre", issued_on=today - timedelta(days=120), expires_on=today + timedelta(days=240),
        )  # fmt: skip
    _marks(product, stall, n)
    for fields in sizes(row):
        stall.variants.append(variant.save(product, None, story=story_of(row), **fields))
        _lots(stall, stall.variants[-1], rng, len(stall.variants) - 1)
    listing.submit(product, cast.managers[row["team_no"]])
    listing.approve(Product.objects.select_related("team").get(pk=product.pk), cast.operator)


def _marks(product: Product, stall: Stall, n: int) -> None:
    """An indication that several teams share, and a brand of a team's own: made up, and each says so."""
    code = stall.row["team_no"]
    marks = {
        1: ("gi", "示例-地标-1", "示例山货", "Demo Mountain Goods"),
        2: ("brand", f"示例-商标-{code}", f"示例牌{code}", f"Demo Brand {code}"),
    }
    if found := marks.get(n % 9):
        kind, number, zh, en = found
        today = clock.today()
        certificate.add(
            product, None, kind=kind, number=number, mark_zh=zh, mark_en=en, issuer_zh="示例登记处",
            issuer_en="Demo Registry", issued_on=today - timedelta(days=400), expires_on=today + timedelta(days=2_000),
        )  # fmt: skip


def story_of(row: dict[str, str]) -> dict[str, int]:
    """Basis points of each part of its prices."""
    return words.STORIES[words.KIND_OF[row["category"]]]


def sizes(row: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One to three: as in the file, a gift box, and for staples a canteen pack."""
    price, spec = int(row["price_fen"]), row["spec"]
    yield {
        "name_zh": words.FAMILY[0], "name_en": words.FAMILY[1], "net_content": label_of(spec),
        "weight_grams": grams_of(spec), "price_minor": price,
    }  # fmt: skip
    if row["category"] in ("tea", "honey", "fruit", "nut", "mushroom") and int(row["team_no"][2:]) % 2 == 0:
        yield {
            "name_zh": words.GIFT[0], "name_en": words.GIFT[1], "net_content": f"{label_of(spec)} × 2",
            "weight_grams": grams_of(spec) * 2 + 300, "price_minor": price * 2 + 1800,
        }  # fmt: skip
    if row["category"] in ("grain", "vegetable") and grams_of(spec) > 2_000:
        off = 8 + int(row["team_no"][2:]) % 8  # 8 to 15 in a hundred, by the kilogram
        yield {
            "name_zh": words.CANTEEN[0], "name_en": words.CANTEEN[1], "net_content": "10 kg",
            "weight_grams": 10_500, "price_minor": price * 10_000 // grams_of(spec) * (100 - off) // 100,
        }  # fmt: skip


def grams_of(spec: str) -> int:
    """What a specification weighs with its packing, five in a hundred and a box of 100 g.

    >>> grams_of("2.5 kg box"), grams_of("400 g x 2"), grams_of("30 eggs")
    (2725, 940, 1990)
    """
    number, unit = 1.0, 0.0
    for word in spec.replace(",", "").split():
        if word.replace(".", "").isdigit():
            number *= float(word)
        unit = unit or GRAMS.get(word, 0.0)
    return round(number * (unit or 120) * 1.05) + 100


GRAMS = {
    "kg": 1000.0,
    "l": 1000.0,
    "g": 1.0,
    "ml": 1.0,
    "fruits": 600.0,
    "eggs": 60.0,
    "bowls": 250.0,
    "bags": 20.0,
}


def label_of(spec: str) -> str:
    """The net content as a label has it, in either language: numbers and units.

    >>> label_of("2.5 kg box"), label_of("400 g x 2"), label_of("30 eggs")
    ('2.5 kg', '400 g × 2', '30 × 50 g')
    """
    kept = ("kg", "g", "ml", "l", "x")
    found = [word for word in spec.replace(",", "").split() if word[0].isdigit() or word in kept]
    return " ".join(found).replace("x", "×") + PIECES.get(spec.split()[-1], "")


PIECES = {
    "fruits": " × 600 g",
    "eggs": " × 50 g",
    "bowls": " × 250 g",
    "bags": " × 20 g",
    "crabs": " × 120 g",
}


def _lots(stall: Stall, each: Variant, rng: random.Random, position: int) -> None:
    """In season: two open lots, and one planned for the year's last weeks; out of season: what the past sales
    were of, closed afterwards, and a planned lot for the next season."""
    today = clock.today()
    begun = today - timedelta(days=100)
    in_season = today.month in stall.months
    # 60 % shared, 25 % of one household, 15 % pool.
    levels = [rng.choices((SHARED, SINGLE, POOL), (60, 25, 15))[0] for _ in range(3)]
    if position == 0 and stall.row["team_no"] in ("HB22", "HB20"):
        levels[0] = SHARED
    sold_from = int(rng.randint(260, 420) * 4 * stall.plenty)
    _declare(stall, each, levels[0], begun, begun + timedelta(days=30), sold_from, rng)
    if in_season:
        _declare(stall, each, levels[1], today - timedelta(days=12), today, rng.randint(60, 200), rng)
    else:
        start = next_start(stall.months, today)
        _declare(
            stall, each, levels[2], start, start + timedelta(days=20), rng.randint(80, 200), rng,
            ship_by=start + timedelta(days=24),
        )  # fmt: skip


def next_start(months: list[int], today: date) -> date:
    """The first day of the season to come."""
    days = (today.replace(day=1) + timedelta(days=31 * n) for n in range(1, 13))
    return next(day.replace(day=1) for day in days if day.month in months)


def _declare(
    stall: Stall,
    each: Variant,
    level: int,
    start: date,
    end: date,
    units: int,
    rng: random.Random,
    ship_by: date | None = None,
) -> Lot:
    made = lot.declare(
        each, None, quantity=units, harvest_from=start, harvest_to=end, level=level, ship_by=ship_by
    )
    if level != POOL:
        count = 1 if level == SINGLE else rng.randint(12, min(24, len(stall.households)))
        grown = rng.sample(stall.households, count)
        # As much in all as the lot's units weigh, to ten grams.
        parts = money.split(units * each.weight_grams // 10, [rng.randrange(8, 120) for _ in grown])
        shares.share_out_many(
            [shares.Grown(made, {h.pk: 10 * part for h, part in zip(grown, parts, strict=True)})], None
        )
    return made


def close_past(operator: Person) -> None:
    """What the season left is sold no more; one lot of the demo is recalled, for its team to see how that looks."""
    # Whose next lot is planned already is out of season.
    planned = Lot.objects.filter(state=Lot.State.PLANNED).values("variant")
    past = list(
        Lot.objects.filter(state=Lot.State.OPEN, variant__in=planned).select_related("variant__product__team").order_by("pk")
    )  # fmt: skip
    for each in past[1:]:
        lot.close(each, None)
    for each in past[:1]:
        lot.recall(each, operator, "示例：抽检发现个别箱受潮，整批停售。")
