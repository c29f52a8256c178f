"""When a guest's mailbox was proved; the index is made beside the running shop."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('orders', '0004_what_is_shown'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='buyer_proved_at',
            field=models.DateTimeField(help_text='a guest\'s: when whoever reads this mailbox said that the order is hers', null=True),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(condition=models.Q(('buyer_proved_at__isnull', False)), fields=['email'], name='orders_of_proved_mailboxes'),
        ),
    ]
