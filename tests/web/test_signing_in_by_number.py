"""The sign-in page by number, as somebody without e-mail walks it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import way as ways
from accounts.models import Person, SignInWay
from tests import texts
from tests.texts import the_text
from tests.web.test_pages import post

pytestmark = pytest.mark.django_db


def test_she_signs_in_by_her_number_and_comes_to_where_she_was_going(run_deliveries):
    texts.SENT.clear()
    her = Client()
    first = her.get("/zh/sign-in/?next=/zh/account/details/").content.decode()
    assert "/zh/sign-in/number/?next=" in first
    page = her.get("/zh/sign-in/number/?next=/zh/account/details/").content.decode()
    assert 'autocomplete="tel"' in page
    reply = post(her, "ask_for_text", mobile="+86 171 1234 5678", next="/zh/sign-in/number/")
    assert reply.status_code == 302
    page = her.get("/zh/sign-in/number/").content.decode()
    assert "+86171****5678" in page and "one-time-code" in page and "17112345678" not in page
    run_deliveries()
    code = the_text().facts["code"]
    reply = post(her, "sign_in_by_text", code=code, next="/zh/account/details/")
    assert reply["Location"].endswith("/zh/account/details/")
    assert "None" not in her.get("/zh/account/").content.decode()
    assert Person.objects.get(email=None).is_proved


def test_a_wrong_number_and_a_wrong_code_are_told_at_their_field(run_deliveries):
    her = Client()
    post(
        her,
        "ask_for_text",
        mobile="027-87654321",
        next="/en/sign-in/number/",
        back="/en/sign-in/number/",
        lang="en",
    )
    page = her.get("/en/sign-in/number/").content.decode()
    assert "Please enter a valid mobile number." in page and "027-87654321" in page
    post(
        her,
        "ask_for_text",
        mobile="17112345678",
        next="/en/sign-in/number/",
        back="/en/sign-in/number/",
        lang="en",
    )
    post(her, "sign_in_by_text", code="12", next="/en/sign-in/number/", back="/en/sign-in/number/", lang="en")
    assert "wrong or too old" in her.get("/en/sign-in/number/").content.decode()


def test_without_a_house_no_page_offers_it(settings):
    settings.TEXT_HOUSE = {"adapter": "", "options": {}}
    assert "sign-in/number" not in Client().get("/en/sign-in/").content.decode()
    assert "sends no texts" in Client().get("/en/sign-in/number/").content.decode()
    page = Client().get("/en/sign-up/")
    assert page.status_code == 200 and 'name="email"' in page.content.decode(), "neither house nor WeChat"


def test_without_a_password_she_confirms_by_codes_and_adds_another_number(run_deliveries):
    texts.SENT.clear()
    her = Client()
    mei = Person.objects.create_user(language="en")
    way = ways.prove(mei, SignInWay.Kind.PHONE, "+8617112345678")
    SignInWay.objects.filter(pk=way.pk).update(proved_at=timezone.now() - timedelta(days=2))
    her.force_login(mei)
    page = her.get("/en/account/ways/?open=add_number").content.decode()
    assert "+8617112345678" in page and 'type="password"' not in page
    details = her.get("/en/account/details/?open=erase_person").content.decode()
    for one in (page, details, her.get("/en/account/details/?open=data").content.decode()):
        assert 'formaction="/do/ask_to_confirm/"' in one, "a code is asked for, and no way to one"
    assert (
        "—" not in details
        and "None yet." in details
        and "Set one" in her.get("/en/account/details/").content.decode()
    )
    here = {"next": "/en/account/ways/", "back": "/en/account/ways/"}
    post(her, "ask_for_number_code", mobile="17112345679", **here)
    run_deliveries()
    (added,) = (text.facts["code"] for text in texts.SENT)
    # Asked for amid the form: what was typed into it stands there still, sent or not.
    form = "/en/account/ways/?open=add_number"
    answer = post(her, "ask_to_confirm", amid="add_number", code=added, password="", back=f"{form}#ways")
    page = her.get(form).content.decode()
    assert (
        answer["Location"] == f"{form}#ways"
        and "The code is on its way" in page
        and f'value="{added}"' in page
    )
    form = "/en/account/details/?open=create_token"
    typed = {"name": "a till", "days": "30", "scopes": ["", "ORDERS"], "password": "9"}
    post(her, "ask_to_confirm", amid="create_token", back=f"{form}#tokens", **typed)
    page = her.get(form).content.decode()
    assert 'value="a till"' in page and 'value="30"' in page and 'value="9"' not in page
    assert "on its way" not in page and 'role="alert"' in page, "one a minute"
    run_deliveries()
    confirming = texts.SENT[-1].facts["code"]
    assert len(texts.SENT) == 2
    post(her, "add_number", code=added, password=confirming, **here)
    assert "The number is yours to sign in with." in her.get("/en/account/ways/").content.decode()
    assert mei.ways.filter(ended_at=None).count() == 2
