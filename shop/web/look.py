"""What is final is shown once more, with what will come of it and the sum that moves, before it is done.

Such a form is sent twice: the first time it comes back with what was understood, and a word for exactly that; only
with that word it is done. Whoever changes a number in between, or finds another sum, is shown the new one.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.reads import is_last_coordinator, membership_led_by, signed_in
from catalog import reads as shelves
from core import money
from core.api.ids import uid_of
from core.language import Words, say
from core.numbers import MONEY, NotANumber, scaled
from core.refusals import Refusal
from orders.reads import group as groups
from orders.reads.claim import claim_of_team
from orders.reads.order import is_cancellable, order_open_to, would_give_back
from orders.reads.refund import order_to_refund, sending_of

ONCE_MORE = say(
    "还没有做。请再看一遍，没错就再按一次。",
    "Nothing is done yet. Please look once more, then press again.",
)

Lines = list[tuple[Words, str]]
Look = Callable[[HttpRequest, dict[str, Any]], Lines]


def _weights(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    grams = [share["grams"] for share in variables["shares"]]
    return [
        (say("农户", "Households"), str(len(grams))),
        (say("合计", "Together"), f"{sum(grams) / 1000:,.10g} kg"),
    ]


def _answered(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What cannot be read, nor given, is refused by the act: no sum is promised that will not move."""
    try:
        minor = scaled(variables.get("amount") or "0", 2, MONEY)
    except NotANumber:
        return []
    claim = claim_of_team(request.user, uid_of(variables["claim"], "Claim"))
    if not 0 <= minor <= claim.refundable_minor or not (minor or (variables.get("words") or "").strip()):
        return []
    if not minor:
        return [(say("答复后这项售后就结束了，不退款", "Your answer ends the claim, without a refund"), "")]
    if sending := sending_of(claim.line, minor):
        words = say(
            "退给买家，含运费 {s}", "Given back to the buyer, {s} of it for sending", s=money.show(sending)
        )
        return [(words, money.show(minor + sending))]
    return [(say("退给买家", "Given back to the buyer"), money.show(minor))]


def _given_back(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """More than is left, or too late, is refused by the act."""
    order, teams = order_to_refund(request.user, variables["number"])
    line = order.lines.filter(uid=uid_of(variables["line"], "Line")).first()
    if (
        line is None
        or (teams is not None and line.team_id not in teams)
        or not 0 < variables["units"] <= line.units_sent
    ):
        return []
    minor = min(variables["units"] * line.unit_price_minor, line.net_minor - line.refunded_minor)
    sending = sending_of(line, minor)
    return [(say("退给买家，至少", "Given back to the buyer, at least"), money.show(minor + sending))]


def _order(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Another's order, or one that stays, is refused by the act."""
    order = order_open_to(request.user, variables["number"], variables.get("token"), ("group",))
    if order is None or not is_cancellable(order):
        return []
    if minor := would_give_back(order):
        words = say("订单取消，原路退给您", "The order ends; goes back to you")
        leaves = say(
            "您退出团购，位子让给别人，原路退给您", "You leave and another can join; goes back to you"
        )
        return [(leaves if order.group else words, money.show(minor))]
    return [(say("订单取消，货放回货架；没有扣款", "The order ends; nothing was charged"), "")]


def _group(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    seats, minor = groups.would_be_repaid(request.user, uid_of(variables["group"], "GroupPurchase"))
    return [
        (say("团购取消，退款的份位", "The group ends; members repaid"), str(seats)),
        (say("一共退回", "Given back in all"), money.show(minor)),
    ]


def _recall(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    lot = shelves.lot_of(request.user, uid_of(variables["id"], "Lot"))
    return [
        (
            say("召回的批次，不能恢复；买过的人都会收到通知", "Recalled for good; every buyer is told"),
            lot.code,
        ),
        (
            say("没发货的退款，最多", "Given back of what is not sent, at most"),
            money.show(shelves.recall_gives_back(lot)),
        ),
    ]


def _member(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Who coordinates alone stays, as the act says."""
    if is_last_coordinator(membership_led_by(signed_in(request), uid_of(variables["id"], "Membership"))):
        return []
    words = say(
        "从此不再属于这个单位；要回来得重新邀请", "No member from now on; to come back takes an invitation"
    )
    return [(words, "")]


def _lot(words: Words) -> Look:
    return lambda request, told: [(words, shelves.lot_of(request.user, uid_of(told["id"], "Lot")).code)]


def _will(zh: str, en: str) -> Look:
    words = say(zh, en)
    return lambda request, variables: [(words, "")]


# Of each act that nothing undoes: what comes of it, in lines. Every act is here, or in UNDONE_BY, or in SEEN_AS_WRITTEN.
FINAL: dict[str, Look] = {
    "share_out_lot": _weights,
    "answer_claim": _answered,
    "give_back": _given_back,
    "cancel_order": _order,
    "cancel_group": _group,
    "recall_lot": _recall,
    "close_lot": _lot(
        say("停卖，不能恢复；卖出的照常发货", "Sold no more, for good; what was sold is still sent")
    ),
    "open_lot": _lot(say("记为已采收，卖出的可以发货了", "Harvested: what was sold of it can be sent")),
    "archive_product": _will(
        "归档后不能恢复，不再卖；卖出的照常发货", "Archived for good; what was sold is still sent"
    ),
    "withdraw_household": _will(
        "这户退出，姓名、电话、账户抹去，不能恢复",
        "It withdraws; its name, telephone and account are erased for good",
    ),
    "end_membership": _member,
    "delete_picture": _will("照片删除，不能恢复", "The photo is deleted for good"),
    "remove_certificate": _will("证书撤下，不能恢复", "The certificate is removed for good"),
    "delete_address": _will("地址删除，不能恢复", "The address is deleted for good"),
    "revoke_token": _will(
        "令牌作废，用它的程序马上停", "The token ends for good, and so does whatever uses it"
    ),
    "confirm_delivery": _will(
        "记下收货，申请售后的时间从现在算起", "It has arrived: the time to report a problem begins now"
    ),
    "group_delivered": _will(
        "记下包裹到了，每位参加的人申请售后的时间从现在算起",
        "It has arrived: the time to report a problem begins now, for every member",
    ),
}

# Of each act that can be undone: by what.
UNDONE_BY: dict[str, str] = {
    "accept_invitation": "end_membership",
    "accept_prices": "remove_line",
    "add_certificate": "remove_certificate",
    "add_to_cart": "remove_line",
    "begin_payment": "nothing is paid before the provider's own page says so; then cancel_order",
    "change_email": "it waits for the new mailbox; then change_email",
    "change_password": "change_password",
    "change_quantity": "change_quantity",
    "choose_region": "choose_region",
    "confirm_change": "change_email",
    "create_product": "archive_product",
    "create_token": "revoke_token",
    "declare_lot": "close_lot",
    "give_role": "give_role",
    "invite": "withdraw_invitation",
    "join_group": "cancel_order",
    "keep_cart": "keep_cart",
    "keep_person": "erase_person",
    "merge_cart": "remove_line",
    "open_group": "cancel_group",
    "place_order": "cancel_order; its page has shown the sum, which comes along",
    "propose_household": "withdraw_household",
    "remove_line": "add_to_cart",
    "reset_password": "change_password",
    "save_address": "save_address, delete_address",
    "save_variant": "save_variant",
    "sign_in": "sign_out",
    "sign_out": "sign_in",
    "submit_product": "withdraw_product",
    "tell_cart": "tell_cart",
    "update_person": "update_person",
    "update_product": "update_product",
    "upload_picture": "delete_picture",
    "withdraw_invitation": "invite",
    "withdraw_product": "submit_product",
}

# Nothing undoes these, and they are done at once all the same, because:
SEEN_AS_WRITTEN: dict[str, str] = {
    "ask_for_reset": "it sends a letter that may be left unread",
    "collect_seat": "a tick on the coordinator's list, for each of many who stand before her; nothing else follows",
    "confirm_email": "it proves one's own mailbox, with the password typed",
    "erase_person": "its page says what goes, and takes the password; while money is on its way it can be kept",
    "make_claim": "the buyer's own words, which only ask",
    "propose_organisation": "it waits for an operator",
    "prove_order": "it says that one's own mailbox is one's own",
    "ship_group": "carrier and number are typed, beside the units that must still be the same",
    "ship_parcel": "carrier and number are typed, beside the units that must still be the same",
    "sign_up": "nothing opens before the mailbox answers",
    "write_review": "the buyer's own words, as she sees them",
}


def asked_for(request: HttpRequest, name: str, variables: dict[str, Any]) -> dict[str, Any] | None:
    """What is to be looked at before this is done; None once it was seen as it is now, or where there is nothing."""
    try:
        lines = FINAL[name](request, variables) if name in FINAL else []
    except Refusal:
        # What is not hers, or not there: the act says so.
        return None
    if not lines:
        return None
    word = _word(name, variables, [text for _, text in lines])
    if constant_time_compare(request.POST.get("seen", ""), word):
        return None
    weighed = {share["household"]: share["grams"] for share in variables.get("shares", ())}
    return {"seen": word, "lines": [(str(label), text) for label, text in lines], "grams": weighed}


def _word(name: str, variables: dict[str, Any], texts: list[str]) -> str:
    told = sorted((key, repr(value)) for key, value in variables.items() if key != "idempotencyKey")
    return salted_hmac("sheaf.look", f"{name} {told!r} {texts!r}", algorithm="sha256").hexdigest()[:32]
