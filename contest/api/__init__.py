"""What the API offers of the contest."""

from contest.api import contest, office, organiser


class Query(contest.Query, office.Query, organiser.Query):
    """What may be read on this floor."""


class Mutation(office.Mutation):
    """What may be done on this floor."""
