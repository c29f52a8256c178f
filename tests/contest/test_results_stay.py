"""What a result said when it was published stays, whoever writes to the tables."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from contest.models import Archive, Objection, Partner, Result, RoundPlan, Rulebook, Snapshot
from core import clock
from impact.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def result(team):
    entry = Entry.objects.select_related("round__edition").get(team=team)
    book = Rulebook.objects.create(
        edition=entry.round.edition, version=1, parameters={}, sha256="0" * 64, frozen_at=timezone.now()
    )
    snapshot = Snapshot.objects.create(
        round=entry.round,
        number=0,
        until=clock.now(),
        taken_at=timezone.now(),
        rulebook=book,
        rulebook_sha256=book.sha256,
        sha256="1" * 64,
    )
    return Result.objects.create(
        round=entry.round,
        version=1,
        snapshot=snapshot,
        seed="s",
        advances=1,
        until=clock.now(),
        sha256="2" * 64,
        published_at=timezone.now(),
        objections_close_at=clock.now() + timedelta(days=3),
    )


def _refused(statement):
    with pytest.raises(DatabaseError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(no.value)


def test_a_published_result_is_what_it_was(result):
    for change in ("advances = 2", "sha256 = ''", "seed = 'mine'", "published_at = now()"):
        assert "is what it was" in _refused(f"UPDATE contest_result SET {change}")
    assert "permission denied" in _refused("DELETE FROM contest_result")
    result.move_to(Result.State.FINAL, finalised_at=timezone.now())
    result.move_to(Result.State.SUPERSEDED)
    assert "at its end" in _refused("UPDATE contest_result SET state = 'final'")


def test_a_snapshot_is_what_it_was(result):
    assert "is what it was" in _refused("UPDATE contest_snapshot SET number = 9")
    assert "permission denied" in _refused("DELETE FROM contest_snapshot")
    for table in ("snapshotrow", "resultrow", "adjustment", "pick"):
        assert "permission denied" in _refused(f"DELETE FROM contest_{table}")


def test_an_objection_is_answered_once(result, team):
    said = Objection.objects.create(
        result=result, entry=team.entries.get(), language="en", words="Why?", filed_at=timezone.now()
    )
    assert "is what it was" in _refused("UPDATE contest_objection SET words = 'Thanks'")
    said.move_to(Objection.State.DISMISSED, answer="Because.", answered_at=timezone.now())
    assert "at its end" in _refused("UPDATE contest_objection SET answer = 'Another'")


def test_a_plan_that_has_begun_keeps_who_goes_on_and_one_with_a_result_all_that_it_says(team):
    plan = RoundPlan.objects.get(round__entries__team=team)
    RoundPlan.objects.update(advances=6, picks=1)
    plan.move_to(RoundPlan.State.OPEN)
    for change in (
        "advances = 7",
        "picks = 0",
        "into_id = NULL, most_a_division = 3",
        "registration_closes_at = now()",
    ):
        assert "is what it was" in _refused(f"UPDATE contest_roundplan SET {change}")
    RoundPlan.objects.update(objections_close_at=clock.now() + timedelta(days=30))
    for state in ("SETTLING", "FROZEN", "PROVISIONAL"):
        plan.move_to(RoundPlan.State[state])
    assert "is what it was" in _refused("UPDATE contest_roundplan SET objections_close_at = now()")
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        plan.delete()
    plan.move_to(RoundPlan.State.FINAL)
    assert RoundPlan.objects.values_list("advances", "picks", "state").get() == (6, 1, "final")


def test_an_archived_edition_is_only_read(team):
    round_ = Entry.objects.get(team=team).round
    partner = Partner.objects.create(
        edition=round_.edition, role="media", name_zh="示例台", name_en="Demo TV"
    )
    Archive.objects.create(edition=round_.edition, at=timezone.now())
    for statement in (
        "UPDATE contest_partner SET name_en = 'Another'",
        "DELETE FROM contest_partner",
        "UPDATE contest_roundplan SET state = 'open'",
        "UPDATE contest_registration SET state = 'withdrawn'",
    ):
        assert "is archived" in _refused(statement)
    with pytest.raises(DatabaseError, match="is archived"), transaction.atomic():
        Partner.objects.create(edition=round_.edition, role="media", name_zh="另一台", name_en="Another")
    for statement in ("DELETE FROM contest_archive", "UPDATE contest_archive SET at = now()"):
        assert "stays" in _refused(statement)
    partner.refresh_from_db()
    assert partner.name_en == "Demo TV" and Archive.objects.count() == 1
