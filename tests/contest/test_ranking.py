"""Who goes before whom where totals are equal, which rule said so, and how far weights matter."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from contest.scoring.inputs import Inputs
from contest.scoring.ranking import Placed, drawn, rank
from contest.scoring.score import Scored, score
from contest.scoring.sensitivity import intervals, moved
from tests.contest.scores import BEGUN, RULES, approvals, golden

ALIKE = {"welfare": Decimal("70.0000")}


def places(scored, inputs, *, approved=None, seed="seed", numbers=None) -> list[Placed]:
    rows = {one.entry_id: one for one in scored}
    return rank(RULES, rows, inputs, approved or approvals(inputs), seed, numbers)


def test_equal_totals_are_parted_by_the_rulebooks_rules_in_their_order():
    """12 entries: 6, 7 and 8 are equal to four decimals, 7 is ahead in P, 6 and 8 have the same tens of households."""
    inputs = [Inputs(n, households=40, people=100) for n in range(1, 13)]
    scored = [Scored(n, ALIKE, Decimal(90 - n)) for n in range(1, 13) if n not in (6, 7, 8)]
    scored += [Scored(n, ALIKE, Decimal("83.0000")) for n in (6, 8)]
    scored += [Scored(7, {"welfare": Decimal("70.0001")}, Decimal("83.0000"))]
    same = dict.fromkeys(range(1, 13), BEGUN)
    placed = places(scored, inputs, approved=same)
    assert [p.rank for p in placed] == list(range(1, 13))
    assert [p.entry_id for p in placed][:6] == [1, 2, 3, 4, 5, 7]
    by_draw = sorted((6, 8), key=lambda n: drawn("seed", str(n)))
    assert [p.entry_id for p in placed][6:8] == by_draw
    assert {p.entry_id: p.decided_by for p in placed if p.entry_id in (5, 6, 7, 8, 9)} == {
        5: "score", 7: "welfare", 6: "draw", 8: "draw", 9: "score"}  # fmt: skip


def test_each_rule_of_the_chain_decides_where_those_before_it_are_equal():
    alike = [Scored(n, ALIKE, Decimal("80.0000")) for n in (1, 2)]
    base = Inputs(1, households=40, people=100)
    same = {1: BEGUN, 2: BEGUN}

    def second_first(other: Inputs, approved=None) -> tuple[int, str]:
        first = places(alike, [base, other], approved=approved or same)[0]
        return first.entry_id, first.decided_by

    assert second_first(replace(base, entry_id=2, households=50, people=10)) == (2, "households")
    assert second_first(replace(base, entry_id=2, people=101)) == (2, "people")
    earlier = {1: BEGUN, 2: BEGUN - timedelta(microseconds=1)}
    assert second_first(replace(base, entry_id=2), earlier) == (2, "approved_at")
    assert second_first(replace(base, entry_id=2))[1] == "draw"


def test_totals_that_differ_in_the_fifth_decimal_are_equal():
    x = golden()[0]
    for apart, decided_by in ((Decimal("0.0001"), "approved_at"), (Decimal("0.001"), "score")):
        two = [replace(x, entry_id=n, judges=Decimal(87) + n * apart) for n in (0, 1)]
        scored = score(RULES, two)
        # 0.0001 of a mark is 0.00005 of P and 0.000015 of the total: neither is told.
        assert (scored[0].total == scored[1].total) is (decided_by != "score")
        assert {p.decided_by for p in places(scored.values(), two)} == {decided_by}


def test_a_draw_is_repeated_from_its_seed_by_the_public_numbers():
    inputs = [Inputs(n) for n in range(1, 6)]
    alike = [Scored(n, ALIKE, Decimal(50)) for n in range(1, 6)]
    same = dict.fromkeys(range(1, 6), BEGUN)
    numbers = {n: f"42280{n}" for n in range(1, 6)}
    orders = {
        seed: [p.entry_id for p in places(alike, inputs, approved=same, seed=seed, numbers=numbers)]
        for seed in ("a", "b", "c")
    }
    for seed, order in orders.items():
        assert order == sorted(numbers, key=lambda n: drawn(seed, numbers[n]))
        backwards = places(alike[::-1], inputs[::-1], approved=same, seed=seed, numbers=numbers)
        assert [p.entry_id for p in backwards] == order
    assert len({tuple(order) for order in orders.values()}) > 1


def test_whoever_is_left_out_uses_up_no_place():
    inputs = golden()
    scored = score(RULES, inputs)
    assert [(p.entry_id, p.rank) for p in places(scored.values(), inputs)] == [(1, 1), (3, 2), (2, 3)]
    without = [one for one in scored.values() if one.entry_id != 3]
    assert [(p.entry_id, p.rank) for p in places(without, inputs)] == [(1, 1), (2, 2)]


def test_a_weight_moves_by_five_points_and_the_others_make_room():
    weights = {"a": Decimal(3000), "b": Decimal(2000), "c": Decimal(5000)}
    for by in (500, -500):
        after = moved(weights, "a", by)
        assert abs(sum(after.values()) - 10_000) < Decimal("1e-28") and after["a"] == 3000 + by
        assert abs(after["b"] / after["c"] - Decimal("0.4")) < Decimal("1e-28")
    assert moved({"a": Decimal(300), "b": Decimal(9700)}, "a", -500) == {"a": 0, "b": 10_000}
    assert moved({"a": Decimal(10_000), "b": Decimal(0)}, "a", -500) == {"a": 9500, "b": 500}


def test_places_are_told_as_intervals_over_the_moved_weights():
    x, y, z = golden()
    told = [
        (i.entry_id, i.rank, i.best, i.worst) for i in intervals(RULES, [x, y, z], approvals([x, y, z]), "s")
    ]
    assert told == [(1, 1, 1, 1), (3, 2, 2, 2), (2, 3, 3, 3)]
    # One leads in the amount, the other by as much in welfare: either weight decides between them.
    rich = replace(x, entry_id=4, amount_minor=28_000_000, judges=Decimal(68))
    found = {i.entry_id: i for i in intervals(RULES, [x, rich], approvals([x, rich]), "s")}
    assert [(found[n].rank, found[n].best, found[n].worst) for n in (1, 4)] == [(1, 1, 2), (2, 1, 2)]
    assert (found[1].worst_by, found[4].best_by) == ("welfare-", "welfare-")
