from together.models.group import GroupPurchase
from together.models.seat import Seat

__all__ = ["GroupPurchase", "Seat"]
