"""The second factor: set up, given, renewed and ended by whoever is signed in."""

from typing import Any

import graphene

from accounts.actions import second_factor as factors
from accounts.api.access import OWN, SIGNED_IN
from accounts.api.viewer import ViewerType, add_to_viewer
from accounts.models import SecondFactor
from accounts.permissions import asks_for_factor
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded

CODE = "What her app shows, six digits, or one of her recovery codes; each is good once."


class SecondFactorSetUp(graphene.ObjectType):
    """What an app is set up by, until a code of it confirms it."""

    _access = HELD

    secret = graphene.String(required=True, description="For typing into the app, in base32.")
    uri = graphene.String(required=True, description="The same for a QR code: `otpauth://totp/…`.")
    recovery_codes = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="To be written down: each is good once."
    )


class SecondFactorType(graphene.ObjectType):
    """What she shows beside her password, for the roles that ask for it."""

    _access = HELD

    class Meta:
        name = "SecondFactor"

    is_asked = graphene.Boolean(required=True, description="Whether a role of hers asks for it.")
    is_set_up = graphene.Boolean(required=True, description="Whether an app of hers is confirmed.")
    is_given = graphene.Boolean(
        required=True, description="Whether a code was given in this session, so that her roles are awake."
    )
    is_fresh = graphene.Boolean(
        required=True, description="Whether another was given within five minutes: what moves money goes on."
    )
    confirmed_at = graphene.DateTime(description="Since when it is set up.")
    recovery_codes_left = graphene.Int(required=True, description="How many of her codes are not used yet.")
    set_up = graphene.Field(
        SecondFactorSetUp, description="What waits in this session for its first code; else null."
    )


def _second_factor(root: Any, info: Any) -> SecondFactorType:
    request, kept = info.context, SecondFactor.objects.filter(person=root).first()
    # A program has no session of its own: what lies in one beside its token is not its to read.
    is_herself = getattr(request, "lent", None) is None
    waiting = factors.being_set_up(request, root) if is_herself and kept is None else None
    given = root.factor
    return SecondFactorType(
        is_asked=asks_for_factor(root),
        is_set_up=kept is not None,
        is_given=bool(given and given.is_awake),
        is_fresh=bool(given and given.is_fresh),
        confirmed_at=kept and kept.confirmed_at,
        recovery_codes_left=root.recovery_codes.filter(used_at=None).count() if kept else 0,
        set_up=waiting
        and SecondFactorSetUp(
            secret=waiting[0], uri=factors.app_uri(root, waiting[0]), recovery_codes=waiting[1]
        ),
    )


add_to_viewer(
    second_factor=guarded(
        graphene.Field(
            SecondFactorType,
            required=True,
            resolver=_second_factor,
            description="What she shows beside her password.",
        ),
        OWN,
    )
)


class SecondFactorBegin(Act):
    """Begin to set up an authenticator app: its secret and ten recovery codes wait in this session for half an hour."""

    class Meta:
        access = SIGNED_IN

    class Input:
        password = graphene.String(required=True, description="The account's password, once more.")

    viewer = graphene.Field(ViewerType, description="With what the app is set up by.")

    @classmethod
    def act(cls, request: Any, password: str) -> Any:
        """The person. INVALID for a wrong password, CONFLICT where an app is set up already."""
        factors.begin(request, password)
        return cls(viewer=request.user)


class SecondFactorConfirm(Act):
    """The app is set up: it shows the right code. This code is spent by it; her roles open with the next one."""

    class Meta:
        access = SIGNED_IN

    class Input:
        code = graphene.String(required=True, description="What the app shows now.")
        wrote_codes_down = graphene.Boolean(
            required=True, description="Whether the recovery codes are written down."
        )

    viewer = graphene.Field(ViewerType, description="The person, her app set up.")

    @classmethod
    def act(cls, request: Any, code: str, wrote_codes_down: bool) -> Any:
        """The person. INVALID for a wrong code or codes not kept, TOO_LATE half an hour after it was begun."""
        factors.confirm(request, code, wrote_codes_down)
        return cls(viewer=request.user)


class SecondFactorGive(Act):
    """Give a code: her roles wake in this session. Given once more within it, what moves money or opens details goes on
    for five minutes."""

    class Meta:
        access = SIGNED_IN

    class Input:
        code = graphene.String(required=True, description=CODE)

    viewer = graphene.Field(ViewerType, description="The person, her roles awake.")

    @classmethod
    def act(cls, request: Any, code: str) -> Any:
        """The person. INVALID alike for a wrong code and a used one; TOO_MANY_REQUESTS says how long to wait."""
        factors.give(request, code)
        return cls(viewer=request.user)


class SecondFactorEnd(Act):
    """Switch the second factor off, by a code of it; her other sessions end."""

    class Meta:
        access = SIGNED_IN

    class Input:
        code = graphene.String(required=True, description=CODE)

    viewer = graphene.Field(ViewerType, description="The person, her roles asleep until she sets up another.")

    @classmethod
    def act(cls, request: Any, code: str) -> Any:
        """The person. INVALID for a code that is wrong or used."""
        factors.end(request, code)
        return cls(viewer=request.user)


class RecoveryCodesRenew(Act):
    """Make a new sheet of ten recovery codes; those of the old one are dead."""

    class Meta:
        access = SIGNED_IN

    class Input:
        code = graphene.String(required=True, description=CODE)

    codes = graphene.List(graphene.NonNull(graphene.String), description="Shown this once.")

    @classmethod
    def act(cls, request: Any, code: str) -> Any:
        """The new codes. INVALID for a code that is wrong or used."""
        return cls(codes=factors.renew_codes(request, code))


class Mutation:
    second_factor_begin = SecondFactorBegin.Field()
    second_factor_confirm = SecondFactorConfirm.Field()
    second_factor_give = SecondFactorGive.Field()
    second_factor_end = SecondFactorEnd.Field()
    recovery_codes_renew = RecoveryCodesRenew.Field()
