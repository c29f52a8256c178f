"""The carrier's own label for goods that go back, in place of the one that is drawn."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0044_reached_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='returnparcel',
            name='labelled_at',
            field=models.DateTimeField(help_text="when the carrier's own label was uploaded last", null=True),
        ),
        migrations.CreateModel(
            name='ReturnLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.BinaryField()),
                ('return_parcel', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='label', to='orders.returnparcel')),
            ],
        ),
    ]
