"""What a team sends in place of what arrived spoilt."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0037_invoices'),
    ]

    operations = [
        migrations.AlterField(
            model_name='claimreply',
            name='kind',
            field=models.CharField(choices=[('answered', 'Answered'), ('disputed', 'Disputed'), ('brought', 'Brought'), ('decided', 'Decided'), ('called_off', 'Called Off'), ('recalled', 'Recalled'), ('overdue', 'Overdue')], max_length=10),
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('units', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('offered', 'Offered'), ('agreed', 'Agreed'), ('shipped', 'Shipped'), ('delivered', 'Delivered'), ('cancelled', 'Cancelled')], default='offered', max_length=10)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('shipped_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('is_presumed', models.BooleanField(default=False, help_text='nobody has said that it came')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replacements', to='orders.claim')),
                ('parcel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='orders.parcel')),
                ('reply', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='replacement', to='orders.claimreply')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['offered', 'agreed', 'shipped'])), fields=('claim',), name='one_replacement_at_a_time'), models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='replacement_sends_something'), models.CheckConstraint(condition=models.Q(('state__in', ['offered', 'cancelled']), ('parcel__isnull', False), _connector='OR'), name='agreed_replacement_has_an_address')],
            },
        ),
    ]
