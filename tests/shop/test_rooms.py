"""What docs/data.md keeps from operators stands in none of their rooms, no list, page or table of one."""

import re

from django.contrib import admin

from accounts.operators import OperatorAdmin
from local.machine import ROOT

ROW = re.compile(r"^\| \*\*(\w+)\*\* (.+?) \|(?:[^|]*\|){4} ?([^|\n]*)", re.M)


def kept_from_operators() -> set[tuple[str, str]]:
    """Columns of whose readers the inventory names no operator."""
    rows = ROW.findall((ROOT / "docs" / "data.md").read_text())
    named = [
        (model, column, readers)
        for model, columns, readers in rows
        for column in re.findall(r"`(\w+)`", columns)
    ]
    assert len(named) > 120
    return {
        (model, column)
        for model, column, readers in named
        if "operator" not in readers and "everyone" not in readers
    }


def shown() -> set[tuple[str, str]]:
    """Each column of each room: of its list, of a row's page, and of the tables on that."""
    found: set[tuple[str, str]] = set()
    for model, room in admin.site._registry.items():
        assert isinstance(room, OperatorAdmin)
        page = room.fields or [field.name for field in model._meta.fields if not field.auto_created]
        found |= {(model.__name__, str(name)) for name in (*room.list_display, *page)}
        for inline in room.inlines:
            found |= {(inline.model.__name__, str(name)) for name in inline.fields or ()}
    return found


def test_no_room_shows_what_is_for_no_operator():
    assert sorted(shown() & kept_from_operators()) == []
