"""Rules are drafted, edited field by field, frozen before their round opens, and stay."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from accounts.actions import appointment
from accounts.models import Appointment, AuditEntry, Person
from accounts.places import Place
from contest.actions.round import set_times
from contest.models import RoundPlan, Rulebook
from contest.reads import rulebook as reads
from contest.reads.keeping import key_of_round
from contest.scoring.fields import path_of
from contest.scoring.rulebook import default_parameters, sha256_of
from contest.verify.rulebook import verify
from core import clock
from core.api.documents import ask
from core.api.ids import global_id
from core.refusals import Invalid
from impact.actions import standings
from impact.models import Round
from tests.catalog import world as shelves
from tests.factor import awake
from tests.impact import world

pytestmark = pytest.mark.django_db

PAYLOAD = "rulebook { id version sha256 isFrozen indicators { key weightBps } } errors { code field message }"
PUBLIC = """query R($id: ID!) { rulebook(id: $id) { version text sha256 canonical ties notes
  indicators { key name about weightBps parts { name weightBps } } fields(sections: ["caps"]) { path label unit value shown } } }"""
VERSIONS = "query V($e: String!) { rulebooks(edition: $e) { version } }"
DESK = """query D($e: String!, $values: [RulebookValueInput!], $of: ID) {
  organiserRound(edition: $e, level: PROVINCIAL) { rulebook { id version } rulebooks { id version isFrozen }
    simulation(values: $values, of: $of) { isPublished refused indicators { key weightBps }
      rows { number rank rankBefore best worst total values } } } }"""


def told(document, viewer=None, **variables):
    cache.key_prefix += "+"
    request = RequestFactory().post("/graphql")
    request.user, request.id = viewer or AnonymousUser(), "r"
    data, errors = ask(request, document, variables)
    assert not errors, errors
    (answer,) = data.values()
    return answer


def do(act, viewer, **given):
    kind = act[0].upper() + act[1:]
    document = f"mutation M($input: {kind}Input!) {{ {act}(input: $input) {{ {PAYLOAD} }} }}"
    return told(document, viewer, input=given)


def refused(payload):
    """(code, the last of the path) of each error."""
    assert payload["rulebook"] is None
    return [(e["code"], (e["field"] or [""])[-1]) for e in payload["errors"]]


def organiser(round_, place=None):
    person = shelves.a_person()
    appointment.appoint(person, Appointment.Role.ORGANISER, place or Place(subject=round_.edition.uid))
    return awake(Person.objects.get(pk=person.pk))


@pytest.fixture
def round_():
    return world.a_round(shelves.a_team(), shelves.a_team(), days=(1, 10, 17))


@pytest.fixture
def keeper(round_):
    return organiser(round_)


def round_id(round_):
    return global_id("Round", key_of_round(round_))


def rules(round_, keeper):
    return do("rulebookDraft", keeper, round=round_id(round_))["rulebook"]


def weights(**bps):
    return [{"path": path_of(("indicators", key, "weight_bps")), "value": str(n)} for key, n in bps.items()]


def test_an_organiser_drafts_edits_and_freezes_the_rules_of_her_round(round_, keeper):
    book = rules(round_, keeper)
    assert (book["version"], book["isFrozen"]) == (1, False)
    assert [i["weightBps"] for i in book["indicators"]] == [3000, 2000, 2000, 2000, 1000]
    row = Rulebook.objects.get()
    assert RoundPlan.objects.get(round=round_).rulebook == row and not row.is_frozen
    values = [*weights(welfare=3500, amount=1500), {"path": "caps.personMinor", "value": "300000"}]
    assert not do("rulebookUpdate", keeper, rulebook=book["id"], textEn="Be fair.", values=values)["errors"]
    row.refresh_from_db()
    assert row.parameters["caps"]["person_minor"] == 300_000 and row.text_en == "Be fair."
    frozen = do("rulebookFreeze", keeper, rulebook=book["id"])["rulebook"]
    row.refresh_from_db()
    assert frozen["isFrozen"] and frozen["sha256"] == row.sha256 == sha256_of(row.parameters)
    assert row.frozen_by == keeper and row.frozen_at <= round_.opens_at and not list(verify())
    deeds = AuditEntry.objects.filter(noun="Rulebook").order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["draft", "edit", "freeze"]


def test_what_does_not_add_up_is_refused_by_its_field_and_changes_nothing(round_, keeper):
    book = rules(round_, keeper)
    before = Rulebook.objects.values().get()
    cases = [
        (weights(welfare=3500), "indicators.welfare.weightBps"),
        ([{"path": "indicators.welfare.judgesBps", "value": "4999"}], "indicators.welfare.judgesBps"),
        ([{"path": "popularity.engagementBps", "value": "6001"}], "popularity.engagementBps"),
        (
            [{"path": "judging.criteria.benefit.weightBps", "value": "1"}],
            "judging.criteria.benefit.weightBps",
        ),
        ([{"path": "caps.personMinor", "value": "-1"}], "caps.personMinor"),
        ([{"path": "caps.personMinor", "value": "12.5"}], "caps.personMinor"),
        ([{"path": "references.amountMinor.x0Minor", "value": "0"}], "references.amountMinor.x0Minor"),
        ([{"path": "popularity.mode", "value": "loudest"}], "popularity.mode"),
        ([{"path": "ties.4", "value": "welfare"}], "ties.4"),
        ([{"path": "indicators.charm.weightBps", "value": "1"}], "indicators.charm.weightBps"),
    ]
    for values, field in cases:
        assert refused(do("rulebookUpdate", keeper, rulebook=book["id"], values=values)) == [
            ("INVALID", field)
        ]
    both = [{"path": "caps.personDays", "value": "0"}, {"path": "integrity.F4.leastOrders", "value": "x"}]
    assert refused(do("rulebookUpdate", keeper, rulebook=book["id"], values=both)) == [
        ("INVALID", "caps.personDays"), ("INVALID", "integrity.F4.leastOrders")]  # fmt: skip
    assert Rulebook.objects.values().get() == before


def test_a_row_written_past_the_form_is_not_frozen_where_it_does_not_add_up(round_, keeper):
    book = rules(round_, keeper)
    wrong = default_parameters()
    wrong["indicators"][0]["weight_bps"] = 2_999
    Rulebook.objects.update(parameters=wrong, text_en="")
    assert refused(do("rulebookFreeze", keeper, rulebook=book["id"])) == [
        ("INVALID", "textEn"), ("INVALID", "indicators.welfare.weightBps")]  # fmt: skip
    assert Rulebook.objects.get().frozen_at is None


def test_after_freezing_nothing_is_edited_and_nothing_frozen_again(round_, keeper):
    book = rules(round_, keeper)
    do("rulebookFreeze", keeper, rulebook=book["id"])
    before = Rulebook.objects.values().get()
    one = {"rulebook": book["id"]}
    assert refused(do("rulebookUpdate", keeper, **one, textZh="改"))[0][0] == "TOO_LATE"
    assert refused(do("rulebookUpdate", keeper, **one, values=weights(welfare=3000)))[0][0] == "TOO_LATE"
    given = {"key": "x", "nameZh": "甲", "nameEn": "X", "measure": "further.x", "ref": 10}
    assert refused(do("rulebookIndicatorAdd", keeper, **one, **given))[0][0] == "TOO_LATE"
    assert refused(do("rulebookFreeze", keeper, **one))[0][0] == "CONFLICT"
    changes = ("text_en = 'mine'", "parameters = '{}'", "frozen_at = NULL, sha256 = ''", "version = 9")
    for statement in (*(f"UPDATE contest_rulebook SET {c}" for c in changes), "DELETE FROM contest_rulebook"):
        with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
            connection.cursor().execute(statement)
    assert Rulebook.objects.values().get() == before


def test_the_rules_of_a_round_that_has_begun_are_neither_frozen_nor_exchanged(round_, keeper):
    late = rules(round_, keeper)
    clock.move(timedelta(days=2))
    assert refused(do("rulebookFreeze", keeper, rulebook=late["id"]))[0][0] == "TOO_LATE"
    assert not reads.of_round(round_).is_frozen
    second = rules(round_, keeper)
    assert RoundPlan.objects.get(round=round_).rulebook.version == late["version"]
    choose = do("rulebookChoose", keeper, rulebook=second["id"], round=round_id(round_))
    assert refused(choose)[0][0] == "TOO_LATE"
    plan = RoundPlan.objects.get(round=round_)
    plan.move_to(RoundPlan.State.OPEN)
    with pytest.raises(DatabaseError, match="has begun by its rules"), transaction.atomic():
        RoundPlan.objects.update(rulebook=Rulebook.objects.get(version=second["version"]))
    assert [o.noun for o in verify()] == ["RoundPlan"]


def test_a_round_settles_as_long_as_its_rules_say(round_, keeper):
    book = rules(round_, keeper)
    values = [{"path": "rules.settlingDays", "value": "8"}]
    assert not do("rulebookUpdate", keeper, rulebook=book["id"], values=values)["errors"]
    assert refused(do("rulebookFreeze", keeper, rulebook=book["id"])) == [("INVALID", "rules.settlingDays")]


def test_times_that_its_frozen_rules_do_not_fit_are_refused(round_, keeper):
    book = rules(round_, keeper)
    do("rulebookFreeze", keeper, rulebook=book["id"])
    now, before = clock.now(), Round.objects.values().get()
    for days, field in (((-1, 10, 17), "opens_at"), ((1, 10, 16), "freezes_at")):
        with pytest.raises(Invalid) as no:
            set_times(round_, *(now + timedelta(days=n) for n in days), by=keeper)
        assert no.value.field == (field,)
    assert Round.objects.values().get() == before
    set_times(round_, *(now + timedelta(days=n) for n in (2, 10, 17)), by=keeper)


def test_a_new_version_begins_as_another_one_is_and_the_old_one_stays(round_, keeper):
    first = rules(round_, keeper)
    do(
        "rulebookUpdate",
        keeper,
        rulebook=first["id"],
        textZh="第一版",
        values=weights(welfare=3500, amount=1500),
    )
    do("rulebookFreeze", keeper, rulebook=first["id"])
    before = Rulebook.objects.values().get()
    second = do("rulebookDraft", keeper, round=round_id(round_), like=first["id"])["rulebook"]
    assert second["version"] == 2 and second["indicators"][0]["weightBps"] == 3500
    assert RoundPlan.objects.get(round=round_).rulebook_id == before["id"], (
        "a frozen one is not left by itself"
    )
    do("rulebookUpdate", keeper, rulebook=second["id"], values=weights(welfare=3000, amount=2000))
    assert not do("rulebookChoose", keeper, rulebook=second["id"], round=round_id(round_))["errors"]
    assert Rulebook.objects.values().get(version=1) == before


def test_a_sixth_indicator_is_added_weighed_and_taken_out_by_fields_alone(round_, keeper):
    book = rules(round_, keeper)
    given = {"rulebook": book["id"], "key": "returning", "nameZh": "回头客", "nameEn": "Who came back",
             "measure": "further.returning", "ref": 500, "x0": 5}  # fmt: skip
    made = do("rulebookIndicatorAdd", keeper, **given)["rulebook"]
    assert made["indicators"][5] == {"key": "returning", "weightBps": 0}
    assert refused(do("rulebookIndicatorAdd", keeper, **given)) == [("INVALID", "key")]
    assert refused(do("rulebookIndicatorAdd", keeper, **{**given, "key": "b", "measure": "secret", "nameEn": " "})) == [
        ("INVALID", "nameEn"), ("INVALID", "measure")]  # fmt: skip
    assert not do("rulebookUpdate", keeper, rulebook=book["id"], values=weights(returning=500, welfare=2500))[
        "errors"
    ]
    assert (
        refused(do("rulebookIndicatorRemove", keeper, rulebook=book["id"], key="returning"))[0][0]
        == "CONFLICT"
    )
    do("rulebookUpdate", keeper, rulebook=book["id"], values=weights(returning=0, welfare=3000))
    left = do("rulebookIndicatorRemove", keeper, rulebook=book["id"], key="returning")["rulebook"]
    assert len(left["indicators"]) == 5


def test_everybody_reads_frozen_rules_and_can_compute_their_hash_and_nobody_a_draft(round_, keeper):
    book = rules(round_, keeper)
    assert told(PUBLIC, id=book["id"]) is None and told(PUBLIC, keeper, id=book["id"]) is None
    assert told(VERSIONS, e=round_.edition.slug) == []
    do("rulebookFreeze", keeper, rulebook=book["id"])
    read = told(PUBLIC, id=book["id"])
    assert hashlib.sha256(read["canonical"].encode()).hexdigest() == read["sha256"]
    parameters = json.loads(read["canonical"])
    text = Rulebook.objects.get().text_zh
    assert parameters["text"]["zh"] == hashlib.sha256(text.encode()).hexdigest() and read["text"] == text
    assert [i["name"] for i in read["indicators"]] == [
        "公益性",
        "众筹金额",
        "众筹人次",
        "资源动员能力",
        "普及率",
    ]
    assert read["fields"][0] | {} == {"path": "caps.personMinor", "label": "每位个人计入金额的上限", "unit": "minor",
                                      "value": "500000", "shown": "5000.00"}  # fmt: skip
    assert read["ties"] == [
        "公益性较高者",
        "有收益的农户较多者",
        "支持者人数较多者",
        "先通过审核者",
        "抽签（种子公开）",
    ]
    assert told(VERSIONS, e=round_.edition.slug) == [{"version": 1}]


def test_the_rules_of_another_contest_are_nobody_elses(round_, keeper):
    book = rules(round_, keeper)
    other = world.a_round(shelves.a_team(), days=(1, 10, 17))
    stranger, theirs = shelves.a_person(), organiser(other)
    for person in (stranger, theirs):
        answer = told("mutation M($input: RulebookFreezeInput!) { rulebookFreeze(input: $input) { errors { code } } }",
                      person, input={"rulebook": book["id"]})  # fmt: skip
        assert answer["errors"][0]["code"] in ("NOT_ALLOWED", "NOT_FOUND")
        assert told(DESK, person, e=round_.edition.slug) is None
    # Nor is her own round simulated with somebody else's entries.
    do("rulebookDraft", theirs, round=round_id(other))
    assert told(DESK, theirs, e=other.edition.slug, of=round_id(round_))["simulation"] is None
    assert (
        refused(do("rulebookChoose", theirs, rulebook=book["id"], round=round_id(other)))[0][0] == "NOT_FOUND"
    )
    assert Rulebook.objects.get(version=1, edition=round_.edition).frozen_at is None


def test_rules_that_are_others_than_their_hash_says_are_named_by_verify(round_):
    parameters = default_parameters()
    fields = {"edition": round_.edition, "frozen_at": clock.now(), "text_en": "Otherwise."}
    Rulebook.objects.create(version=1, parameters=parameters, sha256=sha256_of(parameters), **fields)
    assert not list(verify())
    heavier = default_parameters()
    heavier["indicators"][0]["weight_bps"] = 2_900
    Rulebook.objects.create(version=2, parameters=heavier, sha256=sha256_of(parameters), **fields)
    worded = {
        **parameters,
        "text": {"zh": hashlib.sha256(b"").hexdigest(), "en": hashlib.sha256(b"Fair.").hexdigest()},
    }
    Rulebook.objects.create(version=3, parameters=worded, sha256=sha256_of(worded), **fields)
    assert [o.words for o in verify()] == [
        "frozen parameters are others than their hash says (version 2)",
        "the frozen words (en) are others than their hash says (version 3)",
    ]


def test_the_simulator_tries_other_weights_and_keeps_nothing(round_, keeper):
    lots = [
        world.a_lot(variant=shelves.a_variant(shelves.a_product(e.team)))
        for e in round_.entries.order_by("pk")
    ]
    rules(round_, keeper)
    clock.move(timedelta(days=2))
    for lot, orders in zip(lots, (3, 1), strict=True):
        for _ in range(orders):
            world.pay(world.an_order((lot, 5)))
    standings.fold()
    before = list(Rulebook.objects.values())
    shown = told(DESK, keeper, e=round_.edition.slug)["simulation"]
    assert not shown["isPublished"] and [r["rank"] for r in shown["rows"]] == [1, 2]
    tried = told(DESK, keeper, e=round_.edition.slug,
                 values=weights(welfare=0, amount=10000, person_times=0, mobilisation=0, popularity=0))["simulation"]  # fmt: skip
    (first, second) = tried["rows"]
    assert tried["refused"] == [] and [i["weightBps"] for i in tried["indicators"]] == [0, 10000, 0, 0, 0]
    assert (
        first["number"] == lots[0].variant.product.team.code
        and first["total"] == first["values"][1] > second["total"]
    )
    assert (first["best"], first["worst"]) == (1, 1)
    wrong = told(DESK, keeper, e=round_.edition.slug, values=weights(welfare=1))["simulation"]
    assert wrong["refused"] == ["合计须为 100%，现在是 70.01%。"] and wrong["rows"] == shown["rows"]
    assert list(Rulebook.objects.values()) == before
