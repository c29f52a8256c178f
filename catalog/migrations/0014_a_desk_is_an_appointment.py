"""Whoever keeps a team's desk by a row of its people goes on by an appointment at the team, from the day she began and with
the term that she had. The rows stay: they remember who is or was of the team."""

from django.db import migrations

CARRY_OVER = """
    INSERT INTO accounts_appointment (uid, person_id, role, subject, starts_at, ends_at, reason, end_reason, created_at)
    SELECT gen_random_uuid(), m.person_id, 'team_manager', t.uid, m.started_at, m.until, '', '', now()
    FROM catalog_teammember m JOIN catalog_team t ON t.id = m.team_id
    WHERE m.role = 'manager' AND m.ended_at IS NULL AND (m.until IS NULL OR m.until > greatest(now(), m.started_at))
        AND NOT EXISTS (
            SELECT 1 FROM accounts_appointment a
            WHERE a.person_id = m.person_id AND a.role = 'team_manager' AND a.subject = t.uid
                AND (a.ends_at IS NULL OR a.ends_at > greatest(now(), a.starts_at))
        )
    ORDER BY m.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_verified_by_another'),
        ('catalog', '0013_an_approval_keeps_what_it_saw'),
    ]

    operations = [
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
    ]
