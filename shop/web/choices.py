"""What the shop's own select boxes offer, in the reader's words."""

from collections.abc import Callable

from catalog.illustrations import KINDS
from core import language
from core.language import Words, say


def _told(choices: dict[str, Words]) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(key, str(words)) for key, words in choices.items()]


def _drawings() -> list[tuple[str, str]]:
    return [(kind, names[language.current() == "en"]) for kind, names in KINDS.items()]


CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
    "organisation_kind": _told(
        {
            "UNION": say("工会", "Trade union"),
            "ENTERPRISE": say("企业", "Enterprise"),
            "CANTEEN": say("食堂", "Canteen"),
            "SOCIETY": say("社会团体", "Society"),
            "NGO": say("公益组织", "Charity"),
            "SCHOOL": say("学校", "School"),
            "MEDIA": say("媒体", "Media"),
            "DEPARTMENT": say("机关单位", "Public body"),
        }
    ),
    "role": _told({"MEMBER": say("成员", "Member"), "COORDINATOR": say("协调人", "Coordinator")}),
    "language": _told({"ZH": Words("中文", "中文"), "EN": Words("English", "English")}),
    "product_kind": _told(
        {
            "FRESH": say("生鲜", "Fresh produce"),
            "DRY": say("干货", "Dry goods"),
            "PROCESSED": say("加工食品", "Processed food"),
            "ALCOHOL": say("酒", "Alcohol"),
            "SIDELINE": say("手工与其他", "Crafts and other"),
        }
    ),
    "storage": _told(
        {
            "DRY": say("常温", "Room temperature"),
            "FRESH": say("鲜货", "Fresh"),
            "CHILLED": say("冷藏", "Chilled"),
            "FROZEN": say("冷冻", "Frozen"),
            "LIVE": say("鲜活", "Live"),
        }
    ),
    "lot_level": _told(
        {
            "0": say("团队统收：没有分户记录", "Team’s pool: no record of who grew what"),
            "1": say("多户批次：各户称过重", "Shared lot: each household’s part was weighed"),
            "2": say("单户批次：一户单独存放", "Single household: kept apart"),
        }
    ),
    "certificate_kind": _told(
        {
            "ORIGIN": say("产地证明", "Certificate of origin"),
            "ORGANIC": say("有机认证", "Organic certificate"),
            "TEST": say("检测报告", "Test report"),
        }
    ),
    "illustration": _drawings,
}


# What a bearer token may do (accounts.api.viewer.TokenScope); the name stands before the colon.
TOKEN_SCOPES = {
    "READ": say("查看：您的账户、订单和团购", "Read: your account, orders and group purchases"),
    "BUY": say(
        "购买：购物车、下单、付款、取消、团购", "Buy: cart, orders, payment, calling off, group purchases"
    ),
    "DESK": say("团队工作台：商品、批次、发货、售后", "Team’s desk: products, lots, parcels, claims"),
}
