"""People join, prove their mailbox, and change what we know of them."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password as is_password
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import seals
from accounts.actions import audit, text_code
from accounts.clean import email_address, line, mailbox, phone_number
from accounts.events import EmailChangeRequested, MailboxConfirmed, PersonJoined, SignUpRepeated
from accounts.models import ApiToken, Person, SignInWay
from accounts.passwords import LONGEST
from accounts.reads import hashed
from accounts.security_log import security
from core import language as languages
from core import outbox, patience, rates
from core.language import say
from core.refusals import Conflict, Invalid, TooMany, every

EMAIL_VERIFY, EMAIL_CHANGE = "email-verify", "email-change"
VERIFY_LASTS = timedelta(days=3)
CHANGE_LASTS = timedelta(days=1)
UNCONFIRMED_LASTS = timedelta(days=7)
ENDED_WAYS_LAST = timedelta(days=183)
IN_USE = say("这个邮箱已被使用。", "This address is in use by another account.")
WRONG_PASSWORD = say("密码不对。", "The password is not right.")
# Of each reason of Django's validators our own words: its Chinese lags behind its English and names our fields.
EASY_TO_GUESS = {
    "password_too_short": say("密码至少要 10 个字符。", "At least 10 characters."),
    "password_too_similar": say("密码和您的名字或邮箱太像。", "Too much like your name or address."),
    "password_too_common": say("这个密码太常见。", "Too common a password."),
    "password_of_the_shop": say("密码里本店的词太多。", "Too much of it is a word of this shop’s."),
    "password_entirely_numeric": say("密码不能全是数字。", "Digits alone will not do."),
}


def locked(person: Person) -> Person:
    """The person's row as it is now, so that of two who change it at one moment the second sees the first's."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def sign_up(email: str, password: str, name: str = "", language: str = "zh") -> None:
    """Open an account, usable once its mailbox is proved; nobody learns whether there was one already."""
    plain = every(
        {
            "email": lambda: email_address(email),
            "name": lambda: line(name, "name", 60, required=False),
            "language": lambda: spoken(language),
            "password": lambda: check_password_is_good(password, Person(email=mailbox(email), name=name)),
        }
    )
    email, name, language = plain["email"], plain["name"], plain["language"]
    is_due = mail_is_due(SIGN_UP, email)
    known = Person.objects.of_mailbox(email).first()
    # Hashed in either case, and compared with something, so that the time it takes tells nothing.
    secret = make_password(password)
    with transaction.atomic():
        _one_at_a_time(email)
        known = Person.objects.of_mailbox(email).first()
        is_again = is_password(password, known.password if known else secret)
        if known is None or (not known.is_proved and not is_again):
            person = Person(email=email, password=secret, name=name, language=language)
            person.save(force_insert=True)
            _let_few_wait(email)
            # Who typed it first need not be whose it is: each is mailed, but not again at once.
            if known is None or is_due:
                outbox.record(PersonJoined(person_id=person.pk))
        elif is_due:
            outbox.record(SignUpRepeated(person_id=known.pk))


# So many may wait for one mailbox to answer; its reader opens the one whose password she knows.
WAIT_FOR_A_MAILBOX = 5


def _one_at_a_time(email: str) -> None:
    """Of two that sign up at once with one address the second finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign up {email}"])


def _let_few_wait(email: str) -> None:
    too_many = unproved().filter(email=email).order_by("-pk")[WAIT_FOR_A_MAILBOX:]
    unproved().filter(pk__in=list(too_many.values_list("pk", flat=True))).delete()


def forget_unconfirmed() -> int:
    """Accounts that nobody has confirmed in a week: whoever typed the address wrote somebody else's. How many; ways that
    ended long ago go too."""
    long_ago = timezone.now() - UNCONFIRMED_LASTS
    SignInWay.objects.filter(ended_at__lt=timezone.now() - ENDED_WAYS_LAST).delete()
    return unproved().filter(joined_at__lt=long_ago).delete()[1].get("accounts.Person", 0)


def spoken(language: str, field: str = "language") -> str:
    """A language that the shop speaks."""
    if language not in languages.LANGUAGES:
        raise Invalid(say("请选择中文或英文。", "Please choose Chinese or English."), field=field)
    return language


# Kinds of mails that a stranger can have sent to somebody's mailbox.
SIGN_UP, RESET, CHANGE = "sign-up", "reset", "change"
AGAIN_SECONDS, AGAIN_AT_MOST = 60, 32 * 60  # shorter than a link for a new password lasts


def mail_is_due(kind: str, email: str, asker: str = "") -> bool:
    """Whether a mail of this kind is sent now, account or not: one on its way is not sent again at once.

    The first asks for nothing, the next for a minute since, then two, four … Whoever asks meanwhile is told the same
    and finds the one that was sent: strangers fill nobody's mailbox, and use up nothing of its owner's.
    """
    again = {"free": 1, "first": AGAIN_SECONDS, "most": AGAIN_AT_MOST}
    return not patience.seconds_to_wait(f"mail {kind}", hashed(email) + asker, **again)


def mails_were_read(person: Person) -> None:
    """She has signed in, which ends the links in mails of before: the next that is asked for is sent."""
    for kind in (SIGN_UP, RESET):
        patience.relent(f"mail {kind}", hashed(person.email or ""))


def check_password_is_good(password: str, person: Person, field: str = "password") -> None:
    """Refuse a password that is easy to guess, saying why."""
    if len(password) > LONGEST:
        words = say("密码最多 {n} 个字符。", "At most {n} characters.", n=LONGEST)
        raise Invalid(words, field=field)
    try:
        validate_password(password, person)
    except ValidationError as wrong:
        why = [EASY_TO_GUESS[str(each.code)] for each in wrong.error_list]
        told = say(
            "".join(words.in_language("zh") for words in why),
            " ".join(words.in_language("en") for words in why),
        )
        raise Invalid(told, field=field) from None


# Of right passwords an account may give so many a minute: to look at one costs what a hundred pages cost, and whoever
# is right waits for nothing else. Wrong ones are not counted, so that no stranger uses up anything of the owner's.
RIGHT_A_MINUTE = 30


def hold_up_the_right(email: str) -> None:
    """Refuse, before anybody looks at the password, an account that was opened so often within this minute."""
    if rates.counted("right passwords", hashed(email), 60) >= RIGHT_A_MINUTE:
        raise TooMany(seconds=rates.seconds_left(60))


def was_right(email: str) -> None:
    """One more."""
    rates.counted("right passwords", hashed(email), 60, cost=1)


def check_password(person: Person, password: str, session: str = "", field: str = "password") -> None:
    """Ask for the password again before what cannot be taken back; who is wrong waits longer each time. Whoever has none
    gives a code instead that was sent to a number of hers (`text_code.ask_to_confirm`).

    Each session for itself: one in a stranger's hands holds nobody up who signs in anew.
    """
    lane = f"{person.uid}:{session}"
    if not person.has_usable_password():
        return text_code.confirm(person, password, session, field)
    hold_up_the_right(person.email or lane)
    patience.demand("password", lane)
    if len(password) > LONGEST or not person.check_password(password):
        security.warning("wrong password: person %s, asked again", person.uid)
        raise Invalid(WRONG_PASSWORD, field=field)
    was_right(person.email or lane)
    patience.relent("password", lane)


def email_token(person: Person) -> str:
    """What the mail to a new account's address carries."""
    return seals.seal(EMAIL_VERIFY, person=str(person.uid), email=person.email or "")


def verify_email(person: Person) -> None:
    """The person has shown that the mailbox is hers; a second time changes nothing. Whoever else has typed it has it no
    more. CONFLICT where another account has proved it by now."""
    if person.email_verified_at is not None or not person.email:
        return
    person.email_verified_at = timezone.now()
    try:
        with transaction.atomic():
            _give_way(person.email, to=person)
            person.save(update_fields=["email_verified_at"])
            outbox.record(MailboxConfirmed(person_id=person.pk))
    except IntegrityError:
        person.email_verified_at = None
        raise Conflict(IN_USE, field="token") from None


def update(
    person: Person,
    *,
    name: str | None = None,
    nickname: str | None = None,
    phone: str | None = None,
    language: str | None = None,
) -> Person:
    """Change what the person tells of herself; what is None stays."""
    changes = {
        "name": None if name is None else line(name, "name", 60, required=False),
        "nickname": None if nickname is None else line(nickname, "nickname", 40, required=False),
        "phone": None if phone is None else phone_number(phone) if phone.strip() else "",
        "language": None if language is None else spoken(language),
    }
    changed = {field: value for field, value in changes.items() if value is not None}
    for field, value in changed.items():
        setattr(person, field, value)
    if changed:
        person.save(update_fields=list(changed))
    return person


def ask_for_email_change(person: Person, email: str, password: str, session: str = "") -> None:
    """Send a link to the new address and word of it to the old; the answer is alike for a taken one."""
    check_password(person, password, session)
    email = email_address(email)
    if email == person.email:
        raise Invalid(say("这就是您现在的邮箱。", "This is your address already."), field="email")
    # By who asks as well: another's asking keeps nobody from moving here.
    rates.demand("mail changes", hashed(email), 30, 3600)
    if not mail_is_due(CHANGE, email, asker=str(person.uid)):
        return
    token = seals.seal(EMAIL_CHANGE, new=email, **_of_this_change(person))
    with transaction.atomic():
        outbox.record(EmailChangeRequested(person_id=person.pk, sealed_token=token))


def _of_this_change(person: Person) -> dict[str, str]:
    """What a link to change the address holds for: this account as it was; once changed, it is used."""
    proved = person.email_verified_at
    return {
        "person": str(person.uid),
        "old": person.email or "",
        "since": proved.isoformat() if proved else "",
        "lock": hashed(person.lock),
    }


def confirm_email_change(person: Person, token: str) -> Person:
    """Take the address that the link was sent to; only the person who asked may, signed in."""
    facts = seals.opened(EMAIL_CHANGE, token, CHANGE_LASTS)
    try:
        with transaction.atomic():
            person = locked(person)
            if any(facts.get(name) != fact for name, fact in _of_this_change(person).items()):
                raise Invalid(seals.NOT_OURS, field="token")
            _give_way(facts["new"], to=person)
            for mover in getattr(settings, "PERSON_MOVERS", ()):
                import_string(mover)(person, facts["old"], facts["new"])
            person.email, person.email_verified_at = facts["new"], timezone.now()
            person.save(update_fields=["email", "email_verified_at"])
            outbox.record(MailboxConfirmed(person_id=person.pk))
            audit.record(person, "change_email", "Person", person.uid)
    except IntegrityError:
        raise Conflict(IN_USE, field="token") from None
    return person


def unproved() -> QuerySet[Person]:
    """Accounts that nobody has ever confirmed: whoever typed the address may have written somebody else's."""
    ways = SignInWay.objects.filter(person=OuterRef("pk"))
    fresh = Person.objects.filter(email_verified_at=None, last_login=None, erased_at=None, is_active=True)
    return fresh.filter(~Exists(ways), email__isnull=False)


def _give_way(email: str, to: Person) -> None:
    """The mailbox has answered, and is hers who knows the password. Accounts that strangers opened with its address, and
    nobody confirmed, go; one that is in use all the same loses the address, and whatever opened it."""
    unproved().filter(email=email).exclude(pk=to.pk).delete()
    others = Person.objects.filter(email=email, email_verified_at=None).exclude(pk=to.pk)
    for other in others.select_for_update(no_key=True):
        now = timezone.now()
        ApiToken.objects.filter(person=other, revoked_at=None).update(revoked_at=now)
        other.email, other.sessions_ended_at = None, now
        other.save(update_fields=["email", "sessions_ended_at"])
