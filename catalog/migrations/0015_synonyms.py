"""Synonyms move from a file into the database, where operators keep them; the file's rows begin it."""

import uuid
from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models
from django.utils import timezone

ROWS = Path(__file__).with_name("0015_synonyms.csv")


def rows():
    """The names of each row, and what they lead to where it goes one way."""
    for line in ROWS.read_text(encoding="utf-8").splitlines():
        names, _, others = line.partition("→")
        yield names.split(","), others.split(",") if others else []


def begin(apps, schema_editor):
    apps.get_model("catalog", "Synonym").objects.bulk_create(
        apps.get_model("catalog", "Synonym")(
            uid=uuid.uuid4(), names=names, others=others, is_one_way=bool(others), changed_at=timezone.now()
        )
        for names, others in rows()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0014_a_desk_is_an_appointment'),
    ]

    operations = [
        migrations.AddField(
            model_name='searchentry',
            name='made_by',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='which words it holds (search.WORDS): one of before is written anew by mend_search'),
        ),
        migrations.CreateModel(
            name='Synonym',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('others', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('is_one_way', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('is_one_way', False), models.Q(('others', []), _negated=True), _connector='OR'), name='synonym_leads_somewhere')],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop, elidable=False),
    ]
