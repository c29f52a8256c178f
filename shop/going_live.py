"""What a team's way to its first sale is made of, floor by floor, in the order in which one sees to it."""

# f(Beginning) -> its steps (catalog/going_live.py).
STEPS = (
    "catalog.reads.beginning.of_the_team",
    "impact.reads.beginning.of_households",
    "contest.reads.beginning.of_training",
    "catalog.reads.beginning.of_the_product",
    "impact.reads.beginning.of_weights",
    "orders.reads.beginning.of_delivery",
    "catalog.reads.beginning.of_papers",
    "catalog.reads.beginning.of_the_review",
)
