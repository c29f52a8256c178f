import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """An index that another one begins with, and one of what nobody asks for, only cost."""

    dependencies = [
        ('accounts', '0006_token_scopes'),
        ('catalog', '0008_notes_of_what_is_told'),
        ('orders', '0015_held_by_others'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS orders_order_number_abc9e0f2_like",
            "CREATE INDEX orders_order_number_abc9e0f2_like ON orders_order (number varchar_pattern_ops)",
        ),
        migrations.AlterField(
            model_name='linelot',
            name='line',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lots', to='orders.line'),
        ),
        migrations.AlterField(
            model_name='order',
            name='person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='orders', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='order',
            name='region',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.region'),
        ),
        migrations.AlterField(
            model_name='shipment',
            name='order',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shipments', to='orders.order'),
        ),
        migrations.AlterField(
            model_name='shipment',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.team'),
        ),
    ]
