"""A course to be learnt, a ceremony to come to and a task to be done, as rows."""

from datetime import timedelta
from typing import Any

from contest.models import Ceremony, CeremonyGuest, Course, Task
from core import clock
from impact.models import Edition
from tests.accounts.world import a_person


def a_course(edition: Edition, state: str = Course.State.PUBLISHED) -> Course:
    """One of a lesson and a question."""
    course = Course.objects.create(
        edition=edition,
        state=state,
        title_zh="写好产品页",
        title_en="Writing a product's page",
    )
    course.lessons.create(
        position=1,
        title_zh="说清楚是谁种的",
        title_en="Say who grew it",
        text_zh="写明哪个村、哪一批。",
        text_en="Name the village and the lot.",
    )
    course.quiz.create(
        position=1,
        question_zh="产品页要写明批次吗？",
        question_en="Does a product's page name its lot?",
        options_zh=["要", "不要"],
        options_en=["Yes", "No"],
        right=0,
    )
    return course


def a_guest(edition: Edition, **fields: Any) -> CeremonyGuest:
    """Of a ceremony in ten days; it opens nothing, unless `opens` says which round."""
    ceremony = Ceremony.objects.create(
        edition=edition,
        title_zh="颁奖仪式",
        title_en="Awards",
        place_zh="武汉",
        place_en="Wuhan",
        begins_at=clock.now() + timedelta(days=10),
        **fields,
    )
    return ceremony.guests.create(name="示例来宾", body="示例单位")


def a_task(edition: Edition) -> Task:
    """Of whoever keeps the edition, to be done within a week."""
    return Task.objects.create(
        edition=edition,
        title_zh="公布评委名单",
        title_en="Publish the judges' names",
        due_on=clock.today() + timedelta(days=7),
        set_by=a_person(),
    )
