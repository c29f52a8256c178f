"""Links that let one person into an organisation, once."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import email_address
from accounts.models import Invitation, Membership, Organisation, Person
from accounts.models.organisation import Link
from accounts.reads import hashed, open_invitations
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, NotFound, TooLate

Role = Membership.Role
LASTS = timedelta(days=14)
MOST_OPEN = 200


def create(
    organisation: Organisation, by: Person, role: str = Role.MEMBER, email: str = ""
) -> tuple[Invitation, str]:
    """An invitation and the token of its link, which is shown this once; with `email`, for her alone."""
    if role not in Role.values:
        raise Invalid(field="role")
    email = email_address(email) if email.strip() else ""
    with transaction.atomic():
        # Locked: one that is suspended at this moment leaves no invitation behind, and of two the second is counted.
        row = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        _check_leads(organisation, by)
        if not row.is_verified:
            raise Invalid(say("组织通过审核后才能邀请成员。", "Members can be invited once it is verified."))
        if open_invitations(organisation).count() >= MOST_OPEN:
            words = say("未使用的邀请最多 {n} 个。", "At most {n} unused invitations.", n=MOST_OPEN)
            raise Invalid(words)
        token = secrets.token_urlsafe(24)
        invitation = organisation.invitations.create(
            role=role,
            email=email,
            token_sha256=hashed(token),
            invited_by=by,
            expires_at=timezone.now() + LASTS,
        )
        audit.record(by, "create", "Invitation", invitation.uid, role=role, is_bound=bool(email))
    return invitation, token


def _check_leads(organisation: Organisation, by: Person) -> None:
    # The row stays locked: a coordinator who is let go at this moment leaves no invitation behind.
    part = organisation.memberships.filter(person=by, role=Role.COORDINATOR, ended_at=None)
    if not part.select_for_update().first():
        raise NotFound()


def accept(token: str, by: Person) -> Membership:
    """Come in by the link: once, in time, and only who is meant."""
    named = Invitation.objects.filter(token_sha256=hashed(token)).first()
    if named is None:
        raise NotFound(say("没有这个邀请。", "There is no such invitation."), field="token")
    with transaction.atomic():
        # First the organisation, then its invitation, as everywhere: nobody waits in a ring.
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=named.organisation_id)
        invitation = Invitation.objects.select_for_update().get(pk=named.pk)
        check_is_open(invitation, by)
        if not organisation.is_verified:
            raise TooLate(
                say("这个组织目前不能加入。", "This organisation cannot be joined now."), field="token"
            )
        membership = _let_in(invitation, organisation, by)
        invitation.used_at, invitation.used_by = timezone.now(), by
        invitation.save(update_fields=["used_at", "used_by"])
        audit.record(by, "accept", "Invitation", invitation.uid, role=invitation.role)
    return membership


def check_is_open(link: Link, by: Person) -> None:
    """Refuse a link that is used, withdrawn or past, or is for another mailbox than hers."""
    if link.used_at:
        raise TooLate(say("这个邀请已经用过了。", "This invitation has been used."), field="token")
    if link.withdrawn_at:
        raise TooLate(say("这个邀请已被收回。", "This invitation was withdrawn."), field="token")
    if link.expires_at <= timezone.now():
        raise TooLate(say("这个邀请已过期。", "This invitation has expired."), field="token")
    if link.email and (link.email != by.email or not by.email_verified_at):
        words = say("这个邀请是发给另一个邮箱的。", "This invitation is for another e-mail address.")
        raise NotAllowed(words, field="token")


def _let_in(invitation: Invitation, organisation: Organisation, by: Person) -> Membership:
    membership = organisation.memberships.filter(person=by, ended_at=None).first()
    if membership is None:
        return organisation.memberships.create(person=by, role=invitation.role)
    if membership.role == invitation.role or membership.role == Role.COORDINATOR:
        raise Conflict(say("您已经是成员了。", "You already belong to it."), field="token")
    membership.role = invitation.role
    membership.save(update_fields=["role"])
    return membership


def withdraw(uid: UUID, by: Person) -> Invitation:
    """Take an unused invitation back; any coordinator of its organisation may."""
    named = Invitation.objects.filter(uid=uid).select_related("organisation").first()
    if named is None:
        raise NotFound()
    with transaction.atomic():
        _check_leads(named.organisation, by)
        invitation = Invitation.objects.select_for_update().get(pk=named.pk)
        if invitation.used_at:
            raise TooLate(say("这个邀请已经用过了。", "This invitation has been used."))
        if not invitation.withdrawn_at:
            invitation.withdrawn_at = timezone.now()
            invitation.save(update_fields=["withdrawn_at"])
            audit.record(by, "withdraw", "Invitation", invitation.uid)
    return invitation
