"""Other words for a thing, kept by operators: the word itself first, then its synonyms, in the stated direction only."""

import time

import pytest

from catalog import search
from catalog.models import Product, Synonym
from catalog.search import SearchRequest, elastic, synonyms
from core import deliveries
from tests.catalog.asker import Asker
from tests.catalog.world import a_lot, a_product, a_team, a_variant, an_operator

pytestmark = pytest.mark.django_db

SAVE = """
    mutation($input: SynonymSaveInput!) {
      synonymSave(input: $input) { synonym { id names others isOneWay } errors { code field message } }
    }
"""
REMOVE = "mutation($id: ID!) { synonymRemove(input: {id: $id}) { words errors { code } } }"


@pytest.fixture
def no_words():
    """An office that has written none down yet."""
    Synonym.objects.all().delete()
    synonyms.forget()


@pytest.fixture
def office():
    """An operator who asks the API."""
    return Asker(an_operator())


@pytest.fixture
def found(engine):
    """What a question finds, by slug, and that our own database says the same."""

    def ask(words):
        deliveries.drain()
        said = search.answer(SearchRequest(words, first=10))
        assert said.engine == search.engine().name
        assert said.found.ids == search.home().answer(SearchRequest(words, first=10)).found.ids, words
        slugs = dict(Product.objects.values_list("id", "slug"))
        return [slugs[pk] for pk in said.found.ids]

    return ask


def shelf(**names):
    """A product each: its slug, its Chinese and its English name."""
    team = a_team(name_zh="示例队", name_en="Demo Team")
    for slug, (zh, en) in names.items():
        product = a_product(team, slug=slug, name_zh=zh, name_en=en)
        a_lot(a_variant(product, name_zh="家庭装", name_en="Family size"), units=5)
        search.index([product.id])


def test_whoever_looks_for_a_present_finds_what_comes_in_a_gift_box(found):
    """As a shop begins, before its office has written a word down."""
    shelf(plain=("秭归脐橙", "Navel oranges"), box=("恩施玉露", "Green tea"))
    size = Product.objects.get(slug="box").variants.get()
    size.name_zh, size.name_en = "礼盒装", "Gift box"
    size.save(update_fields=["name_zh", "name_en"])
    search.index([size.product_id])
    assert [found(asked) for asked in ("礼盒", "礼物", "送礼", "礼品", "茶叶礼物")] == [["box"]] * 5


def write(office, names, others="", one_way=False, id=None):
    given = {"names": names, "others": others, "isOneWay": one_way} | ({"id": id} if id else {})
    return office.ask(SAVE, input=given)["synonymSave"]


def wrong(office, names, others="", one_way=False):
    (error,) = write(office, names, others, one_way)["errors"]
    assert error["message"]
    return error["code"], *error["field"]


def test_the_word_itself_comes_first_then_its_synonyms_whatever_was_listed_last(no_words, office, found):
    shelf(
        named=("恩施土豆", "Tubers"),
        cake=("土豆饼", "Cakes"),
        other=("大悟马铃薯", "Tubers"),
        third=("洋芋片", "Crisps"),
    )
    assert write(office, "土豆,洋芋", "马铃薯")["errors"] == []
    assert found("土豆") == ["named", "cake", "other"]
    assert found("马铃薯")[0] == "other" and set(found("马铃薯")) == {"other", "named", "cake", "third"}
    # Both lead to 马铃薯; that 土豆 is 洋芋 was not said.
    assert found("洋芋") == ["third", "other"]
    # A mention of the very word in the small print stands before another name in a title.
    said = a_product(a_team(), slug="said", name_zh="薯片", name_en="Crisps", summary_zh="用马铃薯做的")
    a_lot(a_variant(said), units=5)
    search.index([said.id])
    assert found("马铃薯")[:2] == ["other", "said"]


def test_two_words_stand_for_one_and_one_for_two(no_words, office, found):
    shelf(
        navel=("秭归脐橙", "Sweet fruit"), english=("红果", "Navel oranges"), plain=("夏橙", "Summer oranges")
    )
    write(office, "脐橙", "navel orange")
    assert found("脐橙") == ["navel", "english"]
    assert found("navel orange") == found("navel oranges") == ["english", "navel"]
    assert found("秭归 navel orange") == ["english", "navel"]
    assert found("orange")[0] in ("plain", "english") and "navel" not in found("orange")


def test_one_way_leads_there_and_not_back_and_nothing_is_followed_further(no_words, office, found):
    shelf(a=("甲柑", "Aone"), b=("乙橘", "Btwo"), c=("丙柚", "Cthree"))
    write(office, "柑", "橘", one_way=True)
    write(office, "橘", "柚", one_way=True)
    assert found("柑") == ["a", "b"]  # and no 柚, although 橘 leads there
    assert found("橘") == ["b", "c"]
    assert found("柚") == ["c"]
    write(office, "柚", "柑", one_way=True)  # a ring
    assert found("柚") == ["c", "a"] and found("柑") == ["a", "b"]


def test_a_list_without_a_direction_makes_all_the_same(no_words, office, found):
    shelf(a=("甲苕", "Aone"), b=("乙红薯", "Btwo"), c=("丙地瓜", "Cthree"))
    write(office, "苕、红薯；地瓜")
    for words in ("苕", "红薯", "地瓜"):
        assert set(found(words)) == {"a", "b", "c"}, words
    assert [found(words)[0] for words in ("苕", "红薯", "地瓜")] == ["a", "b", "c"]


def test_the_list_may_be_written_in_traditional_or_full_width_characters(no_words, office, found):
    shelf(a=("恩施土豆", "Tubers"), k=("建始猕猴桃", "Kiwi"))
    write(office, "馬鈴薯", "土豆")
    write(office, "ＫＩＷＩ ＦＲＵＩＴ", "獼猴桃")
    assert found("马铃薯") == found("馬鈴薯") == ["a"]
    assert found("kiwi fruit") == ["k"]


def test_a_slip_in_a_synonym_finds_it_too_and_says_so(no_words, office, found):
    shelf(a=("恩施土豆", "Tubers"), m=("武当蜜橘", "Mandarins"))
    write(office, "洋芋", "土豆")
    write(office, "tangerine", "mandarin")
    assert found("洋于") == ["a"] and search.answer(SearchRequest("洋于")).mended == "洋芋"
    assert found("tangarine") == ["m"] and search.answer(SearchRequest("tangarine")).mended == "tangerine"
    assert search.answer(SearchRequest("tangarine", as_typed=True)).found.ids == []


def test_a_common_word_widens_itself_alone(no_words, office, found):
    shelf(o=("夏橙", "Oranges"), n=("坚果", "Nuts"), f=("红果", "Haws"))
    write(office, "果", "夏橙", one_way=True)
    assert set(found("果")) == {"o", "n", "f"} and found("果")[-1] == "o"
    assert found("坚果") == ["n"] and found("夏橙") == ["o"]


def test_broken_rows_are_refused_with_a_sentence(no_words, office):
    assert wrong(office, "") == wrong(office, " ,、") == ("INVALID", "names")
    assert wrong(office, "土豆") == ("INVALID", "names")
    assert wrong(office, "土豆", "土豆") == ("INVALID", "others")
    assert wrong(office, "馬鈴薯", "马铃薯") == ("INVALID", "others")
    assert wrong(office, "potato, Potatoes") == ("INVALID", "names")
    assert wrong(office, ",".join(f"word{n}" for n in range(40))) == ("INVALID", "names")
    assert wrong(office, "甲", ",".join(f"word{n}" for n in range(40))) == ("INVALID", "others")
    assert wrong(office, "🍊, 橙") == ("INVALID", "names")
    assert wrong(office, "字" * 41, "橙") == ("INVALID", "names")
    assert wrong(office, "one two three four five", "橙") == ("INVALID", "names")
    assert wrong(office, "柑", "", one_way=True) == ("INVALID", "others")
    assert write(office, "土豆", "马铃薯")["errors"] == []
    assert wrong(office, "马铃薯", "土豆") == ("INVALID", "names")  # said already, the other way round
    assert Synonym.objects.count() == 1


def test_a_row_is_changed_and_taken_out_and_only_by_whoever_keeps_them(no_words, office, found):
    shelf(a=("恩施土豆", "Tubers"), b=("大悟花生", "Peanuts"))
    row = write(office, "洋芋", "土豆")["synonym"]
    assert found("洋芋") == ["a"]
    assert write(office, "洋芋", "花生", id=row["id"])["synonym"]["others"] == "花生"
    assert found("洋芋") == ["b"]
    assert Asker().ask(REMOVE, id=row["id"])["synonymRemove"]["errors"] != []
    assert office.ask(REMOVE, id=row["id"])["synonymRemove"] == {"words": "洋芋 ⇄ 花生", "errors": []}
    assert found("洋芋") == [] and Synonym.objects.count() == 0
    assert office.ask(REMOVE, id=row["id"])["synonymRemove"]["errors"] == [{"code": "NOT_FOUND"}]


def test_rows_change_while_the_index_is_made_anew(no_words, office, found, monkeypatch):
    shelf(a=("恩施土豆", "Tubers"))
    write_bulk = elastic.Elastic._write

    def busy(self, *args, **more):
        write(office, "洋芋", "土豆")
        assert search.home().answer(SearchRequest("洋芋")).found.ids
        return write_bulk(self, *args, **more)

    monkeypatch.setattr(elastic.Elastic, "_write", busy)
    search.rebuild()
    if not Synonym.objects.exists():
        write(office, "洋芋", "土豆")
    assert found("洋芋") == ["a"]


def test_another_process_goes_by_a_change_within_a_second(no_words, monkeypatch):
    """What was written elsewhere (no deed here that makes this process look) is read once what it knows is too old."""
    monkeypatch.undo()
    assert synonyms._SECONDS <= 0.2
    synonyms.forget()
    assert synonyms.of("洋芋") == ()
    row = Synonym.objects.create(names=["洋芋"], others=["土豆"])
    for expected in (("土豆",), ("马铃薯",), ()):
        if expected == ("马铃薯",):
            row.others = ["马铃薯"]
            row.save()
        elif not expected:
            row.delete()
        began = time.monotonic()
        while synonyms.of("洋芋") != expected:
            assert time.monotonic() - began < 0.9
            time.sleep(0.02)
    synonyms.forget()
