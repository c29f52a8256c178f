"""Words for pieces of evidence, and where the public reads of a round's integrity."""

from typing import Any
from urllib.parse import urlencode

from django import template

from core.language import say
from shop.templatetags.web import to

register = template.Library()

# Pieces of evidence, as the rules name them.
FACTS = {
    "address": say("地址（加密指纹）", "Address, as a keyed hash"),
    "by": say("依据", "By what"),
    "caller": say("动员人", "Who called"),
    "came_back_minor": say("回流（分）", "Came back, in fen"),
    "day": say("日期", "Day"),
    "first_minor": say("最初单价（分）", "First price, in fen"),
    "from": say("从", "From"),
    "grams_off": say("重量偏差（克）", "Off by, in grams"),
    "grams_plausible": say("合理产量（克）", "Plausible yield, in grams"),
    "grams_sold": say("售出（克）", "Sold, in grams"),
    "highest_minor": say("单价曾达（分）", "Price reached, in fen"),
    "hour": say("小时", "Hour"),
    "household": say("农户（加密指纹）", "Household, as a keyed hash"),
    "is_scanned": say("有物流记录", "Was scanned"),
    "judge": say("评委（编号）", "Judge, by id"),
    "likes": say("点赞", "Likes"),
    "looked": say("浏览者", "Who looked"),
    "looked first": say("首次浏览于", "Looked first"),
    "lot": say("批次（编号）", "Lot, by id"),
    "median_minor": say("本县中位价（分）", "County's median, in fen"),
    "most_units_a_day": say("一天最多件数", "Units of a day, at most"),
    "new": say("新账户", "New accounts"),
    "order": say("订单（编号）", "Order, by id"),
    "orders": say("订单数", "Orders"),
    "other_team": say("另一团队（编号）", "The other team, by id"),
    "paid_out_minor": say("发放（分）", "Paid out, in fen"),
    "payer": say("付款人（加密指纹）", "Payer, as a keyed hash"),
    "payers": say("付款人数", "Payers"),
    "payout": say("发放（编号）", "Payout, by id"),
    "purchases": say("购买数", "Purchases"),
    "refunded": say("退款订单", "Refunded"),
    "season": say("产季", "Season"),
    "spent_minor": say("累计金额（分）", "Spent, in fen"),
    "story": say("故事（编号）", "Story, by id"),
    "supports": say("当日支持", "Supports of the day"),
    "to": say("到", "To"),
    "variant": say("规格（编号）", "Variant, by id"),
    "words": say("词语", "Words"),
}


@register.filter
def case_fact(name: str) -> str:
    """What a piece of evidence is called."""
    return str(FACTS.get(name, name))


@register.simple_tag
def integrity_of(round: dict[str, Any]) -> str:
    """The public page of a round's integrity."""
    where = to("contest_integrity", edition=round["edition"]["slug"], level=round["level"])
    code = (round["region"] or {}).get("code")
    return where + (f"?{urlencode({'region': code})}" if code else "")
