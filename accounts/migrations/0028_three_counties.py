"""Three counties' English names as their people say them: a dictionary read them otherwise."""

from django.db import migrations

NAMES = {"441821": "Fogang County", "511527": "Junlian County", "610730": "Foping County"}


def rename(apps, schema_editor):
    Region = apps.get_model("accounts", "Region")
    for code, name in NAMES.items():
        Region.objects.filter(code=code).update(name_en=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0027_what_known_devices_are_sent")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]
