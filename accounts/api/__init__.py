"""What the API offers of people, organisations, regions and addresses."""

from accounts.api import (
    address,
    membership,
    office,
    organisation,
    parked,
    person,
    region,
    second_factor,
    session,
    shop,
    viewer,
)


class Query(shop.Query, region.Query, viewer.Query, organisation.Query, membership.Query, office.Query):
    """What may be read on this floor."""


class Mutation(
    shop.Mutation,
    session.Mutation,
    second_factor.Mutation,
    person.Mutation,
    address.Mutation,
    organisation.Mutation,
    membership.Mutation,
    parked.Mutation,
):
    """What may be done on this floor."""
