"""For how many hours after delivery something may be said to be wrong with a product: its team chooses within bounds.

What holds for an order is what its line says (`orders.Line.after_sale_hours`): a later change of the product is for later buyers.
"""

# What a product begins with: goods that spoil are looked at sooner. OTHER is whole days: the help page tells it in days.
FRESH, OTHER = 72, 7 * 24
LEAST, MOST = 24, 90 * 24
