"""The steps of a shop's opening, as its pages name them."""

from typing import Any

from django import template
from django.core.files.storage import default_storage

from core.language import Words, say
from orders.reads.shipping import ELSEWHERE
from shop.templatetags.web import to

register = template.Library()

# Key in the API: its page's address by name, and what it is called.
STEPS: dict[str, tuple[str, Words]] = {
    "FACTS": ("set_up_facts", say("店名、主体、联系方式", "Name, legal entity, contact")),
    "TEXTS": ("set_up_texts", say("售后、条款、隐私", "Returns, terms, privacy")),
    "MAIL": ("set_up_mail", say("试发一封邮件", "Try the mail")),
    "PAYMENTS": ("set_up_payments", say("试收一笔款", "Try the payments")),
    "SHIPPING": ("set_up_shipping", say("送到哪里、运费多少", "Where to, and what it costs")),
    "CATEGORIES": ("set_up_categories", say("货架分类", "Categories")),
}


@register.simple_tag
def step_of(key: str) -> dict[str, Any]:
    """`{% step_of "FACTS" as here %}`: the step's `page`, and its `title` in the reader's language."""
    page, title = STEPS[key]
    return {"page": page, "title": str(title)}


FACTS: tuple[tuple[str, Words], ...] = (
    ("name", say("店名", "Name")),
    ("entity", say("经营主体", "Legal entity")),
    ("licenceNumber", say("统一社会信用代码", "Business licence")),
    ("foodLicenceNumber", say("食品经营许可", "Food licence")),
    ("filingNumber", say("ICP 备案号", "ICP filing")),
    ("address", say("地址", "Address")),
    ("phone", say("电话", "Phone")),
    ("email", say("邮箱", "E-mail")),
    ("hours", say("服务时间", "Hours")),
    ("returnAddress", say("退货地址", "Return address")),
)


@register.filter
def facts_of_shop(shop: dict[str, Any]) -> list[tuple[str, str]]:
    """`{% for label, value in shop|facts_of_shop %}`: of the shop's facts those that are written, with what they are called."""
    return [(str(words), shop[key]) for key, words in FACTS if shop.get(key)]


@register.filter
def or_elsewhere(regions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Provinces to choose from, and first everywhere else."""
    return [{"code": ELSEWHERE, "name": str(say("其他地方", "Everywhere else"))}, *regions]


# Where what a first sale lacks is done: an address by its name.
NEEDED_AT = {
    **dict.fromkeys(("TEAM", "MANAGER", "LEADER", "LOT"), "office_teams"),
    "HOUSEHOLD": "office_households",
    "PRODUCT": "office_listings",
    "RATE": "set_up_shipping",
    "OPENING": "set_up",
    "PARCEL": "office_orders",
}


@register.simple_tag
def uploaded(name: str) -> str:
    """The address of an uploaded file."""
    return default_storage.url(name)


@register.simple_tag
def where_needed(need: str) -> str:
    """The address where it is done."""
    return to(NEEDED_AT[need])


@register.simple_tag
def next_of(listed: list[dict[str, Any]], key: str = "isThere") -> dict[str, Any] | None:
    """`{% next_of setUp.steps "isDone" as next %}`: the first that is not done; None once all is."""
    return next((one for one in listed if not one[key]), None)


@register.filter
def is_before_first_parcel(needed: list[dict[str, Any]] | None) -> bool:
    """Whether no parcel was sent yet, the last of what is needed; never for whoever is not told."""
    return any(not one["isThere"] for one in (needed or ())[-1:])


@register.filter
def lacks_something(needed: list[dict[str, Any]] | None) -> bool:
    """Whether anything of it is not there yet; never for whoever is not told."""
    return any(not one["isThere"] for one in needed or ())
