"""A team's entries and their results, as its own desk sees them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.permissions import absent
from catalog.models import Team
from catalog.reads.teams import desks_of
from contest.models import Objection, Result, ResultRow
from contest.reads.result import published, shown_rows
from core import clock
from core.language import Words
from impact.models import Entry

FILE = "contest.file_objection"


@dataclass(frozen=True)
class OwnEntry:
    """An entry of the team's, with the result that stands and its row there, where one is published."""

    entry: Entry
    result: Result | None
    row: ResultRow | None

    @property
    def may_object(self) -> bool:
        """Whether an objection can be filed now: the window is open, and none of the entry's is."""
        result = self.result
        return (
            self.row is not None
            and result is not None
            and result.state == Result.State.PROVISIONAL
            and clock.now() < result.objections_close_at
            and not self.objections.filter(state=Objection.State.OPEN).exists()
        )

    @property
    def objections(self) -> QuerySet[Objection]:
        """What was said, the last first."""
        rows = Objection.objects.filter(entry=self.entry).select_related("entry__team", "result")
        return rows.order_by("-filed_at", "-pk")

    @property
    def round_name(self) -> tuple[Any, Words]:
        """The edition, and the level's name."""
        round_ = self.entry.round
        return round_.edition, type(round_).Level(round_.level).words


def own_entries(team: Team) -> list[OwnEntry]:
    """The team's, the last round first."""
    found = []
    rows = Entry.objects.filter(team=team, approved_at__isnull=False)
    for entry in rows.select_related("team", "round__edition").order_by("-round__opens_at"):
        result = published(entry.round)
        row = next((one for one in shown_rows(result) if one.entry_id == entry.pk), None) if result else None
        found.append(OwnEntry(entry, result, row))
    return found


def own_entry(person: Any, uid: UUID) -> Entry:
    """An entry of a team for which she may object."""
    rows = Entry.objects.filter(uid=uid, team__in=desks_of(person, FILE))
    found = rows.select_related("team", "round__edition").first()
    if found is None:
        raise absent(person, FILE, "entry")
    return found
