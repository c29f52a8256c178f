"""Joining, signing in and out, and passwords."""

from typing import Any

import graphene

from accounts.actions import person as people
from accounts.actions import sign_in as door
from accounts.actions import token as tokens
from accounts.api.access import PUBLIC, SIGNED_IN
from accounts.api.viewer import ApiTokenType, TokenScope, ViewerType
from accounts.devices import session_of
from accounts.models import ApiToken
from core import language, rates
from core.api.act import Act
from core.api.ids import uid_of
from core.api.types import Language
from core.middleware import address_of

HER = "Whoever is signed in now."


class SignUp(Act):
    """Ask for an account. The answer is the same whether or not the address has one; a mail tells."""

    class Meta:
        access = PUBLIC

    class Input:
        email = graphene.String(required=True, description="The address to sign in with.")
        password = graphene.String(required=True, description="At least 10 characters, hard to guess.")
        name = graphene.String(description="How to address her.")
        language = graphene.Field(Language, description="The language of her mails; by default the asker's.")

    @classmethod
    def act(cls, request: Any, email: str, password: str, name: str = "", language: Any = None) -> Any:
        """Nothing: a known address sounds like a new one. INVALID names each field; TOO_MANY_REQUESTS above 30 an hour
        from one address."""
        rates.demand("sign-up address", address_of(request), 30, 3600)
        people.sign_up(email, password, name or "", _spoken(language))


class EmailVerify(Act):
    """Confirm a new account's address by the link in the mail and the password; then one is signed in."""

    class Meta:
        access = PUBLIC

    class Input:
        token = graphene.String(required=True, description="What the link carries.")
        password = graphene.String(required=True, description="The password chosen at sign-up.")

    viewer = graphene.Field(ViewerType, description=HER)

    @classmethod
    def act(cls, request: Any, token: str, password: str) -> Any:
        """Whoever is signed in now, her mailbox proved. INVALID for a link that is not ours or a wrong password,
        TOO_LATE after three days."""
        return cls(viewer=door.sign_in_by_link(request, token, password))


class SignIn(Act):
    """Sign in with address and password; the session is in a cookie."""

    class Meta:
        access = PUBLIC

    class Input:
        email = graphene.String(required=True, description="The account's address.")
        password = graphene.String(required=True, description="Its password.")

    viewer = graphene.Field(ViewerType, description=HER)

    @classmethod
    def act(cls, request: Any, email: str, password: str) -> Any:
        """Whoever is signed in now. INVALID alike for a wrong password, an unknown address and an unproved one;
        TOO_MANY_REQUESTS says how long to wait."""
        return cls(viewer=door.sign_in(request, email, password))


class SignOut(Act):
    """End the session of this cookie; a bearer token stays good until it is revoked."""

    class Meta:
        access = PUBLIC

    @classmethod
    def act(cls, request: Any) -> Any:
        """Nothing; of a guest neither."""
        door.sign_out(request)


class PasswordResetRequest(Act):
    """Ask for a mail with a link for a new password; the answer is the same for an unknown address."""

    class Meta:
        access = PUBLIC

    class Input:
        email = graphene.String(required=True, description="The account's address.")

    @classmethod
    def act(cls, request: Any, email: str) -> Any:
        """Nothing: an unknown address sounds like any other. TOO_MANY_REQUESTS above 30 an hour from one address."""
        rates.demand("reset address", address_of(request), 30, 3600)
        door.ask_for_reset(email)


class PasswordReset(Act):
    """Choose a new password by the link in the mail; other sessions and all tokens end."""

    class Meta:
        access = PUBLIC

    class Input:
        token = graphene.String(required=True, description="What the link carries.")
        password = graphene.String(required=True, description="The new password.")

    viewer = graphene.Field(ViewerType, description=HER)

    @classmethod
    def act(cls, request: Any, token: str, password: str) -> Any:
        """Whoever is signed in now. INVALID for a link that is used or an hour old, or a password easy to guess."""
        return cls(viewer=door.reset_password(request, token, password))


class PasswordChange(Act):
    """Choose a new password; other sessions and all tokens end."""

    class Meta:
        access = SIGNED_IN

    class Input:
        current_password = graphene.String(required=True, description="The password until now.")
        new_password = graphene.String(required=True, description="The password from now on.")

    viewer = graphene.Field(ViewerType, description=HER)

    @classmethod
    def act(cls, request: Any, current_password: str, new_password: str) -> Any:
        """The person, still signed in here. INVALID names the password that is wrong or easy to guess."""
        return cls(viewer=door.change_password(request, current_password, new_password))


class TokenCreate(Act):
    """Make a bearer token for a script or app: `Authorization: Bearer …`. It does what its scopes say, and never
    what changes the account itself."""

    class Meta:
        access = SIGNED_IN

    class Input:
        name = graphene.String(required=True, description="What it is for.")
        password = graphene.String(required=True, description="The account's password, once more.")
        days = graphene.Int(description="How long it lasts, 1 to 365 days; 90 by default.")
        scopes = graphene.List(
            graphene.NonNull(TokenScope), description="What it may do; by default READ, BUY and DESK."
        )

    token = graphene.Field(ApiTokenType, description="The token.")
    text = graphene.String(description="Its text, which is shown this once.")

    @classmethod
    def act(
        cls, request: Any, name: str, password: str, days: int | None = None, scopes: list | None = None
    ) -> Any:
        """The token, and its text in plain for this once. INVALID for a wrong password, days beyond 1 to 365, no
        scope, or an eleventh token."""
        given = ApiToken.OWN_SCOPES if scopes is None else [str(scope.value) for scope in scopes]
        token, text = tokens.create(
            request.user, name, password, session_of(request), 90 if days is None else days, given
        )
        return cls(token=token, text=text)


class TokenRevoke(Act):
    """End one of one's own tokens at once."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The token's id.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """Nothing; a second time changes nothing. NOT_FOUND for a token that is not hers."""
        tokens.revoke(request.user, uid_of(id, "ApiToken"))


def _spoken(chosen: Any) -> str:
    return str(chosen.value) if chosen else language.current()


class Mutation:
    sign_up = SignUp.Field()
    email_verify = EmailVerify.Field()
    sign_in = SignIn.Field()
    sign_out = SignOut.Field()
    password_reset_request = PasswordResetRequest.Field()
    password_reset = PasswordReset.Field()
    password_change = PasswordChange.Field()
    token_create = TokenCreate.Field()
    token_revoke = TokenRevoke.Field()
