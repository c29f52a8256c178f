"""The demo's contest: an edition that is over, one that is open with all that belongs to it, and its end by one command."""

from collections import Counter

import pytest
from django.core.management import call_command

from accounts.models import Faq, Question
from catalog.models import Team
from contest.actions.edition import must_keep_edition
from contest.models import (
    Archive,
    Award,
    Case,
    Ceremony,
    Conflict,
    Course,
    Engagement,
    ImportBatch,
    Judge,
    Objection,
    Registration,
    Result,
    Rule,
    Sheet,
    Snapshot,
)
from contest.reads.result import published
from contest.reads.training import team_is_trained
from core import clock
from core.models import Delivery
from core.refusals import Refusal
from impact.models import Edition, Round, Standing
from shop.demo import finish, first_edition, load, people, shelves, talk, watch
from shop.demo.officials import officials
from tests.figures import FULL


def the_round() -> Round:
    found = finish.the_round()
    assert found is not None
    return found


def test_the_first_edition_is_over_archived_and_refuses_every_deed(demo):
    edition = Edition.objects.get(slug=first_edition.SLUG)
    round_ = edition.rounds.get()
    stands = published(round_)
    assert Archive.objects.filter(edition=edition).exists() and round_.plan.state == "final"
    assert stands and stands.state == Result.State.FINAL and stands.snapshot.rulebook.is_frozen
    assert [row.rank for row in stands.rows.order_by("rank")] == [1, 2, 3, 4, 5, 6]
    assert set(Award.objects.filter(result=stands).values_list("state", flat=True)) == {"delivered"}
    they = officials(people.cast([row["team_no"] for row in shelves.rows()]))
    with pytest.raises(Refusal):
        must_keep_edition(edition, they.organiser)


def test_72_teams_have_applied_were_checked_by_their_officer_and_approved_by_another(demo):
    rows = Registration.objects.filter(round=the_round()).select_related("team")
    assert Counter(row.state for row in rows) == {"live": 72}
    they = officials(people.cast([row["team_no"] for row in shelves.rows()]))
    assert all(row.checked_by_id == they.checks(row.team).pk for row in rows)
    assert {row.approved_by_id for row in rows} == {they.organiser.pk}


def test_its_rules_were_frozen_before_it_opened_and_it_leads_on(demo):
    plan = the_round().plan
    assert plan.state == "open" and plan.rulebook.frozen_at < the_round().opens_at
    assert (plan.advances, plan.most_a_division, plan.into.level) == (6, 2, "national")
    assert list(plan.into.stages.values_list("picks", flat=True)) == [30, 20]
    edition = the_round().edition
    assert edition.partners.count() == 9 and edition.targets.count() == 4
    assert list(edition.tasks.order_by("due_on").values_list("state", flat=True)) == [
        "done",
        "waived",
        "open",
        "open",
    ]
    assert edition.tasks.filter(state="open", due_on__lt=clock.today()).count() == 1
    ceremony = Ceremony.objects.get(edition=edition)
    assert ceremony.opened_at == the_round().opens_at and ceremony.guests.filter(came_at=None).count() == 3


def test_four_statements_stand_each_in_its_state_and_nobody_approves_her_own(demo):
    batches = list(ImportBatch.objects.filter(round=the_round()).order_by("pk"))
    assert [batch.state for batch in batches][0::2] == ["applied", "matched"]
    assert len(batches) == 4 and batches[2].quarantined.exists()
    assert {"applied", "balanced", "matched"} >= {batch.state for batch in batches}
    assert all(batch.uploaded_by_id != batch.approved_by_id for batch in batches)


def test_nine_judges_of_whom_three_are_tied_and_some_have_begun(demo):
    assert Judge.objects.filter(edition=the_round().edition, declared_at__isnull=False).count() == 9
    ties = Conflict.objects.filter(entry__round=the_round())
    assert set(ties.values_list("kind", flat=True)) == {"county", "purchase", "kinship"}
    assert ties.values("judge").distinct().count() == 3
    assert Counter(Sheet.objects.values_list("state", flat=True)) == {"submitted": 6, "draft": 6}


def test_each_rule_of_integrity_has_found_something(demo):
    cases = Case.objects.filter(round=the_round())
    assert set(cases.values_list("rule", flat=True)) == {str(rule) for rule in Rule}
    for rule, code in watch.TEAMS.items():
        assert cases.filter(rule=rule, entry__team__code=code).exists(), rule
    assert cases.filter(state="decided").count() >= 2


def test_people_ask_learn_and_like(demo):
    assert Counter(Question.objects.values_list("state", flat=True)) == {"answered": 2, "open": 1}
    assert Faq.objects.count() == 2 and Course.objects.get().gates
    missing = [team.code for team in Team.objects.order_by("code") if team_is_trained(team)]
    assert len(missing) == talk.HAVE_NOT_PASSED
    kinds = Counter(Engagement.objects.values_list("kind", flat=True))
    assert kinds["like"] >= 60 and kinds["follow"] == 48 and kinds["share"] == 16


@pytest.mark.skipif(not FULL, reason="plays an edition to its end: make test-full")
@pytest.mark.proof
def test_one_command_plays_it_to_its_end_and_the_best_six_go_on_with_nothing(demo):
    call_command("demo", size="small", finished=True, verbosity=0)
    stands = published(the_round())
    assert stands and stands.state == Result.State.FINAL and the_round().plan.state == "final"
    assert Snapshot.objects.filter(round=the_round(), voided_at=None).count() == 1
    assert Objection.objects.get(result=stands).state == "dismissed"
    into = the_round().plan.into
    on = Registration.objects.filter(round=into).select_related("entry", "advanced_from")
    assert [row.state for row in on] == ["live"] * 6
    assert {row.advanced_from for row in on} == {row.entry for row in stands.rows.filter(advances=True)}
    assert set(Standing.objects.filter(entry__round=into).values_list("net_minor", flat=True)) == {0}
    assert Award.objects.filter(result=stands, state="proposed").count() == 2
    assert not Delivery.objects.filter(done_at=None).exists()
    call_command("verify")
    # It stays over, whatever is started again, and nothing is done twice.
    stood_at = clock.offset()
    assert not load.keep_open() and clock.offset() == stood_at
    call_command("demo", size="small", finished=True, verbosity=0)
    assert Result.objects.filter(round=the_round()).count() == 1
