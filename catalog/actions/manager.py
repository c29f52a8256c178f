"""A team's managers are appointed like anybody: while the appointment runs the team's desk is hers."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import appointment as appointments
from accounts.actions import role_invitation
from accounts.events import Appointed, AppointmentEnded
from accounts.models import Appointment, Person, RoleInvitation
from accounts.permissions import running
from accounts.places import Place
from catalog.actions import desk
from catalog.models import Team, TeamMember

MANAGER = Appointment.Role.TEAM_MANAGER


def invite(team: Team, email: str, by: Person) -> RoleInvitation:
    """Offer a team's desk to whoever has this mailbox: it is hers once she accepts, by a press, signed in.

    An operator invites, or a manager of the team who was appointed herself.
    """
    desk.must_keep(by, team)
    return role_invitation.send(email, MANAGER, Place(subject=team.uid), by)


def open_desks(events: Sequence[Appointed]) -> None:
    """At once: whoever is appointed a team's manager has its desk for the term."""
    for row, uid in _of_teams([event.appointment_id for event in events]):
        team = Team.objects.filter(uid=uid).first()
        if team is None:
            continue
        part, _ = TeamMember.objects.get_or_create(team=team, person=row.person, ended_at=None)
        TeamMember.objects.filter(pk=part.pk).update(
            role=TeamMember.Role.MANAGER, started_at=row.starts_at, until=row.ends_at
        )


def close_desks(events: Sequence[AppointmentEnded]) -> None:
    """At once: the desk of an appointment that has ended is closed, unless another one still runs."""
    for row, uid in _of_teams([event.appointment_id for event in events]):
        if not _running(row.person, uid).exists():
            parts = TeamMember.objects.filter(team__uid=uid, person=row.person, ended_at=None)
            parts.update(ended_at=timezone.now())


def end_appointments(part: TeamMember, reason: str) -> None:
    """Whoever leaves a team's desk is appointed to it no longer."""
    for row in _running(part.person, part.team.uid):
        appointments.end(row, None, reason)


def _of_teams(pks: list[int]) -> list[tuple[Appointment, UUID]]:
    """Those of them to a team's desk, with the team's uid."""
    rows = Appointment.objects.filter(pk__in=pks, role=MANAGER).select_related("person")
    return [(row, row.subject) for row in rows if row.subject is not None]


def _running(person: Person, team: UUID) -> QuerySet[Appointment]:
    return Appointment.objects.filter(running(), role=MANAGER, subject=team, person=person)
