"""Units of a lot may be sent in place of what arrived spoilt."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0019_cards_tell_the_size'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='lot',
            name='lot_sells_only_what_it_made',
        ),
        migrations.AddField(
            model_name='lot',
            name='units_replaced',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='offered or sent in place of what arrived spoilt: sold to nobody'),
        ),
        migrations.AlterField(
            model_name='reservation',
            name='state',
            field=models.CharField(choices=[('held', 'Held'), ('sold', 'Sold'), ('released', 'Released'), ('replaced', 'Replaced')], default='held', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('units_declared', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('units_available'), '+', models.F('units_reserved')), '+', models.F('units_sold')), '+', models.F('units_replaced')), '-', models.F('units_restocked')))), name='lot_sells_only_what_it_made'),
        ),
    ]
