"""Lots are drawn by date, then in the order in which they were declared: each card names the one whose turn it is."""

from django.db import migrations

# As catalog.actions.card names it from now on. Who grew a lot is no part of the order any more.
NAMED = """
    UPDATE catalog_variant v SET lot_id = turn.lot_id
    FROM (
        SELECT DISTINCT ON (variant_id) variant_id, id AS lot_id FROM catalog_lot
        WHERE state IN ('open', 'planned') AND units_available > 0
        ORDER BY variant_id, state = 'planned',
                 CASE state WHEN 'planned' THEN ship_by ELSE coalesce(best_before, harvest_to) END, id
    ) turn
    WHERE v.id = turn.variant_id AND v.lot_id IS DISTINCT FROM turn.lot_id
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_what_is_shown")]

    operations = [migrations.RunSQL(NAMED, migrations.RunSQL.noop)]
