"""The shop itself: what everybody may know of it, and how it gets its first operator, its facts and its rules."""

from typing import Any
from urllib.parse import urlsplit

import graphene
from django.conf import settings

from accounts import mail, texts
from accounts.actions import set_up
from accounts.actions import shop as facts
from accounts.actions import shop_mail as letter
from accounts.api.access import HELD, PUBLIC, whoever_may
from accounts.api.session import HER, _spoken
from accounts.api.viewer import ViewerType
from accounts.models import Shop
from accounts.reads import signed_in
from accounts.shop import CACHE_TAG, this_shop
from accounts.wechat import Where, wechat
from core.api.act import Act
from core.api.facts import cache_tags, guarded
from core.api.types import Language, Localized, ModelType, PlainType, enum_of, list_of
from core.language import say

KEEPS_SHOP = whoever_may("accounts.keep_shop", pii=1)


def _text(name: str, about: str) -> graphene.Field:
    def resolve(root: Shop, info: Any) -> str:
        return str(texts.text_of(root, name))

    return graphene.Field(
        graphene.String, required=True, resolver=resolve, description=f"{about}, in the reader's language."
    )


class ShopType(ModelType):
    """The shop that answers here, as it tells of itself."""

    class Meta:
        model = Shop
        name = "Shop"
        fields = (
            *("name_zh", "name_en", "entity", "licence_number", "filing_number", "food_licence_number"),
            *("phone", "email", "hours", "address", "return_address"),
        )
        access = PUBLIC
        about = {
            "name_zh": "Its name in Chinese.",
            "name_en": "Its name in English.",
            "entity": "The legal entity that sells.",
            "licence_number": "The number of its business licence.",
            "filing_number": "The number of its ICP filing.",
            "food_licence_number": "The number of its food licence.",
            "phone": "Where it can be called.",
            "email": "Where it can be written to.",
            "hours": "When somebody answers.",
            "address": "Where it is.",
            "return_address": "Where goods are sent back to.",
        }

    name = Localized("name", description="Its name in the reader's language.")
    after_sale = _text("after_sale", "Its rules for returns and refunds")
    terms = _text("terms", "Its terms of sale")
    privacy = _text("privacy", "What it does with people's data")
    are_texts_reviewed = graphene.Boolean(
        required=True,
        description="Whether it has read and confirmed these texts; else they are the defaults.",
    )
    is_open = graphene.Boolean(required=True, description="Whether it sells.")
    mode = graphene.Field(
        enum_of(Shop, "mode"), description="What its payments move; null before it has opened."
    )

    def resolve_are_texts_reviewed(root, info):
        """By the moment it was done."""
        return root.texts_reviewed_at is not None

    def resolve_is_open(root, info):
        """By the moment it opened."""
        return root.opened_at is not None

    def resolve_mode(root, info):
        """As it was fixed at the opening."""
        return root.mode or None


def _as_it_stands(column: str) -> graphene.Field:
    name, _, language = column.rpartition("_")

    def resolve(root: Shop, info: Any) -> str:
        return texts.text_of(root, name).in_language(language)

    about = f"Its text {name} in {language}: its own, or the default."
    return graphene.Field(graphene.String, required=True, resolver=resolve, description=about)


class WeChatApp(PlainType):
    """An app of the shop's at WeChat, of which the shop is to have the keys."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="What it is, in the reader's language.")
    is_there = graphene.Boolean(required=True, description="Whether the shop has its id and its secret.")
    setting = graphene.String(required=True, description="How the settings of its id and secret begin.")


WECHAT_APPS = {
    Where.INSIDE: (say("微信里：公众号", "Inside WeChat: official account"), "WECHAT_APP"),
    Where.DESK: (say("电脑上：网站应用", "On a desk: website app"), "WECHAT_DESK_APP"),
}


class ShopDeskType(PlainType):
    """What whoever runs the shop writes down of it."""

    class Meta:
        access = HELD
        name = "ShopDesk"

    shop = graphene.Field(
        ShopType, required=True, resolver=lambda root, info: root, description="What everybody is told."
    )
    mail_sender = graphene.String(
        required=True, description="The name that its mails come from; empty: its own."
    )
    after_sale_zh, after_sale_en = _as_it_stands("after_sale_zh"), _as_it_stands("after_sale_en")
    terms_zh, terms_en = _as_it_stands("terms_zh"), _as_it_stands("terms_en")
    privacy_zh, privacy_en = _as_it_stands("privacy_zh"), _as_it_stands("privacy_en")
    texts_reviewed_at = graphene.DateTime(description="When the texts were last confirmed; null: never.")
    mail_checked_at = graphene.DateTime(description="When a test letter's code last came back; null: never.")
    sender = graphene.String(required=True, description="From whom its mails come, name and address.")
    we_chat_apps = list_of(WeChatApp, most=2, description="Its apps at WeChat, by which people sign in.")
    we_chat_domain = graphene.String(
        required=True, description="What WeChat is told as the domain to come back to."
    )
    is_we_chat_stand_in = graphene.Boolean(
        required=True, description="Whether a stand-in answers in WeChat's place."
    )
    mail_folder = graphene.String(
        description="Where its mails lie as files, on a server that sends none; null where they are sent."
    )

    def resolve_sender(root, info):
        """By its name, and the address of the server's settings."""
        name, address = mail.from_whom()
        return f"{name} <{address}>" if name else address

    def resolve_we_chat_apps(root, info):
        """By the settings; the secrets are told to nobody."""
        return [
            WeChatApp(name=str(name), is_there=wechat().works(where), setting=setting)
            for where, (name, setting) in WECHAT_APPS.items()
        ]

    def resolve_we_chat_domain(root, info):
        """A domain alone, as WeChat wants it."""
        return urlsplit(settings.SITE_URL).netloc

    def resolve_is_we_chat_stand_in(root, info):
        """By the settings."""
        return bool(settings.WECHAT_BASE)

    def resolve_mail_folder(root, info):
        """Where letters can be read that the server's settings put into files; else null."""
        return mail.folder()


class ShopUpdate(Act):
    """Write the shop's facts. Each page, mail and file shows them within a second."""

    class Meta:
        access = KEEPS_SHOP

    class Input:
        name_zh = graphene.String(description="Its name in Chinese.")
        name_en = graphene.String(description="Its name in English.")
        entity = graphene.String(description="The legal entity that sells.")
        licence_number = graphene.String(description="The number of its business licence.")
        filing_number = graphene.String(description="The number of its ICP filing.")
        food_licence_number = graphene.String(description="The number of its food licence.")
        phone = graphene.String(description="Where it can be called.")
        email = graphene.String(description="Where it can be written to.")
        hours = graphene.String(description="When somebody answers.")
        address = graphene.String(description="Where it is.")
        mail_sender = graphene.String(description="The name that its mails come from; empty: its own.")
        return_address = graphene.String(description="Where goods are sent back to.")

    shop = graphene.Field(ShopType, description="The shop as it is now.")

    @classmethod
    def act(cls, request: Any, **given: str | None) -> Any:
        """The shop. INVALID names each field; what is left out, or null, stays."""
        return cls(shop=facts.change(signed_in(request), **given))


class ShopTextsConfirm(Act):
    """Put the shop's rules in force as they are given, read by whoever confirms them."""

    class Meta:
        access = KEEPS_SHOP

    class Input:
        after_sale_zh = graphene.String(required=True, description="Returns and refunds, in Chinese.")
        after_sale_en = graphene.String(required=True, description="The same in English.")
        terms_zh = graphene.String(required=True, description="Terms of sale, in Chinese.")
        terms_en = graphene.String(required=True, description="The same in English.")
        privacy_zh = graphene.String(required=True, description="People's data, in Chinese.")
        privacy_en = graphene.String(required=True, description="The same in English.")
        is_read = graphene.Boolean(required=True, description="That she has read all of it.")

    shop = graphene.Field(ShopType, description="The shop as it is now.")

    @classmethod
    def act(cls, request: Any, is_read: bool, **given: str) -> Any:
        """The shop. INVALID names an empty text, or that it was not said that they were read."""
        return cls(shop=facts.confirm_texts(signed_in(request), is_read, **given))


class ShopLetterSend(Act):
    """Send a letter with a code to one's own mailbox, to see whether the shop's mails arrive."""

    class Meta:
        access = KEEPS_SHOP
        outside = True
        rate = (10, 3600)

    @classmethod
    def act(cls, request: Any) -> Any:
        """Nothing. MAIL_AWAY with the mail server's reason when it did not take the letter."""
        letter.send_test(signed_in(request))


class ShopLetterConfirm(Act):
    """Say which code the letter brought."""

    class Meta:
        access = KEEPS_SHOP
        rate = (20, 3600)

    class Input:
        code = graphene.String(required=True, description="The code in the letter.")

    @classmethod
    def act(cls, request: Any, code: str) -> Any:
        """Nothing. INVALID for another code."""
        letter.confirm(signed_in(request), code)


class ShopSetUp(Act):
    """Become the shop's operator by the link that its server printed."""

    class Meta:
        access = PUBLIC

    class Input:
        token = graphene.String(required=True, description="What the link carries.")
        email = graphene.String(required=True, description="The address to sign in with.")
        password = graphene.String(
            required=True, description="At least 10 characters; of an address that has an account, its own."
        )
        name = graphene.String(description="How to address her.")
        language = graphene.Field(Language, description="The language of her mails; by default the asker's.")

    viewer = graphene.Field(ViewerType, description=HER)

    @classmethod
    def act(
        cls, request: Any, token: str, email: str, password: str, name: str = "", language: Any = None
    ) -> Any:
        """Whoever is signed in now, the shop's operator. TOO_LATE for a link that was used, is an hour old or was
        followed by another; INVALID names each field."""
        return cls(
            viewer=set_up.make_operator(request, token, email, password, name or "", _spoken(language))
        )


def _desk(root: Any, info: Any) -> Shop:
    return Shop.objects.get(pk=1)


class Query:
    shop_desk = guarded(
        graphene.Field(ShopDeskType, resolver=_desk, description="The shop's own facts, to be written."),
        KEEPS_SHOP,
    )
    shop = guarded(
        cache_tags(
            graphene.Field(
                ShopType,
                required=True,
                resolver=lambda root, info: this_shop(),
                description="The shop that answers here.",
            ),
            CACHE_TAG,
        ),
        PUBLIC,
    )


class Mutation:
    shop_update = ShopUpdate.Field()
    shop_texts_confirm = ShopTextsConfirm.Field()
    shop_letter_send = ShopLetterSend.Field()
    shop_letter_confirm = ShopLetterConfirm.Field()
    shop_set_up = ShopSetUp.Field()
