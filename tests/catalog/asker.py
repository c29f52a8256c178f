"""Asking this floor's own schema, as somebody or as a stranger."""

import graphene

import accounts.api
import catalog.api
from core.api.schema import build_schema, undeclared, undescribed
from core.outbox import Reactions
from tests.accounts.world import Asker

__all__ = ["REACTIONS", "STATE", "Asker", "schema", "undeclared", "undescribed"]

STATE = "product { state allowedActions missing { code message } }"
REACTIONS = {
    "Appointed": Reactions(at_once=["catalog.actions.member.open_desks"]),
    "AppointmentEnded": Reactions(at_once=["catalog.actions.member.close_desks"]),
    "PaperRunsOut": Reactions(afterwards=["catalog.tasks.send_paper_runs_out"]),
    "ListingSheetMoved": Reactions(afterwards=["catalog.tasks.wake_for_sheets"]),
    "ManagerNamed": Reactions(afterwards=["catalog.tasks.send_manager_named"]),
    "ProductReviewed": Reactions(afterwards=["catalog.tasks.send_review"]),
    "SearchEntriesChanged": Reactions(afterwards=["catalog.tasks.feed_search"]),
}


class Query(accounts.api.Query, catalog.api.Query, graphene.ObjectType):
    """What may be read."""


class Mutation(accounts.api.Mutation, catalog.api.Mutation, graphene.ObjectType):
    """What may be done."""


schema = build_schema(Query, Mutation)
