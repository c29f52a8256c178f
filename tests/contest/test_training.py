"""Courses of an edition: written and published by its organiser, passed by anybody, and what a team has to learn."""

import re

import pytest

from accounts.actions.export import export
from accounts.models import Appointment
from accounts.places import Place
from catalog.actions.missing import missing
from contest.models import Course, CourseResult, LessonRead, Registration
from core.api.ids import global_id
from tests.accounts.world import Asker, a_person, holds
from tests.catalog.world import a_team, published
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db
WHERE = "/zh/organiser/{}/provincial/training/"


@pytest.fixture
def team():
    return a_team(manager=a_person(name="示例队长"))


@pytest.fixture
def edition(team):
    return a_round(team).edition


@pytest.fixture
def organiser(edition):
    person = a_person()
    holds(person, "organiser", Place(subject=edition.uid))
    return signed_in(person)


def id_of(row):
    return global_id(type(row).__name__, row.uid)


def written(organiser, edition, **facts) -> Course:
    post(organiser, "save_course", edition=edition.slug, titleZh="众筹入门", titleEn="First steps", **facts)
    return Course.objects.latest("id")


def filled(organiser, edition, **facts) -> Course:
    course = written(organiser, edition, **facts)
    post(organiser, "add_lesson", course=id_of(course), titleZh="第一课", textZh="写清楚是谁种的。")
    for n in range(1, 6):
        post(
            organiser,
            "add_quiz_item",
            course=id_of(course),
            questionZh=f"第 {n} 题",
            optionsZh="对\n不对",
            optionsEn="true\nfalse",
            right="2",
        )
    post(organiser, "publish_course", course=id_of(course))
    course.refresh_from_db()
    return course


def reads_all(browser, course):
    for lesson in course.lessons.all():
        post(browser, "mark_lesson", lesson=id_of(lesson))


def answers(browser, course, *options):
    given = {f"answer.{id_of(q)}": str(o) for q, o in zip(course.quiz.all(), options, strict=False)}
    return post(browser, "answer_quiz", course=id_of(course), **given)


def test_a_course_is_published_once_it_has_a_lesson_and_a_question(organiser, edition):
    course = written(organiser, edition)
    post(organiser, "publish_course", course=id_of(course))
    course.refresh_from_db()
    assert course.state == Course.State.DRAFT
    assert "众筹入门" not in words(signed_in(a_person()).get("/zh/training/"))
    assert filled(organiser, edition).state == Course.State.PUBLISHED
    page = words(signed_in(a_person()).get("/en/training/"))
    assert "First steps" in page and page.count("First steps") == 1
    assert words(organiser.get(WHERE.format(edition.slug))).count("众筹入门") >= 2


@pytest.mark.parametrize(
    "given",
    [
        {"optionsZh": "只有一个", "right": "1"},
        {"optionsZh": "对\n对", "right": "1"},
        {"optionsZh": "对\n不对", "right": "3"},
        {"optionsZh": "对\n不对", "right": "0"},
        {"optionsZh": "对\n不对", "optionsEn": "true", "right": "1"},
        {"optionsZh": "1\n2\n3\n4\n5\n6\n7", "right": "1"},
    ],
)
def test_a_question_that_cannot_be_answered_is_not_added(organiser, edition, given):
    course = written(organiser, edition)
    post(organiser, "add_quiz_item", course=id_of(course), questionZh="哪个对", **given)
    assert not course.quiz.exists()


def test_she_passes_by_so_many_right_answers_once_every_lesson_is_read_and_the_best_try_counts(
    organiser, edition
):
    course = filled(organiser, edition)
    learner = a_person(name="示例学员")
    browser = signed_in(learner)
    answers(browser, course, 1, 1, 1, 1, 1)
    assert not CourseResult.objects.exists(), "no lesson is read"
    reads_all(browser, course)
    reads_all(browser, course)
    assert LessonRead.objects.count() == 1
    answers(browser, course, 1, 1, 1)
    assert not CourseResult.objects.exists(), "two questions have no answer"
    answers(browser, course, 1, 1, 1, 0, 0)
    result = CourseResult.objects.get()
    assert (result.right, result.of, result.tries, result.passed_at) == (3, 5, 1, None)
    answers(browser, course, 1, 1, 1, 1, 0)
    answers(browser, course, 0, 0, 0, 0, 0)
    result.refresh_from_db()
    assert (result.right, result.of, result.tries) == (4, 5, 3) and result.passed_at
    there = f"/zh/training/certificate/{result.number}.pdf"
    paper = browser.get(there)
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF-")
    assert "no-store" in paper["Cache-Control"]
    assert signed_in(a_person()).get(there).status_code == 404, "hers alone"
    (told,) = export(learner)["courses"]
    assert (told["right"], told["of"]) == (4, 5)


def test_five_tries_an_hour_and_no_more(organiser, edition):
    course = filled(organiser, edition)
    browser = signed_in(a_person())
    reads_all(browser, course)
    for _ in range(6):
        answers(browser, course, 0, 0, 0, 0, 0)
    assert CourseResult.objects.get().tries == 5


def test_which_answer_is_right_is_told_to_nobody(organiser, edition):
    course = filled(organiser, edition)
    asker = Asker(a_person(), language="zh")
    answer = asker.send(
        "query($id: ID!) { course(id: $id) { quiz { id question options right } } }", id=id_of(course)
    )
    assert "errors" in answer
    page = signed_in(a_person()).get(f"/zh/training/{id_of(course)}/").content.decode()
    assert not re.search(r"\bright\b[^-]", page.split("<main")[1])


def test_a_team_submits_nothing_before_its_leader_or_manager_has_passed(organiser, edition, team, settings):
    settings.LISTING_CONDITIONS = ["contest.reads.training.team_is_trained"]
    settings.TRAINING_GATES = True
    product = published(team).product
    course = filled(organiser, edition, gates="true")

    def codes():
        return [one.code for one in missing(product)]

    assert "TRAINING_MISSING" in codes()
    stranger = signed_in(a_person())
    reads_all(stranger, course)
    answers(stranger, course, 1, 1, 1, 1, 1)
    assert "TRAINING_MISSING" in codes(), "somebody else has passed"
    settings.TRAINING_GATES = False
    assert "TRAINING_MISSING" not in codes()
    settings.TRAINING_GATES = True
    manager = signed_in(Appointment.objects.get(subject=team.uid, role="team_manager").person)
    reads_all(manager, course)
    answers(manager, course, 1, 1, 1, 1, 1)
    assert "TRAINING_MISSING" not in codes()


def test_a_team_that_takes_no_part_and_a_course_that_gates_nothing_ask_for_no_training(
    organiser, edition, team, settings
):
    settings.LISTING_CONDITIONS = ["contest.reads.training.team_is_trained"]
    settings.TRAINING_GATES = True
    product = published(team).product
    course = filled(organiser, edition)
    assert "TRAINING_MISSING" not in [one.code for one in missing(product)]
    course.gates = True
    course.save()
    Registration.objects.update(state="withdrawn")
    assert "TRAINING_MISSING" not in [one.code for one in missing(product)]


def test_nobody_else_writes_a_course(organiser, edition):
    course = filled(organiser, edition)
    other = a_person()
    holds(other, "organiser", Place(subject=a_round().edition.uid))
    for person in (other, a_person()):
        browser = signed_in(person)
        post(browser, "save_course", edition=edition.slug, titleZh="别人的")
        post(browser, "save_course", edition=edition.slug, id=id_of(course), titleZh="改掉")
        post(browser, "add_lesson", course=id_of(course), titleZh="x", textZh="x")
        post(browser, "withdraw_course", course=id_of(course))
        post(browser, "remove_course_part", lesson=id_of(course.lessons.get()), seen="x")
    course.refresh_from_db()
    assert (course.title_zh, course.state) == ("众筹入门", Course.State.PUBLISHED)
    assert Course.objects.count() == 1 and course.lessons.count() == 1
    assert signed_in(other).get(WHERE.format(edition.slug)).status_code == 404
