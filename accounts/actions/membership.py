"""People's parts in organisations: changed and ended, never deleted."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.events import CoordinatorNamed
from accounts.models import Membership, Organisation, Person
from accounts.permissions import must
from accounts.places import Place
from accounts.reads import is_last_coordinator, is_partial_to
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotAllowed, NotFound

Role = Membership.Role
LAST_ONE = say(
    "组织至少要有一位协调人，请先指定另一位。",
    "An organisation needs a coordinator. Please appoint another one first.",
)


def give_role(membership: Membership, role: str, by: Person) -> Membership:
    """Make a member a coordinator, or a coordinator a member; a coordinator's deed."""
    if role not in Role.values:
        raise Invalid(field="role")
    with transaction.atomic():
        membership = _locked(membership)
        if not _leads(membership, by):
            raise NotFound()
        if role != Role.COORDINATOR:
            _keep_a_coordinator(membership)
        membership.role = role
        membership.save(update_fields=["role"])
        if role != Role.COORDINATOR:
            _withdraw_invitations(membership)
        audit.record(by, "give_role", "Membership", membership.uid, role=role)
    return membership


def appoint(organisation: Organisation, person: Person, by: Person) -> Membership:
    """An operator names somebody who coordinates from now on, where nobody is left who could; she is none of them."""
    must(by, "accounts.name_coordinator", Place(region=organisation.region_id, organisation=organisation.pk))
    if is_partial_to(by, organisation) or person.pk == by.pk:
        raise NotAllowed()
    if not person.is_active or person.email_verified_at is None:
        raise Invalid(
            say("这个账户现在不能登录。", "Nobody can sign in with this account now."), field="email"
        )
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        part = organisation.memberships.filter(person=person, ended_at=None).first()
        is_one = part is not None and part.role == Role.COORDINATOR
        if part is None:
            part = organisation.memberships.create(person=person, role=Role.COORDINATOR)
        elif not is_one:
            part.role = Role.COORDINATOR
            part.save(update_fields=["role"])
        if not is_one:
            # She has asked for nothing: she hears of it, and of what waits for her.
            record(CoordinatorNamed(membership_id=part.pk))
        audit.record(by, "appoint", "Membership", part.uid, organisation=str(organisation.uid))
    return part


def end(membership: Membership, by: Person) -> Membership:
    """Leave, or be let go by a coordinator. A coordinator's open invitations end with her part."""
    with transaction.atomic():
        membership = _locked(membership)
        if not (membership.person_id == by.pk or _leads(membership, by)):
            raise NotFound()
        _keep_a_coordinator(membership)
        membership.ended_at = timezone.now()
        membership.save(update_fields=["ended_at"])
        _withdraw_invitations(membership)
        audit.record(by, "end", "Membership", membership.uid)
    return membership


def _locked(membership: Membership) -> Membership:
    """The current membership under its organisation's lock."""
    # The organisation's row is the lock: of two last coordinators who leave at once, one stays.
    Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    row = Membership.objects.select_for_update().get(pk=membership.pk)
    if row.ended_at is not None:
        raise Conflict()
    return row


def _leads(membership: Membership, by: Person) -> bool:
    parts = Membership.objects.filter(organisation=membership.organisation_id, ended_at=None)
    return parts.filter(person=by, role=Role.COORDINATOR).exists()


def _keep_a_coordinator(membership: Membership) -> None:
    if is_last_coordinator(membership):
        raise Invalid(LAST_ONE)


def _withdraw_invitations(membership: Membership) -> None:
    sent = membership.organisation.invitations.filter(invited_by=membership.person_id)
    sent.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
