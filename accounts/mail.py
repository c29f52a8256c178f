"""Mails of every floor: plain text in the reader's language, the subject on the first line."""

from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.template import Context
from django.template.loader import get_template

from accounts.shop import band, this_shop
from core import language as languages
from core.language import say

# Until it has a name.
UNNAMED = say("小店", "The shop")


def send(to: str | None, language: str, template: str, context: dict[str, Any], *, off: str = "") -> None:
    """Send `<app>/templates/mail/<template>.<language>.txt` to one address; nothing to whoever has none.

    The template also gets `site`, the shop's address, `home`, its front page in that language, `shop_name`, and `shop`: who sells and how it is reached. Where
    no real money moves the last line says so. With the address `off` a mailbox offers a button of its own by which no more
    of them come.
    """
    # A mail cannot be taken back: nothing is sent while a transaction could still be undone.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("a mail was to be sent inside a transaction")
    if not to:
        return
    subject, body = rendered(language, template, context)
    headers = {"Auto-Submitted": "auto-generated"}
    if off:
        headers |= {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    shop = this_shop()
    answers = [shop.email] if shop.email else None
    EmailMessage(subject, body, sender(), to=[to], reply_to=answers, headers=headers).send()


def from_whom() -> tuple[str, str]:
    """From whom the shop's mails come: its own name, and the address that its server may send from."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    shop = this_shop()
    return shop.mail_sender or shop.name_zh or name, address


def sender() -> str:
    """The same as a mail's header has it."""
    return formataddr(from_whom())


def folder() -> str | None:
    """Where mails lie as files, on a server that sends none; None where they are sent."""
    is_filed = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    return str(settings.EMAIL_FILE_PATH) if is_filed else None


def rendered(language: str, template: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of a mail."""
    with languages.use(language):
        shop = this_shop()
        facts = {
            **context,
            "site": settings.SITE_URL,
            "home": f"{settings.SITE_URL}/{language}/",
            "shop_name": languages.localized(shop, "name") or str(UNNAMED),
            "shop": shop,
        }
        mark = str(band() or "")
        # Plain text needs no escaping; "&" in a team's name is an "&".
        found: Any = get_template(f"mail/{template}.{language}.txt")
        text = found.template.render(Context(facts, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + (f"\n{mark}\n" if mark else "\n")
