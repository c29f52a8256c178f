"""What is said to and fro on a claim, as its buyer, its team and the office read it: the same to all three."""

from typing import Any

import graphene

from core import language
from core.api.access import Access
from core.api.facts import needs
from core.api.ids import global_id
from core.api.types import Money, PlainType, enum_of, list_of, money
from orders.links import claim_photo
from orders.models import Claim, ClaimReply
from orders.reads import claim as reads
from orders.reads.claim import MOST_DISPUTES

OF_THE_CLAIM = Access("whoever may see the claim", pii=2)
# Each dispute has its answer; one word brings it before the shop, and one ends it.
MOST_REPLIES = 2 * MOST_DISPUTES + 3
ReplyKind = enum_of(ClaimReply, "kind")


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
    replies = list_of(
        ClaimReplyType, most=MOST_REPLIES, description="What was said about it since, the first first."
    )

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
