"""What buyers say is wrong, and the lines of a parcel, as a team's desk sees them."""

from typing import Any

import graphene

from catalog.api.access import at_desk
from core.api.facts import guarded, mark, needs
from core.api.ids import global_id
from core.api.types import Localized, ModelType, MoneyField, PlainType, money
from core.api.types import Money as MoneyType
from core.related import related
from orders.api.claim_talk import ClaimTalk, photo_url
from orders.api.packing import OF_THE_DESK
from orders.models import Claim, Line, Replacement
from orders.reads.address import on_a_parcel
from orders.reads.claim import answer_by
from orders.reads.refund import lost_parcels
from orders.reads.replacement import current, most_units

# `parent` is the team, or a row that belongs to one; what else is here is reached from a desk alone.
DESK = at_desk("orders.pack_and_send", "whoever packs at the team's desk", pii=2)
ANSWERS = at_desk("orders.answer_claims", "whoever answers claims at the team's desk", pii=2)


def id_of(kind: str) -> graphene.Field:
    """The id by which deeds know the thing, whichever type shows it."""

    def resolve(root: Any, info: Any) -> str:
        return global_id(kind, root.uid)

    return graphene.Field(graphene.ID, required=True, resolver=resolve, description=f"The {kind}'s id.")


class DeskLineType(ModelType):
    """What lies in a parcel."""

    class Meta:
        model = Line
        name = "DeskLine"
        main = False
        fields = ("quantity",)
        access = DESK
        about = {"quantity": "Units bought."}

    id = id_of("Line")
    name = Localized("name", description="What was bought, as it was called then.")
    units = graphene.Int(required=True, description="Units to send: without what was given back.")
    net = guarded(MoneyField("net_minor", description="What was paid for it."), ANSWERS)
    refunded = guarded(MoneyField("refunded_minor", description="What of it was given back."), ANSWERS)

    def resolve_units(root, info):
        """Units to be packed: as bought, without those given back."""
        return root.quantity - root.refunded_units


class DeskAddressType(PlainType):
    """Who takes what is sent in place of others, and where."""

    class Meta:
        access = OF_THE_DESK

    recipient = graphene.String(required=True, description="Who takes it.")
    phone = graphene.String(required=True, description="Whom the courier calls.")
    address = graphene.String(required=True, description="Where it goes, as written on the parcel.")

    def resolve_address(root, info):
        """In Chinese, whoever reads it: couriers do."""
        return on_a_parcel(root.region, root.street)


class DeskClaimType(ClaimTalk, ModelType):
    """What a buyer says is wrong, as the team sees it."""

    class Meta:
        model = Claim
        name = "DeskClaim"
        main = False
        fields = ("state", "words", "answer", "made_at", "answered_at")
        access = OF_THE_DESK
        about = {
            "state": "Whether it was answered, and how.",
            "words": "What is wrong, in the buyer's words.",
            "answer": "The words of the last answer; empty until there is one.",
            "made_at": "When it was said.",
            "answered_at": "When it was answered.",
        }

    id = id_of("Claim")
    state_name = graphene.String(required=True, description="Whether it was answered, in words.")
    photo_url = graphene.String(required=True, description="Where its photo is; empty without one.")
    number = graphene.String(required=True, description="The order's number.")
    line = mark(graphene.Field(DeskLineType, required=True, description="What it is about."), relation="line")
    replaceable = graphene.Int(required=True, description="How many units can still be sent in their place.")
    send_to = graphene.Field(
        DeskAddressType,
        description="Where the replacement is to go: for whoever packs here; null unless it waits to be sent.",
    )
    is_to_answer = graphene.Boolean(
        required=True, description="Whether its team answers now: it has not yet, or its buyer did not agree."
    )
    answer_by = graphene.DateTime(
        description="Until when its team answers; the shop decides from then on. Null while that is not its turn."
    )
    refundable = graphene.Field(MoneyType, required=True, description="What can still be given back for it.")
    sending = graphene.Field(
        MoneyType,
        required=True,
        description="What goes back beside it for sending, were all of it given back: of a parcel that never came, "
        "and of which nothing else is left.",
    )

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(Claim.State(root.state).words)

    def resolve_photo_url(root, info):
        """The door asks who is there."""
        return photo_url(root)

    @needs("line")
    def resolve_replaceable(root, info):
        """As many as were not given back."""
        return most_units(root.line)

    @needs("line", "replacements__parcel__region__parent__parent")
    def resolve_send_to(root, info):
        """Asked by whoever packs at the desk alone."""
        one = current(root)
        waits = one is not None and one.state == Replacement.State.AGREED
        return one.parcel if one and waits and DESK.allows(info.context, root.line) else None

    def resolve_is_to_answer(root, info):
        """By its state alone: until the shop has decided its team may still answer."""
        return root.state in Claim.TEAM_TO_ANSWER

    def resolve_answer_by(root, info):
        """Three days after it was said, or said again."""
        return answer_by(root)

    @needs("line__order")
    def resolve_number(root, info):
        """The number of the order that the claim is about."""
        return root.line.order.number

    @needs("line")
    def resolve_refundable(root, info):
        """The most that an answer can still give back of the line, its sending apart."""
        return money(root.refundable_minor)

    @needs("line__shipment__lines")
    def resolve_sending(root, info):
        """What of its sending goes back too, where the parcel has not come and nothing in it would stay paid; else
        0."""
        parcel = root.line.shipment
        beside = related(parcel, "lines") if parcel else []
        return money(sum(lost_parcels(beside, {root.line_id: root.refundable_minor}).values()))
