"""A lot's shares are put right after units are sold: asked for, decided, and read by those who decide."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0030_when_shares_were_put_right'),
        ('impact', '0021_setbacks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='lotshare',
            name='corrections',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='as many as its lot’s tally counts, or it was read before the last'),
        ),
        migrations.AddField(
            model_name='lottally',
            name='corrections',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='how often its shares were put right after units were sold'),
        ),
        migrations.AddField(
            model_name='lottally',
            name='since',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='up to this number it was shared by weights that are no more in force'),
        ),
        migrations.AddField(
            model_name='shareversion',
            name='since',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='the lot’s number of sharings when it came into force'),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('gateway', 'Gateway'), ('escrow', 'Escrow'), ('buyer', 'Buyer'), ('earmarked', 'Earmarked'), ('owed', 'Owed'), ('pool_earmarked', 'Pool Earmarked'), ('pool_owed', 'Pool Owed'), ('part_earmarked', 'Part Earmarked'), ('part_owed', 'Part Owed'), ('shipping_earmarked', 'Shipping Earmarked'), ('shipping_owed', 'Shipping Owed'), ('reserve', 'Reserve'), ('purse', 'Purse'), ('coupons', 'Coupons'), ('team_reserve', 'Team Reserve'), ('clearing', 'Clearing')], max_length=20),
        ),
        migrations.AlterField(
            model_name='ledgertransaction',
            name='reason',
            field=models.CharField(choices=[('paid', 'Paid'), ('held', 'Held'), ('confirmed', 'Confirmed'), ('refunded', 'Refunded'), ('given_back', 'Given Back'), ('returned', 'Returned'), ('turned_away', 'Turned Away'), ('owed', 'Owed'), ('disputed', 'Disputed'), ('regained', 'Regained'), ('replaced', 'Replaced'), ('redrawn', 'Redrawn'), ('corrected', 'Corrected'), ('made_good', 'Made Good'), ('replaced_due', 'Replaced Due')], max_length=12),
        ),
        migrations.CreateModel(
            name='CorrectionOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('reader', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='CorrectionReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('opening', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='impact.correctionopening')),
            ],
        ),
        migrations.CreateModel(
            name='ShareCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='asked', max_length=10)),
                ('version', models.PositiveIntegerField(help_text='of the shares: the one that it puts right')),
                ('grams', models.JSONField(help_text='by household id')),
                ('reason', models.CharField(help_text='naming nobody', max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('refusal', models.CharField(blank=True, default='', help_text='why not, naming nobody', max_length=200)),
                ('moved_minor', models.BigIntegerField(default=0, help_text='of what was set aside: for others than before')),
                ('made_good_minor', models.BigIntegerField(default=0, help_text='paid by the team’s reserve')),
                ('asked_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.lot')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='correctionopening',
            name='correction',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='impact.sharecorrection'),
        ),
        migrations.AddConstraint(
            model_name='sharecorrection',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('lot',), name='one_correction_of_a_lot_waits'),
        ),
        migrations.AddConstraint(
            model_name='sharecorrection',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='who_asks_for_a_correction_does_not_decide'),
        ),
        migrations.AddConstraint(
            model_name='sharecorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('state__in', ['asked', 'withdrawn'])), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['approved', 'refused'])), _connector='OR'), name='a_correction_is_decided_by_somebody'),
        ),
    ]
