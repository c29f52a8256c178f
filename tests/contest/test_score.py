"""From inputs to a score: the worked check to the digit, and what one more purchase may and may not do."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal, getcontext
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.scoring.exact import exactly, rounded
from contest.scoring.judging import mean_of
from contest.scoring.popularity import wilson
from contest.scoring.rulebook import canonical, default_parameters, sha256_of
from contest.scoring.score import score
from tests.contest.scores import RULES, Bought, folded, golden, mark

WORKED = {
    1: ("86.1754", "85.2120", "85.0835", "68.7541", "71.5167", "80.8142"),
    2: ("67.2887", "87.3108", "73.8817", "48.4834", "50.1608", "67.1378"),
    3: ("90.9427", "67.9041", "78.4742", "63.0431", "57.5775", "74.9248"),
}
FIVE = ("welfare", "amount", "person_times", "mobilisation", "popularity")


@pytest.mark.parametrize("digits", [5, 28])
def test_the_worked_check_comes_out_to_the_digit_whatever_the_threads_own_precision_is(digits):
    precision, getcontext().prec = getcontext().prec, digits
    try:
        scored = score(RULES, golden())
    finally:
        getcontext().prec = precision
    assert {n: (*(str(s.values[key]) for key in FIVE), str(s.total)) for n, s in scored.items()} == WORKED


def test_the_total_is_of_the_unrounded_indicators_and_rounded_once():
    assert str(rounded(Decimal("0.00005"))) == "0.0000"
    assert str(rounded(Decimal("0.00015"))) == "0.0002"
    rules = deepcopy(RULES)
    rules["indicators"] = [
        {"key": key, "kind": "further", "weight_bps": 5_000, "parts": {f"further.{key}": 10_000}}
        for key in "ab"
    ]
    rules["references"] = {"further.a": {"ref": 10_000_000}, "further.b": {"ref": 10_000_000}}
    (entry,) = golden()[:1]
    # 0.00014 and 0.00014 are each told as 0.0001; their mean is 0.00014, and 0.00016 with 0.00014 is told as 0.0002.
    made = score(rules, [replace(entry, further={"a": 16, "b": 14})])[1]
    assert (str(made.values["a"]), str(made.values["b"]), str(made.total)) == ("0.0002", "0.0001", "0.0002")


def test_a_large_sample_is_believed_and_a_small_one_is_not():
    with exactly():
        z = Decimal("1.96")
        assert [round(wilson(*case, z), 3) for case in ((3, 3), (30, 100), (900, 3000))] == [
            Decimal("0.438"), Decimal("0.219"), Decimal("0.284")]  # fmt: skip
    (x,) = golden()[:1]
    assert score(RULES, [replace(x, engaged=99, viewers=99, areas=0)])[1].values["popularity"] == 0
    assert score(RULES, [replace(x, engaged=100, viewers=100, areas=0)])[1].values["popularity"] == 60


def test_too_few_sheets_are_no_mark_and_a_few_give_their_median():
    assert mark(80, 82) is None
    assert str(mark(80, 82, 84, 90).quantize(Decimal("0.0001"))) == "83.0000"
    assert str(mark(80, 82, 84, 90, 95).quantize(Decimal("0.0001"))) == "85.3333"
    (x,) = golden()[:1]
    assert score(RULES, [replace(x, judges=None)])[1].values["welfare"] == Decimal("42.6754")


def test_extremes_are_left_out_criterion_by_criterion():
    keys = [c["key"] for c in RULES["judging"]["criteria"]]
    marks = [(100, 0, 50), (0, 100, 50), (60, 60, 50), (60, 60, 50), (60, 60, 50)]
    sheets = [dict(zip(keys, map(Decimal, row), strict=True)) for row in marks]
    # Two judges are extreme, each in another criterion; left out are marks and not judges.
    assert mean_of(sheets, RULES) == Decimal("0.4") * 60 + Decimal("0.3") * 60 + Decimal("0.3") * 50


def test_a_sixth_indicator_by_configuration_leaves_the_rules_of_before_as_they_were_bit_for_bit():
    before = score(RULES, golden())
    spelled = canonical(RULES)
    sixth = default_parameters()
    for row in sixth["indicators"]:
        row["weight_bps"] = row["weight_bps"] * 9 // 10
    sixth["indicators"].append(
        {
            "key": "returning",
            "kind": "further",
            "weight_bps": 1_000,
            "parts": {"further.returning": 10_000},
            "name_zh": "回头客",
            "name_en": "Who came back",
        }  # fmt: skip
    )
    sixth["references"]["further.returning"] = {"x0": 5, "ref": 500}
    entries = [replace(one, further={"returning": 500}) for one in golden()]
    made = score(sixth, entries)
    assert {n: s.values["returning"] for n, s in made.items()} == {1: 100, 2: 100, 3: 100}
    assert str(made[1].total) == "82.7328"  # 0.9 of 80.8142 and 0.1 of 100, of the unrounded
    assert score(RULES, entries) == before == score(RULES, golden())
    assert canonical(RULES) == spelled and sha256_of(sixth) != sha256_of(RULES)


def test_a_preset_that_compares_lets_one_entry_move_another_and_the_fixed_one_does_not():
    x, y, z = golden()
    bigger = replace(y, amount_minor=29_000_000)
    for scale, moves in (("log_ref", False), ("linear_max", True), ("percentile", True)):
        rules = {**RULES, "scale": scale}
        before, after = score(rules, [x, y, z])[1], score(rules, [x, replace(y, amount_minor=1), z])[1]
        assert (before.values["amount"] != after.values["amount"]) is moves
    assert score({**RULES, "scale": "linear_max"}, [x, bigger])[2].values["amount"] == 100
    by_place = score({**RULES, "scale": "percentile"}, [x, y, z])
    assert [str(s.values["amount"]) for s in by_place.values()] == [
        "50.0000", "100.0000", "0.0000"]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("engagement_wilson", "77.8611"),
        ("spread", "62.0000"),
        ("like_share", "51.0469"),
        ("blend", "71.5167"),
    ],
)
def test_popularity_follows_the_mode_of_the_rulebook(mode, told):
    rules = deepcopy(RULES)
    rules["popularity"]["mode"] = mode
    assert str(score(rules, golden())[1].values["popularity"]) == told


ENTRIES = st.integers(1, 3)
SUPPORTS = st.builds(
    Bought,
    entry=ENTRIES,
    payer=st.sampled_from("abcdef"),
    is_organisation=st.booleans(),
    day=st.integers(1, 8),
    minor=st.one_of(st.integers(1, 20_000_000), st.sampled_from([49_999, 50_000, 500_000, 9_000_000])),
    mobiliser=st.sampled_from(["", "m", "n"]),
)


@given(st.lists(SUPPORTS, max_size=12), SUPPORTS)
@settings(max_examples=200, deadline=None)
def test_a_clean_support_never_lowers_its_entry_in_amount_times_or_mobilisation_nor_moves_another(
    before, one_more
):
    then = score(RULES, folded(before, golden()))
    now = score(RULES, folded([*before, one_more], golden()))
    for key in ("amount", "person_times", "mobilisation"):
        assert now[one_more.entry].values[key] >= then[one_more.entry].values[key]
    assert all(now[other] == then[other] for other in {1, 2, 3} - {one_more.entry})


def test_the_order_of_entries_and_of_keys_changes_nothing():
    shuffled = golden()
    Random(7).shuffle(shuffled)
    mixed = dict(sorted(RULES.items(), reverse=True))
    assert score(mixed, shuffled) == score(RULES, golden())
    assert canonical(mixed) == canonical(RULES)


def test_a_rulebook_has_one_spelling_and_no_fraction():
    assert sha256_of(default_parameters()) == sha256_of(RULES)
    assert (
        canonical({"b": 1, "a": "禾束", "c": [True, None]}) == '{"a":"禾束","b":1,"c":[true,null]}'.encode()
    )
    with pytest.raises(TypeError):
        canonical({"weight": 0.3})
    with pytest.raises(TypeError):
        canonical({"weights": [{"weight": Decimal("0.3")}]})


def test_a_round_of_72_is_scored_anew_well_within_a_second():
    x = golden()[0]
    entries = [replace(x, entry_id=n, amount_minor=x.amount_minor + n, engaged=5_000 + n) for n in range(72)]
    begun = process_time()
    assert len(score(RULES, entries)) == 72
    assert process_time() - begun < 1
