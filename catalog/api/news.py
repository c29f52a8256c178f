"""What a team writes to those who bought from it: written at its desk, read in the office."""

from typing import Any
from uuid import UUID

import graphene
from django.db.models import QuerySet

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from accounts.permissions import absent
from catalog.actions import news as actions
from catalog.api.access import SIGNED_IN
from catalog.models import Team, TeamNews
from catalog.reads import desks_of
from catalog.reads import news as reads
from catalog.reads.teams import team_at_desk
from core.api.access import HELD
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import Localized, ModelType, PlainType, enum_of, list_of
from core.refusals import NotFound

WRITE, DECIDE = actions.WRITE, actions.DECIDE
DECIDES = whoever_may(DECIDE, anywhere=True)
# At once: two years of them.
MOST = 24
NewsKind = enum_of(TeamNews, "kind")


class TeamNewsType(ModelType):
    """Thanks, or how the harvest is, from a team to those who bought from it."""

    class Meta:
        model = TeamNews
        fields = ("kind", "team", "published_at")
        access = HELD
        about = {
            "kind": "Thanks, or how the harvest is.",
            "team": "Who writes.",
            "published_at": "When it was let out.",
        }

    kind_name = graphene.String(required=True, description="The same in the reader's language.")
    title = Localized("title", description="What it is about, in a line.")
    words = Localized("words", description="What the team writes.")

    def resolve_kind_name(root, info):
        """In a word or two."""
        return str(TeamNews.Kind(root.kind).words)


class DeskNews(ModelType):
    """The same as its team writes it and an operator reads it, let out or not."""

    class Meta:
        model = TeamNews
        main = False
        name = "DeskNews"
        fields = (
            *("kind", "team", "title_zh", "title_en", "words_zh", "words_en"),
            *("state", "submitted_at", "decided_at", "reason", "published_at"),
        )
        access = HELD
        about = {
            "kind": "Thanks, or how the harvest is.",
            "team": "Who writes.",
            "title_zh": "In Chinese.",
            "title_en": "In English; empty: readers of English are shown the Chinese.",
            "words_zh": "In Chinese.",
            "words_en": "In English; empty: readers of English are shown the Chinese.",
            "state": "Where it stands.",
            "submitted_at": "When it was handed in.",
            "decided_at": "When an operator decided; null while it waits.",
            "reason": "Why it was returned; empty of all else.",
            "published_at": "When it was let out; null where it was not.",
        }

    kind_name = graphene.String(required=True, description="Its kind in the reader's language.")
    state_name = graphene.String(required=True, description="Where it stands, in words.")

    def resolve_kind_name(root, info):
        """In a word or two."""
        return str(TeamNews.Kind(root.kind).words)

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(TeamNews.State(root.state).words)


class NewsDesk(PlainType):
    """What a team has written to its buyers, and when it may write again."""

    class Meta:
        access = HELD

    news = list_of(DeskNews, most=MOST, description="What it has written, the newest first.")
    waits = graphene.Boolean(
        required=True, description="Whether one waits to be read: then no other is taken."
    )
    next_from = graphene.DateTime(description="From when the next is taken; null: from now on.")

    def resolve_news(root: Team, info: Any) -> QuerySet[TeamNews]:
        """Let out or not."""
        return reads.news_of(root).select_related("team")[:MOST]

    def resolve_waits(root: Team, info: Any) -> bool:
        """One at a time."""
        return reads.news_of(root).filter(state=TeamNews.State.WAITING).exists()

    def resolve_next_from(root: Team, info: Any) -> Any:
        """Thirty days after the last that was let out."""
        return reads.next_from(root)


class _WithNews:
    news = graphene.Field(DeskNews, description="As it is now.")


class NewsHandIn(_WithNews, Act):
    """Managers and leaders: hand in what is to be read by those who bought from the team. An operator reads it first."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 60)

    class Input:
        team = graphene.ID(required=True, description="The asker's own team.")
        kind = graphene.Field(NewsKind, required=True, description="Thanks, or how the harvest is.")
        title_zh = graphene.String(required=True, description="What it is about: at most 40 characters.")
        title_en = graphene.String(description="The same in English: at most 80.")
        words_zh = graphene.String(required=True, description="At most 800 characters.")
        words_en = graphene.String(description="The same in English: at most 1,600.")

    @classmethod
    def act(cls, request: Any, team: str, kind: Any, **texts: Any) -> Any:
        """It, waiting. CONFLICT while another waits, and within thirty days of the last."""
        found = team_at_desk(request.user, WRITE, uid_of(team, "Team", field="team"))
        return cls(news=actions.hand_in(found, request.user, kind=str(kind.value), **texts))


class NewsWithdraw(_WithNews, Act):
    """Managers and leaders: take back what waits, or was let out; no letter of it is sent any more."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="What a team of the asker's own has written.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """It, withdrawn. NOT_FOUND for another team's, CONFLICT for what was returned or withdrawn already."""
        rows = TeamNews.objects.filter(team__in=desks_of(request.user, WRITE)).select_related("team")
        found = rows.filter(uid=uid_of(id, "DeskNews")).first()
        if found is None:
            raise absent(request.user, WRITE, "id")
        return cls(news=actions.withdraw(found, request.user))


def _to_decide(by: Any, uid: UUID) -> TeamNews:
    found = reads.news_at(by, DECIDE).select_related("team").filter(uid=uid).first()
    if found is None:
        raise NotFound(field="id")
    return found


class NewsApprove(_WithNews, Act):
    """Let out what a team has written; nobody decides about a team of their own."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="What waits. Its words never change.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """It, published; CONFLICT where it does not wait any more."""
        return cls(news=actions.approve(_to_decide(request.user, uid_of(id, "DeskNews")), request.user))


class NewsReturn(_WithNews, Act):
    """Send back what a team has written, or take it off again, and say why."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="What waits, or was let out.")
        reason = graphene.String(required=True, description="Why; its team reads it.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """It, returned; INVALID without a reason, CONFLICT where it was withdrawn or returned before."""
        row = _to_decide(request.user, uid_of(id, "DeskNews"))
        return cls(news=actions.send_back(row, request.user, reason))


def _desk(root: Any, info: Any, team: str | None = None) -> Team | None:
    person = info.context.user
    if team:
        return team_at_desk(person, WRITE, uid_of(team, "Team", field="team"))
    return desks_of(person, WRITE).first()


class Query:
    news_desk = guarded(
        graphene.Field(
            NewsDesk,
            args={
                "team": graphene.Argument(
                    graphene.ID, description="The asker's own team; without it her first."
                )
            },
            resolver=_desk,
            description="What a team writes to its buyers; null for whoever writes for none.",
        ),
        SIGNED_IN,
    )


class Mutation:
    news_hand_in = NewsHandIn.Field()
    news_withdraw = NewsWithdraw.Field()
    news_approve = NewsApprove.Field()
    news_return = NewsReturn.Field()


def _news(root: Any, info: Any, waiting_only: bool = False) -> QuerySet[TeamNews]:
    rows = reads.news_at(root, DECIDE).select_related("team")
    return rows.filter(state=TeamNews.State.WAITING) if waiting_only else rows


add_to_office(
    news=guarded(
        connection_field(
            DeskNews,
            _news,
            order=("-submitted_at", "-id"),
            description="What teams of her places have written to their buyers, the newest first.",
            waiting_only=graphene.Argument(graphene.Boolean, description="Only what waits to be read."),
        ),
        DECIDES,
    )
)
