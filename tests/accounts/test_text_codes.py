"""In by a code to a mobile number: who is let in, what is counted, and who pays (cases N19 and N20)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import devices, texting
from accounts.actions import text_code
from accounts.actions import way as ways
from accounts.models import NumberDay, Person, SignInWay, TextCode, TextDay
from core.refusals import Invalid
from tests import texts
from tests.accounts.test_lost_number import from_a_browser
from tests.accounts.world import PASSWORD, Asker, a_person, at_once
from tests.figures import full
from tests.texts import the_text

pytestmark = pytest.mark.django_db
NUMBER, OTHER, NOBODYS = "+8617112345678", "+8617112345679", "+8617112345670"
PHONE, SIGN_IN = SignInWay.Kind.PHONE, TextCode.Purpose.SIGN_IN


@pytest.fixture(autouse=True)
def no_text_of_before():
    texts.SENT.clear()


@pytest.fixture
def later(monkeypatch):
    """Let time pass for what asks Django's clock."""

    def pass_(delta):
        moment = timezone.now() + delta
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return pass_


@pytest.fixture
def asked(run_deliveries):
    """A browser that has asked for a code to this number, and the code."""

    def ask(mobile=NUMBER, here=None, **more):
        here = here or Asker(**more)
        here.done("textCodeRequest", mobile=mobile)
        run_deliveries()
        return here, the_text().facts["code"]

    return ask


def wrong(code):
    return "000000" if code != "000000" else "111111"


def said(here, **given):
    """(code, field, message) of the one refusal."""
    (error,) = here.do("signInByText", **given)["errors"]
    return error["code"], tuple(error["field"]), error["message"]


def spellings():
    return [
        "17112345678",
        "+86 171 1234 5678",
        "0086 17112345678",
        "１７１１２３４５６７８",
        "(+86)171-1234-5678",
    ]


def test_a_code_opens_a_fresh_account_and_then_the_same_again(asked, later):
    here, code = asked("171 1234 5678")
    viewer = here.done("signInByText", "viewer { email emailVerified }", code=code)["viewer"]
    assert viewer == {"email": None, "emailVerified": False}
    mei = Person.objects.get()
    assert mei.is_proved and mei.ways.get().value == NUMBER and not mei.has_usable_password()
    later(timedelta(minutes=2))
    there, code = asked("+86 171-1234-5678")
    there.done("signInByText", code=code)
    assert Person.objects.get().ways.get().last_used_at is not None


def test_a_known_number_and_an_unknown_one_are_told_alike(asked):
    ways.prove(a_person(), PHONE, NUMBER)
    answers = [Asker().do("textCodeRequest", "success: errors { code }", mobile=m) for m in (NUMBER, OTHER)]
    assert answers[0] == answers[1] == {"errors": [], "success": []}


def test_the_shops_text_is_in_the_language_of_whoever_asks(asked, run_deliveries):
    Asker(language="en").done("textCodeRequest", mobile=NUMBER)
    run_deliveries()
    assert (text := the_text()).to == NUMBER and text.language == "en" and text.facts["minutes"] == "5"


@pytest.mark.parametrize(
    "write",
    [
        lambda c: " ".join(c),
        lambda c: f"{c}\t",
        lambda c: c.translate({48 + n: 0xFF10 + n for n in range(10)}),
    ],
)
def test_full_width_digits_and_spaces_are_understood(asked, write):
    here, code = asked()
    here.done("signInByText", code=write(code))


def test_a_code_is_good_once_for_five_minutes(asked, later):
    here, code = asked()
    here.done("signInByText", code=code, mobile=NUMBER)
    replay = said(here, code=code, mobile=NUMBER)
    later(timedelta(minutes=2))
    here, code = asked()
    later(timedelta(minutes=5))
    assert said(here, code=code) == replay == ("INVALID", ("code",), str(text_code.WRONG.in_language("en")))


def test_wrong_old_and_foreign_codes_sound_alike(asked, later, run_deliveries):
    here, old = asked()
    later(timedelta(minutes=1, seconds=1))
    _, new = asked(here=here)
    elsewhere, foreign = asked(OTHER)
    told = {
        said(here, code=wrong(new)),
        said(here, code=old) if old != new else said(here, code=wrong(new)),
        said(here, code=foreign, mobile=OTHER),  # the number of another, in this browser
        said(elsewhere, code=new, mobile=NUMBER),  # this number, in another's browser
        said(Asker(), code=new, mobile=NUMBER),
        said(here, code=""),
    }
    assert told == {("INVALID", ("code",), str(text_code.WRONG.in_language("en")))}
    here.done("signInByText", code=new)


def test_a_code_is_good_for_its_purpose_alone(asked, run_deliveries, later):
    mei = a_person()
    here = Asker(mei)
    here.done("numberCodeRequest", mobile=NUMBER)
    run_deliveries()
    code = the_text().facts["code"]
    assert said(here, code=code, mobile=NUMBER)[0] == "INVALID"
    here.done("numberAdd", code=code, password=PASSWORD)
    assert mei.ways.get(kind=PHONE).value == NUMBER
    later(timedelta(minutes=2))
    _, code = asked(here=here)
    assert here.refused("numberAdd", code=code, password=PASSWORD, mobile=NUMBER) == "INVALID"


def test_ten_wrong_codes_close_the_number_for_the_day_whatever_new_ones_are_asked_for(asked, later):
    """N19: the budget is the number's, and a new code gives none of it back."""
    here, code = asked()
    for n in range(text_code.MOST_WRONG_A_DAY):
        if n == 5:
            later(timedelta(minutes=1, seconds=1))
            here, code = asked(spellings()[1])
        assert said(here, code=wrong(code))[2] == text_code.WRONG.in_language("en")
    assert said(here, code=code)[2] == text_code.TOO_OFTEN.in_language("en")
    later(timedelta(minutes=1, seconds=1))
    there, code = asked()
    assert said(there, code=code)[2] == text_code.TOO_OFTEN.in_language("en")
    later(timedelta(days=1))
    there, code = asked()
    there.done("signInByText", code=code)


def used_up(later, run_deliveries):
    """A stranger has used up what the number is sent and guessed in a day."""
    for _ in range(text_code.MOST_A_DAY):
        Asker().done("textCodeRequest", mobile=NUMBER)
        later(timedelta(minutes=1, seconds=1))
    for _ in range(text_code.MOST_WRONG_A_DAY):
        assert said(Asker(), code="0", mobile=NUMBER)[2] == text_code.WRONG.in_language("en")
    run_deliveries()
    texts.SENT.clear()


def signed_out(here):
    """The same browser the next day."""
    here.done("signOut")
    return here


def test_a_stranger_who_uses_up_a_numbers_day_locks_nobody_out_of_her_own_device(
    asked, later, run_deliveries
):
    hers, code = asked()
    hers.done("signInByText", code=code)
    signed_out(hers)
    later(timedelta(days=1))
    used_up(later, run_deliveries)
    assert Asker().refused("textCodeRequest", mobile=NUMBER) == "INVALID"
    assert said(Asker(), code="0", mobile=NUMBER)[2] == text_code.TOO_OFTEN.in_language("en")

    hers, code = asked(here=hers)
    assert said(hers, code=wrong(code))[2] == text_code.WRONG.in_language("en")
    hers.done("signInByText", code=code)
    signed_out(hers)
    # It is bounded, too: three texts and five tries a day.
    for n in range(1, text_code.MOST_KNOWN_A_DAY + 1):
        later(timedelta(minutes=1, seconds=1))
        answer = hers.do("textCodeRequest", mobile=NUMBER)
        assert bool(answer["errors"]) is (n == text_code.MOST_KNOWN_A_DAY)
    for _ in range(text_code.MOST_WRONG_KNOWN_A_DAY - 1):
        assert said(hers, code="0", mobile=NUMBER)[2] == text_code.WRONG.in_language("en")
    assert said(hers, code="0", mobile=NUMBER)[2] == text_code.TOO_OFTEN.in_language("en")
    row = NumberDay.objects.get(number=NUMBER, wrong__gt=0)
    assert (row.sent, row.wrong, row.sent_known, row.wrong_known) == (5, 10, 3, 5)


def test_a_device_of_another_or_one_that_she_has_signed_out_is_a_strangers(asked, later, run_deliveries):
    """And told alike, by as many questions to the database, whether or not somebody has the number."""
    hers, code = asked()
    hers.done("signInByText", code=code)
    mei = Person.objects.get()
    others, code = asked(OTHER)
    others.done("signInByText", code=code)
    signed_out(hers), signed_out(others)
    later(timedelta(days=1))
    used_up(later, run_deliveries)
    NumberDay.objects.create(number=NOBODYS, day=text_code._today(), sent=5, wrong=10)
    told = []
    for number in (NUMBER, NOBODYS):
        with CaptureQueriesContext(connection) as asks:
            answers = others.do("textCodeRequest", mobile=number), said(others, code="0", mobile=number)
        told.append((answers, len(asks)))
    assert told[0] == told[1] and told[0][0][0]["errors"][0]["code"] == "INVALID"
    assert told[0][0][1][2] == text_code.TOO_OFTEN.in_language("en")

    browser = from_a_browser(hers.client.cookies["device"].value)
    assert devices.people_of(browser) == [mei]
    mei.ended_devices = [devices.digest_of(devices.name_of(browser))]
    mei.save(update_fields=["ended_devices"])
    assert devices.people_of(browser) == [] and hers.refused("textCodeRequest", mobile=NUMBER) == "INVALID"


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_share_the_budget_exactly(monkeypatch):
    """And do not without the lock, which shows that it is the lock."""
    guesses = full(100, 20)

    def guess(number):
        told = at_once(guesses, lambda n: text_code._spend(number, SIGN_IN, "b", "no"))
        assert all(isinstance(one, Invalid) for one in told)
        return sum(str(one) == str(text_code.WRONG) for one in told)

    assert guess(NUMBER) == text_code.MOST_WRONG_A_DAY == NumberDay.objects.get(number=NUMBER).wrong

    def without_its_lock(number):
        row = NumberDay.objects.get(number=number)
        barrier.wait(5)
        return row

    barrier = threading.Barrier(guesses)
    NumberDay.objects.create(number=OTHER, day=NumberDay.objects.get().day)
    monkeypatch.setattr(text_code, "_locked", without_its_lock)
    assert guess(OTHER) == guesses > text_code.MOST_WRONG_A_DAY


@pytest.mark.django_db(transaction=True)
def test_a_code_that_comes_twice_across_midnight_counts_once(monkeypatch):
    """Each finds the count of its own day, so that neither waits for the other."""
    now = timezone.now()
    facts = {"digest": "", "asked_at": now, "expires_at": now, "language": "zh"}
    row = TextCode.objects.create(number=NUMBER, purpose=SIGN_IN, browser="b", **facts)
    code, looked, days = (
        text_code.made(row),
        text_code._is_right,
        iter((now.date(), now.date() + timedelta(days=1))),
    )
    both = threading.Barrier(2)

    def looked_at_together(row, code):
        is_right = looked(row, code)
        both.wait(5)
        return is_right

    monkeypatch.setattr(text_code, "_today", lambda: next(days))
    monkeypatch.setattr(text_code, "_is_right", looked_at_together)
    told = at_once(2, lambda n: text_code._spend(NUMBER, SIGN_IN, "b", code))
    assert sorted(type(one) for one in told if one) == [Invalid] and len(told) == 2


def test_one_number_in_any_spelling_gets_one_a_minute_and_five_a_day_over_all_doors(
    asked, later, run_deliveries
):
    """N20."""
    sent = 0
    for n in range(12):
        door = Asker(a_person(), address=f"10.0.0.{n}") if n % 2 else Asker(address=f"10.0.0.{n}")
        act = "numberCodeRequest" if n % 2 else "textCodeRequest"
        answer = door.do(act, mobile=spellings()[n % 5])
        sent += not answer["errors"]
        again = Asker(address="10.0.1.1").do("textCodeRequest", mobile=spellings()[(n + 1) % 5])
        assert again["errors"][0]["code"] in ("TOO_MANY_REQUESTS", "INVALID")
        later(timedelta(minutes=1, seconds=1))
    run_deliveries()
    assert sent == 5 == NumberDay.objects.get(number=NUMBER).sent
    assert {text.to for text in texts.SENT} == {NUMBER}


def test_a_hundred_aliases_of_one_request_are_one_text(run_deliveries):
    asks = " ".join(
        f'a{n}: textCodeRequest(input: {{mobile: "{NUMBER}"}}) {{ errors {{ code }} }}' for n in range(9)
    )
    Asker().send(f"mutation {{ {asks} }}")
    run_deliveries()
    assert len(texts.SENT) <= 1


@pytest.mark.parametrize("where", [lambda n: "192.0.2.7", lambda n: f"2001:db8:1:2:{n:x}::1"])
def test_twenty_a_day_from_one_address_or_block_of_ipv6(where):
    told = [
        Asker(address=where(n)).do("textCodeRequest", mobile=f"171123400{n:02}")["errors"] for n in range(25)
    ]
    assert [bool(one) for one in told] == [False] * 20 + [True] * 5
    assert {one[0]["code"] for one in told if one} == {"TOO_MANY_REQUESTS"}


@pytest.mark.parametrize("mobile", ["+979123456789", "+882161234567", "027-87654321", "+85251234567", "110"])
def test_premium_satellite_foreign_and_fixed_numbers_are_sent_nothing(mobile):
    (error,) = Asker().do("textCodeRequest", mobile=mobile)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["mobile"])
    assert not TextCode.objects.exists() and not NumberDay.objects.exists()


def test_once_the_days_budget_is_gone_sign_in_says_what_else_works_and_it_is_counted(settings, asked):
    settings.TEXT_CODES_A_DAY = 2
    asked(NUMBER)
    asked(OTHER)
    (error,) = Asker().do("textCodeRequest", mobile="17112345670")["errors"]
    assert "sign in by e-mail and password" in error["message"]
    assert (text_code.the_day().codes, text_code.the_day().refused) == (2, 1)
    assert not NumberDay.objects.get(number="+8617112345670").sent, "nothing of hers is used up"


@pytest.mark.parametrize(("demo", "opens"), [("small", True), ("none", False)])
def test_a_demos_number_and_code_are_good_while_a_demo_is_loaded(settings, asked, demo, opens):
    settings.DEMO = demo
    here, code = asked("13800138000")
    assert (code == text_code.DEMO_CODE) is opens
    if opens:
        here.done("signInByText", code=text_code.DEMO_CODE)
    else:
        assert said(here, code=text_code.DEMO_CODE)[0] == "INVALID"


def test_the_number_of_a_closed_account_opens_nothing(asked):
    mei = a_person(is_active=False)
    ways.prove(mei, PHONE, NUMBER)
    here, code = asked()
    assert here.refused("signInByText", code=code) == "CONFLICT"
    assert here.who() is None and Person.objects.count() == 1


def test_without_a_password_a_code_to_a_number_of_yesterday_confirms(asked, run_deliveries, later):
    here, code = asked()
    here.done("signInByText", code=code)
    assert here.refused("confirmCodeRequest") == "NOT_ALLOWED"
    later(timedelta(days=1, seconds=1))
    there, code = asked()
    there.done("signInByText", code=code)
    later(timedelta(minutes=2))
    there.done("confirmCodeRequest")
    run_deliveries()
    code = the_text().facts["code"]
    assert there.refused("personExport", password=wrong(code)) == "INVALID"
    there.done("personExport", "json", password=code)
    assert there.refused("personExport", password=code) == "INVALID"


def test_a_shop_without_a_house_sends_and_offers_nothing(settings):
    settings.TEXT_HOUSE = {"adapter": "", "options": {}}
    assert Asker().refused("textCodeRequest", mobile=NUMBER) == "NOT_ALLOWED"
    assert Asker().ask("{ sendsTexts numberTexted }") == {"sendsTexts": False, "numberTexted": None}
    assert not TextDay.objects.exists() and not texting.is_on()


def test_what_is_told_of_the_number_asked_hides_its_middle(asked):
    here, _ = asked()
    assert here.ask("{ numberTexted }")["numberTexted"] == "+86171****5678"


def test_codes_and_counts_are_forgotten_after_two_days(asked, later):
    # In the hours in which Shanghai has the next day already.
    later((timezone.now().replace(hour=16, minute=30) - timezone.now()) % timedelta(days=1))
    asked()
    later(timedelta(days=3))
    text_code.forget_old()
    assert not TextCode.objects.exists() and not NumberDay.objects.exists()
