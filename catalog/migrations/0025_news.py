"""What teams write to those who bought from them, each row written once and read by an operator."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0024_addresses_say_teams'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TeamNews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('thanks', 'Thanks'), ('harvest', 'Harvest')], max_length=8)),
                ('title_zh', models.CharField(max_length=40)),
                ('title_en', models.CharField(blank=True, max_length=80)),
                ('words_zh', models.TextField()),
                ('words_en', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('published', 'Published'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('submitted_at', models.DateTimeField(auto_now_add=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, help_text='why it was returned; its team reads it', max_length=400)),
                ('published_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='news', to='catalog.team')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('published_at__isnull', False)), fields=['team', '-published_at'], name='news_of_a_team')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('team',), name='one_news_of_a_team_waits'), models.CheckConstraint(condition=models.Q(('decided_by', None), ('submitted_by', None), models.Q(('decided_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='news_is_read_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='published_news_says_since_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='returned_news_says_why')],
            },
        ),
    ]
