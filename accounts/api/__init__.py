"""What the API offers of people, organisations, regions and addresses."""

from accounts.api import (
    address,
    appointing,
    audit,
    device,
    letters,
    membership,
    office,
    office_accounts,
    office_organisations,
    organisation,
    parked,
    person,
    question,
    region,
    second_factor,
    session,
    shop,
    shop_texts,
    text,
    viewer,
    ways,
)


class Query(
    shop.Query,
    shop_texts.Query,
    text.Query,
    region.Query,
    viewer.Query,
    organisation.Query,
    membership.Query,
    office.Query,
    office_organisations.Query,
    appointing.Query,
    question.Query,
    ways.Query,
    letters.Query,
):
    """What may be read on this floor."""


class Mutation(
    shop.Mutation,
    shop_texts.Mutation,
    session.Mutation,
    text.Mutation,
    second_factor.Mutation,
    device.Mutation,
    person.Mutation,
    address.Mutation,
    organisation.Mutation,
    membership.Mutation,
    parked.Mutation,
    office_accounts.Mutation,
    office_organisations.Mutation,
    appointing.Mutation,
    audit.Mutation,
    question.Mutation,
    ways.Mutation,
    letters.Mutation,
):
    """What may be done on this floor."""
