"""Parcels on their way: each travels under the last number of its history, and a part that stays behind is a parcel like any."""

from core.verify import Rule

RULES = [
    Rule(
        "PARCEL",
        "Parcel",
        "it travels under another number than the last of its history",
        """SELECT p.id, p.tracking_number || ', last ' || coalesce(n.tracking_number, 'none') FROM orders_parcel p
           LEFT JOIN LATERAL (SELECT carrier, tracking_number FROM orders_parcelnumber WHERE parcel_id = p.id
                              ORDER BY id DESC LIMIT 1) n ON TRUE
           WHERE p.tracking_number <> coalesce(n.tracking_number, '')
              OR p.tracking_number <> '' AND p.carrier <> n.carrier""",
    ),
    Rule(
        "PARCEL",
        "Shipment",
        "it waits to be sent, and its parcel travels under a number",
        """SELECT s.id, p.tracking_number FROM orders_shipment s JOIN orders_parcel p ON p.id = s.parcel_id
           WHERE s.state = 'waiting' AND p.tracking_number <> ''
             AND NOT EXISTS (SELECT FROM orders_shipment o WHERE o.parcel_id = p.id AND o.state <> 'waiting')""",
    ),
    Rule(
        "PARCEL",
        "Shipment",
        "it waits with a day on which it was sent, or is lost and never was sent",
        """SELECT s.id, s.state FROM orders_shipment s
           WHERE s.state = 'waiting' AND s.shipped_at IS NOT NULL OR s.lost_at IS NOT NULL AND s.shipped_at IS NULL
              AND s.came_back_at IS NULL""",
    ),
    Rule(
        "PARCEL",
        "Shipment",
        "nothing lies in it",
        """SELECT s.id, s.state FROM orders_shipment s
           WHERE NOT EXISTS (SELECT FROM orders_line l WHERE l.shipment_id = s.id)""",
    ),
    Rule(
        "PARCEL",
        "Shipment",
        "a part that stayed behind is another order's or team's, or something was paid for its sending",
        """SELECT r.id, 'split from ' || s.id FROM accounts_auditentry a
           JOIN orders_shipment s ON s.uid::text = a.object_uid JOIN orders_shipment r ON r.uid::text = a.facts->>'rest'
           WHERE a.noun = 'Shipment' AND a.deed = 'split'
             AND (r.order_id <> s.order_id OR r.team_id <> s.team_id OR r.parcel_id = s.parcel_id
                  OR r.shipping_minor <> 0)""",
    ),
]
