"""The mail about a program that has not taken what it was told."""

from core.deliveries import reaction
from orders.events_of_webhooks import MessagesGivenUp
from orders.mail import to_operators, to_team
from orders.models import Webhook


@reaction("orders.letters_of_webhooks.tell_of_given_up")
def tell_of_given_up(event: MessagesGivenUp) -> None:
    """To whoever keeps it: since when it has not answered, and where that is seen; nothing once it was ended."""
    hook = Webhook.objects.get(pk=event.webhook_id)
    if hook.ended_at is not None:
        return
    if hook.team_id is None:
        to_operators("webhook_given_up", "webhooks/", hook=hook)
    else:
        to_team(hook.team_id, "webhook_given_up", "webhooks/", hook=hook)
