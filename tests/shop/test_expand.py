"""The release of before serves on a database that is already migrated: a migration only adds what it can live with.

What is to be taken away goes one release after the last that used it; such a migration says so in its class:
`contracts = "since when nothing reads it"`.
"""

import re
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from scripts.floors import standing

# Up to here the database was shaped before any shop was open.
BEFORE = {"core": 4, "accounts": 6, "catalog": 8, "orders": 20, "together": 2, "impact": 11}
TAKES_AWAY = re.compile(r"\b(DROP\s+(TABLE|COLUMN)|RENAME\s+(TO|COLUMN)|SET\s+NOT\s+NULL)\b", re.IGNORECASE)


def number(name: str) -> int:
    return int(name[:4])


def since_then() -> list[Any]:
    loader = MigrationLoader(None)
    found = [loader.disk_migrations[key] for key in sorted(loader.disk_migrations) if key[0] in standing()]
    return [one for one in found if number(one.name) > BEFORE.get(one.app_label, 0)]


def taken_away(migration: Any) -> list[str]:
    """What in a migration the release of before cannot live with."""
    if getattr(migration, "contracts", ""):
        return []
    made = {op.name.lower() for op in migration.operations if isinstance(op, migrations.CreateModel)}
    wrong = []
    for op in migration.operations:
        words = f"{migration.app_label}.{migration.name}: {op.describe()}"
        model = getattr(op, "model_name", "").lower()
        gone = (
            migrations.RemoveField,
            migrations.DeleteModel,
            migrations.RenameField,
            migrations.RenameModel,
        )
        if isinstance(op, (*gone, migrations.AlterModelTable)):
            wrong.append(words)
        elif isinstance(op, migrations.AddField) and model not in made:
            field = op.field
            fills_itself = field.null or field.has_db_default() or isinstance(field, models.ManyToManyField)
            if not fills_itself:
                wrong.append(f"{words}: a row of before does not know it, and the database no default")
        elif isinstance(op, migrations.RunSQL) and TAKES_AWAY.search(str(op.sql)):
            wrong.append(words)
    return wrong


def test_what_was_added_since_leaves_the_release_of_before_alive():
    assert [words for migration in since_then() for words in taken_away(migration)] == []


def test_where_it_begins_is_there():
    numbers = {(app, number(name)) for app, name in MigrationLoader(None).disk_migrations if app in BEFORE}
    assert set(BEFORE.items()) <= numbers


@pytest.mark.parametrize(
    "op",
    [
        migrations.RemoveField("person", "phone"),
        migrations.RenameField("person", "phone", "telephone"),
        migrations.DeleteModel("Address"),
        migrations.AddField("person", "height", models.IntegerField(default=0)),
        migrations.RunSQL("ALTER TABLE accounts_person DROP COLUMN phone"),
    ],
)
def test_what_would_stop_it_is_seen(op):
    migration = migrations.Migration("0099_x", "accounts")
    migration.operations = [op]
    assert len(taken_away(migration)) == 1
    migration.contracts = "nothing has read it since 2030-05"
    assert taken_away(migration) == []


def test_what_it_can_live_with_passes():
    migration = migrations.Migration("0099_x", "accounts")
    migration.operations = [
        migrations.AddField("person", "height", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("person", "width", models.IntegerField(null=True)),
        migrations.CreateModel("Hat", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("hat", "size", models.IntegerField(default=0)),
    ]
    assert taken_away(migration) == []
