"""What the API offers of people, organisations, regions and addresses."""

from accounts.api import (
    address,
    membership,
    organisation,
    person,
    region,
    second_factor,
    session,
    shop,
    viewer,
)


class Query(shop.Query, region.Query, viewer.Query, organisation.Query, membership.Query):
    """What may be read on this floor."""


class Mutation(
    shop.Mutation,
    session.Mutation,
    second_factor.Mutation,
    person.Mutation,
    address.Mutation,
    organisation.Mutation,
    membership.Mutation,
):
    """What may be done on this floor."""
