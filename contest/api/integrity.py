"""Cases of integrity as everybody may know them."""

from typing import Any

import graphene

from contest.api.contest import EntryType, RoundType
from contest.models import Case
from contest.reads import board, integrity
from core.api.access import HELD, PUBLIC
from core.api.facts import guarded
from core.api.types import MoneyField, PlainType, enum_of, list_of
from core.language import localized
from impact.models import Round

MOST_CELLS = 300


def words_of(choices: Any, value: str) -> str:
    """What a choice is called in the reader's language; empty where nothing is chosen."""
    return str(choices(value).words) if value else ""


class IntegrityRule(PlainType):
    """A rule by which purchases, likes and stories are looked at."""

    class Meta:
        access = HELD

    rule = graphene.String(required=True, description="Its number, F1 to F15.")
    name = graphene.String(required=True, description="What it looks for, in the reader's language.")
    effect = graphene.String(required=True, description="What it does to a score, in the reader's language.")

    def resolve_rule(root, info):
        """As the rulebook numbers it."""
        return str(root.rule)

    def resolve_name(root, info):
        """In the reader's language."""
        return str(root.rule.words)

    def resolve_effect(root, info):
        """In the reader's language."""
        return str(root.effect)


class IntegrityCell(PlainType):
    """What one rule found in one entry, decided so and for that reason. Of no purchase and nobody's."""

    class Meta:
        access = HELD

    entry = graphene.Field(EntryType, required=True, description="In which entry.")
    rule = graphene.String(required=True, description="The rule's number.")
    rule_name = graphene.String(required=True, description="What it looks for.")
    decision_name = graphene.String(required=True, description="What was decided, in the reader's language.")
    reason_name = graphene.String(required=True, description="Why; empty while nothing is decided.")
    excluded = MoneyField(
        "excluded_minor",
        required=False,
        description="What is excluded by it and by no earlier rule; null where fewer than ten people stand behind it, or "
        "while it may still move.",
    )
    excluded_in_words = graphene.String(required=True, description="The same in the reader's language.")

    def resolve_rule(root, info):
        """As the rulebook numbers it."""
        return str(root.rule)

    def resolve_rule_name(root, info):
        """In the reader's language."""
        return str(root.rule.words)

    def resolve_decision_name(root, info):
        """Undecided, it is held out until somebody has."""
        return words_of(Case.Decision, root.decision) or str(Case.State.HELD.words)

    def resolve_reason_name(root, info):
        """In the reader's language."""
        return words_of(Case.Reason, root.reason)

    def resolve_excluded_in_words(root, info):
        """Says why where no sum is told."""
        return str(integrity.public_amount(root.excluded_minor))


class IntegrityErrorRate(PlainType):
    """How often a rule was wrong in an edition."""

    class Meta:
        access = HELD

    rule = graphene.String(required=True, description="The rule's number.")
    rule_name = graphene.String(required=True, description="What it looks for.")
    cleared_percent = graphene.Int(
        description="Of its decided cases so many in a hundred were cleared, to five; null under ten cases."
    )
    cleared_in_words = graphene.String(required=True, description="The same in the reader's language.")

    def resolve_rule(root, info):
        """As the rulebook numbers it."""
        return str(root.rule)

    def resolve_rule_name(root, info):
        """In the reader's language."""
        return str(root.rule.words)

    def resolve_cleared_in_words(root, info):
        """Says why where no rate is told."""
        return str(integrity.public_rate(root.cleared_percent))


class IntegrityReport(PlainType):
    """What everybody may know of a round's integrity."""

    class Meta:
        access = HELD

    edition_name = graphene.String(required=True, description="Whose round it is.")
    round = graphene.Field(RoundType, required=True, description="The round.")
    is_public = graphene.Boolean(required=True, description="Whether cells are told: from the freeze on.")
    excluded_in_words = graphene.String(
        required=True,
        description="What the teams' own people bought over the whole round, as it is disclosed.",
    )
    rules = list_of(IntegrityRule, most=20, description="All rules with their effects.")
    cells = list_of(IntegrityCell, most=MOST_CELLS, description="By entry and rule; empty before the freeze.")
    error_rates = list_of(
        IntegrityErrorRate,
        most=20,
        description="After the edition, of each rule that had cases; empty before.",
    )

    def resolve_edition_name(root: Round, info):
        """In the reader's language."""
        return localized(root.edition, "name")

    def resolve_round(root: Round, info):
        """The root itself."""
        return root

    def resolve_is_public(root: Round, info):
        """By the trade's clock."""
        return integrity.is_public(root)

    def resolve_excluded_in_words(root: Round, info):
        """As on the board."""
        told = board.totals(root)
        return str(board.public_excluded(told.excluded_minor, told.is_final))

    def resolve_rules(root: Round, info):
        """By the round's rulebook."""
        return integrity.rules_of(root)

    def resolve_cells(root: Round, info):
        """By entry and rule."""
        return integrity.cells(root)[:MOST_CELLS]

    def resolve_error_rates(root: Round, info):
        """Of the whole edition."""
        return integrity.error_rates(root.edition)


def _report(root: Any, info: Any, edition: str, level: Any, region: str | None = None) -> Round | None:
    return integrity.public_round(edition, level.value, region)


class Query:
    """What everybody may read of integrity."""

    integrity_report = guarded(
        graphene.Field(
            IntegrityReport,
            args={
                "edition": graphene.Argument(
                    graphene.String, required=True, description="Its edition's short name in addresses."
                ),
                "level": graphene.Argument(
                    enum_of(Round, "level"), required=True, description="Which level."
                ),
                "region": graphene.Argument(
                    graphene.String,
                    description="Its province's code, where a level has a round for each.",
                ),
            },
            resolver=_report,
            description="A round's integrity; null where there is no such round.",
        ),
        PUBLIC,
        cost=10,
    )
