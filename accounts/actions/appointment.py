"""Roles are given at a place for a term, and ended: by whom the shop's table says, and never one's own."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.actions.person import locked
from accounts.clean import line
from accounts.events import Appointed, AppointmentEnded
from accounts.models import Appointment, Organisation, Person
from accounts.models.appointment import FITS, Role, kind_of_place, partners
from accounts.permissions import appointed_by, has_role, held, must, not_over, running
from accounts.places import SHOP, Place, place_of
from accounts.subjects import subject
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
    starts_at, ends_at = check(role, where, by, starts_at, ends_at)
    reason = line(reason, "reason", 200, required=False)
    if by is not None and person.pk == by.pk:
        raise NotAllowed(say("不能任命自己。", "Nobody appoints herself."))
    try:
        with transaction.atomic():
            person = locked(person)
            if not person.is_active or (by is not None and person.email_verified_at is None):
                raise Invalid(CANNOT_SIGN_IN, field="email")
            made = Appointment.objects.create(
                person=person,
                role=role,
                region_id=where.region,
                organisation_id=where.organisation,
                subject=where.subject,
                starts_at=starts_at,
                ends_at=ends_at,
                by=by,
                reason=reason,
            )
            record(Appointed(appointment_id=made.pk))
            audit.record(
                by,
                "appoint",
                "Appointment",
                made.uid,
                role=str(role),
                person=str(person.uid),
                **_facts(where),
            )
    except IntegrityError as refused:
        if refused.__cause__ is not None and refused.__cause__.diag.constraint_name == APART:  # type: ignore[attr-defined]
            raise Conflict(_beside(role)) from None
        raise
    return made


def run_the_shop(person: Person) -> None:
    """Somebody runs the shop from now on and says who else does: by its server, its set-up or its demo alone."""
    for role in (Role.OWNER, Role.OPERATOR):
        if not has_role(person, role):
            appoint(person, role)
    person.forget_terms()


def check(
    role: str, where: Place, by: Person | None, starts_at: datetime | None, ends_at: datetime | None
) -> tuple[datetime, datetime | None]:
    """The term as it will be kept; refused where the role, place or term is not `by`'s to give."""
    if role not in Role.values:
        raise Invalid(field="role")
    if role not in FITS[kind_of_place(where.region, where.organisation, where.subject)]:
        words = say("这个角色不能任命在这里。", "Nobody is appointed to this role at such a place.")
        raise Invalid(words, field="place")
    must_appoint(by, role, where)
    now = timezone.now()
    if starts_at is None or (by is not None and starts_at < now):
        starts_at = now
    if ends_at is not None and (ends_at <= starts_at or (by is not None and ends_at <= now)):
        raise Invalid(say("结束要晚于开始。", "The term must end after it begins."), field="endsAt")
    return starts_at, ends_at


def must_appoint(by: Person | None, role: str, where: Place) -> None:
    """Refuse whoever may not give or end this role there; None is the shop itself, which may."""
    must(by, appointed_by(role), at=lies(where))
    if by is not None and held(by, partners(role)):
        # Whoever makes would otherwise choose who looks at it.
        raise NotAllowed(
            say("不能任命审核自己工作的人。", "Nobody chooses who looks at what she does herself.")
        )


def lies(where: Place) -> Place:
    """The place of an appointment with the region that it lies in, so that whoever is in charge there is known."""
    if where.subject is not None:
        known = subject(where.subject)
        if known is None:
            raise Invalid(say("没有这个团队或届次。", "There is no such team or edition."), field="place")
        return Place(region=known.region, subject=where.subject)
    if where.organisation is not None:
        region = Organisation.objects.values_list("region_id", flat=True).get(pk=where.organisation)
        return Place(region=region, organisation=where.organisation)
    return where


def end(appointment: Appointment, by: Person | None, reason: str) -> Appointment:
    """It ends at this moment, for the next request already; one that has not begun never begins. The reason is kept.

    Raises NotAllowed for whoever may not, or would end her own; Conflict once it is over, and for the last owner.
    """
    reason = line(reason, "reason", 200)
    must_appoint(by, appointment.role, place_of(appointment))
    if by is not None and appointment.person_id == by.pk:
        raise NotAllowed(say("不能对自己这样做。", "Nobody does this to themselves."))
    with transaction.atomic():
        row = _locked(appointment, by)
        row.ends_at, row.ended_by, row.end_reason = max(timezone.now(), row.starts_at), by, reason
        row.save(update_fields=["ends_at", "ended_by", "end_reason"])
        record(AppointmentEnded(appointment_id=row.pk))
        audit.record(by, "end", "Appointment", row.uid, role=row.role, person=str(row.person.uid))
    return row


def _locked(appointment: Appointment, by: Person | None) -> Appointment:
    """The appointment as it is now, to be ended; of two owners who end each other's at one moment one stays."""
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("person")
    if appointment.role == Role.OWNER and by is not None:
        owners = list(rows.filter(running(), role=Role.OWNER, person__is_active=True).order_by("pk"))
        now = timezone.now()  # they may have been waited for
        others = [row for row in owners if row.person_id != appointment.person_id]
        if not [row for row in others if row.ends_at is None or now < row.ends_at]:
            raise Conflict(say("店里至少要有一位店主。", "The shop needs an owner."))
    row = rows.get(pk=appointment.pk)
    if row.ends_at is not None and row.ends_at <= timezone.now():
        raise Conflict(say("这项任命已经结束。", "This appointment is over."))
    return row


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


def _facts(where: Place) -> dict[str, str]:
    kinds: dict[str, str | int | UUID | None] = {
        "region": where.region,
        "organisation": where.organisation,
        "subject": where.subject,
    }
    return {name: str(value) for name, value in kinds.items() if value is not None}
