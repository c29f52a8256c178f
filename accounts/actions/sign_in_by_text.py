"""In by a code that was sent to a mobile number: an account that the number opens, or a fresh one."""

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest

from accounts import just_proved
from accounts.actions import lost_number, text_code
from accounts.actions import way as ways
from accounts.actions.person import check_password
from accounts.models import Person, SignInWay, TextCode
from accounts.security_log import mark, security
from accounts.ways import opened_by
from core.language import say
from core.middleware import address_of
from core.refusals import Conflict

PHONE = SignInWay.Kind.PHONE
ANOTHER_OF_HERS = say(
    "这个号码打开的是另一个账户。也是您的，就把两个账户合并。",
    "This number opens another account. If that is yours too, join the two.",
)
# As sessions that Django's own way in has opened: one lock for all.
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(request: HttpRequest, code: str, mobile: str | None, language: str) -> Person:
    """Whoever reads this number is signed in; where it opens no account, or opened one that is not its reader's any more, a
    fresh one begins. Before the code is right nothing has looked which of these it is."""
    number = text_code.spend(request, code, TextCode.Purpose.SIGN_IN, mobile)
    way = opened_by(PHONE, number)
    if way is None or not lost_number.still_hers(request, way):
        _begin(number, language)
        way = opened_by(PHONE, number)
    if way is None:
        raise Conflict(ways.IN_USE, field="mobile")  # of an account that was closed
    ways.used(way)
    auth.login(request, way.person, backend=BACKEND)
    security.info("signed in by text: person %s from %s", way.person.uid, mark(address_of(request)))
    return way.person


def _begin(number: str, language: str) -> None:
    try:
        with transaction.atomic():
            ways.prove(Person.objects.create_user(language=language), PHONE, number)
    except Conflict:
        return  # a twin was faster, or the account it opens is closed


def add(
    request: HttpRequest, person: Person, code: str, mobile: str | None, password: str, session: str
) -> None:
    """The number opens her account too. Whoever adds a way confirms first that the account is hers."""
    check_password(person, password, session)
    number = text_code.spend(request, code, TextCode.Purpose.ADD, mobile)
    if (other := opened_by(PHONE, number)) and other.person_id != person.pk:
        # Of an account that nobody has opened by it for long it proves nothing: the number alone joins no two.
        lost_number.still_hers(request, other)
    try:
        ways.prove(person, PHONE, number)
    except Conflict:
        if other := opened_by(PHONE, number):
            just_proved.note(request, other.person, PHONE)
        raise Conflict(ANOTHER_OF_HERS, field="mobile") from None
