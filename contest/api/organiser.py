"""A round at its organiser's desk: what each of her tabs shows hangs on one object.

Another file of this floor's api adds its fields when it is imported, with who may read them, as the office's are added:

    add_to_round(snapshot=guarded(graphene.Field(SnapshotType, resolver=_of_round), whoever_may_here(KEEP)))

The resolver gets the `Round`. A role that works at this desk without keeping the contest is let in by its permission in
`contest.reads.keeping.OPENS`, and finds her tab by the same one in shop/web/organiser/tabs.py.
"""

from typing import Any

import graphene

from accounts.permissions import may, permissions_at
from catalog.models import Team
from contest.actions.round import place_of_round
from contest.reads import keeping
from contest.reads.reason import reason_in_words
from core import clock
from core.api.access import HELD, SIGNED_IN, Access
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import global_id
from core.api.types import Localized, ModelType, enum_of, list_of, type_of
from impact.models import Edition, Entry, Round


def whoever_may_here(*permissions: str, pii: int = 0) -> Access:
    """Open to those whose role has one of these permissions where the round lies that holds the field."""

    def allows(request: Any, parent: Round) -> bool:
        place = place_of_round(parent.edition, parent.region)
        return any(may(request.user, one, at=place) for one in permissions)

    return Access(f"whoever may {' or '.join(permissions)} at the round", allows, pii=pii)


KEEPS_IT = whoever_may_here(keeping.KEEP)


class OrganiserEntryType(ModelType):
    """A team's part in a round, in or out."""

    class Meta:
        model = Entry
        main = False
        name = "OrganiserEntry"
        access = HELD
        fields = ("number", "team", "approved_at", "out_reason")
        about = {
            "number": "Its number in the contest.",
            "team": "Whose it is.",
            "approved_at": "Since when it is in; null where it is out.",
            "out_reason": "Why it is out; empty where it is in.",
        }

    def resolve_out_reason(root, info):
        """A person's words, or the shop's in the reader's language."""
        return str(reason_in_words(root.out_reason))


class OrganiserRoundType(ModelType):
    """A round at its organiser's desk; its phases follow the trade's clock. Each floor's file adds its own (`add_to_round`)."""

    class Meta:
        model = Round
        main = False
        name = "OrganiserRound"
        access = HELD
        fields = ("level", "region", "opens_at", "closes_at", "freezes_at")
        about = {
            "level": "Provincial or national.",
            "region": "Whose province it is of; null where it is of none.",
            "opens_at": "Purchases placed from here on count,",
            "closes_at": "until here; from then on refunds settle,",
            "freezes_at": "until here: then its figures are final. Without a zone, in Shanghai.",
        }

    id = graphene.ID(required=True, description="By its edition, level and region.")
    edition = graphene.Field(lambda: OfficeEditionType, required=True, description="Whose level it is.")
    permissions = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What the asker's roles allow her at this round; for pages to show what she can do.",
    )
    name = graphene.String(required=True, description="Its level in the reader's language.")
    phase = graphene.String(required=True, description="COMING, OPEN, SETTLING or FROZEN.")
    phase_name = graphene.String(required=True, description="The same in the reader's language.")
    entries_in = graphene.Int(required=True, description="How many teams are in.")
    entries = guarded(
        connection_field(
            OrganiserEntryType,
            lambda root, info: keeping.entries(root),
            order=("number", "id"),
            description="The teams' parts, in or out, by number.",
        ),
        KEEPS_IT,
    )
    may_enter = guarded(
        list_of(
            lambda: type_of(Team),
            most=20,
            resolver=lambda root, info, search="": keeping.may_enter(root, search or "")[:20],
            description="Teams that are not in, by code; at most 20.",
            search=graphene.Argument(graphene.String, description="A code, or part of a name."),
        ),
        KEEPS_IT,
    )

    def resolve_edition(root, info):
        """The row that its own was read with."""
        return root.edition

    def resolve_permissions(root, info):
        """By the shop's table, where the round lies."""
        return permissions_at(info.context.user, place_of_round(root.edition, root.region))

    def resolve_id(root, info):
        """A natural key: a round has no other."""
        return global_id("Round", keeping.key_of_round(root))

    def resolve_name(root, info):
        """As the board calls it."""
        return str(Round.Level(root.level).words)

    def resolve_phase(root, info):
        """By the trade's clock, stored nowhere."""
        return root.phase(clock.now()).name

    def resolve_phase_name(root, info):
        """The phase of this moment in the reader's language."""
        return str(root.phase(clock.now()).words)

    def resolve_entries_in(root, info):
        """Those that are out of the round are not counted."""
        return keeping.entries(root).filter(approved_at__isnull=False).count()


class OfficeEditionType(ModelType):
    """A contest as whoever keeps it sees it."""

    class Meta:
        model = Edition
        main = False
        name = "OfficeEdition"
        access = HELD
        fields = ("slug", "ordinal")
        about = {"slug": "Its short name in addresses.", "ordinal": "The how-manieth it is."}

    name = Localized("name", description="Its name in the reader's language.")
    theme = Localized("theme", description="Its theme; may be empty.")
    is_archived = graphene.Boolean(required=True, description="Whether it is over, and only read.")
    is_over = graphene.Boolean(
        required=True, description="Whether each of its rounds is frozen, so that it can be archived."
    )
    rounds = list_of(
        OrganiserRoundType,
        most=40,
        resolver=lambda root, info: keeping.rounds(info.context.user, keeping.OPENS).filter(edition=root)[
            :40
        ],
        description="Its rounds, the first to open first.",
    )

    def resolve_is_over(root, info):
        """By the trade's clock; one without a round is not."""
        ends = [round_.freezes_at for round_ in root.rounds.all()]
        return bool(ends) and max(ends) <= clock.now()

    def resolve_is_archived(root, info):
        """From its row, where there is one."""
        return keeping.is_archived(root)


def add_to_round(**fields: graphene.Field) -> None:
    """Let a tab's own file add what it shows; each declares who may read it and carries its resolver."""
    OrganiserRoundType._meta.fields.update(fields)


def _round(root: Any, info: Any, edition: str, level: Any, region: str | None = None) -> Round | None:
    return keeping.opened_round(info.context.user, edition, level.value, region or None)


def add_to_edition(**fields: graphene.Field) -> None:
    """The same for what is of an edition as a whole."""
    OfficeEditionType._meta.fields.update(fields)


class Query:
    """A round, for whoever works at its desk."""

    organiser_round = guarded(
        graphene.Field(
            OrganiserRoundType,
            args={
                "edition": graphene.Argument(
                    graphene.String, required=True, description="Its edition's short name in addresses."
                ),
                "level": graphene.Argument(
                    enum_of(Round, "level"), required=True, description="Which level."
                ),
                "region": graphene.Argument(
                    graphene.String, description="Its province's code, where a level has a round for each."
                ),
            },
            resolver=_round,
            description="A round at whose desk the asker works; null for any other.",
        ),
        SIGNED_IN,
    )
