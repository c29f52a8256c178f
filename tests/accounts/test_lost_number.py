"""A number has a new owner (N22): it opens the old account only with one fact more, which keeps all else."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from accounts import devices, just_proved
from accounts.actions import export as exports
from accounts.actions import lost_number
from accounts.models import Person, SignInWay
from shop.sessions import SessionStore
from tests.accounts.world import a_person

pytestmark = pytest.mark.django_db

NUMBER = "+8613800138000"


def a_number(idle: timedelta, **fields: Any) -> SignInWay:
    """Somebody's, used for the last time so long ago."""
    person = a_person(**fields)
    at = timezone.now() - idle
    return SignInWay.objects.create(
        person=person, kind="phone", value=NUMBER, proved_at=at - timedelta(days=300), last_used_at=at
    )


def from_a_browser(device: str = "") -> Any:
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    if device:
        request.COOKIES[settings.DEVICE_COOKIE_NAME] = device
    return request


@pytest.mark.parametrize(("days", "is_hers"), [(0, True), (89, True), (90, False), (400, False)])
def test_a_number_that_nobody_has_used_for_90_days_says_nothing_by_itself(days, is_hers):
    number = a_number(timedelta(days=days))
    assert lost_number.still_hers(from_a_browser(), number) is is_hers
    number.refresh_from_db()
    assert (number.ended_at is None) is is_hers


def test_the_old_account_keeps_all_and_is_told():
    number = a_number(timedelta(days=91), name="示例")
    assert not lost_number.still_hers(from_a_browser(), number)
    old = Person.objects.get(pk=number.person_id)
    assert (old.is_active, old.name) == (True, "示例")
    assert [way.kind for way in old.ways.filter(ended_at=None)] == ["email"]
    assert old.number_lost_at is not None
    assert exports.export(old)["account"]["number_lost_at"] == old.number_lost_at
    # The number is free: whoever reads it has a fresh account.
    SignInWay.objects.create(person=a_person(), kind="phone", value=NUMBER, proved_at=timezone.now())


def test_a_device_at_which_she_was_signed_in_is_one_fact_more():
    number = a_number(timedelta(days=91))
    before = from_a_browser()
    devices.prove(before, number.person)
    assert lost_number.still_hers(from_a_browser(before.device_cookie), number)
    # One that was signed out from elsewhere is none.
    Person.objects.filter(pk=number.person_id).update(sessions_ended_at=timezone.now())
    number = SignInWay.objects.get(pk=number.pk)
    assert not lost_number.still_hers(from_a_browser(before.device_cookie), number)


def test_another_way_shown_in_this_session_is_one_and_a_strangers_is_none():
    number = a_number(timedelta(days=91))
    request = from_a_browser()
    just_proved.note(request, a_person(), "wechat")
    request.session["just_proved"][str(number.person_id)] = ["wechat", 0.0]  # of long ago
    assert not lost_number.still_hers(request, number)
    SignInWay.objects.filter(pk=number.pk).update(ended_at=None)
    number.refresh_from_db()
    just_proved.note(request, number.person, "wechat")
    assert lost_number.still_hers(request, number)
