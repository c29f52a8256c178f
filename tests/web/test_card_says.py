"""A card says for how much its price is, what a kilogram or a litre comes to, and what buyers think of it."""

import pytest
from django.test import Client

from catalog.actions import card
from catalog.models import Picture, Product
from catalog.search import measures
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db


def the_card(product: Product, language: str) -> str:
    page = words(Client().get(f"/{language}/t/{product.team.slug}/"))
    (shown,) = [part for part in page.split('<li class="card">')[1:] if f"/p/{product.slug}/" in part]
    return shown.partition("</li>")[0]


def a_thing(*sizes: tuple[int, str]) -> Product:
    product = a_product(a_team())
    for n, (minor, net) in enumerate(sizes):
        a_lot(a_variant(product, price_minor=minor, net_content=net, position=n), units=9)
    product.refresh_from_db()
    return product


def test_a_card_says_for_how_much_and_what_a_kilogram_comes_to():
    product = a_thing((3690, "2.5 kg"))
    zh, en = the_card(product, "zh"), the_card(product, "en")
    for shown in (zh, en):
        assert "¥36.90" in shown and "/ 2.5 kg" in shown
    assert "¥14.76/公斤 · ¥7.38/500 克" in zh and " 起" not in zh
    assert "¥14.76 a kg · ¥7.38 for 500 g" in en and "from" not in en


def test_of_several_sizes_the_cheapest_is_told_with_from():
    product = a_thing((9990, "10 kg"), (3000, "300 g × 2"))
    zh, en = the_card(product, "zh"), the_card(product, "en")
    assert "¥30.00" in zh and "起" in zh and "¥50.00/公斤 · ¥25.00/500 克" in zh
    assert "from" in en and "/ 300 g × 2" in en
    cheap = product.variants.get(price_minor=3000)
    cheap.is_offered = False
    cheap.save()
    card.refresh([product.id])
    product.refresh_from_db()
    assert (product.net_content_from, product.size_count) == ("10 kg", 1)
    assert "¥9.99/公斤" in the_card(product, "zh") and list(card.stale()) == []


def test_oil_is_told_by_the_litre_and_baskets_by_neither():
    assert "¥100.00/升" in the_card(a_thing((5000, "500 ml")), "zh")
    shown = the_card(a_thing((5000, "1 只")), "en")
    assert (
        "a kg" not in shown
        and "a litre" not in shown
        and "/ 1 只" in shown.replace('<span lang="zh-Hans">', "")
    )


@pytest.mark.parametrize(
    ("net", "amount"),
    [
        ("2.5公斤", (2500, "g")),
        ("12 × 250ml", (3000, "ml")),
        ("", None),
        ("0 g", None),
        ("1 kg + 2 kg", None),
    ],
)
def test_a_net_content_is_read_or_it_is_not(net, amount):
    assert measures.amount(net) == amount


def test_a_card_shows_stars_with_their_number():
    product = a_thing((3690, "2.5 kg"))
    assert "stars" not in the_card(product, "en")
    Product.objects.filter(pk=product.pk).update(rating_tenths=46, reviews_shown=1, sold_step=50)
    product.refresh_from_db()
    en = the_card(product, "en")
    assert 'aria-label="4.6 stars, 1 review"' in en and "50+ sold" in en
    assert 'aria-label="4.6 星，1 条评价"' in the_card(product, "zh")


def test_a_card_in_what_is_bought_together_says_when_a_pre_sale_is_sent():
    """As every other: one fragment asks for what every card shows."""
    from shop.web.document import HERE

    asked = {path.read_text().partition("fragment Card on Product")[2] for path in HERE.glob("*/*.graphql")}
    assert len(asked - {""}) == 1


def test_each_photo_leads_to_the_large_one():
    product = a_thing((3690, "2.5 kg"))
    for name in ("first", "second"):
        Picture.objects.create(
            product=product,
            file=f"pictures/{name}.webp",
            card_file=f"pictures/{name}-small.webp",
            width=9,
            height=9,
        )
    page = words(Client().get(f"/en/p/{product.slug}/"))
    for name in ("first", "second"):
        assert f'pictures/{name}.webp" data-enlarge>' in page
    # What is small on the page is fetched small.
    assert (
        'src="/media/pictures/second-small.webp"' in page and 'src="/media/pictures/second.webp"' not in page
    )
