"""The shop's own facts: written, read over and confirmed by whoever runs it."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import shop as cached
from accounts import texts
from accounts.actions import audit
from accounts.clean import email_address, line, paragraphs, phone_number
from accounts.models import Person, Shop
from accounts.permissions import must
from core.language import say
from core.refusals import Invalid, every

# Field: its greatest length. Names and who answers for them are needed; the rest may follow.
LINES = {
    "name_zh": 40,
    "name_en": 60,
    "entity": 120,
    "licence_number": 60,
    "filing_number": 60,
    "food_licence_number": 60,
    "hours": 120,
    "address": 200,
    "mail_sender": 60,
    "return_address": 200,
}
NEEDED = ("name_zh", "name_en", "entity")
TEXTS = tuple(f"{name}_{language}" for name in texts.NAMES for language in ("zh", "en"))
LONGEST_TEXT = 12_000


def locked() -> Shop:
    """The shop's row, locked: of two who change it at one moment the second sees what the first did."""
    return Shop.objects.select_for_update().get(pk=1)


def save(shop: Shop, *columns: str) -> None:
    """Write these columns; this process reads the row anew once that is certain, the others within a second."""
    shop.save(update_fields=columns)
    transaction.on_commit(cached.forget)


def change(by: Person | None, **given: str | None) -> Shop:
    """Write facts of the shop; each page, mail and file shows them within a second; what is None stays. Raises Invalid by
    field."""
    must(by, "accounts.keep_shop")
    plain = every({name: _cleaned(name, text) for name, text in given.items() if text is not None})
    with transaction.atomic():
        shop = locked()
        for name, value in plain.items():
            setattr(shop, name, value)
        save(shop, *plain)
        audit.record(by, "change", "Shop", shop.pk, fields=sorted(plain))
    return shop


def _cleaned(name: str, text: str) -> Any:
    if name == "phone":
        return lambda: phone_number(text, name) if text.strip() else ""
    if name == "email":
        return lambda: email_address(text, name) if text.strip() else ""
    return lambda: line(text, name, LINES[name], required=name in NEEDED)


def confirm_texts(by: Person, is_read: bool, **given: str) -> Shop:
    """Put the shop's rules in force as they are given here, all of them, read by whoever confirms it."""
    must(by, "accounts.keep_shop")
    if not is_read:
        words = say("请先读一遍，再勾选确认。", "Please read them first, then tick that you have.")
        raise Invalid(words, field="is_read")
    plain = every({name: partial(paragraphs, given.get(name), name, LONGEST_TEXT) for name in TEXTS})
    with transaction.atomic():
        shop = locked()
        for name, value in plain.items():
            setattr(shop, name, value)
        shop.texts_reviewed_at, shop.texts_reviewed_by = timezone.now(), by
        save(shop, *plain, "texts_reviewed_at", "texts_reviewed_by")
        audit.record(by, "confirm_texts", "Shop", shop.pk, defaults=_defaults(shop))
    return shop


def _defaults(shop: Shop) -> list[str]:
    """Which of the texts are the defaults, word for word: confirmed all the same."""
    return [name for name in texts.NAMES if getattr(shop, f"{name}_zh") == texts.DEFAULTS[name].zh]
