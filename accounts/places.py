"""Where a thing lies, and whether a role that is held somewhere reaches it."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Q

from accounts.models import Region
from accounts.models.appointment import AtAPlace
from accounts.subjects import subject_of
from core.language import Words, say
from core.refusals import Invalid


@dataclass(frozen=True)
class Place:
    """Where something lies: its county's code, its organisation's key, its own uid (a team, an edition).

    Give all that is known: `Place(region=team.county_id, subject=team.uid)`. Without any it is the whole shop, where
    only whoever is appointed for all of it may. As the place of an appointment exactly one is given, or none.
    """

    region: str | None = None
    organisation: int | None = None
    subject: UUID | None = None


SHOP = Place()


def place_of(row: AtAPlace) -> Place:
    """Where an appointment is held, or one is offered."""
    return Place(row.region_id, row.organisation_id, row.subject)


def lies(row: AtAPlace) -> Place:
    """Where an appointment is held, with the region that it lies in: so whoever is in charge there is known.

    Raises Invalid where nothing has that uid.
    """
    region = row.region_id
    if row.organisation is not None:
        region = row.organisation.region_id
    if row.subject is not None:
        known = subject_of(row)
        if known is None:
            raise Invalid(say("没有这个团队或届次。", "There is no such team or edition."), field="subject")
        region = known.region
    return Place(region, row.organisation_id, row.subject)


def name_of(row: AtAPlace) -> Words:
    """Where an appointment is held, in words: its region with all above it, its organisation, its team or edition, or
    the whole shop."""
    if row.subject is not None:
        known = subject_of(row)
        return known.name if known else say("（已不存在）", "(not there any more)")
    if row.organisation is not None:
        return say(row.organisation.name_zh, row.organisation.name_en or row.organisation.name_zh)
    if row.region is not None:
        chain = [row.region]
        while parent := chain[-1].parent:
            chain.append(parent)
        names = [each.name_zh for each in reversed(chain)]
        return say("".join(names), ", ".join(each.name_en for each in chain))
    return say("全店", "the whole shop")


@dataclass(frozen=True)
class Places:
    """All the places at which somebody may, to filter rows by."""

    is_everywhere: bool = False
    regions: Collection[str] = ()
    organisations: Collection[int] = ()
    subjects: Collection[UUID] = ()

    def __bool__(self) -> bool:
        return self.is_everywhere or bool(self.regions or self.organisations or self.subjects)

    def rows(self, region: str = "", organisation: str = "", subject: str = "") -> Q:
        """The rows that lie there, by the paths to their region, organisation and uid:
        `Household.objects.filter(places.rows(region="team__county", subject="team__uid"))`."""
        if self.is_everywhere:
            # Not Q(): that beside `|` would stand for nothing.
            return ~Q(pk__in=())
        found = Q(pk__in=())
        if region and self.regions:
            found |= Q(**{f"{region}__in": sorted(below(self.regions))})
        if organisation and self.organisations:
            found |= Q(**{f"{organisation}__in": sorted(self.organisations)})
        if subject and self.subjects:
            found |= Q(**{f"{subject}__in": sorted(self.subjects)})
        return found


@cache
def above(code: str) -> frozenset[str]:
    """A region and all that it lies in, by their codes."""
    # The regions come with a migration and stay for the life of a process.
    parent = Region.objects.values_list("parent_id", flat=True).get(code=code)
    return frozenset({code}) | (above(parent) if parent else frozenset())


def below(codes: Collection[str]) -> set[str]:
    """These regions and all that lie in them, by their codes."""
    found = level = set(codes)
    while level:
        level = set(Region.objects.filter(parent__in=level).values_list("code", flat=True)) - found
        found = found | level
    return found
