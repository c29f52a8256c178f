"""A role is offered by a letter with a link, which whoever has that mailbox accepts by a press, signed in."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import reads, seals
from accounts.actions import audit
from accounts.actions.appointment import chooses_her_own, drafted, give, must_appoint
from accounts.actions.invitation import check_is_open
from accounts.clean import email_address
from accounts.events import RoleOffered
from accounts.models import Appointment, Person, RoleInvitation
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import appointed_by, may_once_awake, places_of
from accounts.places import Place, lies
from core.language import say
from core.outbox import record
from core.refusals import Conflict, NotAllowed, NotFound, TooLate

LINK = "role-invitation"
LASTS = timedelta(days=7)
NOT_HIS_ANY_MORE = say(
    "邀请您的人现在不能任命这个角色了。", "Whoever invited you may not appoint anybody to this any more."
)


def send(
    email: str,
    role: str,
    where: Place,
    by: Person,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> RoleInvitation:
    """Offer a role to whoever has this mailbox, with an account or not; she hears of it by a letter with a link.

    Raises NotAllowed for whoever may not give it there or offers it to herself, Invalid where address, place or term
    do not fit, Conflict while the same is offered to her already.
    """
    email = email_address(email)
    columns = drafted(role, where, by, starts_at, ends_at, reason)
    row = RoleInvitation(**columns, email=email, invited_by=by, expires_at=timezone.now() + LASTS)
    must_appoint(by, row)
    if email == by.email:
        raise NotAllowed(say("不能任命自己。", "Nobody appoints herself."), field="email")
    at = {name: columns[name] for name in ("role", "region_id", "organisation_id", "subject")}
    with transaction.atomic():
        # Its sender's row is the lock: of two presses one letter goes out.
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        if waiting().filter(email=email, **at).exists():
            raise Conflict(say("这个邀请已经发出。", "She has been invited to this already."), field="email")
        row.save()
        record(RoleOffered(invitation_id=row.pk))
        audit.record(by, "offer", "RoleInvitation", row.uid, role=row.role)
    return row


def waiting() -> QuerySet[RoleInvitation]:
    """Invitations that may still be accepted."""
    return RoleInvitation.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


def waiting_for(person: Any) -> QuerySet[RoleInvitation]:
    """Those to her proved mailbox; of a guest none."""
    is_proved = person.is_authenticated and person.email_verified_at
    return waiting().filter(email=person.email) if is_proved else RoleInvitation.objects.none()


def seen_by(person: Person) -> QuerySet[RoleInvitation]:
    """Those at the places that she looks after, to a team's desk whose people she appoints, and to a committee."""
    team = places_of(person, "accounts.appoint_at_team").rows(subject="subject")
    committee = places_of(person, "accounts.appoint_judge").rows(subject="subject")
    everybodys = RoleInvitation.objects.all()
    seen = reads.seen_by(person, everybodys) | everybodys.filter(team, role__in=OF_A_TEAM)
    return seen | everybodys.filter(committee, role=Appointment.Role.JUDGE)


def token_of(row: RoleInvitation) -> str:
    """What the link carries; made when the letter is written, and kept nowhere."""
    return seals.seal(LINK, invitation=str(row.uid))


def behind(token: str) -> RoleInvitation:
    """The invitation of a link, open or not; refused where the shop never made it."""
    facts = seals.opened_for_ever(LINK, token)
    row = RoleInvitation.objects.filter(uid=facts["invitation"]).select_related("invited_by").first()
    if row is None:
        raise NotFound(field="token")
    return row


def accept(token: str, by: Person) -> Appointment:
    """Take the role: once, in time, by whom it was offered to, and while whoever offered it still may."""
    with transaction.atomic():
        row = RoleInvitation.objects.select_for_update(of=("self",)).get(pk=behind(token).pk)
        check_is_open(row, by)
        now = timezone.now()
        if row.ends_at is not None and row.ends_at <= now:
            raise TooLate(say("这个任期已经过了。", "Its term is over."), field="token")
        if not _still_may(row):
            raise TooLate(NOT_HIS_ANY_MORE, field="token")
        made = give(
            Appointment(
                person=by,
                by=row.invited_by,
                role=row.role,
                region_id=row.region_id,
                organisation_id=row.organisation_id,
                subject=row.subject,
                starts_at=max(row.starts_at, now),
                ends_at=row.ends_at,
                reason=row.reason,
            )
        )
        row.used_at, row.used_by = now, by
        row.save(update_fields=["used_at", "used_by"])
        audit.record(by, "accept", "RoleInvitation", row.uid, role=row.role)
    return made


def _still_may(row: RoleInvitation) -> bool:
    """Whether whoever sent it would be let send it now: she may have lost her role, or been given the other of a pair."""
    sender = row.invited_by
    return may_once_awake(sender, appointed_by(row.role), at=lies(row)) and not chooses_her_own(
        sender, row.role
    )


def withdraw(uid: UUID, by: Person) -> RoleInvitation:
    """Take back what nobody has accepted; whoever may appoint to it there may. A second time changes nothing."""
    with transaction.atomic():
        row = RoleInvitation.objects.select_for_update().filter(uid=uid).first()
        if row is None:
            raise NotFound()
        must_appoint(by, row)
        if row.used_at:
            raise TooLate(say("这个邀请已经用过了。", "This invitation has been used."))
        if row.withdrawn_at is None:
            row.withdrawn_at = timezone.now()
            row.save(update_fields=["withdrawn_at"])
            audit.record(by, "withdraw", "RoleInvitation", row.uid)
    return row


def forget(person: Person) -> None:
    """Of whoever is erased no address is kept, and what she offered or was offered is no more."""
    mine = waiting()
    now = timezone.now()
    mine.filter(invited_by=person).update(withdrawn_at=now)
    if not person.email:
        return
    mine.filter(email=person.email).update(withdrawn_at=now)
    RoleInvitation.objects.filter(email=person.email).update(email=f"{person.uid}@erased.invalid")
