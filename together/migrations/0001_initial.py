"""Group purchases and seats are taken over from the floor below: the tables keep their rows and take this floor's names."""

import accounts.models.person
import django.db.models.deletion
import django.db.models.expressions
import together.models.group
import uuid
from django.conf import settings
from django.db import migrations, models




# Tables, sequences, indexes and what else is named after its table; rules keep the names that they are read by.
RENAMED = """
    DO $$
    DECLARE one record;
    BEGIN
        FOR one IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = current_schema() AND c.relkind = 'S'
                     AND c.relname IN ('{old}_grouppurchase_id_seq', '{old}_seat_id_seq')
        LOOP EXECUTE format('ALTER SEQUENCE %I RENAME TO %I', one.relname, '{new}' || substr(one.relname, {from_}));
        END LOOP;
        FOR one IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
                   WHERE conrelid IN ('{old}_grouppurchase'::regclass, '{old}_seat'::regclass)
                     AND starts_with(conname, '{old}_')
        LOOP EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', one.of, one.conname,
                            '{new}' || substr(one.conname, {from_}));
        END LOOP;
        FOR one IN SELECT c.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
                   WHERE x.indrelid IN ('{old}_grouppurchase'::regclass, '{old}_seat'::regclass)
                     AND starts_with(c.relname, '{old}_')
        LOOP EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname, '{new}' || substr(one.relname, {from_}));
        END LOOP;
        ALTER TABLE {old}_grouppurchase RENAME TO {new}_grouppurchase;
        ALTER TABLE {old}_seat RENAME TO {new}_seat;
    END $$;
    UPDATE django_content_type SET app_label = '{new}'
    WHERE app_label = '{old}' AND model IN ('grouppurchase', 'seat');
"""
# What still waits to be told, by its name of before and of now.
LETTERS = """('send_held', 'send_refund_promised', 'send_group_confirmed', 'tell_team_of_group', 'send_group_sent',
              'send_group_fell_short', 'send_group_recalled')"""
TOLD = """
    UPDATE core_delivery SET reaction = replace(reaction, '{old}.letters.', '{new}.letters.')
    WHERE done_at IS NULL AND starts_with(reaction, '{old}.letters.') AND split_part(reaction, '.', 3) IN {letters}
"""


def moved(old: str, new: str) -> list[str]:
    return [
        RENAMED.format(old=old, new=new, from_=len(old) + 1),
        TOLD.format(old=old, new=new, letters=LETTERS),
    ]


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "0006_token_scopes"),
        ("catalog", "0008_notes_of_what_is_told"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("core", "0003_parked_deliveries"),
        ("orders", "0015_held_by_others"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(moved("orders", "together"), moved("together", "orders")),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='GroupPurchase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('join_code', models.CharField(default=together.models.group.a_join_code, max_length=32, unique=True)),
                        ('title', models.CharField(max_length=80)),
                        ('price_minor', models.PositiveBigIntegerField()),
                        ('minimum_units', models.PositiveIntegerField()),
                        ('maximum_units', models.PositiveIntegerField()),
                        ('units_held', models.PositiveIntegerField(default=0, help_text='in paid seats')),
                        ('units_reserved', models.PositiveIntegerField(default=0, help_text='in seats whose payment is awaited')),
                        ('units_returned', models.PositiveIntegerField(default=0, help_text='of those held when it was confirmed, given back since')),
                        ('state', models.CharField(choices=[('open', 'Open'), ('confirmed', 'Confirmed'), ('fell_short', 'Fell Short'), ('cancelled', 'Cancelled')], default='open', max_length=12)),
                        ('opened_at', models.DateTimeField(auto_now_add=True)),
                        ('closes_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('recipient', models.CharField(max_length=60)),
                        ('phone', models.CharField(max_length=24)),
                        ('street', models.CharField(max_length=200)),
                        ('coordinator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.region')),
                        ('story', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.pricestory')),
                        ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                    ],
                ),
                migrations.CreateModel(
                    name='Seat',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('name', models.CharField(help_text='as the coordinator knows the member', max_length=60)),
                        ('units', models.PositiveIntegerField(help_text='as they were bought')),
                        ('units_returned', models.PositiveIntegerField(default=0, help_text='given back, or taken by a bank; all of a seat that is refunded')),
                        ('state', models.CharField(choices=[('reserved', 'Reserved'), ('held', 'Held'), ('confirmed', 'Confirmed'), ('released', 'Released'), ('refunded', 'Refunded'), ('collected', 'Collected')], default='reserved', max_length=10)),
                        ('pickup_code', models.CharField(default=accounts.models.person.a_code, max_length=12)),
                        ('joined_at', models.DateTimeField(auto_now_add=True)),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='together.grouppurchase')),
                        ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seat', to='orders.order')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.AddIndex(
                    model_name='grouppurchase',
                    index=models.Index(condition=models.Q(('state', 'open')), fields=['closes_at'], name='groups_running_out'),
                ),
                migrations.AddConstraint(
                    model_name='grouppurchase',
                    constraint=models.CheckConstraint(condition=models.Q(('minimum_units__gt', 0), ('minimum_units__lte', models.F('maximum_units'))), name='group_minimum_within_maximum'),
                ),
                migrations.AddConstraint(
                    model_name='grouppurchase',
                    constraint=models.CheckConstraint(condition=models.Q(('maximum_units__gte', django.db.models.expressions.CombinedExpression(models.F('units_held'), '+', models.F('units_reserved')))), name='group_sells_no_more_than_its_maximum'),
                ),
                migrations.AddConstraint(
                    model_name='grouppurchase',
                    constraint=models.CheckConstraint(condition=models.Q(('units_returned__lte', models.F('units_held'))), name='group_gives_back_what_it_held'),
                ),
                migrations.AddConstraint(
                    model_name='seat',
                    constraint=models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='seat_takes_something'),
                ),
                migrations.AddConstraint(
                    model_name='seat',
                    constraint=models.CheckConstraint(condition=models.Q(('units_returned__lte', models.F('units'))), name='seat_gives_back_what_it_took'),
                ),
            ]
        ),
    ]
