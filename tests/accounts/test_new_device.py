"""A leader or a packer proves a device once, by a code from her mailbox and one that her manager reads to her."""

import re

import pytest
from django.utils import timezone

from accounts import devices
from accounts.models import Appointment, AuditEntry, DeviceCode
from accounts.permissions import Role, held
from accounts.places import Place
from core.api.ids import global_id
from core.deliveries import drain
from tests.accounts.world import PASSWORD, Asker, a_person, an_operator, holds, the_mail
from tests.catalog.world import a_team
from tests.factor import awake

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


@pytest.fixture(autouse=True)
def our_urls(our_schema, settings):
    settings.ROOT_URLCONF = "tests.accounts.urls"


@pytest.fixture
def packer():
    mei = a_person()
    holds(mei, "packer", Place(subject=a_team().uid))
    return mei


def team_of(person) -> Place:
    return Place(subject=Appointment.objects.get(person=person, role="packer").subject)


def by_password(person) -> Asker:
    asker = Asker()
    asker.done("signIn", email=person.email, password=PASSWORD)
    return asker


def is_open(asker: Asker) -> bool:
    """Whether her role is awake there, as the API tells her."""
    return asker.ask("{ viewer { device { isAsked isGiven } } }")["viewer"]["device"]["isGiven"]


def mailed(asker: Asker) -> str:
    asker.done("deviceCodeRequest")
    drain()
    return re.search(r"\d{6}", the_mail().subject)[0]


def given(person, by) -> str:
    row = Appointment.objects.get(person=person)
    return Asker(by).done("deviceCodeGive", "code", appointmentId=global_id("Appointment", row.uid))["code"]


def test_a_new_device_opens_her_role_by_both_codes_once_and_stays_known(packer):
    asker, operator = by_password(packer), an_operator()
    assert not is_open(asker)
    first, second = mailed(asker), given(packer, operator)
    for pair in ({"mailed": first, "given": first}, {"mailed": second, "given": second}):
        assert asker.refused("deviceProve", **pair) == "INVALID"
    asker.done("deviceProve", mailed=first, given=second)
    assert is_open(asker) and not DeviceCode.objects.exists()
    entry = AuditEntry.objects.get(deed="prove_device")
    assert (entry.actor, entry.facts) == (packer, {"given_by": str(operator.uid)})

    asker.done("signOut")
    asker.done("signIn", email=packer.email, password=PASSWORD)
    assert is_open(asker), "asked once a device"
    other = by_password(packer)
    assert not is_open(other) and other.refused("deviceProve", mailed=first, given=second) == "INVALID"


def test_one_of_the_two_opens_nothing(packer):
    asker = by_password(packer)
    first = mailed(asker)
    assert asker.refused("deviceProve", mailed=first, given="000000") == "INVALID"
    DeviceCode.objects.all().delete()
    second = given(packer, an_operator())
    assert asker.refused("deviceProve", mailed="000000", given=second) == "INVALID"
    assert not is_open(asker)


def test_a_code_is_good_for_ten_minutes_and_a_newer_one_takes_its_place(packer):
    asker, operator = by_password(packer), an_operator()
    first, old = mailed(asker), given(packer, operator)
    new = given(packer, operator)
    assert old == new or asker.refused("deviceProve", mailed=first, given=old) == "INVALID"
    DeviceCode.objects.update(expires_at=DeviceCode.objects.first().expires_at.replace(year=2020))
    assert asker.refused("deviceProve", mailed=first, given=new) == "INVALID"


def test_only_whoever_appoints_people_there_gives_a_code_and_nobody_to_herself(packer):
    row = global_id("Appointment", Appointment.objects.get(person=packer).uid)
    holds(packer, "team_manager", Place(subject=a_team().uid))
    for one in (a_person(), packer, a_person(("observer",))):
        assert Asker(one).refused("deviceCodeGive", appointmentId=row) == "NOT_FOUND"
    holds(packer, "team_manager", team_of(packer))
    assert Asker(packer).refused("deviceCodeGive", appointmentId=row) == "NOT_ALLOWED"
    manager = a_person()
    holds(manager, "team_manager", team_of(packer))
    assert Asker(manager).do("deviceCodeGive", "code", appointmentId=row)["errors"] == []
    Appointment.objects.filter(person=packer).update(ends_at=timezone.now())
    assert Asker(manager).refused("deviceCodeGive", appointmentId=row) == "NOT_FOUND"


def test_wrong_codes_wait_longer_from_whichever_device_and_the_known_one_stays_open(packer):
    known = by_password(packer)
    known.done("deviceProve", mailed=mailed(known), given=given(packer, an_operator()))
    for _ in range(3):
        stranger = by_password(packer)
        for _ in range(2):
            stranger.do("deviceProve", mailed="000000", given="000000")
    assert by_password(packer).refused("deviceProve", mailed="1", given="1") == "TOO_MANY_REQUESTS"
    assert is_open(known)


def test_a_new_password_again_and_again_makes_no_new_tries(packer, monkeypatch):
    monkeypatch.setattr(devices, "MOST_WRONG", 3)
    stranger = by_password(packer)
    for _ in range(3):
        assert stranger.refused("deviceProve", mailed="000000", given="000000") == "INVALID"
    stranger.done("passwordChange", currentPassword=PASSWORD, newPassword="another-peel-43")
    assert stranger.refused("deviceProve", mailed="000000", given="000000") == "TOO_MANY_REQUESTS"


def test_a_new_password_forgets_the_device(packer):
    asker = by_password(packer)
    asker.done("deviceProve", mailed=mailed(asker), given=given(packer, an_operator()))
    asker.done("passwordChange", currentPassword=PASSWORD, newPassword="another-peel-43")
    assert not is_open(asker)


def test_whose_role_asks_for_no_device_is_refused_and_her_role_does_not_wait_for_one():
    ada = an_operator()
    assert Asker(ada).refused("deviceCodeRequest") == "NOT_ALLOWED"
    assert Asker(a_person()).refused("deviceProve", mailed="1", given="2") == "NOT_ALLOWED"


def test_the_role_itself_sleeps_until_then(packer):
    packer.proved_device = None
    assert held(packer, Role.values) == []
    assert [term.role for term in held(awake(packer), Role.values)] == ["packer"]
