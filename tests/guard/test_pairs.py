"""Who may never be both, tried: to be given the second role beside the first, and to do the second deed on what she has done
the first. Each is refused in words, nothing moves, and somebody else is let do it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import appointment as appointments
from accounts.actions import question as answers
from accounts.models import Appointment, Person
from accounts.models.appointment import APART, FITS, Role
from accounts.places import SHOP, Place
from contest.actions import (
    appeal,
    approval,
    award,
    case,
    conflict,
    entry,
    leaving,
    mapping,
    objection,
    question,
    reexamination,
    registration,
    repair,
    result,
    task,
)
from contest.models import Award, Registration, RegistrationAppeal
from contest.verify import outside
from core import clock, language
from core.api.ids import global_id
from core.refusals import Refusal
from impact.models import Round
from tests.accounts.world import holds
from tests.catalog import world as shelves
from tests.contest import committee
from tests.contest.outside import HEADS, a_file, a_mapping, a_source, at, said, sent
from tests.contest.registering import a_registering_round, a_team_with
from tests.contest.rounds import a_field, spoken_against
from tests.factor import awake
from tests.guard.askers import undone
from tests.guard.matrix import ask_as
from tests.impact import world
from tests.impact.disclosed import at_noon
from tests.shop.strangers import a_case

pytestmark = pytest.mark.django_db
REFUSED = {"NOT_ALLOWED", "CONFLICT"}


def somebody(*roles: str, where: Place = SHOP) -> Person:
    """Who holds these, without a password, which takes long to hash."""
    person = Person.objects.create_user(f"pair{next(world._count)}@example.com")
    person.email_verified_at = timezone.now()
    person.save(update_fields=["email_verified_at"])
    return becomes(person, *roles, where=where)


def becomes(person: Person, *roles: str, where: Place = SHOP) -> Person:
    """What she was has ended; from now on she is that."""
    now = timezone.now()
    person.appointments.filter(ends_at=None).update(ends_at=now)
    for role in roles:
        holds(person, role, where, starts_at=now)
    return awake(Person.objects.get(pk=person.pk))


def of_team(team: Any, *roles: str) -> Person:
    """One of the team's people who holds these too."""
    person = somebody(*roles)
    team.members.create(person=person)
    return person


# --- Roles ------------------------------------------------------------------------------------------


def done(by: Person, act: str, payload: str = "", **given: Any) -> dict[str, Any]:
    """The payload of a mutation of hers, refused or not."""
    kind = f"{act[0].upper()}{act[1:]}Input"
    document = (
        f"mutation($input: {kind}!) {{ {act}(input: $input) {{ errors {{ code message }} {payload} }} }}"
    )
    with language.use("en"):
        data, _ = ask_as(by, document, input=given)
    answer: dict[str, Any] = data[act]
    return answer


def accepts(person: Person) -> dict[str, Any]:
    """She presses on what waits for her; what she is answered."""
    (waits,) = ask_as(person, "{ myRoleInvitations { token } }")[0]["myRoleInvitations"]
    return done(person, "roleInvitationAccept", "appointment { id }", token=waits["token"])


@pytest.mark.parametrize(("first", "second"), [*APART, *(pair[::-1] for pair in APART)])
def test_nobody_is_given_the_second_role_beside_the_first_and_is_told_which(first, second):
    edition = world.an_edition()
    is_there = first in FITS["shop"] and second in FITS["shop"]
    where = SHOP if is_there else Place(subject=edition.uid)
    subject = {} if is_there else {"subject": global_id("Edition", edition.uid)}
    person, owner = somebody(), somebody(Role.OWNER)
    holds(person, first, where)
    assert (
        done(owner, "roleInvitationSend", email=person.email, role=second.upper(), **subject)["errors"] == []
    )
    answer = accepts(person)
    (error,) = answer["errors"]
    assert error["code"] == "CONFLICT" and answer["appointment"] is None
    assert first.words.in_language("en") in error["message"] and "beside" in error["message"]
    assert [one.role for one in person.appointments.all()] == [first]
    # The control: once the first is over the same press gives the second.
    appointments.end(person.appointments.get(), None, "示例")
    assert accepts(person)["errors"] == []
    assert [one.role for one in person.appointments.order_by("pk")] == [first, second]


def test_who_approves_is_not_named_by_who_sends_in_nor_the_other_way():
    for first, second in ((Role.IMPORTER, Role.IMPORT_APPROVER), (Role.IMPORT_APPROVER, Role.IMPORTER)):
        owner = somebody(Role.OWNER, first)
        (no,) = done(owner, "roleInvitationSend", email="x@example.com", role=second.upper())["errors"]
        assert no["code"] == "NOT_ALLOWED" and no["message"]


def test_judge_and_entrant_are_never_one_person_by_whichever_door_she_comes():
    """Not by applying, not by the team's being let in, not by a seat in the committee, not by a place at the team's desk."""
    round_, village, organiser = _registering(), a_team_with(), somebody(Role.ORGANISER)
    edition, seat = round_.edition, Place(subject=round_.edition.uid)
    judge = somebody()
    appointments.appoint(judge, Role.JUDGE, seat)
    mate = of_team(village.team)
    holds(mate, Role.JUDGE, seat)
    goal = ("示例", "Demo")
    refused(lambda: registration.apply(round_, village.team, goal, village.person))
    refused(lambda: entry.let_in(round_, village.team, organiser))
    assert not Registration.objects.exists()
    becomes(mate)
    registration.apply(round_, village.team, goal, village.person)
    refused(lambda: appointments.appoint(village.person, Role.JUDGE, seat))
    refused(lambda: appointments.appoint(mate, Role.JUDGE, seat))
    refused(lambda: appointments.appoint(judge, Role.PACKER, Place(subject=village.team.uid)))
    assert not edition.judges.filter(person__in=[mate, village.person]).exists()
    assert not village.team.members.filter(person=judge).exists()
    assert Appointment.objects.filter(person=judge).count() == 1
    # The control: of another edition, and of another team, each is hers.
    appointments.appoint(mate, Role.JUDGE, Place(subject=world.an_edition().uid))
    appointments.appoint(judge, Role.PACKER, Place(subject=shelves.a_team().uid))


def refused(deed: Callable[[], Any]) -> Refusal:
    """The refusal of a deed, in words of both languages."""
    with pytest.raises(Refusal) as no:
        deed()
    assert no.value.code in REFUSED, no.value.code
    assert all(no.value.words.in_language(of).strip() for of in ("zh", "en"))  # type: ignore[union-attr]
    return no.value


# --- Deeds ------------------------------------------------------------------------------------------


Second = tuple[Person, Person, Callable[[Person], Any], Any]
"""Who did the first deed, who else may do the second, the second deed, and the row that it is about."""


def sends_in_and_approves(scene: SimpleNamespace) -> Second:
    her = somebody(Role.IMPORTER)
    made = sent(her, scene.round, scene.source, a_file(f"P1,o1,,{at()},100.00,,u1,"), said(1, 100_00))
    return becomes(her, Role.IMPORT_APPROVER), scene.approver, lambda by: approval.approve(made, by), made


def corrects_and_approves(scene: SimpleNamespace) -> Second:
    rows = f"P1,o1,,{at()},100.00,,u1,", f"P1,o2,,{at()},?,,u2,"
    made = sent(scene.importer, scene.round, scene.source, a_file(*rows), said(2, 150_00))
    her = somebody(Role.IMPORTER)
    fixed = a_file(f"3,P1,o2,,{at()},50.00,,u2,", heads=f"原行号,{HEADS}")
    assert repair.repair(made, her, fixed).mended == 1
    return becomes(her, Role.IMPORT_APPROVER), scene.approver, lambda by: approval.approve(made, by), made


def sells_and_approves(scene: SimpleNamespace) -> Second:
    made = sent(
        scene.importer, scene.round, scene.source, a_file(f"P1,o1,,{at()},100.00,,u1,"), said(1, 100_00)
    )
    her = of_team(scene.team, Role.IMPORT_APPROVER)
    return her, scene.approver, lambda by: approval.approve(made, by), made


def matches_and_agrees(scene: SimpleNamespace) -> Second:
    her = somebody(Role.IMPORTER)
    made = mapping.propose(her, scene.round, scene.source, "P2", None)
    return becomes(her, Role.IMPORT_APPROVER), scene.approver, lambda by: mapping.approve(made, by), made


def sells_and_agrees(scene: SimpleNamespace) -> Second:
    made = mapping.propose(scene.importer, scene.round, a_source(), "P1", scene.entry)
    her = of_team(scene.team, Role.IMPORT_APPROVER)
    return her, scene.approver, lambda by: mapping.approve(made, by), made


def _registering() -> Round:
    """A round that teams may apply to now."""
    return Round.objects.select_related("edition", "region", "plan").get(pk=a_registering_round().pk)


def _applied() -> tuple[Registration, Person]:
    village = a_team_with()
    made = registration.apply(_registering(), village.team, ("示例", "Demo"), village.person)
    return made, village.person


def applies_and_checks(scene: SimpleNamespace) -> Second:
    made, her = _applied()
    holds(her, Role.COUNTY_VERIFIER)
    other = somebody(Role.COUNTY_VERIFIER)
    return awake(Person.objects.get(pk=her.pk)), other, lambda by: registration.check(made, by), made


def checks_and_approves(scene: SimpleNamespace) -> Second:
    made, _ = _applied()
    her = somebody(Role.COUNTY_VERIFIER, Role.ORGANISER)
    registration.check(made, her)
    return her, scene.organiser, lambda by: registration.approve(made, by), made


def applies_and_approves(scene: SimpleNamespace) -> Second:
    made, her = _applied()
    registration.check(made, somebody(Role.COUNTY_VERIFIER))
    holds(her, Role.ORGANISER)
    her = awake(Person.objects.get(pk=her.pk))
    return her, scene.organiser, lambda by: registration.approve(made, by), made


def suspends_and_answers_the_appeal(scene: SimpleNamespace) -> Second:
    her = somebody(Role.ORGANISER)
    leaving.suspend(scene.entry.registration, her, "示例")
    appeal.appeal(scene.entry.registration, scene.manager, "示例")
    made = RegistrationAppeal.objects.get()
    return her, scene.organiser, lambda by: appeal.answer(made, by, True, "示例"), made


def decides_and_answers_the_appeal(scene: SimpleNamespace) -> Second:
    made = a_case(scene.entry, scene.manager)
    her = somebody(Role.ORGANISER)
    type(made).objects.filter(pk=made.pk).update(decided_by=her)
    made.refresh_from_db()
    return her, scene.organiser, lambda by: case.answer(made, "cleared", "explained", by), made


def sets_and_waives(scene: SimpleNamespace) -> Second:
    her = somebody(Role.ORGANISER)
    made = task.save(scene.round.edition, her, ("示例", "Demo"), timezone.now().date())
    return her, scene.organiser, lambda by: task.waive(made, by, "示例"), made


def asks_and_answers(scene: SimpleNamespace) -> Second:
    her = somebody(Role.ORGANISER)
    made = question.ask(scene.round.edition, her, "示例")
    return her, scene.organiser, lambda by: answers.answer(made, by, "示例"), made


def judges_and_waives_her_tie(scene: SimpleNamespace) -> Second:
    tie = committee.a_tie(scene.entry)
    holds(tie.judge.person, Role.ORGANISER)
    her = awake(Person.objects.get(pk=tie.judge.person_id))
    return her, scene.organiser, lambda by: conflict.waive(tie, "示例", by), tie


def is_of_the_team_and_waives_its_judges_tie(scene: SimpleNamespace) -> Second:
    tie = committee.a_tie(scene.entry)
    return (
        of_team(scene.team, Role.ORGANISER),
        scene.organiser,
        lambda by: conflict.waive(tie, "示例", by),
        tie,
    )


def is_of_the_team_and_decides_its_case(scene: SimpleNamespace) -> Second:
    made = a_case(scene.entry, scene.manager)
    her = of_team(scene.team, Role.ORGANISER)
    return her, scene.organiser, lambda by: case.answer(made, "cleared", "explained", by), made


def is_of_the_team_and_suspends_it(scene: SimpleNamespace) -> Second:
    made = scene.entry.registration
    her = of_team(scene.team, Role.ORGANISER)
    return her, scene.organiser, lambda by: leaving.suspend(made, by, "示例"), made


def is_of_the_team_and_answers_its_objection(scene: SimpleNamespace) -> Second:
    made, _, _ = spoken_against(scene.entry)
    her = of_team(scene.team, Role.ORGANISER)
    return her, scene.organiser, lambda by: objection.answer(made, by, False, "示例"), made


def is_of_the_team_and_dismisses_its_reexamination(scene: SimpleNamespace) -> Second:
    _, made, _ = spoken_against(scene.entry)
    her = of_team(scene.team, Role.ORGANISER)
    return her, scene.organiser, lambda by: reexamination.dismiss(made, by, "示例"), made


def is_of_the_team_and_approves_its_award(scene: SimpleNamespace) -> Second:
    _, _, made = spoken_against(scene.entry)
    her = of_team(scene.team, Role.ORGANISER)
    return her, scene.organiser, lambda by: award.approve(made, by), made


def proposes_and_approves_an_award(scene: SimpleNamespace) -> Second:
    _, _, other = spoken_against(scene.entry)
    her = somebody(Role.ORGANISER)
    names = {"title_zh": "示例另一奖", "title_en": "Another demo award"}
    told = {"result": other.result, "rank": 1, "proposed_by": her, "proposed_at": timezone.now()}
    made = Award.objects.create(entry=scene.entry, **names, **told)
    return her, scene.organiser, lambda by: award.approve(made, by), made


def is_of_a_team_and_publishes(scene: SimpleNamespace) -> Second:
    field = a_field(scene.monkeypatch, teams=2)
    field.scoring((80, 60), (50, 90))
    field.freeze()
    her = of_team(field.entries[0].team, Role.ORGANISER)
    return her, scene.organiser, lambda by: result.publish(field.round, by), field.round.plan


PAIRS = [one for name, one in list(globals().items()) if "_and_" in name and not name.startswith("test_")]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A round that is open, with an entry that is sold on a platform too, and whoever else may do each deed."""
    at_noon()
    manager = somebody()
    team = shelves.a_team(manager=manager)
    round_ = world.a_round(team)
    source = a_source()
    its = round_.entries.select_related("team", "registration__team", "round__edition").get()
    a_mapping(source, its)
    return SimpleNamespace(
        round=round_,
        team=team,
        entry=its,
        manager=awake(Person.objects.get(pk=manager.pk)),
        source=source,
        organiser=somebody(Role.ORGANISER),
        importer=somebody(Role.IMPORTER),
        approver=somebody(Role.IMPORT_APPROVER),
        monkeypatch=monkeypatch,
    )


def is_parted(scene: SimpleNamespace, pair: Callable[[SimpleNamespace], Second]) -> None:
    """Who did the first deed is refused the second and moves nothing by it; another does it."""
    her, another, deed, row = pair(scene)

    def stands() -> dict[str, Any]:
        return type(row).objects.filter(pk=row.pk).values().get()

    before = stands()
    no = refused(lambda: deed(her))
    assert no.code == "NOT_ALLOWED" and stands() == before, pair.__name__
    row.refresh_from_db()
    deed(another)
    assert stands() != before, "by somebody else it is done"
    assert not list(outside.verify())


def test_whoever_did_the_first_deed_is_refused_the_second_on_the_same_thing(scene):
    assert len(PAIRS) >= 21
    for pair in PAIRS:
        with scene.monkeypatch.context() as patched, undone():
            is_parted(SimpleNamespace(**{**vars(scene), "monkeypatch": patched}), pair)
        clock.forget()
        for row in (scene.entry, scene.entry.registration):
            row.refresh_from_db()
