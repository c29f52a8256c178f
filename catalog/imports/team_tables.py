"""A team's own tables: products, sizes with their prices, lots with their units. What goes out is what may come back.

A column that is `for_reading` tells whoever fills the table in what stands where; what comes back in it is passed over. A
cell that is left empty changes nothing, so that nothing is lost by a column that somebody has cut.
"""

from dataclasses import replace
from uuid import UUID

from catalog.actions.lot import MOST_UNITS
from catalog.actions.variant import DEAREST_MINOR, HEAVIEST_GRAMS
from catalog.imports.sheets import LOTS as SHOPS_LOTS
from catalog.imports.sheets import PRODUCTS as SHOPS_PRODUCTS
from catalog.models import ListingSheet
from catalog.models.variant import STORY_PARTS
from core import numbers
from core.language import say
from core.refusals import Invalid
from core.tables import Bounds, Column, Table, kinds
from core.tables.cell import Cell, Kind
from core.tables.marks import MADE_AT, MONEY

MOST_ROWS = 10_000
BOUNDS = Bounds(rows=MOST_ROWS)
# Twelve digits tell a team's own things apart, and a letter before them keeps a spreadsheet from taking them for a number.
_DIGITS = 12
YES, NO = say("是", "yes"), say("否", "no")
_TRUTHS = {
    "是": True,
    "yes": True,
    "y": True,
    "true": True,
    "否": False,
    "no": False,
    "n": False,
    "false": False,
}


def code_of(letter: str, uid: UUID) -> str:
    """By what a table names one of the team's products (P) or sizes (S)."""
    return f"{letter}{uid.hex[:_DIGITS].upper()}"


def _code(cell: Cell) -> str:
    return str(kinds.code(20)(cell)).upper()


def _truth(cell: Cell) -> bool:
    if cell.kind is Kind.TRUTH:
        return str(cell.value).casefold() in ("true", "1")
    found = _TRUTHS.get(str(kinds.code(10)(cell)).casefold())
    if found is None:
        raise Invalid(say("请填“是”或“否”。", "Write yes or no."))
    return found


def _pass_over(cell: Cell) -> None:
    return None


def _for_reading(name: str, zh: str, en: str) -> Column:
    return Column(name, say(f"{zh}（仅供参考）", f"{en} (for reading)"), _pass_over, needed=False)


MARKS = tuple(
    Column(f"mark_{n}", words, _pass_over, needed=False) for n, words in enumerate((MADE_AT, MONEY))
)
PRODUCT = Column("product", say("商品编号", "Product no."), _code, needed=False)
SIZE = Column("size", say("规格编号", "Size no."), _code, needed=False)
NAME_OF_PRODUCT = _for_reading("name_of_product", "商品", "Product")
STATE = _for_reading("state", "状态", "State")
_NOT_OF_A_TEAM = {"slug", "team", "category"}
# As her form takes it: blanks in a licence's number stay, or what went out would come back as another one.
_AS_HERS = {"licence_number": kinds.text(60)}

PRODUCTS = Table(
    (
        PRODUCT,
        STATE,
        Column("category", say("品类", "Category"), kinds.text(60), needed=False),
        *(
            replace(one, needed=False, convert=_AS_HERS.get(one.name, one.convert))
            for one in SHOPS_PRODUCTS.columns
            if one.name not in _NOT_OF_A_TEAM
        ),
        *MARKS,
    ),
    bounds=BOUNDS,
)
SIZES = Table(
    (
        PRODUCT,
        NAME_OF_PRODUCT,
        SIZE,
        Column("name_zh", say("规格名称（中文）", "Size’s name (Chinese)"), kinds.text(80), needed=False),
        Column("name_en", say("规格名称（英文）", "Size’s name (English)"), kinds.text(120), needed=False),
        Column("net_content", say("净含量", "Net content"), kinds.text(60), needed=False),
        Column(
            "weight_grams",
            say("毛重（克）", "Weight with packing (g)"),
            kinds.whole(1, HEAVIEST_GRAMS),
            needed=False,
        ),
        Column(
            "price_minor",
            say("价格（元）", "Price (yuan)"),
            kinds.scaled(2, numbers.MONEY, least=1, most=DEAREST_MINOR),
            needed=False,
        ),
        _for_reading("approved", "核定价", "Approved price"),
        *(
            Column(
                part,
                say(f"{zh}（%）", f"{en} (%)"),
                kinds.scaled(2, numbers.PERCENT, least=0, most=10_000),
                needed=False,
            )
            for part, (zh, en) in STORY_PARTS.items()
        ),
        Column("is_offered", say("在卖", "Offered"), _truth, needed=False),
        _for_reading("left", "剩余份数", "Units left"),
        *MARKS,
    ),
    bounds=BOUNDS,
)
_OF_LOTS = {column.name: column for column in SHOPS_LOTS.columns}
LOTS = Table(
    (
        SIZE,
        NAME_OF_PRODUCT,
        _for_reading("name_of_size", "规格", "Size"),
        Column("lot", say("批次编号", "Lot’s code"), kinds.code(40), needed=False),
        STATE,
        Column("quantity", say("登记份数", "Units declared"), kinds.whole(1, MOST_UNITS), needed=False),
        _for_reading("left", "剩余份数", "Units left"),
        *(
            replace(_OF_LOTS[name], needed=False)
            for name in (
                "harvest_from",
                "harvest_to",
                "ship_by",
                "best_before",
                "level",
                "place_zh",
                "place_en",
            )
        ),
        *MARKS,
    ),
    bounds=BOUNDS,
)
TABLES: dict[str, Table] = {
    ListingSheet.Kind.PRODUCTS: PRODUCTS,
    ListingSheet.Kind.SIZES: SIZES,
    ListingSheet.Kind.LOTS: LOTS,
}
