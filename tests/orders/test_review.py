"""Reviews: by those who received it, once, and what they come to."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from catalog.models import Product, TeamMember
from core.refusals import NotAllowed
from orders.actions import review as reviews
from orders.models import Review
from tests.catalog.world import an_operator
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_person, row
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
ASK = """query($slug: String!) { reviews(product: $slug, first: 10) { nodes { id stars words nickname } totalCount }
    rating(product: $slug) { count average } }"""


@pytest.fixture
def sold(till, a_stand):
    return Sold(till, a_stand, Buyer(a_person(nickname="橙子迷")))


def codes(answer):
    return [error["code"] for error in answer["errors"]]


def told(sold, n=0):
    return Buyer().ask(ASK, slug=sold.lots[n].variant.product.slug)


def test_what_has_arrived_is_reviewed_once_under_a_nickname(sold):
    assert codes(sold.review()) == ["TOO_LATE"]
    sold.arrive(0)
    assert [line["isReviewable"] for line in sold.seen["lines"]] == [True, False]
    assert sold.review(4, "很甜，皮薄。")["review"] == {
        "stars": 4,
        "words": "很甜，皮薄。",
        "nickname": "橙子迷",
    }
    assert codes(sold.review(1)) == ["CONFLICT"]
    assert [line["isReviewable"] for line in sold.seen["lines"]] == [False, False]
    seen = told(sold)
    assert seen["rating"] == {"count": 1, "average": "4.0"} and seen["reviews"]["totalCount"] == 1
    assert told(sold, 1)["rating"] == {"count": 0, "average": None}
    at_rest()


def test_the_mean_has_one_decimal_and_no_float(sold):
    sold.arrive(0)
    sold.review(5)
    first = Review.objects.get()
    for stars in (5, 4, 4, 5):
        line = row(sold.buyer.place(sold.lots[0])).lines.get()
        Review.objects.create(product=first.product, line=line, stars=stars)
    assert told(sold)["rating"] == {"count": 5, "average": "4.6"}


def test_reviews_are_read_by_their_stars_or_by_whether_they_say_something(sold):
    sold.arrive(0)
    sold.review(5, "很甜。")
    first = Review.objects.get()
    for stars, words, is_hidden in (
        (5, "", False),
        (4, "皮薄。", False),
        (2, "", False),
        (2, "坏了。", True),
    ):
        line = row(sold.buyer.place(sold.lots[0])).lines.get()
        Review.objects.create(product=first.product, line=line, stars=stars, words=words, is_hidden=is_hidden)
    ask = """query($slug: String!) { rating(product: $slug) { count withWords byStars { stars count } }
        five: reviews(product: $slug, first: 9, stars: 5) { nodes { stars words } }
        two: reviews(product: $slug, first: 9, stars: 2) { nodes { stars words } }
        six: reviews(product: $slug, first: 9, stars: 6) { totalCount }
        worded: reviews(product: $slug, first: 9, withWords: true) { nodes { stars words } }
        both: reviews(product: $slug, first: 9, withWords: true, stars: 5) { totalCount } }"""
    seen = Buyer().ask(ask, slug=first.product.slug)
    each = [(one["stars"], one["count"]) for one in seen["rating"]["byStars"]]
    assert each == [(5, 2), (4, 1), (3, 0), (2, 1), (1, 0)]
    assert (seen["rating"]["count"], seen["rating"]["withWords"]) == (4, 2)
    assert seen["five"]["nodes"] == [{"stars": 5, "words": ""}, {"stars": 5, "words": "很甜。"}]
    assert seen["two"]["nodes"] == [{"stars": 2, "words": ""}], "a hidden one is in no list"
    assert seen["worded"]["nodes"] == [{"stars": 4, "words": "皮薄。"}, {"stars": 5, "words": "很甜。"}]
    assert (seen["six"]["totalCount"], seen["both"]["totalCount"]) == (0, 1)


@pytest.mark.parametrize(("stars", "words"), [(0, ""), (6, ""), (3, "好" * 1001)])
def test_one_to_five_stars_and_a_thousand_characters(sold, stars, words):
    sold.arrive(0)
    assert codes(sold.review(stars, words)) == ["INVALID"] and Review.objects.count() == 0


def test_nobody_reviews_for_another_nor_what_their_own_team_sells(sold):
    sold.arrive(0)
    given = {"lineId": sold.line_id(0), "stars": 1, "number": sold.order["number"]}
    for asker in (Buyer(), Buyer(a_person()), sold.managers[0]):
        assert asker.refused("reviewWrite", **given) == "NOT_FOUND"
    TeamMember.objects.create(team=sold.line(0).team, person=sold.buyer.person, role="member")
    assert codes(sold.review(5)) == ["NOT_ALLOWED"]
    assert Review.objects.count() == 0


def test_an_operator_takes_a_review_out_of_sight_and_it_is_written_down(sold):
    sold.arrive(0)
    sold.review(1, "骂人的话")
    review = Review.objects.get()
    with pytest.raises(NotAllowed):
        reviews.hide(review, sold.managers[0].person)
    operator = an_operator()
    reviews.hide(review, operator)
    assert told(sold)["rating"]["count"] == 0 and told(sold)["reviews"]["nodes"] == []
    entry = AuditEntry.objects.get(noun="Review")
    assert (entry.actor, entry.deed, entry.object_uid) == (operator, "hide", str(review.uid))


def test_no_operator_hides_what_is_said_of_a_team_that_is_or_was_her_own(sold):
    sold.arrive(0)
    sold.review(1, "酸")
    operator = an_operator()
    part = TeamMember.objects.create(team=sold.line(0).team, person=operator, role="member")
    for ended_at in (None, timezone.now()):
        TeamMember.objects.filter(pk=part.pk).update(ended_at=ended_at)
        with pytest.raises(NotAllowed):
            reviews.hide(Review.objects.get(), operator)
    assert told(sold)["rating"]["count"] == 1


def test_a_product_that_is_not_shown_has_no_reviews_to_show(sold):
    sold.arrive(0)
    sold.review(5)
    Product.objects.update(state="suspended")
    assert told(sold)["rating"]["count"] == 0
