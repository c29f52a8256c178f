"""The house keeps its floors; and the check that says so is awake."""

from scripts import floors


def test_nobody_leans_upwards_and_everything_fits_in_the_head():
    assert floors.offences() == []


def test_the_check_sees_every_floor():
    seen = {path.relative_to(floors.ROOT).parts[0] for path in floors.modules()}
    assert seen >= {"core", "accounts", "catalog", "orders", "together", "impact", "shop"}


def test_a_part_of_what_is_fast_and_what_others_keep_to_themselves_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    (tmp_path / "core" / "fast").mkdir(parents=True)
    (tmp_path / "core" / "fast" / "door.py").write_text("from core.fast.changes import feed\n")
    (tmp_path / "core" / "money.py").write_text(
        "from core import fast\nfrom core.fast.door import Door\nfrom core.fast import Door\n"
        "from django.db.models.sql import Query\nrow._state.fields_cache\nrow._hidden\n"
    )
    said = [line for path in floors.modules() for check in floors.CHECKS for line in check(path)]
    assert said == [
        "core/money.py imports core.fast.door.Door, a part of core.fast",
        "core/money.py imports core.fast.Door, a part of core.fast",
        "core/money.py imports django.db.models.sql.Query, which is not promised: core/internals.py",
        "core/money.py:5 reads fields_cache, which is not promised: core/internals.py",
        "core/money.py:6 reads _hidden, which is not promised: core/internals.py",
    ]


def test_a_module_that_leans_upwards_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "money.py").write_text("def f():\n    from orders.models import Order\n")
    (tmp_path / "core" / "reads.py").write_text("from . import actions\nfrom .models import x\n")
    said = [line for path in floors.modules() for line in floors.leanings(path)]
    assert said == [
        "core/money.py leans on orders.models.Order, a floor above",
        "core/reads.py leans on core.actions, a later room",
    ]
