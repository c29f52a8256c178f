"""What the API offers of a team's money, month by month."""

from datetime import date
from typing import Any

import graphene

from catalog.models import Team
from catalog.reads.teams import desks_of, team_at_desk
from core.api.access import HELD, SIGNED_IN
from core.api.facts import guarded, mark
from core.api.ids import uid_of
from core.api.types import MoneyField, PlainType, list_of
from impact.reads import statement as reads
from orders.reads import invoice as invoices

READ = "impact.read_statement"
MOST_PRODUCTS = 1000


class StatementRow(PlainType):
    """A month's sums of one part, product, channel or type of supporter, or of all of them; by the ledger, to the fen."""

    class Meta:
        access = HELD

    key = graphene.String(
        required=True,
        description="A part of the price story, a channel or a type; empty of sending, of what was not recorded, of all.",
    )
    name = graphene.String(required=True, description="What it is called, in the reader's language.")
    sold = MoneyField("sold_minor", description="What came for it in the month, once paid for good.")
    refunded = MoneyField("refunded_minor", description="What went back in the month, whenever it was sold.")
    replaced = MoneyField(
        "replaced_minor",
        description="What the team's own reserve paid its households: for goods sent in place of others, and for shares put right.",
    )
    set_aside = MoneyField("set_aside_minor", description="What stood at the month's end, not due yet.")
    owed = MoneyField("owed_minor", description="What was owed at the month's end; not paid out yet.")


class StatementInMonth(PlainType):
    """What one month came to."""

    class Meta:
        access = HELD

    begins = graphene.Date(required=True, description="Its first day.")
    sold = MoneyField("sold_minor", description="What came in it.")
    refunded = MoneyField("refunded_minor", description="What went back in it.")


class _Row:
    def __init__(self, key: str, name: str, sums: reads.Sums):
        self.key, self.name = key, name
        vars(self).update(vars(sums))


def _named(rows: list[reads.Named]) -> list[_Row]:
    return [_Row(*row) for row in rows]


class TeamStatementType(PlainType):
    """A team's month by the ledger. Of each row: sold − refunded + replaced is by how much more is set aside and owed."""

    class Meta:
        name = "TeamStatement"
        access = HELD

    month = graphene.Date(required=True, description="Its first day, in Shanghai.")
    months = mark(
        graphene.List(
            graphene.NonNull(graphene.Date),
            required=True,
            description="The first days of all months that there are, the latest first.",
        ),
        most=600,
    )
    total = graphene.Field(StatementRow, required=True, description="All of it together.")
    parts = list_of(StatementRow, most=20, description="By part of the price, the households' first.")
    products = list_of(
        StatementRow, most=MOST_PRODUCTS, description="By product, most sold first; sending the last."
    )
    channels = list_of(StatementRow, most=20, description="By the way in which orders were placed.")
    supporters = list_of(
        StatementRow, most=20, description="By whom orders were for: persons, or a kind of organisation."
    )
    beside = list_of(
        StatementInMonth, most=12, description="What the months up to this one came to, the first first."
    )

    invoices_missing = graphene.Int(
        required=True, description="How many orders of the team lack an invoice now, blue or red."
    )
    invoices_issued = graphene.Int(required=True, description="How many the team has uploaded in the month.")

    def resolve_invoices_missing(root, info):
        """As its page of invoices lists them, at most as many."""
        return len(invoices.missing(root.team.pk))

    def resolve_invoices_issued(root, info):
        """Blue and red."""
        return invoices.issued_in(root.team, root.month)

    def resolve_months(root, info):
        """From the first in which something was sold until now."""
        return reads.months_of(root.team)

    def resolve_total(root, info):
        """In fen."""
        return _Row("", "", root.total)

    def resolve_parts(root, info):
        """Those of which there is something to say."""
        return _named(root.parts())

    def resolve_products(root, info):
        """Those of which there is something to say."""
        return _named(root.products()[:MOST_PRODUCTS])

    def resolve_channels(root, info):
        """As written on the order when it was placed."""
        return _named(root.channels())

    def resolve_supporters(root, info):
        """As written on the order when it was placed."""
        return _named(root.supporters())

    def resolve_beside(root, info):
        """A year at most."""
        return reads.months_beside(root)


def statement_for(person: Any, team: str | None, month: date | None) -> reads.TeamStatement | None:
    """The statement of a team whose money this person reads; without one, of her first. NOT_FOUND of any other."""
    found: Team | None = team_at_desk(person, READ, uid_of(team, "Team", field="team")) if team else None
    found = found or desks_of(person, READ).order_by("id").first()
    return reads.statement_of(found, month) if found else None


class Query:
    """What may be read of a team's months."""

    team_statement = guarded(
        graphene.Field(
            TeamStatementType,
            args={
                "team": graphene.Argument(
                    graphene.ID, description="The asker's own team; without it her first."
                ),
                "month": graphene.Argument(
                    graphene.Date, description="Any day of it, by default today's; none is to come."
                ),
            },
            resolver=lambda root, info, team=None, month=None: statement_for(info.context.user, team, month),
            description="A month of the team whose money the asker reads; null where she reads no team's.",
        ),
        SIGNED_IN,
        cost=20,
    )
