"""The fold remembers what cannot be added up: people's days and organisations' sums, so that it need not look at all again."""

import django.db.models.deletion
from django.db import migrations, models

# As in impact.reads.figures on this day. What still waits to be folded comes with its fold.
FILL = """
    CREATE TEMP TABLE bought ON COMMIT DROP AS
    SELECT s.entry_id, s.order_uid, max(s.day) AS day, bool_and(s.exclusion = '') AS counts,
           bool_or(s.is_known_person) AS is_known,
           coalesce(substr(max(lpad(n.number::text, 19, '0') || s.person_key)
                           FILTER (WHERE s.transaction_id IS NULL), 20), max(s.person_key)) AS person_key,
           max(s.organisation_id) AS organisation_id, max(s.mobiliser_organisation_id) AS mobiliser_organisation_id,
           sum(s.amount_minor) AS net
    FROM impact_support s JOIN impact_supportnumber n ON n.support_id = s.id GROUP BY s.entry_id, s.order_uid;
    INSERT INTO impact_supporterday (entry_id, person_key, day, orders)
    SELECT entry_id, person_key, day, count(*) FROM bought WHERE counts AND net > 0 AND is_known GROUP BY 1, 2, 3;
    INSERT INTO impact_supportingorganisation (entry_id, organisation_id, net_minor)
    SELECT entry_id, body, sum(net) FROM bought
    CROSS JOIN LATERAL (SELECT organisation_id UNION SELECT mobiliser_organisation_id) AS b (body)
    WHERE counts AND net > 0 AND body IS NOT NULL GROUP BY 1, 2;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_token_scopes"),
        ("impact", "0009_control_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupporterDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person_key",
                    models.CharField(help_text="an HMAC: the same person, not who", max_length=64),
                ),
                ("day", models.DateField()),
                ("orders", models.PositiveIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="impact.entry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "person_key", "day"), name="one_supporter_and_day"
                    ),
                    models.CheckConstraint(condition=models.Q(("orders__gt", 0)), name="supporter_has_bought"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportingOrganisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("net_minor", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="impact.entry",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "organisation"), name="one_supporting_organisation"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("net_minor__gt", 0)), name="organisation_has_bought"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FILL),
        # Nobody looks at an entry's supports person by person any more; a transaction's are found by its constraint.
        migrations.RemoveIndex(model_name="support", name="supports_of_an_entry"),
        migrations.AlterField(
            model_name="support",
            name="transaction",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supports",
                to="impact.ledgertransaction",
            ),
        ),
        # Its key names a transaction.
        migrations.RemoveField(model_name="ledgertransaction", name="uid"),
    ]
