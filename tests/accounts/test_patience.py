"""Who keeps trying is slowed, and nobody else: the owner of an account comes in whatever a stranger does."""

import json
import time
from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client

from accounts.actions import operator as operators
from accounts.models import Person
from accounts.seals import seal
from core import patience, rates
from core.models import OutboxEvent
from tests.accounts.world import PASSWORD, Asker, a_person, an_operator, at_once, the_mail, token_in

pytestmark = pytest.mark.django_db
NEW = "a-brand-new-one-9"
HERS, STRANGERS = "203.0.113.7", "198.51.100.1"


@pytest.fixture(autouse=True)
def _a_clock_that_stands(wall_clock):
    """A slow machine changes nothing."""


def tried(email, password="wrong", *, by=None, at=STRANGERS):
    """(code, seconds to wait) of a sign-in; (None, None) when it opened."""
    answer = (by or Asker(address=at)).do(
        "signIn", "errors { ... on TooMany { retryAfterSeconds } }", email=email, password=password
    )
    first = (answer["errors"] or [{"code": None}])[0]
    return first["code"], first.get("retryAfterSeconds")


def test_a_stranger_who_keeps_trying_waits_twice_as_long_each_time(wall_clock):
    mei = a_person()
    assert [tried(mei.email)[0] for _ in range(5)] == ["INVALID"] * 5
    waits = []
    for _ in range(12):
        code, wait = tried(mei.email)
        assert code == "TOO_MANY_REQUESTS"
        waits.append(wait)
        wall_clock(wait)
        assert tried(mei.email) == ("INVALID", None)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_asking_while_one_waits_makes_it_no_longer(wall_clock):
    mei = a_person()
    for _ in range(5):
        tried(mei.email)
    assert [tried(mei.email, PASSWORD)[1] for _ in range(15)] == [2] * 15
    wall_clock(2)
    assert tried(mei.email, PASSWORD) == (None, None)
    assert [tried(mei.email)[0] for _ in range(5)] == ["INVALID"] * 5, "the right one starts anew"


def test_the_answer_says_when_to_come_again_in_its_header_and_words():
    mei = a_person()
    for _ in range(5):
        tried(mei.email)
    asker = Asker(address=STRANGERS)
    body = {
        "query": "mutation($i: SignInInput!) { signIn(input: $i) { errors { message } } }",
        "variables": {"i": {"email": mei.email, "password": PASSWORD}},
    }
    began = time.monotonic()
    reply = asker.client.post("/graphql", json.dumps(body), content_type="application/json")
    assert reply.headers["Retry-After"] == "2" and time.monotonic() - began < 1, "no worker sleeps"
    (error,) = reply.json()["data"]["signIn"]["errors"]
    assert error["message"] == "Too many requests. Please try again in 2 seconds."


def test_the_owner_comes_in_from_elsewhere_whatever_a_stranger_tries():
    mei = a_person()
    for _ in range(30):
        tried(mei.email)
    assert tried(mei.email, PASSWORD, at=HERS) == (None, None)


def test_a_device_that_has_proved_itself_goes_past_even_at_the_strangers_own_address(wall_clock):
    mei = a_person()
    hers = Asker(address=STRANGERS)
    assert tried(mei.email, PASSWORD, by=hers) == (None, None)
    hers.done("signOut")
    for n in range(40):
        tried(mei.email if n % 2 else f"nobody{n}@example.com")
    assert tried(mei.email, PASSWORD)[0] == "TOO_MANY_REQUESTS"
    assert tried(mei.email, PASSWORD, by=hers) == (None, None)


def test_a_device_is_slowed_by_its_own_wrong_tries_alone(wall_clock):
    mei = a_person()
    shared = Asker(address=HERS)
    tried(mei.email, PASSWORD, by=shared)
    shared.done("signOut")
    assert [tried(mei.email, by=shared)[0] for _ in range(5)] == ["INVALID"] * 5
    assert tried(mei.email, PASSWORD, by=shared) == ("TOO_MANY_REQUESTS", 2)
    assert tried(mei.email, PASSWORD, at=HERS) == (None, None)


@pytest.fixture
def minute(monkeypatch):
    """What is counted a minute is counted in one that stands still, until the next is asked for."""
    at = [1_800_000_000.0]
    monkeypatch.setattr(rates, "time", SimpleNamespace(time=lambda: at[0]))

    def next_() -> None:
        at[0] += 60

    return next_


def test_whoever_has_the_password_does_not_keep_the_shop_busy_with_it(minute):
    """Each right one costs what a hundred pages cost; by three a second, all from one account, no page was answered."""
    mei, here = a_person(), Asker(address=HERS)
    assert [tried(mei.email, PASSWORD, by=here)[0] for _ in range(30)] == [None] * 30
    assert tried(mei.email, PASSWORD, by=here) == ("TOO_MANY_REQUESTS", 60)
    assert tried(mei.email, PASSWORD, at=STRANGERS)[0] == "TOO_MANY_REQUESTS"
    assert here.refused("personExport", password=PASSWORD) == "TOO_MANY_REQUESTS", (
        "once more it is the same work"
    )
    assert tried(a_person().email, PASSWORD, at=HERS)[0] is None, "nobody else waits"
    minute()
    assert tried(mei.email, PASSWORD, by=here) == (None, None)


def test_wrong_passwords_use_up_none_of_the_right_ones(minute):
    mei, here = a_person(), Asker(address=HERS)
    assert tried(mei.email, PASSWORD, by=here) == (None, None)
    for n in range(40):
        tried(mei.email, at=f"198.51.100.{n}")
    assert tried(mei.email, PASSWORD, by=here) == (None, None)


@pytest.mark.parametrize("how", ["another account's", "forged", "of an old password", "closed"])
def test_what_proves_nothing_goes_past_nothing(how, wall_clock):
    mei, eve = a_person(), a_person()
    asker = Asker(address=STRANGERS)
    tried((eve if how == "another account's" else mei).email, PASSWORD, by=asker)
    asker.done("signOut")
    if how == "forged":
        proofs = json.dumps({str(mei.uid): "0" * 32})
        asker.client.cookies["device"] = seal("device", name="x", proofs=proofs)
    if how == "of an old password":
        mei.set_password(NEW)
        mei.save()
    if how == "closed":
        ada = an_operator()
        operators.close(mei, ada)
        operators.open_again(mei, ada)
    for _ in range(5):
        tried(mei.email)
    assert tried(mei.email, PASSWORD, by=asker)[0] == "TOO_MANY_REQUESTS"


def test_an_address_above_its_own_limit_counts_against_no_account():
    mei, li = a_person(), a_person()
    for n in range(30):
        tried(f"a{n}@example.com")
    for _ in range(50):
        assert tried(li.email)[0] == "TOO_MANY_REQUESTS"
    assert [tried(li.email, at=HERS)[0] for _ in range(5)] == ["INVALID"] * 5
    assert tried(mei.email, PASSWORD, at=HERS) == (None, None)


def test_of_a_thousand_addresses_each_waits_before_its_first_try_and_the_owner_waits_once(wall_clock):
    mei = a_person()
    for n in range(10):
        for _ in range(4):
            tried(mei.email, at=f"192.0.2.{n}")
    assert tried(mei.email, at="192.0.2.200") == ("TOO_MANY_REQUESTS", 2)
    assert tried(mei.email, PASSWORD, at=HERS) == ("TOO_MANY_REQUESTS", 2)
    for n in range(50):
        tried(mei.email, at=f"192.0.3.{n}")
    wall_clock(2)
    assert tried(mei.email, PASSWORD, at=HERS) == (None, None), "nobody takes her turn"
    assert tried(mei.email, at="192.0.2.200")[0] == "INVALID"
    assert tried(mei.email, at="192.0.2.200") == ("TOO_MANY_REQUESTS", 2), "and then no five are free"


@pytest.mark.django_db(transaction=True)
def test_a_hundred_tries_at_one_moment_are_a_hundred_tries():
    mei = a_person()
    said = at_once(20, lambda _: tried(mei.email)[0])
    assert said.count("INVALID") == 5 and said.count("TOO_MANY_REQUESTS") == 15


def test_an_operator_comes_in_by_the_admins_door_whatever_a_stranger_tries(settings):
    settings.ROOT_URLCONF = "tests.accounts.urls"
    ada = an_operator()

    def at_the_door(password, address, client=None):
        client = client or Client(headers={"Accept-Language": "en"}, REMOTE_ADDR=address)
        asked = {"username": ada.email, "password": password}
        return client.post("/operators/login/", asked)

    for _ in range(9):
        last = at_the_door("wrong", STRANGERS)
    assert last.headers["Retry-After"] == "2" and "in 2 seconds" in last.content.decode()
    hers = Client(REMOTE_ADDR=HERS)
    assert at_the_door(PASSWORD, HERS, hers).status_code == 302
    assert "device" in hers.cookies and hers.cookies["device"]["httponly"]
    hers.logout()


def test_without_a_cache_nobody_is_held_up(monkeypatch):
    mei = a_person()

    def away():
        raise ConnectionError

    monkeypatch.setattr(patience, "_script", away)
    assert [tried(mei.email)[0] for _ in range(9)] == ["INVALID"] * 9
    assert tried(mei.email, PASSWORD) == (None, None)


# --- The password once more -------------------------------------------------------------------------


def test_a_session_in_a_strangers_hands_uses_up_no_tries_of_another(wall_clock):
    mei = a_person()
    stolen, hers = Asker(mei), Asker(mei)
    wrong = {"currentPassword": "wrong", "newPassword": NEW}
    assert [stolen.refused("passwordChange", **wrong) for _ in range(6)] == ["INVALID"] * 5 + [
        "TOO_MANY_REQUESTS"
    ]
    hers.done("passwordChange", currentPassword=PASSWORD, newPassword=NEW)
    assert stolen.who() is None


# --- Mails ------------------------------------------------------------------------------------------


def asked_for_reset(email, times=1, at=STRANGERS):
    for _ in range(times):
        assert Asker(address=at).do("passwordResetRequest", email=email) == {"errors": []}


def test_a_strangers_asking_uses_up_no_mail_of_the_owner(run_deliveries, wall_clock):
    mei = a_person()
    asked_for_reset(mei.email, 30)
    run_deliveries()
    link = token_in(the_mail())  # one, not thirty
    asked_for_reset(mei.email, at=HERS)
    run_deliveries()
    assert mail.outbox == [], "the one on its way is hers"
    Asker(address=HERS).done("passwordReset", token=link, password=NEW)
    Asker().done("signOut")
    asked_for_reset(mei.email, at=HERS)
    run_deliveries()
    assert token_in(the_mail()) != link, "a used link keeps back no other"


def test_there_is_always_a_link_that_works_and_never_a_flood(run_deliveries, wall_clock):
    mei = a_person()
    sent = 0
    for minute in range(8 * 60):
        asked_for_reset(mei.email, at=f"198.51.100.{minute % 250}")
        wall_clock(60)
        run_deliveries()
        sent += len(mail.outbox)
        mail.outbox.clear()
    assert sent == 20, "in eight hours"
    assert patience.MOST_SECONDS < 3600


def test_who_signs_in_may_ask_for_a_link_again_at_once(run_deliveries):
    mei = a_person()
    asked_for_reset(mei.email)
    run_deliveries()
    the_mail()
    tried(mei.email, PASSWORD, at=HERS)  # which ends the link
    asked_for_reset(mei.email, at=HERS)
    run_deliveries()
    Asker(address=HERS).done("passwordReset", token=token_in(the_mail()), password=NEW)


def test_one_kind_of_mail_keeps_back_no_other(run_deliveries):
    mei = a_person()
    for _ in range(9):
        Asker(address=STRANGERS).done("signUp", email=mei.email, password=NEW)
    run_deliveries()
    assert the_mail().to == [mei.email]
    asked_for_reset(mei.email, at=HERS)
    run_deliveries()
    assert "/password/new/" in the_mail().body


def test_another_persons_asking_for_an_address_keeps_nobody_from_moving_to_it(run_deliveries):
    mei, eve = a_person(), a_person()
    for _ in range(7):
        Asker(eve).done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    Asker(mei).done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    run_deliveries()
    to_new = [m for m in mail.outbox if m.to == ["new@example.com"]]
    assert len(to_new) == 2, "one for each of them, not eight"


def test_an_account_that_nobody_confirmed_holds_no_address_against_its_owner(run_deliveries):
    mei = a_person()
    Asker(address=STRANGERS).done("signUp", email="new@example.com", password=NEW)
    run_deliveries()
    mail.outbox.clear()
    asker = Asker(mei)
    asker.done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    run_deliveries()
    (message,) = [m for m in mail.outbox if m.to == ["new@example.com"]]
    asker.done("emailChangeConfirm", token=token_in(message, "change"))
    mei.refresh_from_db()
    assert mei.email == "new@example.com" and Person.objects.filter(email="new@example.com").count() == 1


def test_nothing_of_who_tried_is_in_the_outbox_or_in_a_key(run_deliveries):
    mei = a_person(email="mei@example.com")
    asked_for_reset(mei.email)
    written = "".join(str(payload) for payload in OutboxEvent.objects.values_list("payload", flat=True))
    assert "example" not in written
