"""Search finds what people mean: in Chinese, pinyin, initials and English, with a slip of the finger too."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalog import search, tasks
from catalog.actions import card, listing, stock
from catalog.models import Lot, Product, SearchEntry
from catalog.search import Ask, Where
from core import clock
from core.refusals import Invalid
from tests.catalog.world import a_category, a_county, a_lot, a_product, a_region, a_team, a_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """Four products of two teams; the mandarins are sold out, the loquats out of season."""
    other_month = clock.today().month % 12 + 1
    hubei = a_county().parent.parent
    enshi = a_region("422800", "恩施州", "Enshi", 2, hubei)
    far = a_team(
        name_zh="恩施示例队",
        name_en="Enshi Demo Team",
        county=a_region("422801", "恩施市", "Enshi City", 3, enshi),
    )
    near = a_team(name_zh="秭归示例队", name_en="Zigui Demo Team")
    tea, fruit = a_category("tea", "茶叶", "Tea"), a_category()

    def one(key, zh, en, team, category, price, units=9, **fields):
        product = a_product(team, slug=key, name_zh=zh, name_en=en, category=category, **fields)
        a_lot(a_variant(product, price_minor=price), units=units or 1)
        if not units:
            Lot.objects.filter(variant__product=product).update(state="closed")
            card.refresh([product.id])
        search.index([product.id])
        return product.id

    return {
        "orange": one("orange", "秭归夏橙", "Zigui summer oranges", near, fruit, 3690),
        "mandarin": one("mandarin", "武当蜜橘", "Wudang mandarins", near, fruit, 2900, units=0),
        "loquat": one(
            "loquat", "通山枇杷", "Tongshan loquats", near, fruit, 5800, season_months=[other_month]
        ),
        "tea": one("tea", "恩施玉露", "Enshi Yulu steamed green tea", far, tea, 8800, kind="dry"),
    }


def found(shop, words, **where):
    ids = search.answer(Ask(words, Where(**where))).found.ids
    return [next(key for key, pk in shop.items() if pk == one) for one in ids]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("夏橙", "orange"),
        ("秭归夏橙", "orange"),
        ("橙", "orange"),
        ("归夏", "orange"),  # across two words
        ("秭归县", None),  # the place: near's three
        ("xiacheng", "orange"),
        ("ziguixiacheng", "orange"),
        ("xia cheng", "orange"),
        ("xiach", "orange"),
        ("zgxc", "orange"),
        ("xc", "orange"),
        ("summer orange", "orange"),
        ("ORANGES", "orange"),
        ("夏橙 orange", "orange"),
        ("枇杷", "loquat"),
        ("玉露", "tea"),
        ("yulu", "tea"),
        ("茶叶", "tea"),
        ("green tea", "tea"),
        ("恩施州", "tea"),
    ],
)
def test_what_is_asked_for_comes_first(shop, words, key):
    if key:
        assert found(shop, words)[:1] == [key]
    else:
        assert set(found(shop, words)) == {"orange", "mandarin", "loquat"}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("枝归夏橙", "orange"),  # another character
        ("夏澄", "orange"),  # spoken alike
        ("恩施玉路", "tea"),
        ("summer ornages", "orange"),
        ("loqats", "loquat"),
        ("mandrins", "mandarin"),
    ],
)
def test_a_slip_of_the_finger_still_finds_it(shop, words, key):
    assert found(shop, words)[:1] == [key]


@pytest.mark.parametrize(
    "words", ["拖拉机", "tractor", "zzzz", "'; DROP TABLE", "%", "\\", "a" * 500, "&|!:*()"]
)
def test_what_there_is_not_is_not_found_and_nothing_breaks(shop, words):
    if any(c.isalnum() for c in words):
        assert found(shop, words) == []
    else:
        assert len(found(shop, words)) == 4  # no word in it: everything


def test_the_very_title_comes_before_what_mentions_it(shop):
    cake = a_product(slug="cake", name_zh="夏橙糕", name_en="Cake of oranges", summary_zh="秭归夏橙 秭归夏橙")
    a_lot(a_variant(cake), units=5)
    search.index([cake.id])
    assert found({**shop, "cake": cake.id}, "秭归夏橙")[0] == "orange"
    assert found({**shop, "cake": cake.id}, "夏橙糕")[0] == "cake"


def test_facets_count_what_each_choice_would_leave(shop):
    tally = search.answer(Ask("")).tally
    assert tally.total == 4
    assert tally.counts["category"] == {"fruit": 3, "tea": 1}
    assert tally.counts["division"] == {"420500": 3, "422800": 1}
    assert tally.counts["kind"] == {"fresh": 3, "dry": 1}
    assert tally.counts["season"] == {"true": 3, "false": 1}
    assert tally.counts["stock"] == {"true": 3, "false": 1}
    assert tally.counts["price"] == {"0": 1, "1": 1, "2": 1, "3": 1}


def test_a_facet_respects_the_other_choices_and_not_its_own(shop):
    tally = search.answer(Ask("", Where(category=("fruit",), in_stock=True))).tally
    assert tally.total == 2
    assert tally.counts["category"] == {"fruit": 2, "tea": 1}
    assert tally.counts["stock"] == {"true": 2, "false": 1}
    assert tally.counts["price"] == {"1": 1, "2": 1}
    assert found(shop, "", category=("fruit",), in_stock=True) == ["orange", "loquat"]


def test_words_narrow_the_facets_too(shop):
    tally = search.answer(Ask("夏橙")).tally
    assert tally.total == 1
    assert tally.counts["category"] == {"fruit": 1}


def test_several_values_of_one_facet_are_alternatives_and_none_matches_nothing(shop):
    assert set(found(shop, "", category=("fruit", "tea"))) == set(shop)
    assert found(shop, "", category=()) == []
    assert found(shop, "", price_min=2900, price_max=3690) == ["orange", "mandarin"]
    assert found(shop, "", in_season=False) == ["loquat"]
    assert set(found(shop, "", team=Product.objects.get(slug="tea").team.slug)) == {"tea"}


@pytest.mark.parametrize("sort", ["BEST", "NEWEST", "PRICE_ASC", "PRICE_DESC", "SEASON"])
@pytest.mark.parametrize("words", ["", "示例"])
def test_pages_show_each_product_once(shop, sort, words):
    whole = search.answer(Ask(words, sort=sort)).found.ids
    assert sorted(whole) == sorted(shop.values())
    paged, after = [], None
    while True:
        page = search.answer(Ask(words, sort=sort, first=1, after=after)).found
        paged += page.ids
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert paged == whole


def test_orders_by_price(shop):
    by_price = [shop[key] for key in ("mandarin", "orange", "loquat", "tea")]
    assert search.answer(Ask("", sort="PRICE_ASC")).found.ids == by_price
    assert search.answer(Ask("", sort="PRICE_DESC")).found.ids == by_price[::-1]


@pytest.mark.parametrize("cursor", ["x", "WyJORVdFU1QiLCJub3QgYSBkYXRlIiwxXQ==", "WzFd", "bnVsbA=="])
def test_a_cursor_that_is_not_ours_is_refused(shop, cursor):
    with pytest.raises(Invalid):
        _ = search.answer(Ask("", sort="NEWEST", after=cursor)).found


def test_what_is_not_published_is_neither_found_nor_counted(shop):
    listing.suspend(Product.objects.get(slug="orange"), None)
    assert found(shop, "夏橙") == [] and search.answer(Ask("夏橙")).tally.total == 0


def test_what_is_reserved_is_not_in_stock_until_it_is_released(shop):
    lot = Lot.objects.get(variant__product__slug="orange")
    holder = uuid4()
    stock.reserve(holder, {lot.variant_id: 9}, timezone.now() + timedelta(minutes=15))
    assert found(shop, "", in_stock=True, category=("fruit",)) == ["loquat"]
    assert search.answer(Ask("")).tally.counts["stock"] == {"true": 2, "false": 2}
    stock.release([holder])
    assert search.answer(Ask("")).tally.counts["stock"] == {"true": 3, "false": 1}


def test_the_index_is_made_anew_from_the_products(shop, capsys):
    SearchEntry.objects.all().delete()
    call_command("rebuild_search")
    assert "postgresql: 4 products" in capsys.readouterr().out
    assert found(shop, "夏橙") == ["orange"]


def test_what_an_upgrade_left_without_an_entry_gets_one(shop):
    SearchEntry.objects.filter(product_id=shop["orange"]).delete()
    assert tasks.mend_search() == 1 and tasks.mend_search() == 0
    assert found(shop, "夏橙") == ["orange"]


def test_an_entry_that_says_something_else_than_its_card_is_named(shop):
    assert list(card.stale()) == []
    SearchEntry.objects.filter(product_id=shop["orange"]).update(in_stock=False)
    assert [row[:2] for row in card.stale()] == [("SearchEntry", "orange")]


def test_finding_and_counting_take_a_statement_each(shop, django_assert_num_queries):
    clock.today()
    with django_assert_num_queries(2):
        answer = search.answer(Ask("夏橙", Where(category=("fruit",))))
        assert answer.found.ids == [shop["orange"]] and answer.tally.total == 1
