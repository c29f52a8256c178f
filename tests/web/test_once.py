"""What is shown once: a refused form, a secret, a word; carried by a guest herself, and gone when it was shown."""

import secrets

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from shop.web import once
from tests.accounts.world import PASSWORD, a_person

pytestmark = pytest.mark.django_db

WRONG = {"email": "somebody@example.com", "password": "wrong-password", "lang": "en", "back": "/en/sign-in/"}


def test_a_guests_refused_forms_write_no_row():
    for _ in range(30):
        client = Client()
        assert client.post("/do/sign_in/", WRONG).status_code == 302
        assert client.post("/do/join_group/", {"code": "nothing", "lang": "en"}).status_code == 302
    assert Session.objects.count() == 0


def test_a_refused_form_is_shown_as_it_was_written_by_the_next_page_alone():
    client = Client()
    client.post("/do/sign_in/", WRONG)
    carried = client.cookies[once.COOKIE]
    assert "somebody" not in carried.value and carried["httponly"] and carried["max-age"] == once.SECONDS
    page = client.get("/en/sign-in/")
    assert "somebody@example.com" in page.content.decode() and 'role="alert"' in page.content.decode()
    assert "wrong-password" not in page.content.decode() and page["Cache-Control"] == "private, no-store"
    again = client.get("/en/sign-in/").content.decode()
    assert "somebody@example.com" not in again and 'role="alert"' not in again
    assert Session.objects.count() == 0


def test_a_page_that_is_kept_for_all_guests_shows_a_refusal_to_the_one_it_is_for():
    client, other = Client(), Client()
    other.get("/en/")
    client.post("/do/sign_in/", {**WRONG, "back": "/en/"})
    assert 'role="alert"' in client.get("/en/").content.decode()
    assert 'role="alert"' not in other.get("/en/").content.decode()
    assert 'role="alert"' not in client.get("/en/").content.decode()


@pytest.mark.parametrize("word", ["", "x", "gAAAAA", "é", "A" * 9_000, "gAAAAABm" + "A" * 200])
def test_a_slip_that_the_shop_did_not_write_is_nothing(word):
    client = Client()
    client.cookies[once.COOKIE] = word
    assert client.get("/en/sign-in/").status_code == 200


def test_whoever_is_signed_in_has_it_sealed_in_her_session_until_it_is_shown():
    client = Client()
    client.force_login(a_person(password=PASSWORD))
    form = {"password": "wrong-password", "email": "fresh@example.com", "lang": "en"}
    client.post("/do/change_email/", {**form, "back": "/en/details/"})
    (row,) = Session.objects.all()
    assert "fresh@example.com" not in str(row.get_decoded()) and "form" in row.get_decoded()
    page = client.get("/en/account/details/").content.decode()
    assert "fresh@example.com" in page and 'role="alert"' in page
    assert not {"form", "messages"} & Session.objects.get().get_decoded().keys()
    assert once.COOKIE not in client.cookies


def test_a_long_form_makes_a_guest_a_short_session_and_not_often():
    """From one place so many an hour; then why it was refused is said, and the words are not kept."""

    def refused(address):
        client = Client(REMOTE_ADDR=address)
        given = {"number": "x", "words": secrets.token_hex(3_000), "lang": "en", "back": "/en/help/"}
        assert client.post("/do/make_claim/", given).status_code == 302
        return client

    for _ in range(once.SESSIONS_AN_HOUR + 15):
        last = refused("203.0.113.9")
    assert Session.objects.count() == once.SESSIONS_AN_HOUR
    assert once.opened(last.cookies[once.COOKIE].value)["form"]["values"] == {}
    refused("203.0.113.10")
    assert Session.objects.count() == once.SESSIONS_AN_HOUR + 1
    for row in Session.objects.all():
        assert (row.expire_date - row.expire_date.now(row.expire_date.tzinfo)).total_seconds() <= once.SECONDS
