"""People's parts in organisations, and the links by which they come in."""

from typing import Any

import graphene

from accounts import links, reads
from accounts.actions import invitation as invitations
from accounts.actions import membership as memberships
from accounts.api.access import COORDINATOR, HELD, OWN_OR_COORDINATOR, PUBLIC, SIGNED_IN
from accounts.models import Invitation, Membership
from core import language
from core.api.act import Act
from core.api.facts import guarded, needs
from core.api.ids import uid_of
from core.api.types import ModelType, enum_of
from core.refusals import NotFound

Role = enum_of(Membership, "role")


class MembershipType(ModelType):
    """A person's part in an organisation."""

    class Meta:
        model = Membership
        fields = ("role", "organisation", "started_at")
        access = HELD
        about = {
            "role": "What the person may do there.",
            "organisation": "The organisation.",
            "started_at": "Since when.",
        }

    member_name = guarded(
        graphene.String(required=True, description="The name the person gave, for coordinators; or empty."),
        OWN_OR_COORDINATOR,
    )
    is_me = graphene.Boolean(required=True, description="Whether it is the asker's own part.")

    @needs("person")
    def resolve_member_name(root, info):
        """Her name, else her nickname, else empty: never her address."""
        return root.person.name or root.person.nickname

    def resolve_is_me(root, info):
        """Of a guest and of anybody else False."""
        return root.person_id == info.context.user.pk


class InvitationType(ModelType):
    """A link that lets one person into an organisation, once."""

    class Meta:
        model = Invitation
        fields = ("organisation", "created_at", "expires_at")
        access = HELD
        about = {
            "organisation": "Where it leads.",
            "created_at": "When it was made.",
            "expires_at": "Until when it may be used.",
        }

    role = graphene.Field(Role, required=True, description="The part it gives.")
    email = guarded(
        graphene.String(required=True, description="When not empty, only who has this address may use it."),
        COORDINATOR,
    )
    is_bound = graphene.Boolean(required=True, description="Whether it is for one e-mail address alone.")

    def resolve_is_bound(root, info):
        """Whether an address is named."""
        return bool(root.email)


class InvitationCreate(Act):
    """Coordinators: make a link that lets one person in, once, within 14 days."""

    class Meta:
        access = SIGNED_IN

    class Input:
        organisation = graphene.ID(required=True, description="The organisation.")
        role = graphene.Field(Role, description="The part it gives; a member's by default.")
        email = graphene.String(description="Only who has this address may use it.")

    invitation = graphene.Field(InvitationType, description="The invitation.")
    link = graphene.String(description="The link to pass on; it is shown this once.")
    token = graphene.String(description="What invitationAccept asks for; it is in the link.")

    @classmethod
    def act(cls, request: Any, organisation: str, role: Any = None, email: str = "") -> Any:
        """The invitation, and its link and token in plain for this once. NOT_FOUND for whoever does not coordinate it;
        INVALID for an address that is none, while it is not verified, or with 200 unused."""
        uid = uid_of(organisation, "Organisation", field="organisation")
        led = reads.organisation_led_by(request.user, uid)
        wanted = str(role.value) if role else Membership.Role.MEMBER
        invitation, token = invitations.create(led, request.user, wanted, email or "")
        return cls(invitation=invitation, token=token, link=links.invitation(language.current(), token))


class InvitationAccept(Act):
    """Come into an organisation by a link."""

    class Meta:
        access = SIGNED_IN
        rate = (20, 60)

    class Input:
        token = graphene.String(required=True, description="What the link carries.")

    membership = graphene.Field(MembershipType, description="The asker's part.")

    @classmethod
    def act(cls, request: Any, token: str) -> Any:
        """Her part. NOT_FOUND for no such token, TOO_LATE once used, withdrawn or expired, NOT_ALLOWED if it names
        another mailbox, CONFLICT if she has that part already."""
        return cls(membership=invitations.accept(token, request.user))


class InvitationWithdraw(Act):
    """Coordinators: take back an invitation that nobody has used."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The invitation.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """Nothing; a second time changes nothing. NOT_FOUND for whoever does not coordinate it, TOO_LATE once it is
        used."""
        invitations.withdraw(uid_of(id, "Invitation"), request.user)


class MembershipEnd(Act):
    """Leave an organisation; coordinators: let a member go."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The membership.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """Nothing; open invitations that the member has made end too. NOT_FOUND for another's, unless one coordinates
        it; INVALID for the last coordinator."""
        memberships.end(reads.membership_led_by(request.user, uid_of(id, "Membership")), request.user)


class MembershipUpdate(Act):
    """Coordinators: make a member a coordinator, or a coordinator a member."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The membership.")
        role = graphene.Field(Role, required=True, description="The part from now on.")

    membership = graphene.Field(MembershipType, description="The membership as it is now.")

    @classmethod
    def act(cls, request: Any, id: str, role: Any) -> Any:
        """The membership with its new role. NOT_FOUND for whoever does not coordinate it; INVALID for the last
        coordinator."""
        found = reads.membership_led_by(request.user, uid_of(id, "Membership"))
        return cls(membership=memberships.give_role(found, str(role.value), request.user))


def _invitation(root: Any, info: Any, token: str) -> Invitation | None:
    try:
        return reads.invitation_by_token(token)
    except NotFound:
        return None


class Query:
    invitation = guarded(
        graphene.Field(
            InvitationType,
            args={"token": graphene.Argument(graphene.String, required=True, description="From the link.")},
            resolver=_invitation,
            description="The invitation behind a link; null once it is used, withdrawn or out of time.",
        ),
        PUBLIC,
    )


class Mutation:
    invitation_create = InvitationCreate.Field()
    invitation_accept = InvitationAccept.Field()
    invitation_withdraw = InvitationWithdraw.Field()
    membership_end = MembershipEnd.Field()
    membership_update = MembershipUpdate.Field()
