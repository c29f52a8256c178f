"""What came by a code of the team's own people is told like any other, and scored for nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('impact', '0005_disclosed'),
    ]

    operations = [
        migrations.AddField(
            model_name='standing',
            name='called_minor',
            field=models.BigIntegerField(default=0, help_text="what is told as mobilised: with what came by the team's own codes"),
        ),
        migrations.AddField(
            model_name='support',
            name='is_own_call',
            field=models.BooleanField(default=False, help_text="by a code of the team's own people: told among what was mobilised, never scored"),
        ),
        migrations.RunSQL("UPDATE impact_standing SET called_minor = mobilised_minor", migrations.RunSQL.noop),
    ]
