"""What the API offers of the shelves: teams, products, search, and the desks behind them."""

from catalog.api import desk, listing, office, papers, product, search, stock, suggestions, team


class Query(product.Query, search.Query, suggestions.Query, team.Query, desk.Query):
    """What may be read on this floor."""


class Mutation(listing.Mutation, stock.Mutation, papers.Mutation, office.Mutation):
    """What may be done on this floor."""
