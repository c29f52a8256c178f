"""The shop's message house: what it lacks, what a text costs, and whether one arrives."""

from decimal import Decimal, InvalidOperation
from typing import Any

import graphene
from django.conf import settings

from accounts import texting
from accounts.actions import shop_text, text_code
from accounts.api.access import HELD
from accounts.api.shop import KEEPS_SHOP
from accounts.models import Shop
from accounts.reads import signed_in
from accounts.texting.ours import OurText, ours
from core.api.act import Act
from core.api.facts import guarded
from core.api.types import PlainType, list_of


class TextTemplate(PlainType):
    """A text that the shop sends, as its message house is to approve it."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="What the settings call it.")
    zh = graphene.String(
        required=True, description="What it says in Chinese, with the names of what is filled in."
    )
    en = graphene.String(required=True, description="What it says in English.")
    is_there = graphene.Boolean(required=True, description="Whether a template of the house is named for it.")


class MessageHouse(PlainType):
    """Who carries the shop's texts, and how far that is set up."""

    class Meta:
        access = HELD

    is_on = graphene.Boolean(required=True, description="Whether the shop sends texts at all.")
    folder = graphene.String(description="Where texts lie as files, on a server that sends none; else null.")
    has_keys = graphene.Boolean(required=True, description="Whether key and secret of a house are there.")
    signature = graphene.String(required=True, description="The signature under which texts go; empty: none.")
    price = graphene.String(
        required=True, description="What a text costs, in yuan, as the settings say; empty: not said."
    )
    sent_today = graphene.Int(required=True, description="Texts that were sent today.")
    codes_left = graphene.Int(required=True, description="Codes that may still be sent today.")
    spent_today = graphene.String(
        description="What today's texts come to at that price, in yuan; null where none is said."
    )
    checked_at = graphene.DateTime(description="When a test text's code last came back; null: never.")
    templates = list_of(TextTemplate, most=40, description="The texts that the shop sends.")


def _house(root: Any, info: Any) -> MessageHouse:
    options, today = settings.TEXT_HOUSE["options"], text_code.sent_today()
    sent, price = today.codes + today.letters, settings.TEXT_HOUSE.get("price", "")
    return MessageHouse(
        is_on=texting.is_on(),
        folder=options.get("folder"),
        has_keys=bool(options.get("key") and options.get("secret")),
        signature=options.get("sign", ""),
        price=price,
        sent_today=sent,
        codes_left=max(0, settings.TEXT_CODES_A_DAY - today.codes),
        spent_today=_times(price, sent),
        checked_at=Shop.objects.get(pk=1).text_checked_at,
        templates=[_as_type(text) for text in ours()],
    )


def _as_type(text: OurText) -> TextTemplate:
    return TextTemplate(name=text.name, zh=text.zh, en=text.en, is_there=text.is_there)


def _times(price: str, sent: int) -> str | None:
    """A house counts in parts of a fen."""
    try:
        return f"{Decimal(price) * sent:.2f}"
    except InvalidOperation:
        return None


class ShopTextSend(Act):
    """Send a text with a code to a telephone of one's own, to see whether the shop's texts arrive."""

    class Meta:
        access = KEEPS_SHOP
        outside = True
        rate = (10, 3600)

    class Input:
        mobile = graphene.String(required=True, description="A mobile number in any spelling.")

    @classmethod
    def act(cls, request: Any, mobile: str) -> Any:
        """Nothing. TEXTS_AWAY with the house's reason when it did not take the text; NOT_ALLOWED without a house; INVALID and
        TOO_MANY_REQUESTS as for any code."""
        shop_text.send_test(signed_in(request), mobile)


class ShopTextConfirm(Act):
    """Say which code the text brought."""

    class Meta:
        access = KEEPS_SHOP
        rate = (20, 3600)

    class Input:
        code = graphene.String(required=True, description="The code in the text.")

    @classmethod
    def act(cls, request: Any, code: str) -> Any:
        """Nothing. INVALID for another code."""
        shop_text.confirm(signed_in(request), code)


class Query:
    message_house = guarded(
        graphene.Field(
            MessageHouse,
            resolver=_house,
            description="Who carries the shop's texts, and how far that is set up.",
        ),
        KEEPS_SHOP,
    )


class Mutation:
    shop_text_send = ShopTextSend.Field()
    shop_text_confirm = ShopTextConfirm.Field()
