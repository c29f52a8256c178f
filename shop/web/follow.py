"""Where a deed leads when it is not simply the form's own next address; one function an act."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from core import language
from core.api.documents import ask
from core.language import Words, say
from core.money import show
from orders.actions.cart import MOST_LINES, MOST_UNITS
from shop.web.document import text_of
from shop.web.once import remember, slip_of


def _to(path: str) -> str:
    return f"/{language.current()}/{path}"


def _order(order: dict, token: str | None) -> str:
    return _to(f"order/{order['number']}/" + (f"?token={token}" if token else ""))


def _done(request: HttpRequest, words: Words) -> str:
    """Say that it is done; the form says where to go on."""
    messages.success(request, str(words))
    return ""


def _tells(words: Words, noun: str, fact: str) -> Callable[[HttpRequest, dict[str, Any]], str]:
    """Say that it is done, `{x}` being this fact of the payload's noun."""
    return lambda request, payload: _done(request, replace(words, facts={"x": payload[noun][fact]}))


# --- buying ---


def add_to_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The visitor's session remembers a guest's cart."""
    tell_cart(request, payload)
    _say_left_out(request, payload)
    return _to("cart/")


def _say_left_out(request: HttpRequest, payload: dict[str, Any] | None) -> None:
    """What a cart did not take: of each kind it holds so many, and so many kinds."""
    if payload and (n := payload["leftOut"]):
        words = say(
            "每样最多 {most} 份，最多 {kinds} 种；有 {n} 份没有放进购物车。",
            "A cart holds at most {most} of each and {kinds} kinds: {n} units were left out.",
            single="A cart holds at most {most} of each and {kinds} kinds: 1 unit was left out.",
            n=n,
            most=MOST_UNITS,
            kinds=MOST_LINES,
        )
        messages.warning(request, str(words))


def tell_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A cart that was made by telling it something is remembered too."""
    if not request.user.is_authenticated:
        remember(request, "cart", payload["cart"]["id"])
    return ""


choose_region = accept_prices = tell_cart


def place_order(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The cart is an order now: on to paying it. A guest who goes back finds the way to it again."""
    request.session.pop("cart", None)
    if payload.get("token"):
        remember(request, "placed", {"number": payload["order"]["number"], "token": payload["token"]})
    return _order(payload["order"], payload.get("token"))


def begin_payment(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the provider's page."""
    return payload["payment"]["url"]


def cancel_order(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Money takes its way back by itself, where there was any."""
    if payload["order"]["paidAt"] is None:
        return _done(request, say("订单已取消，没有扣款。", "The order is cancelled. Nothing was charged."))
    return _done(
        request, say("订单已取消。已付的钱会原路退回。", "The order is cancelled. What was paid goes back.")
    )


def prove_order(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The mailbox is hers; the form's next address has no proof in it any more."""
    words = say(
        "邮箱已确认，这次购买会算上您这一位。",
        "Your mailbox is confirmed: with this purchase the contest counts you too.",
    )
    return _done(request, words)


def confirm_delivery(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The after-sale window begins."""
    return _done(request, say("已记下收货。", "Noted: it has arrived."))


def write_review(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Published."""
    return _done(request, say("谢谢，评价已发表。", "Thank you. Your review is published."))


# --- buying together ---


def open_group(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To its page, where the link to pass on is."""
    return _to(f"g/{payload['group']['joinCode']}/")


def join_group(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A seat is an order of its own, to be paid."""
    return _order(payload["order"], payload.get("token"))


def cancel_group(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Everyone is repaid."""
    return _done(
        request, say("团购已取消，全额退款。", "The group purchase is called off; everyone is repaid.")
    )


# --- people ---


def sign_in(request: HttpRequest, payload: dict[str, Any]) -> str:
    """What was put into a cart before signing in is poured into one's own."""
    cart = request.session.pop("cart", None)
    if cart:
        data, _ = ask(request, text_of("acts/merge_cart.graphql"), {"cart": cart})
        _say_left_out(request, (data or {}).get("cartMerge"))
    return ""


def confirm_email(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The mailbox is proved, and one is signed in."""
    sign_in(request, payload)
    return _done(request, say("邮箱已确认，欢迎。", "Your address is confirmed. Welcome."))


def sign_up(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The rest happens in the mailbox."""
    return _to("sign-up/?sent=1")


def ask_for_reset(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The rest happens in the mailbox."""
    return _to("password/?sent=1")


def reset_password(request: HttpRequest, payload: dict[str, Any]) -> str:
    """One is signed in with it."""
    sign_in(request, payload)
    return _done(
        request,
        say(
            "新密码已生效，您已登录；其他设备已退出，接口令牌都已作废。",
            "Your new password is set and you are signed in; other devices are signed out, API tokens revoked.",
        ),
    )


def change_email(request: HttpRequest, payload: dict[str, Any]) -> str:
    """It takes effect once the new mailbox answers."""
    words = say("已向新邮箱发送确认链接。", "A link to confirm was sent to the new address.")
    return _done(request, words)


def confirm_change(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The new address is the account's."""
    return _done(request, say("邮箱已更换。", "Your address has been changed."))


def change_password(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Every other session has ended."""
    words = say(
        "密码已更换：其他设备已退出，接口令牌都已作废。",
        "Your password is changed: other devices are signed out, and your API tokens are revoked.",
    )
    return _done(request, words)


def update_person(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Saved."""
    return _done(request, say("已保存。", "Saved."))


save_address = update_person


def create_token(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Its text is shown once."""
    slip_of(request).put("told", {"token": payload["text"]})
    return ""


def erase_person(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Nobody is signed in any more; or she is told that it waits."""
    if not payload["isErased"]:
        words = say(
            "已收到。还有钱没有结清，结清后自动注销。",
            "Noted. Money is still on its way; it is done once that is settled.",
        )
        messages.success(request, str(words))
        return _to("account/details/#erasure")
    messages.success(request, str(say("账户已注销。", "Your account has been deleted.")))
    return _to("")


def keep_person(request: HttpRequest, payload: dict[str, Any]) -> str:
    """She stays."""
    return _done(request, say("账户保留。", "Your account stays."))


# --- organisations ---


def propose_organisation(request: HttpRequest, payload: dict[str, Any]) -> str:
    """An operator decides."""
    words = say(
        "已提交，运营人员核实后会发邮件告诉您。", "Sent in. We will write to you once it is verified."
    )
    return _done(request, words)


def invite(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The link is shown once."""
    slip_of(request).put("told", {"link": payload["link"]})
    return ""


def accept_invitation(request: HttpRequest, payload: dict[str, Any]) -> str:
    """One belongs to it now."""
    name = payload["membership"]["organisation"]["name"]
    messages.success(request, str(say("您已加入{name}。", "You have joined {name}.", name=name)))
    return _to("organisations/")


# --- the team's desk ---


def create_product(request: HttpRequest, payload: dict[str, Any]) -> str:
    """On to all that it still lacks."""
    messages.success(
        request, str(say("草稿已存好，一样样补齐。", "The draft is saved. Now the rest, one by one."))
    )
    return _to(f"desk/product/{payload['product']['id']}/")


declare_lot = share_out_lot = update_person


def update_product(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Saved; and where an operator must look at it again, its team hears that it is not for sale meanwhile."""
    return _written(request, payload["product"]["state"])


save_variant = update_product


def add_certificate(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Its payload tells of the paper alone, so the product is asked for."""
    asked = "query($id: ID!) { teamProduct(id: $id) { state } }"
    data, _ = ask(request, asked, {"id": request.POST.get("product", "")})
    return _written(request, ((data or {}).get("teamProduct") or {}).get("state", ""))


def _written(request: HttpRequest, state: str) -> str:
    """A team changes nothing while its product waits for an operator: one that waits now has just left the shelf."""
    if state != "SUBMITTED":
        return update_person(request, {})
    words = say(
        "已保存。这项改动要运营人员再看一次：商品已下架，通过后自动上架。",
        "Saved. An operator must look at this change: the product has left the shelf until it is approved.",
    )
    return _done(request, words)


withdraw_product = _tells(
    say("“{x}”已撤回，改好后再提交。", "“{x}” is yours to change again; then submit it."), "product", "name"
)
archive_product = _tells(say("“{x}”已归档，不再卖。", "“{x}” is archived."), "product", "name")
open_lot = _tells(say("批次 {x} 已采收，可以发货。", "Lot {x} is harvested and can be sent."), "lot", "code")
close_lot = _tells(
    say("批次 {x} 已停卖；已卖出的照常发货。", "Lot {x} is closed. What was sold is still sent."),
    "lot",
    "code",
)
recall_lot = _tells(
    say(
        "批次 {x} 已召回，不再卖；买过的人会收到通知。",
        "Lot {x} is recalled and no longer sold. Whoever bought it is told.",
    ),
    "lot",
    "code",
)
# The code is all that the desk shows of a household.
propose_household = _tells(
    say("已登记，代号 {x}，请记下来。", "Registered as {x}: please write that down."), "household", "code"
)
withdraw_household = _tells(
    say("{x} 已退出，资料已抹去。", "{x} has withdrawn and its details are erased."), "household", "code"
)


def submit_product(request: HttpRequest, payload: dict[str, Any]) -> str:
    """An operator looks at it."""
    return _done(request, say("已提交，等运营人员审核。", "Sent in for review."))


def ship_parcel(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The buyer is told."""
    return _done(request, say("已记下，买家会收到运单号。", "Noted. The buyer is sent the tracking number."))


ship_group = ship_parcel


def give_back(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How much is on its way."""
    return _done(
        request,
        say(
            "已退款 {x}，正在原路退回。",
            "{x} is on its way back.",
            x=show(payload["refund"]["amount"]["minor"]),
        ),
    )


def answer_claim(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How much is on its way; the buyer is told."""
    if refund := payload["claim"]["refund"]:
        words = say(
            "已答复，{x} 正在退给买家；买家会收到邮件。",
            "Answered: {x} is on its way back, and the buyer is told by mail.",
            x=show(refund["amount"]["minor"]),
        )
        return _done(request, words)
    return _done(request, say("已答复，买家会收到邮件。", "Answered. The buyer is told by mail."))
