"""The contest as those who keep it see it: editions, rounds that have not begun among them, entries that are out."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.models import Appointment, Person
from accounts.permissions import may_anywhere, places_of, roles_of, running
from accounts.places import Places
from catalog.models import Team
from contest.models import Archive
from core.language import say
from core.refusals import Conflict, first_or_refuse
from impact.models import Edition, Entry, Round

KEEP = "contest.keep_editions"
SEE_SUPPORTERS = "contest.see_supporters"
EXAMINE = "contest.examine"
# Each of these opens a round at the organiser's desk; what is shown there asks for its own.
OPENS = (KEEP, "contest.import_results", "contest.approve_imports", EXAMINE)


def keeps_contest(person: Any) -> bool:
    """Whether editions, rounds and entries are hers to keep."""
    return may_anywhere(person, KEEP)


def opens_desk(person: Any) -> bool:
    """Whether there is anything for her at the organiser's desk."""
    return any(may_anywhere(person, permission) for permission in OPENS)


def editions(person: Any, permissions: Collection[str] = (KEEP,)) -> QuerySet[Edition]:
    """The newest first: hers to keep (or what else is asked), or with a round that is."""
    hers = Q(pk__in=rounds(person, permissions).values("edition"))
    for permission in permissions:
        hers |= places_of(person, permission).rows(subject="uid")
    return Edition.objects.filter(hers).order_by("-ordinal", "-pk")


def rounds(person: Any, permissions: Collection[str] = (KEEP,)) -> QuerySet[Round]:
    """Those that she keeps (or may what else is asked), in their order."""
    hers = Q(pk__in=())
    for permission in permissions:
        hers |= _at(places_of(person, permission))
    return Round.objects.filter(hers).select_related("edition", "region").order_by("opens_at", "pk")


def opened_round(person: Any, slug: str, level: str, region: str | None = None) -> Round | None:
    """A round as its address names it, where it is open to her; of several of a level that of all provinces, or the
    first by its province's code."""
    found = rounds(person, OPENS).filter(edition__slug=slug, level=level)
    if region is not None:
        found = found.filter(region=region)
    return found.order_by(F("region").asc(nulls_first=True)).first()


def round_named(slug: str, level: str, region: str | None = None) -> Round | None:
    """The same as anybody may name it."""
    found = Round.objects.filter(edition__slug=slug, level=level).select_related("edition", "region")
    if region is not None:
        found = found.filter(region=region)
    return found.order_by(F("region").asc(nulls_first=True)).first()


def _at(places: Places) -> Q:
    return places.rows(region="region", subject="edition__uid")


def subjects() -> QuerySet:
    """Editions as the floor below may call them for whoever is appointed to one."""
    return Edition.objects.values(
        "uid", zh=F("name_zh"), en=F("name_en"), lies=Cast(Value(None), CharField())
    )


def edition_called(person: Any, slug: str, field: str = "edition") -> Edition:
    """One that she keeps, by its slug."""
    return first_or_refuse(editions(person).filter(slug=slug), field)


def is_archived(edition: Edition) -> bool:
    """Whether it is over, and only read."""
    return Archive.objects.filter(edition=edition).exists()


def demand_open(edition: Edition) -> None:
    """Refuse a deed on an edition that is archived."""
    if is_archived(edition):
        raise Conflict(say("这一届已存档，只能看。", "This edition is archived: it is only read."))


def edition_of(person: Any, uid: UUID, field: str = "edition") -> Edition:
    """One that she keeps, for a deed: CONFLICT where it is archived."""
    found: Edition = first_or_refuse(editions(person).filter(uid=uid), field)
    demand_open(found)
    return found


def key_of_round(round_: Round) -> str:
    """A round by its edition, level and region: it has no name of its own."""
    return f"{round_.edition.slug}/{round_.level}/{round_.region_id or ''}"


def round_of(person: Any, key: str, field: str = "round") -> Round:
    """The round of such a key, where she keeps it, for a deed: CONFLICT where its edition is archived."""
    slug, _, tail = key.partition("/")
    level, _, region = tail.partition("/")
    found: Round = first_or_refuse(
        rounds(person).filter(edition__slug=slug, level=level, region=region or None), field
    )
    demand_open(found.edition)
    return found


def entries(round_: Round) -> QuerySet[Entry]:
    """All of a round, those that are out among them."""
    return Entry.objects.filter(round=round_).select_related("team__county")


def entry_of(person: Any, uid: UUID, field: str = "entry") -> Entry:
    """An entry of a round that she keeps, for a deed: CONFLICT where its edition is archived."""
    kept = Entry.objects.filter(uid=uid, round__in=rounds(person).values("pk"))
    found: Entry = first_or_refuse(kept.select_related("team", "round__edition", "round__region"), field)
    demand_open(found.round.edition)
    return found


def may_enter(round_: Round, search: str) -> QuerySet[Team]:
    """Teams at work that are not in the round, by code or part of a name."""
    teams = Team.objects.filter(is_active=True).exclude(
        pk__in=Entry.objects.filter(round=round_, approved_at__isnull=False).values("team")
    )
    if words := search.strip()[:40]:
        named = Q(code__iexact=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words)
        teams = teams.filter(named)
    return teams.order_by("code")


def keepers(round_: Round) -> QuerySet[Person]:
    """Whoever keeps this round, there or for the whole shop."""
    here = Q(region=None, organisation=None) & (Q(subject=None) | Q(subject=round_.edition.uid))
    if round_.region_id:
        here |= Q(region=round_.region_id)
    rows = Appointment.objects.filter(running(), here, role__in=roles_of(KEEP))
    return Person.objects.filter(pk__in=rows.values("person"), is_active=True).order_by("pk")
