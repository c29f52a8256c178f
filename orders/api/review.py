"""Reviews: a word for other buyers, by those who received what they write about."""

from typing import Any

import graphene
from django.db.models import QuerySet

from core.api.access import HELD, PUBLIC
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import cache_tags, guarded
from core.api.ids import uid_of
from core.api.types import ModelType, PlainType, list_of
from orders.actions import review as reviews
from orders.api.payment import BY_LINK, NUMBER
from orders.models import Review
from orders.reads import review as reads
from orders.reads.shipment import line_received_by

SLUG = "The product's slug."


class ReviewType(ModelType):
    """What a buyer says of a product that she received."""

    class Meta:
        model = Review
        fields = ("stars", "words", "nickname", "written_at")
        access = HELD
        about = {
            "stars": "One to five.",
            "words": "In her own words; may be empty.",
            "nickname": "As she calls herself here; empty for a guest.",
            "written_at": "When.",
        }


class StarCountType(PlainType):
    """How many have given a product so many stars."""

    class Meta:
        access = HELD

    stars = graphene.Int(required=True, description="One to five.")
    count = graphene.Int(required=True, description="How many reviews.")


class RatingType(PlainType):
    """What all reviews of a product come to."""

    class Meta:
        access = HELD

    count = graphene.Int(required=True, description="How many reviews there are.")
    average = graphene.String(
        description='The mean of their stars, with one decimal: "4.6"; null without any.'
    )
    with_words = graphene.Int(required=True, description="How many of them say something in words.")
    by_stars = list_of(
        StarCountType,
        most=len(reads.STARS),
        description="How many give each number of stars, the most first.",
    )


class ReviewWrite(Act):
    """Review what has arrived, once a line."""

    class Meta:
        access = PUBLIC
        rate = (20, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        line_id = graphene.ID(required=True, description="The line.")
        stars = graphene.Int(required=True, description="One to five.")
        words = graphene.String(description="At most 1,000 characters.")

    review = graphene.Field(ReviewType, description="The review.")

    @classmethod
    def act(
        cls,
        request: Any,
        number: str,
        line_id: str,
        stars: int,
        token: str | None = None,
        words: str | None = None,
    ) -> Any:
        """The review, shown at once; TOO_LATE before it has arrived, CONFLICT for a second, NOT_ALLOWED for one's
        own team's goods."""
        line = line_received_by(request.user, number, token, uid_of(line_id, "Line", field="line_id"))
        return {"review": reviews.write(line, request.user, stars=stars, words=words or "")}


def _reviews(
    root: Any, info: Any, product: str, stars: int | None = None, with_words: bool = False
) -> QuerySet[Review]:
    return reads.reviews_of(product, stars, with_words)


def _rating(root: Any, info: Any, product: str) -> Any:
    return reads.rating_of(product)


def _product() -> graphene.Argument:
    return graphene.Argument(graphene.String, required=True, description=SLUG)


class Query:
    reviews = cache_tags(
        guarded(
            connection_field(
                ReviewType,
                _reviews,
                order=("-written_at", "-id"),
                description="What buyers say of a product, the newest first.",
                same_for=lambda: None,
                compared=("product",),
                product=_product(),
                stars=graphene.Argument(
                    graphene.Int, description="Only those of so many stars, one to five."
                ),
                with_words=graphene.Argument(graphene.Boolean, description="Only those that say something."),
            ),
            PUBLIC,
        ),
        "reviews:{product}",
        "products:{product}",
    )
    rating = cache_tags(
        guarded(
            graphene.Field(
                RatingType,
                required=True,
                args={"product": _product()},
                resolver=_rating,
                description="What the reviews of a product come to.",
            ),
            PUBLIC,
        ),
        "reviews:{product}",
        "products:{product}",
    )


class Mutation:
    review_write = ReviewWrite.Field()
