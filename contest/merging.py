"""What becomes in the contest of whoever turns out to be one person: her likes and looks are counted once from that moment
on, a committee and a team are lasting apart, and what a round was frozen by stays."""

from django.db.models import Q

from accounts.merging import Becomes, move
from accounts.models import Appointment, Person
from accounts.models.appointment import Role
from accounts.permissions import running
from catalog.models import Team, TeamMember
from contest.actions.conflict import look_for_ties
from contest.models import Archive, CourseResult, Engagement, Judge
from contest.people import STEPS
from contest.reads.apart import competes, judges_where
from core import clock
from core.language import Words, say
from impact.models import Edition

COLUMNS = {
    # Who did which step; a table that is only added to keeps the account by which it was done.
    **{
        f"contest.{model.__name__}.{column}": Becomes.STAYS
        if getattr(model, "append_only", False)
        else Becomes.MOVES
        for model, columns in STEPS.items()
        for column in columns
    },
    "contest.RegistrationAppeal.filed_by": Becomes.MOVES,
    "contest.Objection.filed_by": Becomes.MOVES,
    "contest.Case.appealed_by": Becomes.MOVES,
    "contest.CaseItem.person": Becomes.STAYS,
    # Counted by who each account is at that moment (`accounts.merging.MERGED_BY`): what was counted before stays so.
    "contest.Engagement.person": Becomes.STAYS,
    "contest.View.person": Becomes.STAYS,
    # Out in the world: whoever comes by it is called by the account that goes on.
    "contest.ReferralLink.person": Becomes.STAYS,
    # Sheets and ties hang on a seat; of two in one committee the other one stays as it was.
    "contest.Judge.person": Becomes.MOVES,
    "contest.LessonRead.person": Becomes.MOVES,
    "contest.CourseResult.person": Becomes.UNITES,
}


def apart(lasting: Person, gone: Person) -> list[Words]:
    """What she would be at once and must not: judge of an edition, and one of a team that competes in it."""
    return [*_judge_and_entrant(lasting, gone), *_judge_and_entrant(gone, lasting)]


def _judge_and_entrant(judge: Person, other: Person) -> list[Words]:
    seats = Appointment.objects.filter(running(), role=Role.JUDGE, person=judge).values("subject")
    editions = Edition.objects.filter(uid__in=seats).exclude(pk__in=Archive.objects.values("edition"))
    own = TeamMember.objects.filter(person=other, ended_at=None).values("team")
    found = [edition.name_zh for edition in editions if competes(other.pk, edition)]
    found += [team.name_zh for team in Team.objects.filter(pk__in=own) if judges_where(judge.pk, team)]
    words = say(
        "先结束评委的任命，或者离开参赛的团队（评委与参赛人不能是同一人）",
        "end the judge’s appointment, or leave the team that competes (judge and entrant are never one person)",
    )
    return [words] if found else []


def merge(lasting: Person, gone: Person) -> None:
    """What she has learnt she has learnt once; what ties her to a team by either account is looked for anew."""
    _learn_once(lasting, gone)
    move(COLUMNS, lasting, gone)
    _own(lasting, gone)
    live = Judge.objects.filter(person=lasting).exclude(edition__in=Archive.objects.values("edition"))
    look_for_ties(live)


def _learn_once(lasting: Person, gone: Person) -> None:
    """Of two results of one course the better one is hers: a certificate once made stays good."""
    mine = {row.course_id: row for row in CourseResult.objects.filter(person=lasting)}
    for theirs in CourseResult.objects.filter(person=gone):
        own = mine.get(theirs.course_id)
        if own and (theirs.passed_at is None or own.passed_at is not None):
            continue
        if own:
            own.delete()
        CourseResult.objects.filter(pk=theirs.pk).update(person=lasting)


def _own(lasting: Person, gone: Person) -> None:
    """What she has given to a team of hers was never to count; in a round that is frozen it stays as it was."""
    teams = TeamMember.objects.filter(person=lasting).values("team")
    given = Engagement.objects.filter(Q(person=lasting) | Q(person=gone), entry__team__in=teams, is_own=False)
    given.filter(entry__round__freezes_at__gt=clock.now()).update(is_own=True)
