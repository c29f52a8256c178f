"""Roles are appointments with a place and a term; whoever runs the shop by her column goes on by an appointment.

The columns stay for the release before, which serves while this one migrates.
"""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# Whether one region is the other or lies in it, by the regions' own parents.
LIES_IN = """
    CREATE FUNCTION accounts_lies_in(lower_code varchar, upper_code varchar) RETURNS boolean
    LANGUAGE sql STABLE AS $$
        WITH RECURSIVE up AS (
            SELECT code, parent_id FROM accounts_region WHERE code = lower_code
            UNION ALL SELECT r.code, r.parent_id FROM accounts_region r JOIN up ON r.code = up.parent_id
        )
        SELECT EXISTS (SELECT 1 FROM up WHERE code = upper_code)
    $$
"""
# Whether two places share anything. What cannot be told from here (a region, and a team that may lie in it) counts so.
OVERLAP = """
    CREATE FUNCTION accounts_places_overlap(a accounts_appointment, b accounts_appointment) RETURNS boolean
    LANGUAGE sql STABLE AS $$
        SELECT CASE
            WHEN a.region_id IS NOT NULL AND b.region_id IS NOT NULL
                THEN accounts_lies_in(a.region_id, b.region_id) OR accounts_lies_in(b.region_id, a.region_id)
            WHEN a.organisation_id IS NOT NULL AND b.organisation_id IS NOT NULL
                THEN a.organisation_id = b.organisation_id
            WHEN a.subject IS NOT NULL AND b.subject IS NOT NULL THEN a.subject = b.subject
            WHEN a.region_id IS NOT NULL AND b.organisation_id IS NOT NULL
                THEN accounts_lies_in((SELECT region_id FROM accounts_organisation WHERE id = b.organisation_id), a.region_id)
            WHEN a.organisation_id IS NOT NULL AND b.region_id IS NOT NULL
                THEN accounts_lies_in((SELECT region_id FROM accounts_organisation WHERE id = a.organisation_id), b.region_id)
            ELSE true
        END
    $$
"""
# The person's row is the lock: of two appointments at one moment the second sees the first.
APART = """
    CREATE FUNCTION accounts_keep_apart() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        other accounts_appointment;
    BEGIN
        IF NEW.ends_at <= NEW.starts_at THEN
            RETURN NEW;
        END IF;
        PERFORM 1 FROM accounts_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
        SELECT * INTO other FROM accounts_appointment a
        WHERE a.person_id = NEW.person_id AND a.id <> NEW.id
            AND tstzrange(a.starts_at, a.ends_at) && tstzrange(NEW.starts_at, NEW.ends_at)
            AND (
                (a.role, a.region_id, a.organisation_id, a.subject)
                    IS NOT DISTINCT FROM (NEW.role, NEW.region_id, NEW.organisation_id, NEW.subject)
                OR ((least(a.role, NEW.role), greatest(a.role, NEW.role)) IN (
                        ('entrant', 'judge'), ('auditor', 'organiser'),
                        ('import_approver', 'importer'), ('finance_approver', 'finance_maker')
                    ) AND accounts_places_overlap(a, NEW))
            )
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'appointment % excludes a % of the same person', other.uid, NEW.role
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'appointments_that_exclude_each_other';
        END IF;
        RETURN NEW;
    END
    $$;
    CREATE TRIGGER keep_apart BEFORE INSERT OR UPDATE ON accounts_appointment
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_apart()
"""
CARRY_OVER = """
    INSERT INTO accounts_appointment (uid, person_id, role, starts_at, reason, end_reason, created_at)
    SELECT gen_random_uuid(), p.id, r.role, now(), '', '', now()
    FROM accounts_person p CROSS JOIN LATERAL (
        SELECT 'operator' AS role WHERE p.is_staff UNION ALL SELECT 'owner' WHERE p.is_superuser
    ) AS r
    ORDER BY p.id, r.role
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_shop'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('operator', 'Operator'), ('county_verifier', 'County Verifier'), ('city_officer', 'City Officer'), ('quality_checker', 'Quality Checker'), ('logistics_checker', 'Logistics Checker'), ('union_verifier', 'Union Verifier'), ('observer', 'Observer'), ('finance_maker', 'Finance Maker'), ('finance_approver', 'Finance Approver'), ('media_officer', 'Media Officer'), ('organiser', 'Organiser'), ('judge', 'Judge'), ('entrant', 'Entrant'), ('importer', 'Importer'), ('import_approver', 'Import Approver'), ('auditor', 'Auditor'), ('team_manager', 'Team Manager'), ('leader', 'Leader'), ('packer', 'Packer'), ('organisation_finance', 'Organisation Finance')], max_length=24)),
                ('subject', models.UUIDField(blank=True, help_text='the uid of a team or an edition', null=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, help_text='the first moment outside the term', null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('end_reason', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.region')),
            ],
            options={
                'indexes': [models.Index(fields=['role', 'subject'], name='appointments_by_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organisation', None), ('region', None), ('role__in', ('owner', 'operator', 'county_verifier', 'quality_checker', 'logistics_checker', 'union_verifier', 'observer', 'finance_maker', 'finance_approver', 'media_officer', 'organiser', 'importer', 'import_approver', 'auditor')), ('subject', None)), models.Q(('organisation', None), ('region__isnull', False), ('role__in', ('operator', 'county_verifier', 'city_officer', 'quality_checker', 'logistics_checker', 'union_verifier', 'observer', 'media_officer', 'organiser', 'importer', 'import_approver', 'auditor')), ('subject', None)), models.Q(('organisation__isnull', False), ('region', None), ('role__in', ('observer', 'organisation_finance')), ('subject', None)), models.Q(('organisation', None), ('region', None), ('role__in', ('organiser', 'judge', 'entrant', 'auditor', 'team_manager', 'leader', 'packer')), ('subject__isnull', False)), _connector='OR'), name='a_role_is_held_where_it_fits'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='an_appointment_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('ended_by', None), models.Q(('ends_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='whoever_ends_an_appointment_says_why'), models.CheckConstraint(condition=models.Q(('by', None), models.Q(('by', models.F('person')), _negated=True), _connector='OR'), name='nobody_appoints_herself')],
            },
        ),
        migrations.RunSQL(LIES_IN, "DROP FUNCTION accounts_lies_in"),
        migrations.RunSQL(OVERLAP, "DROP FUNCTION accounts_places_overlap"),
        migrations.RunSQL(APART, "DROP TRIGGER keep_apart ON accounts_appointment; DROP FUNCTION accounts_keep_apart"),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
    ]
