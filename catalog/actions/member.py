"""A team's people: appointed like anybody, to its manager, its leader or one who packs. What they may stands with the
appointment; `TeamMember` remembers who is or was one of them, whose purchases are a related party's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import appointment as appointments
from accounts.actions import audit, role_invitation
from accounts.events import Appointed, AppointmentEnded
from accounts.models import Appointment, Person, RoleInvitation
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import not_over
from accounts.places import Place
from catalog.events import ManagerNamed
from catalog.models import Team, TeamMember
from catalog.reads import managers_of
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid

Role = Appointment.Role


def invite(
    team: Team, email: str, by: Person, role: str = Role.TEAM_MANAGER, ends_at: datetime | None = None
) -> RoleInvitation:
    """Offer work at a team's desk to whoever has this mailbox: it is hers once she accepts, by a press, signed in.

    Whoever keeps teams there invites, or a manager of the team, with a code given just now.
    """
    if role not in OF_A_TEAM:
        raise Invalid(field="role")
    return role_invitation.send(email, role, Place(subject=team.uid), by, ends_at=ends_at)


def appoint(team: Team, person: Person, role: str = Role.TEAM_MANAGER) -> Appointment:
    """The shop itself appoints somebody to work at a team's desk, from now on."""
    return appointments.appoint(person, role, Place(subject=team.uid))


def end(row: Appointment, by: Person, reason: str = "") -> None:
    """From the next request on the desk is closed to her. Whoever keeps teams there ends it, or a manager of the team, with
    a code given just now; a manager her own part too."""
    if row.person_id != by.pk:
        appointments.end(row, by, reason or "工作台结束 · the desk was closed")
        return
    # Nobody ends her own appointment, but whoever leaves a desk is not held back: the shop does it for her.
    appointments.must_appoint(by, row)
    with transaction.atomic():
        appointments.end(row, None, reason or "自己离开 · she has left")
        audit.record(by, "leave", "Appointment", row.uid)


def open_desks(events: Sequence[Appointed]) -> None:
    """At once: whoever is appointed at a team's desk is one of its people. Managers hear of a new one beside them."""
    for row, team in _of_teams([event.appointment_id for event in events]):
        part, _ = TeamMember.objects.get_or_create(team=team, person=row.person, ended_at=None)
        _remember(part)
        if row.role == Role.TEAM_MANAGER:
            record(ManagerNamed(part_id=part.pk))


def close_desks(events: Sequence[AppointmentEnded]) -> None:
    """At once: of an appointment that has ended, who is none of the team's people any more. A team that sells keeps a
    manager."""
    for row, team in _of_teams([event.appointment_id for event in events]):
        if row.role == Role.TEAM_MANAGER and row.person.is_active and row.ends_at != row.starts_at:
            _keep_one(team)
        for part in TeamMember.objects.filter(team=team, person=row.person, ended_at=None):
            _remember(part)


def _keep_one(team: Team) -> None:
    # Locked: of two managers who end each other at one moment one stays.
    locked = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    if locked.is_active and not managers_of(team.pk).exists():
        raise Conflict(say("请先指定另一位管理员。", "Please name another manager first."))


def _remember(part: TeamMember) -> None:
    """Its term is the longest of her appointments there; without one she is of the team no longer."""
    terms = Appointment.objects.filter(
        not_over(), role__in=OF_A_TEAM, subject=part.team.uid, person=part.person_id
    )
    rows = list(terms.order_by("starts_at"))
    ends = [row.ends_at for row in rows if row.ends_at is not None]
    part.role = _part([row.role for row in rows]) if rows else part.role
    part.until = max(ends) if ends and len(ends) == len(rows) else None
    part.started_at = min(part.started_at, rows[0].starts_at) if rows else part.started_at
    part.ended_at = None if rows else timezone.now()
    part.save(update_fields=["role", "until", "started_at", "ended_at"])


def _part(roles: Sequence[str]) -> str:
    return TeamMember.Role.MANAGER if Role.TEAM_MANAGER in roles else TeamMember.Role.MEMBER


def _of_teams(pks: list[int]) -> list[tuple[Appointment, Team]]:
    """Those of them at a team's desk, with the team."""
    rows = list(Appointment.objects.filter(pk__in=pks, role__in=OF_A_TEAM).select_related("person"))
    uids: list[UUID] = [row.subject for row in rows if row.subject is not None]
    teams = {team.uid: team for team in Team.objects.filter(uid__in=uids)} if uids else {}
    return [(row, teams[row.subject]) for row in rows if row.subject in teams]
