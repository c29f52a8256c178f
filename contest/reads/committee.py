"""A round's committee as whoever keeps the round sees it: never what is in a sealed sheet, nor for which entry one is in."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.functional import cached_property

from accounts.actions import role_invitation
from accounts.models import Appointment, RoleInvitation
from contest.models import Conflict, Judge, Opening, RoundPlan, Sheet
from contest.reads import judging, keeping
from core.refusals import first_or_refuse
from impact.models import Entry, Round


@dataclass
class Member:
    """A judge with how many sheets she still owes."""

    judge: Judge
    is_sitting: bool
    owed: int
    given: int


@dataclass
class JudgedSum:
    """What the opened sheets of an entry come to."""

    entry: Entry
    counted: int
    excluded: int
    mean: Decimal | None
    spread: Decimal | None
    is_apart: bool


@dataclass
class Committee:
    """The committee of a round as somebody sees it who keeps it; of her own ties, where she judges too, she sees none."""

    round: Round
    asker: Any

    @cached_property
    def plan(self) -> RoundPlan | None:
        """The plan that says when judging closes."""
        return RoundPlan.objects.filter(round=self.round).select_related("rulebook").first()

    @cached_property
    def is_opened(self) -> bool:
        """Whether the sheets are open."""
        return Opening.objects.filter(round=self.round).exists()

    @cached_property
    def queues(self) -> dict[int, set[int]]:
        """The entries that each judge who sits there may mark, by her part's key; of none once the sheets are open."""
        sitting = [] if self.is_opened else judging.sitting(self.round.edition_id)
        return {judge.pk: {entry.pk for entry in judging.queue(judge, self.round)} for judge in sitting}

    @property
    def members(self) -> list[Member]:
        """Whoever sits or sat in it; counts a judge, so that nobody learns for which entry all sheets are in."""
        sitting = set(judging.sitting(self.round.edition_id).values_list("pk", flat=True))
        given: dict[int, set[int]] = defaultdict(set)
        sheets = Sheet.objects.filter(entry__round=self.round).exclude(state=Sheet.State.DRAFT)
        for judge, entry in sheets.values_list("judge", "entry"):
            given[judge].add(entry)
        rows = Judge.objects.filter(edition=self.round.edition_id).select_related("person").order_by("pk")
        return [
            Member(
                row,
                row.pk in sitting,
                len(self.queues.get(row.pk, set()) - given[row.pk]),
                len(given[row.pk]),
            )
            for row in rows
        ]

    @property
    def conflicts(self) -> QuerySet[Conflict]:
        """What ties judges to entries of this round: to be decided first."""
        rows = Conflict.objects.filter(entry__round=self.round).exclude(judge__person=self.asker.pk)
        return rows.select_related("judge__person", "entry__team").order_by("decided_at", "pk")

    @property
    def invitations(self) -> QuerySet[RoleInvitation]:
        """Offers to judge this edition that nobody has accepted yet."""
        rows = role_invitation.waiting().filter(role=Appointment.Role.JUDGE, subject=self.round.edition.uid)
        return rows.order_by("-pk")

    @property
    def short_of_judges(self) -> list[Entry]:
        """Entries that fewer judges can mark than the rulebook asks for, whatever is in: by conflicts alone."""
        rules = judging.rules_of(self.round)
        if rules is None or self.is_opened:
            return []
        least = rules["judging"]["least"]
        able = Counter(entry for hers in self.queues.values() for entry in hers)
        return [entry for entry in judging.judged(self.round) if able[entry.pk] < least]

    @property
    def is_severity_refused(self) -> bool:
        """Whether marks stand as given although the rulebook would bring judges onto one scale."""
        return judging.is_severity_refused(self.round)

    @property
    def sums(self) -> list[JudgedSum]:
        """Entry by entry what the sheets come to, by number; none before they are open."""
        if not self.is_opened:
            return []
        counted, means = judging.counted(self.round), judging.means_of(self.round)
        rules, apart = judging.rules_of(self.round), judging.spreads(self.round)
        left = Sheet.objects.filter(entry__round=self.round, state=Sheet.State.EXCLUDED)
        out = dict(left.values_list("entry").annotate(Count("pk")))
        return [
            JudgedSum(
                entry,
                len(marks := counted.get(entry.pk, [])),
                out.get(entry.pk, 0),
                means.get(entry.pk),
                judging.spread_of(marks, rules) if marks and rules else None,
                entry.pk in apart,
            )
            for entry in judging.judged(self.round).order_by("number")
        ]


def conflict_of(person: Any, uid: UUID) -> Conflict:
    """A conflict in a round that she keeps."""
    rows = Conflict.objects.filter(uid=uid, entry__round__in=keeping.rounds(person).values("pk"))
    rows = rows.select_related("judge__person", "entry__round__edition", "entry__round__region")
    found: Conflict = first_or_refuse(rows, "conflict")
    return found


def judge_in(person: Any, uid: UUID) -> Judge:
    """A judge of an edition of which she keeps a round."""
    rows = Judge.objects.filter(uid=uid, edition__in=keeping.rounds(person).values("edition"))
    found: Judge = first_or_refuse(rows.select_related("person", "edition"), "judge")
    return found


def seals(round_: Round) -> list[str]:
    """The SHA-256 of each submitted sheet of a round, in the order of the digits: neither whose it is, nor for which
    entry, nor when it came."""
    rows = Sheet.objects.filter(entry__round=round_).exclude(state=Sheet.State.DRAFT)
    return list(rows.order_by("sha256").values_list("sha256", flat=True))


def waivers(round_: Round) -> QuerySet[Conflict]:
    """What was waived in writing, by the entry's number; of which judge is told to nobody."""
    rows = Conflict.objects.filter(entry__round=round_, state=Conflict.State.WAIVED)
    return rows.select_related("entry").order_by("entry__number", "kind", "pk")
