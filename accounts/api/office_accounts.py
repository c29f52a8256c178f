"""Accounts in the office: found by their mailbox, closed and opened, signed out, and helped when the phone is lost."""

from typing import Any

import graphene

from accounts.actions import operator as operators
from accounts.actions import second_factor as factors
from accounts.api.access import whoever_may
from accounts.api.appointment import AppointmentType
from accounts.api.office import add_to_office
from accounts.models import Person, SecondFactor
from accounts.reads import appointments_of
from core.api.access import Access
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import global_id, uid_of
from core.api.lookahead import prefetched
from core.api.types import ModelType, list_of
from core.refusals import NotFound

KEEPS = whoever_may("accounts.close_account", pii=2)


class OfficeAccountType(ModelType):
    """Somebody's account as an operator sees it."""

    class Meta:
        model = Person
        main = False
        name = "OfficeAccount"
        access = Access("whoever may close accounts", pii=2)
        fields = ("email", "name", "is_active", "joined_at", "email_verified_at")
        about = {
            "email": "With what she signs in.",
            "name": "As she calls herself; may be empty.",
            "is_active": "Whether anybody can sign in with it.",
            "joined_at": "Since when there is one.",
            "email_verified_at": "When her mailbox answered; null where it has not.",
        }

    id = graphene.ID(required=True, description="Its id: a Person's.")
    is_me = graphene.Boolean(required=True, description="Whether it is the asker's own.")
    has_second_factor = graphene.Boolean(
        required=True, description="Whether an authenticator app belongs to it."
    )
    appointments = list_of(
        AppointmentType,
        most=50,
        resolver=lambda root, info: prefetched(appointments_of(root), info),
        description="What she is appointed to now or will be.",
    )

    def resolve_id(root, info):
        """The id by which the acts on accounts name her."""
        return global_id("Person", root.uid)

    def resolve_is_me(root, info):
        """Nobody does any of this to herself."""
        return root.pk == info.context.user.pk

    def resolve_has_second_factor(root, info):
        """Whether she has set one up and confirmed it by a code."""
        return SecondFactor.objects.filter(person=root).exists()


def _person(id: str) -> Person:
    found = Person.objects.filter(uid=uid_of(id, "Person"), erased_at=None).first()
    if found is None:
        raise NotFound(field="id")
    return found


add_to_office(
    account=guarded(
        graphene.Field(
            OfficeAccountType,
            required=True,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The person.")},
            resolver=lambda root, info, id: _person(id),
            description="An account, closed or not.",
        ),
        KEEPS,
    )
)


class AccountFind(Act):
    """Find an account by its mailbox; that she looked is written down."""

    class Meta:
        access = KEEPS
        rate = (60, 60)

    class Input:
        email = graphene.String(required=True, description="The mailbox.")

    id = graphene.ID(description="Its id, for `office { account(id: …) }`.")

    @classmethod
    def act(cls, request: Any, email: str) -> Any:
        """Its id; NOT_FOUND for an address without an account."""
        return cls(id=global_id("Person", operators.find(email, request.user).uid))


class AccountAct(Act):
    """A deed on an account, answered with the account."""

    class Meta:
        abstract = True

    account = graphene.Field(OfficeAccountType, description="The account, as it is then.")


class AccountClose(AccountAct):
    """Let nobody sign in with it: sessions, tokens, links and invitations end; what only she looks after is handed over first."""

    class Meta:
        access = KEEPS

    class Input:
        id = graphene.ID(required=True, description="The person.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The account, closed. NOT_ALLOWED for one's own, and for an officer's to whoever may not close those."""
        operators.close(_person(id), request.user)
        return cls(account=_person(id))


class AccountOpenAgain(AccountAct):
    """Let its person sign in again, anew."""

    class Meta:
        access = KEEPS

    class Input:
        id = graphene.ID(required=True, description="The person.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The account, open. NOT_ALLOWED for one's own, and for an officer's to whoever may not close those."""
        operators.open_again(_person(id), request.user)
        return cls(account=_person(id))


class AccountSignOut(AccountAct):
    """End its sessions, tokens and devices, and leave it open."""

    class Meta:
        access = KEEPS

    class Input:
        id = graphene.ID(required=True, description="The person.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The account. NOT_ALLOWED for one's own, and for an officer's to whoever may not close those."""
        operators.sign_out_everywhere(_person(id), request.user)
        return cls(account=_person(id))


class AccountSecondFactorEnd(AccountAct):
    """End the second factor of somebody who has lost app and sheet; she is told, and sets it up anew."""

    class Meta:
        access = KEEPS

    class Input:
        id = graphene.ID(required=True, description="The person.")
        reason = graphene.String(required=True, description="Why, and how she proved that it is she.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The account. INVALID where it has none. NOT_ALLOWED for one's own, and for an officer's to whoever may not close those."""
        factors.end_of(_person(id), request.user, reason)
        return cls(account=_person(id))


class Mutation:
    account_find = AccountFind.Field()
    account_close = AccountClose.Field()
    account_open_again = AccountOpenAgain.Field()
    account_sign_out = AccountSignOut.Field()
    account_second_factor_end = AccountSecondFactorEnd.Field()
