"""Beyond what a stranger can use up, a number has some texts and tries on devices that its account knows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0026_consent_to_news'),
    ]

    operations = [
        migrations.AddField(
            model_name='numberday',
            name='sent_known',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='beyond these, to devices that the number’s account knows'),
        ),
        migrations.AddField(
            model_name='numberday',
            name='wrong_known',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='beyond these, at devices that the number’s account knows'),
        ),
    ]
