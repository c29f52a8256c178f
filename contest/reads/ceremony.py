"""Ceremonies as everybody knows them, as a guest does by her code, and as whoever keeps the edition does."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from contest.models import Ceremony, CeremonyGuest
from contest.reads import keeping
from core import texts
from core.refusals import NotFound, first_or_refuse


def ceremonies_of(edition_slug: str) -> QuerySet[Ceremony]:
    """All of an edition, the first to begin first."""
    rows = Ceremony.objects.filter(edition__slug=edition_slug, edition__rounds__isnull=False)
    return rows.select_related("edition", "opens").distinct()


def guest_called(code: str) -> CeremonyGuest | None:
    """Whoever's invitation carries this code, however it was typed."""
    plain = texts.code(code).upper()
    rows = CeremonyGuest.objects.filter(code=plain).select_related("ceremony__edition", "ceremony__opens")
    return rows.first()


def ceremonies_managed(person: Any) -> QuerySet[Ceremony]:
    """Those of the editions that she keeps."""
    rows = Ceremony.objects.filter(edition__in=keeping.editions(person).values("pk"))
    return rows.select_related("edition", "opens")


def managed_ceremony(person: Any, uid: UUID, field: str = "ceremony") -> Ceremony:
    """One of them."""
    return first_or_refuse(ceremonies_managed(person).filter(uid=uid), field)


def managed_guest(person: Any, code: str, field: str = "code") -> CeremonyGuest:
    """A guest of one of them, by her code."""
    guest = guest_called(code)
    if guest is None or not ceremonies_managed(person).filter(pk=guest.ceremony_id).exists():
        raise NotFound(field=field)
    return guest


def is_managed(person: Any, ceremony: Ceremony) -> bool:
    """Whether it is hers to keep."""
    return person.is_authenticated and ceremonies_managed(person).filter(pk=ceremony.pk).exists()
