"""Accounts in the office: found by their mailbox, closed and opened, and helped when phone and sheet are lost."""

import pytest

from accounts.models import AuditEntry, Person, SecondFactor
from core.api.ids import global_id
from tests.accounts.world import a_person
from tests.catalog.world import an_operator
from tests.factor import App
from tests.web.conftest import signed_in
from tests.web.office import ZIGUI, an_officer, gone
from tests.web.test_desk import fill, sure
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db


def at(person):
    return f"/en/office/accounts/{global_id('Person', person.uid)}/"


def test_an_account_is_found_closed_and_opened_again_and_each_stands_in_the_log():
    clerk, mei = an_operator(), a_person(email="mei@example.com")
    office, hers = signed_in(clerk), signed_in(mei)
    assert "There is no such account." in words(
        fill(office, "/en/office/accounts/", "find_account", email="no@example.com")
    )
    assert "mei@example.com" in words(
        fill(office, "/en/office/accounts/", "find_account", email="mei@example.com")
    )
    sure(office, at(mei), "sign_out_account")
    assert hers.get("/en/account/").status_code == 302, "she signs in anew"
    sure(office, at(mei), "close_account")
    assert not Person.objects.get(pk=mei.pk).is_active
    fill(office, at(mei), "open_account")
    assert Person.objects.get(pk=mei.pk).is_active
    deeds = AuditEntry.objects.filter(actor=clerk).order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["look", "sign_out_everywhere", "close", "open_again"]


def test_who_has_lost_phone_and_sheet_is_helped_by_an_operator_and_an_officer_by_an_owner():
    mei, auditor = a_person(), a_person(("auditor",))
    App(mei), App(auditor)
    office, owner = signed_in(an_operator()), signed_in(a_person(("owner", "operator")))
    sure(office, at(mei), "end_factor_of", reason="视频核对了身份证")
    sure(office, at(auditor), "end_factor_of", reason="视频核对了身份证")
    assert list(SecondFactor.objects.values_list("person", flat=True)) == [auditor.pk]
    sure(owner, at(auditor), "end_factor_of", reason="视频核对了身份证")
    assert not SecondFactor.objects.exists()


def test_nobody_else_finds_an_account_and_nobody_closes_her_own():
    mei, clerk = a_person(), an_operator()
    _, verifier = an_officer("county_verifier", ZIGUI)
    assert gone(verifier, "/en/office/accounts/", at(mei)) and gone(signed_in(mei), at(mei))
    office = signed_in(clerk)
    assert "another operator does this" in words(office.get(at(clerk)))
    for client, person in ((verifier, mei), (signed_in(mei), clerk), (office, clerk)):
        post(client, "close_account", id=global_id("Person", person.uid))
    assert set(Person.objects.values_list("is_active", flat=True)) == {True}
