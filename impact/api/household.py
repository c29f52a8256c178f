"""A household as its own team sees it: a number, a pseudonym, a state; and what the team calls it, while that is open."""

from typing import Any

import graphene
from django.db.models import QuerySet

from catalog.models import Team
from core.api.access import HELD
from core.api.facts import mark
from core.api.lookahead import asks_for, prefetched
from core.api.types import ModelType, PlainType, list_of
from core.related import related
from impact.actions import short_name as short_names
from impact.models import DetailReading, Household, NamesOpening
from impact.reads import household as reads
from impact.reads import short_name as names

PAGE = 50


class DetailReadingType(ModelType):
    """That somebody who verifies has opened what names a household."""

    class Meta:
        model = DetailReading
        fields = ("purpose", "at")
        access = HELD
        about = {"purpose": "What for, in her words.", "at": "When."}


def code_of(household: Household) -> str:
    """A household's pseudonym, as its team and whoever verifies it call it."""
    return household.uid.hex[:6].upper()


class HouseholdType(ModelType):
    """A family behind a team's lots, under a pseudonym; its names lie sealed and are never shown here."""

    class Meta:
        model = Household
        fields = ("state", "number", "county", "consented_at", "verified_at", "decline_reason")
        access = HELD
        about = {
            "state": "Whether an operator has verified it.",
            "number": "By which its team calls it, from 1 on.",
            "county": "Where it lives.",
            "consented_at": "When the family agreed to take part.",
            "verified_at": "When it was verified.",
            "decline_reason": "Why it was not accepted, or taken out by the office; else empty.",
        }

    code = graphene.String(
        required=True, description="Its pseudonym: what the team writes on its own list beside the name."
    )
    short_name = graphene.String(
        resolver=lambda root, info: getattr(root, "opened_name", None),
        description="What its team calls it, in a roster or among growers; null while the asker has not opened the list,"
        " or where it has none.",
    )
    readings = mark(
        list_of(
            DetailReadingType, most=100, description="When what names it was opened and why, the last first."
        ),
        relation="readings",
    )

    def resolve_code(root, info):
        """From its random uid, short enough to write down."""
        return code_of(root)

    def resolve_readings(root, info):
        """Each is written down before anything is shown."""
        return sorted(related(root, "readings"), key=lambda one: one.pk, reverse=True)[:100]


class Roster(PlainType):
    """A page of a team's households."""

    class Meta:
        access = HELD

    households = list_of(
        HouseholdType,
        most=PAGE,
        resolver=lambda root, info: named(root["team"], info, root["rows"]),
        description="Each with what its team calls it, while that list is open.",
    )
    found = graphene.Int(required=True, description="How many there are on all pages.")
    next_page = graphene.Int(description="The page that follows; null on the last.")


class NamesOpeningType(ModelType):
    """That one of the team's own opened its list of short names."""

    class Meta:
        model = NamesOpening
        fields = ("purpose", "at")
        access = HELD
        about = {"purpose": "What for, in her words.", "at": "When; it closes by itself after half an hour."}

    who = graphene.String(required=True, description="Who opened it; empty once her account is erased.")
    pages = graphene.Int(required=True, description="How many pages of it were shown to her.")

    def resolve_who(root, info):
        """Her name, else her nickname; erasure has left none."""
        return (root.reader.name or root.reader.nickname) if root.reader else ""


def roster_of(team: Team, find: str, page: int) -> dict[str, Any]:
    """One page of a team's households, all or those found."""
    rows = names.roster(team, find)
    found, begin = rows.count(), (max(1, page) - 1) * PAGE
    is_more = found > begin + PAGE
    return {
        "team": team,
        "rows": rows[begin : begin + PAGE],
        "found": found,
        "next_page": page + 1 if is_more else None,
    }


def growers_of(team: Team, info: Any) -> list[Household]:
    """All who may be named when a lot is shared out."""
    return named(team, info, names.in_order(reads.verified(team))[:1000])


def named(team: Team, info: Any, rows: QuerySet[Household]) -> list[Household]:
    """Where the query asks for short names, with these; that page is then written down."""
    found = list(prefetched(rows, info))
    if asks_for(info, "shortName"):
        called = short_names.read_names(team.pk, info.context.user, [row.pk for row in found])
        for row in found:
            row.opened_name = called.get(row.pk)
    return found
