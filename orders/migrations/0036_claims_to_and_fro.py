"""A claim goes to and fro between its buyer and its team, with several photos, and may be brought before the office."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0035_by_number_alone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file', models.ImageField(upload_to='claims/')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ClaimReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('answered', 'Answered'), ('disputed', 'Disputed'), ('brought', 'Brought'), ('decided', 'Decided')], max_length=10)),
                ('words', models.CharField(blank=True, max_length=500)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='claim',
            name='one_open_claim_a_line',
        ),
        migrations.AddField(
            model_name='claim',
            name='brought_at',
            field=models.DateTimeField(help_text='when its buyer brought it before the office', null=True),
        ),
        migrations.AddField(
            model_name='claim',
            name='disputed_at',
            field=models.DateTimeField(help_text="when its buyer last disagreed: the team's time runs anew", null=True),
        ),
        migrations.AddField(
            model_name='claim',
            name='ended_at',
            field=models.DateTimeField(help_text='since when there is nothing more to do', null=True),
        ),
        migrations.AlterField(
            model_name='claim',
            name='answer',
            field=models.CharField(blank=True, help_text='the last one', max_length=500),
        ),
        migrations.AlterField(
            model_name='claim',
            name='answered_at',
            field=models.DateTimeField(help_text='when the last answer was given', null=True),
        ),
        migrations.AlterField(
            model_name='claim',
            name='photo',
            field=models.ImageField(blank=True, help_text='the first of its photos', upload_to='claims/'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='state',
            field=models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('disputed', 'Disputed'), ('office', 'Office'), ('agreed', 'Agreed'), ('done', 'Done'), ('refunded', 'Refunded'), ('declined', 'Declined')], default='open', max_length=10),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('state__in', ['answered', 'agreed'])), fields=['answered_at'], name='claims_to_be_ended'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'answered', 'disputed', 'office', 'agreed'])), fields=('line',), name='one_open_claim_a_line'),
        ),
        migrations.AddField(
            model_name='claimphoto',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='orders.claim'),
        ),
        migrations.AddField(
            model_name='claimreply',
            name='by',
            field=models.ForeignKey(help_text='who answered or decided; empty for its buyer', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claimreply',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='orders.claim'),
        ),
        migrations.AddField(
            model_name='claimreply',
            name='refund',
            field=models.OneToOneField(help_text='given with it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claim_reply', to='orders.refund'),
        ),
        migrations.AddField(
            model_name='claimphoto',
            name='reply',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='orders.claimreply'),
        ),
        migrations.AddConstraint(
            model_name='claimreply',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'brought')), fields=('claim',), name='brought_to_the_office_once'),
        ),
        migrations.AddConstraint(
            model_name='claimreply',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'decided')), fields=('claim',), name='decided_once'),
        ),
    ]
