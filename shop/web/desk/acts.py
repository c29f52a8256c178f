"""What follows the acts of a team's desk, and what comes of those that are final."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest

from catalog import reads as shelves
from core import money
from core.api.documents import ask
from core.api.ids import uid_of
from core.language import Words, say
from shop.web.acts import Act, Lines, Look, done, gathered, saved, says, tells, to, will
from shop.web.coupons import OF_TEAMS
from shop.web.desk import seen_first
from shop.web.desk.harvest import HARVEST
from shop.web.desk.parcels import PARCELS
from shop.web.desk.shares import SHARES
from shop.web.webhooks import WEBHOOKS

# --- products ---


def sheet_saved(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A worker does it; the page says how far it is."""
    return done(
        request, say("开始存了，这一页会说到哪儿了。", "It is being saved; this page says how far it is.")
    )


def drafted(request: HttpRequest, payload: dict[str, Any]) -> str:
    """On to all that it still lacks."""
    messages.success(
        request, str(say("草稿已存好，一样样补齐。", "The draft is saved. Now the rest, one by one."))
    )
    return to(f"desk/product/{payload['product']['id']}/")


def product_saved(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Saved; and where an operator must look at it again, its team hears that it is not for sale meanwhile."""
    if payload["product"]["state"] != "SUBMITTED":
        return saved(request, {})
    # A team changes nothing while its product waits for an operator: one that waits now has just left the shelf.
    words = say(
        "已保存。这项改动要运营人员再看一次：商品已下架，通过后自动上架。",
        "Saved. An operator must look at this change: the product has left the shelf until it is approved.",
    )
    return done(request, words)


WAITS = say(
    "已保存，等运营人员看。在那之前照原来的卖。",
    "Saved. An operator looks at it first; until then the approved one is sold.",
)


def size_saved(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Saved; or it waits, while what is approved is sold on."""
    waits = (payload["variant"]["waiting"] or {}).get("isOffered") and payload["product"]["publishedAt"]
    return done(request, WAITS) if waits else saved(request, {})


def prices_saved(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How many are at the new price, and how many wait."""
    words = say(
        "改好 {n} 个价格；其中 {m} 个等运营人员看，之前照核定的卖。"
        if payload["waiting"]
        else "改好 {n} 个价格。",
        "Prices changed: {n}; of these {m} wait for an operator, and the approved ones are sold until then."
        if payload["waiting"]
        else "Prices changed: {n}.",
        n=payload["saved"],
        m=payload["waiting"],
    )
    return done(request, words)


def certificate_added(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Its payload tells of the paper alone, so the product is asked for."""
    asked = "query($id: ID!) { teamProduct(id: $id) { changesState } }"
    data, _ = ask(request, asked, {"id": request.POST.get("product", "")})
    waits = ((data or {}).get("teamProduct") or {}).get("changesState") == "WAITING"
    return done(request, WAITS) if waits else saved(request, {})


def leader_introduced(request: HttpRequest, payload: dict[str, Any]) -> str:
    """Saved; and whoever bears another name now is verified first."""
    if payload["team"]["leader"]["isVerified"]:
        return saved(request, {})
    words = say(
        "已保存。带头人等运营人员核验。", "Saved. The leader waits for an operator to verify who that is."
    )
    return done(request, words)


TEAM = {
    **{one: Act(follow=saved, undone_by=one) for one in ("update_team", "update_body", "update_sending")},
    "introduce_leader": Act(follow=leader_introduced, undone_by="introduce_leader"),
    "invite_member": Act(
        follow=says(say("邀请发出了；对方接受以后生效。", "Sent: it counts once it is accepted.")),
        undone_by="withdraw_role_invitation",
    ),
    "end_member": Act(
        follow=says(say("已结束，工作台对她关上了。", "Ended: the desk is closed to her.")),
        look=will(say("马上进不了这个团队的工作台", "From now on the desk is closed to this account")),
    ),
}

PRODUCTS = {
    "create_product": Act(follow=drafted, undone_by="archive_product"),
    "update_product": Act(follow=product_saved, undone_by="update_product", warns=seen_first.of_a_product),
    "save_prices": Act(follow=prices_saved, undone_by="save_prices", warns=seen_first.of_prices),
    "save_variant": Act(follow=size_saved, undone_by="save_variant", warns=seen_first.of_a_size),
    "add_certificate": Act(follow=certificate_added, undone_by="remove_certificate"),
    "remove_certificate": Act(look=will(say("证书撤下，不能恢复", "The certificate is removed for good"))),
    "upload_picture": Act(undone_by="delete_picture", refilled=frozenset({"altZh", "altEn"})),
    "arrange_picture": Act(undone_by="arrange_picture"),
    "describe_picture": Act(undone_by="describe_picture"),
    "delete_picture": Act(look=will(say("照片删除，不能恢复", "The photo is deleted for good"))),
    "import_listings": Act(undone_by="discard_listing_sheet", refilled=frozenset({"kind"})),
    "save_listing_sheet": Act(
        follow=sheet_saved,
        as_written="all that it does was shown above its button; each thing may be changed back",
    ),
    "discard_listing_sheet": Act(
        follow=says(say("不要了，什么都没动。", "Given up: nothing was touched.")),
        as_written="the same file may be sent in once more",
    ),
    "submit_product": Act(
        follow=says(say("已提交，等运营人员审核。", "Sent in for review.")),
        undone_by="withdraw_product",
        first="update_product",
    ),
    "withdraw_product": Act(
        follow=tells(
            say("“{x}”已撤回，改好后再提交。", "“{x}” is yours to change again; then submit it."),
            "product",
            "name",
        ),
        undone_by="submit_product",
    ),
    "copy_product": Act(follow=drafted, undone_by="archive_product"),
    "withdraw_changes": Act(
        follow=says(say("已撤回，照原来的卖。", "Taken back. The approved one is sold as before.")),
        look=will(
            say(
                "等审核的改动都不要了，照原来的卖",
                "All that waits for an operator is dropped; the approved one is sold as before",
            )
        ),
    ),
    "archive_product": Act(
        follow=tells(say("“{x}”已归档，不再卖。", "“{x}” is archived."), "product", "name"),
        look=will(
            say("归档后不能恢复，不再卖；卖出的照常发货", "Archived for good; what was sold is still sent")
        ),
    ),
}

# --- lots ---


def _of_a_lot(words: Words) -> Look:
    return lambda request, variables: [
        (words, shelves.lot_of(request.user, uid_of(variables["id"], "Lot")).code)
    ]


def recalled(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Which lot, and what goes back at most."""
    lot = shelves.lot_to_recall(request.user, uid_of(variables["id"], "Lot"))
    return [
        (
            say("召回的批次，不能恢复；买过的人都会收到通知", "Recalled for good; every buyer is told"),
            lot.code,
        ),
        (
            say("没发货的退款，最多", "Given back of what is not sent, at most"),
            money.show(shelves.recall_refunds(lot)),
        ),
    ]


LOTS = {
    "declare_lot": Act(follow=saved, undone_by="close_lot"),
    "open_lot": Act(
        follow=tells(
            say("批次 {x} 已采收，可以发货。", "Lot {x} is harvested and can be sent."), "lot", "code"
        ),
        look=_of_a_lot(say("记为已采收，卖出的可以发货了", "Harvested: what was sold of it can be sent")),
    ),
    "close_lot": Act(
        follow=tells(
            say("批次 {x} 已停卖；已卖出的照常发货。", "Lot {x} is closed. What was sold is still sent."),
            "lot",
            "code",
        ),
        look=_of_a_lot(
            say("停卖，不能恢复；卖出的照常发货", "Sold no more, for good; what was sold is still sent")
        ),
    ),
    "recall_lot": Act(
        follow=tells(
            say(
                "批次 {x} 已召回，不再卖；买过的人会收到通知。",
                "Lot {x} is recalled and no longer sold. Whoever bought it is told.",
            ),
            "lot",
            "code",
        ),
        look=recalled,
    ),
}

# --- households ---


def found_by_name(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The page of the first found: its number stands in the address, never what it was found by."""
    found = payload["households"]
    if not found:
        return done(request, say("没有这个简称的农户。", "No household is called so."))
    if len(found) > 1:
        numbers = "、".join(str(one["number"] or one["code"]) for one in found[:20])
        return done(request, say("找到编号 {x}。", "Found: numbers {x}.", x=numbers))
    first = found[0]
    which = urlencode({"team": request.POST.get("team", ""), "find": first["number"] or first["code"]})
    return to(f"desk/households/?{which}#list")


HOUSEHOLDS = {
    "open_names": Act(
        follow=says(say("简称已打开，半小时后关上。", "The short names are open, for half an hour.")),
        as_written="that it was opened stays written down, and it closes by itself",
    ),
    "find_household": Act(follow=found_by_name, as_written="looking changes nothing"),
    "rename_household": Act(follow=saved, undone_by="rename_household"),
    "propose_household": Act(
        follow=tells(
            say("已登记，编号 {x}。", "Registered as number {x}."),
            "household",
            "number",
        ),
        undone_by="withdraw_household",
    ),
    "withdraw_household": Act(
        follow=tells(
            say("{x} 已退出，资料已抹去。", "{x} has withdrawn and its details are erased."),
            "household",
            "code",
        ),
        look=will(
            say(
                "这户退出，姓名、电话、账户抹去，不能恢复",
                "It withdraws; its name, telephone and account are erased for good",
            )
        ),
    ),
}

CONTEST = {
    "file_objection": Act(
        follow=says(say("已提交，答复会发邮件告诉您。", "It is filed. You are told the answer by mail.")),
        look=will(
            say(
                "主办方收到，并公开答复以前不定最终结果",
                "The organiser gets it, and answers before the result is final",
            )
        ),
    ),
    "apply_to_round": Act(
        follow=says(say("已报名，等县级审核。", "Applied; the county looks at it next.")),
        undone_by="withdraw_registration",
    ),
    "withdraw_registration": Act(
        follow=says(say("已退出。", "It is withdrawn.")),
        look=will(
            say("团队退出；已有的数字留着，不再排名", "The team leaves; its figures stay, and it has no rank")
        ),
    ),
    "appeal_registration": Act(
        follow=says(
            say("申诉已提交，由另一位组织者答复。", "Your appeal is filed; another organiser answers it.")
        ),
        look=will(say("一个决定只能申诉一次", "A decision is appealed against once")),
    ),
}

# --- what rules of integrity have found ---

INTEGRITY = {
    "appeal_case": Act(
        follow=says(say("已申诉，由另一位工作人员答复。", "You have appealed; another person answers.")),
        look=will(say("申诉只有一次，交出后不能改", "There is one appeal, and it cannot be changed")),
    ),
    "declare_related_party": Act(follow=saved, undone_by="withdraw_related_party"),
    "withdraw_related_party": Act(follow=saved, undone_by="declare_related_party"),
}

# --- invoices ---

_ISSUED = "it is issued already, with the tax office; what it says too much a red one takes back"
_OF_INVOICE = frozenset({"number", "amountMinor", "orders"})
INVOICES = {
    "upload_invoice": Act(as_written=_ISSUED, refilled=_OF_INVOICE),
    "upload_red_invoice": Act(as_written=_ISSUED, refilled=_OF_INVOICE),
}

# --- labels of what comes back ---

LABELS = {
    "upload_return_label": Act(
        as_written="of a wrong one another may be uploaded until it is sent",
        refilled=frozenset({"carrier", "trackingNumber"}),
    ),
}

# --- news ---

NEWS = {
    "hand_in_news": Act(
        follow=says(say("交上去了，等运营人员看。", "Handed in; an operator reads it first.")),
        undone_by="withdraw_news",
    ),
    "withdraw_news": Act(
        follow=says(say("收回了。", "It is taken back.")),
        look=will(
            say(
                "收回后不能恢复：买家读不到了，没寄出的信也不再寄",
                "Taken back for good: no buyer reads it any more, and no letter of it is sent",
            )
        ),
    ),
}

ACTS = gathered(
    *(TEAM, NEWS, PRODUCTS, LOTS, SHARES, HOUSEHOLDS, HARVEST, PARCELS, OF_TEAMS, WEBHOOKS, INVOICES, LABELS),
    *(CONTEST, INTEGRITY),
)
