"""For how many hours after delivery something may be said to be wrong with a product: its team chooses within bounds.

What holds for an order is what its line says (`orders.Line.after_sale_hours`): a later change of the product is for later buyers.
"""

from math import ceil

# What a product begins with: goods that spoil are looked at sooner. OTHER is whole days: the help page tells it in days.
FRESH, OTHER = 72, 7 * 24
LEAST, MOST = 24, 90 * 24
# Within so many days goods that keep can be sent back, unopened, without a reason.
RETURN_DAYS = 7


def is_returnable(kind: str, storage: str) -> bool:
    """Whether it can be sent back within seven days without a reason: what keeps at room temperature can, unopened; what
    is fresh, chilled, frozen or alive cannot, whatever else it is."""
    return storage == "dry" and kind != "fresh"


def days_of(kind: str, storage: str, hours: int) -> int:
    """For how many days something may be said: whole ones, as its team's hours are told; never fewer than those in which
    it can be sent back."""
    days = ceil(hours / 24)
    return max(days, RETURN_DAYS) if is_returnable(kind, storage) else days
