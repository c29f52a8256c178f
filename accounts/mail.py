"""Mails of every floor: plain text in the reader's language, the subject on the first line."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.template import Context
from django.template.loader import get_template

from core import language as languages


def send(to: str, language: str, template: str, context: dict[str, Any]) -> None:
    """Send `<app>/templates/mail/<template>.<language>.txt` to one address.

    The template also gets `site`, the shop's address, and `home`, its front page in that language.
    """
    # A mail cannot be taken back: nothing is sent while a transaction could still be undone.
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("a mail was to be sent inside a transaction")
    subject, body = rendered(language, template, context)
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, to=[to], headers=headers).send()


def rendered(language: str, template: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of a mail."""
    facts = {**context, "site": settings.SITE_URL, "home": f"{settings.SITE_URL}/{language}/"}
    with languages.use(language):
        # Plain text needs no escaping; "&" in a team's name is an "&".
        found: Any = get_template(f"mail/{template}.{language}.txt")
        text = found.template.render(Context(facts, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"
