"""Who works at a team's desk: invited and ended by whoever keeps teams, or by the team's managers themselves."""

from datetime import datetime
from typing import Any

import graphene

from accounts.api.appointment import RoleInvitationType
from accounts.models import Appointment
from accounts.permissions import is_proved_by_device
from catalog.actions import member as members
from catalog.api.access import SIGNED_IN
from catalog.reads import office
from core import clock
from core.api.access import HELD
from core.api.act import Act
from core.api.ids import global_id, uid_of
from core.api.types import PlainType, enum_of, list_of
from core.refusals import NotFound

APPOINT = "accounts.appoint_at_team"
MOST = 50
Role = enum_of(Appointment, "role")


class TeamMemberType(PlainType):
    """Somebody who works at a team's desk, as the team's managers and whoever keeps teams see her."""

    class Meta:
        name = "TeamMember"
        access = HELD

    id = graphene.ID(
        required=True, description="Her appointment's: by it she is ended, and given a device's code."
    )
    name = graphene.String(required=True, description="The name she gave; may be empty.")
    email = graphene.String(required=True, description="The mailbox of her account.")
    role = graphene.Field(Role, required=True, description="Manager, leader or packer.")
    role_name = graphene.String(required=True, description="The same in the reader's language.")
    since = graphene.DateTime(required=True, description="Since when, or from when.")
    until = graphene.DateTime(description="The first moment outside her term; null while no end is set.")
    is_me = graphene.Boolean(required=True, description="Whether it is the asker.")
    asks_for_device = graphene.Boolean(
        required=True, description="Whether a new device of hers waits for a code that a manager gives."
    )

    def resolve_id(root: Appointment, info):
        """The appointment's: by it her part is ended, and a code for her device given."""
        return global_id("Appointment", root.uid)

    def resolve_name(root: Appointment, info):
        """Her name, else her nickname."""
        return root.person.name or root.person.nickname

    def resolve_email(root: Appointment, info):
        """The mailbox with which she signs in."""
        return root.person.email or ""

    def resolve_role_name(root: Appointment, info):
        """As every form and letter calls it."""
        return str(Appointment.Role(root.role).words)

    def resolve_since(root: Appointment, info):
        """The first moment at which the desk is hers."""
        return root.starts_at

    def resolve_until(root: Appointment, info):
        """The first moment outside of her term; null while nobody has set one."""
        return root.ends_at

    def resolve_is_me(root: Appointment, info):
        """Whether the asker's account is the one that works here."""
        return root.person_id == info.context.user.pk

    def resolve_asks_for_device(root: Appointment, info):
        """Of a leader or packer; nobody gives one to herself."""
        return is_proved_by_device(root.role) and root.person_id != info.context.user.pk


def people_field() -> graphene.Field:
    """The people of a team, as a field of its types."""
    return list_of(
        TeamMemberType,
        most=MOST,
        resolver=lambda root, info: office.people_at(root)[:MOST],
        description="Who works at its desk, or is to: managers, then leaders, then packers.",
    )


def offers_field() -> graphene.Field:
    """The invitations that wait there, likewise."""
    return list_of(
        RoleInvitationType,
        most=MOST,
        resolver=lambda root, info: office.offers_at(root, info.context.user)[:MOST],
        description="Who is invited to work at its desk and has not answered.",
    )


class TeamMemberInvite(Act):
    """A team's managers, or whoever keeps teams: offer work at its desk to a mailbox, by a letter with a link."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 3600)

    class Input:
        team = graphene.ID(required=True, description="The team.")
        email = graphene.String(required=True, description="The mailbox; she needs no account yet.")
        role = graphene.Field(Role, description="TEAM_MANAGER, LEADER or PACKER; a manager without it.")
        ends_at = graphene.DateTime(
            description="The first moment outside her term; without it no end is set. Without a zone, in Shanghai."
        )

    @classmethod
    def act(
        cls, request: Any, team: str, email: str, role: Any = None, ends_at: datetime | None = None
    ) -> Any:
        """Nothing: it is hers once she has accepted. NOT_FOUND for a team that is not the asker's, CONFLICT while the
        same is offered to her already, SECOND_FACTOR_REQUIRED until a code was given just now."""
        its = office.team_where(request.user, APPOINT, uid_of(team, "Team", field="team"))
        chosen = str(role.value) if role else members.Role.TEAM_MANAGER
        members.invite(its, email, request.user, chosen, ends_at and clock.in_shanghai(ends_at))


class TeamMemberEnd(Act):
    """A team's managers, or whoever keeps teams: close the desk to somebody, from the next request on."""

    class Meta:
        access = SIGNED_IN

    class Input:
        team = graphene.ID(required=True, description="The team.")
        member = graphene.ID(required=True, description="Whose work there ends; a manager her own too.")
        reason = graphene.String(description="Why; she reads it.")

    @classmethod
    def act(cls, request: Any, team: str, member: str, reason: str | None = None) -> Any:
        """Nothing; NOT_FOUND for a team that is not the asker's to keep, CONFLICT for the last manager of one that sells,
        SECOND_FACTOR_REQUIRED until a code was given just now."""
        its = office.team_where(request.user, APPOINT, uid_of(team, "Team", field="team"))
        uid = uid_of(member, "Appointment", field="member")
        row = office.people_at(its).filter(uid=uid).first()
        if row is None:
            raise NotFound(field="member")
        members.end(row, request.user, reason or "")


class Mutation:
    """What may be done with a team's people."""

    team_member_invite = TeamMemberInvite.Field()
    team_member_end = TeamMemberEnd.Field()
