"""Prove a device that is new to a leader or a packer, once, by two codes: her mailbox's and her manager's."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, pbkdf2

from accounts import devices, totp
from accounts.actions import audit
from accounts.actions.person import mail_is_due
from accounts.events import DeviceCodeRequested
from accounts.models import Appointment, DeviceCode, Person
from accounts.permissions import asks_for_device, may_now, running
from accounts.places import lies
from accounts.reads import hashed, signed_in
from core import outbox, patience
from core.language import say
from core.refusals import Invalid, NotAllowed, NotFound

Way = DeviceCode.Way
LANE, LASTS = "device", timedelta(minutes=10)
DIGITS, STRETCHES = 6, 30_000
NOT_ASKED = say("您的岗位不用认证设备。", "Your role asks for no device.")
WRONG = say(
    "两个码有一个不对，或者过期了。请核对，或者各要一个新的。",
    "One of the two codes is wrong or too old. Please look again, or ask for two new ones.",
)


def ask_for_code(request: HttpRequest) -> None:
    """Send the first of the two to her mailbox; one that is on its way is not sent again at once."""
    person = _person_here(request)
    if person.email and mail_is_due("device", person.email):
        with transaction.atomic():
            outbox.record(DeviceCodeRequested(person_id=person.pk))


def give_code(appointment: Appointment, by: Person) -> str:
    """The second of the two, for whoever is appointed there, to be read to her; shown this once.

    Raises NotFound for whoever appoints nobody there, who is not told that there is one, and once the appointment is over;
    NotAllowed for oneself.
    """
    if not may_now(by, "accounts.appoint_at_team", at=lies(appointment)):
        raise NotFound()
    if appointment.person_id == by.pk:
        raise NotAllowed(say("不能对自己这样做。", "Nobody does this to themselves."))
    if not Appointment.objects.filter(running(), pk=appointment.pk).exists():
        raise NotFound()
    code = make_code(appointment.person, Way.MANAGER, by)
    audit.record(by, "give_device_code", "Appointment", appointment.uid)
    return code


def make_code(person: Person, way: str, by: Person | None = None) -> str:
    """A code of this way, in place of the one before; only what it is stretched to is kept."""
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    DeviceCode.objects.update_or_create(
        person=person,
        way=way,
        defaults={"digest": _digest(person, code), "given_by": by, "expires_at": timezone.now() + LASTS},
    )
    return code


def prove(request: HttpRequest, mailed: str, given: str) -> None:
    """This device is hers from now on, by both codes at once; they are spent. Wrong ones make the next try wait."""
    person = _person_here(request)
    # Whoever has her password can come from anywhere: all devices that are not hers share one lane.
    devices.hold_up_strangers(LANE, person)
    lane = (LANE, f"{person.uid}:{hashed(person.lock)[:16]}")
    patience.demand(*lane)
    with transaction.atomic():
        rows = {
            row.way: row
            for row in DeviceCode.objects.select_for_update().filter(
                person=person, expires_at__gt=timezone.now()
            )
        }
        pairs = ((Way.MAILBOX, mailed), (Way.MANAGER, given))
        if not all(way in rows and _is_right(rows[way], person, code) for way, code in pairs):
            devices.count_wrong(LANE, person)
            raise Invalid(WRONG, field="mailed")
        given_by = rows[Way.MANAGER].given_by
        DeviceCode.objects.filter(person=person).delete()
        audit.record(person, "prove_device", "Person", person.uid, given_by=str(given_by and given_by.uid))
    patience.relent(*lane)
    devices.prove(request, person, devices.BY_TWO_CODES)


def _person_here(request: HttpRequest) -> Person:
    person = signed_in(request)
    if not asks_for_device(person):
        raise NotAllowed(NOT_ASKED)
    return person


def _is_right(row: DeviceCode, person: Person, code: str) -> bool:
    return constant_time_compare(row.digest, _digest(person, code))


def _digest(person: Person, code: str) -> str:
    return pbkdf2(totp.clean_code(code), f"sheaf.device {person.uid}", STRETCHES).hex()
