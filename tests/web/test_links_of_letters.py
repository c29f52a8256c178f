"""What a scanner of mails or a preview of chats does with a letter's link: nothing. A person's press counts."""

import re
from urllib.parse import unquote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import invitation, person
from accounts.models import Person
from tests.accounts.world import PASSWORD, a_person, an_organisation
from tests.web.test_pages import post

pytestmark = pytest.mark.django_db
NEW = "new-password-of-hers-1"


def test_whoever_only_looks_at_a_letters_link_spends_and_changes_nothing(run_deliveries):
    mei, li = a_person(name="Mei", language="en"), a_person(name="Li")
    guest = Client()
    post(guest, "sign_up", lang="en", email="new@example.com", password=PASSWORD, name="New")
    post(guest, "ask_for_reset", lang="en", email=mei.email)
    person.ask_for_email_change(li, "li.new@example.com", PASSWORD)
    run_deliveries()
    _, token = invitation.create(an_organisation(coordinator=mei), mei)
    letters = " ".join(letter.body for letter in mail.outbox)
    links = {
        *re.findall(r"http://testserver(/\S+(?:token|change)=\S+)", letters),
        f"/en/invitation/?token={token}",
    }
    assert {link.split("?")[0][4:] + link.split("?")[1][:6] for link in links} == {
        *("confirm/token=", "confirm/change", "password/new/token=", "invitation/token="),
    }
    for link in links:
        bot = Client(headers={"User-Agent": "Slackbot-LinkExpanding 1.0"})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for answer in (bot.head(link), bot.get(link), bot.get(link)):
                assert answer.status_code == 200 and "session" not in answer.cookies
        written = [each["sql"] for each in asked if re.match(r"\s*(INSERT|UPDATE|DELETE)", each["sql"])]
        assert written == [], link
    # Then she comes herself.
    reset = next(link for link in links if "password" in link)
    post(guest, "reset_password", lang="en", token=reset.split("token=")[1], password=NEW)
    confirm = next(link for link in links if "confirm/?token" in link)
    post(guest, "confirm_email", lang="en", token=unquote(confirm.split("token=")[1]), password=PASSWORD)
    assert Person.objects.get(pk=mei.pk).check_password(NEW)
    assert Person.objects.get(email="new@example.com").email_verified_at
