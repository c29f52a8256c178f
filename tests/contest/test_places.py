"""Places are for those who may go on, and each tie is decided by the rule that is printed beside it (N15)."""

import csv
import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models.signals import post_init
from django.test import Client, RequestFactory

from contest.actions import result as results
from contest.models import Registration, Rulebook
from contest.scoring.ranking import drawn
from contest.verify.result import verify
from core import language
from core.api.documents import ask
from core.papers.paper import Paper
from shop.web.contest import bulletin_paper
from tests.contest.rounds import a_field, order_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
RESULT = """query R($edition: String!, $version: Int) {
  roundResult(edition: $edition, level: PROVINCIAL, version: $version) {
    version state seed sha256 snapshotSha256 rulebookSha256
    rows { rank entry { number } total decidedBy advances out outReason values { key value } inputs { key value } } } }"""


def asked(field, **variables):
    request = RequestFactory().post("/graphql")
    request.user, request.id = AnonymousUser(), "r"
    with language.use("en"):
        data, errors = ask(request, RESULT, {"edition": field.round.edition.slug, **variables})
    assert not errors, errors
    return data["roundResult"]


@pytest.fixture
def field(monkeypatch):
    """Twelve entries, the best six go on. Of P and the other half: E06, E07 and E08 come to 50 alike, E07 by a higher P;
    E11 and E12 differ in the fifth decimal alone."""
    made = a_field(monkeypatch, teams=12, advances=6)
    halves = [
        (90, 90),
        (85, 85),
        (80, 80),
        (75, 75),
        (70, 70),
        (48, 52),
        (50, 50),
        (48, 52),
        (40, 40),
        (30, 30),
    ]
    made.given(
        *({"organisations": p, "amount_minor": m * 100_000, "households": 40} for p, m in halves),
        {"organisations": 20, "amount_minor": 2_000_001, "households": 40},
        {"organisations": 20, "amount_minor": 2_000_000, "households": 50},
    )
    sixth, eighth = made.entries[5], made.entries[7]  # approved at one moment
    eighth.approved_at = sixth.approved_at
    eighth.save(update_fields=["approved_at"])
    return made


@pytest.fixture
def result(field):
    field.freeze()
    field.out(2, "withdrawn")
    field.out(4, "disqualified")
    field.out(5, "suspended")
    field.out(8, "disqualified")
    field.entries[7].registration.move_to(Registration.State.LIVE, reason="")  # its appeal was granted
    return field.publish()


def test_six_who_may_go_on_do_and_no_number_is_for_whoever_is_out(field, result):
    seed = result.seed
    sixth, eighth = sorted(("E06", "E08"), key=lambda number: drawn(seed, number))
    # By the fifth decimal nothing is parted: E12 has more households, and goes before E11.
    order = ["E01", "E03", "E07", sixth, eighth, "E09", "E10", "E12", "E11"]
    assert order_of(result) == [*enumerate(order, start=1), (None, "E02"), (None, "E04"), (None, "E05")]
    rows = {row.entry.number: row for row in result.rows.select_related("entry")}
    assert [number for number in order if rows[number].advances] == order[:6]
    decided = {number: row.decided_by for number, row in rows.items()}
    assert (decided["E07"], decided["E06"], decided["E08"]) == ("welfare", "draw", "draw")
    assert (decided["E12"], decided["E11"], decided["E09"]) == ("households", "households", "score")
    for number, why in (("E02", "withdrawn"), ("E04", "disqualified"), ("E05", "suspended")):
        row = rows[number]
        assert (row.rank, row.total, row.values, row.advances, row.out) == (None, None, {}, False, why)


def test_result_bulletin_next_round_and_verify_say_the_same_order(field, result):
    order = [number for rank, number in order_of(result) if rank]
    told = asked(field)
    assert [row["entry"]["number"] for row in told["rows"] if row["rank"]] == order
    assert [row["rank"] for row in told["rows"]] == [*range(1, 10), None, None, None]
    address = f"/en/contest/{field.round.edition.slug}/provincial/result.csv"
    lines = list(csv.DictReader(io.StringIO(Client().get(address).content.decode("utf-8-sig"))))
    assert [line["Number"] for line in lines if line["Rank"]] == order
    assert [line["Number"] for line in lines if line["Goes on"]] == order[:6]
    board = Client().get(address.removesuffix("result.csv")).content.decode()
    on_it = board[board.index('id="result-title"') :]
    at = [on_it.index(f"/{field.round.edition.slug}/{number}/") for number in order]
    assert at == sorted(at), "the page tells them in this order too"
    field.window_over()
    assert results.finalise_due() == 1
    sent = Registration.objects.filter(round=field.into).order_by("entry__pk")
    assert [one.advanced_from.number for one in sent] == order[:6]
    assert list(verify()) == []


def test_the_bulletin_is_a_paper_in_both_languages_and_set_once(field, result, monkeypatch):
    bulletin_paper.papers.forget()
    said = []
    monkeypatch.setattr(Paper, "text", lambda paper, text: said.append(text))
    monkeypatch.setattr(Paper, "table", lambda paper, titles, rows, **_: said.append([titles, *rows]))
    where = f"/contest/{field.round.edition.slug}/provincial/result.pdf"
    for lang, state, head in (("en", "Provisional", "Rank"), ("zh", "初步结果", "名次")):
        made = Client().get(f"/{lang}{where}")
        assert (made.status_code, made["Content-Type"]) == (200, "application/pdf")
        assert made.content.startswith(b"%PDF-") and "attachment" in made["Content-Disposition"]
        words, table = said
        assert state in words and table[0][0] == head
        told = [(int(line[0]) if line[0] else None, line[1].split("(")[1].rstrip(")")) for line in table[1:]]
        assert told == order_of(result)
        said.clear()
        assert Client().get(f"/{lang}{where}").content == made.content and said == []
    assert Client().get(f"/en{where}?version=9").status_code == 404
    assert Client().get(f"/en{where[:-3]}exe").status_code == 404


def test_a_division_that_has_its_quota_leaves_its_place(field):
    other = field.entries[11].team
    other.division = other.county
    other.save(update_fields=["division"])
    field.plan(most_a_division=5)
    field.freeze()
    result = field.publish()
    rows = result.rows.filter(advances=True).order_by("rank")
    # Five of the one division, and the only one of the other, wherever it stands.
    assert [row.entry.number for row in rows] == ["E01", "E02", "E03", "E04", "E05", "E12"]


def test_before_it_is_published_nothing_is_told_and_each_version_stays(field):
    field.freeze()
    assert asked(field) is None
    address = f"/en/contest/{field.round.edition.slug}/provincial/result.csv"
    assert Client().get(address).status_code == 404
    first = field.publish()
    results.supersede(field.round, field.organiser, "Again.")
    assert asked(field)["version"] == 2
    old = asked(field, version=1)
    assert (old["state"], old["sha256"]) == ("SUPERSEDED", first.sha256)
    assert Client().get(f"{address}?version=1").status_code == 200
    assert Client().get(f"{address}?version=9").status_code == 404


def test_verify_names_what_differs(field, result):
    assert list(verify()) == []

    def changed(sender, instance, **_):
        """As if somebody had gone past the database's own trigger."""
        for row, weight in zip(instance.parameters["indicators"], (4_000, 6_000), strict=True):
            row["weight_bps"] = weight

    post_init.connect(changed, sender=Rulebook)
    try:
        found = [(one.rule, one.noun) for one in verify()]
    finally:
        post_init.disconnect(changed, sender=Rulebook)
    assert ("INV-14", "Snapshot") in found and ("INV-12", "ResultRow") in found
