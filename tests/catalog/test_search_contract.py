"""Search finds what people mean: in Chinese, pinyin, initials and English, with a slip of the finger too.

One suite for each engine: PostgreSQL, one in memory that speaks Elasticsearch, and a real Elasticsearch node.
"""

import csv
import json
import random
from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from catalog import search
from catalog.actions import card, listing, rating, sold, stock
from catalog.models import Lot, Product
from catalog.search import SearchRequest, Where
from catalog.search.pages import KEYS
from core import clock, deliveries
from core.refusals import Invalid
from shop.demo import words as demo
from shop.demo.shelves import months_of
from tests.catalog.world import a_category, a_county, a_lot, a_product, a_region, a_team, a_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(engine):
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


def answer(words="", *, sort="BEST", first=24, after=None, **where):
    """What the engine says once it was told what has happened, and that it was the engine who said so."""
    deliveries.drain()
    said = search.answer(SearchRequest(words, Where(**where), sort, first, after))
    assert said.engine == search.engine().name
    return said


def found(shop, words, **where):
    ids = answer(words, **where).found.ids
    return [next(key for key, pk in shop.items() if pk == one) for one in ids]


def firsts(shop, *questions):
    return {words: (found(shop, words) or [None])[0] for words in questions}


def test_what_is_asked_for_comes_first(shop):
    orange = ["夏橙", "秭归夏橙", "橙", "xiacheng", "ziguixiacheng", "xia cheng", "xiach", "zgxc", "xc"]
    orange += ["归夏", "summer orange", "ORANGES", "夏橙 orange", "Zigui summer oranges", "“夏橙”"]
    tea = ["玉露", "yulu", "茶叶", "green tea", "恩施州", "Ｇreen　Tea"]
    assert firsts(shop, *orange) == dict.fromkeys(orange, "orange")
    assert firsts(shop, *tea, "枇杷") == dict.fromkeys(tea, "tea") | {"枇杷": "loquat"}
    assert set(found(shop, "秭归县")) == {"orange", "mandarin", "loquat"}  # the place


def test_several_words_for_one_thing_find_the_same(shop):
    oranges = [
        "脐橙",
        "橙子",
        "orange",
        "oranges",
        "chengzi",
        "qicheng",
        "navel oranges",
        "秭归 橙子",
        "秭归橙子",
    ]
    assert {words: found(shop, words) for words in oranges} == dict.fromkeys(oranges, ["orange"])
    assert found(shop, "橘子") == found(shop, "mandarin") == found(shop, "juzi") == ["mandarin"]


def test_a_word_alone_may_be_unfinished_and_several_where_nothing_answers_otherwise(shop):
    assert found(shop, "summ") == ["orange"]
    assert found(shop, "zigui summer or") == found(shop, "zigui summ orang") == ["orange"]
    assert set(found(shop, "zigui demo tea")) == {"orange", "mandarin", "loquat"}  # its team
    assert found(shop, "zi sum or") == ["orange"]
    assert found(shop, "脐橙 summ") == found(shop, "橙子 zig summ") == ["orange"]  # beside another name, too
    # One word of pinyin, written apart.
    assert found(shop, "pi pa") == ["loquat"] and found(shop, "zi gui xia cheng") == ["orange"]
    # Green tea is there, so nothing that only begins so is meant.
    green = a_product(
        Product.objects.get(slug="tea").team, slug="greenish", name_zh="绿意茶", name_en="Greenish tea"
    )
    search.index([green.id])
    assert found(shop, "green tea") == ["tea"]


def test_a_slip_of_the_finger_still_finds_it(shop):
    meant = {
        "枝归夏橙": "orange",  # another character
        "夏澄": "orange",  # spoken alike
        "恩施玉路": "tea",
        "summer ornages": "orange",
        "somer oranges": None,  # two slips in a short word are another word
        "xiahceng": "orange",
        "loqats": "loquat",
        "mandrins": "mandarin",
    }
    assert firsts(shop, *meant) == meant


def test_what_there_is_not_is_not_found_and_nothing_breaks(shop):
    nothing = ["拖拉机", "tractor", "zzzz", "'; DROP TABLE", "a" * 10_000, "橙" * 10_000, "\u202e夏\ufffd拖"]
    nothing += ["words:夏橙", "夏橙~2", '{"match_all": {}}', "ctext:(", "夏橙 AND NOT"]
    assert {words: found(shop, words) for words in nothing} == dict.fromkeys(nothing, [])
    for no_word in [
        "%",
        "_",
        "\\",
        "&|!:*()",
        "*:*",
        "/.*/",
        "\u0007\x1b[",
        "'",
        '"',
        "🍊",
        "かき",
        "\U0002a6d6",
    ]:
        assert found(shop, no_word) == []
    assert len(found(shop, "")) == len(found(shop, " \u3000")) == 4  # everything


def test_the_very_title_comes_before_what_mentions_it(shop):
    cake = a_product(slug="cake", name_zh="夏橙糕", name_en="Cake of oranges", summary_zh="秭归夏橙 秭归夏橙")
    a_lot(a_variant(cake), units=5)
    search.index([cake.id])
    assert found({**shop, "cake": cake.id}, "秭归夏橙")[0] == "orange"
    assert found({**shop, "cake": cake.id}, "夏橙糕")[0] == "cake"


def test_facets_count_what_each_choice_would_leave(shop):
    tally = answer().tally
    assert tally.total == 4
    assert tally.counts["category"] == {"fruit": 3, "tea": 1}
    assert tally.counts["division"] == {"420500": 3, "422800": 1}
    assert tally.counts["kind"] == {"fresh": 3, "dry": 1}
    assert tally.counts["season"] == {"true": 3, "false": 1}
    assert tally.counts["stock"] == {"true": 3, "false": 1}
    assert tally.counts["price"] == {"0": 1, "1": 1, "2": 1, "3": 1}


def test_a_facet_respects_the_other_choices_and_not_its_own(shop):
    tally = answer(category=("fruit",), in_stock=True).tally
    assert tally.total == 2
    assert tally.counts["category"] == {"fruit": 2, "tea": 1}
    assert tally.counts["stock"] == {"true": 2, "false": 1}
    assert tally.counts["price"] == {"1": 1, "2": 1}
    assert found(shop, "", category=("fruit",), in_stock=True) == ["orange", "loquat"]


def test_words_narrow_the_facets_too(shop):
    tally = answer("夏橙").tally
    assert tally.total == 1
    assert tally.counts["category"] == {"fruit": 1}


def test_several_values_of_one_facet_are_alternatives_and_none_matches_nothing(shop):
    assert set(found(shop, "", category=("fruit", "tea"))) == set(shop)
    assert found(shop, "", category=()) == []
    assert found(shop, "", price_min=2900, price_max=3690) == ["orange", "mandarin"]
    assert found(shop, "", in_season=False) == ["loquat"]
    assert set(found(shop, "", team=Product.objects.get(slug="tea").team.slug)) == {"tea"}


def test_pages_show_each_product_once(shop):
    of_zigui = {"orange", "mandarin", "loquat"}  # one by its title, the others by their team
    for words, keys in {"": set(shop), "示例": set(shop), "秭归": of_zigui, "zigui": of_zigui}.items():
        for sort in KEYS:
            whole = answer(words, sort=sort).found.ids
            assert sorted(whole) == sorted(shop[key] for key in keys)
            paged, after = [], None
            for _ in whole:
                page = answer(words, sort=sort, first=1, after=after).found
                assert page.has_next == (len(paged) < len(whole) - 1)
                paged, after = paged + page.ids, page.cursors[-1]
            assert paged == whole


def test_a_page_that_ends_among_the_titles_goes_on_with_the_others(shop):
    for words in ("秭归", "zigui"):
        page = answer(words, first=2, in_season=True).found
        assert (page.ids, page.has_next) == ([shop["orange"], shop["mandarin"]], False)
        page = answer(words, first=2).found
        assert page.ids[0] == shop["orange"] and page.has_next
        rest = answer(words, first=2, after=page.cursors[-1]).found
        assert {*page.ids, *rest.ids} == {shop[key] for key in ("orange", "mandarin", "loquat")}
        assert (len(rest.ids), rest.has_next) == (1, False)


def test_orders_by_price(shop):
    by_price = [shop[key] for key in ("mandarin", "orange", "loquat", "tea")]
    assert answer(sort="PRICE_ASC").found.ids == by_price
    assert answer(sort="PRICE_DESC").found.ids == by_price[::-1]


def test_orders_by_what_was_sold_in_steps_and_by_stars_then_the_newest(shop):
    sold.tell(clock.today(), {shop["orange"]: 49, shop["loquat"]: 10, shop["tea"]: 50})
    assert answer(sort="SALES").found.ids == [shop[key] for key in ("tea", "loquat", "orange", "mandarin")]
    rating.keep(shop["orange"], 48, 5)
    rating.keep(shop["mandarin"], 48, 6)
    assert answer(sort="RATING").found.ids == [shop[key] for key in ("mandarin", "orange", "tea", "loquat")]
    page = answer(sort="SALES", first=2).found
    assert answer(sort="SALES", after=page.cursors[-1]).found.ids == [shop["orange"], shop["mandarin"]]


def test_a_cursor_tells_neither_ids_nor_times_nor_prices(shop):
    for sort in KEYS:
        page = answer(sort=sort).found
        assert len(page.cursors) == len(page.ids) == len(set(page.cursors)) > 2
        assert len({len(cursor) for cursor in page.cursors}) == 1
        for cursor in page.cursors:
            inside = urlsafe_b64decode(cursor + "==")
            assert sort.encode() not in inside
            with pytest.raises(ValueError):
                json.loads(inside)


def test_a_cursor_of_one_order_is_none_of_another(shop):
    cursor = answer(sort="PRICE_ASC").found.cursors[0]
    with pytest.raises(Invalid):
        _ = answer(sort="PRICE_DESC", after=cursor).found


def test_a_cursor_that_is_not_ours_is_refused(shop):
    for cursor in [
        "x",
        "WyJORVdFU1QiLCJub3QgYSBkYXRlIiwxXQ==",
        "WzFd",
        "bnVsbA==",
        "é",
        "WyJORVdFU1QiLDFlOTksMV0=",
    ]:
        with pytest.raises(Invalid):
            _ = answer(sort="NEWEST", after=cursor).found


def test_what_is_not_published_is_neither_found_nor_counted(shop):
    listing.suspend(Product.objects.get(slug="orange"), None)
    assert found(shop, "夏橙") == [] and answer("夏橙").tally.total == 0


def test_what_is_reserved_is_not_in_stock_until_it_is_released(shop):
    lot = Lot.objects.get(variant__product__slug="orange")
    holder = uuid4()
    stock.reserve(holder, {lot.variant_id: 9}, timezone.now() + timedelta(minutes=15))
    assert found(shop, "", in_stock=True, category=("fruit",)) == ["loquat"]
    assert answer().tally.counts["stock"] == {"true": 2, "false": 2}
    stock.release([holder])
    assert answer().tally.counts["stock"] == {"true": 3, "false": 1}


def test_an_engine_says_the_same_as_our_own_database(shop):
    """The same products in the same order with the same counts, whatever is asked of a fuller shelf."""
    rng, names = random.Random(7), []
    with Path("shop/demo/teams.csv").open(newline="", encoding="utf-8") as file:
        rows = rng.sample(list(csv.DictReader(file)), 24)
    teams = list(dict.fromkeys(product.team for product in Product.objects.select_related("team")))
    for n, row in enumerate(rows):
        names += [row["product_zh"], row["product_en"]]
        product = a_product(
            teams[n % 2], slug=f"more-{n}", name_zh=row["product_zh"], name_en=row["product_en"],
            category=a_category(row["category"], *demo.CATEGORIES[row["category"]]),
            kind=demo.KIND_OF[row["category"]], season_months=months_of(row["months"]),
        )  # fmt: skip
        a_lot(a_variant(product, price_minor=int(row["price_fen"])), units=5)
        if n % 5 == 0:
            Lot.objects.filter(variant__product=product).update(state="closed")
            card.refresh([product.id])
        search.index([product.id])
    pieces = [name[i : i + size] for name in names for size in (2, 3, 6) for i in (0, 2)]
    questions = ["", "示例", "茶", "cha", *rng.sample(names, 12), *rng.sample(pieces, 25)]
    for words in questions:
        where = Where(
            category=rng.choice([None, None, ("fruit", "tea")]),
            in_stock=rng.choice([None, None, True]),
            in_season=rng.choice([None, None, True, False]),
            price=rng.choice([None, None, ((0, 2999), (8000, None))]),
        )
        sort = rng.choice(list(KEYS))
        said, ours = (
            answer(words, sort=sort, first=9, **vars(where)),
            search.home().answer(SearchRequest(words, where, sort, 9)),
        )
        assert (said.found, said.tally) == (ours.found, ours.tally), (words, where, sort)
