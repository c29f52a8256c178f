"""Appointments: who may give which to whom, what nobody holds together, and how each is ended and told."""

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actions import appointment as appointments
from accounts.actions import erasure
from accounts.actions import role_invitation as invitations
from accounts.models import Appointment, AuditEntry, Person
from accounts.models.appointment import APART, FITS, OF_A_TEAM, Role
from accounts.permissions import may
from accounts.places import SHOP, Place
from catalog.models import TeamMember
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from shop.permissions import APPOINTED_BY
from tests import database
from tests.accounts.world import PASSWORD, a_person, an_operator, an_organisation, at_once, holds
from tests.catalog.world import a_team
from tests.factor import awake
from tests.impact.world import a_round

pytestmark = [pytest.mark.django_db]
HUBEI, YICHANG, ZIGUI, ENSHI = "420000", "420500", "420527", "422800"
HOUR = timedelta(hours=1)


def an_owner() -> Person:
    return a_person(("owner", "operator"))


# --- By whom ---


@pytest.mark.parametrize("role", Role)
def test_who_appoints_is_said_by_the_table_and_everybody_else_is_refused(role):
    kind = next(kind for kind, roles in FITS.items() if role in roles)
    team = a_team()
    where = {
        "shop": SHOP,
        "region": Place(region=ZIGUI),
        "organisation": Place(organisation=an_organisation().pk),
        "subject": Place(subject=team.uid if role in OF_A_TEAM else a_round(team).edition.uid),
    }[kind]
    person, manager, buyer = a_person(), a_person(), a_person()
    entries = AuditEntry.objects.count()
    holds(manager, "team_manager", Place(subject=team.uid))
    by = {"owner": a_person(("owner",)), "operator": an_operator(), "manager": manager, "buyer": buyer}
    appoints = {
        "accounts.appoint_operator": {"owner"},
        "accounts.appoint_officer": {"owner", "operator"},
        "accounts.appoint_at_team": {"owner", "operator", "manager"},
        # An organiser too, of her edition: tests/contest/test_judging.py.
        "accounts.appoint_judge": {"owner", "operator"},
    }[APPOINTED_BY[role]]
    for name, somebody in by.items():
        if name not in appoints:
            with pytest.raises(NotAllowed):
                appointments.appoint(person, role, where, somebody)
    assert not person.appointments.exists() and AuditEntry.objects.count() == entries
    for name in sorted(appoints):
        made = appointments.appoint(person, role, where, by[name])
        assert made.by == by[name] and not made.ends_at
        entry = AuditEntry.objects.get(deed="appoint", object_uid=str(made.uid))
        assert (entry.actor, entry.facts["role"]) == (by[name], role)
        appointments.end(made, an_owner(), "示例")


def test_a_manager_appoints_at_her_own_team_and_an_officer_of_a_place_there_alone():
    mine, other, manager, person = a_team(), a_team(), a_person(), a_person()
    holds(manager, "team_manager", Place(subject=mine.uid))
    with pytest.raises(NotAllowed):
        appointments.appoint(person, "packer", Place(subject=other.uid), manager)
    appointments.appoint(person, "packer", Place(subject=mine.uid), manager)
    local = a_person()
    holds(local, "operator", Place(region=YICHANG))
    appointments.appoint(person, "county_verifier", Place(region=ZIGUI), local)
    appointments.appoint(person, "leader", Place(subject=mine.uid), local)  # its county is in Yichang
    for where in (Place(region=HUBEI), Place(region=ENSHI), SHOP):
        with pytest.raises(NotAllowed):
            appointments.appoint(person, "county_verifier", where, local)


def test_nobody_appoints_or_ends_herself_nor_chooses_who_looks_at_her_work():
    owner, mei = an_owner(), a_person()
    for role in ("owner", "auditor"):
        with pytest.raises(NotAllowed):
            appointments.appoint(owner, role, SHOP, owner)
    with pytest.raises(NotAllowed):
        appointments.end(owner.appointments.get(role="operator"), owner, "示例")
    holds(owner, "finance_maker")
    with pytest.raises(NotAllowed):
        appointments.appoint(mei, "finance_approver", SHOP, owner)
    assert not mei.appointments.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=mei, by=mei, role="auditor", starts_at=timezone.now())


def test_what_does_not_fit_is_refused_at_its_field_and_by_the_database():
    owner, mei, now = an_owner(), a_person(), timezone.now()
    for given, field in [
        ({"role": "queen"}, "role"),
        ({"role": "judge", "where": Place(region=ZIGUI)}, "region"),
        ({"role": "owner", "where": Place(region=ZIGUI)}, "region"),
        ({"role": "packer", "where": Place(subject=uuid4())}, "subject"),
        ({"role": "judge", "where": Place(subject=a_team().uid)}, "subject"),
        ({"role": "auditor", "starts_at": now + HOUR, "ends_at": now + HOUR}, "endsAt"),
        ({"role": "auditor", "ends_at": now - HOUR}, "endsAt"),
    ]:
        with pytest.raises(Invalid) as refused:
            appointments.appoint(mei, by=owner, **given)
        assert refused.value.field == (field,), given
    for closed in (a_person(is_active=False), a_person(email_verified_at=None)):
        with pytest.raises(Invalid):
            appointments.appoint(closed, "auditor", SHOP, owner)
    for wrong in (
        {"role": "judge", "region_id": ZIGUI},
        {"role": "observer", "region_id": ZIGUI, "subject": uuid4()},
        {"role": "auditor", "ends_at": now - HOUR},
        {"role": "auditor", "ends_at": now + HOUR, "ended_by": owner},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            mei.appointments.create(**{"starts_at": now, **wrong})
    assert not mei.appointments.exists()


def test_a_term_that_begins_in_the_past_begins_now():
    made = appointments.appoint(a_person(), "auditor", SHOP, an_owner(), timezone.now() - 9 * HOUR)
    assert abs(made.starts_at - timezone.now()) < HOUR / 60


# --- What nobody holds together ---


def rows(person: Person, first: dict, second: dict) -> str:
    """Both by raw SQL; which rule refused the second, if any."""
    now = timezone.now()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for one in (first, second):
                at = one.get("at", {})
                cursor.execute(
                    """INSERT INTO accounts_appointment
                    (uid, person_id, role, region_id, organisation_id, subject, starts_at, ends_at, reason, end_reason, created_at)
                    VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, '', '', now())""",
                    [
                        *(
                            person.pk,
                            one["role"],
                            at.get("region"),
                            at.get("organisation"),
                            at.get("subject"),
                        ),
                        *(now + one.get("from", -HOUR), None if "until" not in one else now + one["until"]),
                    ],
                )
    except IntegrityError as refused:
        assert refused.__cause__ is not None
        return refused.__cause__.diag.constraint_name
    return ""


EXCLUDED = "appointments_that_exclude_each_other"


@pytest.mark.parametrize(("one", "other"), [*APART, *(pair[::-1] for pair in APART)])
def test_pairs_are_refused_by_the_database_where_and_while_they_overlap(one, other):
    kind = next(kind for kind in ("shop", "subject") if one in FITS[kind] and other in FITS[kind])
    here = {} if kind == "shop" else {"subject": uuid4()}
    mei = a_person()
    first, second = {"role": one, "at": here}, {"role": other, "at": here}
    assert rows(mei, first, second) == EXCLUDED
    assert rows(mei, {**first, "until": HOUR}, {**second, "from": HOUR / 2}) == EXCLUDED
    mei.appointments.all().delete()
    # One after the other; and of two people each.
    assert rows(mei, {**first, "until": HOUR}, {**second, "from": HOUR}) == ""
    assert (
        rows(a_person(), first, {"role": "observer"}) == rows(a_person(), second, {"role": "observer"}) == ""
    )
    if kind == "subject":
        assert rows(a_person(), first, {"role": other, "at": {"subject": uuid4()}}) == ""


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ({"region": YICHANG}, {"region": ZIGUI}, True),
        ({"region": ZIGUI}, {"region": HUBEI}, True),
        ({"region": ZIGUI}, {"region": ENSHI}, False),
        ({}, {"region": ZIGUI}, True),
        ({"region": ZIGUI}, {}, True),
        (
            {"region": ZIGUI},
            {"subject": str(uuid4())},
            True,
        ),  # an edition may lie there: from here nobody can tell
    ],
)
def test_places_overlap_by_the_regions_own_tree(first, second, refused):
    mei = a_person()
    assert (
        rows(mei, {"role": "organiser", "at": first}, {"role": "auditor", "at": second}) == EXCLUDED * refused
    )


def test_nobody_holds_one_role_at_one_place_twice_at_once():
    mei, owner = a_person(), an_owner()
    assert rows(mei, {"role": "auditor"}, {"role": "auditor", "from": HOUR}) == EXCLUDED
    assert rows(mei, {"role": "auditor", "until": HOUR}, {"role": "auditor", "from": HOUR}) == ""
    with pytest.raises(Conflict):
        appointments.appoint(mei, "auditor", SHOP, owner)
    with pytest.raises(Conflict) as refused:
        appointments.appoint(mei, "organiser", SHOP, owner)
    assert "Auditor" in refused.value.words.in_language("en")
    # A pair that a change would make is refused as well.
    row = appointments.appoint(mei, "importer", SHOP, owner, ends_at=timezone.now() + HOUR)
    later = appointments.appoint(mei, "import_approver", SHOP, owner, timezone.now() + 2 * HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=row.pk).update(ends_at=later.starts_at + HOUR)


def both_at_once(person: Person) -> int:
    """Maker and approver, each on a connection of its own at the same moment; how many were given."""

    def give(n):
        role = ("finance_maker", "finance_approver")[n]
        return appointments.appoint(person, role)

    return sum(isinstance(said, Appointment) for said in at_once(2, give))


@pytest.mark.django_db(transaction=True)
def test_of_two_that_exclude_each_other_at_one_moment_one_is_given():
    people = [a_person() for _ in range(8)]
    assert [both_at_once(person) for person in people] == [1] * 8


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_pass(monkeypatch):
    """A control: with nobody waiting for the person's row the trigger sees only what was committed before."""
    with database.as_owner() as owner:
        ((kept,),) = owner.execute("SELECT pg_get_functiondef('accounts_keep_apart'::regproc)").fetchall()
        lock = "PERFORM 1 FROM accounts_person WHERE id = NEW.person_id FOR NO KEY UPDATE;"
        assert lock in kept
        monkeypatch.setattr(appointments, "locked", lambda person: person)
        # Each has looked before either commits.
        slow = kept.replace(lock, "").replace(
            "RETURN NEW;\n    END\n", "PERFORM pg_sleep(0.05); RETURN NEW;\n    END\n"
        )
        assert slow.count("pg_sleep") == 1
        try:
            owner.execute(slow)
            assert 2 in [both_at_once(a_person()) for _ in range(3)]
        finally:
            owner.execute(kept)


def test_whoever_proposed_an_organisation_is_not_who_verified_it():
    mei, ada = a_person(), an_operator()
    union = an_organisation(proposed_by=mei, verified_by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(union).objects.filter(pk=union.pk).update(verified_by=mei)
    union.refresh_from_db()
    assert union.verified_by == ada


# --- How it ends ---


def test_it_ends_at_once_for_the_next_request_and_says_why():
    owner, ada = an_owner(), a_person()
    made = appointments.appoint(ada, "operator", SHOP, owner)
    assert may(awake(Person.objects.get(pk=ada.pk)), "orders.refund")
    with pytest.raises(Invalid):
        appointments.end(made, owner, " ")
    ended = appointments.end(made, owner, "轮岗")
    assert not may(awake(Person.objects.get(pk=ada.pk)), "orders.refund")
    assert (ended.ended_by, ended.end_reason) == (owner, "轮岗") and ended.ends_at is not None
    assert AuditEntry.objects.get(deed="end").actor == owner
    with pytest.raises(Conflict):
        appointments.end(made, owner, "又一次")
    coming = appointments.appoint(ada, "auditor", SHOP, owner, timezone.now() + HOUR)
    row = appointments.end(coming, owner, "不去了")
    assert row.ends_at == row.starts_at, "it never begins, and is in nobody's way"
    appointments.appoint(ada, "organiser", SHOP, owner)


@pytest.mark.django_db(transaction=True)
def test_a_shop_keeps_an_owner_though_two_end_each_other_at_one_moment():
    ada, mei = an_owner(), an_owner()
    hers = [one.appointments.get(role="owner") for one in (mei, ada)]
    said = at_once(2, lambda n: appointments.end(hers[n], (ada, mei)[n], "示例"))
    assert sorted(type(one).__name__ for one in said) in (
        ["Appointment", "Conflict"],
        ["Appointment", "NotAllowed"],
    )
    assert Appointment.objects.filter(role="owner", ends_at=None).count() == 1


def test_whoever_is_appointed_hears_of_it_in_her_language_with_place_and_term(run_deliveries):
    owner, team = an_owner(), a_team()
    mei, li = a_person(language="zh", name="美"), a_person(language="en")
    made = appointments.appoint(mei, "county_verifier", Place(region=ZIGUI), owner, reason="县里派来")
    until = timezone.now() + 30 * timedelta(days=1)
    appointments.appoint(li, "packer", Place(subject=team.uid), owner, ends_at=until)
    appointments.end(appointments.appoint(li, "observer", SHOP, owner), owner, "typed wrongly")
    run_deliveries()
    letters = {(m.to[0], m.subject): m.body for m in mail.outbox}
    assert set(letters) == {
        (mei.email, "您的任命：县级核验员（湖北省宜昌市秭归县）"),
        (li.email, f"You are appointed: Packer, {team.name_en}"),
        (li.email, "Your appointment has ended: Observer, the whole shop"),
    }
    hers = letters[mei.email, "您的任命：县级核验员（湖北省宜昌市秭归县）"]
    assert "美，您好" in hers and "未定结束时间" in hers and "县里派来" in hers and "/zh/office/" in hers
    assert " until " in letters[li.email, f"You are appointed: Packer, {team.name_en}"]
    assert "typed wrongly" in letters[li.email, "Your appointment has ended: Observer, the whole shop"]
    assert made.person == mei


def test_whoever_is_appointed_to_something_cannot_be_erased_and_nothing_is_held_after(settings):
    owner, mei = an_owner(), a_person()
    made = appointments.appoint(mei, "observer", SHOP, owner, timezone.now() + HOUR)
    with pytest.raises(NotAllowed):
        erasure.erase(mei, PASSWORD)
    appointments.end(made, owner, "不去了")
    mei = Person.objects.get(pk=mei.pk)
    assert erasure.erase(mei, PASSWORD)
    assert not Appointment.objects.filter(person=mei, ends_at=None).exists()


def test_whoever_waits_to_be_erased_and_is_appointed_meanwhile_stays():
    mei = a_person(erasure_asked_at=timezone.now())
    holds(mei, "owner")
    assert erasure.erase_settled() == 0
    assert Person.objects.get(pk=mei.pk).is_active


def test_nobody_is_let_in_by_who_has_become_the_other_of_a_pair_since_she_invited_her():
    ada, mei = an_operator(), a_person()
    row = invitations.send(mei.email, "finance_approver", SHOP, ada)
    term = holds(ada, "finance_maker")
    with pytest.raises(TooLate):
        invitations.accept(invitations.token_of(row), mei)
    assert not mei.appointments.exists()
    Appointment.objects.filter(pk=term.pk).update(ends_at=timezone.now())
    assert invitations.accept(invitations.token_of(row), mei).role == "finance_approver"


@pytest.mark.django_db(transaction=True)
def test_who_is_appointed_while_another_part_of_hers_is_called_off_is_of_the_team(monkeypatch):
    ada, mei, team = an_operator(), a_person(), a_team()
    at = Place(subject=team.uid)
    coming = appointments.appoint(mei, "packer", at, ada, timezone.now() + HOUR)
    is_given, ending, keep = threading.Event(), threading.local(), TeamMember.save

    def slow(part, **how):
        if getattr(ending, "here", False):
            is_given.wait(0.5)  # it has looked at her appointments by now
        keep(part, **how)

    monkeypatch.setattr(TeamMember, "save", slow)

    def both(n):
        if n:
            time.sleep(0.1)
            appointments.appoint(mei, "team_manager", at, ada)
            return is_given.set()
        ending.here = True
        return appointments.end(coming, ada, "不去了")

    at_once(2, both)
    assert [part.role for part in TeamMember.objects.filter(team=team, person=mei, ended_at=None)] == [
        "manager"
    ]
