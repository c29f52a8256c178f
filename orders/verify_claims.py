"""Claims: each stands where what was said of it leads, and what was given for it was given for its own line."""

from core.verify import Rule

RULES = [
    Rule(
        "CLAIM",
        "Claim",
        "it stands otherwise than its last word leaves it",
        # Of what was answered before there were replies nothing more is said.
        """SELECT c.id, c.state || ', last ' || coalesce(r.kind, 'nothing') FROM orders_claim c
           LEFT JOIN LATERAL (SELECT kind FROM orders_claimreply WHERE claim_id = c.id ORDER BY id DESC LIMIT 1) r ON TRUE
           WHERE c.state NOT IN ('refunded', 'declined')
             AND NOT coalesce(r.kind, '') = ANY (CASE c.state WHEN 'open' THEN '{""}'::text[]
                 WHEN 'answered' THEN '{answered}' WHEN 'disputed' THEN '{disputed,called_off,recalled,overdue}'
                 WHEN 'office' THEN '{brought,unanswered}' ELSE '{answered,decided}' END)""",
    ),
    Rule(
        "CLAIM",
        "Claim",
        "it ended without saying when, or goes on though it has ended",
        """SELECT id, state FROM orders_claim
           WHERE state <> ALL ('{refunded,declined}') AND (state = 'done') <> (ended_at IS NOT NULL)""",
    ),
    Rule(
        "CLAIM",
        "ReturnParcel",
        "what was to come back has come or goes on beside its claim, or came and nothing was given for it",
        """SELECT r.id, r.state || ' of a claim that is ' || c.state FROM orders_returnparcel r
           JOIN orders_claim c ON c.id = r.claim_id JOIN orders_claimreply y ON y.id = r.reply_id
           JOIN orders_line l ON l.id = c.line_id
           WHERE y.claim_id <> c.id OR r.state = 'offered' AND c.state <> 'answered'
              OR r.state = 'agreed' AND c.state <> 'agreed' OR r.state = 'sent' AND c.state NOT IN ('agreed', 'office')
              OR r.state = 'received' AND y.refund_id IS NULL AND l.refunded_minor < l.net_minor""",
    ),
    Rule(
        "CLAIM",
        "ReturnParcel",
        "the carrier’s label is there without its day, or is gone while it is to be sent by it",
        """SELECT r.id, r.state FROM orders_returnparcel r LEFT JOIN orders_returnlabel l ON l.return_parcel_id = r.id
           WHERE l.id IS NOT NULL AND r.labelled_at IS NULL
              OR l.id IS NULL AND r.labelled_at IS NOT NULL AND r.state IN ('offered', 'agreed', 'sent')""",
    ),
    Rule(
        "CLAIM",
        "ClaimReply",
        "money went with an answer that was not for its claim’s line",
        """SELECT r.id, 'refund ' || r.refund_id FROM orders_claimreply r JOIN orders_claim c ON c.id = r.claim_id
           JOIN orders_line l ON l.id = c.line_id
           WHERE r.refund_id IS NOT NULL AND (r.kind NOT IN ('answered', 'decided') OR EXISTS (
               SELECT 1 FROM orders_refundline p LEFT JOIN orders_shipment s ON s.id = p.shipment_id
               WHERE p.refund_id = r.refund_id AND coalesce(p.line_id, -1) <> l.id
                 AND s.id IS DISTINCT FROM l.shipment_id))""",
    ),
]
