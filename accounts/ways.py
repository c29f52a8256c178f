"""What may be seen of the ways by which people sign in; changes nothing."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from accounts import clean, texting
from accounts.models import Person, SignInWay
from core.refusals import Invalid

Kind = SignInWay.Kind
# Numbers are given to others: one that its person has not used here for so long says nothing of her any more.
UNUSED_FOR = timedelta(days=90)


def ways_of(person: Person) -> QuerySet[SignInWay]:
    """Those that open her account today."""
    return person.ways.filter(ended_at=None)


def opened_by(kind: str, value: str) -> SignInWay | None:
    """The way of this value, with its person; none where nobody has proved it, or its account is closed."""
    rows = SignInWay.objects.filter(kind=kind, value=value, ended_at=None, person__is_active=True)
    return rows.select_related("person").first()


def number_of(person: Person) -> str:
    """The number she has proved last, as E.164; nothing where she has none."""
    rows = ways_of(person).filter(kind=Kind.PHONE).order_by("-proved_at")
    return rows.values_list("value", flat=True).first() or ""


def texted(phone: str) -> str:
    """A telephone number as E.164, if this shop can text it: a mobile one, and a house is there; else nothing."""
    if not (phone and texting.is_on()):
        return ""
    try:
        return clean.mobile_number(phone)
    except Invalid:
        return ""


def export(person: Person) -> dict[str, Any]:
    """The person's ways, what she has agreed to, and what letters she wants, in plain values."""
    names = ("kind", "value", "proved_at", "last_used_at", "ended_at")
    agreed = person.consents.order_by("id").values("kind", "words", "given_at", "ended_at")
    return {
        "ways_to_sign_in": list(person.ways.order_by("id").values(*names)),
        "letters": [{"letters_by": person.letters_by, "letters_off": person.letters_off}],
        "consents": list(agreed),
    }
