"""What teams write to their buyers: none oftener than was promised, and nobody is written to who has not bought."""

from core.verify import Rule

RULES = [
    Rule(
        "NEWS",
        "TeamNews",
        "a team was heard of twice within thirty days",
        """SELECT n.id, b.id FROM catalog_teamnews n JOIN catalog_teamnews b
               ON b.team_id = n.team_id AND b.id <> n.id AND b.published_at <= n.published_at
               AND b.published_at > n.published_at - interval '30 days'
           WHERE n.published_at IS NOT NULL AND b.published_at IS NOT NULL""",
    ),
    Rule(
        "NEWS",
        "TeamNews",
        "it was let out by nobody, or by whoever had handed it in",
        """SELECT id, state FROM catalog_teamnews
           WHERE published_at IS NOT NULL AND (decided_at IS NULL OR decided_by_id = submitted_by_id)""",
    ),
    Rule(
        "NEWS",
        "NewsLetter",
        "a mailbox was written to more than twice within thirty days",
        """SELECT id, n FROM (
               SELECT id, count(*) OVER (PARTITION BY mailbox ORDER BY addressed_at
                   RANGE BETWEEN interval '30 days' PRECEDING AND CURRENT ROW) AS n
               FROM orders_newsletter) counted
           WHERE n > 2""",
    ),
    Rule(
        "NEWS",
        "NewsLetter",
        "it was written for an order that has nothing of this team, was not paid then, or is of a guest who never proved it",
        """SELECT t.id, o.number FROM orders_newsletter t
           JOIN orders_order o ON o.id = t.order_id JOIN catalog_teamnews n ON n.id = t.news_id
           WHERE o.paid_at IS NULL OR o.paid_at > t.addressed_at
              OR (t.person_id IS NULL AND o.buyer_proved_at IS NULL)
              OR NOT EXISTS (SELECT FROM orders_line l WHERE l.order_id = o.id AND l.team_id = n.team_id)""",
    ),
    Rule(
        "NEWS",
        "NewsLetter",
        "it was addressed before its news was let out",
        """SELECT t.id, n.state FROM orders_newsletter t JOIN catalog_teamnews n ON n.id = t.news_id
           WHERE n.published_at IS NULL OR n.published_at > t.addressed_at""",
    ),
]
