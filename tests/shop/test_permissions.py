"""Who may what stands in one table; it is asked by role, place and term, and nothing else is."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Appointment, Person
from accounts.models.appointment import FITS, Role
from accounts.permissions import holders, may, may_anywhere, must, permissions_of, places_of, without_roles
from accounts.places import SHOP, Place
from core.refusals import NotAllowed
from local.machine import ROOT
from scripts import floors
from shop.permissions import APPOINTED_BY, ASKED_AGAIN, OPERATOR, OWNER, PERMISSIONS, SECOND_FACTOR
from tests.accounts.world import a_person, an_organisation, holds
from tests.factor import awake

ASKED = re.compile(r"""["']((?:accounts|catalog|orders|together|impact|contest|fair|shop)\.[a-z_]+)["']""")
TEAM, OTHER_TEAM = UUID(int=7), UUID(int=8)
YICHANG, ZIGUI, ENSHI, BADONG = "420500", "420527", "422800", "422823"


def sources() -> dict[str, str]:
    found = {str(path.relative_to(ROOT)): path.read_text() for path in floors.modules()}
    return {name: text for name, text in found.items() if not name.startswith(("local/", "shop/permissions"))}


def test_every_permission_of_the_table_is_asked_for_somewhere_and_no_other_is():
    callers = re.compile(
        r"\b(?:may|may_now|may_once_awake|may_anywhere|may_about|must|must_about|must_somewhere|places_of|places_now|permissions_of|holders|must_decide|_check|desks_of|may_at_desk|team_at_desk|absent|at_desk|questions\.ask)\("
    )
    asked = {
        name
        for text in sources().values()
        if callers.search(text)
        for line in text.splitlines()
        for name in ASKED.findall(line)
        if callers.search(line) or name in PERMISSIONS
    }
    assert asked | set(APPOINTED_BY.values()) == set(PERMISSIONS)


def test_the_columns_of_the_release_before_are_asked_nowhere():
    naming = {name for name, text in sources().items() if re.search(r"\bis_(staff|superuser)\b", text)}
    assert naming == {"accounts/models/person.py"}, "the model has them until no release asks"


def test_every_role_can_be_held_somewhere_opens_something_and_is_given_by_somebody():
    assert {role for roles in FITS.values() for role in roles} == set(Role) == set(APPOINTED_BY)
    assert set(APPOINTED_BY.values()) <= set(PERMISSIONS) and set(PERMISSIONS) >= ASKED_AGAIN
    assert set(Role) - SECOND_FACTOR == {Role.LEADER, Role.PACKER}


# --- Role × place × term × permission ---


def wheres() -> dict[str, dict[str, Any]]:
    """By the kind of an appointment's place: the place, what lies there, and what does not."""
    union, other = an_organisation(), an_organisation()
    return {
        "shop": {"of": SHOP, "in": [SHOP, Place(region=ZIGUI), Place(subject=TEAM)], "out": []},
        "region": {
            "of": Place(region=YICHANG),
            "in": [Place(region=YICHANG), Place(region=ZIGUI, subject=TEAM)],
            "out": [SHOP, Place(region=BADONG), Place(region="420000"), Place(subject=TEAM)],
        },
        "organisation": {
            "of": Place(organisation=union.pk),
            "in": [Place(region="420100", organisation=union.pk)],
            "out": [SHOP, Place(organisation=other.pk), Place(region="420100")],
        },
        "subject": {
            "of": Place(subject=TEAM),
            "in": [Place(region=ZIGUI, subject=TEAM)],
            "out": [SHOP, Place(region=ZIGUI, subject=OTHER_TEAM), Place(region=ZIGUI)],
        },
    }


def terms() -> list[tuple[timedelta, timedelta | None, bool]]:
    """From and until, seen from now, and whether now is within."""
    hour = timedelta(hours=1)
    return [(-hour, None, True), (-hour, hour, True), (-2 * hour, -hour, False), (hour, None, False)]


def cells() -> Iterator[tuple[str, str, str]]:
    """Each role at each kind of place that fits it, with each permission."""
    for kind, roles in FITS.items():
        for role in roles:
            for permission in PERMISSIONS:
                yield kind, role, permission


@pytest.mark.django_db
def test_a_role_opens_what_the_table_says_at_its_place_in_its_term_and_nothing_else():
    at, now, leaks, asked = wheres(), timezone.now(), [], 0
    people: dict[tuple[str, str, int], Person] = {}
    for kind, role, permission in cells():
        for n, (begins, ends, runs) in enumerate(terms()):
            term = {"starts_at": now + begins, "ends_at": None if ends is None else now + ends}
            person = people.get((kind, role, n))
            if person is None:
                person = people[kind, role, n] = awake(
                    Person.objects.create(email=f"{kind}.{role}.{n}@example.com")
                )
                holds(person, role, at[kind]["of"], **term)
            opens = runs and role in PERMISSIONS[permission]
            said = [(may(person, permission, place), opens) for place in at[kind]["in"]]
            said += [(may(person, permission, place), False) for place in at[kind]["out"]]
            said += [(may_anywhere(person, permission), opens), (permission in permissions_of(person), opens)]
            person.factor = None  # nothing given in this session: a role that asks for a code opens nothing
            sleeps = opens and role not in SECOND_FACTOR
            said += [(may(person, permission, place), sleeps) for place in at[kind]["in"]]
            said += [
                (bool(places_of(person, permission)), sleeps),
                (permission in permissions_of(person), sleeps),
            ]
            awake(person)
            asked += len(said)
            leaks += [(kind, role, permission, n) for answer, right in said if answer is not right]
    assert leaks == [] and asked > 5_000


@pytest.mark.django_db
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_whoever_may_for_the_whole_shop_hears_of_it_and_a_closed_account_may_nothing(permission):
    roles = [role for role in FITS["shop"] if role in PERMISSIONS[permission]]
    each = [a_person((role,)) for role in roles]
    assert list(holders(permission)) == each
    assert not may(None, permission) and not may(a_person(), permission)
    for person in each:
        Person.objects.filter(pk=person.pk).update(is_active=False)
        assert not may(Person.objects.get(pk=person.pk), permission)
    assert list(holders(permission)) == []


@pytest.mark.django_db
def test_a_permission_of_several_roles_is_opened_by_each_and_whoever_has_both_is_told_once(monkeypatch):
    monkeypatch.setitem(PERMISSIONS, "orders.refund", OPERATOR | OWNER)
    both = a_person(("operator", "owner"))
    assert list(holders("orders.refund")) == [both]


@pytest.mark.django_db
def test_a_permission_that_nobody_wrote_down_is_an_error_and_not_a_no():
    for ask in (may, may_anywhere, must, places_of):
        with pytest.raises(KeyError):
            ask(a_person(), "orders.refnd")
    with pytest.raises(KeyError):
        holders("orders.refnd")


@pytest.mark.django_db
def test_a_term_ends_at_its_end_and_not_a_moment_later(monkeypatch):
    noon = datetime.fromisoformat("2026-11-30T12:00:00+08:00")
    ada = a_person()
    holds(ada, "operator", starts_at=noon - timedelta(hours=3), ends_at=noon)
    for at, opens in [
        (noon - timedelta(hours=3, microseconds=1), False),
        (noon - timedelta(hours=3), True),
        (noon - timedelta(microseconds=1), True),
        (noon, False),
    ]:
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        for one in (
            ada,
            *map(awake, (Person.objects.get(pk=ada.pk), Person.objects.filter(pk=ada.pk).get())),
        ):
            assert may(one, "orders.refund") is opens
            assert (
                may_anywhere(one, "orders.refund") is opens and bool(places_of(one, "orders.refund")) is opens
            )
        assert list(holders("orders.refund")) == [ada] * opens
        if not opens:
            with pytest.raises(NotAllowed):
                must(ada, "orders.refund")


@pytest.mark.django_db
def test_appointments_come_with_the_row_of_whoever_signs_in_or_by_one_statement(django_assert_num_queries):
    ada = a_person(("operator",))
    holds(ada, "county_verifier", Place(region=YICHANG))
    may(ada, "impact.verify_household", Place(region=ZIGUI))  # the regions are read once a process
    with django_assert_num_queries(1):
        one = awake(Person.objects.get(pk=ada.pk))
        assert may(one, "orders.refund") and may(one, "impact.verify_household", Place(region=ZIGUI))
    other = awake(Person.objects.filter(pk=ada.pk).get())
    with django_assert_num_queries(1):
        assert [may(other, permission) for permission in ("orders.refund", "accounts.enter_rooms")] == [
            True
        ] * 2
    with django_assert_num_queries(1):
        assert not may(without_roles(Person.objects.get(pk=ada.pk)), "orders.refund")


@pytest.mark.django_db
def test_rows_are_narrowed_to_the_places_at_which_she_may():
    mei = a_person()
    holds(mei, "county_verifier", Place(region=YICHANG))
    holds(mei, "county_verifier", Place(region=BADONG))
    union, other = an_organisation(region_id=ZIGUI), an_organisation(region_id=ENSHI)
    places = places_of(mei, "impact.verify_household")
    assert places.regions == {YICHANG, BADONG} and not places.is_everywhere
    rows = type(union).objects.filter(pk__in=[union.pk, other.pk])
    assert list(rows.filter(places.rows(region="region"))) == [union]
    assert not rows.filter(places_of(mei, "orders.refund").rows(region="region")).exists()
    everywhere = places_of(a_person(("operator",)), "impact.verify_household")
    assert rows.filter(everywhere.rows(region="region")).count() == 2
    assert Appointment.objects.filter(person=mei).count() == 2
