"""What people say, learn and like in the demo's contest: questions with their answers, a course, likes, follows, shares."""

from datetime import timedelta

from accounts.actions import question as questions
from contest.actions import engagement, question, training
from contest.models import Course, Engagement
from core import clock
from impact.models import Edition, Round
from shop.demo.moments import at
from shop.demo.officials import Officials
from shop.demo.people import Cast

# (asked, answered, the same in English); the last one waits for its answer.
ASKED = (
    (
        ("退款的订单还算成绩吗？", "冻结前退的不算，冻结后退的另列，不改成绩单。"),
        (
            "Does a refunded order count?",
            "Given back before the freeze it does not; later it stands beside the result.",
        ),
    ),
    (
        ("同一个人一天买三次算几人次？", "一人一天算一人次，金额都算。"),
        (
            "Three orders of one person on a day: how many times is that?",
            "Once a person and day; all of the money counts.",
        ),
    ),
)
OPEN = "外部平台的成绩什么时候能看到？"
COURSE = {
    "title_zh": "示例课：怎样把货卖好", "title_en": "Demo course: selling well",
    "words_zh": "半小时，学完可以提交商品。", "words_en": "Half an hour; then products can be submitted.",
    "gates": True, "passes_percent": 60,
}  # fmt: skip
LESSONS = (
    (
        "写清楚卖什么",
        "Say what it is",
        "净含量、产地和保存方法都要写。",
        "Net content, origin and how to keep it.",
    ),
    (
        "价格怎么来的",
        "Where a price goes",
        "价格的每一部分都公开，合计一百。",
        "Each part of a price is public; they sum to a hundred.",
    ),
)
QUIZ = (
    (
        "价格构成要合计多少？",
        "What do the parts of a price sum to?",
        "九十\n一百\n随意",
        "90\n100\nAnything",
        2,
    ),
    (
        "参赛至少要几户核实的农户？",
        "How many verified households does a team need?",
        "三户\n十户",
        "Three\nTen",
        2,
    ),
)
HAVE_NOT_PASSED = 6  # teams, the last ones
FRIENDS, LOOKS = 48, 6


def of_edition(they: Officials, cast: Cast, edition: Edition) -> None:
    """Questions and a course."""
    managers = list(cast.managers.values())
    for manager, (zh, en) in zip(managers, ASKED, strict=False):
        asked = question.ask(edition, manager, zh[0])
        questions.answer(asked, they.organiser, zh[1])
        questions.publish(asked, they.organiser, (zh[0], en[0]), (zh[1], en[1]))
    question.ask(edition, managers[-1], OPEN)
    _teach(they, cast, edition)


def _teach(they: Officials, cast: Cast, edition: Edition) -> None:
    course = training.save(edition, they.organiser, COURSE)
    for title_zh, title_en, text_zh, text_en in LESSONS:
        facts = {"title_zh": title_zh, "title_en": title_en, "text_zh": text_zh, "text_en": text_en}
        training.add_lesson(course, they.organiser, facts)
    for zh, en, options_zh, options_en, right in QUIZ:
        facts = {"question_zh": zh, "question_en": en, "options_zh": options_zh, "options_en": options_en}
        training.add_question(course, they.organiser, {**facts, "right": right})
    training.publish(course, they.organiser)
    course = Course.objects.get(pk=course.pk)
    lessons, answers = list(course.lessons.all()), {item.uid: item.right for item in course.quiz.all()}
    for code in sorted(cast.managers)[:-HAVE_NOT_PASSED]:
        for lesson in lessons:
            training.read(lesson, cast.managers[code])
        training.answer(course, cast.managers[code], answers)


def of_entries(cast: Cast, round_: Round) -> None:
    """Buyers look at entries, and like, follow or share some of them, an hour apart."""
    entries, now = list(round_.entries.select_related("team", "round").order_by("number")), clock.now()
    for n, person in enumerate(cast.buyers[:FRIENDS]):
        with at(now - timedelta(hours=5 * n + 1)):
            seen = [entries[(n * 5 + k * k) % len(entries)] for k in range(LOOKS)]
            for entry in seen:
                engagement.look(person, entry)
            engagement.give(person, seen[0], Engagement.Kind.LIKE)
            engagement.give(person, seen[1], Engagement.Kind.FOLLOW)
            if n % 3 == 0:
                engagement.give(person, seen[2], Engagement.Kind.SHARE)
                engagement.give(person, seen[2], Engagement.Kind.LIKE)
