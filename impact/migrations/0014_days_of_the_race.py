"""The fold keeps each entry's net by day, so that the race is read from it and not from all supports."""

import django.db.models.deletion
from django.db import migrations, models

# As in impact.reads.figures on this day. What still waits to be folded comes with its fold.
FILL = """
    INSERT INTO impact_standingday (round_id, entry_id, day, net_minor, number)
    SELECT DISTINCT ON (entry_id, day) round_id, entry_id, day, sum(moved) OVER (PARTITION BY entry_id ORDER BY number), number
    FROM (
        SELECT round_id, entry_id, number, day,
               worth - coalesce(lag(worth) OVER (PARTITION BY entry_id, order_uid ORDER BY number), 0) AS moved
        FROM (
            SELECT e.round_id, s.entry_id, s.order_uid, n.number,
                   max(s.day) OVER (PARTITION BY e.round_id ORDER BY n.number) AS day,
                   CASE WHEN bool_and(s.exclusion = '') OVER of_order THEN sum(s.amount_minor) OVER of_order
                        ELSE 0 END AS worth
            FROM impact_support s JOIN impact_supportnumber n ON n.support_id = s.id JOIN impact_entry e ON e.id = s.entry_id
            WINDOW of_order AS (PARTITION BY s.entry_id, s.order_uid ORDER BY n.number)
        ) AS folded
    ) AS told ORDER BY entry_id, day, number DESC;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("impact", "0013_calls_and_dockings")]

    operations = [
        migrations.CreateModel(
            name="StandingDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("net_minor", models.BigIntegerField()),
                ("number", models.PositiveBigIntegerField()),
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
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="impact.round",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["round", "day"], name="days_of_a_round")],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "day"), name="one_net_an_entry_and_day")
                ],
            },
        ),
        migrations.RunSQL(FILL),
    ]
