"""Whether the payments work: keys, notices, and a payment with its refund that buy nothing."""

from typing import Any

import graphene
from django.conf import settings

from accounts.api.shop import KEEPS_SHOP
from accounts.models import Shop
from accounts.reads import signed_in
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import ModelType, MoneyField, PlainType, enum_of
from core.refusals import NotFound
from orders.actions import trial as trials
from orders.models import Notice, Payment, PaymentTrial
from orders.provider import of_new_payments, provider
from orders.reads.mode import key_faults, mode_of_keys


class PaymentTrialType(ModelType):
    """A payment that buys nothing, and its refund."""

    class Meta:
        model = PaymentTrial
        name = "PaymentTrial"
        fields = ("url", "created_at")
        access = HELD
        about = {"url": "Where it is paid.", "created_at": "When it was begun."}

    amount = MoneyField("amount_minor", description="What it moves, and moves back.")
    is_paid = graphene.Boolean(required=True, description="Whether the provider said that it was paid.")
    is_given_back = graphene.Boolean(
        required=True, description="Whether the provider said that it went back."
    )
    refund_state = graphene.String(
        required=True,
        description="How far its refund is, in the provider port's words; empty: not asked for.",
    )

    def resolve_is_paid(root, info):
        """By the provider's last word."""
        return root.payment_was == "succeeded"

    def resolve_is_given_back(root, info):
        """By the provider's last word."""
        return root.refund_was == "succeeded"

    def resolve_refund_state(root, info):
        """By the provider's last word."""
        return root.refund_was


class PaymentCheckType(PlainType):
    """The payments as the server was told to make them."""

    class Meta:
        access = HELD
        name = "PaymentCheck"

    provider = graphene.String(required=True, description="The provider of new payments.")
    mode = graphene.Field(enum_of(Shop, "mode"), required=True, description="What its keys move.")
    faults = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What is wrong with its keys, in sentences.",
    )
    currency = graphene.String(required=True, description="ISO 4217, here always CNY.")
    methods = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="How buyers can pay, in words."
    )
    notices_address = graphene.String(required=True, description="Where the provider is to send its notices.")
    notices = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Which notices, in the provider's words.",
    )
    noticed_at = graphene.DateTime(description="When its last true notice came; null: none yet.")
    trial = graphene.Field(PaymentTrialType, description="The last payment that was tried; null: none yet.")


def _check(root: Any, info: Any) -> dict[str, Any]:
    name = of_new_payments()
    till = provider(name)
    last = Notice.objects.filter(provider=name).order_by("-id").first()
    return {
        "provider": name,
        "mode": mode_of_keys(),
        "faults": [str(words) for words in key_faults()],
        "currency": "CNY",
        "methods": [Payment.Method.in_words(method) for method in till.methods],
        "notices_address": f"{settings.SITE_URL}/notices/{name}/",
        "notices": till.notice_words,
        "noticed_at": last.received_at if last else None,
        "trial": PaymentTrial.objects.order_by("-id").first(),
    }


class PaymentTrialBegin(Act):
    """Open a page where the smallest payment can be made, which buys nothing and is given back."""

    class Meta:
        access = KEEPS_SHOP
        outside = True
        rate = (10, 3600)

    trial = graphene.Field(PaymentTrialType, description="Where to pay.")

    @classmethod
    def act(cls, request: Any) -> Any:
        """The trial. PROVIDER_SAID_NO with its reason when it would not open the page."""
        return cls(trial=trials.begin(signed_in(request)))


class PaymentTrialLook(Act):
    """Ask the provider how a tried payment and its refund stand."""

    class Meta:
        access = KEEPS_SHOP
        outside = True
        rate = (60, 3600)

    class Input:
        id = graphene.ID(required=True, description="The trial's id.")

    trial = graphene.Field(PaymentTrialType, description="As it stands now.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The trial. PROVIDER_SAID_NO when the provider cannot be asked; NOT_FOUND for another id."""
        return cls(trial=trials.look(_trial(id), signed_in(request)))


class PaymentTrialRefund(Act):
    """Ask the provider to give a tried payment back; asked twice it is given once."""

    class Meta:
        access = KEEPS_SHOP
        outside = True
        rate = (20, 3600)

    class Input:
        id = graphene.ID(required=True, description="The trial's id.")

    trial = graphene.Field(PaymentTrialType, description="As it stands now.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The trial. CONFLICT before it was paid, PROVIDER_SAID_NO with the provider's reason."""
        return cls(trial=trials.refund(_trial(id), signed_in(request)))


def _trial(id: str) -> PaymentTrial:
    found = PaymentTrial.objects.filter(uid=uid_of(id, "PaymentTrial")).first()
    if found is None:
        raise NotFound()
    return found


class Query:
    payment_check = guarded(
        graphene.Field(PaymentCheckType, resolver=_check, description="How the payments are made here."),
        KEEPS_SHOP,
    )


class Mutation:
    payment_trial_begin = PaymentTrialBegin.Field()
    payment_trial_look = PaymentTrialLook.Field()
    payment_trial_refund = PaymentTrialRefund.Field()
