"""Who is appointed to what, where and for how long: read by those who keep the appointments, and by herself."""

from typing import Any

import graphene
from django.http import HttpRequest
from django.utils import timezone

from accounts.actions.role_invitation import token_of, waiting_for
from accounts.api.access import HELD
from accounts.models import Appointment, RoleInvitation
from accounts.permissions import appointed_by, is_proved_by_device, may, may_anywhere
from accounts.places import lies, name_of
from core.api.access import Access
from core.api.facts import guarded, needs
from core.api.types import ModelType, enum_of
from core.language import Words, say
from core.refusals import Refusal

ABOUT = {
    "role": "Which role.",
    "starts_at": "From when.",
    "ends_at": "The first moment outside the term; null while no end is set.",
    "reason": "Why, in the words of whoever appoints; may be empty.",
}


def _keeps_or_is(request: HttpRequest, parent: Any) -> bool:
    return parent.person_id == request.user.pk or may_anywhere(request.user, "accounts.see_appointments")


KEEPS_OR_IS = Access("herself, or whoever may accounts.see_appointments", _keeps_or_is, pii=2)
KEEPS = Access(
    "whoever may accounts.see_appointments",
    lambda request, parent: may_anywhere(request.user, "accounts.see_appointments"),
    pii=2,
)


def _may_appoint(request: HttpRequest, row: Any) -> bool:
    try:
        return may(request.user, appointed_by(row.role), at=lies(row))
    except Refusal:
        return False  # what she was appointed to is not there any more: who may everywhere ends it


KEEPS_OR_INVITES = Access(
    "whoever may accounts.see_appointments, or may appoint to it",
    lambda request, parent: KEEPS.allows(request, parent) or _may_appoint(request, parent),
    pii=2,
)


class _AtAPlace:
    """What both tell of a role at a place."""

    role_name = graphene.String(required=True, description="The role in the reader's language.")
    where = graphene.String(required=True, description="Where, in words: the whole shop, a region, a team …")

    def resolve_role_name(root, info):
        """As every form and letter calls it."""
        return str(Appointment.Role(root.role).words)

    @needs("region__parent__parent", "organisation")
    def resolve_where(root: Any, info: Any) -> str:
        """The region with all above it, the organisation, the team or edition."""
        return str(name_of(root))


class AppointmentType(_AtAPlace, ModelType):
    """A person's role at a place, from a moment to a moment."""

    class Meta:
        model = Appointment
        fields = ("role", "starts_at", "ends_at", "reason", "end_reason")
        access = HELD
        about = {**ABOUT, "end_reason": "Why it ended before its time; empty where it did not."}

    person_name = guarded(
        graphene.String(required=True, description="Whose it is: the name she gave; may be empty."),
        KEEPS_OR_IS,
    )
    person_email = guarded(
        graphene.String(required=True, description="The address of her account."), KEEPS_OR_IS
    )
    can_end = graphene.Boolean(required=True, description="Whether the asker may end it now.")
    asks_for_device = graphene.Boolean(
        required=True, description="Whether a new device of hers waits for a code that the asker may give."
    )

    @needs("person")
    def resolve_person_name(root, info):
        """Of an erased account empty."""
        return root.person.name

    @needs("person")
    def resolve_person_email(root, info):
        """Of an erased account, and of one without a mailbox, empty."""
        return root.person.email or ""

    @needs("organisation")
    def resolve_can_end(root, info):
        """While it runs or will, for whoever may give it there and is not herself."""
        is_over = root.ends_at is not None and root.ends_at <= max(timezone.now(), root.starts_at)
        is_hers = root.person_id == info.context.user.pk
        return not is_over and not is_hers and _may_appoint(info.context, root)

    @needs("organisation")
    def resolve_asks_for_device(root, info):
        """Of a role that asks for a proved device, while its term runs."""
        return is_proved_by_device(root.role) and AppointmentType.resolve_can_end(root, info)


class RoleInvitationType(_AtAPlace, ModelType):
    """A role that waits for somebody to accept it by the link in her letter."""

    class Meta:
        model = RoleInvitation
        fields = ("starts_at", "ends_at", "reason", "expires_at")
        access = HELD
        about = {**ABOUT, "expires_at": "Until when it may be accepted."}

    role = graphene.Field(enum_of(Appointment, "role"), required=True, description="Which role.")
    email = guarded(
        graphene.String(required=True, description="Whose mailbox it was sent to."), KEEPS_OR_INVITES
    )
    is_mine = graphene.Boolean(
        required=True, description="Whether the asker is signed in with the address it was sent to."
    )
    token = graphene.String(description="What its link carries; null for anybody but whom it was sent to.")
    can_withdraw = graphene.Boolean(required=True, description="Whether the asker may take it back.")

    def resolve_is_mine(root, info):
        """A guest is asked to sign in first, so for her it is False."""
        return info.context.user.is_authenticated and info.context.user.email == root.email

    def resolve_token(root, info):
        """Her mailbox is proved: she needs no letter to accept what waits for her there."""
        return token_of(root) if waiting_for(info.context.user).filter(pk=root.pk).exists() else None

    @needs("organisation")
    def resolve_can_withdraw(root, info):
        """For whoever may give it there."""
        return _may_appoint(info.context, root)


KINDS: dict[str, Words] = {
    "SHOP": say("全店", "The whole shop"),
    "REGION": say("一个地区（含下级）", "A region with all below it"),
    "ORGANISATION": say("一个单位", "An organisation"),
    "SUBJECT": say("一个团队或一届大赛", "A team or an edition"),
}
