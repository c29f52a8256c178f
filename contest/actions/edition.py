"""Open a contest: an edition with a secret of its own."""

import re
import secrets

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import must
from accounts.places import Place
from catalog import clean
from core.language import say
from core.refusals import Invalid, every
from impact.models import Edition
from impact.sealing import seal

KEEP = "contest.keep_editions"
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def open_edition(
    slug: str,
    ordinal: int,
    name: tuple[str, str],
    theme: tuple[str, str] = ("", ""),
    by: Person | None = None,
) -> Edition:
    """A contest; `name` and `theme` are (Chinese, English). INVALID on the field for a slug that is taken or none."""
    must(by, KEEP)
    told = every(
        {
            "slug": lambda: _free_slug(slug),
            "ordinal": lambda: clean.whole(ordinal, "ordinal", 1, 999),
            "name_zh": lambda: clean.text_for(Edition, "name_zh", name[0], required=True),
            "name_en": lambda: clean.text_for(Edition, "name_en", name[1], required=True),
            "theme_zh": lambda: clean.text_for(Edition, "theme_zh", theme[0]),
            "theme_en": lambda: clean.text_for(Edition, "theme_en", theme[1]),
        }
    )
    with transaction.atomic():
        # Person keys are made with it: the same person within an edition, unlinkable between two.
        edition = Edition.objects.create(**told, sealed_key=seal(secrets.token_bytes(32)))
        audit.record(by, "create", "Edition", edition.uid)
    return edition


def place_of_edition(edition: Edition) -> Place:
    """Where an edition lies: in the one province that its rounds are of, if there is one."""
    provinces = set(edition.rounds.filter(region__isnull=False).values_list("region", flat=True)[:2])
    return Place(region=provinces.pop() if len(provinces) == 1 else None, subject=edition.uid)


def _free_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        words = say("只能用小写字母、数字和连字符。", "Small letters, digits and hyphens only.")
        raise Invalid(words, field="slug")
    if Edition.objects.filter(slug=slug).exists():
        raise Invalid(say("这个地址已被使用。", "This address is taken."), field="slug")
    return slug
