"""What follows the acts of a cart, an order and a parcel, and what comes of those that are final."""

from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, QueryDict

from core import money
from core.language import say
from orders.reads.order import is_cancellable, order_open_to, refundable_minor
from orders.reads.standstill import standing_of
from shop.web.act import do
from shop.web.acts import Act, Lines, done, order_page, says, to, will
from shop.web.cart import remember_cart, say_left_out
from shop.web.contest.touch import note_assists, note_choice
from shop.web.form import APART, is_apart
from shop.web.once import remember


def in_the_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the cart, which the visitor's session remembers for a guest."""
    remember_new_cart(request, payload)
    say_left_out(request, payload)
    return to("cart/")


def straight_to_checkout(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the checkout of this one thing; the cart is kept as it is."""
    remember(request, APART, payload["cart"]["id"])
    return to("checkout/now/")


def remember_new_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A cart that was made by telling it something is remembered too."""
    remember_cart(request, payload["cart"]["id"])
    return ""


def cart_with_its_code(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The cart is remembered, and what its buyer made of the code by which she came."""
    note_choice(request)
    return remember_new_cart(request, payload)


def placed(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The cart is an order now: on to the provider's page at once. A guest who goes back finds the way to it again;
    where the provider cannot be reached, its page has the button to pay."""
    request.session.pop(APART if is_apart(request) else "cart", None)
    note_assists(request, payload["order"]["number"])
    if payload.get("token"):
        remember(request, "placed", {"number": payload["order"]["number"], "token": payload["token"]})
    return _paid_at(request, payload) or order_page(payload["order"], payload.get("token"))


def _paid_at(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Where the order that was just placed is paid; nothing where that is not known yet, and then it is said why."""
    given = QueryDict(mutable=True)
    given["number"] = payload["order"]["number"]
    given["token"] = payload.get("token") or ""
    # The same press leads to the same attempt, however often it is sent.
    given["idempotencyKey"] = str(uuid5(UUID(request.POST["idempotencyKey"]), "begin_payment"))
    begun, refused = do(request, "begin_payment", given)
    for text in dict.fromkeys(message for _, message in refused):
        messages.warning(request, text)
    return "" if refused else to_the_provider(request, begun)


def to_the_provider(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The provider's page on which the order is paid, as the payment tells it."""
    url: str = payload["payment"]["url"]
    return url


def again_in_the_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the cart with what can be had of the order; what cannot is named."""
    if gone := payload["gone"]:
        words = say(
            "现在买不到、没有放进购物车的：{x}。", "Not to be had now, and not in your cart: {x}.",
            x=str(say("、", ", ")).join(gone),
        )  # fmt: skip
        messages.warning(request, str(words))
    if not payload["cart"]:
        return to("shop/")
    return in_the_cart(request, payload)


def news_chosen(request: HttpRequest, payload: dict[str, Any]) -> str:
    """What comes from now on."""
    if payload["isWanted"]:
        return done(request, say("记下了：团队写了，会寄给您。", "Noted: what the team writes comes to you."))
    return done(request, say("关掉了，不再寄近况。", "Switched off: no more news comes."))


def cancelled(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Money takes its way back by itself, where there was any."""
    if payload["order"]["paidAt"] is None:
        return done(request, say("订单已取消，没有扣款。", "The order is cancelled. Nothing was charged."))
    return done(
        request, say("订单已取消。已付的钱会原路退回。", "The order is cancelled. What was paid goes back.")
    )


def ends_the_order(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Another's order, or one that stays, is refused by the act."""
    order = order_open_to(request.user, variables["number"], variables.get("token"))
    if order is None or not is_cancellable(order):
        return []
    if minor := refundable_minor(order):
        words = say("订单取消，原路退给您", "The order ends; goes back to you")
        leaves = say(
            "您退出团购，位子让给别人，原路退给您", "You leave and another can join; goes back to you"
        )
        return [(leaves if order.holder else words, money.show(minor))]
    return [(say("订单取消，货放回货架；没有扣款", "The order ends; nothing was charged"), "")]


def goes_back_undelivered(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What stood still meanwhile or is open again is refused by the act."""
    order = order_open_to(request.user, variables["number"], variables.get("token"))
    if order is None or (standing := standing_of(order)) is None or standing.why_not:
        return []
    words = say(
        "不再等，这一部分不发了，原路退给您", "You wait no more and this is not sent; goes back to you"
    )
    return [(words, money.show(standing.refund_minor))]


ACTS = {
    "add_to_cart": Act(follow=in_the_cart, undone_by="remove_line"),
    "buy_again": Act(follow=again_in_the_cart, undone_by="remove_line"),
    "buy_at_once": Act(follow=straight_to_checkout, undone_by="nothing is ordered yet; its cart is left"),
    "change_quantity": Act(undone_by="change_quantity"),
    "remove_line": Act(undone_by="add_to_cart"),
    "accept_prices": Act(follow=remember_new_cart, undone_by="remove_line"),
    "keep_cart": Act(undone_by="keep_cart", refilled=frozenset({"quantity", "couponCode"})),
    "use_coupon": Act(undone_by="leave_coupon"),
    "leave_coupon": Act(undone_by="leave_coupon"),
    "merge_cart": Act(undone_by="remove_line"),
    "choose_region": Act(follow=remember_new_cart, undone_by="choose_region"),
    "tell_cart": Act(follow=cart_with_its_code, undone_by="tell_cart"),
    "send_to_usual": Act(follow=remember_new_cart, undone_by="choose_region"),
    "tell_buyer": Act(undone_by="tell_buyer"),
    "save_cart_address": Act(undone_by="remove_cart_address"),
    "import_people": Act(undone_by="remove_cart_address"),
    "remove_cart_address": Act(undone_by="save_cart_address"),
    "place_order": Act(
        follow=placed,
        undone_by="cancel_order; its page has shown the sum, which comes along",
        first="tell_cart",
    ),
    "begin_payment": Act(
        follow=to_the_provider,
        undone_by="nothing is paid before the provider's own page says so; then cancel_order",
    ),
    "ask_for_invoice": Act(
        follow=says(
            say("记下了，开好会传到这一页。", "Noted: it is uploaded to this page once it is issued.")
        ),
        undone_by="ask_for_invoice",
    ),
    "choose_news": Act(follow=news_chosen, undone_by="choose_news"),
    "cancel_order": Act(follow=cancelled, look=ends_the_order),
    "wait_for_place": Act(
        follow=says(
            say("已记下：等到恢复配送再发。", "Noted: your goods are sent once the place is open again.")
        ),
        undone_by="refund_stopped",
    ),
    "refund_stopped": Act(
        follow=says(say("退款已开始，钱原路退回。", "It is on its way back to you.")),
        look=goes_back_undelivered,
    ),
    "choose_harvest": Act(
        follow=says(say("记下了，办好之前都可以改。", "Noted. Until it is carried out you can change it.")),
        undone_by="choose_harvest",
    ),
    "ask_for_order": Act(
        follow=lambda request, payload: to("find-order/?sent=1"),
        as_written="it has a letter sent to whoever bought, which may be asked for again",
    ),
    "prove_order": Act(
        # The form's next address has no proof in it any more.
        follow=says(
            say(
                "已确认，这次购买会算上您这一位。",
                "It is confirmed: with this purchase the contest counts you too.",
            )
        ),
        as_written="it says that one's own mailbox or number is one's own",
    ),
    "confirm_delivery": Act(
        follow=says(say("已记下收货。", "Noted: it has arrived.")),
        look=will(
            say(
                "记下收货，申请售后的时间从现在算起",
                "It has arrived: the time to report a problem begins now",
            )
        ),
    ),
    "change_address": Act(
        follow=says(say("地址已改。", "The address is changed.")), undone_by="change_address"
    ),
    "write_review": Act(
        follow=says(say("谢谢，评价已发表。", "Thank you. Your review is published.")),
        as_written="the buyer's own words, as she sees them",
    ),
    "make_claim": Act(
        follow=says(
            say(
                "已告诉团队。答复会写在订单页上，也发给您。",
                "The team has been told. Its answer will be on the order’s page, and comes to you.",
            )
        ),
        as_written="the buyer's own words, which only ask",
    ),
    "add_claim_photos": Act(
        follow=says(say("照片已补上。", "The photos are added.")),
        as_written="the buyer's own photos, which only show",
    ),
    "accept_claim": Act(
        follow=says(say("好，就按这个答复办。", "Good: the answer stands.")),
        look=will(
            say(
                "按团队的答复办，这项售后到此为止",
                "The team's answer stands, and nothing more is asked for it",
            )
        ),
    ),
    "confirm_replacement": Act(
        follow=says(
            say("已记下。有问题还可以再说。", "Noted. Should something be wrong again, you can say so.")
        ),
        look=will(say("补发的收到了，这项售后办完", "It has come, and that settles the claim")),
    ),
    "send_return": Act(
        follow=says(
            say(
                "已记下。团队收到后退款，会告诉您。",
                "Noted. You are told when the team has it and the money is on its way.",
            )
        ),
        as_written="carrier and number are typed",
    ),
    "dispute_claim": Act(
        follow=says(
            say(
                "已请团队再看，有答复会告诉您。",
                "The team looks again; you are told what it answers.",
            )
        ),
        as_written="the buyer's own words, which only ask",
    ),
    "bring_claim": Act(
        follow=says(
            say(
                "已交给平台，有裁定会告诉您。",
                "The shop has it now; you are told what it decides.",
            )
        ),
        as_written="the buyer's own words; its form says that the shop is asked once",
    ),
}
