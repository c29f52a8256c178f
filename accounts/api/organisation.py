"""Organisations: proposed by people, decided on by operators in their rooms."""

from typing import Any

import graphene
from django.db.models import Q, QuerySet

from accounts import reads
from accounts.actions import organisation as organisations
from accounts.api.access import COORDINATOR, HELD, SIGNED_IN, coordinates
from accounts.api.membership import InvitationType, MembershipType
from accounts.models import Invitation, Membership, Organisation
from core.api.access import PUBLIC
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.nodes import Door
from core.api.scopes import demand
from core.api.types import Localized, ModelType, enum_of, list_of


def _children(root: Organisation, info: Any) -> QuerySet[Organisation]:
    return root.children.filter(state=Organisation.State.VERIFIED)


def _members(root: Organisation, info: Any) -> QuerySet[Membership]:
    # A cart and a group lead here too: what a token may not ask at its own door it may not ask by another.
    demand(info.context, "organisation")
    return reads.members_of(root).select_related("person")


def _invitations(root: Organisation, info: Any) -> QuerySet[Invitation]:
    demand(info.context, "organisation")
    return prefetched(reads.open_invitations(root), info)


class OrganisationAction(graphene.Enum):
    """Something that can be done with an organisation."""

    INVITE = "INVITE"
    OPEN_GROUP_PURCHASE = "OPEN_GROUP_PURCHASE"

    @property
    def description(self) -> str:
        """A sentence for the schema: what it brings about."""
        return {
            "INVITE": "Make a link that lets one person in, by invitationCreate.",
            "OPEN_GROUP_PURCHASE": "Open a group purchase in its name, by groupPurchaseOpen.",
        }[self.value]


class OrganisationType(ModelType):
    """A union, workplace or other body whose people may buy together."""

    class Meta:
        door = Door(
            "organisation",
            lambda request, uids: reads.organisations_seen_by(request.user).filter(uid__in=uids),
        )
        model = Organisation
        fields = ("kind", "name_zh", "name_en", "region", "parent", "state", "mobiliser_code")
        access = HELD
        about = {
            "kind": "What kind of body it is.",
            "name_zh": "Its name in Chinese.",
            "name_en": "Its name in English; empty where it has none.",
            "region": "Where it is.",
            "parent": "The organisation above it.",
            "state": "Only a verified one may invite, mobilise and buy together.",
            "mobiliser_code": "Who enters this code at checkout buys by its call.",
        }

    name = Localized("name", description="Its name in the reader's language.")
    is_verified = graphene.Boolean(required=True, description="Whether an operator has verified it.")
    children = connection_field(
        lambda: OrganisationType, _children, order=("id",), description="The verified ones below it."
    )
    state_reason = graphene.String(
        required=True, description="Why it is declined or suspended, for its coordinators; mostly empty."
    )
    my_role = graphene.Field(
        enum_of(Membership, "role"), description="The asker's part in it; null when she has none."
    )
    allowed_actions = graphene.List(
        graphene.NonNull(OrganisationAction), required=True, description="What the asker may do with it now."
    )
    members = guarded(
        connection_field(MembershipType, _members, order=("id",), description="Who belongs to it today."),
        COORDINATOR,
    )
    invitations = guarded(
        list_of(
            InvitationType, most=200, resolver=_invitations, description="Invitations that are still open."
        ),
        COORDINATOR,
    )

    def resolve_state_reason(root, info):
        """Empty for whoever does not coordinate it."""
        return root.state_reason if coordinates(info.context, root.pk) else ""

    def resolve_my_role(root, info):
        """Asked of the asker's own memberships."""
        part = reads.membership_in(info.context.user, root)
        return part.role if part else None

    def resolve_allowed_actions(root, info):
        """All of them for a coordinator of a verified organisation, none for anybody else."""
        is_hers = root.is_verified and coordinates(info.context, root.pk)
        return ["INVITE", "OPEN_GROUP_PURCHASE"] if is_hers else []


class OrganisationPropose(Act):
    """Put an organisation forward; an operator verifies it, and its proposer coordinates it."""

    class Meta:
        access = SIGNED_IN

    class Input:
        kind = graphene.Field(enum_of(Organisation, "kind"), required=True, description="What it is.")
        name_zh = graphene.String(required=True, description="Its name in Chinese.")
        name_en = graphene.String(description="Its name in English.")
        region = graphene.String(required=True, description="The code of the region where it is.")
        parent = graphene.ID(description="The verified organisation above it.")

    organisation = graphene.Field(OrganisationType, description="The organisation, as proposed.")

    @classmethod
    def act(cls, request: Any, kind: Any, parent: str | None = None, **given: str) -> Any:
        """The organisation, proposed, which the asker coordinates. INVALID names each field, or says that too many of
        hers wait; NOT_FOUND for a parent she may not see."""
        above = (
            reads.organisation_seen_by(request.user, uid_of(parent, "Organisation", field="parent"))
            if parent
            else None
        )
        return cls(
            organisation=organisations.propose(request.user, kind=str(kind.value), parent=above, **given)
        )


def _organisation(root: Any, info: Any, id: str) -> Organisation | None:
    seen = reads.organisations_seen_by(info.context.user).filter(uid=uid_of(id, "Organisation"))
    return prefetched(seen, info).first()


def _organisations(root: Any, info: Any, search: str = "") -> QuerySet[Organisation]:
    seen = reads.organisations_seen_by(info.context.user)
    words = (search or "").strip()[:40]
    return seen.filter(Q(name_zh__icontains=words) | Q(name_en__icontains=words)) if words else seen


class Query:
    organisation = guarded(
        graphene.Field(
            OrganisationType,
            args={"id": graphene.Argument(graphene.ID, required=True, description="Its id.")},
            resolver=_organisation,
            description="One organisation: verified, or the asker's own; null for any other.",
        ),
        PUBLIC,
    )
    organisations = guarded(
        connection_field(
            lambda: OrganisationType,
            _organisations,
            order=("-id",),
            description="Verified organisations and the asker's own; for operators all.",
            search=graphene.Argument(graphene.String, description="Part of a name."),
        ),
        SIGNED_IN,
    )


class Mutation:
    organisation_propose = OrganisationPropose.Field()
