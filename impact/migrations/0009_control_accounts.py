"""A lot's households become one control account each for earmarked and owed; attributions are its subsidiary ledger.

What was written before is folded into that shape: transfers to and from households of one line and lot, in one
transaction, become one, and attributions stand beside it. That no fen has moved is proved before anything is kept.
"""

import django.db.models.deletion
from django.db import migrations, models

LOTS = "('earmarked', 'owed', 'pool_earmarked', 'pool_owed')"
KEEP = f"""
    CREATE TEMP TABLE was_account ON COMMIT DROP AS SELECT * FROM impact_account;
    CREATE TEMP TABLE was_transfer ON COMMIT DROP AS SELECT * FROM impact_transfer;
    CREATE TEMP TABLE was_attribution ON COMMIT DROP AS SELECT * FROM impact_attribution;
    TRUNCATE impact_transfer, impact_attribution;
    DELETE FROM impact_account WHERE kind IN {LOTS};
    SET CONSTRAINTS ALL IMMEDIATE;
    ANALYZE was_account; ANALYZE was_transfer; ANALYZE was_attribution;
"""
FOLD = f"""
    CREATE TEMP TABLE ends ON COMMIT DROP AS
    SELECT m.id, m.transaction_id, m.line_id, m.lot_id, m.amount_minor, m.source_id, m.target_id,
           s.team_id AS source_team, t.team_id AS target_team,
           CASE WHEN s.kind IN {LOTS} THEN s.kind END AS goes, CASE WHEN t.kind IN {LOTS} THEN t.kind END AS comes
    FROM was_transfer m JOIN was_account s ON s.id = m.source_id JOIN was_account t ON t.id = m.target_id;

    -- A lot with shares has both its accounts from the moment they were set, a pool's are opened when money comes.
    INSERT INTO impact_account (kind, team_id, lot_id, part)
    SELECT k.kind, p.team_id, t.lot_id, '' FROM impact_lottally t JOIN catalog_lot l ON l.id = t.lot_id
    JOIN catalog_variant v ON v.id = l.variant_id JOIN catalog_product p ON p.id = v.product_id
    CROSS JOIN (VALUES ('earmarked'), ('owed')) AS k (kind)
    UNION SELECT goes, source_team, lot_id, '' FROM ends WHERE goes IS NOT NULL
    UNION SELECT comes, target_team, lot_id, '' FROM ends WHERE comes IS NOT NULL;

    -- What is for no lot stays as it is. What moves on within a lot, or between it and another place, becomes one.
    CREATE TEMP TABLE folded ON COMMIT DROP AS
    SELECT id, transaction_id, line_id, NULL::bigint AS lot_id, source_id, target_id, amount_minor AS amount
    FROM ends WHERE goes IS NULL AND comes IS NULL
    UNION ALL
    SELECT min(e.id), e.transaction_id, e.line_id, NULL, s.id, t.id, sum(e.amount_minor)
    FROM ends e
    JOIN impact_account s ON s.lot_id = e.lot_id AND s.kind = e.goes
    JOIN impact_account t ON t.lot_id = e.lot_id AND t.kind = e.comes
    GROUP BY e.transaction_id, e.line_id, s.id, t.id
    UNION ALL
    SELECT id, transaction_id, line_id, lot_id, CASE WHEN amount > 0 THEN other ELSE own END,
           CASE WHEN amount > 0 THEN own ELSE other END, abs(amount)
    FROM (
        SELECT min(e.id) AS id, e.transaction_id, e.line_id, e.lot_id, a.id AS own,
               CASE WHEN e.comes IS NULL THEN e.target_id ELSE e.source_id END AS other,
               sum(CASE WHEN e.comes IS NULL THEN -e.amount_minor ELSE e.amount_minor END) AS amount
        FROM ends e JOIN impact_account a ON a.lot_id = e.lot_id AND a.kind = coalesce(e.goes, e.comes)
        WHERE (e.goes IS NULL) <> (e.comes IS NULL) GROUP BY 2, 3, 4, 5, 6
    ) AS one WHERE amount <> 0;
    ANALYZE folded;

    INSERT INTO impact_transfer (id, transaction_id, line_id, source_id, target_id, amount_minor, lot_number)
    SELECT f.id, f.transaction_id, f.line_id, f.source_id, f.target_id, f.amount, nullif(n.number, 0) FROM folded f
    LEFT JOIN (SELECT transaction_id, line_id, lot_id, max(lot_number) AS number FROM was_attribution GROUP BY 1, 2, 3) n
         ON n.transaction_id = f.transaction_id AND n.line_id = f.line_id AND n.lot_id = f.lot_id
    ORDER BY f.id;

    -- Where households of a lot only changed places, no transfer is left: the one before says it as it became.
    INSERT INTO impact_attribution (id, transfer_id, household_id, amount_minor)
    SELECT min(w.id), coalesce(f.id, before.id), w.household_id, sum(w.amount_minor)
    FROM was_attribution w
    LEFT JOIN folded f ON f.transaction_id = w.transaction_id AND f.line_id = w.line_id AND f.lot_id = w.lot_id
    LEFT JOIN LATERAL (
        SELECT max(b.id) AS id FROM folded b WHERE f.id IS NULL AND b.line_id = w.line_id AND b.lot_id = w.lot_id
           AND b.transaction_id < w.transaction_id
    ) AS before ON true
    GROUP BY 2, 3 HAVING sum(w.amount_minor) <> 0 ORDER BY 1;
    SELECT setval(pg_get_serial_sequence('impact_attribution', 'id'), coalesce(max(id), 0) + 1, false)
    FROM impact_attribution;
    SET CONSTRAINTS ALL IMMEDIATE;
"""
# By order, line, lot and kind what stands where; by line, lot and stage what each household has: both before and after.
PROVE = f"""
    CREATE TEMP TABLE stood ON COMMIT DROP AS
    SELECT t.order_uid, m.line_id, a.kind, a.team_id, a.part, a.holder,
           CASE WHEN a.kind IN {LOTS} THEN m.lot_id END AS lot_id, sum(ends.amount) AS amount
    FROM was_transfer m JOIN impact_ledgertransaction t ON t.id = m.transaction_id
    CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor)) AS ends (account_id, amount)
    JOIN was_account a ON a.id = ends.account_id GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(ends.amount) <> 0;
    CREATE TEMP TABLE stands ON COMMIT DROP AS
    SELECT t.order_uid, m.line_id, a.kind, a.team_id, a.part, a.holder, a.lot_id, sum(ends.amount) AS amount
    FROM impact_transfer m JOIN impact_ledgertransaction t ON t.id = m.transaction_id
    CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor)) AS ends (account_id, amount)
    JOIN impact_account a ON a.id = ends.account_id GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(ends.amount) <> 0;

    CREATE TEMP TABLE had ON COMMIT DROP AS
    SELECT a.household_id, m.line_id, m.lot_id, a.kind IN ('owed', 'pool_owed') AS is_owed, sum(ends.amount) AS amount
    FROM was_transfer m
    CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor)) AS ends (account_id, amount)
    JOIN was_account a ON a.id = ends.account_id AND a.kind IN {LOTS} GROUP BY 1, 2, 3, 4 HAVING sum(ends.amount) <> 0;
    CREATE TEMP TABLE has ON COMMIT DROP AS
    SELECT w.household_id, m.line_id, coalesce(t.lot_id, s.lot_id) AS lot_id, o.line_id IS NOT NULL AS is_owed,
           sum(w.amount_minor) AS amount
    FROM impact_attribution w JOIN impact_transfer m ON m.id = w.transfer_id
    JOIN impact_account s ON s.id = m.source_id JOIN impact_account t ON t.id = m.target_id
    LEFT JOIN (SELECT DISTINCT x.line_id FROM impact_transfer x JOIN impact_ledgertransaction l
               ON l.id = x.transaction_id WHERE l.reason = 'owed' AND x.line_id IS NOT NULL) o ON o.line_id = m.line_id
    GROUP BY 1, 2, 3, 4 HAVING sum(w.amount_minor) <> 0;

    DO $$ BEGIN
        IF EXISTS (TABLE stood EXCEPT ALL TABLE stands) OR EXISTS (TABLE stands EXCEPT ALL TABLE stood) THEN
            RAISE EXCEPTION 'The ledger is not folded: some of an order would stand elsewhere than before.';
        END IF;
        IF EXISTS (TABLE had EXCEPT ALL TABLE has) OR EXISTS (TABLE has EXCEPT ALL TABLE had) THEN
            RAISE EXCEPTION 'The ledger is not folded: a household would have more or less than before.';
        END IF;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_notes_of_what_is_told"),
        ("impact", "0008_one_buyer"),
    ]

    operations = [
        migrations.RunSQL(KEEP),
        migrations.RemoveConstraint(model_name="account", name="one_account_a_purpose"),
        migrations.RemoveField(model_name="account", name="household"),
        migrations.AddField(
            model_name="account",
            name="lot",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.lot"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("kind", "team", "lot", "part", "holder"),
                name="one_account_a_purpose",
                nulls_distinct=False,
            ),
        ),
        migrations.RemoveField(model_name="transfer", name="lot"),
        migrations.AddField(
            model_name="transfer",
            name="lot_number",
            field=models.PositiveBigIntegerField(
                help_text="where a lot's households share it: the lot's own count of such sharings", null=True
            ),
        ),
        migrations.DeleteModel(name="Attribution"),
        migrations.CreateModel(
            name="Attribution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="impact.transfer",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="null: the team's pool",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="impact.household",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(FOLD),
        migrations.RunSQL(PROVE),
    ]
