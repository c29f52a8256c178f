"""The board of tasks: whose they are, until when, and what ends them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.places import Place
from accounts.waiting import waiting_for
from contest.models import Partner, Task
from core import clock
from core.api.ids import global_id
from tests.accounts.world import Asker, a_person, holds
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return a_round().edition


@pytest.fixture
def organiser(edition):
    return an_organiser(edition)


def an_organiser(edition):
    person = a_person()
    holds(person, "organiser", Place(subject=edition.uid))
    return person


def a_task(organiser, edition, days=3, **facts) -> Task:
    due = clock.today() + timedelta(days=days)
    post(
        signed_in(organiser), "save_task", edition=edition.slug, titleZh="寄出倡议书", dueOn=str(due), **facts
    )
    return Task.objects.latest("id")


def id_of(task):
    return global_id("Task", task.uid)


def test_a_task_is_a_bodys_and_shown_as_late_once_its_last_day_is_past(organiser, edition):
    union = Partner.objects.create(
        edition=edition, role="co_sponsor", name_zh="示例总工会", name_en="Demo Union"
    )
    a_task(organiser, edition, owner=global_id("Partner", union.uid))
    there = f"/zh/organiser/{edition.slug}/provincial/tasks/"
    page = words(signed_in(organiser).get(there))
    assert "寄出倡议书" in page and "示例总工会" in page and "待办" in page and "过期了" not in page
    Task.objects.update(due_on=clock.today() - timedelta(days=1))
    assert "过期了" in words(signed_in(organiser).get(there))
    (one,) = [one for one in waiting_for(organiser) if one.kind == "TASKS"]
    assert one.count == 1 and one.is_deadline and one.at < clock.now()


def test_it_is_done_with_evidence_and_not_without(organiser, edition):
    task = a_task(organiser, edition)
    asker = Asker(organiser)
    assert asker.refused("taskFinish", task=id_of(task), evidence="  ") == "INVALID"
    asker.done("taskFinish", task=id_of(task), evidence="挂号信收据在办公室")
    task.refresh_from_db()
    assert (task.state, task.evidence, task.ended_by) == ("done", "挂号信收据在办公室", organiser)
    assert asker.refused("taskFinish", task=id_of(task), evidence="又一次") == "CONFLICT"
    asker.done("taskReopen", task=id_of(task))
    task.refresh_from_db()
    assert (task.state, task.evidence, task.ended_at) == ("open", "", None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.update(state="done")


def test_another_than_who_set_it_waives_it_with_a_reason(organiser, edition):
    task = a_task(organiser, edition)
    assert Asker(organiser).refused("taskWaive", task=id_of(task), reason="不用了") == "NOT_ALLOWED"
    other = an_organiser(edition)
    assert Asker(other).refused("taskWaive", task=id_of(task), reason="") == "INVALID"
    Asker(other).done("taskWaive", task=id_of(task), reason="改在线上发")
    task.refresh_from_db()
    assert (task.state, task.reason, task.ended_by) == ("waived", "改在线上发", other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.update(ended_by=organiser)


def test_another_editions_organiser_and_body_have_no_part_in_it(organiser, edition):
    task = a_task(organiser, edition)
    strange = a_round().edition
    other = an_organiser(strange)
    for act, given in (("taskFinish", {"evidence": "x"}), ("taskWaive", {"reason": "x"}), ("taskReopen", {})):
        assert Asker(other).refused(act, task=id_of(task), **given) == "NOT_FOUND"
    body = Partner.objects.create(edition=strange, role="media", name_zh="示例台", name_en="Demo TV")
    a_task(organiser, edition, owner=global_id("Partner", body.uid))
    assert Task.objects.count() == 1
    assert [one for one in waiting_for(other) if one.kind == "TASKS"] == []
