"""A case is decided by another than its team, appealed in time, and answered by another than decided."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, Person
from contest.actions import case as cases
from contest.actions import examination
from contest.events import CaseDecided
from contest.letters_of_cases import send_case_decided
from contest.models import Case, Registration
from contest.reads.exclusions import excluded
from contest.reads.reason import reason_in_words
from contest.verify import integrity as holds
from core import clock
from core.language import use
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from impact.models import Entry
from shop.demo import integrity
from tests.catalog import world as shelves
from tests.factor import awake
from tests.impact import world

pytestmark = pytest.mark.django_db
Decision, Reason = Case.Decision, Case.Reason


@pytest.fixture
def manager() -> Person:
    return somebody()


@pytest.fixture
def case(manager) -> Case:
    """Five guests had it sent to one address."""
    clock.forget()
    lot = world.a_lot((1_000_000,) * 10, units=4_000)
    team = lot.variant.product.team
    shelves.works_at(team, manager)
    round_ = world.a_round(team)
    at = clock.now() - timedelta(days=5)
    with integrity.planted("F3", Entry.objects.get(team=team), lot.variant, at):
        examination.examine(round_)
    return Case.objects.select_related("entry__team", "round__edition", "round__region").get()


def somebody() -> Person:
    """Whoever, without a password, which takes long to hash."""
    return awake(Person.objects.create_user(f"{uuid4().hex[:12]}@example.com"))


def an_organiser() -> Person:
    person = somebody()
    person.appointments.create(role="organiser", starts_at=timezone.now() - timedelta(hours=1))
    return person


def decide(case: Case, by: Person, decision: str = Decision.EXCLUDED, reason: str = Reason.CONFIRMED) -> Case:
    return cases.decide(case, decision, reason, by)


def counts_out(case: Case) -> int:
    return len(excluded(case.round, clock.now()).orders)


def row(case: Case) -> dict[str, Any]:
    return Case.objects.filter(pk=case.pk).values().get()


def test_what_is_held_counts_again_once_it_is_cleared(case):
    assert (case.state, counts_out(case)) == ("held", 5)
    decide(case, an_organiser(), Decision.CLEARED, Reason.EXPLAINED)
    assert counts_out(case) == 0
    assert examination.examine(case.round) == 0 and Case.objects.count() == 1
    assert list(holds.verify()) == []


def test_who_buys_there_after_it_was_cleared_is_a_case_of_her_own(case):
    decide(case, an_organiser(), Decision.CLEARED, Reason.MISTAKEN)
    team = case.entry.team
    scene = integrity.Scene(
        case.entry, team.products.get().variants.get(), clock.now() - timedelta(days=1), somebody()
    )
    later = scene.buy(street="示例路 9 号")
    assert examination.examine(case.round) == 1
    assert excluded(case.round, clock.now()).orders == {(case.entry_id, later.uid)}


@pytest.mark.parametrize(
    ("decision", "reason"), [("cleared", "confirmed"), ("excluded", "explained"), ("nothing", "grave")]
)
def test_a_reason_belongs_to_a_decision(case, decision, reason):
    before = row(case)
    with pytest.raises(Invalid):
        cases.decide(case, decision, reason, an_organiser())
    assert row(case) == before


def test_nobody_decides_a_case_of_a_team_of_her_own_nor_without_the_role(case):
    own = an_organiser()
    shelves.works_at(case.entry.team, own, "packer")
    before = row(case)
    for by in (own, somebody()):
        with pytest.raises(NotAllowed):
            decide(case, by)
    assert row(case) == before and not AuditEntry.objects.filter(noun="Case").exists()


def test_it_is_decided_once(case):
    organiser = an_organiser()
    decide(case, organiser)
    before = row(case)
    with pytest.raises(Conflict):
        decide(case, organiser, Decision.CLEARED, Reason.MISTAKEN)
    assert row(case) == before


def test_the_team_appeals_within_three_days_and_another_answers(case, manager):
    first, second = an_organiser(), an_organiser()
    decide(case, first)
    with pytest.raises(NotAllowed):
        cases.appeal(case, "这是单位食堂的地址。", somebody())
    cases.appeal(case, "这是单位食堂的地址。", manager)
    assert counts_out(case) == 5  # until it is answered
    with pytest.raises(NotAllowed):
        cases.answer(case, Decision.CLEARED, Reason.EXPLAINED, first)
    with pytest.raises(Invalid):
        cases.answer(case, Decision.DISQUALIFIED, Reason.GRAVE, second)
    cases.answer(case, Decision.CLEARED, Reason.EXPLAINED, second)
    assert (case.state, case.holds, counts_out(case)) == ("final", "cleared", 0)
    assert list(holds.verify()) == []


def test_on_the_fourth_day_it_is_too_late_and_the_decision_is_final(case, manager):
    decide(case, an_organiser())
    clock.move(timedelta(days=3) - timedelta(minutes=1))
    assert cases.close_due() == 0
    clock.move(timedelta(minutes=1))
    with pytest.raises(TooLate):
        cases.appeal(case, "迟了。", manager)
    assert cases.close_due() == 1
    case.refresh_from_db()
    assert (case.state, case.appeal) == ("final", "")


def test_a_disqualified_entry_takes_part_again_once_its_appeal_is_granted(case, manager):
    registration = Registration.objects.get(entry=case.entry)
    decide(case, an_organiser(), Decision.DISQUALIFIED, Reason.GRAVE)
    registration.refresh_from_db()
    assert (registration.state, registration.reason) == ("disqualified", "F3")
    with use("en"):
        assert str(reason_in_words(registration.reason)) == "F3 Many accounts, one address"
    with use("zh"):
        assert str(reason_in_words(registration.reason)) == "F3 多个账号寄往同一地址"
    cases.appeal(case, "情节并不严重。", manager)
    cases.answer(case, Decision.EXCLUDED, Reason.CONFIRMED, an_organiser())
    registration.refresh_from_db()
    assert (registration.state, registration.reason, counts_out(case)) == ("live", "", 5)


def test_what_was_excluded_at_a_freeze_stays_so_for_whoever_counts_again(case):
    frozen = clock.now()
    clock.move(timedelta(hours=1))
    decide(case, an_organiser(), Decision.CLEARED, Reason.UNPROVEN)
    assert len(excluded(case.round, frozen).orders) == 5
    assert counts_out(case) == 0


def test_goods_money_and_live_sums_flow_on(case):
    assert world.standing(case.entry.team).net_minor == 9 * 3690
    decide(case, an_organiser())
    assert world.standing(case.entry.team).net_minor == 9 * 3690


def test_the_managers_are_told_what_was_decided_and_of_nobody(case, manager):
    decide(case, an_organiser())
    mail.outbox.clear()
    send_case_decided(CaseDecided(case.pk))
    (letter,) = [one for one in mail.outbox if one.to == [manager.email]]
    assert "F3" in letter.body and "不计入成绩" in letter.body and "之前申诉" in letter.body
    assert "示例路" not in letter.body and "planted" not in letter.body


def test_verify_names_a_case_that_somebody_of_the_team_decided_or_that_keeps_out_anothers_order(case):
    organiser = an_organiser()
    decide(case, organiser)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contest_case SET reason = 'mistaken'")
    assert ["it was decided" in one.words for one in holds.verify()] == [False]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contest_case SET reason = 'confirmed'")
    shelves.works_at(case.entry.team, organiser)
    AuditEntry.objects.create(actor=organiser, deed="decide", noun="Case", object_uid=case.uid)
    other = world.a_round(shelves.a_team())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contest_case SET round_id = %s", [other.pk])
    assert {one.words.partition(" (")[0] for one in holds.verify()} == {
        "a case is of another round than its entry",
        "it was decided, or answered, by one of the entry's own team",
    }
