"""The demo's authenticator apps: whoever plays a role that asks for a code has one, whose secret is printed.

The secrets are made anew with each demo and mean nothing outside one: where DEMO is none, no code of theirs is right.
"""

from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import CommandError

from accounts import totp
from accounts.actions import second_factor
from accounts.models import Appointment, Person, SecondFactor
from accounts.permissions import asks_for_factor
from shop.demo import sign_ins


def set_up() -> None:
    """For everybody of the demo who plays such a role and has none yet; a sheet of recovery codes for those who are named
    where the demo starts."""
    named = {email for email, _ in sign_ins.WHO}
    appointed = Appointment.objects.filter(person__email__endswith="@demo.example")
    people = Person.objects.filter(pk__in=appointed.values("person"), second_factor=None)
    for person in people.order_by("pk"):
        if asks_for_factor(person):
            sheet = second_factor.new_codes() if person.email in named else []
            second_factor.enrol(person, totp.new_secret(), sheet, step=0, is_demo=True)


def secrets() -> Iterator[tuple[Person, str]]:
    """Who has an app, and its secret."""
    if settings.DEMO == "none":
        raise CommandError("Outside a demo the demo's secrets mean nothing: DEMO is none.")
    for one in SecondFactor.objects.filter(is_demo=True).select_related("person").order_by("person_id"):
        yield one.person, totp.unseal(one.sealed)


def lines(named_alone: bool = False) -> str:
    """One line for each, or for those who are named where the demo starts: whose it is, what to type into an app, and the
    code of this moment."""
    named = {email for email, _ in sign_ins.WHO}
    found = [
        f"  {person.email:<32} {secret}   {totp.code_at(secret, totp.now())}"
        for person, secret in secrets()
        if person.email in named or not named_alone
    ]
    head = "Second factors (for an authenticator app; the code of this half minute: manage.py demo --codes):"
    return "\n".join([head, *found]) if found else ""
