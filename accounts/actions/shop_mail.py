"""Whether the shop's mails arrive: a letter with a code to the operator's own mailbox, whose code she types in."""

import logging

from django.db import transaction
from django.utils import timezone

from accounts import mail
from accounts.actions import audit
from accounts.actions.shop import locked, save
from accounts.models import Person
from accounts.models.person import a_code
from accounts.permissions import must
from accounts.reads import hashed
from core import texts
from core.language import say
from core.refusals import Invalid, Refusal

log = logging.getLogger("sheaf.accounts")


class MailAway(Refusal):
    """The mail server did not take a letter; the sentence tells its reason."""

    code = "MAIL_AWAY"


def send_test(by: Person) -> None:
    """Send the letter now, past the outbox: what the mail server says is the answer. Raises MailAway with its reason."""
    must(by, "accounts.keep_shop")
    code = a_code(6)
    with transaction.atomic():
        shop = locked()
        shop.mail_code_sha256 = hashed(code)
        save(shop, "mail_code_sha256")
    try:
        mail.send(by.email, by.language, "shop_letter", {"code": code, "name": by.name})
    except Exception as failure:
        log.warning("the test letter was not taken: %s", failure)
        words = say(
            "邮件服务器没有接收这封信：{why}。请检查 EMAIL_URL 和 MAIL_FROM。",
            "The mail server did not take the letter: {why}. Please check EMAIL_URL and MAIL_FROM.",
            why=f"{type(failure).__name__}: {failure}"[:200],
        )
        raise MailAway(words) from failure


def confirm(by: Person, code: str) -> None:
    """The code has come by mail: the shop's letters arrive. Raises Invalid for another."""
    must(by, "accounts.keep_shop")
    with transaction.atomic():
        shop = locked()
        if not shop.mail_code_sha256 or shop.mail_code_sha256 != hashed(texts.code(code).upper()):
            raise Invalid(say("不是信里的那个码。", "This is not the code in the letter."), field="code")
        shop.mail_code_sha256, shop.mail_checked_at = "", timezone.now()
        save(shop, "mail_code_sha256", "mail_checked_at")
        audit.record(by, "check_mail", "Shop", shop.pk)
