"""The house's one GraphQL schema: each floor brings its queries and mutations."""

import graphene

import accounts.api
import catalog.api
import contest.api
import impact.api
import orders.api
import together.api
from core.api import nodes
from core.api.schema import build_schema
from shop import alarms_api  # noqa: F401 (adds to the office)


class Query(
    accounts.api.Query,
    catalog.api.Query,
    orders.api.Query,
    together.api.Query,
    impact.api.Query,
    contest.api.Query,
    nodes.Query,
    graphene.ObjectType,
):
    """What may be read."""


class Mutation(
    accounts.api.Mutation,
    catalog.api.Mutation,
    orders.api.Mutation,
    together.api.Mutation,
    impact.api.Mutation,
    contest.api.Mutation,
    graphene.ObjectType,
):
    """What may be done."""


schema = build_schema(Query, Mutation)
