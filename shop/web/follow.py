"""Where a deed leads when it is not simply the form's own next address; one function an act."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from core import language
from core.api.documents import ask
from core.language import Words, say
from shop.web.document import text_of


def _to(path: str) -> str:
    return f"/{language.current()}/{path}"


def _order(order: dict, token: str | None) -> str:
    return _to(f"order/{order['number']}/" + (f"?token={token}" if token else ""))


def _done(request: HttpRequest, words: Words) -> str:
    """Say that it is done; the form says where to go on."""
    messages.success(request, str(words))
    return ""


# --- buying ---


def add_to_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The visitor's session remembers a guest's cart."""
    tell_cart(request, payload)
    return _to("cart/")


def tell_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A cart that was made by telling it something is remembered too."""
    if not request.user.is_authenticated:
        request.session["cart"] = payload["cart"]["id"]
    return ""


def place_order(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The cart is an order now: on to paying it. A guest who goes back finds the way to it again."""
    request.session.pop("cart", None)
    if payload.get("token"):
        request.session["placed"] = {"number": payload["order"]["number"], "token": payload["token"]}
    return _order(payload["order"], payload.get("token"))


def begin_payment(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the provider's page."""
    return payload["payment"]["url"]


def cancel_order(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Money takes its way back by itself."""
    return _done(
        request, say("订单已取消。已付的钱会原路退回。", "The order is cancelled. What was paid goes back.")
    )


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
        ask(request, text_of("acts/merge_cart.graphql"), {"cart": cart})
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
    return _done(request, say("新密码已生效，您已登录。", "Your new password is set and you are signed in."))


def change_email(request: HttpRequest, payload: dict[str, Any]) -> str:
    """It takes effect once the new mailbox answers."""
    words = say("已向新邮箱发送确认链接。", "A link to confirm was sent to the new address.")
    return _done(request, words)


def confirm_change(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The new address is the account's."""
    return _done(request, say("邮箱已更换。", "Your address has been changed."))


def change_password(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Every other session has ended."""
    words = say("密码已更换，其他设备已退出。", "Your password is changed; other devices are signed out.")
    return _done(request, words)


def update_person(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Saved."""
    return _done(request, say("已保存。", "Saved."))


save_address = update_person


def create_token(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Its text is shown once."""
    request.session["told"] = {"token": payload["text"]}
    return ""


def erase_person(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Nobody is signed in any more."""
    messages.success(request, str(say("账户已注销。", "Your account has been deleted.")))
    return _to("")


# --- organisations ---


def propose_organisation(request: HttpRequest, payload: dict[str, Any]) -> str:
    """An operator decides."""
    words = say(
        "已提交，运营人员核实后会发邮件告诉您。", "Sent in. We will write to you once it is verified."
    )
    return _done(request, words)


def invite(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The link is shown once."""
    request.session["told"] = {"link": payload["link"]}
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


update_product = save_variant = declare_lot = add_certificate = update_person


def submit_product(request: HttpRequest, payload: dict[str, Any]) -> str:
    """An operator looks at it."""
    return _done(request, say("已提交，等运营人员审核。", "Sent in for review."))


def ship_parcel(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The buyer is told."""
    return _done(request, say("已记下，买家会收到运单号。", "Noted. The buyer is sent the tracking number."))


ship_group = ship_parcel


def answer_claim(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The buyer is told."""
    return _done(request, say("已答复，买家会收到邮件。", "Answered. The buyer is told by mail."))


def propose_household(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The code is all that the desk will show of it."""
    code = payload["household"]["code"]
    words = say("已登记，代号 {c}，请记下来。", "Registered as {c}: please write that down.", c=code)
    return _done(request, words)


share_out_lot = update_person
