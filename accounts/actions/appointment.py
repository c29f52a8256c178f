"""Roles are given at a place for a term, and ended: by whom the shop's table says, and never one's own."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.actions.person import locked
from accounts.clean import line
from accounts.events import Appointed, AppointmentEnded
from accounts.models import Appointment, Person
from accounts.models.appointment import FITS, AtAPlace, Role, kind_of_place, partners
from accounts.permissions import appointed_by, has_role, held_asleep_too, must, not_over, running
from accounts.places import SHOP, Place, lies
from core.language import Words, say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotAllowed

APART = "appointments_that_exclude_each_other"
CANNOT_SIGN_IN = say("这个账户现在不能登录。", "Nobody can sign in with this account now.")


def appoint(
    person: Person,
    role: str,
    where: Place = SHOP,
    by: Person | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> Appointment:
    """Give somebody a role at a place, from now or a later moment and until one or for as long as nobody ends it.

    Raises NotAllowed for whoever may not give it there, would give it to herself, or would name who approves what she
    makes; Invalid for a place or term that does not fit; Conflict beside what the person holds already.
    """
    row = Appointment(person=person, by=by, **drafted(role, where, by, starts_at, ends_at, reason))
    must_appoint(by, row)
    return give(row)


def drafted(
    role: str,
    where: Place,
    by: Person | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    reason: str,
) -> dict[str, Any]:
    """The columns of a role at a place with its term; Invalid where they do not fit. A person's begins now or later."""
    if role not in Role.values:
        raise Invalid(field="role")
    if role not in FITS[kind_of_place(where.region, where.organisation, where.subject)]:
        words = say("这个角色不能任命在这里。", "Nobody is appointed to this role at such a place.")
        raise Invalid(words, field="region" if where.region else "subject" if where.subject else "role")
    now = timezone.now()
    if starts_at is None or (by is not None and starts_at < now):
        starts_at = now
    if ends_at is not None and ends_at <= starts_at:
        raise Invalid(
            say("结束要晚于开始，也要晚于现在。", "The term must end after it begins, and later than now."),
            field="endsAt",
        )
    return {
        "role": role,
        "region_id": where.region,
        "organisation_id": where.organisation,
        "subject": where.subject,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "reason": line(reason, "reason", 200, required=False),
    }


def must_appoint(by: Person | None, row: AtAPlace) -> None:
    """Refuse whoever may not give or end this role there; None is the shop itself, which may."""
    must(by, appointed_by(row.role), at=lies(row))
    if by is not None and chooses_her_own(by, row.role):
        raise NotAllowed(
            say("不能任命审核自己工作的人。", "Nobody chooses who looks at what she does herself.")
        )


def chooses_her_own(by: Person, role: str) -> bool:
    """Whether whoever is that would look at what she makes, or make what she looks at."""
    return bool(held_asleep_too(by, partners(role)))


def give(row: Appointment) -> Appointment:
    """Write it down: nothing is looked at but the person, and what she holds already. Who was named hears of it."""
    if row.person_id == row.by_id:
        raise NotAllowed(say("不能任命自己。", "Nobody appoints herself."))
    try:
        with transaction.atomic():
            person = locked(row.person)
            if not person.is_active or (row.by is not None and not person.is_proved):
                raise Invalid(CANNOT_SIGN_IN, field="email")
            row.save(force_insert=True)
            record(Appointed(appointment_id=row.pk))
            audit.record(row.by, "appoint", "Appointment", row.uid, **_facts(row))
    except IntegrityError as refused:
        if getattr(getattr(refused.__cause__, "diag", None), "constraint_name", "") == APART:
            raise Conflict(_beside(row.role)) from None
        raise
    row.person.forget_terms()
    return row


def run_the_shop(person: Person) -> None:
    """Somebody runs the shop from now on and says who else does: by its server, its set-up or its demo alone."""
    for role in (Role.OWNER, Role.OPERATOR):
        if not has_role(person, role):
            appoint(person, role)


def end(appointment: Appointment, by: Person | None, reason: str) -> Appointment:
    """It ends at this moment, for the next request already; one that has not begun never begins. The reason is kept.

    Raises NotAllowed for whoever may not, or would end her own; Conflict once it is over, and for the last owner.
    """
    reason = line(reason, "reason", 200)
    must_appoint(by, appointment)
    if by is not None and appointment.person_id == by.pk:
        raise NotAllowed(say("不能对自己这样做。", "Nobody does this to themselves."))
    with transaction.atomic():
        # First the person, then what she holds, as whoever appoints or erases her: nobody waits in a ring, and what
        # follows from her appointments is worked out by one after the other.
        locked(appointment.person)
        row = _locked(appointment, by)
        row.ends_at, row.ended_by, row.end_reason = max(timezone.now(), row.starts_at), by, reason
        row.save(update_fields=["ends_at", "ended_by", "end_reason"])
        record(AppointmentEnded(appointment_id=row.pk))
        audit.record(by, "end", "Appointment", row.uid, **_facts(row))
    return row


def _locked(appointment: Appointment, by: Person | None) -> Appointment:
    """The appointment as it is now, to be ended; of two owners who end each other's at one moment one stays."""
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("person")
    if appointment.role == Role.OWNER and by is not None and not has_owner_beside(appointment.person):
        raise Conflict(say("店里至少要有一位店主。", "The shop needs an owner."))
    row = rows.get(pk=appointment.pk)
    if row.ends_at is not None and row.ends_at <= timezone.now():
        raise Conflict(say("这项任命已经结束。", "This appointment is over."))
    return row


def has_owner_beside(person: Person) -> bool:
    """Whether somebody else who can sign in owns the shop now; the owners are locked."""
    list(Appointment.objects.select_for_update(of=("self",)).filter(role=Role.OWNER).order_by("pk"))
    # Asked once they are: they may have been waited for.
    others = Appointment.objects.filter(running(), role=Role.OWNER, person__is_active=True)
    return others.exclude(person=person).exists()


def end_all(person: Person) -> None:
    """Whoever is erased holds nothing any more."""
    now = timezone.now()
    for row in person.appointments.filter(not_over()).select_for_update().order_by("pk"):
        row.ends_at = max(now, row.starts_at)
        row.save(update_fields=["ends_at"])


def _beside(role: str) -> Words:
    others = partners(role)
    if not others:
        return say("这个人已经有这项任命。", "She holds this role there already.")
    zh = "、".join(other.words.in_language("zh") for other in others)
    en = ", ".join(other.words.in_language("en") for other in others)
    return say(
        "这个人已经有这项任命，或同时是{chinese}，二者不能兼任。",
        "She holds this role there already, or is {english}, which nobody is beside it.",
        chinese=zh,
        english=en,
    )


def _facts(row: Appointment) -> dict[str, str]:
    kinds = {"region": row.region_id, "organisation": row.organisation_id, "subject": row.subject}
    at = {name: str(value) for name, value in kinds.items() if value is not None}
    return {"role": str(row.role), "person": str(row.person.uid), **at}
