"""A product that is off sale says so, one that has another address leads there, and one that never was public is nothing."""

import re

import pytest
from django.test import Client

from catalog.actions import address, card, listing, lot
from catalog.models import FormerSlug, Product
from catalog.naming import in_letters, is_made_of
from catalog.verify import verify
from tests.catalog.world import a_lot, a_product, a_team, a_variant, an_operator
from tests.impact.world import households
from tests.web.test_pages import words

NOT_NOW = {"zh": "这件商品现在不卖", "en": "This is not on sale now"}


@pytest.fixture
def sold(db):
    """A published product of a shelf of two."""
    other = a_lot(a_variant(a_product(a_team())), units=9).variant.product
    team = a_team()
    households(team, 12)
    whole = {"category": other.category, "summary_zh": "一句话", "summary_en": "A sentence"}
    product = a_lot(a_variant(a_product(team, **whole)), units=9).variant.product
    product.other = other
    return product


def the_page(slug: str, language: str = "en"):
    return Client().get(f"/{language}/p/{slug}/")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_off_sale_says_so_with_its_team_and_what_is_like_it(sold, language):
    sold.move_to("archived")
    answer = the_page(sold.slug, language)
    page = words(answer)
    assert answer.status_code == 200 and NOT_NOW[language] in page
    # It was never approved with its name kept: what its team calls it today is not told.
    nameless = {"zh": "这件商品", "en": "This product"}[language]
    assert f"<h1>{nameless}</h1>" in page and f"<title>{nameless} · " in page
    assert '<meta name="robots" content="noindex">' in page
    assert (
        f'href="/{language}/t/{sold.team.slug}/"' in page
        and f'href="/{language}/p/{sold.other.slug}/"' in page
    )
    assert "/do/add_to_cart/" not in page and "og:image" not in page


def test_a_team_that_offers_nothing_any_more_is_not_named(sold):
    sold.move_to("archived")
    type(sold.team).objects.filter(pk=sold.team_id).update(is_active=False)
    page = words(the_page(sold.slug))
    assert NOT_NOW["en"] in page and sold.team.name_en not in page


def test_what_was_recalled_says_that(sold):
    lot.recall(sold.variants.get().lots.get(), None, "检测不合格")
    listing.suspend(sold, None)
    page = words(the_page(sold.slug))
    assert "This was recalled" in page and NOT_NOW["en"] not in page and "检测不合格" not in page
    assert "已经召回" in words(the_page(sold.slug, "zh"))


@pytest.mark.parametrize(
    ("language", "said", "sold_out"), [("zh", "已召回", "售罄"), ("en", "Recalled", "Sold out")]
)
def test_what_is_published_and_recalled_says_so_on_its_page_and_its_card(sold, language, said, sold_out):
    lots = sold.variants.get().lots
    lot.recall(lots.get(), None, "检测不合格")
    page, shelf = (
        words(the_page(sold.slug, language)),
        words(Client().get(f"/{language}/t/{sold.team.slug}/")),
    )
    assert said in page and said in shelf and sold_out not in page and sold_out not in shelf
    assert "检测不合格" not in page and ("请不要食用" if language == "zh" else "do not eat it") in page
    # Another harvest: it is sold again, and as it was sold out before.
    a_lot(sold.variants.get(), units=3)
    card.refresh([sold.pk])
    page = words(the_page(sold.slug, language))
    assert said not in page and sold_out not in page and list(verify()) == []
    type(sold).objects.filter(pk=sold.pk).update(is_recalled=True)
    assert [offence.noun for offence in verify()] == ["Product"]


@pytest.mark.parametrize("state", ["draft", "submitted", "changes_requested", "suspended", "archived"])
def test_what_never_was_published_is_the_same_as_nothing(db, state):
    product = a_product(a_team(), state=state, published_at=None, name_en="Never shown")
    there, nowhere = (Client().get(f"/en/p/{slug}/") for slug in (product.slug, "no-such-thing"))
    assert there.status_code == nowhere.status_code == 404
    told, nothing = (words(answer).replace(product.slug, "no-such-thing") for answer in (there, nowhere))
    assert told == nothing and "Never shown" not in told


def test_a_name_that_waits_for_its_approval_is_told_nowhere(sold):
    operator = an_operator()
    sold.move_to("submitted")
    listing.approve(sold, operator)
    sold.refresh_from_db()
    was = sold.name_en
    listing.change_product(sold, None, name_zh="还没看过的名字", name_en="Not looked at yet")
    page = words(the_page(sold.slug))
    assert NOT_NOW["en"] in page and was in page
    assert "Not looked at yet" not in page and "还没看过" not in words(the_page(sold.slug, "zh"))


# --- Addresses ------------------------------------------------------------------------------------------------------


def test_an_address_says_the_chinese_name_and_is_nobody_elses(sold):
    given = {"name_zh": "五峰高山绿茶", "category": sold.category, "kind": "dry"}
    first = listing.create_product(sold.team, None, **given, name_en="Green tea")
    second = listing.create_product(sold.team, None, **given)
    assert first.slug == in_letters("五峰高山绿茶") == "wufeng-gaoshan-lvcha"
    assert re.fullmatch("wufeng-gaoshan-lvcha-[a-z0-9]{6}", second.slug)
    assert is_made_of(second.slug, "五峰高山绿茶", "product")
    assert not is_made_of("green-tea", "五峰高山绿茶", "product")
    assert len(in_letters("脐橙" * 40)) <= 60 and re.fullmatch(
        "product-[a-z0-9]{6}", address.made_of(Product, "……")
    )


def renamed(sold, name: str):
    """A published product whose new name was approved."""
    type(sold).objects.filter(pk=sold.pk).update(slug=address.made_of(Product, sold.name_zh))
    sold.refresh_from_db()
    operator = an_operator()
    sold.move_to("submitted")
    listing.approve(sold, operator)
    was = sold.slug
    sold.refresh_from_db()
    listing.change_product(sold, None, name_zh=name)
    sold.refresh_from_db()
    assert sold.slug == was, "a name that waits is not told by an address either"
    listing.approve(sold, operator)
    sold.refresh_from_db()
    return was


def test_with_its_name_the_address_moves_and_the_old_one_leads_on_for_ever(sold):
    was = renamed(sold, "郧西核桃")
    assert sold.slug == "yunxi-hetao" != was
    answer = Client().get(f"/en/p/{was}/?utm=letter")
    assert (answer.status_code, answer.url) == (301, "/en/p/yunxi-hetao/?utm=letter")
    assert the_page(sold.slug).status_code == 200
    # From one to the last, not over each between; also when it is off sale.
    type(sold).objects.filter(pk=sold.pk).update(slug="yunxi-hetao-2")
    FormerSlug.objects.create(slug="yunxi-hetao", product=sold)
    assert [the_page(slug).url for slug in (was, "yunxi-hetao")] == ["/en/p/yunxi-hetao-2/"] * 2
    sold.refresh_from_db()
    sold.move_to("archived")
    assert the_page(was).url == "/en/p/yunxi-hetao-2/" and NOT_NOW["en"] in words(the_page("yunxi-hetao-2"))


def test_an_address_that_led_to_one_product_never_becomes_anothers(sold):
    was = renamed(sold, "郧西核桃")
    names = type(sold).objects.get(pk=sold.pk).listing_reviews.last().seen["columns"]["name_zh"]
    again = listing.create_product(sold.team, None, name_zh=names, category=sold.category, kind="dry")
    assert again.slug != was and again.slug.startswith(f"{was}-")


def test_an_address_that_somebody_chose_stays(sold):
    chosen = sold.slug
    sold.move_to("submitted")
    listing.approve(sold, operator := an_operator())
    sold.refresh_from_db()
    listing.change_product(sold, None, name_zh="郧西核桃")
    sold.refresh_from_db()
    listing.approve(sold, operator)
    sold.refresh_from_db()
    assert sold.slug == chosen and not FormerSlug.objects.exists()


def test_what_was_kept_under_an_old_address_is_not_shown_there_any_more(sold):
    guest = Client()
    type(sold).objects.filter(pk=sold.pk).update(slug=address.made_of(Product, sold.name_zh))
    sold.refresh_from_db()
    for _ in range(2):
        assert guest.get(f"/en/p/{sold.slug}/").status_code == 200
    was = renamed(sold, "郧西核桃")
    assert guest.get(f"/en/p/{was}/").status_code == 301


def test_verify_finds_an_address_that_leads_two_ways(sold):
    assert [one for one in verify() if one.noun == "FormerSlug"] == []
    FormerSlug.objects.create(slug=sold.slug, product=sold.other)
    assert [one.id for one in verify() if one.noun == "FormerSlug"] == [sold.slug]
