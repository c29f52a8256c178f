"""What follows the acts that make coupons and end them, and what is to be seen before one is made: who pays how much."""

from typing import Any

from django.http import HttpRequest
from graphene.utils.str_converters import to_snake_case

from catalog.reads.teams import team_at_desk
from core import money
from core.api.ids import uid_of
from core.language import say
from impact.reads.coupon_effect import effects
from orders.actions import coupon as coupons
from orders.api.coupon import KEEP, TERMS, terms_of
from shop.web.acts import Act, Lines, says, will

MOST_SHOWN = 8


def _terms(variables: dict[str, Any]) -> coupons.Terms:
    given = {to_snake_case(name): value for name, value in variables.items()}
    return coupons.demand(terms_of(**{name: value for name, value in given.items() if name in TERMS}))


def what_it_leaves(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """The households' part and the team's, of each thing it is for, before and after."""
    team = team_at_desk(request.user, KEEP, uid_of(variables["team"], "Team", field="team"))
    found = effects(team, _terms(variables))
    more = len(found) - MOST_SHOWN
    lines: Lines = [line for one in found[:MOST_SHOWN] for line in one.lines]
    if more > 0:
        lines.append((say("还有 {n} 种规格，按同样的比例", "And {n} more, in the same measure", n=more), ""))
    return lines or [(say("现在没有适用的在售商品", "Nothing that it is for is on sale now"), "")]


def what_it_costs(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What the shop pays of it at most, as far as that is bounded."""
    terms = _terms(variables)
    full = say(
        "农户和团队照原价分；优惠的钱从本店账上付",
        "Households and teams have their part of the full price; the shop pays what is off",
    )
    lines: Lines = [(full, "")]
    if terms.amount_minor and terms.most_in_all:
        most = money.show(terms.amount_minor * terms.most_in_all)
        lines.append((say("用完时本店最多付", "Used up, the shop has paid at most"), most))
    elif not terms.most_in_all and terms.ends_at is None:
        lines.append((say("没有次数上限，也没有结束时间", "It has neither a limit nor an end"), ""))
    return lines


_MADE = says(say("券已生效。", "The coupon counts from now on, or from its day on."))
_ENDED = says(say("已结束；用了它的订单照旧。", "It is over; orders that have it keep it."))
_ENDS = will(say("不能再恢复；用了它的订单照旧", "For good; orders that have it keep it"))

OF_TEAMS = {
    "make_coupon": Act(follow=_MADE, look=what_it_leaves),
    "end_coupon": Act(follow=_ENDED, look=_ENDS),
}
OF_SHOP = {
    "make_shop_coupon": Act(follow=_MADE, look=what_it_costs),
    "end_shop_coupon": Act(follow=_ENDED, look=_ENDS),
}
