"""A text of the other language says so, on whichever page it stands."""

import time

import pytest

from shop.web.tongues import marked
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.web.test_pages import spoken


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<title>秭归</title>", '<title lang="zh-Hans">秭归</title>'),
        (
            "<p>A <b>B</b> 秭归，5 斤装。 C</p>",
            '<p>A <b>B</b> <span lang="zh-Hans">秭归，5 斤装。</span> C</p>',
        ),
        ('<a lang="zh-Hans">中文</a>', '<a lang="zh-Hans">中文</a>'),
        ("<b>鄂ICP备示例号</b>", '<b lang="zh-Hans">鄂ICP备示例号</b>'),
        ('<img alt="秭归 > 宜昌"><br>', '<img alt="秭归 > 宜昌"><br>'),
        ("<script>'秭归'</script>", "<script>'秭归'</script>"),
        ("<td>&lt;秭归&gt;</td>", '<td>&lt;<span lang="zh-Hans">秭归</span>&gt;</td>'),
    ],
)
def test_chinese_on_an_english_page(written, shown):
    assert marked(written, "en") == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>Very sweet oranges</p>", '<p lang="en">Very sweet oranges</p>'),
        ("<p>来自 Demo Village 的团队</p>", '<p>来自 <span lang="en">Demo Village</span> 的团队</p>'),
        ("<td>HB01</td><td>2.5 kg</td><b>EMS</b>", "<td>HB01</td><td>2.5 kg</td><b>EMS</b>"),
        ("<p>Tom &amp; Jerry</p>", "<p>Tom &amp; Jerry</p>"),
        ("<code>abc12def45abcd</code>", "<code>abc12def45abcd</code>"),
    ],
)
def test_english_on_a_chinese_page(written, shown):
    assert marked(written, "zh") == shown


def test_no_text_takes_longer_than_its_length():
    for one in ("word ", "a ", "word a ", "汉 ", "汉word ", "&word "):
        for language in ("zh", "en"):
            began = time.process_time()
            marked(f"<p>{one * 20_000}&amp;</p><p>{one * 20_000}汉</p>", language)
            assert time.process_time() - began < 2, (one, language)


@pytest.mark.django_db
def test_a_name_without_english_is_read_out_as_chinese(guest):
    product = a_lot(a_variant(a_product(a_team(name_en=""), name_zh="秭归夏橙", name_en=""))).variant.product
    page = spoken(guest.get(f"/en/p/{product.slug}/"))
    assert '<h1 lang="zh-Hans">秭归夏橙</h1>' in page and '<html lang="en">' in page
    assert "<h1>秭归夏橙</h1>" in spoken(guest.get(f"/zh/p/{product.slug}/"))
    assert (
        '<h3 class="name"><a href="/en/p/' in (shelf := spoken(guest.get("/en/")))
        and 'lang="zh-Hans">秭归夏橙<' in shelf
    )


@pytest.mark.django_db
def test_what_is_kept_for_all_guests_is_filled_in_for_each(guest):
    lot = a_lot()
    for language in ("zh", "en"):
        for _ in range(2):
            page = guest.get(f"/{language}/p/{lot.variant.product.slug}/").content.decode()
            assert (
                'name="csrfmiddlewaretoken" value="' in page
                and "-cart-" not in page
                and "-closed-" not in page
            )
