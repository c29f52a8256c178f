"""Her ways in as she keeps them: two accounts of hers joined by a fact of each, a way ended, everything else signed out."""

from uuid import UUID

from django.contrib import auth
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import devices, just_proved, open_sessions
from accounts.actions import audit, consent, merging, sign_in, way
from accounts.actions.person import check_password, locked
from accounts.models import Consent, Person, SignInWay
from accounts.reads import signed_in
from accounts.ways import ways_of
from core.language import say
from core.refusals import Conflict, Invalid, NotFound

Kind = SignInWay.Kind
BACKEND = "django.contrib.auth.backends.ModelBackend"
TYPED = "password"
MOST_ENDED = 20  # devices that an account remembers as signed out
SHOW_AGAIN = say(
    "请再输入一次密码，或者退出后重新登录，再来做这一步。",
    "Please type your password once more; or sign out and in again, and then do this.",
)
SHOW_OTHER = say(
    "请先证明另一个账户也是您的：用它的邮箱和密码，或用打开它的微信。",
    "Please show first that the other account is yours: by its address and password, or by the WeChat that opens it.",
)
LAST = say(
    "这是您最后一种登录方式。请先添加另一种，或者注销账户。",
    "This is the last way into your account. Add another first, or delete the account.",
)


def must_show_herself(request: HttpRequest, password: str, field: str = "own_password") -> str:
    """By what whoever is signed in has just shown that it is she; the password is asked for where that is long ago."""
    person = signed_in(request)
    if password:
        check_password(person, password, devices.session_of(request), field=field)
        just_proved.note(request, person, TYPED)
    if not (kind := just_proved.kind_of(request, person)):
        raise Invalid(SHOW_AGAIN, field=field)
    return kind


def join(request: HttpRequest, own_password: str = "", email: str = "", password: str = "") -> Person:
    """The account that goes on, signed in here. The other one is shown to be hers by its address and password, or was a
    moment ago in this session. Raises Invalid by field, and Conflict with what to end first."""
    own = must_show_herself(request, own_password)
    person = signed_in(request)
    if email:
        just_proved.note(request, sign_in.recognise(request, email, password), TYPED)
    shown = just_proved.others(request)
    if not shown:
        raise Invalid(SHOW_OTHER, field="email")
    other = shown[0]
    lasting = merging.merge(person, other, f"{own} {just_proved.kind_of(request, other)}")
    just_proved.forget_others(request)
    # What opened either has ended with the lock of the one that went.
    auth.login(request, lasting, backend=BACKEND)
    return lasting


def end_way(request: HttpRequest, uid: UUID, own_password: str = "") -> None:
    """It opens nothing any more, and of WeChat her consent ends with it. Never the last one."""
    must_show_herself(request, own_password)
    with transaction.atomic():
        # Of two tabs that each end one of the last two the second sees the first's.
        person = locked(signed_in(request))
        rows = list(ways_of(person))
        ended = next((row for row in rows if row.uid == uid), None)
        if ended is None:
            raise NotFound(field="id")
        gone = [row for row in rows if row == ended or row.kind == ended.kind == Kind.WECHAT]
        if len(gone) == len(rows):
            raise Conflict(LAST, field="id")
        for row in gone:
            way.end(row, person)
        if ended.kind == Kind.WECHAT:
            consent.end(person, Consent.Kind.WECHAT)
        if ended.kind == Kind.EMAIL and ended.value == person.email:
            person.email = person.email_verified_at = None
            person.save(update_fields=["email", "email_verified_at"])


def sign_out_elsewhere(request: HttpRequest, own_password: str = "") -> None:
    """Every other session ends, and every device has to show itself anew; this one goes on."""
    must_show_herself(request, own_password)
    with transaction.atomic():
        person = locked(signed_in(request))
        _end_all(person)
        audit.record(person, "sign_out_elsewhere", "Person", person.uid)
    auth.login(request, person, backend=BACKEND)


def end_session(request: HttpRequest, uid: UUID, own_password: str = "") -> None:
    """One browser is signed out, and its device proves nothing of her any more: whoever holds it begins anew. Ended here,
    it is signing out. Raises NotFound for one that is not open to her account."""
    must_show_herself(request, own_password)
    here = request.session.session_key
    with transaction.atomic():
        person = locked(signed_in(request))
        # Held, so that one that is just getting a new key is found under it, or finds itself ended.
        row = open_sessions.of(person).select_for_update(of=("self",)).filter(uid=uid).first()
        if row is None:
            raise NotFound(field="id")
        is_here, is_all = row.session_id == here, False
        if not is_here:
            Session.objects.filter(pk=row.session_id).delete()
            is_all = _end_device(request, person, row.device)
        audit.record(person, "end_session", "Person", person.uid)
    if is_here:
        auth.logout(request)
    elif is_all:
        auth.login(request, person, backend=BACKEND)


def _end_device(request: HttpRequest, person: Person, device: str) -> bool:
    """What was shown on this device is void; of so many that nobody keeps count, what was shown on any. The one she asks
    from stays as it is, however often she has signed in on it."""
    if device in ("", open_sessions.device_of(request), *person.ended_devices):
        return False
    is_all = len(person.ended_devices) >= MOST_ENDED
    if is_all:
        _end_all(person)
    else:
        person.ended_devices = [*person.ended_devices, device]
        person.save(update_fields=["ended_devices"])
    return is_all


def _end_all(person: Person) -> None:
    person.sessions_ended_at, person.ended_devices = timezone.now(), []
    person.save(update_fields=["sessions_ended_at", "ended_devices"])
