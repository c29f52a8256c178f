"""Where what was bought of a team was sent: one place an order, however many parcels it has.

A gift to ten provinces is one purchase of one buyer: it counts where its first parcel goes, as it is addressed now, and
nobody widens an entry's reach by sending one order to many.
"""


def delivered(order: str, team: str) -> str:
    """SQL: a join by which each row has `d` (region_id, street, phone): the first parcel of this team's of the order; empty
    where nothing was to be sent, which takes nobody's purchase away."""
    return f"""LEFT JOIN LATERAL (
        SELECT g.region_id, g.street, g.phone FROM orders_shipment h JOIN orders_parcel g ON g.id = h.parcel_id
        WHERE h.order_id = {order} AND h.team_id = {team} ORDER BY h.id LIMIT 1) AS d ON true"""
