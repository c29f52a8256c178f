"""A judge's desk in a round: what waits for her there, and how the marks lie once they are open."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import cached_property

from accounts.permissions import places_of
from contest import sealing
from contest.models import Judge, Opening, RoundPlan, Sheet
from contest.reads import judging
from contest.reads.dossier import Dossier, dossier_of
from contest.reads.judging import JUDGE
from impact.models import Entry, Round


@dataclass
class JudgesDesk:
    """Her desk in one round. Before she has declared her ties there is nothing on it."""

    judge: Judge
    round: Round

    @cached_property
    def plan(self) -> RoundPlan | None:
        """The plan that says when judging closes."""
        return RoundPlan.objects.filter(round=self.round).select_related("rulebook").first()

    @cached_property
    def criteria(self) -> list[dict[str, Any]]:
        """The rulebook's, in its order."""
        rules = judging.rules_of(self.round)
        return rules["judging"]["criteria"] if rules else []

    @cached_property
    def is_open(self) -> bool:
        """Whether marks can be given now."""
        return self.plan is not None and judging.is_open(self.plan, self.round)

    @cached_property
    def is_opened(self) -> bool:
        """Whether the round's sheets are open."""
        return Opening.objects.filter(round=self.round).exists()

    @cached_property
    def entries(self) -> list["JudgedEntry"]:
        """Those that exist for her, in her own order."""
        rows = judging.queue(self.judge, self.round) if self.judge.declared_at else []
        return [JudgedEntry(self, entry, place) for place, entry in enumerate(rows)]

    @cached_property
    def sheets(self) -> dict[int, Sheet]:
        """Her sheets, by entry."""
        return {sheet.entry_id: sheet for sheet in Sheet.objects.filter(judge=self.judge)}

    def is_given(self, entry: Entry) -> bool:
        """Whether she has submitted her sheet for it."""
        sheet = self.sheets.get(entry.pk)
        return sheet is not None and sheet.state != Sheet.State.DRAFT

    @property
    def to_do(self) -> int:
        """How many sheets she still owes."""
        return sum(not self.is_given(one.entry) for one in self.entries)


@dataclass
class JudgedEntry:
    """One entry on her desk."""

    desk: JudgesDesk
    entry: Entry
    place: int  # from 0

    @property
    def sheet(self) -> Sheet | None:
        """What she has given it, or drafted."""
        return self.desk.sheets.get(self.entry.pk)

    @property
    def marks(self) -> dict[str, int]:
        """What her draft says; nothing once it is submitted, until it is opened: then what she gave."""
        if self.sheet is None or self.sheet.state == Sheet.State.SUBMITTED:
            return {}
        plain = self.sheet.marks if self.sheet.opened_at else self._draft["marks"]
        return {name: int(Decimal(mark)) for name, mark in (plain or {}).items()}

    @property
    def comment(self) -> str:
        """As `marks`."""
        if self.sheet is None or self.sheet.state == Sheet.State.SUBMITTED:
            return ""
        return self.sheet.comment if self.sheet.opened_at else str(self._draft["comment"])

    @cached_property
    def _draft(self) -> dict[str, Any]:
        assert self.sheet
        return sealing.open_up(self.sheet.sealed)

    @cached_property
    def dossier(self) -> Dossier:
        """All that is laid before her."""
        return dossier_of(self.entry)

    def beside(self, step: int) -> "JudgedEntry | None":
        """The next one (1) or the one before (-1) on her desk."""
        place = self.place + step
        return self.desk.entries[place] if 0 <= place < len(self.desk.entries) else None

    @cached_property
    def all_marks(self) -> dict[str, list[int]]:
        """By criterion the marks that count, the lowest first; of nobody, and nothing before the sheets are open."""
        if not self.desk.is_opened:
            return {}
        sheets = judging.counted(self.desk.round).get(self.entry.pk, [])
        return {c["key"]: sorted(int(s[c["key"]]) for s in sheets) for c in self.desk.criteria}

    @property
    def mean(self) -> Decimal | None:
        """What the committee gives it, once the sheets are open and enough of them count."""
        return judging.means_of(self.desk.round).get(self.entry.pk) if self.desk.is_opened else None


def desks(person: Any, where: Q | None = None) -> list[JudgesDesk]:
    """Her desks: a round of an edition that she is appointed to judge, the first to open first."""
    rows = Round.objects.filter(
        places_of(person, JUDGE).rows(subject="edition__uid"), plan__judging_closes_at__isnull=False
    )
    rows = rows.filter(where) if where is not None else rows
    found = []
    for round_ in rows.select_related("edition", "region").order_by("opens_at", "pk"):
        if judge := judging.judge_of(person, round_.edition_id):
            found.append(JudgesDesk(judge, round_))
    return found


def desk(person: Any, edition: str, level: str, region: str | None) -> JudgesDesk | None:
    """Her desk in a round as its address names it, of several of a level in that of all provinces, or the first by its
    province's code; None for whoever does not judge there."""
    here = Q(edition__slug=edition, level=level)
    found = desks(person, here & Q(region=region) if region else here)
    return min(found, key=lambda one: one.round.region_id or "", default=None)


def judged_entry(person: Any, uid: UUID) -> JudgedEntry | None:
    """An entry of hers to judge; None alike for one that does not exist, is not hers, or that she is recused from."""
    return next(iter(judged_entries(person, [uid])), None)


def judged_entries(person: Any, uids: list[UUID]) -> list[JudgedEntry]:
    """Those of these that are hers to judge, in the order of her desks."""
    rounds = judging.rounds_judged_of(uids, places_of(person, JUDGE))
    hers = desks(person, Q(pk__in=rounds)) if rounds else []
    return [one for desk in hers for one in desk.entries if one.entry.uid in uids]
