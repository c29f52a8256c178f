"""A round's calendar: when teams register, judges close and objections end, and by which rulebook it opens."""

from datetime import datetime
from typing import Any

import graphene

from contest.actions import plan as plans
from contest.api.office import KEEPS
from contest.api.organiser import OrganiserRoundType, add_to_round, whoever_may_here
from contest.models import RoundPlan
from contest.reads import keeping
from core import clock
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import key_of
from core.api.types import ModelType, list_of
from impact.models import Round


class RoundPlanType(ModelType):
    """What a round is planned to be, and how far the clock has moved it."""

    class Meta:
        model = RoundPlan
        access = HELD
        key = "none"
        fields = (
            "state",
            "registration_opens_at",
            "registration_closes_at",
            "judging_closes_at",
            "objections_close_at",
            "advances",
            "most_a_division",
            "picks",
        )
        about = {
            "state": "How far it is.",
            "registration_opens_at": "From when teams can apply; null: by invitation alone.",
            "registration_closes_at": "Until when; null: until the round opens.",
            "judging_closes_at": "When sheets are opened together; null where nobody judges.",
            "objections_close_at": "Until when a provisional result can be objected to.",
            "advances": "How many go on to the next round, the best first.",
            "most_a_division": "How many of one division at most; null: as many as there are.",
            "picks": "How many of them the committee picks, with words.",
        }

    state_name = graphene.String(required=True, description="The same in the reader's language.")
    rulebook_version = graphene.Int(
        description="The rulebook it is scored by; null: it is counted, not scored."
    )
    is_rulebook_frozen = graphene.Boolean(
        required=True,
        description="Whether that is frozen: an hour before the opening it must be, or that is put off.",
    )
    into = graphene.Field(lambda: OrganiserRoundType, description="The round to which they go on.")

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(RoundPlan.State(root.state).words)

    def resolve_rulebook_version(root, info):
        """Read with the plan."""
        return root.rulebook and root.rulebook.version

    def resolve_is_rulebook_frozen(root, info):
        """False where there is none."""
        return bool(root.rulebook and root.rulebook.is_frozen)

    def resolve_into(root, info):
        """For whoever opens that round too."""
        hers = keeping.rounds(info.context.user, keeping.OPENS)
        return hers.filter(pk=root.into_id).first() if root.into_id else None


def _plan(root: Round, info: Any) -> RoundPlan | None:
    return RoundPlan.objects.select_related("rulebook", "round").filter(round=root).first()


add_to_round(
    plan=guarded(
        graphene.Field(RoundPlanType, resolver=_plan, description="What it is planned to be."),
        whoever_may_here(keeping.KEEP),
    ),
    may_lead_into=list_of(
        OrganiserRoundType,
        most=20,
        resolver=lambda root, info: list(
            keeping.rounds(info.context.user).filter(edition=root.edition_id, opens_at__gte=root.freezes_at)[
                :20
            ]
        ),
        description="Rounds of its edition that the asker keeps and that open once it is frozen.",
    ),
)


def requested_round(request: Any, id: str, field: str = "round") -> Round:
    """The round of this id, where she keeps it."""
    return keeping.round_of(request.user, key_of(id, "Round", field=field), field)


def _shanghai(at: datetime | None) -> datetime | None:
    return at and clock.in_shanghai(at)


class RoundArrange(Act):
    """Whoever keeps the contest: say when a round registers, judges and hears objections, and what it leads to."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        registration_opens_at = graphene.DateTime(
            description="From when teams can apply; by invitation alone without."
        )
        registration_closes_at = graphene.DateTime(description="Until when; until it opens, when left out.")
        judging_closes_at = graphene.DateTime(description="When sheets are opened together.")
        objections_close_at = graphene.DateTime(
            description="Until when a provisional result can be objected to."
        )
        advances = graphene.Int(description="How many go on.")
        most_a_division = graphene.Int(description="How many of one division at most.")
        picks = graphene.Int(description="How many of them the committee picks.")
        into = graphene.ID(description="The round to which they go on.")

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, round: str, into: str | None = None, **given: Any) -> Any:
        """The round; INVALID where its times have no order, TOO_LATE once a result is published. When it has opened only
        the ends of judging and objections move."""
        its = requested_round(request, round)
        moments: dict[str, Any] = {name: _shanghai(given[name]) for name in given if name.endswith("_at")}
        numbers: dict[str, Any] = {name: given.get(name) or 0 for name in ("advances", "picks")}
        plans.arrange(
            its,
            request.user,
            **moments,
            **numbers,
            most_a_division=given.get("most_a_division"),
            into=requested_round(request, into, "into") if into else None,
        )
        return cls(round=its)


class Mutation:
    """What is done about a round's calendar."""

    round_arrange = RoundArrange.Field()
