"""What is written down of a bench, and when a list was behind."""

import json
from pathlib import Path

from bench import report
from bench.sales import Sale, stale, units_shown


def test_the_median_of_three_runs_is_told_and_a_stale_answer_is_never_forgotten() -> None:
    runs = [
        {"list_warm": {"rate": 100.0, "of_bare": 0.5, "stale": 0, "statements": 1.5}},
        {"list_warm": {"rate": 300.0, "of_bare": 0.3, "stale": 2}},
        {"list_warm": {"rate": 200.0, "of_bare": 0.4, "stale": 0}},
    ]
    assert report.median(runs) == {
        "list_warm": {"rate": 200.0, "of_bare": 0.4, "stale": 2, "statements": 1.5}
    }


def test_figures_are_written_by_name_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    report.keep({"bare": {"rate": 4000.123456, "p50_ms": 1.0, "p99_ms": 2.0}}, path)
    report.keep(
        {"list_warm": {"rate": 10.0, "p50_ms": 1.0, "p99_ms": 2.0, "statements": 3, "of_bare": 0.4}}, path
    )
    kept = json.loads(path.read_text())
    assert kept["bare"] == {"rate": 4000.12346, "p50_ms": 1.0, "p99_ms": 2.0}
    assert kept["list_warm"]["of_bare"] == 0.4


def test_what_is_short_of_its_bound_is_marked() -> None:
    assert report.short("list_warm", {"of_bare": 0.4, "stale": 0, "sales": 9.9}) == []
    assert report.short("list_warm", {"of_bare": 0.39, "stale": 1}) == ["of_bare 0.390 < 0.4", "stale 1 > 0"]
    assert report.short("growth_list_50000_over_500", {"ratio": 1.51}) == ["ratio 1.51 > 1.5"]
    assert "✘" in report.table({"board": {"rate": 1.0, "of_bare": 0.1}})
    assert "✘" not in report.table({"bare": {"rate": 1.0}})


def test_a_purchase_is_told_process_by_process_and_the_stand_in_apart() -> None:
    bought = {
        "rate": 40.0, "ms": 30.0, "ms_web": 12.0, "ms_postgresql": 18.0, "ms_cache": 0.001, "ms_stand-in": 5.0,
        "ms_client": 2.0, "ms_clockwork": 1.0, "ms_elsewhere": 0.5, "ms_machine": 38.5,
    }  # fmt: skip
    told = report.by_process({"bare": {"ms": 0.1, "ms_bare": 0.1}, "purchase_8": bought})
    assert [line.rsplit(None, 1) for line in told.splitlines()] == [
        ["ms of processor a purchase", "purchase_8"],
        ["postgresql", "18.00"],
        ["web", "12.00"],
        ["the shop", "30.00"],
        ["stand-in", "5.00"],
        ["client", "2.00"],
        ["clockwork", "1.00"],
        ["elsewhere", "0.50"],
        ["machine", "38.50"],
    ]
    assert report.by_process({"bare": {"rate": 1.0, "ms": 0.1}}) == ""


def a_list(**units: int) -> bytes:
    variants = [{"id": name, "unitsAvailable": count} for name, count in units.items()]
    return json.dumps({"data": {"products": {"nodes": [{"variants": variants}]}}}).encode()


def test_an_answer_asked_for_more_than_a_second_after_a_sale_must_show_it() -> None:
    assert units_shown(a_list(a=5, b=2)) == {"a": 5, "b": 2}
    sales = [Sale("a", left=4, known_at=10.0), Sale("a", left=3, known_at=12.0)]
    before, after, last = a_list(a=5, b=2), a_list(a=4, b=2), a_list(a=3, b=2)
    assert stale({before: [9.0, 10.5, 11.0], after: [11.5, 12.9], last: [13.5]}, sales) == 0
    assert stale({before: [9.0, 11.01, 14.0], after: [13.5], last: [20.0]}, sales) == 3
