"""Teams' months are kept. Whatever is posted waits to be folded into them, by a trigger: of the release before, too, which serves
while this one migrates. What was posted before waits from now on; the fold's first run takes it all."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

WAITS = """
    CREATE FUNCTION impact_await_statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO impact_statementwaiting (transaction_id) SELECT id FROM posted;
        RETURN NULL;
    END $$;
    CREATE TRIGGER await_statement AFTER INSERT ON impact_ledgertransaction REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION impact_await_statement();
    INSERT INTO impact_statementwaiting (transaction_id) SELECT id FROM impact_ledgertransaction;
"""
FORGETS = """
    DROP TRIGGER await_statement ON impact_ledgertransaction; DROP FUNCTION impact_await_statement;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0026_allergens_and_nutrition'),
        ('impact', '0019_versions_of_shares'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementWaiting',
            fields=[
                ('transaction', models.OneToOneField(db_constraint=False, help_text='what is in the ledger stays: nothing needs to hold it', on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='impact.ledgertransaction')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name_plural': 'transactions waiting for their statement',
            },
        ),
        migrations.CreateModel(
            name='StatementBalance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(help_text='of the price story, or households, or shipping', max_length=12)),
                ('channel', models.CharField(blank=True, max_length=12)),
                ('supporter', models.CharField(blank=True, max_length=12)),
                ('set_aside_minor', models.BigIntegerField()),
                ('owed_minor', models.BigIntegerField()),
                ('product', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'product', 'part', 'channel', 'supporter'), name='one_balance_a_cell', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='StatementMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(help_text='of the price story, or households, or shipping', max_length=12)),
                ('channel', models.CharField(blank=True, max_length=12)),
                ('supporter', models.CharField(blank=True, max_length=12)),
                ('month', models.DateField(help_text='its first day, in Shanghai')),
                ('sold_minor', models.BigIntegerField(help_text='with what a coupon of the shop’s paid in buyers’ place')),
                ('refunded_minor', models.BigIntegerField()),
                ('replaced_minor', models.BigIntegerField(help_text='paid to households by the team’s own reserve')),
                ('set_aside_minor', models.BigIntegerField(help_text='by how much more is set aside than before the month')),
                ('owed_minor', models.BigIntegerField(help_text='by how much more is owed')),
                ('product', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product')),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'month', 'product', 'part', 'channel', 'supporter'), name='one_sum_a_month_and_cell', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('set_aside_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('sold_minor'), '-', models.F('refunded_minor')), '+', models.F('replaced_minor')), '-', models.F('owed_minor')))), name='a_month_adds_up')],
            },
        ),
        migrations.RunSQL([WAITS], [FORGETS]),
    ]
