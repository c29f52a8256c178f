"""Which process runs which test, where several share a run."""

import json
from types import SimpleNamespace

from tests import turns


def a_test(nodeid: str, *asked: str, is_proof: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        nodeid=nodeid, fixturenames=asked, get_closest_marker=lambda name: is_proof and name == "proof"
    )


def test_what_is_dear_comes_first_then_what_is_long_and_its_files_go_to_one_process(monkeypatch, tmp_path):
    told = tmp_path / "turns.json"
    monkeypatch.setattr(turns, "_told", lambda run: told)
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", "run")
    items = [
        a_test("tests/a.py::test_short"),
        a_test("tests/shop/test_run.py::test_long"),
        a_test("tests/b.py::test_proof", is_proof=True),
        a_test("tests/c.py::test_in_a_shop", "live_shop", "browser"),
        a_test("tests/d.py::test_of_an_engine[osmem]", "engine"),
        a_test("tests/e.py::test_beside"),
        a_test("tests/e.py::test_in_it_too", "settings", "live_shop"),
    ]
    there = [item.nodeid.rpartition("/")[2] for item in turns.arranged(items)]
    assert there == [
        "d.py::test_of_an_engine[osmem]",
        "c.py::test_in_a_shop",
        "e.py::test_beside",
        "e.py::test_in_it_too",
        "test_run.py::test_long",
        "b.py::test_proof",
        "a.py::test_short",
    ]
    dealer = turns.Turns.__new__(turns.Turns)
    dealer._groups = json.loads(told.read_text())
    scopes = [dealer._split_scope(item.nodeid) for item in items]
    assert scopes[3] == scopes[5] == scopes[6] == "a shop" and scopes[4] == "a search node"
    assert scopes[:3] == ["tests/a.py", "tests/shop/test_run.py", "tests/b.py"]


def test_a_run_deals_out_by_turns(pytestconfig):
    """Whoever asks for no other way gets this one; pytest's own ids carry no group."""
    from tests.conftest import pytest_xdist_make_scheduler as made

    assert "--dist loadfile --no-loadscope-reorder" in " ".join(pytestconfig.getini("addopts"))
    other = SimpleNamespace(getvalue=lambda name: "load")
    assert made(other, None) is None
