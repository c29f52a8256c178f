"""Joining: the mailbox is proved by its link, and nobody learns who has an account."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions import person as people
from accounts.models import Person
from core.models import OutboxEvent
from tests.accounts.world import PASSWORD, Asker, a_person, at_once, the_mail, token_in

pytestmark = pytest.mark.django_db
MEI = "mei@example.com"


@pytest.fixture
def later(monkeypatch):
    """Let time pass for what asks Django's clock."""

    def pass_(delta):
        moment = timezone.now() + delta
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return pass_


def sign_up(run_deliveries, **given):
    """Sign up and open the mail."""
    answer = Asker(language=given.pop("spoken", "en")).do(
        "signUp", **{"email": MEI, "password": PASSWORD, **given}
    )
    run_deliveries()
    return answer


def test_somebody_joins_by_the_link_in_her_mail_and_her_password(run_deliveries):
    assert sign_up(run_deliveries, email="Mei@Example.com ", name="Mei") == {"errors": []}
    message = the_mail()
    assert message.to == [MEI] and message.subject == "Please confirm your e-mail address"
    assert "http://testserver/en/confirm/?token=" in message.body
    asker = Asker()
    assert asker.refused("signIn", email=MEI, password=PASSWORD) == "INVALID"
    answer = asker.done(
        "emailVerify", "viewer { email emailVerified }", token=token_in(message), password=PASSWORD
    )
    assert answer["viewer"] == {"email": MEI, "emailVerified": True}
    assert asker.who() == MEI
    assert Asker().done("signIn", "viewer { email }", email="MEI@example.com", password=PASSWORD)


def test_her_mail_is_in_her_language(run_deliveries):
    sign_up(run_deliveries, spoken="zh")
    message = the_mail()
    assert message.subject == "请确认您的邮箱" and "/zh/confirm/?token=" in message.body


def test_a_name_reaches_the_mail_as_it_was_written_once_the_mailbox_is_proved(run_deliveries, wall_clock):
    sign_up(run_deliveries, name="A & B <i>")
    assert "A & B" not in the_mail().body, "whoever typed it may be a stranger"
    Person.objects.update(email_verified_at=timezone.now())
    wall_clock(61)
    sign_up(run_deliveries)
    assert "Dear A & B <i>," in the_mail().body


def test_an_address_that_has_an_account_gets_the_same_answer_and_a_mail(run_deliveries):
    mei = a_person(email=MEI, name="Mei", language="en")
    before = mei.password
    assert sign_up(run_deliveries, password="another-good-one-7", name="Eve") == {"errors": []}
    message = the_mail()
    assert message.to == [MEI] and message.subject == "This address already has an account"
    mei.refresh_from_db()
    assert mei.password == before and mei.name == "Mei" and Person.objects.count() == 1


def test_signing_up_again_before_confirming_sends_the_link_again(run_deliveries, wall_clock):
    sign_up(run_deliveries)
    first = token_in(the_mail())
    wall_clock(61)
    sign_up(run_deliveries)
    second = token_in(the_mail())
    assert first != second and Person.objects.count() == 1
    Asker().done("emailVerify", token=second, password=PASSWORD)


def test_the_right_password_before_confirming_sends_the_link_again(run_deliveries, wall_clock):
    sign_up(run_deliveries)
    the_mail()
    wall_clock(61)
    assert Asker().refused("signIn", email=MEI, password=PASSWORD) == "INVALID"
    run_deliveries()
    assert the_mail().subject == "Please confirm your e-mail address"


def test_a_stranger_cannot_have_an_account_opened_for_him_by_its_mailboxs_owner(run_deliveries):
    sign_up(run_deliveries, password="the-strangers-own-1")
    link = token_in(the_mail())
    owner = Asker()
    assert owner.refused("emailVerify", token=link, password=PASSWORD) == "INVALID"
    assert Person.objects.get().email_verified_at is None
    assert owner.who() is None


def test_the_link_runs_out_after_three_days(run_deliveries, later):
    sign_up(run_deliveries)
    link = token_in(the_mail())
    later(timedelta(days=3, seconds=1))
    assert Asker().refused("emailVerify", token=link, password=PASSWORD) == "TOO_LATE"


@pytest.mark.parametrize("token", ["", "x", "gAAAAA", "每", "a" * 5000])
def test_a_forged_link_is_refused(token):
    assert Asker().refused("emailVerify", token=token, password=PASSWORD) == "INVALID"


def test_a_link_for_another_purpose_is_refused(run_deliveries):
    mei = a_person(email=MEI)
    Asker(mei).done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    run_deliveries()
    change = token_in(mail.outbox[0], "change")
    assert Asker().refused("emailVerify", token=change, password=PASSWORD) == "INVALID"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890123"}, "password"),
        ({"password": "mei@example.com"}, "password"),
        ({"name": "x" * 61}, "name"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(run_deliveries, given, field):
    (error,) = sign_up(run_deliveries, **given)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", [field])
    assert Person.objects.count() == 0 and mail.outbox == []


def test_all_that_is_wrong_with_a_sign_up_is_told_at_once(run_deliveries):
    errors = sign_up(run_deliveries, email="nobody", password="short", name="x" * 61)["errors"]
    assert [error["field"] for error in errors] == [["email"], ["name"], ["password"]]
    assert Person.objects.count() == 0


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "At least 10 characters."),
        ("mei@example.com", "Too much like your name or address."),
        ("1234567890", "Too common a password. Digits alone will not do."),
        ("Sheaf-2030", "Too much of it is a word of this shop’s."),
    ],
)
def test_why_a_password_is_refused_is_told_in_the_askers_language_alone(run_deliveries, password, why):
    (error,) = sign_up(run_deliveries, spoken="zh", password=password)["errors"]
    assert "密码" in error["message"] and not re.search("[A-Za-z]", error["message"])
    (error,) = sign_up(run_deliveries, password=password)["errors"]
    assert error["message"] == why


@pytest.mark.parametrize(
    ("password", "is_good"),
    [("hesu123456", False), ("禾束禾束禾束1234", False), ("sheaf of oats, red boots", True)],
)
def test_a_word_of_the_shop_is_no_password(run_deliveries, password, is_good):
    assert (sign_up(run_deliveries, password=password)["errors"] == []) is is_good


def test_an_account_that_nobody_confirms_is_forgotten_after_a_week(run_deliveries):
    sign_up(run_deliveries)
    kept = a_person()
    week_ago = timezone.now() - timedelta(days=7, seconds=1)
    assert people.forget_unconfirmed() == 0
    Person.objects.update(joined_at=week_ago)
    assert people.forget_unconfirmed() == 1
    assert list(Person.objects.all()) == [kept]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_up_at_once_with_one_address_both_get_the_same_answer():
    for n in range(5):
        email = f"twin{n}@example.com"
        said = at_once(2, lambda _, email=email: people.sign_up(email, PASSWORD))
        assert said == [None, None]
        assert Person.objects.filter(email=email).count() == 1
    assert OutboxEvent.objects.filter(name="PersonJoined").count() == 5
    assert OutboxEvent.objects.filter(name="SignUpRepeated").count() <= 5, (
        "a mail on its way is not sent again"
    )


def test_no_address_is_in_the_outbox(run_deliveries):
    sign_up(run_deliveries)
    mei = a_person(email="li@example.com")
    Asker(mei).done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    Asker().done("passwordResetRequest", email=MEI)
    written = "".join(str(payload) for payload in OutboxEvent.objects.values_list("payload", flat=True))
    assert OutboxEvent.objects.count() == 3 and "example" not in written and "bWVp" not in written
