"""Webhooks: which programs are told what happens, by team or by shop, and what became of each thing they were told."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from catalog.reads.teams import desks_of, team_at_desk
from core.api.access import HELD, SIGNED_IN
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import ModelType, list_of, worded_enum
from orders.actions import webhook as webhooks
from orders.models import Webhook, WebhookMessage
from orders.reads import webhook as reads

KEEPS_SHOPS = whoever_may(reads.KEEP_SHOPS)
WebhookEvent = worded_enum(Webhook.Kind, "WebhookEvent", "What a program may be told of.")


class WebhookMessageType(ModelType):
    """One thing that a program was told, or is to be told: what came of it, and nothing of what was answered beyond a status."""

    class Meta:
        model = WebhookMessage
        fields = ("kind", "noun", "state", "recorded_at", "tries", "called_at", "status", "took_ms", "body")
        access = HELD
        about = {
            "kind": "What happened.",
            "noun": "Of what: an order's number for most. Of one noun each is sent after the one before it.",
            "state": "Whether it was taken.",
            "recorded_at": "When it happened.",
            "tries": "How often it was sent.",
            "called_at": "When it was last sent; null: not yet.",
            "status": "The HTTP status that was last answered; null where nothing came. What else was answered is never kept.",
            "took_ms": "How long that took, in milliseconds.",
            "body": "What is sent, as JSON.",
        }

    message_id = graphene.String(
        required=True, description="As the header webhook-id has it, the same each time it is sent."
    )
    problem = graphene.String(description="Why no answer came, in words; null where one came.")
    due_at = graphene.DateTime(description="When it is sent next; null once it is taken or given up.")

    def resolve_message_id(root, info):
        """By it a program knows what it has had already."""
        return f"msg_{root.uid.hex}"

    def resolve_problem(root, info):
        """In the reader's language."""
        return str(WebhookMessage.Why(root.problem).words) if root.problem else None

    def resolve_due_at(root, info):
        """Its receiver may be left alone for longer."""
        return root.due_at if root.state == WebhookMessage.State.WAITING else None


class WebhookType(ModelType):
    """A program that is told what happens, as whoever keeps it sees it."""

    class Meta:
        model = Webhook
        fields = ("url", "made_at", "failing_since", "rests_until", "former_until", "ended_at")
        access = HELD
        about = {
            "url": "Where it is called: https, on the public internet.",
            "made_at": "Since when.",
            "failing_since": "Since when it has not answered as it should; null: it does.",
            "rests_until": "It failed so often that it is left alone until then; null for most.",
            "former_until": "Until when its former secret signs too; null: it does not.",
            "ended_at": "When it was ended.",
        }

    events = graphene.List(graphene.NonNull(WebhookEvent), required=True, description="What it is told of.")
    is_resting = graphene.Boolean(required=True, description="Whether it is left alone for now.")
    messages = list_of(
        WebhookMessageType,
        most=reads.MOST_SHOWN,
        resolver=lambda root, info: root.messages.order_by("-id")[: reads.MOST_SHOWN],
        description="What it was told last, the newest first; kept for 30 days.",
    )

    def resolve_events(root, info):
        """In the order of an order's life."""
        return root.kinds

    def resolve_is_resting(root, info):
        """After five failures one after the other."""
        return root.is_resting


class _WithWebhook:
    webhook = graphene.Field(WebhookType, description="The receiver as it is now.")


class _WithSecret(_WithWebhook):
    secret = graphene.String(
        description="With it what is sent is signed, by Standard Webhooks. Shown this once, and never again."
    )


class _Terms:
    url = graphene.String(
        required=True,
        description="Where it is called: https on port 443, at most 500 characters, on the public internet.",
    )
    events = graphene.List(
        graphene.NonNull(WebhookEvent), required=True, description="What it is told of: one or more."
    )


TERMS = {name: field for name, field in vars(_Terms).items() if not name.startswith("__")}


def _kinds(events: list[Any]) -> list[str]:
    return [str(getattr(event, "value", event)) for event in events]


class TeamWebhookMake(_WithSecret, Act):
    """Managers: have a program told what happens to the team's orders, at most five of them. It is sent ids alone, signed."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        team = graphene.ID(required=True, description="The asker's own team.")
        locals().update(TERMS)

    @classmethod
    def act(cls, request: Any, team: str, url: str, events: list[Any]) -> Any:
        """The receiver and its secret. INVALID names what is wrong of the address; NOT_FOUND for a team not one's own."""
        found = team_at_desk(request.user, reads.KEEP, uid_of(team, "Team", field="team"))
        made, secret = webhooks.make(found, url, _kinds(events), request.user)
        return cls(webhook=made, secret=secret)


class ShopWebhookMake(_WithSecret, Act):
    """Operators: have a program of the shop's own told what happens to all orders. It is sent ids alone, signed."""

    class Meta:
        access = KEEPS_SHOPS
        rate = (10, 60)

    class Input:
        locals().update(TERMS)

    @classmethod
    def act(cls, request: Any, url: str, events: list[Any]) -> Any:
        """The receiver and its secret. INVALID names what is wrong of the address."""
        made, secret = webhooks.make(None, url, _kinds(events), request.user)
        return cls(webhook=made, secret=secret)


class WebhookUpdate(_WithWebhook, Act):
    """Whoever keeps it: where it is called from now on, and with what. What still waits goes to the new address."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        id = graphene.ID(required=True, description="A receiver of the asker's own team, or the shop's.")
        locals().update(TERMS)

    @classmethod
    def act(cls, request: Any, id: str, url: str, events: list[Any]) -> Any:
        """The receiver. INVALID names what is wrong of the address; NOT_FOUND for another's."""
        found = reads.webhook_of(request.user, uid_of(id, "Webhook"))
        return cls(webhook=webhooks.update(found, url, _kinds(events), request.user))


class WebhookSecretTurn(_WithSecret, Act):
    """Whoever keeps it: a new secret. The former one signs beside it for 24 hours."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        id = graphene.ID(required=True, description="A receiver of the asker's own team, or the shop's.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The receiver and its new secret. NOT_FOUND for another's."""
        found, secret = webhooks.turn_secret(
            reads.webhook_of(request.user, uid_of(id, "Webhook")), request.user
        )
        return cls(webhook=found, secret=secret)


class WebhookEnd(_WithWebhook, Act):
    """Whoever keeps it: call it no more. What waits for it is given up."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="A receiver of the asker's own team, or the shop's.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The receiver, ended. NOT_FOUND for another's, and once it is ended."""
        return cls(webhook=webhooks.end(reads.webhook_of(request.user, uid_of(id, "Webhook")), request.user))


class WebhookTest(Act):
    """Whoever keeps it: send it something of no matter, webhook.test, as all else is sent."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        id = graphene.ID(required=True, description="A receiver of the asker's own team, or the shop's.")

    message = graphene.Field(WebhookMessageType, description="What it is sent; ask again what came of it.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The message, waiting. NOT_FOUND for another's."""
        return cls(message=webhooks.test(reads.webhook_of(request.user, uid_of(id, "Webhook")), request.user))


class WebhookSendAgain(Act):
    """Whoever keeps the receiver: send it once more what it has taken, or what was given up; under the same id."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 60)

    class Input:
        id = graphene.ID(
            required=True, description="A message of a receiver of the asker's own team, or the shop's."
        )

    message = graphene.Field(WebhookMessageType, description="The message, waiting.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The message. One that waits is left as it is; NOT_FOUND for another's."""
        found = reads.message_of(request.user, uid_of(id, "WebhookMessage"))
        return cls(message=webhooks.send_again(found, request.user))


def _of_team(root: Any, info: Any, team: str | None = None) -> QuerySet[Webhook]:
    person = info.context.user
    found = team_at_desk(person, reads.KEEP, uid_of(team, "Team", field="team")) if team else None
    found = found or desks_of(person, reads.KEEP).first()
    return reads.of_team(found) if found else Webhook.objects.none()


class Query:
    team_webhooks = guarded(
        list_of(
            WebhookType,
            most=webhooks.MOST,
            resolver=_of_team,
            description="The programs of a team that the asker manages which are told what happens, the last first.",
            team=graphene.Argument(graphene.ID, description="The asker's own team; without it her first."),
        ),
        SIGNED_IN,
    )


class Mutation:
    team_webhook_make = TeamWebhookMake.Field()
    shop_webhook_make = ShopWebhookMake.Field()
    webhook_update = WebhookUpdate.Field()
    webhook_secret_turn = WebhookSecretTurn.Field()
    webhook_end = WebhookEnd.Field()
    webhook_test = WebhookTest.Field()
    webhook_send_again = WebhookSendAgain.Field()


add_to_office(
    webhooks=guarded(
        list_of(
            WebhookType,
            most=webhooks.MOST,
            resolver=lambda root, info: reads.of_team(None),
            description="The shop's own programs that are told what happens, the last first.",
        ),
        KEEPS_SHOPS,
    )
)
