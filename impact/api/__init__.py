"""What the API offers of households, the ledger and the contest."""

from impact.api import contest, desk, first_parcel, office_contest, office_households, set_aside


class Query(
    set_aside.Query,
    contest.Query,
    desk.Query,
    first_parcel.Query,
    office_households.Query,
    office_contest.Query,
):
    """What may be read on this floor."""


class Mutation(desk.Mutation, office_households.Mutation, office_contest.Mutation):
    """What may be done on this floor."""
