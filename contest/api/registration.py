"""Teams' ways into a round: as the team, its county's officer and the round's organiser see them."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.permissions import may, may_anywhere
from accounts.places import Place
from catalog.models import Team
from catalog.reads.teams import desks_of, team_at_desk
from contest.api.organiser import add_to_round, whoever_may_here
from contest.models import Registration, RegistrationAppeal
from contest.reads import registration as reads
from contest.reads.keeping import KEEP, key_of_round
from contest.reads.reason import reason_in_words
from core.api.access import HELD, SIGNED_IN
from core.api.connections import connection_field
from core.api.facts import guarded, mark, needs
from core.api.ids import global_id, uid_of
from core.api.types import Localized, ModelType, PlainType, enum_of, list_of
from core.language import localized
from core.refusals import NotFound
from core.related import related
from impact.models import Round


class RegistrationRound(ModelType):
    """The round that a team registers for."""

    class Meta:
        model = Round
        main = False
        name = "RegistrationRound"
        access = HELD
        fields = ("level", "region", "opens_at", "closes_at")
        about = {
            "level": "Provincial or national.",
            "region": "Whose province it is of; null where it is of none.",
            "opens_at": "Purchases placed from here on count,",
            "closes_at": "until here.",
        }

    id = graphene.ID(required=True, description="By its edition, level and region.")
    edition = graphene.String(required=True, description="Its edition's name in the reader's language.")
    name = graphene.String(required=True, description="Its level in the reader's language.")
    registration_closes_at = graphene.DateTime(
        description="Until when teams can apply; null: until it opens."
    )

    def resolve_id(root, info):
        """A natural key: a round has no other."""
        return global_id("Round", key_of_round(root))

    def resolve_edition(root, info):
        """From the row that came with it."""
        return localized(root.edition, "name")

    def resolve_name(root, info):
        """As the board calls it."""
        return str(Round.Level(root.level).words)

    def resolve_registration_closes_at(root, info):
        """From its plan."""
        return root.plan.registration_closes_at


def _hears_appeals(person: Any, row: Registration) -> bool:
    place = Place(region=row.round.region_id, subject=row.round.edition.uid)
    return may(person, KEEP, at=place) or may(person, reads.ENTER, at=Place(subject=row.team.uid))


class RegistrationAppealType(ModelType):
    """What a team says against a decision about it, and what it was told."""

    class Meta:
        model = RegistrationAppeal
        access = HELD
        fields = ("against", "words", "filed_at", "is_granted", "answer", "answered_at")
        about = {
            "against": "The state that it appeals against.",
            "words": "The team's words.",
            "filed_at": "When it was filed.",
            "is_granted": "Whether the team competes again; null until it is answered.",
            "answer": "What the team was told; empty until then.",
            "answered_at": "When; null until then.",
        }


class RegistrationType(ModelType):
    """A team's way into a round: invited or applied, checked by its county, live; or out, and why."""

    class Meta:
        model = Registration
        access = HELD
        fields = ("state", "team", "reason", "applied_at", "checked_at", "approved_at")
        about = {
            "state": "How far it is.",
            "team": "Whose it is.",
            "reason": "Why it is not, or not yet, in the round; empty where it is.",
            "applied_at": "When it applied; null where it was invited and has not answered.",
            "checked_at": "When its county's officer had looked at it; null before.",
            "approved_at": "When it was let in; null before.",
        }

    goal = Localized("goal", description="What the team aims at, in its words.")
    round = graphene.Field(RegistrationRound, required=True, description="The round.")
    entry_id = graphene.ID(
        description="Its part in the round, as whoever keeps that names it; null before it is in."
    )
    state_name = graphene.String(required=True, description="The same in the reader's language.")
    allowed_actions = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What the asker may do about it now: APPLY, CHECK, DECLINE, APPROVE, TAKE_OUT, SUSPEND, RESUME,"
        " DISQUALIFY, WITHDRAW, APPEAL.",
    )
    appeals = mark(
        list_of(
            RegistrationAppealType,
            most=20,
            description="What it said against decisions, the last first; for whoever keeps the round or manages the team.",
        ),
        relation="appeals",
    )

    def resolve_reason(root, info):
        """A person's words, or the shop's in the reader's language."""
        return str(reason_in_words(root.reason))

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Registration.State(root.state).words)

    @needs("entry")
    def resolve_entry_id(root, info):
        """Of one that left again too."""
        return root.entry and global_id("OrganiserEntry", root.entry.uid)

    @needs("round__edition", "round__region", "round__plan")
    def resolve_round(root, info):
        """With its edition and plan."""
        return root.round

    @needs("round__edition", "team")
    def resolve_allowed_actions(root, info):
        """The asker's own teams are read once a request."""
        request = info.context
        known = getattr(request, "own_teams", None)
        if known is None or known[0] != request.user.pk:
            known = request.own_teams = (request.user.pk, reads.own_teams(request.user))
        return reads.deeds(request.user, root, known[1])

    @needs("round__edition", "team")
    def resolve_appeals(root, info):
        """Of the registrations of a page together; none for an officer who checks it."""
        if not _hears_appeals(info.context.user, root):
            return []
        return sorted(related(root, "appeals"), key=lambda one: one.filed_at, reverse=True)[:20]


class RegistrationOffice(PlainType):
    """Registrations of teams where the asker checks them."""

    class Meta:
        access = HELD

    registrations = connection_field(
        RegistrationType,
        lambda root, info, state=None: _in(state, reads.to_check(info.context.user)),
        order=("id",),
        description="Those of her subtree, the first to apply before all else.",
        state=graphene.Argument(enum_of(Registration, "state"), description="Only those in this state."),
    )


class ContestDesk(PlainType):
    """A team's part in contests, for its manager."""

    class Meta:
        access = HELD

    rounds = list_of(
        RegistrationRound,
        most=20,
        resolver=lambda root, info: reads.open_to(root)[:20],
        description="Rounds for which it may apply now without being invited.",
    )
    registrations = list_of(
        RegistrationType,
        most=40,
        resolver=lambda root, info: list(reads.of_team(root)[:40]),
        description="Its ways into rounds, the newest round first.",
    )


def _in(state: Any, rows: QuerySet[Registration]) -> QuerySet[Registration]:
    return rows.filter(state=state.value) if state else rows


def _desk(root: Any, info: Any, team: str | None = None) -> Team | None:
    person = info.context.user
    if team is not None:
        try:
            return team_at_desk(person, reads.ENTER, uid_of(team, "Team"))
        except NotFound:
            return None
    return desks_of(person, reads.ENTER).select_related("county").first()


add_to_round(
    registrations=guarded(
        connection_field(
            RegistrationType,
            lambda root, info, state=None: _in(state, reads.of_round(root)),
            order=("id",),
            description="Teams' ways into it, the first to apply before all else.",
            state=graphene.Argument(enum_of(Registration, "state"), description="Only those in this state."),
        ),
        whoever_may_here(KEEP),
    )
)


class Query:
    """What may be read of registrations by whoever checks them, and by a team's manager."""

    registration_office = guarded(
        graphene.Field(
            RegistrationOffice,
            resolver=lambda root, info: (
                RegistrationOffice() if may_anywhere(info.context.user, reads.CHECK) else None
            ),
            description="Registrations to check in her subtree; null for whoever checks none.",
        ),
        SIGNED_IN,
    )
    contest_desk = guarded(
        graphene.Field(
            ContestDesk,
            args={"team": graphene.Argument(graphene.ID, description="The team; her first, when left out.")},
            resolver=_desk,
            description="A team's part in contests; null for whoever does not manage it.",
        ),
        SIGNED_IN,
    )
