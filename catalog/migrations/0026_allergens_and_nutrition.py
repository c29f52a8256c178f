"""What a food's label says of allergens and nutrition; of what stands there already nothing is claimed."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0025_news'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='allergens',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, db_default=[], default=list, help_text='classes that are in it', size=None),
        ),
        migrations.AddField(
            model_name='product',
            name='carbohydrate_tenths',
            field=models.PositiveIntegerField(blank=True, help_text='of a gram', null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='energy_kj',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='fat_tenths',
            field=models.PositiveIntegerField(blank=True, help_text='of a gram', null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='has_no_allergens',
            field=models.BooleanField(db_default=False, default=False, help_text='its team has said that it is free of all eight classes'),
        ),
        migrations.AddField(
            model_name='product',
            name='may_contain',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, db_default=[], default=list, help_text='classes that may have come into it while it was made', size=None),
        ),
        migrations.AddField(
            model_name='product',
            name='nutrition_per',
            field=models.CharField(choices=[('g', 'G'), ('ml', 'Ml')], db_default='g', default='g', help_text='Of how much the figures of nutrition are.', max_length=2),
        ),
        migrations.AddField(
            model_name='product',
            name='protein_tenths',
            field=models.PositiveIntegerField(blank=True, help_text='of a gram', null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='sodium_mg',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('allergens__contained_by', ['gluten', 'crustaceans', 'fish', 'eggs', 'peanuts', 'soybeans', 'milk', 'nuts']), ('may_contain__contained_by', ['gluten', 'crustaceans', 'fish', 'eggs', 'peanuts', 'soybeans', 'milk', 'nuts'])), name='allergens_are_the_standards'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('allergens__overlap', models.F('may_contain')), _negated=True), name='an_allergen_is_in_it_or_may_be'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('has_no_allergens', False), models.Q(('allergens', []), ('may_contain', [])), _connector='OR'), name='no_allergens_means_none'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('carbohydrate_tenths__isnull', True), ('energy_kj__isnull', True), ('fat_tenths__isnull', True), ('protein_tenths__isnull', True), ('sodium_mg__isnull', True)), models.Q(('carbohydrate_tenths__isnull', False), ('energy_kj__isnull', False), ('fat_tenths__isnull', False), ('protein_tenths__isnull', False), ('sodium_mg__isnull', False)), _connector='OR'), name='nutrition_is_told_whole'),
        ),
    ]
