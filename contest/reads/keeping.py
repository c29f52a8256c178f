"""The contest as those who keep it see it: editions, rounds that have not begun among them, entries that are out."""

from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.permissions import may_anywhere, places_of
from accounts.places import Places
from catalog.models import Team
from core.refusals import NotFound
from impact.models import Edition, Entry, Round

KEEP = "contest.keep_editions"


def keeps_contest(person: Any) -> bool:
    """Whether editions, rounds and entries are hers to keep."""
    return may_anywhere(person, KEEP)


def editions(person: Any) -> QuerySet[Edition]:
    """The newest first: hers to keep, or with a round that is."""
    places = places_of(person, KEEP)
    hers = places.rows(subject="uid") | Q(pk__in=Round.objects.filter(_at(places)).values("edition"))
    return Edition.objects.filter(hers).order_by("-ordinal", "-pk")


def rounds(person: Any) -> QuerySet[Round]:
    """Those that she keeps, in their order."""
    kept = Round.objects.filter(_at(places_of(person, KEEP)))
    return kept.select_related("edition", "region").order_by("opens_at", "pk")


def _at(places: Places) -> Q:
    return places.rows(region="region", subject="edition__uid")


def subjects() -> QuerySet:
    """Editions as the floor below may call them for whoever is appointed to one."""
    return Edition.objects.values(
        "uid", zh=F("name_zh"), en=F("name_en"), lies=Cast(Value(None), CharField())
    )


def edition_of(person: Any, uid: UUID, field: str = "edition") -> Edition:
    """One that she keeps."""
    return _one(editions(person).filter(uid=uid), field)


def key_of_round(round_: Round) -> str:
    """A round by its edition, level and region: it has no name of its own."""
    return f"{round_.edition.slug}/{round_.level}/{round_.region_id or ''}"


def round_of(person: Any, key: str, field: str = "round") -> Round:
    """The round of such a key, where she keeps it."""
    slug, _, tail = key.partition("/")
    level, _, region = tail.partition("/")
    return _one(rounds(person).filter(edition__slug=slug, level=level, region=region or None), field)


def entries(round_: Round) -> QuerySet[Entry]:
    """All of a round, those that are out among them."""
    return Entry.objects.filter(round=round_).select_related("team__county")


def entry_of(person: Any, uid: UUID, field: str = "entry") -> Entry:
    """An entry of a round that she keeps."""
    kept = Entry.objects.filter(uid=uid, round__in=rounds(person).values("pk"))
    return _one(kept.select_related("team", "round__edition", "round__region"), field)


def may_enter(round_: Round, search: str) -> QuerySet[Team]:
    """Teams at work that are not in the round, by code or part of a name."""
    teams = Team.objects.filter(is_active=True).exclude(
        pk__in=Entry.objects.filter(round=round_, approved_at__isnull=False).values("team")
    )
    if words := search.strip()[:40]:
        named = Q(code__iexact=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words)
        teams = teams.filter(named)
    return teams.order_by("code")


def _one(rows: QuerySet, field: str) -> Any:
    found = rows.first()
    if found is None:
        raise NotFound(field=field)
    return found
