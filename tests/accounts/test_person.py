"""What a person changes, takes along, and has forgotten."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Address, ApiToken, AuditEntry, Invitation, Person
from core.refusals import Refusal
from tests.accounts.world import (
    PASSWORD,
    Asker,
    a_link,
    a_person,
    an_operator,
    an_organisation,
    role_of,
    token_in,
)

pytestmark = pytest.mark.django_db
NEW = "mei.new@example.com"


def test_she_changes_what_she_tells_of_herself_and_nothing_else():
    mei = a_person(name="Mei", nickname="old", phone="13800138000")
    answer = Asker(mei).done(
        "personUpdate", "viewer { name nickname phone language }", name="  Mei\u200b  Lin\n", language="EN"
    )
    assert answer["viewer"] == {
        "name": "Mei Lin",
        "nickname": "old",
        "phone": "13800138000",
        "language": "EN",
    }
    mei.refresh_from_db()
    assert (mei.name, mei.language) == ("Mei Lin", "en")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("027-87654321", "027-87654321"),
        ("0717 2881234", "0717-2881234"),
        ("(027) 87654321-801", "027-87654321-801"),
        ("+852 2345 6789", "+85223456789"),
        ("", ""),
    ],
)
def test_a_phone_number_is_kept_as_a_courier_dials_it(written, kept):
    mei = a_person()
    Asker(mei).done("personUpdate", phone=written)
    mei.refresh_from_db()
    assert mei.phone == kept


@pytest.mark.parametrize(
    "written", ["12345", "23800138000", "1380013800", "138001380001", "+1 2025550123", "抱歉"]
)
def test_what_no_courier_can_dial_is_refused(written):
    mei = a_person(phone="13800138000")
    assert Asker(mei).refused("personUpdate", phone=written) == "INVALID"
    mei.refresh_from_db()
    assert mei.phone == "13800138000"


def test_fields_that_are_not_hers_to_set_are_no_part_of_the_input():
    mei = a_person()
    for field, value in {"isStaff": True, "email": NEW, "mobiliserCode": "AAAA", "isOperator": True}.items():
        answer = Asker(mei).send(
            "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) { errors { code } } }",
            input={"name": "Eve", field: value},
        )
        assert "errors" in answer and answer.get("data") is None
    mei.refresh_from_db()
    assert (mei.name, mei.appointments.count(), mei.email == NEW) == ("", 0, False)


def test_a_viewer_is_nobody_but_oneself():
    mei = a_person(name="Mei")
    assert Asker().ask("{ viewer { name } }")["viewer"] is None
    viewer = Asker(mei).ask(
        "{ viewer { id name isOperator emailVerified mobiliserCode memberships { role } } }"
    )
    assert viewer["viewer"]["name"] == "Mei" and viewer["viewer"]["isOperator"] is False
    assert str(mei.pk) not in viewer["viewer"]["id"] or mei.uid.hex not in viewer["viewer"]["id"]


# --- The address one signs in with ---


def ask_for_change(mei, run_deliveries, email=NEW):
    """Ask for it; the mails by their addressees."""
    Asker(mei).done("emailChangeRequest", email=email, password=PASSWORD)
    run_deliveries()
    mails = {message.to[0]: message for message in mail.outbox}
    mail.outbox.clear()
    return mails


def test_her_address_changes_by_the_link_and_the_old_one_is_told(run_deliveries):
    mei = a_person(email="mei@example.com", language="en")
    mails = ask_for_change(mei, run_deliveries)
    assert set(mails) == {NEW, "mei@example.com"}
    assert mails["mei@example.com"].subject == "Your account is changing its e-mail address"
    assert NEW not in mails["mei@example.com"].body and "change=" not in mails["mei@example.com"].body
    assert Person.objects.get().email == "mei@example.com", "nothing changes before the new one is proved"
    asker = Asker(mei)
    answer = asker.done("emailChangeConfirm", "viewer { email }", token=token_in(mails[NEW], "change"))
    assert answer["viewer"]["email"] == NEW
    assert AuditEntry.objects.get(deed="change_email").actor == mei
    assert asker.refused("emailChangeConfirm", token=token_in(mails[NEW], "change")) == "INVALID"


def test_a_mistyped_addresss_owner_cannot_take_the_account(run_deliveries):
    mei, stranger = a_person(email="mei@example.com"), a_person()
    token = token_in(ask_for_change(mei, run_deliveries)[NEW], "change")
    assert Asker().refused("emailChangeConfirm", token=token) == "SIGN_IN_REQUIRED"
    assert Asker(stranger).refused("emailChangeConfirm", token=token) == "INVALID"
    mei.refresh_from_db()
    assert mei.email == "mei@example.com"


def test_an_address_that_has_an_account_gets_the_same_answer_and_no_link(run_deliveries):
    mei, li = a_person(email="mei@example.com"), a_person(email="li@example.com")
    mails = ask_for_change(mei, run_deliveries, li.email)
    assert "change=" not in mails[li.email].body and "已经有账户" in mails[li.email].subject


def test_an_address_taken_meanwhile_is_refused(run_deliveries):
    mei = a_person(email="mei@example.com")
    token = token_in(ask_for_change(mei, run_deliveries)[NEW], "change")
    a_person(email=NEW)
    assert Asker(mei).refused("emailChangeConfirm", token=token) == "CONFLICT"
    mei.refresh_from_db()
    assert mei.email == "mei@example.com"


def test_changing_the_address_needs_the_password(run_deliveries):
    mei = a_person()
    assert Asker(mei).refused("emailChangeRequest", email=NEW, password="wrong") == "INVALID"
    run_deliveries()
    assert mail.outbox == []


# --- Taking along, and leaving ---


def an_exporter(person):
    """What a floor above adds."""
    return {"orders": [{"number": "S1", "of": person.name}]}


def test_she_takes_along_all_that_is_known_of_her_and_of_nobody_else(settings):
    settings.PERSON_EXPORTERS = ["tests.accounts.test_person.an_exporter"]
    mei, li = a_person(name="Mei", email="mei@example.com"), a_person(name="Li")
    for person, street in ((mei, "1 Lake Rd"), (li, "2 Hill Rd")):
        Address.objects.create(
            person=person, recipient=person.name, phone="13800138000", region_id="420527", street=street
        )
    an_organisation(coordinator=mei)
    text = Asker(mei).done("personExport", "json", password=PASSWORD)["json"]
    told = json.loads(text)
    assert told["account"]["email"] == "mei@example.com"
    assert [(a["street"], a["region"]) for a in told["addresses"]] == [("1 Lake Rd", "湖北省宜昌市秭归县")]
    assert told["memberships"][0]["organisation__name_zh"] == "示例工会"
    assert told["orders"] == [{"number": "S1", "of": "Mei"}]
    assert "Li" not in text and "2 Hill Rd" not in text and mei.password not in text
    assert AuditEntry.objects.get(deed="export").object_uid == str(mei.uid)


ERASED = []


def an_eraser(person):
    """What a floor above forgets; it is called before the name is gone."""
    ERASED.append(person.name)


def a_refusing_eraser(person):
    """A floor above that still needs her."""
    raise Refusal("not yet")


def test_a_person_who_leaves_is_forgotten(settings):
    settings.PERSON_ERASERS = ["tests.accounts.test_person.an_eraser"]
    ERASED.clear()
    mei, boss = (
        a_person(name="Mei", nickname="小梅", phone="13800138000", email="mei@example.com"),
        a_person(),
    )
    union = an_organisation(coordinator=boss, members=(mei,))
    a_link(union, boss, email="mei@example.com")
    here, there = Asker(mei), Asker(mei)
    here.done("addressSave", recipient="Mei", phone="13800138000", region="420527", street="1 Lake Rd")
    text = here.done("tokenCreate", "text", name="x", password=PASSWORD)["text"]
    code = mei.mobiliser_code
    assert here.refused("personErase", password="wrong") == "INVALID"
    here.done("personErase", password=PASSWORD)
    assert ERASED == ["Mei"]
    assert here.who() is None and there.who() is None
    assert "errors" in Asker(token=text).send("{ viewer { email } }")
    row = Person.objects.get(pk=mei.pk)
    assert (row.name, row.nickname, row.phone, row.is_active) == ("", "", "", False)
    assert row.email is None and not row.ways.exists() and row.mobiliser_code != code
    assert not row.has_usable_password() and row.erased_at
    assert not Address.objects.exists() and not ApiToken.objects.exists()
    assert role_of(mei, union) is None
    invitation = Invitation.objects.get()
    assert invitation.withdrawn_at and invitation.email == ""
    assert AuditEntry.objects.get(deed="erase").actor is None
    Asker().done("signUp", email="mei@example.com", password=PASSWORD)
    assert Person.objects.count() == 3, "her address is free for a new account"


def test_a_floor_that_still_needs_her_refuses_and_nothing_is_forgotten(settings):
    settings.PERSON_ERASERS = ["tests.accounts.test_person.a_refusing_eraser"]
    mei = a_person(name="Mei")
    assert Asker(mei).refused("personErase", password=PASSWORD) == "REFUSED"
    mei.refresh_from_db()
    assert mei.name == "Mei" and mei.is_active


def test_an_operator_hands_over_before_leaving():
    ada = an_operator()
    assert Asker(ada).refused("personErase", password=PASSWORD) == "NOT_ALLOWED"


def test_mails_for_somebody_who_has_left_are_not_sent(run_deliveries):
    mei = a_person()
    Asker().done("passwordResetRequest", email=mei.email)
    Asker(mei).done("personErase", password=PASSWORD)
    run_deliveries()
    assert mail.outbox == []


def test_a_worker_that_comes_back_late_sends_no_dead_link(run_deliveries, monkeypatch):
    mei = a_person()
    Asker(mei).done("emailChangeRequest", email=NEW, password=PASSWORD)
    late = timezone.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    run_deliveries()
    assert mail.outbox == []
