"""The demo's group purchases, one in each state: filling, confirmed, fallen short, called off."""

import random
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Region
from orders.actions import payment, refund, settlement
from orders.models import Refund
from shop.demo import stand_in
from shop.demo.people import Cast
from shop.demo.sales import first_union
from shop.demo.shelves import Stall
from together.actions import group, seat
from together.models import GroupPurchase


def gather(cast: Cast, stalls: list[Stall], rng: random.Random) -> None:
    """Four groups of the first union's, their seats paid into escrow like anybody's."""
    by_code = {stall.row["team_no"]: stall for stall in stalls}
    filling = _open(cast, by_code["HB20"], "示例工会：武当蜜橘一起买", 20, 60)
    _fill(filling, cast, 14, rng)
    confirmed = _open(cast, by_code["HB47"], "示例工会：春茶预订", 10, 12)
    _fill(confirmed, cast, 12, rng)  # the last seat confirms it
    short = _open(cast, by_code["HB62"], "示例工会：食堂新米", 30, 80)
    _fill(short, cast, 5, rng)
    group.close(short)
    off = _open(cast, by_code["HB71"], "示例工会：蜂蜜团", 10, 40)
    _fill(off, cast, 2, rng)
    group.cancel(off, first_union(cast)[1])
    for made in Refund.objects.filter(reason=Refund.Reason.FELL_SHORT).order_by("pk"):
        refund.settle(made, stand_in.as_refunded(made), made.attempt)


def _open(cast: Cast, stall: Stall, title: str, minimum: int, maximum: int) -> GroupPurchase:
    organisation, head = first_union(cast)
    office = Region.objects.get(code="420106")
    return group.open_group(
        head, organisation, stall.variants[0], title=title, minimum_units=minimum, maximum_units=maximum,
        closes_at=timezone.now() + timedelta(days=9), recipient="示例工会收发室", phone="02700000000",
        region_code=office.code, street="示例大道 1 号",
    )  # fmt: skip


def _fill(made: GroupPurchase, cast: Cast, members: int, rng: random.Random) -> None:
    for person in cast.buyers[2 : 2 + members]:
        with transaction.atomic():
            joined = seat.join(made, person, name=person.name, units=1)
            (attempt,) = payment.attempts([joined.order])
            settlement.settle(attempt, stand_in.as_paid(attempt, rng.choice(("alipay", "wechat_pay"))))
