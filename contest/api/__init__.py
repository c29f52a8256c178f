"""What the API offers of the contest."""

from contest.api import contest, edition, office, organiser, question


class Query(contest.Query, edition.Query, office.Query, organiser.Query, question.Query):
    """What may be read on this floor."""


class Mutation(office.Mutation, question.Mutation):
    """What may be done on this floor."""
