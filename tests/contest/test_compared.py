"""Why an entry stands before another: to the digit for everybody, on pages two taps from the board, once it is published."""

import pytest
from django.test import Client

from contest.models import Registration
from tests.contest.rounds import AField, a_field
from tests.contest.test_rulebook import told
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
COMPARED = """query C($e: String!, $a: String!, $b: String!, $v: Int) { scoreCompared(edition: $e, a: $a, b: $b, version: $v) {
  ahead { rank total entry { number } nextAhead } behind { rank entry { number } nextAhead }
  difference decidedBy isTie lines { points ahead { key value } behind { value } } } }"""


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> AField:
    made = a_field(monkeypatch, teams=4)
    made.scoring((80, 60), (50, 40), (90, 70), (70, 70))
    return made


def compared(field: AField, a: str, b: str, **more):
    return told(COMPARED, e=field.round.edition.slug, a=a, b=b, **more)


def page(field: AField, tail: str, language: str = "en") -> str:
    return words(Client().get(f"/{language}/contest/{field.round.edition.slug}/{tail}"))


def test_each_indicator_says_what_it_adds_to_the_difference(field):
    field.freeze()
    field.publish()
    told_ = compared(field, "E01", "E03")
    assert told_ == compared(field, "E03", "E01"), "whichever is named first"
    assert told_["ahead"] == {
        "rank": 1,
        "total": "80.0000",
        "entry": {"number": "E03"},
        "nextAhead": None,
    }
    assert (told_["behind"]["rank"], told_["behind"]["nextAhead"]) == (2, "E03")
    assert (told_["difference"], told_["isTie"], told_["decidedBy"]) == ("10.0000", False, "总分")
    assert [(line["ahead"]["key"], line["points"]) for line in told_["lines"]] == [
        ("welfare", "5.0000"),
        ("amount", "5.0000"),
    ]


def test_of_equal_totals_it_says_the_rule_that_parts_them(field):
    field.freeze()
    field.publish()
    # 80 and 60, 70 and 70: both 70.0000, the higher P stands before.
    told_ = compared(field, "E04", "E01")
    assert (told_["ahead"]["entry"]["number"], told_["isTie"], told_["difference"]) == ("E01", True, "0.0000")
    assert told_["decidedBy"].endswith("较高者")
    assert [line["points"] for line in told_["lines"]] == ["5.0000", "-5.0000"]
    assert "Their totals are equal (70.0000)" in page(field, "provincial/compare/?a=E04&b=E01")


def test_nothing_is_compared_before_it_is_published_nor_who_has_no_place(field):
    assert compared(field, "E01", "E02") is None
    field.freeze()
    field.out(2, Registration.State.DISQUALIFIED)
    assert compared(field, "E01", "E03") is None
    field.publish()
    assert compared(field, "E01", "E03") is not None
    assert compared(field, "E01", "E03", v=2) is None
    for other in ("E02", "E01", "none"):
        assert compared(field, "E01", other) is None
    gone = Client().get(f"/en/contest/{field.round.edition.slug}/provincial/compare/?a=E01&b=E02")
    assert gone.status_code == 404


def test_an_entrys_page_opens_its_score_and_leads_to_why_it_is_behind(field):
    assert 'id="why"' not in page(field, "E01/")
    field.freeze()
    assert 'id="why"' not in page(field, "E01/"), "frozen, and nothing is published"
    field.publish()
    seen = page(field, "E01/")
    assert "Place 2, 70.0000 points" in seen and "min(1, 80 ÷ 100) = 0.8" in seen
    assert "0.5 × 80 + 0.5 × 60 = 70 → 70.0000" in seen
    where = f"/en/contest/{field.round.edition.slug}/provincial/compare/?a=E03&amp;b=E01"
    assert where in seen and field.round.plan.rulebook.sha256 in seen
    assert "第 2 名，70.0000 分" in page(field, "E01/", "zh")
    why = words(Client().get(where.replace("&amp;", "&")))
    assert "It is 10.0000 points ahead: 80.0000 to 70.0000." in why and why.count("+5.0000") == 2
    assert "min(1, 90 ÷ 100) = 0.9" in why and "min(1, 80 ÷ 100) = 0.8" in why
    assert "compare/?a" not in page(field, "E03/"), "nobody is ahead of the first"
