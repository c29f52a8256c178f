"""Coupons: each use counted, within its limits, and frozen on the lines as it is apportioned."""

from collections import defaultdict
from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from orders.models import CouponUse, Line
from orders.reads.coupon import Goods, apportioned

CHUNK = 500

RULES = [
    Rule(
        "COUPON",
        "Order",
        "what an order says is off is not what its lines say, or not what its coupon took",
        """SELECT o.id, o.discount_minor || ', lines ' || l.off || ', coupon ' || coalesce(u.amount_minor, 0)
           FROM orders_order o JOIN (SELECT order_id, sum(discount_minor + subsidy_minor) AS off
                                     FROM orders_line GROUP BY order_id) l ON l.order_id = o.id
           LEFT JOIN orders_couponuse u ON u.order_id = o.id
           WHERE o.discount_minor <> l.off OR o.discount_minor <> coalesce(u.amount_minor, 0)""",
    ),
    Rule(
        "COUPON",
        "Line",
        "a line has a part of a coupon that is not its team’s, or not the shop’s",
        """SELECT l.id, 'team ' || l.team_id FROM orders_line l LEFT JOIN orders_couponuse u ON u.order_id = l.order_id
           LEFT JOIN orders_coupon c ON c.id = u.coupon_id
           WHERE l.discount_minor > 0 AND c.team_id IS DISTINCT FROM l.team_id
              OR l.subsidy_minor > 0 AND (c.id IS NULL OR c.team_id IS NOT NULL)""",
    ),
    Rule(
        "COUPON",
        "Coupon",
        "it counts other uses than orders have of it",
        """SELECT c.id, c.uses || ', orders ' || count(u.id) FROM orders_coupon c
           LEFT JOIN orders_couponuse u ON u.coupon_id = c.id AND u.given_back_at IS NULL
           GROUP BY c.id HAVING c.uses <> count(u.id)""",
    ),
    Rule(
        "COUPON",
        "Coupon",
        "it is used more often than it may be",
        """SELECT c.id, count(u.id) || ' of ' || c.most_in_all FROM orders_coupon c
           JOIN orders_couponuse u ON u.coupon_id = c.id AND u.given_back_at IS NULL
           WHERE c.most_in_all IS NOT NULL GROUP BY c.id HAVING count(u.id) > c.most_in_all""",
    ),
    # By account and mailbox together: accounts that are merged have each used it under a mailbox of its own.
    Rule(
        "COUPON",
        "Coupon",
        "somebody has used it more often than one person may",
        """SELECT c.id, count(u.id) || ' of ' || c.most_each FROM orders_coupon c
           JOIN orders_couponuse u ON u.coupon_id = c.id AND u.given_back_at IS NULL JOIN orders_order o ON o.id = u.order_id
           WHERE c.most_each IS NOT NULL AND u.mailbox IS NOT NULL
           GROUP BY c.id, o.person_id, u.mailbox HAVING count(u.id) > c.most_each""",
    ),
    Rule(
        "COUPON",
        "CouponUse",
        "an order that ended unpaid keeps its coupon, or another has given it back",
        """SELECT u.id, o.state FROM orders_couponuse u JOIN orders_order o ON o.id = u.order_id
           WHERE (u.given_back_at IS NOT NULL) <> (o.state IN ('cancelled', 'expired'))""",
    ),
]


def verify() -> Iterator[Offence]:
    """The rules, and each use reckoned again from its coupon."""
    yield from broken(RULES)
    last = 0
    while part := list(
        CouponUse.objects.filter(pk__gt=last)
        .select_related("coupon__team", "coupon__category")
        .order_by("pk")[:CHUNK]
    ):
        lines = defaultdict(list)
        of_orders = Line.objects.filter(order__in=[use.order_id for use in part]).select_related(
            "variant__product"
        )
        for line in of_orders.order_by("pk"):
            lines[line.order_id].append(line)
        for use in part:
            yield from _check(use, lines[use.order_id])
        last = part[-1].pk


def _check(use: CouponUse, lines: list[Line]) -> Iterator[Offence]:
    parts = tuple(line.discount_minor + line.subsidy_minor for line in lines)
    today = [Goods(line.team_id, line.variant.product.category_id, line.list_minor) for line in lines]
    # A product may stand on another shelf since: then the lines that have a part say which were on it.
    shelf = use.coupon.category_id or 0
    then = [Goods(g.team_id, shelf if part else -1, g.minor) for g, part in zip(today, parts, strict=True)]
    fits = (apportioned(use.coupon, today), apportioned(use.coupon, then))
    if parts not in (fits if shelf else fits[:1]):
        words = f"its lines have {list(parts)} of it, not {list(fits[0])}"
        yield Offence("COUPON", "CouponUse", use.pk, words)
