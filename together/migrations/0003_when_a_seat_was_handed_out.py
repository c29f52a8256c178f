from django.db import migrations, models

# When each that was handed out before was: its coordinator's deed says so.
KNOWN = """
    UPDATE together_seat s SET collected_at = a.at FROM (
        SELECT object_uid, min(at) AS at FROM accounts_auditentry WHERE noun = 'Seat' AND deed = 'collect' GROUP BY object_uid
    ) a WHERE a.object_uid = s.uid::text
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_why_an_organisation_stands_still'),
        ('together', '0002_recalls_that_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='seat',
            name='collected_at',
            field=models.DateTimeField(help_text='when handed out, by the clock of seasons and contests; it stays, whatever is given back', null=True),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
