"""The statement that we ask platforms for; others are this with other titles, signs and words."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from accounts.models import Region
from contest.outside.port import Sale
from core import clock, numbers, texts
from core.language import Words, say
from core.refusals import Invalid
from core.tables import Bounds, Column, Row, Table, kinds
from core.tables.cell import Cell

# A season's orders of a large project, with every column that a platform adds.
BOUNDS = Bounds(bytes=64 * 2**20, rows=200_000)
MOST_MINOR = 10**13
_ORDER_MARKS = "'\u2018\u2019`"
_IN_PARENTHESES = re.compile(r"\((.*)\)")


class Plain:
    """Refunds stand without a sign; an order is paid unless its status says otherwise."""

    name = "plain"
    words = say("通用格式", "Plain format")
    # Whether a refund is a negative figure: one with the other sign could be meant in two ways, and is refused.
    refunds_are_negative = False
    titles: Mapping[str, tuple[str, ...]] = {}
    paid = (
        "paid",
        "已付款",
        "已支付",
        "completed",
        "已完成",
        "shipped",
        "已发货",
        "refunded",
        "已退款",
        "部分退款",
    )
    void = ("unpaid", "未付款", "待付款", "cancelled", "canceled", "已取消", "closed", "已关闭", "交易关闭")

    def orders(self) -> Table:
        """A row for each order's line."""
        return Table(
            (
                self._column("project", "项目编号", "Project", kinds.code(60)),
                self._column("order", "订单编号", "Order", order_number),
                self._column("line", "行号", "Line", kinds.whole(1, 9999), needed=False),
                self._column("paid_at", "付款时间", "Paid at", kinds.moment),
                self._column("quantity", "数量", "Quantity", kinds.whole(0, 1_000_000), needed=False),
                self._column("amount", "金额", "Amount", _money),
                self._column("refund", "退款金额", "Refund", self._refund, needed=False),
                self._column("status", "状态", "Status", self._status, needed=False),
                self._column("payer", "买家编号", "Payer", kinds.code(120), needed=False),
                self._column("province", "省份", "Province", province, needed=False),
                self._column("referrer", "推荐码", "Referrer", kinds.code(60), needed=False),
                self._column("external_ref", "本店订单号", "Our order", kinds.code(40), needed=False),
            ),
            bounds=BOUNDS,
            is_foreign=True,
        )

    def aggregates(self) -> Table:
        """A row for each project's day."""
        return Table(
            (
                self._column("project", "项目编号", "Project", kinds.code(60)),
                self._column("day", "日期", "Date", kinds.day),
                self._column("amount", "金额", "Amount", _money),
                self._column("refund", "退款金额", "Refund", self._refund, needed=False),
                self._column("supports", "支持人次", "Supports", kinds.whole()),
                self._column("likes", "点赞数", "Likes", kinds.whole(), needed=False),
            ),
            bounds=BOUNDS,
            is_foreign=True,
        )

    def sale(self, row: Row) -> Sale:
        """A row of either; a refund that is larger than its amount is refused."""
        refund = row["refund"] or 0
        if refund > row["amount"]:
            raise Invalid(say("退款大于金额。", "The refund is larger than the amount."), field="refund")
        return self._day(row, refund) if "day" in row.values else self._line(row, refund)

    def _day(self, row: Row, refund: int) -> Sale:
        day: date = row["day"]
        return Sale(
            key=f"d|{row['project']}|{day:%Y-%m-%d}",
            project=row["project"],
            paid_at=clock.in_shanghai(datetime(day.year, day.month, day.day)),
            amount_minor=row["amount"],
            refund_minor=refund,
            supports=row["supports"],
            likes=row["likes"] or 0,
        )

    def _line(self, row: Row, refund: int) -> Sale:
        return Sale(
            key=f"o|{row['order']}|{row['line'] or 1}",
            project=row["project"],
            order_ref=row["order"],
            paid_at=row["paid_at"],
            quantity=row["quantity"],
            amount_minor=row["amount"],
            refund_minor=refund,
            is_void=bool(row["status"]),
            payer=row["payer"] or "",
            province=row["province"],
            referrer=row["referrer"] or "",
            external_ref=(row["external_ref"] or "").upper(),
        )

    def _column(self, name: str, zh: str, en: str, convert: kinds.Convert, *, needed: bool = True) -> Column:
        return Column(name, say(zh, en), convert, needed=needed, others=self.titles.get(name, ()))

    def _refund(self, cell: Cell) -> int:
        if isinstance(cell.value, str) and (found := _IN_PARENTHESES.fullmatch(texts.code(cell.value))):
            cell = replace(cell, value=f"-{found[1]}")
        value: int = kinds.scaled(2, numbers.MONEY, least=-MOST_MINOR, most=MOST_MINOR)(cell)
        if value and (value < 0) != self.refunds_are_negative:
            raise Invalid(_WRONG_SIGN[self.refunds_are_negative])
        return abs(value)

    def _status(self, cell: Cell) -> bool:
        """Whether its order was never paid."""
        given = str(kinds.code(40)(cell)).casefold()
        if given in self.void:
            return True
        if given not in self.paid:
            raise Invalid(say("不认识这个状态。", "This status is not known."))
        return False


_WRONG_SIGN = {
    False: Words(
        "这个平台的退款不带负号；负的退款可能有两种意思。",
        "Refunds of this platform have no minus: a negative one could be meant in two ways.",
    ),
    True: Words(
        "这个平台的退款写成负数；正的退款可能有两种意思。",
        "Refunds of this platform are negative: a positive one could be meant in two ways.",
    ),
}
_money = kinds.scaled(2, numbers.MONEY, most=MOST_MINOR)


def order_number(cell: Cell) -> str:
    """A platform's number of an order, without the mark by which some sheets keep it a text."""
    given = (
        replace(cell, value=cell.value.strip().lstrip(_ORDER_MARKS)) if isinstance(cell.value, str) else cell
    )
    number: str = kinds.code(60)(given)
    if "|" in number:
        raise Invalid(say("订单编号里不能有竖线。", "An order’s number has no bar in it."))
    return number


def province(cell: Cell) -> str:
    """The code of a province by its name in either language, short or whole, or by its code."""
    given = texts.code(str(kinds.text(40)(cell))).casefold()
    found = _provinces().get(given) or _provinces().get(_short(given))
    if found is None:
        raise Invalid(say("没有这个省份。", "There is no such province."))
    return found


_SUFFIX = re.compile("(?:维吾尔|壮族|回族)?(?:自治区|特别行政区)$|省$|市$")


def _short(name: str) -> str:
    return _SUFFIX.sub("", name)


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    # The regions come with a migration and stay for the life of a process.
    known: dict[str, str] = {}
    for region in Region.objects.filter(level=Region.Level.PROVINCE):
        zh, en = texts.code(region.name_zh).casefold(), texts.code(region.name_en).casefold()
        known |= dict.fromkeys((region.code, zh, _short(zh), en), region.code)
    return known
