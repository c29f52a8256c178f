"""Who competes in an edition and who judges it: never the same person, by whichever door she came to be either."""

from accounts.models import Appointment, Person
from accounts.models.appointment import Role
from accounts.permissions import running
from catalog.models import Team, TeamMember
from contest.models import Archive, Registration
from impact.models import Edition, Entry, Round

_IN_IT = (
    *(Registration.State.APPLIED, Registration.State.CHECKED, Registration.State.LIVE),
    *(Registration.State.SUSPENDED, Registration.State.DISQUALIFIED),
)


def competes(person_id: int, edition: Edition) -> bool:
    """Whether she is one of a team that takes part in the edition, or has applied to."""
    teams = TeamMember.objects.filter(person=person_id, ended_at=None).values("team")
    return Registration.objects.filter(round__edition=edition, team__in=teams, state__in=_IN_IT).exists()


def is_apart(person: Person, round_: Round) -> bool:
    """Whether she is, and was, of no team that takes part in the round: what she decides about one moves no own."""
    teams = Entry.objects.filter(round=round_).values("team")
    return not TeamMember.objects.filter(person=person.pk, team__in=teams).exists()


def has_a_judge(team: Team, edition: Edition) -> bool:
    """Whether one of the team's people sits in the edition's committee."""
    people = TeamMember.objects.filter(team=team, ended_at=None).values("person")
    seats = Appointment.objects.filter(running(), role=Role.JUDGE, subject=edition.uid)
    return seats.filter(person__in=people).exists()


def judges_where(person_id: int, team: Team) -> bool:
    """Whether she sits in the committee of an edition that is not over and in which this team competes."""
    in_it = Registration.objects.filter(team=team, state__in=_IN_IT).values("round__edition")
    editions = Edition.objects.filter(pk__in=in_it).exclude(pk__in=Archive.objects.values("edition"))
    seats = Appointment.objects.filter(running(), role=Role.JUDGE, person=person_id)
    return seats.filter(subject__in=editions.values("uid")).exists()
