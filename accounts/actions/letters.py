"""What letters she is sent, and by what way: as she says."""

from collections.abc import Iterable

from accounts.letters import SWITCHABLE
from accounts.models import LettersBy, Person
from accounts.ways import number_of
from core.language import say
from core.refusals import Invalid

NO_NUMBER = say(
    "先在“登录方式”里加一个手机号，才能用短信通知。",
    "Add a mobile number under “Ways to sign in” first: texts go there.",
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
    person.letters_off = [kind.value for kind in SWITCHABLE if kind.value not in wanted]
    person.letters_by = person.letters_by if letters_by is None else letters_by
    person.save(update_fields=["letters_off", "letters_by"])
    return person
