"""What is said to and fro on a claim, as its buyer, its team and the office read it: the same to all three."""

from typing import Any

import graphene

from core import language
from core.api.access import Access
from core.api.facts import needs
from core.api.ids import global_id
from core.api.types import Money, PlainType, enum_of, list_of, money
from orders.links import claim_photo
from orders.models import Claim, ClaimReply, Replacement, ReturnParcel
from orders.reads import claim as reads
from orders.reads import return_parcel as returns
from orders.reads.claim import MOST_DISPUTES
from orders.reads.replacement import current, send_by
from orders.reads.shipment import tracking_url

OF_THE_CLAIM = Access("whoever may see the claim", pii=2)
# Each dispute has its answer; one word brings it before the shop, and one ends it.
MOST_REPLIES = 2 * MOST_DISPUTES + 3
ReplyKind = enum_of(ClaimReply, "kind")


class ReplacementType(PlainType):
    """What a team offers, or sends, in place of what arrived spoilt."""

    class Meta:
        name = "Replacement"
        access = OF_THE_CLAIM

    id = graphene.ID(
        required=True,
        resolver=lambda root, info: global_id("Replacement", root.uid),
        description="The replacement's id.",
    )
    state = graphene.Field(enum_of(Replacement, "state"), required=True, description="How far it is.")
    state_name = graphene.String(required=True, description="The same, in words.")
    units = graphene.Int(required=True, description="How many units.")
    carrier = graphene.String(required=True, description="Who carries it; empty until it is sent.")
    tracking_number = graphene.String(
        required=True, description="The carrier's number; empty until it is sent."
    )
    tracking_url = graphene.String(description="Where its way can be read; null until it is sent.")
    send_by = graphene.DateTime(
        description="Until when the team sends it, or the claim is answered anew; null unless it waits for that."
    )

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Replacement.State(root.state).words)

    def resolve_carrier(root, info):
        """Its own parcel's."""
        return root.parcel.carrier if root.parcel else ""

    def resolve_tracking_number(root, info):
        """Its own parcel's."""
        return root.parcel.tracking_number if root.parcel else ""

    def resolve_tracking_url(root, info):
        """By its number alone."""
        return tracking_url(root) if root.parcel else None

    def resolve_send_by(root, info):
        """A week from her yes."""
        return send_by(root)


class ReturnParcelType(PlainType):
    """What goes back to a team before its money goes back to the buyer."""

    class Meta:
        name = "ReturnParcel"
        access = OF_THE_CLAIM

    id = graphene.ID(
        required=True,
        resolver=lambda root, info: global_id("ReturnParcel", root.uid),
        description="The return's id.",
    )
    state = graphene.Field(enum_of(ReturnParcel, "state"), required=True, description="How far it is.")
    state_name = graphene.String(required=True, description="The same, in words.")
    amount = graphene.Field(Money, required=True, description="What goes back once it has come.")
    send_to = graphene.String(required=True, description="Who takes it at the team, a telephone, and where.")
    carrier = graphene.String(required=True, description="Who carries it; empty where nothing says.")
    tracking_number = graphene.String(
        required=True, description="The carrier's number, or the label's; may be empty."
    )
    labelled_at = graphene.DateTime(
        description="When the team uploaded the carrier's own label; null where the shop draws one."
    )
    due_by = graphene.DateTime(
        description="Until when the buyer sends it, or the team says that it has come; null while it waits for neither."
    )

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(ReturnParcel.State(root.state).words)

    def resolve_amount(root, info):
        """As the team has promised it."""
        return money(root.amount_minor)

    def resolve_due_by(root, info):
        """Two weeks to send it; ten days to say that it came."""
        return returns.due_by(root)


class ClaimReplyType(PlainType):
    """One word more on a claim."""

    class Meta:
        name = "ClaimReply"
        access = OF_THE_CLAIM

    kind = graphene.Field(ReplyKind, required=True, description="Who says it, and what for.")
    kind_name = graphene.String(required=True, description="The same, in words.")
    words = graphene.String(required=True, description="What is said; may be empty beside money.")
    refunded = graphene.Field(Money, description="What was given back with it; null where nothing was.")
    made_at = graphene.DateTime(required=True, description="When it was said.")
    photo_urls = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Where the photos that came with it are shown; six at most of a claim.",
    )

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(ClaimReply.Kind(root.kind).words)

    def resolve_refunded(root, info):
        """The whole of that refund, its sending too."""
        return money(root.refund.amount_minor) if root.refund else None

    def resolve_photo_urls(root, info):
        """The door asks who is there."""
        return urls_of(root.claim, root)


class ClaimTalk:
    """What a type of a claim tells of what is said about it."""

    photo_urls = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Where the photos that came with its first words are shown; six at most of a claim.",
    )
    replacement = graphene.Field(
        ReplacementType, description="What is offered or sent in its place; null where nothing is."
    )
    replies = list_of(
        ClaimReplyType, most=MOST_REPLIES, description="What was said about it since, the first first."
    )

    return_parcel = graphene.Field(
        ReturnParcelType, description="What goes back to the team first; null where nothing does."
    )

    @needs("returns")
    def resolve_return_parcel(root: Any, info: Any) -> Any:
        """The last that goes on, or has come."""
        return returns.current(root)

    @needs("replacements__parcel")
    def resolve_replacement(root: Any, info: Any) -> Any:
        """The last that was not called off."""
        return current(root)

    @needs("photos")
    def resolve_photo_urls(root: Any, info: Any) -> Any:
        """The door asks who is there."""
        return urls_of(root)

    @needs("replies__refund", "photos", "refund")
    def resolve_replies(root: Any, info: Any) -> Any:
        """Each with the claim, whose photos are here already."""
        rows = reads.replies(root)
        for row in rows:
            row.claim = root
        return rows


def urls_of(claim: Claim, reply: ClaimReply | None = None) -> list[str]:
    """Where the photos of a claim, or of a word said later, are shown."""
    photos: Any = reads.photos_of(claim, reply)
    return [photo_url(claim, "" if photo is claim else photo.uid.hex) for photo in photos]


def photo_url(claim: Claim, more: str = "") -> str:
    """Where the claim's first photo is shown, or one more of it."""
    if not (more or claim.photo):
        return ""
    return claim_photo(language.current(), global_id("Claim", claim.uid), more)
