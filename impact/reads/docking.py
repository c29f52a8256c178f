"""What was told of dockings: how many of a team's were delivered, and with whom it has docked."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from impact.models import Docking


def delivered(team_ids: Iterable[int], since: datetime, until: datetime) -> Counter[int]:
    """How many dockings of each team were delivered from one moment to another, the last one included."""
    rows = Docking.objects.filter(team__in=list(team_ids), delivered_at__gte=since, delivered_at__lte=until)
    return Counter(rows.values_list("team_id", flat=True))


def docked_with(organisation_ids: Iterable[int], since: datetime) -> set[int]:
    """The teams with which one of these organisations has agreed on supplies since then: a judge's conflict."""
    rows = Docking.objects.filter(organisation__in=list(organisation_ids), agreed_at__gte=since)
    return set(rows.values_list("team_id", flat=True))
