"""The opening of the shop: how far it has come, and the deed itself."""

from typing import Any

import graphene

from accounts.actions import set_up
from accounts.api.shop import KEEPS_SHOP, ShopType
from accounts.models import Shop
from accounts.permissions import may
from accounts.reads import signed_in
from core.api.access import HELD, PUBLIC
from core.api.act import Act
from core.api.facts import guarded
from core.api.types import PlainType, list_of
from orders.actions import opening
from orders.reads.opening import Missing, Step, is_done, is_needed, missing_to_open

_DONE_THERE = {
    Step.FACTS: "Its name, legal entity and contact are written.",
    Step.TEXTS: "Its rules are read and confirmed.",
    Step.MAIL: "A test letter's code comes back.",
    Step.PAYMENTS: "The keys of its payments are sound, and a payment was tried and given back.",
    Step.SHIPPING: "It is said where it sends to, and for what.",
    Step.CATEGORIES: "Its shelves are named.",
}
SetUpStepName = graphene.Enum.from_enum(
    Step,
    name="SetUpStepName",
    description=lambda step: _DONE_THERE[step] if step else "A step of the opening.",
)


class SetUpStepType(PlainType):
    """One step of the opening."""

    class Meta:
        access = HELD
        name = "SetUpStep"

    key = graphene.Field(SetUpStepName, required=True, description="Which.")
    is_done = graphene.Boolean(required=True, description="Whether nothing is left to do.")
    is_needed = graphene.Boolean(required=True, description="Whether the shop cannot open without it.")


class SetUpMissingType(PlainType):
    """Why the shop cannot open yet."""

    class Meta:
        access = HELD
        name = "SetUpMissing"

    step = graphene.Field(SetUpStepName, required=True, description="Where it is mended.")
    words = graphene.String(required=True, description="What is missing, in the reader's language.")

    def resolve_words(root, info):
        """Part of a sentence, in the reader's language."""
        return str(root.words)


class SetUpType(PlainType):
    """How far the opening of the shop has come."""

    class Meta:
        access = HELD
        name = "SetUp"

    is_open = graphene.Boolean(required=True, description="Whether the shop sells.")
    has_operator = graphene.Boolean(
        required=True, description="Whether somebody was made its operator: from then on one signs in."
    )
    link_is_good = graphene.Boolean(required=True, description="Whether the link that was given opens.")
    steps = list_of(SetUpStepType, most=10, description="Each step; none for whoever does not run the shop.")
    missing = list_of(
        SetUpMissingType, most=20, description="What it cannot open without; nothing for others."
    )


def _set_up(root: Any, info: Any, link: str = "") -> dict[str, Any]:
    shop = Shop.objects.get(pk=1)
    runs_it = may(info.context.user, "accounts.keep_shop")
    steps = [
        {"key": step, "is_done": is_done(step, shop), "is_needed": is_needed(step)}
        for step in (Step if runs_it else ())
    ]
    missing: list[Missing] = missing_to_open(shop) if runs_it and not shop.opened_at else []
    return {
        "is_open": shop.opened_at is not None,
        "has_operator": shop.set_up_closed_at is not None,
        "link_is_good": set_up.is_good((link or "")[:200]),
        "steps": steps,
        "missing": missing,
    }


class ShopOpen(Act):
    """Let everybody in: the shop sells from now on, and what its payments move is fixed for good."""

    class Meta:
        access = KEEPS_SHOP

    shop = graphene.Field(ShopType, description="The shop, open.")

    @classmethod
    def act(cls, request: Any) -> Any:
        """The shop; one that is open stays so. NOT_READY, one for each thing that is missing, with its step as the
        field."""
        return cls(shop=opening.open_shop(signed_in(request)))


class Query:
    set_up = guarded(
        graphene.Field(
            SetUpType,
            required=True,
            args={"link": graphene.Argument(graphene.String, description="What the server's link carries.")},
            resolver=_set_up,
            description="How far the opening has come. Asking spends no link.",
        ),
        PUBLIC,
    )


class Mutation:
    shop_open = ShopOpen.Field()
