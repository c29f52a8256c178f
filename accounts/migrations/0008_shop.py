"""The shop's own row. Where anybody has an account the shop is no new one: it stays open, under the name it had."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def put_up(apps, schema_editor):
    """A shop that has people is open, and its set-up is closed for ever, whatever roles they have."""
    facts = {}
    if apps.get_model("accounts", "Person").objects.exists():
        now = timezone.now()
        facts = {"name_zh": "禾束", "name_en": "Sheaf", "set_up_closed_at": now, "opened_at": now}
    apps.get_model("accounts", "Shop").objects.create(pk=1, **facts)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_second_factor'),
        ('core', '0002_what_is_shown'),
    ]

    operations = [
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(blank=True, max_length=40)),
                ('name_en', models.CharField(blank=True, max_length=60)),
                ('entity', models.CharField(blank=True, help_text='the legal entity that sells', max_length=120)),
                ('licence_number', models.CharField(blank=True, max_length=60)),
                ('filing_number', models.CharField(blank=True, help_text='ICP filing', max_length=60)),
                ('food_licence_number', models.CharField(blank=True, max_length=60)),
                ('phone', models.CharField(blank=True, max_length=24)),
                ('email', models.EmailField(blank=True, help_text='where buyers write to', max_length=254)),
                ('hours', models.CharField(blank=True, help_text='when somebody answers', max_length=120)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('mail_sender', models.CharField(blank=True, help_text='the name that its mails come from', max_length=60)),
                ('return_address', models.CharField(blank=True, max_length=200)),
                ('after_sale_zh', models.TextField(blank=True)),
                ('after_sale_en', models.TextField(blank=True)),
                ('terms_zh', models.TextField(blank=True)),
                ('terms_en', models.TextField(blank=True)),
                ('privacy_zh', models.TextField(blank=True)),
                ('privacy_en', models.TextField(blank=True)),
                ('texts_reviewed_at', models.DateTimeField(null=True)),
                ('rates_reviewed_at', models.DateTimeField(help_text='when its shipping rates were gone through', null=True)),
                ('logo', models.CharField(blank=True, help_text='its file in the storage', max_length=100)),
                ('mail_code_sha256', models.CharField(blank=True, help_text='of the letter that is checked', max_length=64)),
                ('mail_checked_at', models.DateTimeField(help_text='when its code came back', null=True)),
                ('mode', models.CharField(blank=True, choices=[('stand_in', 'Stand In'), ('test', 'Test'), ('live', 'Live')], max_length=8)),
                ('link_sha256', models.CharField(blank=True, help_text='of the one set-up link that is good', max_length=64)),
                ('link_until', models.DateTimeField(null=True)),
                ('set_up_closed_at', models.DateTimeField(help_text='when its first operator was made', null=True)),
                ('opened_at', models.DateTimeField(help_text='since when it sells', null=True)),
                ('texts_reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_shop'), models.CheckConstraint(condition=models.Q(('opened_at', None), ('set_up_closed_at__isnull', False), _connector='OR'), name='open_shop_is_set_up'), models.CheckConstraint(condition=models.Q(('link_sha256', ''), ('link_until__isnull', False), _connector='OR'), name='set_up_link_ends')],
            },
        ),
        migrations.RunPython(put_up, migrations.RunPython.noop),
        migrations.RunSQL(
            "CREATE TRIGGER note_shop AFTER INSERT OR UPDATE OR DELETE ON accounts_shop "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_note('shop')",
            "DROP TRIGGER note_shop ON accounts_shop",
        ),
    ]
