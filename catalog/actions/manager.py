"""A team's managers are appointed like anybody: while the appointment runs the team's desk is hers."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import appointment as appointments
from accounts.events import Appointed, AppointmentEnded
from accounts.models import Appointment, Person
from accounts.permissions import running
from catalog.models import Team, TeamMember

MANAGER = Appointment.Role.TEAM_MANAGER


def open_desks(events: Sequence[Appointed]) -> None:
    """At once: whoever is appointed a team's manager has its desk for the term."""
    for row in _of_teams([event.appointment_id for event in events]):
        team = Team.objects.filter(uid=row.subject).first()
        if team is None:
            continue
        part, _ = TeamMember.objects.get_or_create(team=team, person=row.person, ended_at=None)
        TeamMember.objects.filter(pk=part.pk).update(
            role=TeamMember.Role.MANAGER, started_at=row.starts_at, until=row.ends_at
        )


def close_desks(events: Sequence[AppointmentEnded]) -> None:
    """At once: the desk of an appointment that has ended is closed, unless another one still runs."""
    for row in _of_teams([event.appointment_id for event in events]):
        if not _running(row.person, row.subject).exists():
            parts = TeamMember.objects.filter(team__uid=row.subject, person=row.person, ended_at=None)
            parts.update(ended_at=timezone.now())


def end_appointments(part: TeamMember, reason: str) -> None:
    """Whoever leaves a team's desk is appointed to it no longer."""
    for row in _running(part.person, part.team.uid):
        appointments.end(row, None, reason)


def _of_teams(pks: list[int]) -> list[Appointment]:
    return list(Appointment.objects.filter(pk__in=pks, role=MANAGER).select_related("person"))


def _running(person: Person, team: object) -> QuerySet[Appointment]:
    return Appointment.objects.filter(running(), role=MANAGER, subject=team, person=person)
