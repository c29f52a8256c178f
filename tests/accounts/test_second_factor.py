"""A second factor is set up, given and lost; a code of it is good once, whichever door it is given at."""

import re
import threading

import pytest
from django.core.management import CommandError, call_command

from accounts import devices, totp
from accounts.actions import second_factor as factors
from accounts.models import AuditEntry, Person, RecoveryCode, SecondFactor
from core.deliveries import drain
from core.refusals import Invalid, NotAllowed
from tests.accounts.world import PASSWORD, Asker, a_person, an_operator, at_once, the_mail, token_in
from tests.factor import App, app_clock, awake

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

FACTOR = "{ isAsked isSetUp isGiven isFresh recoveryCodesLeft setUp { secret uri recoveryCodes } }"


@pytest.fixture(autouse=True)
def our_urls(our_schema, settings):
    settings.ROOT_URLCONF = "tests.accounts.urls"


@pytest.fixture
def tick():
    """Turns the clock that apps go by, a step at a time."""
    with app_clock() as turn:
        yield turn


def state(asker: Asker) -> dict:
    return asker.ask(f"{{ viewer {{ secondFactor {FACTOR} }} }}")["viewer"]["secondFactor"]


def by_password(person: Person) -> Asker:
    """Signed in, and nothing given yet."""
    asker = Asker()
    asker.done("signIn", email=person.email, password=PASSWORD)
    return asker


def begun(person: Person) -> tuple[Asker, dict]:
    asker = by_password(person)
    asker.done("secondFactorBegin", password=PASSWORD)
    return asker, state(asker)["setUp"]


def test_an_app_is_set_up_by_its_first_code_and_opens_with_the_next(tick):
    ada = an_operator()
    asker, shown = begun(ada)
    assert len(shown["recoveryCodes"]) == 10 and shown["secret"] in shown["uri"]
    assert not SecondFactor.objects.exists(), "nothing before a code confirms it"

    code = totp.code_at(shown["secret"], totp.now())
    no = asker.do("secondFactorConfirm", code=code, wroteCodesDown=False)["errors"]
    assert [(e["code"], e["field"]) for e in no] == [("INVALID", ["wroteCodesDown"])]
    asker.done("secondFactorConfirm", code=code, wroteCodesDown=True)
    assert state(asker) == {
        "isAsked": True,
        "isSetUp": True,
        "isGiven": False,
        "isFresh": False,
        "recoveryCodesLeft": 10,
        "setUp": None,
    }

    assert asker.refused("secondFactorGive", code=code) == "INVALID", "the code of enrolment is spent"
    tick()
    asker.done("secondFactorGive", code=totp.code_at(shown["secret"], totp.now()))
    assert state(asker)["isGiven"] and not state(asker)["isFresh"]
    assert list(AuditEntry.objects.order_by("pk").values_list("deed", flat=True)) == [
        "set_up_second_factor",
        "give_second_factor",
    ]
    drain()
    assert the_mail().to == [ada.email]


def test_the_code_of_enrolment_opens_no_later_session_either(tick):
    ada = an_operator()
    asker, shown = begun(ada)
    code = totp.code_at(shown["secret"], totp.now())
    asker.done("secondFactorConfirm", code=code, wroteCodesDown=True)
    assert by_password(ada).refused("secondFactorGive", code=code) == "INVALID"


def test_setting_up_asks_for_the_password_and_shows_the_secret_in_no_other_session():
    ada = an_operator()
    other = by_password(ada)
    assert other.refused("secondFactorBegin", password="not-it") == "INVALID"
    asker, _ = begun(ada)
    assert state(other)["setUp"] is None
    text = asker.done("tokenCreate", "text", name="x", password=PASSWORD)["text"]
    token = Asker(token=text)
    token.client = asker.client  # beside the very session in which the secret waits
    assert state(token)["setUp"] is None


def test_a_copied_session_is_dead_once_its_owner_sets_up_or_gives_a_code(tick):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    for _ in range(2):
        copy = Asker()
        copy.client.cookies["session"] = asker.client.cookies["session"].value
        assert copy.who() == ada.email
        tick()
        asker.done("secondFactorGive", code=app.code())
        assert copy.who() is None
    assert state(asker)["isFresh"]


def test_one_code_signs_in_and_moves_nothing(tick):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    code = app.code()
    asker.done("secondFactorGive", code=code)
    assert asker.refused("secondFactorGive", code=code) == "INVALID"
    assert not state(asker)["isFresh"]
    tick()
    asker.done("secondFactorGive", code=app.code())
    assert state(asker)["isFresh"]
    tick(300)
    assert state(asker)["isGiven"] and not state(asker)["isFresh"], "five minutes"
    tick(12 * 3600)
    assert not state(asker)["isGiven"], "a day's work"


def test_a_step_before_the_newest_that_was_given_is_spent_with_it(tick):
    ada = an_operator()
    app = App(ada)
    before = app.code()
    tick()
    one, two = by_password(ada), by_password(ada)
    one.done("secondFactorGive", code=app.code())
    assert two.refused("secondFactorGive", code=before) == "INVALID"


def test_a_clock_may_be_a_step_off_and_no_more(tick):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    late = app.code()
    tick()
    tick()
    assert asker.refused("secondFactorGive", code=late) == "INVALID", "two steps ago"
    early = app.code(ahead=1)
    asker.done("secondFactorGive", code=early)
    assert asker.refused("secondFactorGive", code=app.code()) == "INVALID", "what is older than the newest"


def test_codes_are_read_as_people_write_them(tick):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in app.code())
    asker.done("secondFactorGive", code=f" {wide[:3]} {wide[3:]}\t")
    asker.done("secondFactorGive", code=f"{app.codes[0][:5].lower()}-{app.codes[0][5:]}")


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_give_one_code_at_one_moment_one_is_let_in():
    ada = an_operator()
    app = App(ada)
    kept, code = ada.second_factor, app.code()
    assert sum(at_once(20, lambda n: factors.spend_step(kept, code))) == 1
    assert sum(at_once(20, lambda n: factors.spend_recovery_code(ada, app.codes[0]))) == 1


@pytest.mark.django_db(transaction=True)
def test_the_race_is_seen_where_the_row_is_looked_at_before_it_is_written():
    """The control: without the condition in the UPDATE all twenty would be let in."""
    ada = an_operator()
    app = App(ada)
    code, all_have_looked = app.code(), threading.Barrier(20)

    def unguarded(_: int) -> bool:
        kept = SecondFactor.objects.get(person=ada)
        step = totp.step_of(totp.unseal(kept.sealed), code)
        all_have_looked.wait()
        if step is None or step <= kept.last_step:
            return False
        return bool(SecondFactor.objects.filter(pk=kept.pk).update(last_step=step))

    assert sum(at_once(20, unguarded)) == 20


def test_a_recovery_code_is_good_once_and_an_old_sheet_is_dead(tick):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    asker.done("secondFactorGive", code=app.codes[0])
    assert by_password(ada).refused("secondFactorGive", code=app.codes[0]) == "INVALID"
    assert state(asker)["recoveryCodesLeft"] == 9
    drain()
    assert "还剩 9 个" in the_mail().body

    fresh = asker.done("recoveryCodesRenew", "codes", code=app.code())["codes"]
    assert len(set(fresh)) == 10 and state(asker)["recoveryCodesLeft"] == 10
    assert asker.refused("secondFactorGive", code=app.codes[1]) == "INVALID"
    asker.done("secondFactorGive", code=fresh[0])
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in kept for code in (*fresh, *app.codes)), "hashed"


def test_a_mailbox_alone_never_takes_it_away(tick):
    ada = an_operator()
    app = App(ada)
    Asker().done("passwordResetRequest", email=ada.email)
    drain()
    token = token_in(the_mail())
    asker = Asker()
    asker.done("passwordReset", token=token, password="another-peel-43")
    assert asker.who() == ada.email
    seen = state(asker)
    assert (seen["isSetUp"], seen["isGiven"]) == (True, False)
    assert asker.refused("secondFactorBegin", password="another-peel-43") == "CONFLICT"
    assert asker.refused("secondFactorEnd", code="000000") == "INVALID"
    asker.done("secondFactorGive", code=app.code())


def test_a_session_that_was_awake_sleeps_when_its_password_is_given_again(tick):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    asker.done("secondFactorGive", code=app.code())
    asker.done("signIn", email=ada.email, password=PASSWORD)
    assert not state(asker)["isGiven"]


def test_switching_off_asks_for_a_code_and_ends_the_other_sessions(tick):
    ada = an_operator()
    app, asker, other = App(ada), by_password(ada), by_password(ada)
    asker.done("secondFactorGive", code=app.code())
    assert asker.refused("secondFactorEnd", code=app.code()) == "INVALID", "spent"
    tick()
    asker.done("secondFactorEnd", code=app.code())
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    seen = state(asker)
    assert (seen["isSetUp"], seen["isGiven"], other.who()) == (False, False, None)
    drain()
    assert ada.email in the_mail().to


def test_who_has_lost_both_is_let_in_by_the_owner_who_says_why(tick):
    ada, owner, mei = an_operator(), a_person(("operator", "owner")), a_person()
    App(ada)
    asker = by_password(ada)
    awake(owner), awake(ada)
    with pytest.raises(NotAllowed):
        factors.end_of(ada, mei, "lost")
    with pytest.raises(NotAllowed):
        factors.end_of(ada, ada, "lost")
    with pytest.raises(Invalid):
        factors.end_of(ada, owner, " ")
    assert SecondFactor.objects.exists()

    factors.end_of(ada, owner, "phone and sheet lost, called back at the office number")
    assert asker.who() is None
    entry = AuditEntry.objects.get(deed="end_second_factor")
    assert (entry.actor, entry.object_uid) == (owner, str(ada.uid))
    assert entry.facts["reason"].startswith("phone and sheet lost")
    drain()
    message = the_mail()
    assert message.to == [ada.email] and "second-factor" in message.body
    begun(ada)


def test_whoever_keeps_the_server_lets_the_last_owner_in_again():
    owner = a_person(("owner",))
    App(owner)
    with pytest.raises(CommandError, match="no such account"):
        call_command("end_second_factor", "nobody@example.com", reason="x")
    call_command("end_second_factor", owner.email.upper(), reason="phone in the river")
    assert not SecondFactor.objects.exists()
    assert AuditEntry.objects.get(deed="end_second_factor").facts == {"reason": "phone in the river"}
    with pytest.raises(CommandError):
        call_command("end_second_factor", owner.email, reason="again")


def test_wrong_codes_hold_up_strangers_and_never_the_owner_at_her_device(tick, wall_clock):
    ada = an_operator()
    app, hers = App(ada), by_password(ada)
    hers.done("secondFactorGive", code=app.code())
    tick()
    for _ in range(4):
        stranger = by_password(ada)  # who has her password makes as many sessions as he likes
        for _ in range(2):
            stranger.do("secondFactorGive", code="000000")
    assert by_password(ada).refused("secondFactorGive", code=app.code()) == "TOO_MANY_REQUESTS"
    hers.done("secondFactorGive", code=app.code())
    wall_clock(900)
    tick()
    by_password(ada).done("secondFactorGive", code=app.code())


def test_a_new_password_again_and_again_makes_no_new_tries(tick, monkeypatch):
    ada = an_operator()
    app, stranger, password = App(ada), by_password(ada), PASSWORD
    monkeypatch.setattr(devices, "MOST_WRONG", 6)
    for n in range(2):
        for _ in range(3):
            assert stranger.refused("secondFactorGive", code="000000") == "INVALID"
        new = f"another-peel-{n}7"
        stranger.done("passwordChange", currentPassword=password, newPassword=new)
        password = new
    assert stranger.refused("secondFactorGive", code=app.code()) == "TOO_MANY_REQUESTS"


def test_a_program_keeps_no_desk_once_the_factor_is_switched_off(tick):
    mei = a_person(("operator",))
    app, asker = App(mei), by_password(mei)
    mei.api_tokens.create(name="desk", scopes=["desk"], token_sha256="a", expires_at=mei.joined_at)
    mei.api_tokens.create(name="read", scopes=["read"], token_sha256="b", expires_at=mei.joined_at)
    asker.done("secondFactorEnd", code=app.code())
    assert [token.name for token in mei.api_tokens.filter(revoked_at=None)] == ["read"]


def test_the_secret_lies_sealed_and_no_log_or_export_tells_it(tick, caplog):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    asker.done("secondFactorGive", code=app.code())
    told = asker.done("personExport", "json", password=PASSWORD)["json"]
    assert re.search(r'"recovery_codes_left": 10', told)
    kept = bytes(SecondFactor.objects.get().sealed)
    for where in (told, caplog.text, str(list(AuditEntry.objects.values())), kept.decode()):
        assert app.secret not in where and app.codes[0] not in where


def test_who_is_erased_takes_it_along():
    mei = a_person()
    App(mei)
    assert by_password(mei).done("personErase", "isErased", password=PASSWORD)["isErased"]
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()


@pytest.mark.parametrize(("demo", "code"), [("small", None), ("none", "INVALID")])
def test_what_a_demo_prints_means_nothing_outside_it(tick, settings, demo, code):
    ada = an_operator()
    app, asker = App(ada), by_password(ada)
    SecondFactor.objects.update(is_demo=True)
    settings.DEMO = demo
    given = asker.do("secondFactorGive", code=app.code())["errors"]
    assert [e["code"] for e in given] == ([code] if code else [])
