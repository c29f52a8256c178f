"""What search knows is made of the products: it begins anew, and the worker fills it within a minute."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_when_a_lot_is_traced'),
    ]

    operations = [
        migrations.DeleteModel(name='SearchEntry'),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_entry', serialize=False, to='catalog.product')),
                ('category', models.CharField(help_text='its slug', max_length=40)),
                ('division', models.CharField(help_text="the team's, by its code", max_length=6)),
                ('kind', models.CharField(max_length=12)),
                ('team', models.CharField(help_text='its slug', max_length=80)),
                ('season', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), help_text='by month: 0 out of season, else more the shorter it is', size=12)),
                ('in_stock', models.BooleanField(help_text='net of what is reserved')),
                ('price_from_minor', models.PositiveBigIntegerField()),
                ('published_at_us', models.BigIntegerField(help_text='microseconds since 1970')),
                ('titles', models.CharField(help_text='|both titles|, lower case: an exact one comes first', max_length=400)),
                ('title_words', django.contrib.postgres.search.SearchVectorField(help_text='the words of the titles: what they hold comes first')),
                ('words', django.contrib.postgres.search.SearchVectorField(help_text='all words: of titles, team, place and the rest; initials and pieces')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['words'], name='search_words')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.CharField(max_length=60, primary_key=True, serialize=False)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['word'], name='search_word_spelling', opclasses=['gin_trgm_ops'])],
            },
        ),
    ]
