"""A coupon: made and ended by who pays for it; used by an order when it is placed, given back where that ends unpaid.

Its row is locked last of all (order → lots → coupon): a use is counted on it by one conditional statement, and what the
buyer has used before is looked at behind that lock, so that neither limit is passed by two at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions import audit
from catalog.models import Category, Team
from core import rates, texts
from core.language import Words, say
from core.refusals import Conflict, Invalid, every
from orders.marks import mark_of_mailbox, mark_of_phone
from orders.models import Coupon, CouponUse, Order, Parcel
from orders.models.coupon import MOST_PERCENT
from orders.reads.coupon import (
    OVER,
    USED_BEFORE,
    USED_UP,
    Buyer,
    WhyNot,
    buyer_of,
    running,
    uses_of,
    why_no_first,
)
from orders.refusals import CouponRefused

MOST_MINOR = 100_000_00
MOST_USES = 1_000_000
# Mailboxes and numbers that are typed by guests from one address in a day: enough for thirty people with both.
MOST_TYPED, DAY = 60, 86_400


@dataclass(frozen=True)
class Terms:
    """What a coupon gives, on what, to whom and how often; empty is no limit."""

    code: str = ""
    amount_minor: int | None = None
    percent: int | None = None
    least_minor: int = 0
    category: Category | None = None
    is_for_first: bool = False
    most_in_all: int | None = None
    most_each: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def clean_code(text: str | None, field: str = "code") -> str:
    """A code as it is kept, however it was typed: full-width, in another case, with spaces."""
    return texts.code(text or "").upper()[:64]


def demand(terms: Terms) -> Terms:
    """The terms made plain; all that is wrong with them is told at once, each under its field."""
    every(
        {
            "code": lambda: _code(terms.code),
            "off": lambda: _off(terms),
            "most_in_all": lambda: _limit(terms.most_in_all, "most_in_all"),
            "most_each": lambda: _limit(terms.most_each, "most_each"),
            "ends_at": lambda: _times(terms),
        }
    )
    return terms


def _code(code: str) -> None:
    if code and not (4 <= len(code) <= 20 and code.isascii() and code.isalnum()):
        raise Invalid(
            say("券码用 4 到 20 个字母或数字。", "A code has 4 to 20 letters or digits."), field="code"
        )


def _off(terms: Terms) -> None:
    if (terms.amount_minor is None) == (terms.percent is None):
        words = say("减一个数额，或减百分之几：填一种。", "Either a sum or per cent off: please fill in one.")
        raise Invalid(words, field="amount_minor")
    if terms.percent is not None and not 1 <= terms.percent <= MOST_PERCENT:
        words = say("填 1 到 {n} 之间的整数。", "Write a whole number from 1 to {n}.", n=MOST_PERCENT)
        raise Invalid(words, field="percent")
    if not 0 <= terms.least_minor <= MOST_MINOR:
        raise Invalid(field="least_minor")
    if terms.amount_minor is not None and not 1 <= terms.amount_minor <= terms.least_minor // 2:
        words = say(
            "最多减去起用金额的一半：请改小减额，或提高起用金额。",
            "At most half of the sum from which it counts: please take off less, or let it count from a higher sum.",
        )
        raise Invalid(words, field="amount_minor")


def _limit(most: int | None, field: str) -> None:
    if most is not None and not 1 <= most <= MOST_USES:
        words = say(
            "填 1 或更大的数；不限就空着。0 会让谁都用不了。",
            "Write 1 or more, or leave it empty for no limit: with 0 nobody could use it.",
        )
        raise Invalid(words, field=field)


def _times(terms: Terms) -> None:
    start = terms.starts_at or timezone.now()
    if terms.ends_at is not None and terms.ends_at <= max(start, timezone.now()):
        raise Invalid(
            say("结束须晚于开始和现在。", "It must end after it starts, and after now."), field="ends_at"
        )


def make(team: Team | None, terms: Terms, by: Any) -> Coupon:
    """A coupon at a team's expense, or without one at the shop's. It is never changed afterwards, only ended: whoever
    has seen it goes by what it said."""
    demand(terms)
    try:
        with transaction.atomic():
            made = Coupon.objects.create(
                team=team,
                code=terms.code,
                amount_minor=terms.amount_minor,
                percent=terms.percent,
                least_minor=terms.least_minor,
                category=terms.category,
                is_for_first=terms.is_for_first,
                most_in_all=terms.most_in_all,
                most_each=terms.most_each,
                starts_at=terms.starts_at or timezone.now(),
                ends_at=terms.ends_at,
                made_by=by,
            )
            audit.record(
                by, "make", "Coupon", made.uid, team=team.code if team else "", least=terms.least_minor
            )
    except IntegrityError:
        words = say(
            "这个券码已经有了，请换一个。", "There is a coupon with this code already: please take another."
        )
        raise Invalid(words, field="code") from None
    return made


@transaction.atomic
def end(coupon: Coupon, by: Any) -> Coupon:
    """Take it back before its time; orders that have it keep it. Ending it twice is no mistake."""
    coupon = Coupon.objects.select_for_update(no_key=True, of=("self",)).get(pk=coupon.pk)
    if coupon.ended_at is None:
        coupon.ended_at = timezone.now()
        coupon.save(update_fields=["ended_at"])
        audit.record(by, "end", "Coupon", coupon.uid)
    return coupon


def is_too_many(person: Any, place: str, *typed: str) -> bool:
    """Whether of these mailboxes and numbers, which anybody can type, no use of a coupon is told: so many others were typed
    today where she is. Told are those of whoever has proved something; the same ones typed again are none more."""
    if person.is_authenticated and person.is_proved:
        return False
    marks = [mark_of_mailbox(text) if "@" in text else mark_of_phone(text) for text in typed]
    seen = [rates.counted("typed", f"{place} {mark}", DAY, 1) for mark in marks if mark is not None]
    return rates.counted("typed", place, DAY, seen.count(1)) > MOST_TYPED


# --- Used and given back --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """The coupon that an order is placed with: what it takes off in all, and whose use it is."""

    coupon_id: int
    minor: int
    buyer: Buyer


def take(use: Use) -> CouponUse:
    """Count a use of an order that is being placed, and keep others away until it is there; the row to be written with
    it. Refused where a limit was reached since the buyer looked."""
    if not _count(use.coupon_id):
        coupon = Coupon.objects.get(pk=use.coupon_id)
        is_used_up = coupon.most_in_all is not None and coupon.uses >= coupon.most_in_all
        raise _refused(USED_UP if is_used_up and coupon.ended_at is None else OVER)
    coupon = Coupon.objects.get(pk=use.coupon_id)
    most = coupon.most_each
    if most is not None and uses_of(use.buyer, [coupon.pk]).get(coupon.pk, 0) >= most:
        raise _refused(USED_BEFORE)
    if coupon.is_for_first and (why := why_no_first(use.buyer)):
        raise _refused(why)
    return CouponUse(
        coupon_id=coupon.pk,
        amount_minor=use.minor,
        mailbox=use.buyer.mailbox_mark,
        phone=use.buyer.phone_mark,
    )


def _count(coupon_id: int) -> bool:
    """One more use, if there is one left; its row stays locked until the order is placed or is not."""
    return bool(Coupon.objects.filter(running(), pk=coupon_id).update(uses=F("uses") + 1))


def _refused(why: WhyNot) -> CouponRefused:
    words: Words = say(
        "{why}总额会变，请再看一下。", "{why} The total changes: please look again.", why=why.message
    )
    return CouponRefused(why.code, words)


def release(orders: Sequence[Order]) -> None:
    """Orders that end unpaid have used nothing. Their locks are held."""
    having = [order.pk for order in orders if order.discount_minor]
    if not having:
        return
    uses = CouponUse.objects.filter(order__in=having, given_back_at__isnull=True)
    # In the order of their ids, so that two who give back the same coupons never wait for each other in a ring.
    for coupon in sorted(uses.values_list("coupon_id", flat=True)):
        Coupon.objects.filter(pk=coupon).update(uses=F("uses") - 1)
    uses.update(given_back_at=timezone.now())


def take_again(order: Order) -> None:
    """Money came for an order that had ended unpaid: it uses its coupon after all, if a use is left for it; else the
    money is turned away, as where the goods have gone. Called with the order locked."""
    use = CouponUse.objects.filter(order=order, given_back_at__isnull=False).select_related("coupon").first()
    if use is None:
        return
    coupon = use.coupon
    if coupon.most_in_all is None:
        counted = Coupon.objects.filter(pk=coupon.pk)
    else:
        counted = Coupon.objects.filter(pk=coupon.pk, uses__lt=F("most_in_all"))
    if not counted.update(uses=F("uses") + 1) or not _is_left_for(use, order):
        raise Conflict(USED_UP.message)
    CouponUse.objects.filter(pk=use.pk).update(given_back_at=None)


def _is_left_for(use: CouponUse, order: Order) -> bool:
    own = Parcel.objects.filter(shipments__order=order, is_gift=False).order_by("pk").first()
    coupon, buyer = use.coupon, buyer_of(order.person, order.email, own.phone if own else "")
    if coupon.is_for_first and why_no_first(buyer):
        return False  # she has bought something else meanwhile
    return coupon.most_each is None or uses_of(buyer, [coupon.pk]).get(coupon.pk, 0) < coupon.most_each
