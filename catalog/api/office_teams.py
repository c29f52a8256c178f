"""Teams in the office: set up, put right, suspended and woken by whoever keeps them, where she keeps them."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.models import Region
from accounts.reads import region_coded
from catalog.actions import leader as leaders
from catalog.actions import team as teams
from catalog.api.access import HELD, KEEPS_TEAMS, SIGNED_IN
from catalog.api.desk_variant import same_id
from catalog.api.members import offers_field, people_field
from catalog.models import Leader, Team
from catalog.reads import office
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.types import Localized, ModelType, PlainType, to_one
from core.language import say
from core.refusals import Invalid

TEXTS = {
    "name_zh": "Its name in Chinese.",
    "name_en": "Its name in English.",
    "village_zh": "The village, in Chinese.",
    "village_en": "The village, in English.",
    "story_zh": "What it tells of itself, in Chinese.",
    "story_en": "What it tells of itself, in English.",
    "producer_zh": "The body that answers for the food, in Chinese.",
    "producer_en": "The body that answers for the food, in English.",
    "licence_number": "That body's licence.",
}
# Made once: the schema lists an input's fields in the order in which they were made.
WRITABLE = {name: graphene.String(description=about) for name, about in TEXTS.items()}


class OfficeLeaderType(ModelType):
    """A team's leader as whoever verifies leaders looks at her."""

    class Meta:
        model = Leader
        main = False
        name = "OfficeLeader"
        access = HELD
        fields = (
            *("name_zh", "name_en", "words_zh", "words_en"),
            *("verified_at", "declined_at", "decline_reason", "is_woman"),
        )
        about = {
            "name_zh": "The leader's name in Chinese.",
            "name_en": "The leader's name in English; may be empty.",
            "words_zh": "A sentence of the leader's own, in Chinese; may be empty.",
            "words_en": "A sentence of the leader's own, in English; may be empty.",
            "verified_at": "When she was verified; null when she has not been.",
            "declined_at": "When it was said that she is not the leader; null when it was not.",
            "decline_reason": "Why.",
            "is_woman": "Whether the leader has told that she is a woman.",
        }

    seen = graphene.String(
        required=True, description="By what she is verified: her names. Sent back, so that no other is."
    )
    is_introduced_by_me = graphene.Boolean(
        required=True, description="Whether the asker introduced her, and so does not verify her."
    )

    def resolve_seen(root, info):
        """Her name in both languages, as it is written."""
        return leaders.name_of(root)

    def resolve_is_introduced_by_me(root, info):
        """Whoever introduces does not verify."""
        return root.introduced_by_id is not None and root.introduced_by_id == info.context.user.pk


class OfficeTeamType(ModelType):
    """A team as whoever keeps teams sees it, at work or suspended."""

    class Meta:
        model = Team
        main = False
        name = "OfficeTeam"
        access = HELD
        fields = ("code", "slug", "county", "division", *TEXTS, "is_active", "rest_reason", "created_at")
        about = {
            "code": "Short public code, e.g. HB01.",
            "slug": "Its name in addresses.",
            "county": "Where it works.",
            "division": "The city or prefecture of its county.",
            **TEXTS,
            "is_active": "Whether it may offer something; a suspended one may not.",
            "rest_reason": "Why it is suspended; empty while it is not.",
            "created_at": "When it was set up.",
        }

    id = same_id("Team")
    name = Localized("name", description="Its name in the reader's language.")
    leader = to_one("leader", OfficeLeaderType, description="Who leads it; null until one is introduced.")
    people = people_field()
    offers = offers_field()


class TeamListState(graphene.Enum):
    """Which teams a list of the office shows."""

    ACTIVE = "active"
    AT_REST = "at_rest"
    UNVERIFIED = "unverified"

    @property
    def description(self) -> str:
        """In a sentence, for the schema."""
        return {
            "active": "At work.",
            "at_rest": "Suspended.",
            "unverified": "At work, with a leader whom nobody has verified.",
        }[self.value]


def _teams(root: Any, info: Any, search: str = "", state: Any = None) -> QuerySet[Team]:
    return office.teams_found(info.context.user, search or "", state.value if state else "")


class TeamOffice(PlainType):
    """The teams that the asker keeps."""

    class Meta:
        access = HELD

    teams = connection_field(
        OfficeTeamType,
        _teams,
        order=("code", "id"),
        description="The teams by code.",
        search=graphene.Argument(graphene.String, description="A code, or part of a name or of a county's."),
        state=graphene.Argument(TeamListState, description="Only those in this state."),
    )


def _office(root: Any, info: Any) -> TeamOffice | None:
    return TeamOffice() if office.keeps_teams(info.context.user) else None


def _team(root: Any, info: Any, id: str) -> Team | None:
    return prefetched(office.teams_run_by(info.context.user).filter(uid=uid_of(id, "Team")), info).first()


def _team_of(request: Any, id: str) -> Team:
    return office.team_in_charge(request.user, uid_of(id, "Team"))


class TeamCreate(Act):
    """Whoever keeps teams: set a team up. It offers nothing until its leader is verified."""

    class Meta:
        access = KEEPS_TEAMS

    Input = type(
        "Input",
        (),
        {
            **WRITABLE,
            "code": graphene.String(required=True, description="Short public code, for good: HB01."),
            "county": graphene.String(required=True, description="The code of the county where it works."),
            "name_zh": graphene.String(required=True, description="Its name in Chinese."),
            "name_en": graphene.String(required=True, description="Its name in English."),
        },
    )

    team = graphene.Field(OfficeTeamType, description="The team.")

    @classmethod
    def act(cls, request: Any, code: str, county: str, **given: Any) -> Any:
        """The team; INVALID on the field where its code is taken, its county none, or a name is missing."""
        where: Region = region_coded(county, "county")
        made = teams.create(request.user, code=code, county=where, **_texts(given))
        return cls(team=office.team_in_charge(request.user, made.uid))


def _texts(given: dict[str, Any]) -> dict[str, str]:
    return {name: text for name, text in given.items() if text is not None}


class TeamAmend(Act):
    """Whoever keeps teams: put right what is said of one. Code, address and place are for good."""

    class Meta:
        access = KEEPS_TEAMS

    Input = type("Input", (), {"id": graphene.ID(required=True, description="The team."), **WRITABLE})

    team = graphene.Field(OfficeTeamType, description="The team.")

    @classmethod
    def act(cls, request: Any, id: str, **given: Any) -> Any:
        """The team with the texts that were given; those left out stay as they are."""
        team = _team_of(request, id)
        teams.change(team, request.user, **_texts(given))
        return cls(team=office.team_in_charge(request.user, team.uid))


class TeamSuspend(Act):
    """Whoever keeps teams: take all that a team offers off the shelf, and say why; what was paid is not sent."""

    class Meta:
        access = KEEPS_TEAMS

    class Input:
        id = graphene.ID(required=True, description="The team.")
        reason = graphene.String(required=True, description="Why; its managers read it.")

    team = graphene.Field(OfficeTeamType, description="The team, suspended.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The team; CONFLICT where it is suspended already, NOT_ALLOWED for one of its own people."""
        return cls(team=teams.rest(_team_of(request, id), request.user, reason))


class TeamResume(Act):
    """Whoever keeps teams: let a suspended team offer again; each of its products is put back on the shelf by itself."""

    class Meta:
        access = KEEPS_TEAMS

    class Input:
        id = graphene.ID(required=True, description="The team.")

    team = graphene.Field(OfficeTeamType, description="The team, at work again.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The team; NOT_ALLOWED for one of its own people."""
        return cls(team=teams.wake(_team_of(request, id), request.user))


class LeaderVerify(Act):
    """Whoever keeps teams, is none of this one and did not introduce the leader: vouch for her."""

    class Meta:
        access = KEEPS_TEAMS

    class Input:
        team = graphene.ID(required=True, description="The team.")
        seen = graphene.String(required=True, description="The leader's `seen`, as it was shown.")

    team = graphene.Field(OfficeTeamType, description="The team.")

    @classmethod
    def act(cls, request: Any, team: str, seen: str) -> Any:
        """The team; CONFLICT where another has been introduced since, NOT_ALLOWED for whoever introduced her."""
        kept = office.team_in_charge(request.user, uid_of(team, "Team", field="team"), "team")
        leaders.verify(_leader(kept), request.user, seen=seen)
        return cls(team=office.team_in_charge(request.user, kept.uid))


class LeaderDecline(Act):
    """Whoever keeps teams, is none of this one and did not introduce the leader: say that she cannot be verified, and why."""

    class Meta:
        access = KEEPS_TEAMS

    class Input:
        team = graphene.ID(required=True, description="The team.")
        seen = graphene.String(required=True, description="The leader's `seen`, as it was shown.")
        reason = graphene.String(required=True, description="Why; the team's managers read it.")

    team = graphene.Field(OfficeTeamType, description="The team.")

    @classmethod
    def act(cls, request: Any, team: str, seen: str, reason: str) -> Any:
        """The team; CONFLICT where she is verified or another has been introduced since."""
        kept = office.team_in_charge(request.user, uid_of(team, "Team", field="team"), "team")
        leaders.decline(_leader(kept), request.user, reason, seen=seen)
        return cls(team=office.team_in_charge(request.user, kept.uid))


def _leader(team: Team) -> Leader:
    found = getattr(team, "leader", None)
    if found is None:
        raise Invalid(say("团队还没有带头人。", "The team has no leader yet."), field="team")
    return found


class Query:
    """What the office may read of teams."""

    team_office = guarded(
        graphene.Field(
            TeamOffice,
            resolver=_office,
            description="The teams that the asker keeps; null for whoever keeps none.",
        ),
        SIGNED_IN,
    )
    office_team = guarded(
        graphene.Field(
            OfficeTeamType,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The team.")},
            resolver=_team,
            description="A team that the asker keeps; null for any other.",
        ),
        SIGNED_IN,
    )


class Mutation:
    """What the office may do with teams."""

    team_create = TeamCreate.Field()
    team_amend = TeamAmend.Field()
    team_suspend = TeamSuspend.Field()
    team_resume = TeamResume.Field()
    leader_verify = LeaderVerify.Field()
    leader_decline = LeaderDecline.Field()
