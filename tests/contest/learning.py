"""A course to be learnt and a ceremony to come to, as rows."""

from datetime import timedelta

from contest.models import Ceremony, CeremonyGuest, Course
from core import clock
from impact.models import Edition


def a_course(edition: Edition) -> Course:
    """A published one of a lesson and a question."""
    course = Course.objects.create(
        edition=edition,
        state=Course.State.PUBLISHED,
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


def a_guest(edition: Edition) -> CeremonyGuest:
    """Of a ceremony in ten days that opens nothing."""
    ceremony = Ceremony.objects.create(
        edition=edition,
        title_zh="颁奖仪式",
        title_en="Awards",
        place_zh="武汉",
        place_en="Wuhan",
        begins_at=clock.now() + timedelta(days=10),
    )
    return ceremony.guests.create(name="示例来宾", body="示例单位")
