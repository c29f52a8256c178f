"""Payments carry their mode; a shop that is open already is of the mode of the keys it is migrated with."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def fix_mode(apps, schema_editor):
    from orders.reads.mode import key_faults, mode_of_keys

    if not key_faults():
        Shop = apps.get_model("accounts", "Shop")
        Shop.objects.filter(mode="", opened_at__isnull=False).update(mode=mode_of_keys())


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0021_places_closed'),
        ('accounts', '0008_shop'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='mode',
            field=models.CharField(blank=True, db_default='', default='', help_text='what it moves, by the keys it was begun with', max_length=8),
        ),
        migrations.CreateModel(
            name='PaymentTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('provider', models.CharField(max_length=12)),
                ('mode', models.CharField(max_length=8)),
                ('amount_minor', models.PositiveBigIntegerField()),
                ('page_ref', models.CharField(blank=True, max_length=255)),
                ('payment_ref', models.CharField(blank=True, max_length=255)),
                ('url', models.CharField(blank=True, max_length=5000)),
                ('payment_was', models.CharField(default='created', help_text='in the words of the port', max_length=12)),
                ('refund_ref', models.CharField(blank=True, max_length=255)),
                ('refund_was', models.CharField(blank=True, help_text='in the words of the port; empty: not asked', max_length=12)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RunPython(fix_mode, migrations.RunPython.noop),
    ]
