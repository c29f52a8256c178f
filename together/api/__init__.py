"""What the API offers of buying together."""

from together.api import group, parcel, seat


class Query(group.Query, parcel.Query, seat.Query):
    """What may be read on this floor."""


class Mutation(group.Mutation, parcel.Mutation, seat.Mutation):
    """What may be done on this floor."""
