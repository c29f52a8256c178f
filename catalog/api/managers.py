"""Whose desk a team's is: named and ended by whoever keeps teams, or by the team's managers themselves."""

from typing import Any

import graphene

from catalog.actions import manager as managers
from catalog.actions import team as teams
from catalog.api.access import SIGNED_IN
from catalog.models import TeamMember
from catalog.reads import office
from core.api.access import HELD
from core.api.act import Act
from core.api.ids import global_id, uid_of
from core.api.types import PlainType
from core.refusals import NotFound


class TeamManagerType(PlainType):
    """Somebody whose desk a team's is, as the team's managers and whoever keeps teams see her."""

    class Meta:
        name = "TeamManager"
        access = HELD

    id = graphene.ID(required=True, description="By what her part is ended.")
    name = graphene.String(required=True, description="The name she gave; may be empty.")
    email = graphene.String(required=True, description="The mailbox of her account.")
    since = graphene.DateTime(required=True, description="Since when.")
    is_me = graphene.Boolean(required=True, description="Whether it is the asker.")

    def resolve_id(root: TeamMember, info):
        """By the person: a part has no name of its own."""
        return global_id("TeamManager", root.person.uid)

    def resolve_name(root: TeamMember, info):
        """Her name, else her nickname."""
        return root.person.name or root.person.nickname

    def resolve_email(root: TeamMember, info):
        """The mailbox with which she signs in."""
        return root.person.email

    def resolve_since(root: TeamMember, info):
        """When the desk became hers."""
        return root.started_at

    def resolve_is_me(root: TeamMember, info):
        """Whether the asker's account is the one that keeps this desk."""
        return root.person_id == info.context.user.pk


class TeamManagerEnd(Act):
    """A team's managers, or whoever keeps teams: close the desk to one of them, from the next request on."""

    class Meta:
        access = SIGNED_IN

    class Input:
        team = graphene.ID(required=True, description="The team.")
        manager = graphene.ID(required=True, description="Whose part ends; one's own too.")

    @classmethod
    def act(cls, request: Any, team: str, manager: str) -> Any:
        """Nothing; NOT_FOUND for a team that is not the asker's to keep, CONFLICT for the last manager of one that sells."""
        its = office.team_run_by(request.user, uid_of(team, "Team", field="team"))
        who = uid_of(manager, "TeamManager", field="manager")
        part = office.managers_at(its).filter(person__uid=who).select_related("team").first()
        if part is None:
            raise NotFound(field="manager")
        teams.end_member(part, request.user)


class TeamManagerInvite(Act):
    """A team's appointed managers, or whoever keeps teams: offer its desk to a mailbox, by a letter with a link."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 3600)

    class Input:
        team = graphene.ID(required=True, description="The team.")
        email = graphene.String(required=True, description="The mailbox; she needs no account yet.")

    @classmethod
    def act(cls, request: Any, team: str, email: str) -> Any:
        """Nothing: the desk is hers once she has accepted. NOT_FOUND for a team that is not the asker's, CONFLICT while
        the same is offered to her already."""
        its = office.team_run_by(request.user, uid_of(team, "Team", field="team"))
        managers.invite(its, email, request.user)


class Mutation:
    """What may be done with a team's people."""

    team_manager_invite = TeamManagerInvite.Field()
    team_manager_end = TeamManagerEnd.Field()
