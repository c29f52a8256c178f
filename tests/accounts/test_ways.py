"""By what somebody signs in: only what is proved, one account's at a time, whoever typed it first (case N23)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import verify
from accounts.actions import person as people
from accounts.actions import way as ways
from accounts.clean import mobile_number
from accounts.models import ApiToken, Person, SignInWay
from core.refusals import Conflict, Invalid
from tests.accounts.world import PASSWORD, Asker, a_person, the_mail, token_in
from tests.factor import awake

pytestmark = pytest.mark.django_db
MEI, NUMBER = "mei@example.com", "+8617112345678"
STRANGERS = "the-strangers-own-1"
EMAIL, PHONE = SignInWay.Kind.EMAIL, SignInWay.Kind.PHONE


def held(person, kind=EMAIL):
    return list(person.ways.filter(kind=kind, ended_at=None).values_list("value", flat=True))


def signs_up(run_deliveries, password):
    Asker().done("signUp", email=MEI, password=password)
    run_deliveries()


@pytest.mark.parametrize(
    "written",
    [
        "17112345678",
        "+86 171 1234 5678",
        "0086 17112345678",
        "008617112345678",
        "１７１１２３４５６７８",
        "+８６ 171 1234 5678",
        "(+86)171-1234-5678",
        "86 17112345678",
        "171‑1234‑5678",
        " 171 1234 5678\t",
    ],
)
def test_ten_spellings_are_one_number(written):
    assert mobile_number(written) == NUMBER


@pytest.mark.parametrize(
    "written",
    [
        "",
        "027-87654321",
        "400-810-8888",
        "95588",
        "12345678901",
        "+979123456789",
        "+882161234567",
        "1711234567",
    ],
)
def test_what_is_no_mobile_phone_is_no_number(written):
    with pytest.raises(Invalid):
        mobile_number(written)


def test_a_foreign_number_is_one_once_its_country_is_switched_on(settings):
    with pytest.raises(Invalid):
        mobile_number("+852 5123 4567")
    settings.SMS_COUNTRIES = ["CN", "HK"]
    assert mobile_number("+852 5123 4567") == "+85251234567"


def test_a_proved_mailbox_is_a_way_and_an_unproved_one_is_none():
    mei, other = a_person(email=MEI), a_person(email="other@example.com", email_verified_at=None)
    assert (held(mei), held(other)) == ([MEI], [])
    Person.objects.filter(pk=mei.pk).update(email="new@example.com")
    assert held(mei) == ["new@example.com"]
    assert mei.ways.get(value=MEI).ended_at is not None
    assert list(verify.verify()) == []


def test_one_account_has_a_way_at_a_time():
    mei, other = a_person(), a_person()
    way = ways.prove(mei, PHONE, NUMBER)
    assert ways.prove(mei, PHONE, NUMBER) == way
    with pytest.raises(Conflict):
        ways.prove(other, PHONE, NUMBER)
    ways.end(way, mei)
    ways.prove(other, PHONE, NUMBER)
    assert (held(mei, PHONE), held(other, PHONE)) == ([], [NUMBER])
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create_user(mei.email, email_verified_at=timezone.now())


def test_who_has_a_number_and_no_mailbox_is_proved_and_stays():
    mei = a_person(email=None, email_verified_at=None)
    assert not mei.is_proved
    ways.prove(mei, PHONE, NUMBER)
    Person.objects.filter(pk=mei.pk).update(joined_at=timezone.now() - timedelta(days=30))
    assert people.forget_unconfirmed() == 0 and mei.is_proved


def test_a_way_that_ended_half_a_year_ago_is_forgotten():
    mei = a_person()
    kept, gone = (ways.prove(mei, PHONE, number) for number in (NUMBER, "+8617112345679"))
    for way, days in ((kept, 180), (gone, 184)):
        ways.end(way, mei)
        SignInWay.objects.filter(pk=way.pk).update(ended_at=timezone.now() - timedelta(days=days))
    people.forget_unconfirmed()
    assert list(mei.ways.filter(kind=PHONE)) == [kept]


def test_her_ways_are_in_her_export_and_go_with_her(settings):
    settings.PERSON_EXPORTERS = ["accounts.ways.export"]
    mei = a_person(email=MEI)
    ways.prove(mei, PHONE, NUMBER)
    told = Asker(mei).done("personExport", "json", password=PASSWORD)["json"]
    assert NUMBER in told and '"kind": "phone"' in told
    Asker(mei).done("personErase", password=PASSWORD)
    assert not SignInWay.objects.exists() and list(verify.verify()) == []


@pytest.mark.parametrize(
    "break_it",
    [
        lambda mei: mei.ways.update(ended_at=timezone.now()),
        lambda mei: Person.objects.filter(pk=mei.pk).update(
            name="", nickname="", phone="", is_active=False, erased_at=timezone.now(), email=None
        ),
    ],
)
def test_verify_sees_a_mailbox_that_is_no_way_and_a_way_of_nobody(break_it):
    mei = a_person()
    ways.prove(mei, PHONE, NUMBER)
    assert list(verify.verify()) == []
    break_it(mei)
    assert {one.rule for one in verify.verify()} == {"I14"}


# --- N23: the account that waited for her ----------------------------------------------------------


def test_her_own_sign_up_is_not_kept_out_by_a_strangers(run_deliveries, wall_clock):
    signs_up(run_deliveries, STRANGERS)
    his_link = token_in(the_mail())
    stranger = Person.objects.get()
    signs_up(run_deliveries, PASSWORD)  # within the minute: no second mail, and none is needed
    her = Asker()
    assert (
        her.done("emailVerify", "viewer { email }", token=his_link, password=PASSWORD)["viewer"]["email"]
        == MEI
    )
    assert not Person.objects.filter(pk=stranger.pk).exists()
    assert Asker().refused("signIn", email=MEI, password=STRANGERS) == "INVALID"
    assert Asker().done("signIn", "viewer { email }", email=MEI, password=PASSWORD)


def test_his_link_pressed_by_her_never_signs_him_in_and_says_whose_account_it_is(run_deliveries):
    signs_up(run_deliveries, STRANGERS)
    his_link = token_in(the_mail())
    her = a_person(email=MEI, password=PASSWORD)
    here = Asker()
    (error,) = here.do("emailVerify", token=his_link, password=STRANGERS)["errors"]
    assert "belongs to an account that is confirmed" in error["message"] and here.who() is None
    here.done("emailVerify", token=his_link, password=PASSWORD)
    assert here.who() == MEI and held(her) == [MEI]


def test_what_he_had_open_ends_when_the_mailbox_answers_another(run_deliveries):
    """By whatever door he came to have it: sessions, tokens, links."""
    his = a_person(email=MEI, email_verified_at=None, password=STRANGERS)
    stranger = Asker(his)
    text = ApiToken.objects.create(
        person=his, name="x", scopes=["read"], token_sha256="0" * 64, expires_at=timezone.now() + timedelta(1)
    )
    his.addresses.create(recipient="他", phone="13800138000", region_id="420106", street="1")
    her = awake(a_person(email="old@example.com"))
    Asker(her).done("emailChangeRequest", email=MEI, password=PASSWORD)
    run_deliveries()
    (change,) = [token_in(one, "change") for one in mail.outbox if one.to == [MEI]]
    Asker(her).done("emailChangeConfirm", token=change)
    text.refresh_from_db()
    his.refresh_from_db()
    assert his.email is None and text.revoked_at is not None and stranger.who() is None
    assert held(her) == [MEI] and not her.addresses.exists()
    assert Asker().refused("signIn", email=MEI, password=STRANGERS) == "INVALID"


def test_few_wait_for_one_mailbox_to_answer(run_deliveries):
    for n in range(people.WAIT_FOR_A_MAILBOX + 2):
        signs_up(run_deliveries, f"one-of-many-passwords-{n}")
    assert Person.objects.filter(email=MEI).count() == people.WAIT_FOR_A_MAILBOX
