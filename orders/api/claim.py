"""Something is wrong with what arrived: told by the buyer, answered by the team."""

from typing import Any

import graphene

from catalog.photos import digest_of
from core import language, numbers
from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.ids import global_id, uid_of
from core.api.types import ModelType
from core.language import say
from core.refusals import Invalid
from orders.actions import claim as claims
from orders.api.payment import BY_LINK, NUMBER, ORDER_HOLDER
from orders.links import claim_photo
from orders.models import Claim
from orders.reads import claim as reads
from orders.reads.shipment import line_received_by

# Beyond every payment there is.
MOST_MINOR = 10**10


class ClaimType(ModelType):
    """A buyer's word that something is wrong with a delivered line, and the team's answer."""

    class Meta:
        model = Claim
        fields = ("state", "words", "answer", "made_at", "answered_at", "refund")
        access = ORDER_HOLDER
        about = {
            "state": "Whether it was answered, and how.",
            "words": "What is wrong, in the buyer's words.",
            "answer": "The team's words; empty until it answers.",
            "made_at": "When it was said.",
            "answered_at": "When it was answered.",
            "refund": "What was given back for it.",
        }

    state_name = graphene.String(required=True, description="Whether it was answered, in words.")
    photo_url = graphene.String(
        required=True, description="Where its photo is, for its buyer's account and its team; empty without."
    )

    answer_by = graphene.DateTime(
        description="Until when the team answers; an operator may in its place from then on. Null once it is answered."
    )

    def resolve_answer_by(root, info):
        """Three days after it was said."""
        return reads.answer_by(root)

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(Claim.State(root.state).words)

    def resolve_photo_url(root, info):
        """Shown to nobody else: the door asks again."""
        return photo_url(root)


def photo_url(claim: Claim) -> str:
    """Where the claim's photo is shown."""
    return claim_photo(language.current(), global_id("Claim", claim.uid)) if claim.photo else ""


class ClaimMake(Act):
    """Say that something is wrong with a delivered line. A photo can be sent by the page's form alone."""

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
        """The claim, with the photo that a page's form has sent along; JSON brings no files."""
        line = line_received_by(request.user, number, token, uid_of(line_id, "Line", field="line_id"))
        return {"claim": claims.make(line, words, request.FILES.get("photo"), key=request.idempotency_key)}

    @classmethod
    def sent_along(cls, request: Any) -> dict[str, str]:
        """The photo: with another one, or none, it is another claim."""
        photo = request.FILES.get("photo")
        return {"photo": digest_of(photo)} if photo else {}


class ClaimAnswer(Act):
    """Answer a claim by giving back an amount, or by a reason: its team's managers; what they leave for three days, an operator."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"claim": "orders.reads.claim.answered_by_pk"}

    class Input:
        claim_id = graphene.ID(
            required=True, description="The claim, on one's own team's desk or left to the office."
        )
        words = graphene.String(description="To the buyer; needed when nothing is given back.")
        amount = graphene.String(
            description='What to give back, in yuan: "12.50"; without it, or with 0, nothing is. Of a parcel that never '
            "came, all that is left gives back its sending too."
        )

    claim = graphene.Field(ClaimType, description="The claim, answered.")

    @classmethod
    def act(cls, request: Any, claim_id: str, words: str | None = None, amount: str | None = None) -> Any:
        """The answered claim. Its team may, and an operator once the team has left it for days; TOO_LATE when it
        is answered already."""
        found = reads.claim_to_answer(request.user, uid_of(claim_id, "Claim", field="claim_id"))
        minor = _fen(amount or "")
        return {"claim": claims.answer(found, request.user, words=words or "", amount_minor=minor)}


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
