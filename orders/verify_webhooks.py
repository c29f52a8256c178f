"""What programs are told comes in order of each noun, and nothing waits for ever."""

from core.verify import Rule

RULES = [
    Rule(
        "WEBHOOK",
        "WebhookMessage",
        "what happened later to the same noun was sent before it",
        """SELECT m.id, m.noun FROM orders_webhookmessage m
           WHERE m.state = 'waiting' AND m.again_at IS NULL
             AND EXISTS (SELECT FROM orders_webhookmessage l WHERE l.webhook_id = m.webhook_id AND l.noun = m.noun
                         AND l.id > m.id AND l.state = 'delivered')""",
    ),
    Rule(
        "WEBHOOK",
        "WebhookMessage",
        "it should have been given up by now, or its receiver was ended",
        """SELECT m.id, m.noun FROM orders_webhookmessage m JOIN orders_webhook w ON w.id = m.webhook_id
           WHERE m.state = 'waiting' AND (m.begun_at < now() - interval '25 hours' OR w.ended_at < now() - interval '1 hour')""",
        waits=True,
    ),
]
