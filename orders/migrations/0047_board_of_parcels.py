"""What the board of a team's parcels is found by; the indexes are made beside the running shop."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('orders', '0046_parcels_on_their_way'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='parcel',
            index=models.Index(fields=['team', 'recipient'], name='parcels_of_a_teams_recipient', opclasses=['int8_ops', 'varchar_pattern_ops']),
        ),
        AddIndexConcurrently(
            model_name='shipment',
            index=models.Index(fields=['team', 'state', '-id'], name='shipments_of_a_team_newest'),
        ),
        # The beginning of that one.
        RemoveIndexConcurrently(model_name='shipment', name='shipments_of_a_team'),
    ]
