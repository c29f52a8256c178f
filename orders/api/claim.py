"""Something is wrong with what arrived: told by the buyer, answered by the team."""

from typing import Any

import graphene

from catalog.photos import digest_of
from core import numbers
from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.facts import needs
from core.api.ids import uid_of
from core.api.types import ModelType
from core.language import say
from core.refusals import Invalid
from orders.actions import claim as claims
from orders.api.claim_talk import ClaimTalk, photo_url
from orders.api.payment import BY_LINK, NUMBER, ORDER_HOLDER
from orders.models import Claim
from orders.reads import claim as reads
from orders.reads.shipment import line_received_by

# Beyond every payment there is.
MOST_MINOR = 10**10


class ClaimType(ClaimTalk, ModelType):
    """A buyer's word that something is wrong with a delivered line, and what is said to and fro about it."""

    class Meta:
        model = Claim
        fields = ("state", "words", "answer", "made_at", "answered_at", "refund")
        access = ORDER_HOLDER
        about = {
            "state": "Whether it was answered, and how.",
            "words": "What is wrong, in the buyer's words.",
            "answer": "The words of the last answer; empty until there is one.",
            "made_at": "When it was said.",
            "answered_at": "When it was last answered.",
            "refund": "What was last given back for it.",
        }

    state_name = graphene.String(required=True, description="Whether it was answered, in words.")
    photo_url = graphene.String(
        required=True, description="Where its photo is, for its buyer's account and its team; empty without."
    )

    answer_by = graphene.DateTime(
        description="Until when the team answers; the shop decides in its place from then on. Null while that is not "
        "its turn."
    )
    reply_by = graphene.DateTime(
        description="Until when its buyer may say that the answer is not enough; null while that is not her turn."
    )
    allowed_actions = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What its buyer may do about it now: ACCEPT, DISPUTE, BRING (before the shop, once), ADD_PHOTO.",
    )

    def resolve_answer_by(root, info):
        """Three days after it was said, or said again."""
        return reads.answer_by(root)

    def resolve_reply_by(root, info):
        """A week after the answer."""
        return reads.reply_by(root)

    @needs("replies")
    def resolve_allowed_actions(root, info):
        """By whose turn it is, and what was done before."""
        return reads.allowed_actions(root)

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(Claim.State(root.state).words)

    def resolve_photo_url(root, info):
        """Shown to nobody else: the door asks again."""
        return photo_url(root)


def sent_photos(request: Any) -> dict[str, str]:
    """The photos that come along: with others, or none, it is another deed."""
    photos = request.FILES.getlist("photo")
    return {"photo": " ".join(map(digest_of, photos))} if photos else {}


class ClaimMake(Act):
    """Say that something is wrong with a delivered line. Photos can be sent by the page's form alone."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True  # a file is written, which no transaction takes back
        read_by = {"claim": "orders.reads.claim.claim_by_pk"}
        rate = (20, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        line_id = graphene.ID(required=True, description="The line.")
        words = graphene.String(required=True, description="What is wrong; 2 to 500 characters.")

    claim = graphene.Field(ClaimType, description="The claim; the team is told.")

    @classmethod
    def act(cls, request: Any, number: str, line_id: str, words: str, token: str | None = None) -> Any:
        """The claim, with the photos that a page's form has sent along; JSON brings no files."""
        line = line_received_by(request.user, number, token, uid_of(line_id, "Line", field="line_id"))
        photos = request.FILES.getlist("photo")
        return {"claim": claims.make(line, words, photos, key=request.idempotency_key)}

    @classmethod
    def sent_along(cls, request: Any) -> dict[str, str]:
        """Its photos."""
        return sent_photos(request)


class ClaimAnswer(Act):
    """Answer a claim by giving back an amount, or by a reason: its team's managers; what they leave for three days, or its
    buyer brings before the shop, an operator, whose word ends it."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"claim": "orders.reads.claim.answered_by_pk"}

    class Input:
        claim_id = graphene.ID(
            required=True, description="The claim, on one's own team's desk or the office's to decide."
        )
        words = graphene.String(description="To the buyer; needed when nothing is given back.")
        amount = graphene.String(
            description='What to give back, in yuan: "12.50"; without it, or with 0, nothing is. Of a parcel that never '
            "came, all that is left gives back its sending too."
        )
        replace_units = graphene.Int(
            description="How many units to send in place of others, instead of money; they are taken from the shelf at "
            "once, and go once its buyer agrees. Its team's alone."
        )
        return_to = graphene.String(
            description="Where the goods are to be sent back first: who takes them, a telephone number, an address; 10 to "
            "200 characters. The amount goes back once they have come. Its team's alone."
        )
        return_carrier = graphene.String(description="Who carries them, where the team has paid for a label.")
        return_number = graphene.String(description="The number of the team's label.")

    claim = graphene.Field(ClaimType, description="The claim, answered.")

    @classmethod
    def act(
        cls,
        request: Any,
        claim_id: str,
        words: str | None = None,
        amount: str | None = None,
        replace_units: int | None = None,
        return_to: str | None = None,
        return_carrier: str | None = None,
        return_number: str | None = None,
    ) -> Any:
        """The answered claim. Its team may, and an operator once the team has left it for days or its buyer has brought
        it; TOO_LATE when it is answered already."""
        found = reads.claim_to_answer(request.user, uid_of(claim_id, "Claim", field="claim_id"))
        minor = _fen(amount or "")
        told: dict[str, Any] = {
            "words": words or "",
            "amount_minor": minor,
            "replace_units": replace_units or 0,
        }
        if (return_to or "").strip():
            told["send_back"] = claims.ReturnTerms(return_to or "", return_carrier or "", return_number or "")
        return {"claim": claims.answer(found, request.user, **told)}


def _fen(text: str) -> int:
    """Yuan as a person writes them, in fen."""
    if not text.strip():
        return 0
    try:
        minor = numbers.scaled(text, 2, numbers.MONEY)
    except numbers.NotANumber:
        minor = -1
    if not 0 <= minor < MOST_MINOR:
        raise Invalid(say("请填写金额，例如 12.50。", "Write an amount like 12.50."), field="amount")
    return minor


class Mutation:
    claim_make = ClaimMake.Field()
    claim_answer = ClaimAnswer.Field()
