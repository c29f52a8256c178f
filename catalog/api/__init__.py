"""What the API offers of the shelves: teams, products, search, and the desks behind them."""

from catalog.api import (
    application,
    desk,
    former,
    going_live,
    listing,
    listing_sheet,
    marks,
    members,
    news,
    office,
    office_departments,
    office_teams,
    papers,
    product,
    question,
    related,
    search,
    shelves,
    stock,
    suggestions,
    synonym,
    team,
)


class Query(
    product.Query,
    former.Query,
    question.Query,
    related.Query,
    news.Query,
    search.Query,
    suggestions.Query,
    team.Query,
    marks.Query,
    desk.Query,
    listing_sheet.Query,
    going_live.Query,
    application.Query,
    office_teams.Query,
    shelves.Query,
    office_departments.Query,
):
    """What may be read on this floor."""


class Mutation(
    listing.Mutation,
    listing_sheet.Mutation,
    stock.Mutation,
    papers.Mutation,
    members.Mutation,
    office.Mutation,
    office_teams.Mutation,
    shelves.Mutation,
    office_departments.Mutation,
    synonym.Mutation,
    question.Mutation,
    news.Mutation,
    application.Mutation,
):
    """What may be done on this floor."""
