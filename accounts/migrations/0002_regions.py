"""The regions of all China, from our own file."""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "regions.csv"


def load(apps, schema_editor):
    Region = apps.get_model("accounts", "Region")
    with FILE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    Region.objects.bulk_create(
        Region(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            level=int(row["level"]),
            parent_id=row["parent"] or None,
        )
        for row in rows
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
