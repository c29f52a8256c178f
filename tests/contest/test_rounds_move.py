"""Rounds by the clock: moved without a hand, put off where the rules are not frozen, and read alone once archived."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import AuditEntry
from contest.models import RoundPlan, Rulebook
from contest.reads import targets
from contest.scoring.rulebook import default_parameters, sha256_of
from contest.tasks import move_rounds
from contest.verify import verify
from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from impact.models import Round
from tests.accounts.world import Asker, a_person
from tests.catalog import world as shelves
from tests.contest.registering import (
    HUBEI,
    a_registering_round,
    a_team_with,
    apply,
    id_of,
    key_of,
    registered,
    somebody,
)
from tests.impact import world

pytestmark = pytest.mark.django_db
State = RoundPlan.State
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def round_():
    return a_registering_round()


@pytest.fixture
def organiser():
    return somebody("organiser", HUBEI)


def a_rulebook(round_, *, frozen: bool) -> Rulebook:
    """The round's rules, frozen or not yet."""
    parameters = default_parameters()
    facts = {"sha256": sha256_of(parameters), "frozen_at": timezone.now()} if frozen else {}
    book = Rulebook.objects.create(edition=round_.edition, version=1, parameters=parameters, **facts)
    RoundPlan.objects.filter(round=round_).update(rulebook=book)
    return book


def state_at(round_, moment) -> str:
    """Where it stands once the clock shows that and beat has struck."""
    clock.stand_at(moment)
    move_rounds()
    return RoundPlan.objects.get(round=round_).state


def test_a_round_moves_by_its_moments_and_each_move_is_written_down(round_):
    plan = RoundPlan.objects.get(round=round_)
    moments = [
        (plan.registration_opens_at, State.DRAFT, State.REGISTRATION),
        (plan.registration_closes_at, State.REGISTRATION, State.READY),
        (round_.opens_at, State.READY, State.OPEN),
        (round_.closes_at, State.OPEN, State.SETTLING),
        (round_.freezes_at, State.SETTLING, State.FROZEN),
    ]
    for moment, before, after in moments:
        assert state_at(round_, moment - A_SECOND) == before
        assert state_at(round_, moment) == after
    assert [e.facts["state"] for e in AuditEntry.objects.filter(deed="move_round").order_by("pk")] == [
        "registration", "ready", "open", "settling", "frozen"
    ]  # fmt: skip
    assert move_rounds() == 0


def test_after_a_rest_of_beat_it_is_moved_all_the_way(round_):
    assert state_at(round_, round_.freezes_at + timedelta(days=3)) == State.FROZEN


def test_what_is_placed_at_the_last_moment_counts_and_at_the_next_it_does_not():
    lots = [world.a_lot() for _ in range(2)]
    made = world.a_round(*(lot.variant.product.team for lot in lots))
    for lot, at in zip(lots, (made.closes_at - timedelta(milliseconds=1), made.closes_at), strict=True):
        world.pay(world.an_order((lot, 1), traded_at=at))
    assert [world.standing(lot.variant.product.team).net_minor > 0 for lot in lots] == [True, False]


def test_a_scored_round_opens_by_a_frozen_rulebook_alone(round_, organiser):
    a_rulebook(round_, frozen=False)
    opens, closes = round_.opens_at, round_.closes_at
    clock.stand_at(opens - timedelta(hours=23))
    move_rounds()
    move_rounds()
    drain()
    assert [m.to for m in mail.outbox] == [[organiser.person.email]], "told once, a day before"
    assert state_at(round_, opens - timedelta(hours=1) - A_SECOND) == State.READY
    assert state_at(round_, opens - timedelta(hours=1)) == State.READY
    round_.refresh_from_db()
    assert (round_.opens_at, round_.closes_at) == (opens + timedelta(days=1), closes), (
        "put off by a day, not shortened"
    )
    drain()
    assert "put off" in mail.outbox[-1].subject or "推迟" in mail.outbox[-1].subject
    assert round_.phase(opens) == Round.Phase.COMING, "nothing counts by rules that can still change"
    book = Rulebook.objects.get()
    book.sha256, book.frozen_at = sha256_of(book.parameters), timezone.now()
    book.save()
    assert state_at(round_, opens + timedelta(days=1)) == State.OPEN


def test_beat_that_comes_back_late_puts_off_a_round_in_which_nothing_was_bought(round_):
    a_rulebook(round_, frozen=False)
    late = round_.opens_at + timedelta(days=2, hours=5)
    assert state_at(round_, late) != State.OPEN
    round_.refresh_from_db()
    assert late < round_.opens_at - timedelta(hours=1) < late + timedelta(days=1)


def test_what_was_bought_by_rules_that_can_change_is_named():
    lot = world.a_lot()
    made = world.a_round(lot.variant.product.team)
    a_rulebook(made, frozen=False)
    assert list(verify()) == []
    world.pay(world.an_order((lot, 1)))
    assert [offence.rule for offence in verify()] == ["INV-14"]
    move_rounds()
    assert RoundPlan.objects.get(round=made).state == State.DRAFT, "its plan stays shut"
    assert Round.objects.get(pk=made.pk).opens_at == made.opens_at, "and what was bought stays counted"


def test_the_times_of_a_round_leave_room_to_freeze_its_rules(round_, organiser):
    a_rulebook(round_, frozen=False)
    soon = clock.now() + timedelta(minutes=50)
    RoundPlan.objects.update(registration_closes_at=None)
    times = {"opensAt": soon, "closesAt": soon + timedelta(days=9), "freezesAt": soon + timedelta(days=9)}
    given = {name: at.isoformat() for name, at in times.items()}
    (error,) = organiser.asks.do("roundTimesSet", round=key_of(round_), **given)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["opensAt"])
    assert Round.objects.get().opens_at == round_.opens_at


def test_a_round_is_arranged_before_it_opens_and_only_its_ends_after(round_, organiser):
    into = Round.objects.create(
        edition=round_.edition, level="national",
        opens_at=round_.freezes_at, closes_at=round_.freezes_at + timedelta(days=20),
        freezes_at=round_.freezes_at + timedelta(days=27),
    )  # fmt: skip
    RoundPlan.objects.create(round=into)
    a_rulebook(round_, frozen=True)
    given = {
        "registrationOpensAt": clock.now().isoformat(),
        "registrationClosesAt": round_.opens_at.isoformat(),
        "judgingClosesAt": round_.freezes_at.isoformat(),
        "objectionsCloseAt": (round_.freezes_at + timedelta(days=4)).isoformat(),
        "advances": 6, "mostADivision": 2, "picks": 1,
    }  # fmt: skip
    early = (round_.freezes_at - timedelta(days=1)).isoformat()
    assert (
        organiser.asks.refused("roundArrange", round=key_of(round_), **{**given, "objectionsCloseAt": early})
        == "INVALID"
    )
    # The national round is another's to keep.
    assert (
        organiser.asks.refused("roundArrange", round=key_of(round_), **given, into=key_of(into))
        == "NOT_FOUND"
    )
    Asker(a_person(("organiser",))).done("roundArrange", round=key_of(round_), **given, into=key_of(into))
    plan = RoundPlan.objects.get(round=round_)
    assert (plan.advances, plan.most_a_division, plan.picks, plan.into) == (6, 2, 1, into)
    assert plan.registration_closes_at == round_.opens_at
    clock.stand_at(round_.opens_at)
    later = {"judgingClosesAt": (round_.freezes_at + timedelta(days=1)).isoformat(), "advances": 60}
    organiser.asks.done(
        "roundArrange", round=key_of(round_), **later, objectionsCloseAt=given["objectionsCloseAt"]
    )
    plan.refresh_from_db()
    assert (plan.advances, plan.judging_closes_at) == (6, round_.freezes_at + timedelta(days=1))


def test_a_national_round_has_two_stages_that_pick_fewer_each(round_, organiser):
    when = [(round_.opens_at + timedelta(days=n)).isoformat() for n in (0, 90, 98, 99)]
    first = {"number": 1, "kind": "SCORE", "nameZh": "线上", "nameEn": "Online", "picks": 30}
    second = {"number": 2, "kind": "PANEL", "nameZh": "路演", "nameEn": "Roadshow", "picks": 20}
    asks, id = organiser.asks, key_of(round_)
    assert asks.refused("stageSave", round=id, **second, opensAt=when[2], closesAt=when[3]) == "INVALID"
    asks.done("stageSave", round=id, **first, opensAt=when[0], closesAt=when[1])
    asks.done("stageSave", round=id, **second, opensAt=when[2], closesAt=when[3])
    assert (
        asks.refused("stageSave", round=id, **{**second, "picks": 30}, opensAt=when[2], closesAt=when[3])
        == "INVALID"
    )
    assert asks.refused("stageRemove", round=id, number=1) == "INVALID"
    told = asks.ask(
        "query($e: String!) { organiserRound(edition: $e, level: PROVINCIAL) { stages { number kind name picks } } }",
        e=round_.edition.slug,
    )
    assert told["organiserRound"]["stages"] == [
        {"number": 1, "kind": "SCORE", "name": "Online", "picks": 30},
        {"number": 2, "kind": "PANEL", "name": "Roadshow", "picks": 20},
    ]
    clock.stand_at(round_.opens_at)
    assert asks.refused("stageRemove", round=id, number=2) == "TOO_LATE"
    assert round_.stages.count() == 2


def test_partners_and_targets_are_told_beside_what_came_of_it():
    lot = world.a_lot()
    team = lot.variant.product.team
    made = world.a_round(team, shelves.a_team())
    world.households(team, 14)
    asks = Asker(a_person(("organiser",)))
    edition = global_id("OfficeEdition", made.edition.uid)
    for role, zh, en in (("MEDIA", "示例电视台", "Demo TV"), ("ORGANISER", "示例省会", "Demo Society")):
        asks.done(
            "partnerSave", edition=edition, role=role, nameZh=zh, nameEn=en, dutyZh="宣传", dutyEn="Publicity"
        )
    assert (
        asks.refused("partnerSave", edition=edition, role="MEDIA", nameZh="示例电视台", nameEn="x")
        == "CONFLICT"
    )
    for kind, goal in (("TEAMS", 4), ("HOUSEHOLDS", 100), ("AMOUNT", 1_000_000), ("SUPPORTS", 10)):
        asks.done("targetSet", edition=edition, kind=kind, goal=goal)
    order = world.an_order((lot, 3))
    world.pay(order)
    world.standing(team)
    told = Asker().ask(
        "query($s: String!) { edition(slug: $s) { isArchived partners { name roleName duty }"
        " targets { kind goal actual percent } } }",
        s=made.edition.slug,
    )["edition"]
    assert told["partners"] == [
        {"name": "Demo Society", "roleName": "Organiser", "duty": "Publicity"},
        {"name": "Demo TV", "roleName": "Media", "duty": "Publicity"},
    ]
    net = order.lines.get().net_minor
    tens = sum(row.tens for row in _told_households())
    assert [(t["kind"], t["actual"], t["percent"]) for t in told["targets"]] == [
        ("TEAMS", 2, 50), ("HOUSEHOLDS", tens, tens), ("AMOUNT", net, 100 * net // 1_000_000), ("SUPPORTS", 0, 0)
    ]  # fmt: skip
    assert targets.actuals(made.edition)["amount"] == net > 0 and tens >= 20
    asks.done("targetSet", edition=edition, kind="SUPPORTS", goal=0)
    assert made.edition.targets.count() == 3


def _told_households():
    from impact.models import DisclosedHouseholds

    return DisclosedHouseholds.objects.all()


def test_an_archived_edition_is_read_and_no_deed_on_it_is_done(round_, organiser):
    village, late = a_team_with(), a_team_with()
    apply(village, round_)
    id, key = id_of(registered(village.team)), key_of(round_)
    edition = global_id("OfficeEdition", round_.edition.uid)
    assert organiser.asks.refused("editionArchive", edition=edition) == "TOO_LATE"
    assert state_at(round_, round_.freezes_at) == State.FROZEN
    organiser.asks.done("editionArchive", edition=edition)
    deeds = {
        "registrationDecline": {"id": id, "reason": "示例"},
        "registrationInvite": {"round": key, "team": global_id("Team", late.team.uid)},
        "roundArrange": {"round": key},
        "stageRemove": {"round": key, "number": 1},
        "entryLetIn": {"round": key, "team": global_id("Team", late.team.uid)},
        "targetSet": {"edition": edition, "kind": "TEAMS", "goal": 3},
        "partnerSave": {"edition": edition, "role": "MEDIA", "nameZh": "示例", "nameEn": "Demo"},
        "editionArchive": {"edition": edition},
    }
    clock.back_to_now()
    assert {act: organiser.asks.refused(act, **given) for act, given in deeds.items()} == dict.fromkeys(
        deeds, "CONFLICT"
    )
    assert [e["code"] for e in apply(late, round_)["errors"]] == ["CONFLICT"]
    assert village.asks.refused("registrationWithdraw", id=id) == "CONFLICT"
    # It is linked from the next one.
    second = a_registering_round()
    type(second.edition).objects.filter(pk=second.edition.pk).update(ordinal=3)
    told = Asker().ask(
        "query($s: String!) { edition(slug: $s) { earlier { slug isArchived } } }", s=second.edition.slug
    )
    assert told["edition"]["earlier"] == [{"slug": round_.edition.slug, "isArchived": True}]
