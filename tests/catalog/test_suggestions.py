"""What is suggested while somebody writes: by the beginning of any word, in characters, pinyin, initials, English."""

import pytest

from catalog import search
from catalog.search import suggestions
from tests.catalog.asker import Asker
from tests.catalog.world import a_category, a_lot, a_product, a_team, a_variant

pytestmark = pytest.mark.django_db
ASK = (
    "query($text: String!, $first: Int!) { searchSuggestions(text: $text, first: $first) { kind slug name } }"
)


@pytest.fixture(autouse=True)
def shelf():
    """Oranges of a team in Zigui, and a draft that nobody may hear of."""
    suggestions.forget()
    team = a_team(slug="zigui-team", name_zh="秭归示例队", name_en="Zigui Demo Team")
    for slug, zh, en in [
        ("summer", "秭归夏橙", "Zigui summer oranges"),
        ("navel", "九月红脐橙", "Red navel oranges"),
    ]:
        product = a_product(
            team, slug=slug, name_zh=zh, name_en=en, category=a_category("fruit", "水果", "Fruit")
        )
        a_lot(a_variant(product), units=5)
        search.index([product.id])
    a_product(team, slug="draft", name_zh="秘密夏橙", name_en="Secret oranges", state="draft")
    yield
    suggestions.forget()


def suggested(text, first=8):
    return [
        (one["kind"], one["slug"]) for one in Asker().ask(ASK, text=text, first=first)["searchSuggestions"]
    ]


def test_a_product_is_suggested_by_the_beginning_of_any_word_of_its_name():
    summer = ("product", "summer")
    for text in ("夏", "夏橙", "秭归夏", "xiach", "xia c", "zgxc", "summer", "SUMM", "sumer", "zigui sum"):
        assert summer in suggested(text), text
    assert suggested("夏橙")[0] == summer
    assert suggested("脐橙")[0] == ("product", "navel")


def test_shelves_and_goods_are_suggested_before_places_and_teams_for_which_room_is_kept():
    assert suggested("shui")[0] == ("category", "fruit")
    assert suggested("frui")[0] == ("category", "fruit")
    kinds = [kind for kind, _ in suggested("zigui")]
    assert kinds == ["product", "product", "place", "team"]
    assert [kind for kind, _ in suggested("秭归", 3)] == ["product", "place", "team"]
    assert ("place", "420527") in suggested("zigui") and suggested("yich")[-1] == ("place", "420500")


def test_nothing_is_suggested_of_what_is_not_published_nor_of_nothing():
    assert ("product", "draft") not in suggested("秘密夏橙") + suggested("secret")
    for text in ("", "  ", "%", "拖拉机", "'", "\\", "x" * 5000):
        assert suggested(text) == []


def test_no_more_are_suggested_than_were_asked_for():
    assert len(suggested("秭归", 2)) == 2 and suggested("秭归", 0) == []
    assert "first" in Asker().send(ASK, text="秭归", first=11)["errors"][0]["extensions"]["field"]
