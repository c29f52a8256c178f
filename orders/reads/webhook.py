"""Webhooks as whoever keeps them sees them: her team's, or the shop's."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.permissions import absent, may
from catalog.models import Team
from catalog.reads.teams import desks_of
from orders.models import Webhook, WebhookMessage

KEEP, KEEP_SHOPS = "orders.keep_team_webhooks", "orders.keep_shop_webhooks"
# On the page of one receiver.
MOST_SHOWN = 20


def of_team(team: Team | None) -> QuerySet[Webhook]:
    """Those of a team, or without one the shop's, that have not been ended: the last first."""
    return Webhook.objects.filter(team=team, ended_at=None)


def of_keeper(person: Any) -> QuerySet[Webhook]:
    """Those that this person keeps now, ended ones too."""
    mine = Q(team__in=desks_of(person, KEEP))
    return Webhook.objects.filter(mine | Q(team=None) if may(person, KEEP_SHOPS) else mine)


def webhook_of(person: Any, uid: UUID) -> Webhook:
    """One that she keeps; else the same as if there were none."""
    found = of_keeper(person).filter(uid=uid, ended_at=None).first()
    if found is None:
        raise absent(person, KEEP, "id")
    return found


def message_of(person: Any, uid: UUID) -> WebhookMessage:
    """What one of hers was told; else the same as if there were none."""
    found = WebhookMessage.objects.filter(
        uid=uid, webhook__in=of_keeper(person), webhook__ended_at=None
    ).first()
    if found is None:
        raise absent(person, KEEP, "id")
    return found
