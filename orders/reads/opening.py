"""How far the shop's opening has come: its steps, and what is missing before it may sell."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Shop
from catalog.models import Category
from core.language import Words, say
from orders.models import PaymentTrial, ShippingRate
from orders.provider.port import Was
from orders.reads.mode import key_faults, mode_of_keys


class Step(StrEnum):
    """What is written and tried before the opening, in the order in which it is done."""

    FACTS = "facts"
    TEXTS = "texts"
    MAIL = "mail"
    PAYMENTS = "payments"
    SHIPPING = "shipping"
    CATEGORIES = "categories"


@dataclass(frozen=True)
class Missing:
    """Why the shop cannot open yet, and the step where that is mended."""

    step: Step
    words: Words


def missing_to_open(shop: Shop) -> list[Missing]:
    """All that stands between this shop and its opening; empty when it may open."""
    found = [
        (Step.FACTS, not (shop.name_zh and shop.name_en and shop.entity), NO_NAME),
        (Step.FACTS, not (shop.phone or shop.email), NO_CONTACT),
        (Step.FACTS, not shop.return_address, NO_RETURNS),
        (Step.TEXTS, shop.texts_reviewed_at is None, NOT_READ),
        (Step.MAIL, shop.mail_checked_at is None, NO_MAIL),
        *((Step.PAYMENTS, True, words) for words in key_faults()),
        (Step.SHIPPING, not ShippingRate.objects.filter(is_served=True).exists(), NO_RATES),
        (Step.SHIPPING, shop.rates_reviewed_at is None, NOT_GONE_THROUGH),
        (Step.CATEGORIES, not Category.objects.exists(), NO_SHELF),
    ]
    return [Missing(step, words) for step, is_missing, words in found if is_missing]


def is_done(step: Step, shop: Shop) -> bool:
    """Whether nothing is left to do at this step, needed or not."""
    if any(one.step is step for one in missing_to_open(shop)):
        return False
    # Keys may look sound and be another account's: money that came and went back is what shows it.
    return step is not Step.PAYMENTS or was_tried()


def was_tried() -> bool:
    """Whether a payment came and went back with keys of the present mode."""
    return PaymentTrial.objects.filter(mode=mode_of_keys(), refund_was=Was.SUCCEEDED).exists()


def is_needed(step: Step) -> bool:
    """Whether the shop cannot open without it; sound keys are enough of the payments."""
    return step is not Step.PAYMENTS or bool(key_faults())


NO_NAME = say("店名（中英文）和经营主体", "Its name in both languages, and the legal entity")
NO_CONTACT = say("买家能找到您的电话或邮箱", "A phone number or mailbox where buyers reach you")
NO_RETURNS = say("退货地址", "The return address")
NOT_READ = say(
    "售后、条款和隐私还是没审阅过的默认文本",
    "Returns, terms and privacy are the unreviewed defaults",
)
NO_MAIL = say("试发邮件还没有成功", "No test letter has come back yet")
NO_RATES = say("还没有任何送货地区和运费", "No place is served and no shipping rate is set")
NOT_GONE_THROUGH = say("看过一遍的运费表", "Shipping rates that you have gone through")
NO_SHELF = say("还没有货架分类", "There is no category yet")
