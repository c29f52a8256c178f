"""Late and short harvests: each unit that was sold is somebody's goods or money, once, and none is both."""

from core.verify import Rule

_DECIDED = "c.goods_units + c.other_units + c.money_units + c.gone_units"
RULES = [
    Rule(
        "HARVEST",
        "SetbackChoice",
        "what becomes of its units is not all of them, or not what its state says",
        f"""SELECT c.id, c.state || ', ' || {_DECIDED} || ' of ' || c.units FROM orders_setbackchoice c
            WHERE c.state NOT IN ('asked') AND {_DECIDED} <> c.units
               OR (c.state = 'moved') <> (c.other_units > 0)
               OR c.state = 'back' AND (c.money_units = 0 OR c.goods_units > 0)
               OR c.state IN ('waits', 'sent') AND c.goods_units = 0
               OR (c.state IN ('asked', 'waits')) <> (c.ended_at IS NULL)""",
    ),
    Rule(
        "HARVEST",
        "SetbackChoice",
        "money was given for it that is not its own refund, or another's",
        """SELECT c.id, c.money_units || ', refunded ' || coalesce(sum(b.units), 0) FROM orders_setbackchoice c
           LEFT JOIN orders_refundline b ON b.refund_id = c.refund_id AND b.line_id = c.line_id
           GROUP BY c.id HAVING c.money_units <> coalesce(sum(b.units), 0)""",
    ),
    Rule(
        "HARVEST",
        "Refund",
        "it is for a harvest that was late or short, and nobody has chosen it",
        """SELECT r.id, r.amount_minor FROM orders_refund r WHERE r.reason = 'harvest'
           AND NOT EXISTS (SELECT FROM orders_setbackchoice c WHERE c.refund_id = r.id)""",
    ),
    Rule(
        "HARVEST",
        "Line",
        "units were sent that had been given back for its harvest",
        """SELECT l.id, l.quantity - l.refunded_units FROM orders_line l
           JOIN orders_shipment s ON s.id = l.shipment_id AND s.state IN ('shipped', 'delivered', 'completed')
           JOIN (SELECT line_id, sum(money_units + gone_units) AS back FROM orders_setbackchoice
                 GROUP BY line_id) c ON c.line_id = l.id
           WHERE l.refunded_units < c.back""",
    ),
    Rule(
        "HARVEST",
        "Shipment",
        "it was sent with units whose buyer had yet to choose, or had her money coming",
        """SELECT s.id, c.choice FROM orders_setbackchoice c JOIN orders_line l ON l.id = c.line_id
           JOIN orders_shipment s ON s.id = l.shipment_id
           WHERE c.holds_back AND s.state IN ('shipped', 'delivered', 'completed')""",
    ),
    Rule(
        "HARVEST",
        "Setback",
        "more was given of it than there is",
        """SELECT b.id, sum(c.goods_units) || ' of ' || b.units_there FROM orders_setback b
           JOIN orders_setbackchoice c ON c.setback_id = b.id AND c.state IN ('waits', 'sent')
           WHERE b.kind = 'short' GROUP BY b.id HAVING sum(c.goods_units) > b.units_there""",
    ),
    Rule(
        "HARVEST",
        "Setback",
        "it is said to be done, and somebody waits for goods or money",
        """SELECT b.id, c.state FROM orders_setback b JOIN orders_setbackchoice c ON c.setback_id = b.id
           LEFT JOIN orders_refund r ON r.id = c.refund_id
           WHERE b.ended_at IS NOT NULL AND (c.state = 'asked' OR r.returned_at IS NULL AND (
               r.state NOT IN ('succeeded', 'undone') OR r.settled_at > b.ended_at))""",
    ),
    Rule(
        "HARVEST",
        "SetbackChoice",
        "what is kept for her of another lot is not what she has chosen",
        """SELECT c.id, c.choice || ', kept ' || coalesce(sum(r.units), 0) FROM orders_setbackchoice c
           LEFT JOIN catalog_reservation r ON r.holder = c.uid AND r.state = 'held'
           GROUP BY c.id
           HAVING coalesce(sum(r.units), 0) <> CASE WHEN c.choice = 'other' AND c.state IN ('asked', 'waits')
                  THEN c.units - c.money_units - c.gone_units ELSE 0 END""",
    ),
    Rule(
        "HARVEST",
        "Setback",
        "who bought of its lot before it was told has not been asked",
        """SELECT b.id, l.id FROM orders_setback b JOIN orders_linelot d ON d.lot_id = b.lot_id AND d.units > d.units_returned
           JOIN orders_line l ON l.id = d.line_id AND l.quantity > l.refunded_units
           JOIN orders_order o ON o.id = l.order_id AND o.state IN ('paid', 'shipped', 'delivered', 'completed')
           JOIN orders_shipment s ON s.id = l.shipment_id AND s.state = 'waiting'
           WHERE o.placed_at <= b.made_at AND b.made_at < now() - interval '10 minutes' AND b.ended_at IS NULL
             AND NOT EXISTS (SELECT FROM orders_setbackchoice c WHERE c.setback_id = b.id AND c.line_id = l.id)""",
        waits=True,
    ),
]
