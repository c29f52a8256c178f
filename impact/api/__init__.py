"""What the API offers of households and the ledger."""

from impact.api import (
    corrections,
    desk,
    first_parcel,
    names,
    office_households,
    purchases,
    set_aside,
    statement,
)


class Query(
    set_aside.Query,
    purchases.Query,
    desk.Query,
    statement.Query,
    first_parcel.Query,
    office_households.Query,
    corrections.Query,
):
    """What may be read on this floor."""


class Mutation(desk.Mutation, names.Mutation, office_households.Mutation, corrections.Mutation):
    """What may be done on this floor."""
