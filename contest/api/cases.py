"""Cases of integrity: for whoever decides them, with their evidence; for the team that one is about, as the public is told."""

from typing import Any

import graphene

from catalog.models import Team
from catalog.reads.teams import desks_of, team_at_desk
from contest.actions import case as cases
from contest.api.integrity import words_of
from contest.api.organiser import add_to_round, whoever_may_here
from contest.models import Case, Effect, RelatedParty, Rule
from contest.reads import cases as reads
from contest.reads.keeping import EXAMINE
from core.api.access import HELD, SIGNED_IN
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import ModelType, MoneyField, PlainType, list_of, type_of
from core.language import localized
from impact.models import Entry, Round

MOST_ORDERS = 200


class CaseFact(PlainType):
    """A piece of evidence: an id, a count or a keyed hash."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="What it is, for programs.")
    value = graphene.String(required=True, description="The id, the count or the hash.")


class _Worded:
    """What a case says of itself in the reader's language."""

    rule_name = graphene.String(required=True, description="What the rule looks for.")
    effect_name = graphene.String(required=True, description="What it does to the score until it is cleared.")
    state_name = graphene.String(required=True, description="How far it has come, in words.")
    decision_name = graphene.String(required=True, description="What holds; empty while nothing is decided.")
    reason_name = graphene.String(required=True, description="Why; empty while nothing is decided.")

    def resolve_rule_name(root, info):
        """In the reader's language."""
        return words_of(Rule, root.rule)

    def resolve_effect_name(root, info):
        """In the reader's language."""
        return words_of(Effect, root.effect)

    def resolve_state_name(root, info):
        """In the reader's language."""
        return words_of(Case.State, root.state)

    def resolve_decision_name(root, info):
        """The answer to an appeal, else the decision."""
        return words_of(Case.Decision, root.holds)

    def resolve_reason_name(root, info):
        """Of what holds."""
        return words_of(Case.Reason, root.answer_reason or root.reason)


FIELDS = ("rule", "state", "opened_at", "decided_at", "appeal", "appealed_at", "answered_at")
ABOUT = {
    "rule": "Which rule.",
    "state": "How far it has come.",
    "opened_at": "When it was found, by the trade's clock.",
    "decided_at": "When it was decided; null before.",
    "appeal": "What the team says against that; empty where it says nothing.",
    "appealed_at": "When it said so.",
    "answered_at": "When that was answered.",
}


class CaseType(_Worded, ModelType):
    """What a rule found in an entry, for whoever decides or examines. Buyers are ids and keyed hashes here too."""

    class Meta:
        model = Case
        access = HELD
        fields = (*FIELDS, "entry", "note")
        about = {**ABOUT, "entry": "In which entry.", "note": "What whoever decided wrote for the file."}

    facts = list_of(CaseFact, most=20, description="What it was found by.")
    excluded = MoneyField("excluded_minor", description="What is left of the purchases that it keeps out.")
    orders = list_of(
        graphene.String, most=MOST_ORDERS, description="Their numbers, the first placed first; at most 200."
    )
    may_decide = graphene.Boolean(required=True, description="Whether the asker may decide or answer it now.")

    def resolve_facts(root, info):
        """In the order of their names."""
        return [{"name": name, "value": reads.plain(value)} for name, value in sorted(root.evidence.items())]

    def resolve_orders(root, info):
        """By which whoever sees orders finds them."""
        return reads.order_numbers_of(root, MOST_ORDERS)

    def resolve_may_decide(root, info):
        """Not of a team of her own, nor an answer to what she decided."""
        return reads.may_act_on(info.context.user, root)


class EntrantCaseType(_Worded, ModelType):
    """What a rule found in a team's own entry: no purchase, no buyer, no sum beyond what the public is told."""

    class Meta:
        model = Case
        main = False
        name = "EntrantCase"
        access = HELD
        fields = FIELDS
        about = ABOUT

    may_appeal = graphene.Boolean(required=True, description="Whether the team may appeal it now.")
    appeal_ends_at = graphene.DateTime(
        description="Until when it may be appealed; null while it is not decided."
    )

    def resolve_may_appeal(root, info):
        """Decided, not cleared, and within the days that the rulebook gives."""
        return cases.may_appeal(root)

    def resolve_appeal_ends_at(root, info):
        """By the trade's clock."""
        return cases.appeal_ends(root)


class RelatedPartyType(ModelType):
    """Whom a team has declared as near to it. What was declared is kept as a keyed hash alone and cannot be shown."""

    class Meta:
        model = RelatedParty
        access = HELD
        fields = ("kind", "declared_at")
        about = {"kind": "By what.", "declared_at": "When."}

    kind_name = graphene.String(required=True, description="By what, in words.")

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return words_of(RelatedParty.Kind, root.kind)


class EntrantEntryType(ModelType):
    """A team's part in a round as its manager sees it."""

    class Meta:
        model = Entry
        main = False
        name = "EntrantEntry"
        access = HELD
        fields = ("number",)
        about = {"number": "Its number in the contest."}

    edition_name = graphene.String(required=True, description="Of which edition, in the reader's language.")
    round_name = graphene.String(required=True, description="At which level.")
    cases = list_of(
        EntrantCaseType,
        most=100,
        resolver=lambda root, info: reads.cases_of(root)[:100],
        description="What rules have found, the last first.",
    )
    related_parties = list_of(
        RelatedPartyType,
        most=100,
        resolver=lambda root, info: reads.declared_by(root)[:100],
        description="Whom the team has declared, the last first.",
    )

    def resolve_edition_name(root, info):
        """In the reader's language."""
        return localized(root.round.edition, "name")

    def resolve_round_name(root, info):
        """As the board calls it."""
        return words_of(Round.Level, root.round.level)


class IntegrityDesk(PlainType):
    """A team's side of the rules of integrity."""

    class Meta:
        access = HELD

    team = graphene.Field(lambda: type_of(Team), required=True, description="The team.")
    entries = list_of(
        EntrantEntryType,
        most=10,
        resolver=lambda root, info: reads.entries_of(root["team"])[:10],
        description="Its parts in rounds, the newest first.",
    )


def _desk(root: Any, info: Any, team: str | None = None) -> dict[str, Any] | None:
    person = info.context.user
    if team:
        return {"team": team_at_desk(person, reads.APPEAL, uid_of(team, "Team", field="team"))}
    found = desks_of(person, reads.APPEAL).first()
    return {"team": found} if found else None


add_to_round(
    cases=guarded(
        connection_field(
            CaseType,
            lambda root, info: reads.of_round(root, info.context.user),
            order=("turn", "-id"),
            description="The round's cases of integrity, what waits for somebody first; none of a team of the asker's own.",
        ),
        whoever_may_here(reads.DECIDE, EXAMINE),
    ),
    cases_waiting=guarded(
        graphene.Int(
            required=True,
            resolver=lambda root, info: reads.waiting(root),
            description="How many cases wait for a decision or an answer.",
        ),
        whoever_may_here(reads.DECIDE, EXAMINE),
    ),
)


class Query:
    """What a team may read of what rules have found in its entries."""

    integrity_desk = guarded(
        graphene.Field(
            IntegrityDesk,
            args={
                "team": graphene.Argument(
                    graphene.ID, description="The asker's own team; without it her first."
                )
            },
            resolver=_desk,
            description="What rules of integrity say of a team that the asker speaks for; null for any other.",
        ),
        SIGNED_IN,
        cost=5,
    )
