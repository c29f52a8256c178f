import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_search_without_joins'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['title_words'], name='search_title_words'),
        ),
    ]
