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


def _claim(request: Any, number: str, claim_id: str, token: str | None) -> Claim:
    return claim_of_buyer(request.user, number, token, uid_of(claim_id, "Claim", field="claim_id"))


class ClaimAccept(Act):
    """Its buyer: the answer is well, and nothing more is asked."""

    class Meta:
        access = PUBLIC
        idempotent = True
        read_by = {"claim": "orders.reads.claim.claim_by_pk"}
        rate = (20, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        claim_id = graphene.ID(required=True, description=CLAIM)

    claim = graphene.Field(ClaimType, description="The claim, settled.")

    @classmethod
    def act(cls, request: Any, number: str, claim_id: str, token: str | None = None) -> Any:
        """The claim; TOO_LATE where there is no answer that waits for her."""
        return {"claim": replies.accept(_claim(request, number, claim_id, token))}


class ClaimDispute(Act):
    """Its buyer: the answer is not enough, and the team answers anew. Photos can be sent by the page's form alone."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True  # files are written, which no transaction takes back
        read_by = {"claim": "orders.reads.claim.claim_by_pk"}
        rate = (20, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        claim_id = graphene.ID(required=True, description=CLAIM)
        words = graphene.String(required=True, description=WHY)

    claim = graphene.Field(ClaimType, description="The claim; the team is told.")

    @classmethod
    def act(cls, request: Any, number: str, claim_id: str, words: str, token: str | None = None) -> Any:
        """The claim; TOO_LATE where there is no answer that waits for her, or it went to and fro three times."""
        claim = _claim(request, number, claim_id, token)
        photos = request.FILES.getlist("photo")
        return {"claim": replies.dispute(claim, words, photos, key=request.idempotency_key)}

    @classmethod
    def sent_along(cls, request: Any) -> dict[str, str]:
        """Its photos."""
        return sent_photos(request)


class ClaimBring(Act):
    """Its buyer: the shop is to decide, once and for good. Photos can be sent by the page's form alone."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True  # files are written, which no transaction takes back
        read_by = {"claim": "orders.reads.claim.claim_by_pk"}
        rate = (20, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        claim_id = graphene.ID(required=True, description=CLAIM)
        words = graphene.String(required=True, description=WHY)

    claim = graphene.Field(ClaimType, description="The claim; the office is told.")

    @classmethod
    def act(cls, request: Any, number: str, claim_id: str, words: str, token: str | None = None) -> Any:
        """The claim; TOO_LATE where there is no answer that waits for her, or it was brought before."""
        claim = _claim(request, number, claim_id, token)
        photos = request.FILES.getlist("photo")
        return {"claim": replies.bring(claim, words, photos, key=request.idempotency_key)}

    @classmethod
    def sent_along(cls, request: Any) -> dict[str, str]:
        """Its photos."""
        return sent_photos(request)


class ClaimPhotosAdd(Act):
    """Its buyer: more photos, before the team has answered. They can be sent by the page's form alone."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True  # files are written, which no transaction takes back
        read_by = {"claim": "orders.reads.claim.claim_by_pk"}
        rate = (20, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        claim_id = graphene.ID(required=True, description=CLAIM)

    claim = graphene.Field(ClaimType, description="The claim, with its photos.")

    @classmethod
    def act(cls, request: Any, number: str, claim_id: str, token: str | None = None) -> Any:
        """The claim; TOO_LATE once it is answered, INVALID where there would be more than six."""
        claim = _claim(request, number, claim_id, token)
        return {"claim": replies.add_photos(claim, request.FILES.getlist("photo"))}

    @classmethod
    def sent_along(cls, request: Any) -> dict[str, str]:
        """Its photos."""
        return sent_photos(request)


class Mutation:
    claim_accept = ClaimAccept.Field()
    claim_dispute = ClaimDispute.Field()
    claim_bring = ClaimBring.Field()
    claim_photos_add = ClaimPhotosAdd.Field()
