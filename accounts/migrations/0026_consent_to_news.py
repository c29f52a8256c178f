"""That she wants to hear what teams write is an agreement of its own, with her words and its day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0025_what_a_question_is_about'),
    ]

    operations = [
        migrations.AlterField(
            model_name='consent',
            name='kind',
            field=models.CharField(choices=[('wechat', 'Wechat'), ('news', 'News')], max_length=8),
        ),
    ]
