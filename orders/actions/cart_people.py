"""To whom a cart goes, as a table: what is right of it is taken, and of each other row it is said what is wrong."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from accounts.models import Region
from core.language import Words, say
from core.refusals import Invalid, NotFound, Refusal
from core.tables import Bounds, Column, Table, kinds
from core.tables.cell import Cell
from core.tables.kinds import Convert
from orders.actions import gift
from orders.actions.cart import locked
from orders.models import Cart, CartAddress, CartLine
from orders.reads.cart import carts_of

NO_GOODS = say("购物车里没有叫这个名字的商品。", "Nothing in the cart is called so.")
WHICH_GOODS = say(
    "购物车里有几种商品，请写明寄哪一种。", "There are several goods in the cart: please say which one."
)
# Anybody can send such a file, and each row is tried by itself: room for ten people, and for many that are mended.
BOUNDS = Bounds(bytes=2**20, rows=50)
NO_COUNTY = say(
    "没有这个区县。请写全名，例如“湖北省武汉市武昌区”，或六位代码。",
    "There is no such county. Write it in full, such as 湖北省武汉市武昌区, or as its six-digit code.",
)
TOLD = ("recipient", "phone", "region", "street", "gift_note", "sender")


@dataclass(frozen=True)
class Added:
    """How many people of a table are in the cart now that were not, the rows that were in it already, and what is wrong
    with each other row, named by its number."""

    people: int
    there_already: list[int]
    wrong: list[str]


@transaction.atomic
def take(person: Any, uid: UUID | None, file: BinaryIO) -> Added:
    """Put into the cart whom a CSV or XLSX names. A table that was mended and is sent again whole sends nobody a second box:
    each person in the cart stands for one row that is exactly like her.

    Raises Unreadable for what is no table, NotFound without a cart.
    """
    found = carts_of(person, uid).first()
    if found is None:
        raise NotFound(field="file")
    # Locked before it is looked at: a table that comes twice at once is taken once.
    cart = locked(person, found.uid)
    goods = dict(_named(cart))
    there = Counter(_as_sent(one) for one in cart.addresses.prefetch_related("lines__variant"))
    reading = _table(goods).read(file)
    taken, there_already = 0, []
    wrong: list[tuple[int, str]] = []
    for row in list(reading):
        try:
            with transaction.atomic():
                is_new = _take(person, cart, row.values, goods, there)
        except Refusal as refusal:
            where = say("第 {row} 行：", "Row {row}: ", row=row.number)
            wrong += [(row.number, f"{where}{one.words}") for one in (refusal, *refusal.beside)]
        else:
            taken += is_new
            there_already += [] if is_new else [row.number]
    # As they stand in the table, whoever has found them.
    wrong += [(fault.row or 0, str(fault)) for fault in reading.faults]
    return Added(taken, there_already, [words for _, words in sorted(wrong, key=lambda one: one[0])])


def _take(
    person: Any, cart: Cart, row: Mapping[str, Any], goods: Mapping[str, UUID], there: Counter[Any]
) -> bool:
    """Whether this row was not in the cart: then it is now."""
    variants = set(goods.values())
    variant = row["goods"]
    if variant is None:
        if len(variants) != 1:
            raise Invalid(WHICH_GOODS)
        (variant,) = variants
    wanted = (variant, row["units"] or 1)
    told: dict[str, Any] = {name: row[name] or "" for name in TOLD}
    as_sent = _key(CartAddress(**gift.validated(**told)), wanted)
    if there[as_sent]:
        there[as_sent] -= 1
        return False
    gift.save(person, cart.uid, [wanted], **told)
    return True


def _as_sent(address: CartAddress) -> tuple[Any, ...]:
    return _key(address, *((line.variant.uid, line.quantity) for line in address.lines.all()))


def _key(address: CartAddress, *goods: tuple[UUID, int]) -> tuple[Any, ...]:
    """By what two rows are one: person, telephone, door and words, and what she is sent."""
    words = (address.gift_note, address.sender)
    return address.recipient, address.phone, address.region_id, address.street, *words, frozenset(goods)


def _named(cart: Cart) -> Iterator[tuple[str, UUID]]:
    """What lies in the cart by each name that it goes by."""
    lines = list(CartLine.objects.filter(cart=cart).select_related("variant__product"))
    for line in lines:
        variant, product = line.variant, line.variant.product
        yield _plain(f"{product.name_zh}{variant.name_zh}"), variant.uid
        yield _plain(f"{product.name_en}{variant.name_en}"), variant.uid
        if len({one.variant_id for one in lines if one.variant.product_id == product.pk}) == 1:
            yield _plain(product.name_zh), variant.uid
            yield _plain(product.name_en), variant.uid


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _table(goods: Mapping[str, UUID]) -> Table:
    return Table(
        (
            Column("recipient", Words("收件人", "Recipient"), kinds.text(60)),
            Column("phone", Words("电话", "Phone"), kinds.code(24)),
            Column("region", Words("区县", "County"), _one_of(_counties(), NO_COUNTY)),
            Column("street", Words("街道门牌", "Street"), kinds.text(200)),
            Column("goods", Words("商品", "Goods"), _one_of(goods, NO_GOODS), needed=False),
            Column("units", Words("份数", "Units"), kinds.whole(1, 999), needed=False),
            Column("gift_note", Words("附言", "Words with it"), kinds.text(200), needed=False),
            Column("sender", Words("署名", "From"), kinds.text(60), needed=False),
        ),
        bounds=BOUNDS,
    )


def _counties() -> dict[str, str]:
    """Codes by code, and by name from the province or the city down."""
    found: dict[str, str] = {}
    rows = Region.objects.filter(level=Region.Level.COUNTY).select_related("parent__parent")
    for row in rows:
        above = row.parent
        city = above.name_zh if above else ""
        province = above.parent.name_zh if above and above.parent else ""
        for name in (row.code, f"{province}{city}{row.name_zh}", f"{city}{row.name_zh}"):
            found[_plain(name)] = row.code
    return found


def _one_of(known: Mapping[str, Any], otherwise: Words) -> Convert:
    def convert(cell: Cell) -> Any:
        name = _plain(kinds.text(200)(cell))
        if name not in known:
            raise Invalid(otherwise)
        return known[name]

    return convert
