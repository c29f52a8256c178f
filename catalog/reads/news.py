"""What teams have written to their buyers: at the desk, in the office, and what may be read of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.permissions import places_of
from catalog.models import Team, TeamNews

State = TeamNews.State
# As often as a team is heard of, whatever became of it since.
EVERY = timedelta(days=30)


def published_news() -> QuerySet[TeamNews]:
    """What buyers may read, the newest first."""
    return TeamNews.objects.filter(state=State.PUBLISHED).order_by("-published_at", "-id")


def news_of(team: Team) -> QuerySet[TeamNews]:
    """All that the team has written, the newest first."""
    return TeamNews.objects.filter(team=team).order_by("-id")


def news_at(person: Any, permission: str) -> QuerySet[TeamNews]:
    """What teams have written that work where she has this permission."""
    places = places_of(person, permission)
    return TeamNews.objects.filter(places.rows(region="team__county", subject="team__uid"))


def next_from(team: Team) -> datetime | None:
    """From when the team may be heard of again; None: from now on."""
    since = timezone.now() - EVERY
    last = TeamNews.objects.filter(team=team, published_at__gt=since).order_by("-published_at").first()
    return last.published_at + EVERY if last and last.published_at else None
