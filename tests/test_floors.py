"""The house keeps its floors; and the check that says so is awake."""

import tomllib

from django.conf import settings

from scripts import floors


def test_nobody_leans_upwards_and_everything_fits_in_the_head():
    assert floors.offences() == []


def test_the_check_sees_every_floor():
    seen = {path.relative_to(floors.ROOT).parts[0] for path in floors.modules()}
    assert seen == {*floors.standing(), floors.BESIDE}
    assert len(seen) > 7


def test_each_floor_is_typed_installed_and_verified():
    """What is told of the floors outside of `scripts/floors.py` leaves none out."""
    project = tomllib.loads((floors.ROOT / "pyproject.toml").read_text())
    assert project["tool"]["mypy"]["packages"] == [*floors.standing(), floors.BESIDE]
    assert [app for app in settings.INSTALLED_APPS if app in floors.FLOORS] == floors.standing()
    verified = [
        f"{floor}.verify.verify"
        for floor in floors.standing()
        if any((floors.ROOT / floor / name).is_file() for name in ("verify.py", "verify/__init__.py"))
    ]
    assert sorted(settings.VERIFIERS) == sorted(verified)


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


def test_a_long_module_stylesheet_or_script_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    (tmp_path / "shop" / "web" / "static").mkdir(parents=True)
    for name in ("page.py", "static/page.css", "static/page.js"):
        (tmp_path / "shop" / "web" / name).write_text("\n" * (floors.MOST_LINES + 1))
    (tmp_path / "shop" / "web" / "static" / "parts.css").write_text("\n" * floors.MOST_LINES)
    assert floors.offences() == [
        f"shop/web/{name} has 351 lines; 350 fit in the head"
        for name in ("page.py", "static/page.css", "static/page.js")
    ]


def test_whoever_writes_a_state_past_its_moves_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    (tmp_path / "core").mkdir()
    wrong = [
        "order.state = 'paid'",
        "orders.filter(state='placed').update(paid_at=now, state='paid')",
        "orders.update(**{'state': 'paid'})",
        "Order.objects.bulk_update(rows, ['paid_at', 'state'])",
        "Order.objects.update_or_create(pk=1, defaults={'state': 'paid'})",
        "order.save(update_fields=['state'])",
        "setattr(order, 'state', 'paid')",
        "rows.write(Update([order], ['state']))",
        "cursor.execute('UPDATE orders_order o SET paid_at = now(), state = %s WHERE o.id = 1')",
        'cursor.execute(f\'UPDATE "{table}" SET "state" = 1\')',
    ]
    right = [
        "order.move_to('paid')",
        "move_many([order], 'paid')",
        "if order.state == 'paid': orders.filter(state='paid').update(paid_at=now)",
        "rows.write(Update([order], ['paid_at'], was=('state', ['placed'])))",
        "cursor.execute('UPDATE orders_order o SET paid_at = now() WHERE state = 1')",
        "cursor.execute('UPDATE catalog_reservation SET state = 1')",
    ]
    (tmp_path / "core" / "money.py").write_text("\n".join(wrong + right))
    said = [line for path in floors.modules() for line in floors.writers_of_states(path)]
    assert {line.split()[0] for line in said} == {f"core/money.py:{n}" for n in range(1, len(wrong) + 1)}
    (tmp_path / "core" / "money.py").rename(tmp_path / "core" / "states.py")
    assert [line for path in floors.modules() for line in floors.writers_of_states(path)] == []


def test_a_name_that_meant_several_things_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "kept.py").write_text(
        "class Asked:\n    def told_in(self): ...\n\n\nasync def _give_back(): ...\n\n\ndef again(): ...\n\n\n"
        "def look_again(deed, *, asked_at): ...\n\n\ndef takes_a_task(): ...\n"
    )
    said = [line.partition(": say ")[0] for path in floors.modules() for line in floors.words_left_out(path)]
    assert sorted(said) == [
        "core/kept.py:1 Asked",
        "core/kept.py:1 kept",
        "core/kept.py:11 deed",
        "core/kept.py:2 told_in",
        "core/kept.py:5 _give_back",
        "core/kept.py:8 again",
    ]
