"""What letters she is sent, and by what way: as she says."""

from collections.abc import Iterable

from django.db import transaction

from accounts.actions import consent
from accounts.letters import BY_CONSENT, SWITCHABLE
from accounts.models import LettersBy, Person
from accounts.ways import number_of
from core.language import say
from core.refusals import Invalid

NO_NUMBER = say(
    "先在“登录方式”里加一个手机号，才能用短信通知。",
    "Add a mobile number under “Ways to sign in” first: texts go there.",
)
ASKED_FOR = say(
    "把我买过的团队写的近况寄到我的邮箱，三十天里最多两封；我随时可以关掉。",
    "Send me by e-mail what teams I bought from write, at most two in thirty days; I can switch it off at any time.",
)
NO_MAILBOX = say("先填写并确认一个邮箱。", "Give an e-mail address, and confirm it, first.")


def choose(person: Person, letters_by: str | None, wanted: Iterable[str]) -> Person:
    """Send her letters of these kinds alone, and those of money; by this way, where she has both. What she does not say of the
    way stays."""
    if letters_by == LettersBy.TEXT and not number_of(person):
        raise Invalid(NO_NUMBER, field="letters_by")
    if letters_by == LettersBy.MAIL and not person.email_verified_at:
        raise Invalid(NO_MAILBOX, field="letters_by")
    wanted = set(wanted)
    off = [kind.value for kind in SWITCHABLE if kind.value not in wanted]
    person.letters_off = [kind for kind in off if kind not in BY_CONSENT]
    person.letters_by = person.letters_by if letters_by is None else letters_by
    with transaction.atomic():
        person.save(update_fields=["letters_off", "letters_by"])
        for kind in BY_CONSENT:
            (ask_for if kind in wanted else leave)(person, kind)
    return person


def ask_for(person: Person, kind: str) -> None:
    """She wants letters of a kind that comes only where it is asked for."""
    consent.give(person, BY_CONSENT[kind], ASKED_FOR)


def leave(person: Person, kind: str) -> None:
    """She wants none of that kind any more."""
    consent.end(person, BY_CONSENT[kind])
