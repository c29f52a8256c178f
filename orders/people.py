"""What this floor keeps of a person: told on export, forgotten on erasure."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from catalog.reads import teams_managed_alone
from core.language import Words, say
from core.refusals import Conflict
from orders.models import (
    Cart,
    CartAddress,
    Claim,
    ClaimPhoto,
    ClaimReply,
    CouponUse,
    Dispute,
    InvoiceWish,
    Line,
    NewsLetter,
    Notice,
    Order,
    Parcel,
    Refund,
    Replacement,
    ReturnLabel,
    ReturnParcel,
    Review,
    Shipment,
    Wish,
)
from orders.reads.invoice import invoices_of, wish_of
from orders.reads.order import orders_of

State = Order.State
# Paid, and not yet through with its goods.
GOING_ON = (State.PAID, State.SHIPPED, State.DELIVERED)
ON_ITS_WAY = (Shipment.State.WAITING, Shipment.State.SHIPPED, Shipment.State.DELIVERED)
OVER = (State.COMPLETED, *Order.OVER)
# What stands in place of words that are forgotten. A buyer may write it too: it proves nothing.
FORGOTTEN = "—"
# Every order is placed with a mailbox, a number that is texted, or by an account that has a number.
IS_FORGOTTEN = Q(email="", mobile="") & (Q(person=None) | Q(person__erased_at__isnull=False))
# So many of her orders are named in a sentence.
_NAMED = 5
CARTS_LAST = timedelta(days=30)
ORDERS_LAST = timedelta(days=3 * 366)


def going_on(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that somebody still has to see to. One that was called off is none: its parcels are, and all its money
    goes back, which has its own time (`orders/reads/unsettled.py`)."""
    parcels = Shipment.objects.filter(order=OuterRef("pk"))
    kept = Line.objects.filter(order=OuterRef("pk"), refunded_minor__lt=F("net_minor"))
    left = parcels.filter(Q(refunded_minor__lt=F("shipping_minor")) | Q(state__in=ON_ITS_WAY))
    return orders.exclude(state__in=OVER).filter(Exists(kept) | Exists(left))


def is_forgotten(order: Order) -> bool:
    """Whether nobody knows any more who this order is for: its person was erased, or its time to be known is over."""
    return not order.reached_at and (order.person is None or order.person.erased_at is not None)


def export(person: Person) -> dict[str, Any]:
    """The person's orders, cart, reviews and claims, in plain values."""
    return {
        "orders": [_order(order) for order in _orders(person)],
        "cart": [_cart(cart) for cart in Cart.objects.filter(person=person, closed_at=None)],
        "reviews": [
            {**_bought(review.line), **_columns(review, "stars", "words", "nickname", "written_at")}
            for review in _reviews(person).select_related("line__order").order_by("pk")
        ],
        "claims": [_claim(claim) for claim in _claims(person)],
        "wishes": [
            _columns(wish, "name_zh", "letter", "made_at", "done_at") for wish in person.wishes.order_by("pk")
        ],
        "news_letters": [
            {"title": letter.news.title_zh, **_columns(letter, "addressed_at")} for letter in _letters(person)
        ],
        "disputes": [
            _columns(dispute, "state", "amount_minor", "currency", "lost_minor", "opened_at", "closed_at")
            for dispute in Dispute.objects.filter(payment__order__in=orders_of(person)).order_by("pk")
        ],
    }


_SENT_BACK = ("state", "amount_minor", "send_to", "carrier", "tracking_number", "labelled_at", "sent_at")


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _letters(person: Person) -> QuerySet[NewsLetter]:
    rows = NewsLetter.objects.filter(Q(person=person) | Q(order__in=orders_of(person)))
    return rows.select_related("news").order_by("pk")


def _claims(person: Person) -> QuerySet[Claim]:
    rows = Claim.objects.filter(line__order__in=orders_of(person)).order_by("pk")
    rows = rows.select_related("line__order")
    return rows.prefetch_related("replies", "photos", "replacements__parcel", "returns")


def _bought(line: Line) -> dict[str, str]:
    """Of what it was said: whoever reads it elsewhere has no page beside it."""
    return {"order": line.order.number, "name": line.name_zh}


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        **_bought(claim.line),
        **_columns(claim, "words", "answer", "state", "made_at"),
        "has_photo": bool(claim.photo),
        "more_photos": len(claim.photos.all()),
        "sent_in_place": [
            {
                **_columns(one, "units", "state"),
                **_columns(one.parcel, *_OF_A_GIFT, "carrier", "tracking_number"),
            }
            for one in claim.replacements.all()
            if one.parcel
        ],
        "sent_back": [_columns(one, *_SENT_BACK) for one in claim.returns.all()],
        "replies": [_columns(reply, "kind", "words", "made_at") for reply in claim.replies.all()],
    }


def _reviews(person: Person) -> QuerySet[Review]:
    return Review.objects.filter(Q(person=person) | Q(line__order__in=orders_of(person)))


def _orders(person: Person) -> Any:
    rows = orders_of(person).order_by("pk")
    rows = rows.select_related("organisation", "mobiliser_organisation")
    return rows.prefetch_related(
        "lines", "shipments__parcel__region", "shipments__parcel__numbers", "payments__refunds"
    )


def _order(order: Order) -> dict[str, Any]:
    names = (
        "number",
        "state",
        "placed_at",
        "paid_at",
        "email",
        "mobile",
        "note",
        "language",
        "news_wanted_at",
    )
    sums = ("goods_minor", "shipping_minor", "discount_minor", "total_minor", "refunded_minor")
    refunds = [refund for payment in order.payments.all() for refund in payment.refunds.all()]
    return {
        **_columns(order, *names, *sums),
        "for_organisation": order.organisation.name_zh if order.organisation else "",
        # Who a friend is that called her is the friend's to tell.
        "by_call_of": order.mobiliser_organisation.name_zh if order.mobiliser_organisation else "",
        "by_call_of_a_person": order.mobiliser_person_id is not None,
        "lines": [
            {"name": line.name_zh, "quantity": line.quantity, "net_minor": line.net_minor}
            for line in order.lines.all()
        ],
        "parcels": [
            {
                "state": s.state,
                "region": s.parcel.region.name_zh,
                **_columns(s.parcel, *_OF_A_GIFT, "carrier", "tracking_number"),
                "numbers": [_columns(n, "carrier", "tracking_number", "at") for n in s.parcel.numbers.all()],
            }
            for s in order.shipments.all()
        ],
        "payments": [
            _columns(p, "method", "asked_first", "state", "amount_minor", "created_at")
            for p in order.payments.all()
        ],
        "invoice_wanted": _columns(wish, "kind", "title", "tax_number") if (wish := wish_of(order)) else None,
        "invoices": [
            _columns(one, "number", "title", "tax_number", "amount_minor") for one in invoices_of(order)
        ],
        "refunds": [_columns(r, "reason", "state", "amount_minor", "otherwise") for r in refunds],
    }


def _cart(cart: Cart) -> dict[str, Any]:
    names = ("email", "recipient", "phone", "street", "note", "mobiliser_code", "coupon_code", *_NO_INVOICE)
    lines = cart.lines.select_related("variant__product")
    return {
        **_columns(cart, *names),
        "lines": [{"name": line.variant.product.name_zh, "quantity": line.quantity} for line in lines],
        "sent_to_others": [
            {"region": to.region.name_zh, **_columns(to, *_OF_A_GIFT)}
            for to in cart.addresses.select_related("region")
        ],
    }


_OF_A_GIFT = ("recipient", "phone", "street", "gift_note", "sender")


def erase(person: Person) -> None:
    """Take name, phone, street and e-mail out of the person's ended orders; sums and goods stay, as the
    ledger needs them. An order that is still going on is ended first: somebody must be able to receive it. Until all
    money is where it belongs nobody calls this (`orders/reads/unsettled.py`)."""
    # What she bought as a guest is hers too; whose it was is known by what opens her account, so it is chosen once.
    orders = Order.objects.filter(pk__in=lock_orders_of(person))
    # Under her proved address it counts as hers in the contest, and what comes back of it finds her: it has her id, once
    # the address is gone.
    orders.filter(person=None, buyer_proved_at__isnull=False).update(person=person)
    # One that was never proved stays nobody's: what comes back of it finds the reader of the mailbox all the same.
    orders.filter(person=None).update(reached_by=person)
    if numbers := list(going_on(orders).order_by("pk").values_list("number", flat=True)):
        words = say(
            "您还有进行中的订单：{numbers}。请在完成或取消后再注销。",
            "You have orders that are still going on: {numbers}. Please erase the account once they are over.",
            numbers=" ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else ""),
        )
        raise Conflict(words)
    _forget_claims(orders)
    _reviews(person).update(nickname="", person=None)
    Wish.objects.filter(person=person).delete()
    NewsLetter.objects.filter(person=person).delete()
    Cart.objects.filter(person=person, closed_at=None).delete()
    CartAddress.objects.filter(cart__person=person).delete()
    Cart.objects.filter(person=person).update(**_EMPTY, **_NO_ADDRESS, **_NO_INVOICE)
    CouponUse.objects.filter(order__in=orders).update(**_UNMARKED)
    # What was issued is the team's book and the law's; what was only asked for is forgotten.
    InvoiceWish.objects.filter(order__in=orders).delete()
    _forget_orders(orders)


def lock_orders_of(person: Person) -> list[int]:
    """The ids of all her orders, locked, so that no money that is still coming pays one whose recipient is being forgotten."""
    rows = orders_of(person).order_by("pk").select_for_update(no_key=True)
    return list(rows.values_list("pk", flat=True))


def duties(person: Person) -> list[Words]:
    """What buyers wait for, and would have nobody to see to it without her (`settings.PERSON_DUTIES`): parcels and claims
    of teams whose desk she alone keeps, what they have agreed to send in place of something, and what comes back."""
    found: list[Words] = []
    for team in teams_managed_alone(person).filter(is_active=False):
        parcels = Shipment.objects.filter(team=team, order__state__in=GOING_ON, state__in=ON_ITS_WAY)
        claims = Claim.objects.filter(line__team=team)
        to_answer = claims.filter(state__in=Claim.TEAM_TO_ANSWER)
        to_send = Replacement.objects.filter(claim__in=claims, state=Replacement.State.AGREED)
        to_take_back = ReturnParcel.objects.filter(claim__in=claims, state__in=ReturnParcel.UNDER_WAY)
        if any(rows.exists() for rows in (parcels, to_answer, to_send, to_take_back)):
            found.append(say("团队“{x}”的订单", "the orders of the team “{x}”", x=team.name_zh))
    return found


def move(person: Person, old: str, new: str) -> None:
    """The person has proved another mailbox: from now on the letters of all her orders go there, those of before
    too. Whatever was typed at checkout was never proved (`settings.PERSON_MOVERS`)."""
    # What she has bought as a guest under the mailbox that she leaves, and proved, is hers for good, as the contest counts
    # it. What she has not proved stays under what was typed: it may be anybody's, and found her by that mailbox alone.
    joined = orders_of(person).filter(person=None, email=old, buyer_proved_at__isnull=False)
    orders = Order.objects.filter(Q(person=person) | Q(pk__in=joined.values("pk")))
    hers = list(orders.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    orders = Order.objects.filter(pk__in=hers)
    orders.filter(person=None).update(person=person)
    orders.exclude(IS_FORGOTTEN).update(email=new, mobile="")
    Cart.objects.filter(person=person, email=old).update(email=new)


def _forget_orders(orders: QuerySet[Order]) -> None:
    """Who bought, and who took the parcels in which nothing lies of an order that somebody still knows."""
    shipments = Shipment.objects.filter(parcel=OuterRef("pk"))
    known = shipments.exclude(order__in=orders.values("pk")).exclude(
        order__in=Order.objects.filter(IS_FORGOTTEN)
    )
    in_place = Q(replacements__claim__line__order__in=orders.values("pk"))
    parcels = Parcel.objects.filter(in_place | Q(~Exists(known), shipments__order__in=orders.values("pk")))
    _forget_parcels(parcels)
    NewsLetter.objects.filter(order__in=orders.values("pk")).delete()
    orders.update(**UNKNOWN)


def _forget_parcels(parcels: QuerySet[Parcel]) -> int:
    chosen = Parcel.objects.filter(pk__in=list(parcels.values_list("pk", flat=True)))
    return chosen.update(**_NO_ADDRESS | {"recipient": FORGOTTEN, "gift_note": "", "sender": ""})


def _forget_gifts() -> int:
    """Who was sent a gift never asked us to know her: her name and door go when nothing can be claimed any more."""
    going = Shipment.objects.filter(parcel=OuterRef("pk"), state__in=ON_ITS_WAY).exclude(
        order__state__in=OVER
    )
    open_claims = Claim.objects.filter(line__shipment__parcel=OuterRef("pk"), state__in=Claim.GOES_ON)
    in_place = Replacement.objects.filter(parcel=OuterRef("pk"), claim__state__in=Claim.GOES_ON)
    over = Parcel.objects.filter(~Exists(going), ~Exists(open_claims), ~Exists(in_place), is_gift=True)
    over = over.exclude(street="")
    return _forget_parcels(over)


def _forget_claims(orders: QuerySet[Order]) -> None:
    """What was written of these and photographed, and what the team answered; that something was wrong, and what came
    of it, stays."""
    known = Claim.objects.filter(line__order__in=orders).exclude(words=FORGOTTEN, answer="", photo="")
    claims = Claim.objects.filter(pk__in=list(known.values_list("pk", flat=True)))
    photos = [claim.photo.name for claim in claims if claim.photo]
    more = ClaimPhoto.objects.filter(claim__in=claims)
    photos += more.values_list("file", flat=True)
    more.delete()
    # The answer stands beside what was given back for it, too.
    Refund.objects.filter(Q(claim__in=claims) | Q(claim_reply__claim__in=claims)).update(note="")
    ClaimReply.objects.filter(claim__in=claims).update(words="")
    ReturnLabel.objects.filter(return_parcel__claim__line__order__in=orders).delete()
    claims.update(words=FORGOTTEN, answer="", photo="")
    for name in photos:
        transaction.on_commit(partial(default_storage.delete, name))


def forget_old() -> int:
    """What nobody needs any more: carts left for a month, and three years after its end who a guest's order was
    for, what was said of it in claims and what the provider wrote (so long the law has a shop keep its sales)."""
    now = timezone.now()
    left = Cart.objects.filter(changed_at__lt=now - CARTS_LAST)
    carts, _ = left.exclude(person__isnull=False, closed_at=None, is_apart=False).delete()
    # As long as money is owed to her, a guest is kept too.
    owed = Refund.objects.filter(payment__order=OuterRef("pk")).exclude(state__in=Refund.SETTLED)
    ended = Order.objects.filter(~Exists(owed), person=None, closed_at__lt=now - ORDERS_LAST)
    InvoiceWish.objects.filter(order__in=ended).delete()
    CouponUse.objects.filter(order__in=ended).exclude(mailbox=None, phone=None).update(**_UNMARKED)
    with transaction.atomic():
        _forget_claims(ended)
        fresh = list(ended.exclude(IS_FORGOTTEN).values_list("pk", flat=True))
        _forget_orders(Order.objects.filter(pk__in=fresh))
    notices = Notice.objects.filter(received_at__lt=now - ORDERS_LAST).exclude(body=b"").update(body=b"")
    # A carrier prints name and address on a label: when nothing is sent by it any more it is gone.
    labels, _ = ReturnLabel.objects.exclude(return_parcel__state__in=ReturnParcel.TO_BE_SENT_BACK).delete()
    return carts + len(fresh) + notices + labels + _forget_gifts()


# Whoever is forgotten is known again by no coupon; that it was used stays.
_UNMARKED = {"mailbox": None, "phone": None}
UNPROVED = ("unproved_cookie", "unproved_mailbox", "unproved_phone")
_EMPTY = {"email": "", "note": ""}
_NO_INVOICE = {"invoice_title": "", "invoice_tax_number": "", "invoice_kind": ""}
_NO_ADDRESS = {"recipient": "", "phone": "", "street": ""}
UNKNOWN: dict[str, Any] = {**_EMPTY, "mobile": "", "news_wanted_at": None, **dict.fromkeys(UNPROVED)}
