"""What a buyer sends back to a team with its label, and is paid for once it has come."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0040_questions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='claimreply',
            name='kind',
            field=models.CharField(choices=[('answered', 'Answered'), ('disputed', 'Disputed'), ('brought', 'Brought'), ('decided', 'Decided'), ('called_off', 'Called Off'), ('recalled', 'Recalled'), ('overdue', 'Overdue'), ('unanswered', 'Unanswered')], max_length=10),
        ),
        migrations.CreateModel(
            name='ReturnParcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('amount_minor', models.PositiveBigIntegerField(help_text='what goes back once it has come')),
                ('send_to', models.CharField(help_text='who takes it at the team, a telephone, and where', max_length=200)),
                ('carrier', models.CharField(blank=True, default='', max_length=40)),
                ('tracking_number', models.CharField(blank=True, default='', max_length=40)),
                ('state', models.CharField(choices=[('offered', 'Offered'), ('agreed', 'Agreed'), ('sent', 'Sent'), ('received', 'Received'), ('over', 'Over')], default='offered', max_length=10)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='returns', to='orders.claim')),
                ('reply', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='return_parcel', to='orders.claimreply')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['offered', 'agreed', 'sent'])), fields=('claim',), name='one_return_at_a_time'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='return_gives_something_back'), models.CheckConstraint(condition=models.Q(('state__in', ['offered', 'agreed', 'over']), models.Q(('tracking_number', ''), _negated=True), _connector='OR'), name='sent_return_has_a_number')],
            },
        ),
    ]
