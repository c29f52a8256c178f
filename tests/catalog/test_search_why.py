"""Why a product was found: each word of a question, where it stands and as what; the same from each engine."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import search
from catalog.api.search_reason import HOW, PLACES
from catalog.models import Product
from catalog.search import SearchRequest, words
from catalog.search.document import document, known, parts
from catalog.search.query import HEAD
from catalog.search.why import reasons
from core import deliveries
from tests.catalog import shelf
from tests.catalog.asker import Asker
from tests.catalog.world import a_category, a_lot, a_product, a_team, a_variant

pytestmark = pytest.mark.django_db

WHY = """query($q: String!, $typed: Boolean) { search(query: $q, asTyped: $typed, first: 9) {
  edges { node { slug } why { word where how sentence } } } }"""


@pytest.fixture
def shop(engine):
    """Chestnuts in a gift box, navel oranges, mandarins and potatoes, of one team."""
    team = a_team(name_zh="清江示例社", name_en="Qingjiang demo team")

    def one(slug, zh, en, size="5 斤", content="2.5 kg", **fields):
        product = a_product(team, slug=slug, name_zh=zh, name_en=en, **fields)
        a_lot(a_variant(product, name_zh=size, net_content=content), units=9)
        search.index([product.id])

    nuts = a_category("nuts", "坚果", "Nuts")
    one(
        "chestnut",
        "罗田板栗",
        "Luotian chestnuts",
        "礼盒装",
        "500 g × 2",
        category=nuts,
        summary_zh="粒粒粉糯",
    )
    one("orange", "秭归脐橙", "Zigui navel oranges")
    one("mandarin", "武当蜜橘", "Wudang mandarins")
    one("potato", "高山土豆", "Mountain potatoes")
    deliveries.drain()


def why(query, slug, language="zh", **variables):
    """What is said of this hit: each reason's word, place and how; and its sentences."""
    told = Asker(language=language).ask(WHY, q=query, **variables)["search"]["edges"]
    ((found),) = [edge["why"] for edge in told if edge["node"]["slug"] == slug]
    return [(one["word"], one["where"], one["how"]) for one in found], [one["sentence"] for one in found]


def test_each_word_is_told_with_its_place(shop):
    reasons, said = why("板栗 礼盒", "chestnut")
    assert reasons == [("板栗", "NAME", "WRITTEN"), ("礼盒", "SIZE", "WRITTEN")]
    assert said == ["名称里有“板栗”。", "规格里有“礼盒”。"]
    assert why("坚果", "chestnut")[0] == [("坚果", "KIND", "WRITTEN")]
    assert why("粉糯", "chestnut")[0] == [("粉糯", "ABOUT", "WRITTEN")]
    assert why("清江 chestnuts", "chestnut")[0] == [
        ("清江", "TEAM", "WRITTEN"),
        ("chestnuts", "NAME", "WRITTEN"),
    ]
    county = Product.objects.get(slug="chestnut").team.county.name_zh
    assert why(f"{county}板栗", "chestnut")[0][-1] == ("板栗", "NAME", "WRITTEN")
    assert why(county, "chestnut")[0] == [(county, "PLACE", "WRITTEN")]


def test_another_name_a_mended_slip_pinyin_and_a_beginning_are_told_as_such(shop):
    assert why("马铃薯", "potato") == (
        [("马铃薯", "NAME", "SYNONYM")],
        ["“马铃薯”也按“土豆”找，名称里有。"],
    )
    assert why("chesnut", "chestnut", "en") == (
        [("chesnut", "NAME", "MENDED")],
        ["“chesnut” was read as “chestnut”, which is in its name."],
    )
    assert why("luotian banli", "chestnut")[0] == [
        ("luotian", "NAME", "WRITTEN"),
        ("banli", "NAME", "PINYIN"),
    ]
    assert why("wudangmiju", "mandarin")[1] == ["“wudangmiju”是拼音，名称里有“武当蜜橘”。"]
    assert why("wdmj", "mandarin", "en")[1] == ["“wdmj” are the first letters of “武当蜜橘” in its name."]
    assert why("mandar", "mandarin", "en")[1] == ["“mandarin” in its name begins with “mandar”."]


def test_a_weight_is_told_as_a_label_says_it(shop):
    reasons, said = why("板栗 2斤", "chestnut")
    assert reasons == [("板栗", "NAME", "WRITTEN"), ("1000g", "SIZE", "WRITTEN")]
    assert said[1] == "规格里有“1 kg”。"


def test_where_nothing_was_asked_there_is_no_reason(shop):
    assert why(" ", "chestnut") == ([], [])


def test_whoever_does_not_ask_why_costs_no_statement_and_a_page_of_reasons_two(shop):
    def statements(fields):
        asked = f'{{ search(query: "demo", first: 9) {{ edges {{ node {{ slug }} {fields} }} }} }}'
        with CaptureQueriesContext(connection) as seen:
            assert len(Asker().ask(asked)["search"]["edges"]) == 4
        return len(seen)

    plain = statements("")
    assert statements("why { sentence }") <= plain + 2
    assert statements("cursor") == plain


def test_what_reasons_are_read_from_are_the_words_that_are_indexed():
    shelf.demo_shelf()
    for product in known():
        its = {word for part in parts(product).values() for word in part.words | part.spoken}
        assert {word for word in document(product).words if not word.startswith(HEAD)} == its - {""}


def test_every_hit_of_every_graded_question_has_a_reason_for_each_of_its_words_or_for_them_together():
    shelf.demo_shelf()
    without = []
    for question in shelf.graded():
        said = search.home().answer(SearchRequest(question, first=10))
        for product in known(said.found.ids):
            assert said.reading
            found = reasons(said.reading, product)
            assert all(one.how in HOW and one.where in PLACES for one in found)
            runs = [run for run, _ in words.runs(question)]
            told = sum(len(one.word.split(" ")) for one in found)
            if not found or (told < len(runs) and len(found) != 1):
                without.append((question, product.name_zh, found))
    assert without == []
