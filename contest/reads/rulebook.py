"""Rules as those may see them who keep a contest, and frozen ones as anybody may."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.permissions import places_of
from contest.models import Rulebook
from contest.reads.keeping import KEEP
from core.refusals import first_or_refuse
from impact.models import Round


def of_round(round_: Round) -> Rulebook | None:
    """The version that a round goes by, a draft or frozen."""
    return Rulebook.objects.filter(plans__round=round_).select_related("edition").first()


def at_desk(round_: Round) -> QuerySet[Rulebook]:
    """All versions that this round could go by, the newest first; drafts are for whoever keeps it."""
    of_it = Q(region=None) | Q(region=round_.region_id)
    return (
        Rulebook.objects.filter(of_it, edition=round_.edition_id)
        .select_related("edition", "region")
        .order_by("-version")
    )


def frozen_of(slug: str) -> QuerySet[Rulebook]:
    """Those of an edition that anybody may read, the newest first."""
    return (
        Rulebook.objects.filter(edition__slug=slug, frozen_at__isnull=False)
        .select_related("edition")
        .order_by("-version")
    )


def frozen_version(slug: str, version: int | None = None) -> Rulebook | None:
    """One of those by its version, the newest where none is named."""
    found = frozen_of(slug)
    return (found if version is None else found.filter(version=version)).first()


def public(uid: UUID) -> Rulebook | None:
    """A frozen one; None for a draft."""
    return all_public().filter(uid=uid).first()


def all_public() -> QuerySet[Rulebook]:
    """Those that are frozen, of every edition."""
    return Rulebook.objects.filter(frozen_at__isnull=False).select_related("edition")


def hers(person: Any) -> QuerySet[Rulebook]:
    """Those that she may draft, edit and freeze."""
    at = places_of(person, KEEP).rows(region="region", subject="edition__uid")
    return Rulebook.objects.filter(at).select_related("edition", "region")


def one_of_hers(person: Any, uid: UUID, field: str = "rulebook") -> Rulebook:
    """One of hers; NOT_FOUND for any other."""
    found: Rulebook = first_or_refuse(hers(person).filter(uid=uid), field)
    return found


def to_copy(person: Any, uid: UUID, field: str = "like") -> Rulebook:
    """One that she may start from: a frozen one of any edition, or a draft of hers."""
    open_to_her = Q(frozen_at__isnull=False) | Q(pk__in=hers(person).values("pk"))
    found: Rulebook = first_or_refuse(Rulebook.objects.filter(open_to_her, uid=uid), field)
    return found
