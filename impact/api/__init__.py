"""What the API offers of households, the ledger and the contest."""

from impact.api import contest, desk, set_aside


class Query(set_aside.Query, contest.Query, desk.Query):
    """What may be read on this floor."""


class Mutation(desk.Mutation):
    """What may be done on this floor."""
