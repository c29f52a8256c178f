"""Whoever is asking: the account, for its own person alone."""

from typing import Any
from uuid import UUID

import graphene
from django.db.models import QuerySet

from accounts import reads
from accounts.actions import erasure
from accounts.api import organisation  # noqa: F401 (the type that memberships lead to)
from accounts.api.access import OWN, PUBLIC
from accounts.api.address import AddressType
from accounts.api.membership import MembershipType
from accounts.models import Address, ApiToken, Membership, Person
from accounts.permissions import has_role
from core.api.facts import guarded
from core.api.lookahead import prefetched
from core.api.nodes import Door
from core.api.types import Language, ModelType, list_of, worded_enum
from core.language import say

TokenScope = worded_enum(
    ApiToken.Scope,
    "TokenScope",
    "What a bearer token may do of what its owner may.",
    lambda scope: say(scope.words.zh, f"{scope.words.en}: {scope.hint.en}"),
)


class ApiTokenType(ModelType):
    """A bearer token, without its text."""

    class Meta:
        model = ApiToken
        fields = ("name", "created_at", "expires_at")
        access = OWN
        about = {"created_at": "When it was made.", "expires_at": "Until when it opens the door."}

    scopes = graphene.List(graphene.NonNull(TokenScope), required=True, description="What it may do.")

    def resolve_scopes(root, info):
        """What its owner chose, in one order."""
        return [scope for scope in root.OWN_SCOPES if scope in root.scopes]


def _memberships(root: Person, info: Any) -> QuerySet[Membership]:
    return prefetched(reads.memberships_of(root), info)


def _addresses(root: Person, info: Any) -> QuerySet[Address]:
    return prefetched(reads.addresses_of(root), info)


def _tokens(root: Person, info: Any) -> QuerySet[ApiToken]:
    return reads.tokens_of(root)


class ViewerType(ModelType):
    """The person who is signed in, as nobody else sees her."""

    class Meta:
        door = Door("viewer", lambda request, uids: _herself(request.user, uids))
        model = Person
        name = "Viewer"
        fields = ("name", "email", "nickname", "phone", "mobiliser_code", "joined_at")
        access = OWN
        about = {
            "name": "The name she gave.",
            "email": "Her mailbox; null where she signs in by other ways alone.",
            "phone": "Her phone number; empty when she gave none.",
            "mobiliser_code": "Who enters this code at checkout buys by her call.",
            "joined_at": "When she joined.",
        }

    language = graphene.Field(Language, required=True, description="The language of her mails.")
    is_operator = graphene.Boolean(required=True, description="Whether she runs the shop.")
    email_verified = graphene.Boolean(required=True, description="Whether her mailbox is proved.")
    erasure_asked_at = graphene.DateTime(
        description="When she asked to have her account deleted, while that waits; else null."
    )
    erasure_waits_for = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What is settled before her account is deleted; empty unless she has asked.",
    )
    has_password = graphene.Boolean(
        required=True, description="Whether she has a password; without one a code to her number stands in."
    )
    memberships = list_of(
        MembershipType, most=50, resolver=_memberships, description="What she belongs to today."
    )
    addresses = list_of(
        AddressType, most=20, resolver=_addresses, description="Her addresses, the usual one first."
    )
    tokens = list_of(
        ApiTokenType, most=10, resolver=_tokens, description="Her bearer tokens that still work."
    )

    def resolve_has_password(root, info):
        """By its hash, which nobody else sees."""
        return root.has_usable_password()

    def resolve_erasure_waits_for(root, info):
        """Sentences in the reader's language, from each floor that has something to settle; empty unless she has
        asked."""
        return [str(words) for words in erasure.waits_for(root)] if root.erasure_asked_at else []

    def resolve_is_operator(root, info):
        """By her role; False for a bearer token, which lends none."""
        return has_role(root)

    def resolve_email_verified(root, info):
        """By the moment it was proved."""
        return root.email_verified_at is not None


def add_to_viewer(**fields: graphene.Field) -> None:
    """Let a floor above add fields to the viewer (her orders, her teams); called when its api is imported.

    Each field carries its resolver, which gets the Person: `add_to_viewer(orders=connection_field(…))`.
    """
    ViewerType._meta.fields.update(fields)


def _viewer(root: Any, info: Any) -> Person | None:
    user = info.context.user
    return user if user.is_authenticated else None


def _herself(user: Any, uids: list[UUID]) -> list[Person]:
    return [user] if user.is_authenticated and user.uid in uids else []


class Query:
    viewer = guarded(
        graphene.Field(ViewerType, resolver=_viewer, description="Whoever is signed in; null for a guest."),
        PUBLIC,
    )
