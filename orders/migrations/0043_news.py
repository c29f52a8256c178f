"""Who wants to hear what teams write, of guests; and who was written to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0025_news'),
        ('orders', '0042_unjudged_carts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='news_wanted_at',
            field=models.DateTimeField(help_text="a guest's: since when she wants to hear what its teams write; null: she does not", null=True),
        ),
        migrations.CreateModel(
            name='NewsLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.BigIntegerField(help_text='a keyed number of where it goes (orders.marks)')),
                ('addressed_at', models.DateTimeField()),
                ('news', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='catalog.teamnews')),
                ('order', models.ForeignKey(help_text='the purchase for which she is told', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.order')),
                ('person', models.ForeignKey(help_text='null of a guest, whose order is proved hers', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['mailbox', 'addressed_at'], name='news_letters_of_a_mailbox')],
                'constraints': [models.UniqueConstraint(fields=('news', 'mailbox'), name='one_letter_of_a_news')],
            },
        ),
    ]
