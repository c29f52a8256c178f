"""The number has a new owner, by the pages: a fresh account begins, and the old one keeps all (N22)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Merging, Person, SignInWay
from accounts.ways import number_of
from tests import texts
from tests.accounts.world import PASSWORD, a_person
from tests.texts import the_text
from tests.web.test_pages import post

pytestmark = pytest.mark.django_db

NUMBER = "+8617112345678"


def reads_a_code(client: Client, run_deliveries, act: str = "sign_in_by_text", **more: str) -> None:
    texts.SENT.clear()
    ask = "ask_for_text" if act == "sign_in_by_text" else "ask_for_number_code"
    post(client, ask, mobile=NUMBER, next="/zh/")
    run_deliveries()
    post(client, act, code=the_text().facts["code"], next="/zh/account/", **more)


def the_old_one() -> Person:
    """Whom the number opened for the last time 91 days ago."""
    old, at = a_person(name="示例"), timezone.now() - timedelta(days=91)
    SignInWay.objects.create(person=old, kind="phone", value=NUMBER, proved_at=at, last_used_at=at)
    return old


def test_the_new_owner_begins_afresh_and_nothing_goes_there_for_the_old_one(run_deliveries):
    old, new_owner = the_old_one(), Client()
    reads_a_code(new_owner, run_deliveries)
    fresh = Person.objects.get(pk=new_owner.session["_auth_user_id"])
    assert fresh != old
    assert (number_of(old), number_of(fresh)) == ("", NUMBER)
    old.refresh_from_db()
    assert old.number_lost_at is not None and old.is_active
    # The old one comes by her mailbox, and is told; her account is as it was.
    hers = Client()
    post(hers, "sign_in", email=old.email, password=PASSWORD)
    assert "从前的手机号" in hers.get("/zh/account/ways/").content.decode()


def test_the_number_alone_joins_no_two(run_deliveries):
    """F adds the number that O had: it becomes F's, and shows nothing of O."""
    old, other, client = the_old_one(), a_person(), Client()
    post(client, "sign_in", email=other.email, password=PASSWORD)
    reads_a_code(client, run_deliveries, "add_number", password=PASSWORD)
    assert (number_of(old), number_of(other)) == ("", NUMBER)
    post(client, "join_accounts", next="/zh/account/")
    assert not Merging.objects.exists()


def test_one_fact_more_opens_it(run_deliveries):
    """At the device where she signed in before by her mailbox."""
    old, hers = the_old_one(), Client()
    post(hers, "sign_in", email=old.email, password=PASSWORD)
    post(hers, "sign_out", next="/zh/")
    reads_a_code(hers, run_deliveries)
    assert hers.session["_auth_user_id"] == str(old.pk)
    assert number_of(old) == NUMBER
