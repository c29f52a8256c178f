"""Codes sent to a mobile number: asked for, sent by a task, and spent by whoever reads them.

What is counted is the number's, over all doors, browsers and spellings, in rows that are locked: so many texts and so
many wrong codes a day, exact under whatever comes at once. Nothing here looks whether the number has an account; once a
stranger has used these up, a device that its account knows has a few of its own (`_Known`).
"""

import secrets
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import devices, texting
from accounts.clean import mobile_number
from accounts.devices import session_of
from accounts.events import TextCodeRequested
from accounts.models import NumberDay, Person, SignInWay, TextCode, TextDay
from accounts.reads import hashed
from accounts.ways import ways_of
from core import clock, outbox, rates
from core.language import say
from core.middleware import address_of
from core.refusals import Invalid, NotAllowed, TooMany

Purpose = TextCode.Purpose
LASTS = timedelta(minutes=5)
# A number confirms what is asked again once it has been hers for so long.
PROVED_FOR = timedelta(days=1)
DIGITS = 6
AGAIN = timedelta(minutes=1)
MOST_A_DAY, MOST_WRONG_A_DAY, MOST_AN_ADDRESS = 5, 10, 20
# Beyond those, for all devices together that the number's account knows: whoever is a stranger uses up none of them.
MOST_KNOWN_A_DAY, MOST_WRONG_KNOWN_A_DAY = 3, 5
# Whether that is where it comes from; asked only once the number's own share is gone.
_Known = Callable[[], bool]
DAY = 24 * 3600
# Good for these numbers while a demo is loaded, and nowhere else: whoever tries the demo has no phone of ours.
DEMO_NUMBERS, DEMO_CODE = tuple(f"+861380013800{n}" for n in range(4)), "202611"
SESSION = "text_codes"
WRONG = say(
    "验证码不对，或者已经过期。请核对，或者要一个新的。",
    "The code is wrong or too old. Please look again, or ask for a new one.",
)
NO_MORE = say(
    "今天的验证码短信已经发完了。请用邮箱和密码登录，或者明天再来；下单不用登录。",
    "The shop has sent all the codes it can today. Please sign in by e-mail and password, or come back tomorrow; "
    "an order needs no account.",
)
NO_TEXTS = say("本店没有开通短信，请用邮箱。", "This shop sends no texts. Please use an e-mail address.")
TOO_NEW = say(
    "要先确认是您本人：手机号绑定满一天后才能这样确认。",
    "This asks once more whether it is you: a number confirms it once it has been yours for a day.",
)
TOO_OFTEN = say(
    "这个号码今天要的验证码太多了。请在以前登录过的手机或电脑上登录，或者用邮箱，或者明天再来。",
    "Too many codes for this number today. Please sign in on a device you have used before, by e-mail, or tomorrow.",
)


def ask(request: Any, mobile: str | None, purpose: str, language: str) -> None:
    """Have a code sent to this number for this browser; without a number to the one of before. What is told, and how long
    it takes, is alike for every number.

    Invalid for what is no mobile phone that is switched on; TooMany once a number, an address or the shop has had its share.
    """
    number = mobile_number(mobile) if (mobile or "").strip() else number_texted(request, purpose)
    if not number:
        raise Invalid(say("请填写有效的手机号。", "Please enter a valid mobile number."), field="mobile")
    _ask(request, number, purpose, _browser(request, purpose, number), language)


def _ask(request: Any, number: str, purpose: str, browser: str, language: str) -> None:
    demand_address(request)
    now = timezone.now()
    with transaction.atomic():
        if _counts(number, "mobile", lambda: _is_known(request, number)):
            facts = {"digest": "", "language": language, "asked_at": now, "expires_at": now, "used_at": None}
            code, _ = TextCode.objects.update_or_create(
                number=number, purpose=purpose, browser=browser, defaults=facts
            )
            outbox.record(TextCodeRequested(code_id=code.pk))
            return
    raise Invalid(NO_MORE, field="mobile")


def demand_address(request: Any, field: str = "mobile") -> None:
    """Refuse whoever has asked for texts too often from where this comes from, to whatever numbers."""
    if not texting.is_on():
        raise NotAllowed(NO_TEXTS, field=field)
    rates.demand("texts address", address_of(request), MOST_AN_ADDRESS, DAY)


def count(number: str, field: str) -> None:
    """One more text that somebody has asked for, at whatever door; refused as a code is, and by the same count."""
    with transaction.atomic():
        is_within = _counts(number, field)
    if not is_within:
        raise Invalid(NO_MORE, field=field)


def _counts(number: str, field: str, is_known: _Known = lambda: False) -> bool:
    """Whether the shop may send one more today, which then is counted; refused where the number has had its own share."""
    now, counted = timezone.now(), _locked(number)
    if counted.last_sent_at and now - counted.last_sent_at < AGAIN:
        raise TooMany(seconds=int((counted.last_sent_at + AGAIN - now).total_seconds()) + 1)
    lane = "sent" if counted.sent < MOST_A_DAY else "sent_known"
    if lane == "sent_known" and not (counted.sent_known < MOST_KNOWN_A_DAY and is_known()):
        raise Invalid(TOO_OFTEN, field=field)
    is_within = _takes_one_of_the_budget()
    if is_within:
        setattr(counted, lane, getattr(counted, lane) + 1)
        counted.last_sent_at = now
        counted.save(update_fields=[lane, "last_sent_at"])
    return is_within


def _is_known(request: Any, number: str) -> bool:
    """Whether this device is known to the account that the number opens. Looked up by what the device has, and never by the
    number: so it takes as long for a number that nobody has."""
    people = devices.people_of(request)
    theirs = SignInWay.objects.filter(person__in=people, kind=SignInWay.Kind.PHONE, ended_at=None)
    return bool(people) and number in set(theirs.values_list("value", flat=True))


def _locked(number: str) -> NumberDay:
    day = _today()
    NumberDay.objects.bulk_create([NumberDay(number=number, day=day)], ignore_conflicts=True)
    return NumberDay.objects.select_for_update(no_key=True).get(number=number, day=day)


def _takes_one_of_the_budget() -> bool:
    today = the_day()
    within = TextDay.objects.filter(pk=today.pk, codes__lt=settings.TEXT_CODES_A_DAY)
    if within.update(codes=F("codes") + 1):
        return True
    TextDay.objects.filter(pk=today.pk).update(refused=F("refused") + 1)
    return False


def the_day() -> TextDay:
    """The row in which what is sent today is counted."""
    return TextDay.objects.get_or_create(day=_today())[0]


def sent_today() -> TextDay:
    """What was sent today; nothing is written where nothing was."""
    return TextDay.objects.filter(day=_today()).first() or TextDay(day=_today())


def _today() -> date:
    return timezone.now().astimezone(clock.SHANGHAI).date()


def count_letter() -> None:
    """One more text that is no code: of these as many go as there is to tell."""
    TextDay.objects.filter(pk=the_day().pk).update(letters=F("letters") + 1)


def made(row: TextCode) -> str:
    """The digits for whoever sends them, good from now on; only what they are hashed to is kept, so each call makes
    others."""
    is_demo = settings.DEMO != "none" and row.number in DEMO_NUMBERS
    code = DEMO_CODE if is_demo else "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    row.digest, row.expires_at = _digest(row, code), timezone.now() + LASTS
    TextCode.objects.filter(pk=row.pk, used_at=None).update(digest=row.digest, expires_at=row.expires_at)
    return code


def spend(request: Any, code: str, purpose: str, mobile: str | None = None) -> str:
    """The number that this browser has shown to be its own, once. A wrong code, an old one and one of another purpose,
    number or browser sound alike, and each is one of the number's ten a day; then it is refused,
    whatever is typed, but for a few more where its account has signed in before."""
    number = mobile_number(mobile) if (mobile or "").strip() else number_texted(request, purpose)
    if not number:
        raise Invalid(WRONG, field="code")
    browser = hashed(_session_of_codes(request)["nonce"])
    _spend(number, purpose, browser, code, is_known=lambda: _is_known(request, number))
    _session_of_codes(request)["numbers"].pop(purpose, None)
    request.session.modified = True
    return number


def ask_to_confirm(request: Any, person: Person) -> None:
    """Have a code sent by which she confirms what is asked again: to a number that was hers a day ago already, so that
    whoever adds one to a session that is not his confirms nothing by it. NotAllowed where she has none."""
    number = _number_of_old(person)
    if not number:
        raise NotAllowed(TOO_NEW)
    _ask(request, number, Purpose.CONFIRM, session_of(request), person.language)


def confirm(person: Person, code: str, session: str, field: str = "password") -> None:
    """Spend it, in the session in which it was asked for."""
    number = _number_of_old(person)
    if not number:
        raise NotAllowed(TOO_NEW, field=field)
    # She is signed in here, and so the device is known.
    _spend(number, Purpose.CONFIRM, session, code, field, is_known=lambda: True)


def _number_of_old(person: Person) -> str:
    old = ways_of(person).filter(kind=SignInWay.Kind.PHONE, proved_at__lt=timezone.now() - PROVED_FOR)
    return old.order_by("-proved_at").values_list("value", flat=True).first() or ""


def _spend(
    number: str,
    purpose: str,
    browser: str,
    code: str,
    field: str = "code",
    is_known: _Known = lambda: False,
) -> None:
    with transaction.atomic():
        counted = _locked(number)
        lane = "wrong" if counted.wrong < MOST_WRONG_A_DAY else "wrong_known"
        if lane == "wrong_known" and not (counted.wrong_known < MOST_WRONG_KNOWN_A_DAY and is_known()):
            is_right = None
        else:
            row = TextCode.objects.filter(number=number, purpose=purpose, browser=browser).first()
            is_right = row is not None and _is_right(row, code)
            if is_right and row is not None:
                # By what was compared: of two who have it at midnight, each behind the lock of another day, one is right.
                still = TextCode.objects.filter(pk=row.pk, digest=row.digest, used_at=None)
                is_right = still.update(used_at=timezone.now(), digest="") == 1
            if not is_right:
                setattr(counted, lane, getattr(counted, lane) + 1)
                counted.save(update_fields=[lane])
    if is_right is None:
        raise Invalid(TOO_OFTEN, field=field)
    if not is_right:
        raise Invalid(WRONG, field=field)


def _is_right(row: TextCode, code: str) -> bool:
    is_open = bool(row.digest) and row.used_at is None and timezone.now() < row.expires_at
    # Compared in either case, so that the time it takes tells nothing.
    return constant_time_compare(row.digest, _digest(row, _digits(code))) and is_open


def _digits(code: str) -> str:
    """As it was meant: full-width digits, spaces and tabs are understood."""
    plain = unicodedata.normalize("NFKC", (code or "")[:100])
    return "".join(c for c in plain if not c.isspace())


def _digest(row: TextCode, code: str) -> str:
    facts = f"{row.number} {row.purpose} {row.browser} {code}"
    return salted_hmac("sheaf.text_code", facts, algorithm="sha256").hexdigest()


# --- The browser: a word in its session, and the number that it has asked a code for --------------


def _session_of_codes(request: Any) -> dict[str, Any]:
    return request.session.get(SESSION) or {"nonce": "", "numbers": {}}


def _browser(request: Any, purpose: str, number: str) -> str:
    kept = _session_of_codes(request)
    kept["nonce"] = kept["nonce"] or secrets.token_urlsafe(16)
    kept["numbers"][purpose] = number
    request.session[SESSION] = kept
    return hashed(kept["nonce"])


def number_texted(request: Any, purpose: str) -> str:
    """The number to which this browser has last had a code of this purpose sent; nothing where it has not."""
    return str(_session_of_codes(request)["numbers"].get(purpose, ""))


def forget_old() -> int:
    """Codes and counts of two days ago and before."""
    before = timezone.now() - timedelta(days=2)
    gone, _ = TextCode.objects.filter(asked_at__lt=before).delete()
    counts, _ = NumberDay.objects.filter(day__lt=before.astimezone(clock.SHANGHAI).date()).delete()
    return gone + counts
