"""Whether the shop's texts arrive: one with a code to the operator's own telephone, whose code she types in."""

import logging
import secrets

from django.db import transaction
from django.utils import timezone

from accounts import texting
from accounts.actions import audit, text_code
from accounts.actions.shop import locked, save
from accounts.clean import mobile_number
from accounts.models import Person
from accounts.permissions import must
from accounts.reads import hashed
from core import texts
from core.language import say
from core.refusals import Invalid, NotAllowed, Refusal

log = logging.getLogger("sheaf.accounts")
NO_HOUSE = say("还没有接短信平台：请设置 SMS_URL。", "There is no message house yet: please set SMS_URL.")


class TextsAway(Refusal):
    """The message house did not take a text; the sentence tells its reason."""

    code = "TEXTS_AWAY"


def send_test(by: Person, mobile: str) -> None:
    """Send it now, past the outbox: what the house says is the answer. Raises TextsAway with its reason, and Invalid or
    TooMany as any code that somebody asks for."""
    must(by, "accounts.keep_shop")
    if not texting.is_on():
        raise NotAllowed(NO_HOUSE, field="mobile")
    number = mobile_number(mobile)
    text_code.count(number, "mobile")
    code = "".join(secrets.choice("0123456789") for _ in range(text_code.DIGITS))
    with transaction.atomic():
        shop = locked()
        shop.text_code_sha256 = hashed(code)
        save(shop, "text_code_sha256")
    try:
        texting.send(number, "code", by.language, {"code": code, "minutes": "5"})
    except Exception as failure:
        # What the house or the line says; neither names the number (accounts/texting).
        log.warning("the test text was not taken: %s", type(failure).__name__)
        told = str(failure) if isinstance(failure, texting.NotSent) else type(failure).__name__
        words = say(
            "短信平台没有接收这条短信：{why}。请检查 SMS_URL 里的密钥、签名和模板。",
            "The message house did not take the text: {why}. Please check keys, signature and templates in SMS_URL.",
            why=told[:200],
        )
        raise TextsAway(words, field="mobile") from failure


def confirm(by: Person, code: str) -> None:
    """The code has come by text: the shop's texts arrive. Raises Invalid for another."""
    must(by, "accounts.keep_shop")
    with transaction.atomic():
        shop = locked()
        if not shop.text_code_sha256 or shop.text_code_sha256 != hashed(texts.code(code)):
            raise Invalid(say("不是短信里的那个码。", "This is not the code in the text."), field="code")
        shop.text_code_sha256, shop.text_checked_at = "", timezone.now()
        save(shop, "text_code_sha256", "text_checked_at")
        audit.record(by, "check_texts", "Shop", shop.pk)
