"""What a buyer says to a claim's answer: that it is well, that it is not enough, or that the shop is to decide."""

from typing import Any

import graphene

from core.api.access import PUBLIC
from core.api.act import Act
from core.api.ids import uid_of
from orders.actions import claim_reply as replies
from orders.api.claim import ClaimType, sent_photos
from orders.api.payment import BY_LINK, NUMBER
from orders.models import Claim
from orders.reads.claim import claim_of_buyer

CLAIM = "The claim."
WHY = "Why; 2 to 500 characters."


# Files are written where photos come along, which no transaction takes back: such an act runs outside of one.
READ_BY = {"claim": "orders.reads.claim.claim_by_pk"}
RATE = (20, 60)


class OfItsBuyer:
    """Which claim, asked by its buyer: signed in, or by the link of her order."""

    number = graphene.String(required=True, description=NUMBER)
    token = graphene.String(description=BY_LINK)
    claim_id = graphene.ID(required=True, description=CLAIM)


class ClaimAct(Act):
    """A buyer's word on a claim of hers, answered with the claim as it is then."""

    class Meta:
        abstract = True

    claim = graphene.Field(ClaimType, description="The claim as it is now.")

    @classmethod
    def act(cls, request: Any, number: str, claim_id: str, token: str | None = None, **said: Any) -> Any:
        """The claim, as `answer` leaves it."""
        claim = claim_of_buyer(request.user, number, token, uid_of(claim_id, "Claim", field="claim_id"))
        return {"claim": cls.answer(request, claim, **said)}

    @classmethod
    def answer(cls, request: Any, claim: Claim, **said: Any) -> Claim:
        """What becomes of it by this word."""
        raise NotImplementedError


class ClaimActWithPhotos(ClaimAct):
    """The same, with photos: they are sent by the page's form alone."""

    class Meta:
        abstract = True

    @classmethod
    def sent_along(cls, request: Any) -> dict[str, str]:
        """Its photos."""
        return sent_photos(request)


class ClaimAccept(ClaimAct):
    """Its buyer: the answer is well, and nothing more is asked."""

    class Meta:
        access = PUBLIC
        idempotent = True
        read_by = READ_BY
        rate = RATE

    class Input(OfItsBuyer):
        pass

    @classmethod
    def answer(cls, request: Any, claim: Claim) -> Claim:
        """Settled; TOO_LATE where there is no answer that waits for her."""
        return replies.accept(claim)


class ClaimDispute(ClaimActWithPhotos):
    """Its buyer: the answer is not enough, and the team answers anew. Photos can be sent by the page's form alone."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True
        read_by = READ_BY
        rate = RATE

    class Input(OfItsBuyer):
        words = graphene.String(required=True, description=WHY)

    @classmethod
    def answer(cls, request: Any, claim: Claim, words: str) -> Claim:
        """The team is told; TOO_LATE where there is no answer that waits for her, or it went to and fro three times."""
        return replies.dispute(claim, words, request.FILES.getlist("photo"), key=request.idempotency_key)


class ClaimBring(ClaimActWithPhotos):
    """Its buyer: the shop is to decide, once and for good. Photos can be sent by the page's form alone."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True
        read_by = READ_BY
        rate = RATE

    class Input(OfItsBuyer):
        words = graphene.String(required=True, description=WHY)

    @classmethod
    def answer(cls, request: Any, claim: Claim, words: str) -> Claim:
        """The office is told; TOO_LATE where there is no answer that waits for her, or it was brought before."""
        return replies.bring(claim, words, request.FILES.getlist("photo"), key=request.idempotency_key)


class ClaimPhotosAdd(ClaimActWithPhotos):
    """Its buyer: more photos, before the team has answered. They can be sent by the page's form alone."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True
        read_by = READ_BY
        rate = RATE

    class Input(OfItsBuyer):
        pass

    @classmethod
    def answer(cls, request: Any, claim: Claim) -> Claim:
        """With them; TOO_LATE once it is answered, INVALID where there would be more than six."""
        return replies.add_photos(claim, request.FILES.getlist("photo"))


class Mutation:
    claim_accept = ClaimAccept.Field()
    claim_dispute = ClaimDispute.Field()
    claim_bring = ClaimBring.Field()
    claim_photos_add = ClaimPhotosAdd.Field()
