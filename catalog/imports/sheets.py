"""The tables that a shop is imported from: a file each, by these names, with the columns that may stand in it."""

import re

from catalog.food_label import NUTRIENTS, Allergen, NutritionPer
from catalog.models import Lot, Product
from catalog.models.variant import STORY_PARTS
from core import numbers
from core.language import Words, say
from core.refusals import Invalid
from core.tables import Column, Table, kinds
from core.tables.cell import Cell

_SPAN = re.compile(r"([0-9]{1,2})(?:[-–~至到]([0-9]{1,2}))?")
NOT_MONTHS = Words(
    "月份请写成 9-12 或 1、2、11，全年写“全年”。", "Write months as 9-12 or 1, 2, 11, or “all year”."
)


def months(cell: Cell) -> list[int]:
    """Months of a season, in order: `9-12`, `11-2` (over the year's end), `1、2、11`, `全年`. A cell that a spreadsheet
    has made a date of is refused with that reason."""
    text = kinds.code()(cell).casefold().removesuffix("月").replace("月", "")
    if text in {"全年", "allyear"}:
        return list(range(1, 13))
    found: set[int] = set()
    for part in filter(None, re.split("[,，、;；/]", text)):
        span = _SPAN.fullmatch(part)
        first, last = (int(span[1]), int(span[2] or span[1])) if span else (0, 0)
        if not (1 <= first <= 12 and 1 <= last <= 12):
            raise Invalid(NOT_MONTHS)
        found |= {(first - 1 + n) % 12 + 1 for n in range((last - first) % 12 + 1)}
    if not found:
        raise Invalid(NOT_MONTHS)
    return sorted(found)


def _texts(**titles: tuple[str, str, int]) -> list[Column]:
    """Columns of both languages that may be left empty: `story=("故事", "Story", 4000)`."""
    return [
        Column(
            f"{name}_{code}",
            say(f"{zh}（{said}）", f"{en} ({spoken})"),
            kinds.text(most, lines=most > 1000),
            needed=False,
        )
        for name, (zh, en, most) in titles.items()
        for code, said, spoken in (("zh", "中文", "Chinese"), ("en", "英文", "English"))
    ]


def _named(zh: str, en: str, *, needs_english: bool = False) -> list[Column]:
    return [
        Column("name_zh", say(f"{zh}（中文）", f"{en} (Chinese)"), kinds.text(120)),
        Column("name_en", say(f"{zh}（英文）", f"{en} (English)"), kinds.text(160), needed=needs_english),
    ]


def _code_of_team(cell: Cell) -> str:
    return str(kinds.code(12)(cell)).upper()


CODE_OF_TEAM = Column("team", say("团队编号", "Team’s code"), _code_of_team)
ADDRESS_OF_PRODUCT = Column("product", say("商品网址名", "Product’s address"), kinds.code(80))
NAME_OF_VARIANT = Column("variant", say("规格名称（中文）", "Variant’s name (Chinese)"), kinds.text(80))

CATEGORIES = Table(
    (
        Column("slug", say("网址名", "Address"), kinds.code(40)),
        *_named("品类名称", "Category’s name", needs_english=True),
        Column("position", say("顺序", "Order"), kinds.whole(0, 1000), needed=False),
    ),
    key=("slug",),
)
TEAMS = Table(
    (
        Column("code", say("团队编号", "Team’s code"), _code_of_team),
        Column("slug", say("网址名", "Address"), kinds.code(80), needed=False),
        Column("county", say("县（名称或代码）", "County (name or code)"), kinds.text(90)),
        *_named("团队名称", "Team’s name", needs_english=True),
        *_texts(
            village=("村", "Village", 90), story=("故事", "Story", 4000), producer=("生产者", "Producer", 160)
        ),
        Column("licence_number", say("许可证编号", "Licence number"), kinds.code(60), needed=False),
    ),
    key=("code",),
)
LEADERS = Table(
    (CODE_OF_TEAM, *_named("带头人", "Leader"), *_texts(words=("寄语", "Words", 300))), key=("team",)
)
_LABEL = (
    Column(
        "allergens",
        say("含有的致敏物质（都没有写“无”）", "Contains, of allergens (or “none”)"),
        kinds.several(Allergen),
        needed=False,
    ),
    Column(
        "may_contain",
        say("可能含有的致敏物质", "May contain, of allergens"),
        kinds.several(Allergen),
        needed=False,
    ),
    Column("nutrition_per", say("营养成分按", "Nutrition is told"), kinds.choice(NutritionPer), needed=False),
    *(
        Column(
            one.column,
            say(f"{one.words.zh}（{one.unit}）", f"{one.words.en} ({one.unit})"),
            kinds.scaled(1 if one.unit == "g" else 0, most=one.most),
            needed=False,
        )
        for one in NUTRIENTS
    ),
)
PRODUCTS = Table(
    (
        Column("slug", say("网址名", "Address"), kinds.code(80)),
        CODE_OF_TEAM,
        Column("category", say("品类网址名", "Category’s address"), kinds.code(40)),
        *_named("商品名称", "Product’s name"),
        Column("kind", say("类型", "Kind"), kinds.choice(Product.Kind)),
        Column("storage", say("储运", "Storage"), kinds.choice(Product.Storage)),
        Column("season_months", say("上市月份", "Months of the season"), months, needed=False),
        *_texts(
            summary=("简介", "Summary", 240),
            story=("故事", "Story", 4000),
            storage_advice=("储存方法", "How to keep it", 240),
            ingredients=("配料", "Ingredients", 320),
            producer=("生产者", "Producer", 160),
            return_rule=("退换规则", "Returns", 320),
        ),
        *_LABEL,
        Column("licence_number", say("许可证编号", "Licence number"), kinds.code(60), needed=False),
        Column("shelf_life_days", say("保质期（天）", "Keeps, days"), kinds.whole(1, 10_000), needed=False),
        Column("dispatch_days", say("发货天数", "Sent within days"), kinds.whole(0, 60), needed=False),
        Column(
            "after_sale_hours", say("售后小时数", "After-sale hours"), kinds.whole(0, 2_000), needed=False
        ),
    ),
    key=("slug",),
)
VARIANTS = Table(
    (
        ADDRESS_OF_PRODUCT,
        *_named("规格名称", "Variant’s name"),
        Column("net_content", say("净含量", "Net content"), kinds.text(60), needed=False),
        Column("weight_grams", say("毛重（克）", "Weight with packing (g)"), kinds.whole(1, 500_000)),
        Column("price_minor", say("价格（元）", "Price (yuan)"), kinds.scaled(2, numbers.MONEY, least=1)),
    ),
    key=("product", "name_zh"),
)
PRICE_STORIES = Table(
    (
        ADDRESS_OF_PRODUCT,
        NAME_OF_VARIANT,
        *(
            Column(
                part,
                say(f"{zh}（%）", f"{en} (%)"),
                kinds.scaled(2, numbers.PERCENT, least=0, most=10_000),
                needed=False,
            )
            for part, (zh, en) in STORY_PARTS.items()
        ),
    ),
    key=("product", "variant"),
)
LOTS = Table(
    (
        ADDRESS_OF_PRODUCT,
        NAME_OF_VARIANT,
        Column("code", say("批次编号", "Lot’s code"), kinds.code(40), needed=False),
        Column("quantity", say("份数", "Units"), kinds.whole(1, 1_000_000)),
        Column("harvest_from", say("采收开始", "Harvest from"), kinds.day),
        Column("harvest_to", say("采收结束", "Harvest to"), kinds.day),
        Column("ship_by", say("最迟发货", "Sent by"), kinds.day, needed=False),
        Column("best_before", say("保质期至", "Best before"), kinds.day, needed=False),
        Column("level", say("批次层级", "Level"), kinds.choice(Lot.Level), needed=False),
        *_texts(place=("产地", "Place", 90)),
    )
)
# In this order: what another file points at comes before it.
SHEETS = {
    "categories": CATEGORIES,
    "teams": TEAMS,
    "leaders": LEADERS,
    "products": PRODUCTS,
    "variants": VARIANTS,
    "price_stories": PRICE_STORIES,
    "lots": LOTS,
}
