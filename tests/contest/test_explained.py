"""Anybody follows a published score to the digit, and nobody one that is not published."""

import pytest

from contest.models import Registration
from tests.contest.rounds import a_field
from tests.contest.test_rulebook import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
WHY = """query W($e: String!, $n: String!, $v: Int) { scoreExplained(edition: $e, number: $n, version: $v) {
  rank decidedBy version state total formula rulebookSha256 rulebook { sha256 version }
  lines { key name weightBps value formula steps { name value weightBps formula fraction isMissing } } } }"""


@pytest.fixture
def field(monkeypatch):
    made = a_field(monkeypatch, teams=3)
    made.scoring((80, 60), (50, 40), (90, 70))
    return made


def why(field, number, **more):
    return told(WHY, e=field.round.edition.slug, n=number, **more)


def test_a_score_is_told_in_steps_once_its_result_is_published(field):
    assert why(field, "E01") is None
    field.freeze()
    assert why(field, "E01") is None
    field.publish()
    told_ = why(field, "E01")
    assert (told_["rank"], told_["total"], told_["decidedBy"]) == (2, "70.0000", "总分")
    assert told_["formula"] == "0.5 × 80 + 0.5 × 60 = 70 → 70.0000"
    assert told_["rulebookSha256"] == told_["rulebook"]["sha256"] == field.round.plan.rulebook.sha256
    welfare, amount = told_["lines"]
    assert (welfare["value"], welfare["formula"]) == ("80.0000", "100 × (0.8) = 80 → 80.0000")
    assert welfare["steps"] == [{"name": "参与单位", "value": "80", "weightBps": 10_000, "isMissing": False,
                                 "formula": "min(1, 80 ÷ 100) = 0.8", "fraction": "0.8"}]  # fmt: skip
    assert amount["steps"][0]["formula"] == "min(1, 60000 ÷ 100000) = 0.6"
    assert why(field, "E01", v=1) == told_ and why(field, "E01", v=2) is None


def test_whoever_is_out_of_competition_has_no_score_to_explain(field):
    field.freeze()
    field.out(3, Registration.State.WITHDRAWN)
    field.publish()
    assert why(field, "E03") is None and why(field, "E01")["rank"] == 1
