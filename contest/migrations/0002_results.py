import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# What a row said when it was written stays: only the named columns move, and none once it has come to an end.
KEEP = """
    CREATE FUNCTION contest_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF to_jsonb(OLD)->>'state' = ANY(string_to_array(TG_ARGV[1], ',')) THEN
            RAISE EXCEPTION '% is at its end', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        ELSIF to_jsonb(OLD) - string_to_array(TG_ARGV[0], ',') <> to_jsonb(NEW) - string_to_array(TG_ARGV[0], ',') THEN
            RAISE EXCEPTION '% is what it was', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
"""
KEPT = {
    "snapshot": ("voided_at", ""),
    "result": ("state,finalised_at", "superseded"),
    "objection": ("state,answer,answered_by_id,answered_at", "upheld,dismissed"),
    "reexamination": ("state,result_id,words,decided_by_id,decided_at", "superseded,dismissed"),
    "award": (
        "state,reason,approved_by_id,approved_at,evidence,delivered_by_id,delivered_at",
        "delivered,withdrawn",
    ),
}


def triggers():
    yield migrations.RunSQL(KEEP, "DROP FUNCTION contest_keep()")
    for name, (moves, ends) in KEPT.items():
        yield migrations.RunSQL(
            f"CREATE TRIGGER keep BEFORE UPDATE ON contest_{name} "
            f"FOR EACH ROW EXECUTE FUNCTION contest_keep('{moves}', '{ends}')",
            f"DROP TRIGGER keep ON contest_{name}",
        )


class Migration(migrations.Migration):

    dependencies = [
        ('contest', '0001_initial'),
        ('impact', '0012_who_proposed_a_household'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='roundplan',
            name='picks',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='so many of them the committee picks, with words'),
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('rank', models.PositiveSmallIntegerField(help_text="the entry's in that result")),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('delivered', 'Delivered'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10)),
                ('title_zh', models.CharField(max_length=60)),
                ('title_en', models.CharField(max_length=80)),
                ('money_minor', models.PositiveBigIntegerField(default=0)),
                ('reason', models.CharField(blank=True, help_text='why it was withdrawn', max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('evidence', models.CharField(blank=True, help_text='what shows that it was handed over', max_length=400)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='impact.entry')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['result', 'rank', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AwardNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('award', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='contest.award')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('provisional', 'Provisional'), ('final', 'Final'), ('superseded', 'Superseded')], default='provisional', max_length=12)),
                ('seed', models.CharField(max_length=64)),
                ('reason', models.CharField(blank=True, help_text='why it takes the place of the one before', max_length=1000)),
                ('advances', models.PositiveSmallIntegerField(help_text='so many go on')),
                ('most_a_division', models.PositiveSmallIntegerField(null=True)),
                ('picks', models.PositiveSmallIntegerField(default=0, help_text='so many of them the committee picks')),
                ('until', models.DateTimeField(help_text="what was known by then is in it, in the trade's clock")),
                ('sha256', models.CharField(help_text='of the canonical JSON of its head and rows', max_length=64)),
                ('published_at', models.DateTimeField()),
                ('objections_close_at', models.DateTimeField(help_text="in the trade's clock")),
                ('finalised_at', models.DateTimeField(null=True)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='impact.round')),
            ],
            options={
                'ordering': ['round', 'version'],
            },
        ),
        migrations.AddField(
            model_name='award',
            name='result',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='contest.result'),
        ),
        migrations.CreateModel(
            name='ResultRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(null=True)),
                ('total', models.DecimalField(decimal_places=4, max_digits=9, null=True)),
                ('values', models.JSONField(default=dict, help_text="each indicator's value, four decimals")),
                ('inputs', models.JSONField(help_text="what it was computed from, the judges' mean among it")),
                ('decided_by', models.CharField(blank=True, help_text='the rule that parted it from its equals', max_length=20)),
                ('advances', models.BooleanField(default=False)),
                ('out', models.CharField(blank=True, choices=[('', 'None'), ('withdrawn', 'Withdrawn'), ('suspended', 'Suspended'), ('disqualified', 'Disqualified')], max_length=12)),
                ('out_reason', models.CharField(blank=True, max_length=200)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='impact.entry')),
                ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='contest.result')),
            ],
            options={
                'ordering': ['result', models.OrderBy(models.F('rank'), nulls_last=True), 'entry__number'],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveBigIntegerField(help_text='the last support that is in it')),
                ('until', models.DateTimeField(help_text="the freeze, in the trade's clock: what is known by then counts")),
                ('taken_at', models.DateTimeField()),
                ('rulebook_sha256', models.CharField(max_length=64)),
                ('sha256', models.CharField(max_length=64)),
                ('voided_at', models.DateTimeField(null=True)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='impact.round')),
                ('rulebook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contest.rulebook')),
            ],
        ),
        migrations.AddField(
            model_name='result',
            name='snapshot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='contest.snapshot'),
        ),
        migrations.CreateModel(
            name='SnapshotRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inputs', models.JSONField()),
                ('sha256', models.CharField(help_text='of the canonical JSON of `inputs`', max_length=64)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frozen', to='impact.entry')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='contest.snapshot')),
            ],
            options={
                'ordering': ['entry__number'],
            },
        ),
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('order_uid', models.UUIDField()),
                ('amount_minor', models.BigIntegerField(help_text='of the goods; negative where it came back')),
                ('kind', models.CharField(choices=[('refund', 'Refund'), ('quality', 'Quality'), ('fraud', 'Fraud')], max_length=8)),
                ('at', models.DateTimeField(help_text="in the trade's clock")),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjustments', to='impact.entry')),
                ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='impact.ledgertransaction')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('transaction', 'entry'), name='one_adjustment_a_transaction_and_entry')],
            },
        ),
        migrations.CreateModel(
            name='ReExamination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('cause', models.CharField(choices=[('refunds', 'Refunds'), ('quality', 'Quality'), ('fraud', 'Fraud'), ('recomputed', 'Recomputed')], max_length=12)),
                ('state', models.CharField(choices=[('open', 'Open'), ('superseded', 'Superseded'), ('dismissed', 'Dismissed')], default='open', max_length=12)),
                ('refunded_minor', models.BigIntegerField(help_text='what had been given back since the freeze when it opened')),
                ('opened_at', models.DateTimeField()),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reexaminations', to='impact.entry')),
                ('result', models.ForeignKey(help_text='the version that answers', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='contest.result')),
            ],
            options={
                'ordering': ['opened_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('entry', 'cause'), name='one_open_reexamination_a_cause'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'open'), ('words', '')), models.Q(models.Q(('state', 'open'), _negated=True), models.Q(('words', ''), _negated=True)), _connector='OR'), name='a_reexamination_ends_with_words')],
            },
        ),
        migrations.CreateModel(
            name='Pick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='impact.entry')),
                ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picked', to='contest.result')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('result', 'entry'), name='one_pick_an_entry')],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('upheld', 'Upheld'), ('dismissed', 'Dismissed')], default='open', max_length=10)),
                ('language', models.CharField(max_length=2)),
                ('words', models.CharField(max_length=1000)),
                ('filed_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=1000)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='impact.entry')),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='contest.result')),
            ],
            options={
                'ordering': ['filed_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('result', 'entry'), name='one_open_objection_an_entry'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='an_answer_has_words')],
            },
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('entry', 'title_zh'), name='one_award_a_title'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), ('proposed_by', None), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='who_proposes_an_award_does_not_approve_it'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'delivered'), _negated=True), models.Q(models.Q(('evidence', ''), _negated=True), ('approved_at__isnull', False)), _connector='OR'), name='an_award_handed_over_has_evidence'),
        ),
        migrations.AddConstraint(
            model_name='resultrow',
            constraint=models.UniqueConstraint(fields=('result', 'entry'), name='one_row_an_entry_and_result'),
        ),
        migrations.AddConstraint(
            model_name='resultrow',
            constraint=models.UniqueConstraint(fields=('result', 'rank'), name='one_entry_a_rank'),
        ),
        migrations.AddConstraint(
            model_name='resultrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('out', ''), ('rank__isnull', False), ('total__isnull', False)), models.Q(models.Q(('out', ''), _negated=True), ('advances', False), ('rank', None), ('total', None)), _connector='OR'), name='who_is_out_has_no_number'),
        ),
        migrations.AddConstraint(
            model_name='snapshot',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('round',), name='a_round_is_frozen_once'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.UniqueConstraint(fields=('round', 'version'), name='one_result_a_version'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'superseded'), _negated=True), fields=('round',), name='one_result_stands'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_new_version_says_why'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('picks__lte', models.F('advances'))), name='picks_are_of_those_who_advance'),
        ),
        migrations.AddConstraint(
            model_name='snapshotrow',
            constraint=models.UniqueConstraint(fields=('snapshot', 'entry'), name='one_row_an_entry_and_snapshot'),
        ),
        *triggers(),
    ]
