"""In by WeChat: her browser is sent there and comes back with a code, which counts once however often it is brought."""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import just_proved, seals
from accounts.actions import consent, way
from accounts.models import Consent, Person, SignInWay, WeChatErrand
from accounts.reads import hashed
from accounts.security_log import security
from accounts.ways import opened_by
from accounts.wechat import Answer, Away, NoCode, NoKeys, Where, place_of, wechat
from core import language, rates
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, Refusal, TooLate

Purpose, Outcome = WeChatErrand.Purpose, WeChatErrand.Outcome
LASTS = timedelta(minutes=5)
WECHAT = SignInWay.Kind.WECHAT
SESSION = "wechat-session"
# How long the second of two waits for the first, which may wait five seconds for WeChat.
PATIENCE_SECONDS, LOOK_AGAIN = 7.0, 0.1
CONSENT = say(
    "我同意用微信登录：本店只保存微信给的编号，用来认出我；不要昵称和头像。我可以随时在“登录方式”里结束。",
    "I agree to sign in by WeChat: the shop keeps the id that WeChat gives, to know me again, and takes neither name "
    "nor picture. I can end this at any time under “Ways to sign in”.",
)
NOT_HERE = say("这里用不了微信登录。", "WeChat does not work from here.")
FOREIGN = say(
    "这次微信登录不是从这个浏览器开始的，或者已经用过。请回到登录页再按一次。",
    "This did not begin in this browser, or was used already. Please go back and press once more.",
)
TOO_OLD = say("隔得太久了，请再按一次。", "That took too long. Please press once more.")


class WeChatRefused(Refusal):
    """WeChat said no, or nothing; the sentence says what to do."""

    code = "WECHAT_REFUSED"


@dataclass(frozen=True)
class Back:
    """What came of it: where to go on, and for the second visit the session that the first has opened."""

    goes_on_to: str
    person: Person
    session_key: str = ""


def begin(request: Any, goes_on_to: str, *, is_agreed: bool) -> str:
    """WeChat's address for this browser, which is remembered by a cookie. Whoever is signed in adds it to her account.

    Raises NotAllowed where WeChat cannot be asked from, Invalid without her consent.
    """
    where = place_of(request.headers.get("User-Agent", ""))
    if where is None:
        raise NotAllowed(NOT_HERE)
    person = request.user if isinstance(request.user, Person) else None
    if not is_agreed:
        raise Invalid(say("请先勾选同意。", "Please agree first."), field="is_agreed")
    state = secrets.token_hex(32)  # WeChat takes letters and digits alone
    browser = _browser(request) or secrets.token_urlsafe(24)
    WeChatErrand.objects.create(
        state_sha256=hashed(state),
        browser_sha256=hashed(browser),
        where=where,
        purpose=Purpose.ADD if person else Purpose.SIGN_IN,
        person=person,
        goes_on_to=goes_on_to,
        made_at=timezone.now(),
    )
    request.wechat_cookie = browser
    return wechat().address(where, f"{settings.SITE_URL}/{language.current()}/sign-in/wechat/", state)


def come_back(request: HttpRequest, code: str, state: str) -> Back:
    """She is back from WeChat. The first visit with a code redeems it; another with the same code, in the same browser and
    within five minutes, is told what came of the first and opens nothing of its own.

    Raises Invalid for a state that is forged, used or another browser's, TooLate for an old one, WeChatRefused with what to do.
    """
    errand = WeChatErrand.objects.filter(state_sha256=hashed(state or "")).first()
    if errand is None or not code or errand.browser_sha256 != hashed(_browser(request)):
        raise Invalid(FOREIGN, field="state")
    if timezone.now() - errand.made_at > LASTS:
        raise TooLate(TOO_OLD, field="state")
    # Of visits beside the first each waits for it: a few are a browser's, more are somebody's.
    rates.demand("wechat back", str(errand.pk), 8, 60)
    mine = WeChatErrand.objects.filter(pk=errand.pk, code_sha256="").update(code_sha256=hashed(code))
    if mine:
        return _redeem(request, errand, code)
    errand.refresh_from_db()
    if errand.code_sha256 != hashed(code):
        raise Invalid(FOREIGN, field="state")
    return _as_before(_once_over(errand))


def _browser(request: HttpRequest) -> str:
    return getattr(request, "wechat_cookie", "") or request.COOKIES.get(settings.WECHAT_COOKIE_NAME, "")


def _redeem(request: HttpRequest, errand: WeChatErrand, code: str) -> Back:
    try:
        answer = wechat().redeem(Where(errand.where), code)
    except NoCode:
        raise _over(errand, Outcome.NO_CODE) from None
    except NoKeys:
        security.warning("WeChat does not know the shop by its keys (%s)", errand.where)
        raise _over(errand, Outcome.AWAY) from None
    except Away:
        raise _over(errand, Outcome.AWAY) from None
    if answer.is_virtual:
        raise _over(errand, Outcome.VIRTUAL)
    if errand.purpose == Purpose.ADD:
        return _add(request, errand, answer)
    return _sign_in(request, errand, answer)


def _over(errand: WeChatErrand, outcome: str) -> WeChatRefused:
    WeChatErrand.objects.filter(pk=errand.pk).update(outcome=outcome)
    return WeChatRefused(Outcome(outcome).words)


def values_of(answer: Answer) -> list[str]:
    """By what an account may be known: her id at this app first, which has opened it here before; then the one over all
    apps, where WeChat tells it."""
    return [f"{answer.app_id}:{answer.openid}", *([answer.unionid] if answer.unionid else [])]


def _sign_in(request: HttpRequest, errand: WeChatErrand, answer: Answer) -> Back:
    values = values_of(answer)
    with transaction.atomic():
        person = _whose(values) or _new(values)
        _prove_free(person, values)
        consent.give(person, Consent.Kind.WECHAT, CONSENT)
        if (known := opened_by(WECHAT, values[0])) and known.person_id == person.pk:
            way.used(known)
        auth.login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        _note_twin(request, person, values)
        request.session.save()
        WeChatErrand.objects.filter(pk=errand.pk).update(
            outcome=Outcome.DONE,
            person=person,
            session_sealed=seals.seal(SESSION, key=str(request.session.session_key)),
        )
    security.info("signed in by WeChat: person %s", person.uid)
    return Back(errand.goes_on_to, person)


def _whose(values: list[str]) -> Person | None:
    known = (opened_by(WECHAT, value) for value in values)
    return next((found.person for found in known if found), None)


def _new(values: list[str]) -> Person:
    """Somebody whom nobody knows begins an account. Of two phones that come at once the second finds the first's."""
    person = Person.objects.create_user(language=language.current())
    try:
        with transaction.atomic():
            way.prove(person, WECHAT, values[-1])
    except (Conflict, IntegrityError):
        person.delete()
        found = _whose(values)
        if found is None:
            raise
        return found
    return person


def _prove_free(person: Person, values: list[str]) -> None:
    """Each of these ids that opens nobody's account opens hers: the next time she comes from another app."""
    for value in values:
        if opened_by(WECHAT, value) is None:
            way.prove(person, WECHAT, value)


def _note_twin(request: HttpRequest, person: Person, values: list[str]) -> None:
    """Another account of the same WeChat, begun at another app: shown to be hers, and joined only if she says so."""
    for value in values:
        found = opened_by(WECHAT, value)
        if found and found.person_id != person.pk:
            just_proved.note(request, found.person, WECHAT)


def _add(request: HttpRequest, errand: WeChatErrand, answer: Answer) -> Back:
    person, values = errand.person, values_of(answer)
    if person is None or request.user != person:
        raise _over(errand, Outcome.NO_CODE)
    just_proved_others = [
        found for value in values if (found := opened_by(WECHAT, value)) and found.person != person
    ]
    if just_proved_others:
        for found in just_proved_others:
            just_proved.note(request, found.person, WECHAT)
        raise _over(errand, Outcome.IN_USE)
    with transaction.atomic():
        _prove_free(person, values)
        consent.give(person, Consent.Kind.WECHAT, CONSENT)
        just_proved.note(request, person, WECHAT)
        WeChatErrand.objects.filter(pk=errand.pk).update(outcome=Outcome.DONE)
    return Back(errand.goes_on_to, person)


def _once_over(errand: WeChatErrand) -> WeChatErrand:
    """The errand once the first visit is done with it; as it is, where that takes too long."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not errand.outcome and time.monotonic() < until:
        time.sleep(LOOK_AGAIN)
        errand.refresh_from_db()
    return errand


def _as_before(errand: WeChatErrand) -> Back:
    if errand.outcome != Outcome.DONE or errand.person is None:
        raise WeChatRefused(Outcome(errand.outcome or Outcome.AWAY).words)
    key = seals.opened(SESSION, errand.session_sealed, LASTS)["key"] if errand.session_sealed else ""
    return Back(errand.goes_on_to, errand.person, key)


def forget_old() -> int:
    """Nobody asks any more what became of them."""
    return WeChatErrand.objects.filter(made_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def asks(request: Any) -> Where | None:
    """Where WeChat can be asked from, as this browser names itself."""
    return place_of(request.headers.get("User-Agent", ""))
