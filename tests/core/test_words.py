"""Words are chosen when they are told."""

from datetime import UTC, date, datetime

from django.template import Context, Template

from core import language
from core.language import say
from core.middleware import language_of
from core.refusals import Refusal


def test_the_same_words_in_both_languages():
    words = say("只剩 {n} 份", "Only {n} left", n=5)
    assert str(words) == "只剩 5 份"
    with language.use("en"):
        assert str(words) == "Only 5 left"
        assert f"{words}!" == "Only 5 left!"
        with language.use("zh"):
            assert str(words) == "只剩 5 份"
    assert words.in_language("en") == "Only 5 left" and language.current() == "zh"


def test_english_falls_back_to_chinese():
    class Thing:
        name_zh, name_en = "橙", ""

    with language.use("en"):
        assert language.localized(Thing, "name") == "橙"


def test_the_browser_may_prefer_one():
    prefer = language.preferred
    assert [prefer("en-GB,en;q=0.9,zh;q=0.8"), prefer("fr"), prefer(""), prefer("zh;q=0.4,en;q=x")] == [
        "en",
        "zh",
        "zh",
        "zh",
    ]


def test_the_address_goes_before_the_cookie_and_the_cookie_before_the_browser(rf):
    english = {"HTTP_ACCEPT_LANGUAGE": "en"}
    assert language_of(rf.get("/zh/p/x/", **english)) == "zh"
    request = rf.get("/graphql", **english)
    assert language_of(request) == "en"
    request.COOKIES["language"] = "zh"
    assert language_of(request) == "zh"


def test_a_template_tells_words_money_and_moments():
    words = '{% say "<b>{n}</b> 份" "<b>{n}</b> units" n=n %}'
    source = "{% load sheaf %}" + words + " {{ p|money }} {{ t|moment }} {{ d|day }}"
    context = {"n": "<5>", "p": 3690, "t": datetime(2026, 3, 1, 20, 5, tzinfo=UTC), "d": date(2026, 3, 1)}
    assert (
        Template(source).render(Context(context))
        == "<b>&lt;5&gt;</b> 份 ¥36.90 2026年3月2日 04:05 2026年3月1日"
    )
    with language.use("en"):
        assert Template(source).render(Context(context)).endswith("¥36.90 2 Mar 2026 04:05 1 Mar 2026")


def test_a_variable_in_say_is_escaped_and_may_hold_braces():
    template = Template("{% load sheaf %}{% say zh zh %}")
    assert template.render(Context({"zh": "<{x}>"})) == "&lt;{x}&gt;"


def test_a_refusal_says_its_sentence_in_the_language_of_who_hears_it():
    refusal = Refusal(say("不行", "No"), field="quantity", units_left=2)
    with language.use("en"):
        assert str(refusal) == "No"
    assert (refusal.field, refusal.facts, refusal.code) == (("quantity",), {"units_left": 2}, "REFUSED")
