"""What teams write to those who bought from them: on her own pages, and by letter where she has asked for it."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.api.access import OWN
from accounts.api.viewer import add_to_viewer
from accounts.models import Person
from catalog.api.news import TeamNewsType
from catalog.models import TeamNews
from core.api.access import PUBLIC
from core.api.act import Act
from core.api.facts import guarded, needs
from core.api.lookahead import prefetched
from core.api.types import list_of
from orders.actions import news as actions
from orders.api.payment import BY_LINK, NUMBER, open_order
from orders.reads import news as reads

WANTED = "Whether letters of it come: of an account from all its teams, of a guest from those of this order"


class WithNews:
    """What an order tells of its teams."""

    news = list_of(
        TeamNewsType,
        most=reads.MOST_OF_AN_ORDER,
        description="What its teams have written since it was paid, the newest first; of a guest's once its mailbox is proved.",
    )
    news_wanted = graphene.Boolean(description=f"{WANTED}; null where that cannot be chosen here.")

    def resolve_news(root: Any, info: Any) -> Any:
        """Of what is paid."""
        return prefetched(reads.news_on(root), info)[: reads.MOST_OF_AN_ORDER]

    @needs("person")
    def resolve_news_wanted(root: Any, info: Any) -> bool | None:
        """By whoever may choose it here."""
        whose = reads.chooses(root, info.context.user)
        return None if whose is None else reads.is_wanted(whose)


class NewsChoose(Act):
    """Say on an order's page whether letters come of what its teams write; none does before one has asked for it."""

    class Meta:
        access = PUBLIC
        rate = (30, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        wanted = graphene.Boolean(required=True, description="Whether they are to come.")

    is_wanted = graphene.Boolean(description=f"{WANTED}.")

    @classmethod
    def act(cls, request: Any, number: str, wanted: bool, token: str | None = None) -> Any:
        """CONFLICT before it is paid, of a mailbox that is not proved, and of one that opens another's account."""
        actions.choose(open_order(request, number, token), request.user, wanted)
        return cls(is_wanted=wanted)


class NewsSwitchOff(Act):
    """By what stands in each such letter: no more of them, whoever is signed in. It opens nothing."""

    class Meta:
        access = PUBLIC
        rate = (30, 60)

    class Input:
        key = graphene.String(required=True, description="What the letter's link carries.")

    is_off = graphene.Boolean(description="True once none comes any more.")

    @classmethod
    def act(cls, request: Any, key: str) -> Any:
        """INVALID on `key` for what no letter of ours carries; said twice it is off since the first time."""
        actions.switch_off(key)
        return cls(is_off=True)


def _news(root: Person, info: Any) -> QuerySet[TeamNews]:
    return prefetched(reads.news_for(root), info)[: reads.MOST]


add_to_viewer(
    news=guarded(
        list_of(
            TeamNewsType,
            most=reads.MOST,
            resolver=_news,
            description="What teams have written since she bought from them, the newest first.",
        ),
        OWN,
    )
)


class Mutation:
    news_choose = NewsChoose.Field()
    news_switch_off = NewsSwitchOff.Field()
