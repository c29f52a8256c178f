"""The reviews on a product's page: by their stars, those in words, and the earlier ones by another look."""

import re

import pytest

from orders.models import Review
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_person, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]


@pytest.fixture
def page(till, a_stand):
    """Eleven reviews: ten of five stars, the first of them in words, then one of two."""
    sold = Sold(till, a_stand, Buyer(a_person(nickname="橙子迷")))
    sold.arrive(0)
    sold.review(5, "很甜。")
    product = Review.objects.get().product
    for stars in [5] * 9 + [2]:
        line = row(sold.buyer.place(sold.lots[0])).lines.get()
        Review.objects.create(product=product, line=line, stars=stars)

    def look(query="", language="zh"):
        path = query or f"/{language}/p/{product.slug}/"
        return (
            Buyer()
            .client.get(path if path.startswith("/") else f"/{language}/p/{product.slug}/{path}")
            .content.decode()
        )

    return look


def reviews(html):
    return html.count('<div class="review">')


def test_they_are_chosen_by_their_stars_and_read_to_the_end(page):
    first = page()
    chips = re.findall(r'href="([^"]*#reviews)"[^>]*>([^<]*)<span\s+class="num"\s*>(\d+)</span>', first)
    assert [(where.partition("?")[2], words.strip(), n) for where, words, n in chips] == [
        ("", "全部", "11"),
        ("withWords=true#reviews", "有文字的", "1"),
        ("stars=5#reviews", "5 星", "10"),
        ("stars=2#reviews", "2 星", "1"),
    ]
    assert reviews(first) == 10
    further = re.search(r'href="(\?after=[^"#]+)#reviews"', first)[1]
    assert reviews(page(further)) == 1 and "很甜。" in page(further) and "很甜。" not in first
    assert (reviews(page("?stars=2")), reviews(page("?withWords=true")), reviews(page("?stars=5"))) == (
        1,
        1,
        10,
    )
    assert 'href="?stars=2#reviews" aria-current="true"' in re.sub(r"\s+", " ", page("?stars=2"))
    assert "没有这样的评价。" in page("?stars=3") and "No such reviews." in page("?stars=3", "en")
    assert reviews(page("?stars=many")) == 10, "what is no number is left aside"
