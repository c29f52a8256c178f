"""Which coupon makes a cart cheapest, by how much of each line, and why the one whose code was given does not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import SignInWay
from core import fast
from core.language import Words, say
from core.money import show, split
from orders.marks import mark_of_mailbox, mark_of_phone
from orders.models import Coupon, CouponUse, Order
from orders.reads.closure import moment


@dataclass(frozen=True)
class Goods:
    """One line as coupons see it."""

    team_id: int
    category_id: int
    minor: int


@dataclass(frozen=True)
class Buyer:
    """By what a buyer is known who has used coupons before.

    A proved account is one person whatever she types at checkout: beside her own orders those count that a guest has
    placed under a mailbox or number by which she signs in or once did, or under the number that she types. Whoever is not
    proved is known by mailbox and number alone, and by them of nothing but her uses of the coupon itself: what else was
    bought under them would be told to whoever types them.
    """

    person_id: int | None
    is_proved: bool
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    own_phones: tuple[str, ...] = ()  # of a proved account: those by which she signs in or once did
    is_unjudged: bool = False  # not proved, and too many were typed where she is

    @property
    def mailbox_mark(self) -> int | None:
        """Her mailbox, as a use keeps it."""
        return next(iter(self._mailboxes), None)

    @property
    def phone_mark(self) -> int | None:
        """Her number, as a use keeps it."""
        return next(iter(self._numbers), None)

    @property
    def _mailboxes(self) -> list[int]:
        return [mark for email in self.emails if (mark := mark_of_mailbox(email)) is not None]

    @property
    def _numbers(self) -> list[int]:
        return [mark for phone in self.phones if (mark := mark_of_phone(phone)) is not None]

    @property
    def used(self) -> Q:
        """Her uses, as a condition on them."""
        marked = Q(mailbox__in=self._mailboxes) | Q(phone__in=self._numbers)
        if self.is_proved:
            marked &= Q(order__person__isnull=True)
        return marked | Q(order__person=self.person_id) if self.person_id else marked

    @property
    def bought(self) -> Q:
        """Of a proved account: her orders, as a condition on them. What she only types is none of hers."""
        # A gift's telephone is somebody else's.
        called = Q(shipments__parcel__phone__in=self.own_phones, shipments__parcel__is_gift=False)
        return Q(person=self.person_id) | Q(person__isnull=True) & (Q(email__in=self.emails) | called)


def buyer_of(person: Any, email: str, phone: str, is_unjudged: bool = False) -> Buyer:
    """The buyer of a cart or an order: `person` is her account, or nobody's."""
    if person is None or not person.is_authenticated:
        return Buyer(None, False, _known(email), _known(phone), is_unjudged=is_unjudged)
    if not person.is_proved:
        return Buyer(person.pk, False, _known(email), _known(phone), is_unjudged=is_unjudged)
    ways = list(person.ways.values_list("kind", "value"))
    emails = [value for kind, value in ways if kind == SignInWay.Kind.EMAIL]
    numbers = [value.removeprefix("+86") for kind, value in ways if kind == SignInWay.Kind.PHONE]
    # A mailbox that she has typed and never proved is anybody's.
    mailbox = person.email if person.email_verified_at else ""
    return Buyer(person.pk, True, _known(mailbox, *emails), _known(phone, *numbers), _known(*numbers))


def _known(*values: str | None) -> tuple[str, ...]:
    """Those that say something, each once, in their order."""
    return tuple(dict.fromkeys(value for value in values if value))


@dataclass(frozen=True)
class WhyNot:
    """Why the coupon whose code was given is not the one that is used."""

    code: str
    message: Words


UNKNOWN = WhyNot(
    "UNKNOWN", say("没有这张券，请核对券码。", "There is no such coupon: please check its code.")
)
OVER = WhyNot("OVER", say("这张券已经结束。", "This coupon is over."))
USED_UP = WhyNot("USED_UP", say("这张券已经用完了。", "This coupon is used up."))
USED_BEFORE = WhyNot(
    "USED_BEFORE",
    say(
        "这张券每人限用的次数您已用完（按账户、邮箱和手机号算）。",
        "You have used this coupon as often as one person may (by account, mailbox and phone number).",
    ),
)
NOT_FIRST = WhyNot(
    "NOT_FIRST", say("这张券只用于在本店的首次购买。", "This coupon is for a first purchase here alone.")
)
SIGN_IN = WhyNot(
    "SIGN_IN",
    say(
        "这张券按人算：请先用验证过的邮箱或手机号登录。",
        "This coupon is counted by person: please sign in with a mailbox or number that you have proved.",
    ),
)
LEFT_OFF = WhyNot("LEFT_OFF", say("您选择了不用券。", "You have chosen to use no coupon."))


def _not_yet(coupon: Coupon) -> WhyNot:
    words = say("这张券 {x} 起才能用。", "This coupon counts from {x} on.", x=moment(coupon.starts_at))
    return WhyNot("OVER", words)


def _other_goods(coupon: Coupon) -> WhyNot:
    if coupon.category is None:
        words = say(
            "这张券用于{x}的商品，购物车里没有。",
            "This coupon is for goods of {x}; none are in your cart.",
            x=coupon.giver,
        )
        return WhyNot("OTHER_GOODS", words)
    kind = say(coupon.category.name_zh, coupon.category.name_en or coupon.category.name_zh)
    of_shop = say(
        "这张券用于“{x}”类的商品，购物车里没有。",
        "This coupon is for goods of the category {x}; none are in your cart.",
        x=kind,
    )
    of_team = say(
        "这张券用于{t}的“{x}”类商品，购物车里没有。",
        "This coupon is for goods of {t} in the category {x}; none are in your cart.",
        t=coupon.giver,
        x=kind,
    )
    return WhyNot("OTHER_GOODS", of_shop if coupon.is_by_shop else of_team)


def _too_little(coupon: Coupon, minor: int) -> WhyNot:
    words = say(
        "再选 {x} 的适用商品，就能用这张券。",
        "Add goods that it is for, for another {x}, and this coupon counts.",
        x=show(coupon.least_minor - minor),
    )
    return WhyNot("TOO_LITTLE", words)


def _less(best: "Offer") -> WhyNot:
    words = say(
        "“{x}”省得更多，已为您用它；一单只用一张。",
        "“{x}” saves you more and is used in its place: one coupon an order.",
        x=best.coupon.words,
    )
    return WhyNot("SAVES_LESS", words)


@dataclass(frozen=True)
class Offer:
    """A coupon for these lines: what it takes off each, in the order of the lines."""

    coupon: Coupon
    of_lines: tuple[int, ...]

    @property
    def minor(self) -> int:
        """All that it takes off."""
        return sum(self.of_lines)


@dataclass(frozen=True)
class Offered:
    """The best coupon for a cart; and of the one whose code was given, why it is not that."""

    best: Offer | None = None
    why_not: WhyNot | None = None


def running(now: Any = None) -> Q:
    """Coupons that can be used now, by their time and their limit in all."""
    now = now or timezone.now()
    limits = Q(most_in_all__isnull=True) | Q(uses__lt=F("most_in_all"))
    return (
        Q(starts_at__lte=now, ended_at__isnull=True) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now)) & limits
    )


# One statement a cart: those for everybody of the teams in it and of the shop, and the one whose code was given.
_ASKED = fast.PreparedQuery(
    lambda teams, code: (
        Coupon.objects.filter(
            Q(code="", ended_at__isnull=True) & (Q(team=None) | Q(team__in=teams)) | Q(code=code)
        )
        .select_related("team", "category")
        .order_by("pk")
    )
)
NO_CODE = "-"  # no coupon is called so: codes are letters and digits


def offered(
    lines: Sequence[Goods], buyer: Callable[[], Buyer], code: str = "", is_left_off: bool = False
) -> Offered:
    """The coupon that takes most off these lines for this buyer, the one whose code she gave first among equals."""
    if not lines:
        return Offered()
    rows = _ASKED.rows(teams=sorted({line.team_id for line in lines}), code=code or NO_CODE)
    named = next((row for row in rows if code and row.code == code), None)
    if is_left_off:
        return Offered(None, LEFT_OFF if named else None)
    now = timezone.now()
    offers = [Offer(row, parts) for row in rows if _runs(row, now) and any(parts := apportioned(row, lines))]
    if barred := _barred([offer.coupon for offer in offers], buyer):
        offers = [offer for offer in offers if offer.coupon.pk not in barred]
    best = max(
        offers, key=lambda o: (o.minor, o.coupon == named, o.coupon.is_by_shop, -o.coupon.pk), default=None
    )
    if not code or (best and best.coupon == named):
        return Offered(best)
    return Offered(best, _why_not(named, lines, barred, best))


def _runs(coupon: Coupon, now: Any) -> bool:
    return not _is_over(coupon, now) and coupon.starts_at <= now and not _is_used_up(coupon)


def _is_over(coupon: Coupon, now: Any) -> bool:
    return bool(coupon.ended_at or (coupon.ends_at and coupon.ends_at <= now))


def _is_used_up(coupon: Coupon) -> bool:
    return coupon.most_in_all is not None and coupon.uses >= coupon.most_in_all


def why_nobody_may(coupon: Coupon) -> WhyNot | None:
    """Why a coupon is of no use to anybody now: over, not begun, or used up; None where it runs."""
    now = timezone.now()
    if _runs(coupon, now):
        return None
    if _is_over(coupon, now):
        return OVER
    return _not_yet(coupon) if coupon.starts_at > now else USED_UP


def _why_not(
    named: Coupon | None, lines: Sequence[Goods], barred: Mapping[int, WhyNot], best: Offer | None
) -> WhyNot:
    if named is None:
        return UNKNOWN
    if why := why_nobody_may(named):
        return why
    its = [line.minor for line in lines if is_for(named, line)]
    if not its:
        return _other_goods(named)
    if sum(its) < named.least_minor:
        return _too_little(named, sum(its))
    return barred.get(named.pk) or (_less(best) if best else UNKNOWN)


def is_for(coupon: Coupon, line: Goods) -> bool:
    """Whether a line is of the team and category that a coupon is for."""
    is_of_team = coupon.team_id in (None, line.team_id)
    return is_of_team and coupon.category_id in (None, line.category_id)


def apportioned(coupon: Coupon, lines: Sequence[Goods]) -> tuple[int, ...]:
    """What a coupon takes off each line, by the largest remainder; a line that comes to a fen keeps it."""
    weights = [line.minor if is_for(coupon, line) and line.minor > 1 else 0 for line in lines]
    off = coupon.off(sum(line.minor for line in lines if is_for(coupon, line)))
    if not off or not any(weights):
        return (0,) * len(lines)
    return tuple(split(min(off, sum(weights) // 2), weights))


def _barred(coupons: Sequence[Coupon], known_as: Callable[[], Buyer]) -> dict[int, WhyNot]:
    """Those of these that this buyer may not use (again), and why."""
    bounded = {c.pk: c.most_each for c in coupons if c.most_each is not None}
    firsts = [c.pk for c in coupons if c.is_for_first]
    if not bounded and not firsts:
        return {}
    buyer = known_as()
    if buyer.is_unjudged:
        return dict.fromkeys([*bounded, *firsts], SIGN_IN)
    uses = uses_of(buyer, bounded) if bounded else {}
    found = {pk: USED_BEFORE for pk, n in uses.items() if n >= (bounded[pk] or 0)}
    if firsts and (why := why_no_first(buyer)):
        found |= dict.fromkeys(firsts, why)
    return found


def uses_of(buyer: Buyer, coupons: Any) -> dict[int, int]:
    """How often a buyer has used each of these coupons, orders that wait to be paid among them."""
    hers = CouponUse.objects.filter(buyer.used, coupon__in=list(coupons), given_back_at__isnull=True)
    return dict(hers.values_list("coupon").annotate(n=Count("pk")).order_by())


def why_no_first(buyer: Buyer) -> WhyNot | None:
    """Why this is no first purchase: she has bought something here before, or something of hers waits to be paid. Of
    whoever is not proved nothing is looked at: anybody can type a mailbox or number, and would be told of its owner."""
    if not buyer.is_proved:
        return SIGN_IN
    had = Order.objects.filter(buyer.bought).exclude(state__in=Order.CLOSED_UNPAID)
    return NOT_FIRST if had.exists() else None


_GIVEN = """
    SELECT coalesce(sum((l.discount_minor + l.subsidy_minor) * (l.net_minor - l.refunded_minor) / l.net_minor), 0)::bigint
    FROM orders_couponuse u JOIN orders_order o ON o.id = u.order_id AND o.paid_at IS NOT NULL
    JOIN orders_line l ON l.order_id = o.id WHERE u.coupon_id = %s
"""


def given_minor(coupon: Coupon) -> int:
    """What a coupon has taken off paid orders: of each line as large a part as remains of what its buyer paid, as the
    ledger has it of the shop's."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, [coupon.pk])
        return int(cursor.fetchone()[0])
