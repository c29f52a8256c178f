"""The operators' rooms of this floor, a file a noun: orders and money to look at, a few deeds, the shipping rates."""

from orders.admin import claim, dispute, order, payment, refund, review, shipment  # noqa: F401 (each registers its rooms)
