import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# A session that is gone, by whatever door, leaves nothing behind; Django would look for it row by row.
ENDS_WITH_IT = """
    ALTER TABLE accounts_opensession ADD CONSTRAINT open_sessions_end_with_their_session
    FOREIGN KEY (session_id) REFERENCES django_session (session_key) ON DELETE CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0023_test_text'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='ended_devices',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, db_default=[], default=list, help_text='hashes of the devices that she has signed out from elsewhere: they prove nothing any more', size=None),
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('lock', models.CharField(help_text='a fingerprint of her lock: with another one the session opens nothing', max_length=32)),
                ('browser', models.CharField(choices=[('wechat', 'Wechat'), ('alipay', 'Alipay'), ('dingtalk', 'Dingtalk'), ('qq', 'Qq'), ('huawei', 'Huawei'), ('xiaomi', 'Xiaomi'), ('uc', 'Uc'), ('samsung', 'Samsung'), ('edge', 'Edge'), ('opera', 'Opera'), ('firefox', 'Firefox'), ('chrome', 'Chrome'), ('safari', 'Safari'), ('other', 'Other')], max_length=10)),
                ('system', models.CharField(choices=[('iphone', 'Iphone'), ('ipad', 'Ipad'), ('harmony', 'Harmony'), ('android', 'Android'), ('windows', 'Windows'), ('mac', 'Mac'), ('linux', 'Linux'), ('other', 'Other')], max_length=10)),
                ('device', models.CharField(help_text="a hash of the device's name", max_length=32)),
                ('first_seen_on', models.DateField()),
                ('last_seen_on', models.DateField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
                ('session', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='sessions.session')),
            ],
            options={
                'ordering': ['-last_seen_on', '-id'],
                'indexes': [models.Index(fields=['person', '-last_seen_on', '-id'], name='open_sessions_of_a_person')],
            },
        ),
        migrations.RunSQL(
            ENDS_WITH_IT, "ALTER TABLE accounts_opensession DROP CONSTRAINT open_sessions_end_with_their_session"
        ),
    ]
