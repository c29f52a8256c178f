"""A packer's new device by pages: led there, two codes, and the manager's is shown once in the office."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Appointment, DeviceCode
from accounts.places import Place
from core.api.ids import global_id
from tests.accounts.world import PASSWORD, a_person, holds
from tests.catalog.world import a_team
from tests.web.conftest import signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db
PEOPLE = "/en/office/people/"


def test_a_packer_is_led_to_prove_her_device_and_works_on_it_from_then_on(run_deliveries):
    mei, clerk = a_person(), signed_in(a_person(("owner", "operator")))
    row = holds(mei, "packer", Place(subject=a_team().uid))
    hers = Client()
    sign_in = {"email": mei.email, "password": PASSWORD, "lang": "en", "next": "/en/desk/"}
    led = hers.post("/do/sign_in/", sign_in).url
    assert led == "/en/account/device/?next=%2Fen%2Fdesk%2F"
    assert "Send me that code" in words(hers.get(led))
    post(hers, "ask_for_device_code", next=led, lang="en")
    run_deliveries()
    first = re.search(r"\d{6}", mail.outbox[-1].subject)[0]

    id = global_id("Appointment", row.uid)
    assert "A code for her new device" in words(clerk.get(PEOPLE))
    post(clerk, "give_device_code", next=PEOPLE, item=id, id=id)
    second = clerk.get(PEOPLE).context["told"]["deviceCode"]
    assert re.fullmatch(r"\d{6}", second) and second not in words(clerk.get(PEOPLE)), "shown once"

    back = {"lang": "en", "next": "/en/desk/", "back": f"{led}&open=prove_device"}
    wrong = hers.post("/do/prove_device/", {**back, "mailed": first, "given": "000000"})
    page = words(hers.get(wrong.url))
    assert "One of the two codes is wrong" in page and f'value="{first}"' in page, (
        "what was typed is still there"
    )
    assert hers.post("/do/prove_device/", {**back, "mailed": first, "given": second}).url == "/en/desk/"
    assert not DeviceCode.objects.exists()
    assert "known as yours" in words(hers.get("/en/account/device/"))
    other = Client()
    assert other.post("/do/sign_in/", sign_in).url.startswith("/en/account/device/")
    assert hers.post("/do/sign_in/", sign_in).url == "/en/desk/", "once a device"


def test_no_code_is_offered_for_a_role_that_is_over_or_asks_for_an_app():
    mei, clerk = a_person(), signed_in(a_person(("owner", "operator")))
    row = holds(mei, "packer", Place(subject=a_team().uid))
    holds(a_person(), "auditor")
    assert words(clerk.get(PEOPLE)).count("A code for her new device") == 1
    Appointment.objects.filter(pk=row.pk).update(ends_at=row.starts_at)
    assert "A code for her new device" not in words(clerk.get(PEOPLE))
