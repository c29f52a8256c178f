"""A geographical indication, a brand and a place each have a page of what stands under them, as long as the papers hold."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import naming
from catalog.actions import certificate as certificates
from catalog.models import Certificate
from catalog.reads import marks
from catalog.reads.changes import changes
from core import clock
from core.api.ids import global_id
from shop.web.document import HERE
from shop.web.found import sitemap
from tests.accounts.world import Asker
from tests.catalog.test_api import statements
from tests.catalog.world import a_county, a_lot, a_product, a_team, a_variant
from tests.web.conftest import signed_in
from tests.web.test_desk import fill
from tests.web.test_found import SITE, mapped
from tests.web.test_pages import words
from tests.web.test_structured import data_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def written_anew():
    sitemap.files.forget()


def a_paper(product, kind="gi", number="AGI-2008-1", **other):
    today = clock.today()
    told = {
        "mark_zh": "秭归脐橙",
        "mark_en": "Zigui Navel",
        "issuer_zh": "示例登记处",
        "issuer_en": "Demo Registry",
    }
    paper = certificates.add(
        product, None, kind=kind, number=number, **{**told, **other},
        issued_on=today - timedelta(days=9), expires_on=today + timedelta(days=3),
    )  # fmt: skip
    Certificate.objects.filter(pk=paper.pk).update(is_waiting=False)
    return paper


def offered(slug):
    """Something that another team of the same county sells."""
    product = a_product(a_team(), slug=slug)
    a_lot(a_variant(product))
    return product


def gathered(mark):
    return [one["slug"] for one in mark["products"]["nodes"]] if mark else None


GI = '{ geographicalIndication(slug: "agi-2008-1") { name issuer products(first: 9) { nodes { slug } } } }'


def indication():
    return gathered(Asker().ask(GI)["geographicalIndication"])


def test_only_what_was_seen_and_is_in_force_stands_under_an_indication(shelf, guest, monkeypatch):
    mine, other = shelf.product, offered("red-oranges")
    a_paper(mine)
    a_paper(other, number="ＡＧＩ 2008-1")  # the same number as another team writes it
    page = words(guest.get("/en/gi/agi-2008-1/"))
    assert "Zigui Navel" in page and "Demo Registry" in page and mine.name_en in page and "2 on sale" in page
    assert sorted(indication()) == sorted([mine.slug, other.slug])
    assert 'href="/en/gi/agi-2008-1/"' in words(guest.get(f"/en/p/{mine.slug}/"))
    # Waiting, it is nobody's to see; off the shelf, it is gone.
    Certificate.objects.filter(product=other).update(is_waiting=True)
    assert indication() == [mine.slug]
    Certificate.objects.update(is_waiting=False)
    type(other).objects.filter(pk=other.pk).update(state="suspended")
    assert indication() == [mine.slug] and guest.get("/en/brand/agi-2008-1/").status_code == 404
    # On its last day it holds; the day after, page, link, card and sitemap's line are gone with it.
    last = Certificate.objects.first().expires_on
    monkeypatch.setattr(clock, "today", lambda: last)
    assert indication() == [mine.slug] and guest.get("/cards/en/gi/agi-2008-1.png").status_code == 200
    monkeypatch.setattr(clock, "today", lambda: last + timedelta(days=1))
    assert indication() is None and marks.mark_pages().count() == 0
    for gone in ("/en/gi/agi-2008-1/", "/zh/gi/agi-2008-1/", "/cards/en/gi/agi-2008-1.png"):
        assert guest.get(gone).status_code == 404, gone
    assert "/gi/" not in words(guest.get(f"/en/p/{mine.slug}/"))


def test_a_kept_page_of_a_mark_is_renewed_within_the_next_request(shelf, guest):
    paper = a_paper(shelf.product, kind="brand", number="TM 7", mark_zh="橙子牌", mark_en="Cheng")
    assert shelf.product.name_en in words(guest.get("/en/brand/tm-7/"))
    assert 'Brand","name":"Cheng"' in words(guest.get(f"/en/p/{shelf.product.slug}/"))
    certificates.remove(paper, shelf.manager)
    assert guest.get("/en/brand/tm-7/").status_code == 404
    assert f'Brand","name":"{shelf.team.name_en}"' in words(guest.get(f"/en/p/{shelf.product.slug}/"))


def test_a_place_gathers_what_grows_there_and_a_village_what_its_own_teams_offer(shelf, guest):
    shelf.team.village_zh, shelf.team.village_en = "云雾村", "Cloud Village"
    shelf.team.save()
    code = shelf.product.origin_id
    beside = offered("beside")
    assert beside.origin_id == code == shelf.team.county_id
    ask = """query($c: String!, $v: String) { place(code: $c, village: $v) {
        regionName village { name } villages { slug name } products(first: 9) { nodes { slug } } } }"""
    county = Asker().ask(ask, c=code)["place"]
    assert sorted(gathered(county)) == sorted([shelf.product.slug, "beside"])
    village = next(one for one in county["villages"] if one["name"] == "Cloud Village")
    assert gathered(Asker().ask(ask, c=code, v=village["slug"])["place"]) == [shelf.product.slug]
    assert Asker().ask(ask, c=code, v="nowhere") == {"place": None}
    page = words(guest.get(f"/en/place/{code}/"))
    assert f'href="/en/place/{code}/{village["slug"]}/"' in page
    assert "Cloud Village" in words(guest.get(f"/en/place/{code}/{village['slug']}/"))
    product_page = words(guest.get(f"/en/p/{shelf.product.slug}/"))
    assert f'href="/en/place/{code}/"' in product_page and village["slug"] in product_page
    for nowhere in (f"/en/place/{code}/nowhere/", "/en/place/110105/", "/cards/en/place/110105.png"):
        assert guest.get(nowhere).status_code == 404, nowhere
    for card in (f"/cards/zh/place/{code}.png", f"/cards/zh/place/{code}/{village['slug']}.png"):
        assert guest.get(card)["Content-Type"] == "image/png"


def test_marks_and_places_are_in_the_sitemap_and_each_page_names_itself(shelf, guest):
    a_paper(shelf.product)
    a_paper(shelf.product, kind="brand", number="TM 7")
    shelf.team.village_zh = "云雾村"
    shelf.team.save()
    code = shelf.product.origin_id
    told = {url.removeprefix(SITE) for url in mapped(guest)}
    pages = {"/en/gi/agi-2008-1/", "/zh/brand/tm-7/", f"/en/place/{code}/"}
    assert pages <= told and any(url.startswith(f"/zh/place/{code}/yunwu") for url in told)
    for url in pages:
        data = data_of(words(guest.get(url)))
        assert data[0]["@type"] == "CollectionPage" and data[0]["url"] == SITE + url
        (row,) = data[0]["mainEntity"]["itemListElement"]
        assert row["item"] == f"{SITE}{url[:3]}/p/{shelf.product.slug}/"


def test_a_mark_is_named_on_the_desk_and_an_operator_sees_its_name(shelf):
    desk, path = signed_in(shelf.manager), f"/en/desk/product/{global_id('Product', shelf.product.uid)}/"
    today = clock.today()
    told = {
        "kind": "BRAND", "number": "TM 7", "issuerZh": "示例登记处",
        "issuedOn": str(today), "expiresOn": str(today + timedelta(days=30)),
    }  # fmt: skip
    assert (
        "What it names" in words(fill(desk, path, "add_certificate", **told)).split('id="refused"')[1][:900]
    )
    assert not Certificate.objects.exists(), "a brand without a name has no page"
    fill(desk, path, "add_certificate", **told, markZh="橙子牌", markEn="Cheng")
    paper = Certificate.objects.get()
    assert (paper.mark_zh, paper.mark_slug, paper.is_waiting) == ("橙子牌", "tm-7", True)
    (change,) = changes(type(shelf.product).objects.get())
    assert "橙子牌 Cheng TM 7" in change.is_now
    assert not marks.mark_pages().exists(), "it waits for an operator"
    # What another paper would name is not kept: nothing gathers under a test report.
    fill(desk, path, "add_certificate", **{**told, "kind": "TEST"}, markZh="橙子牌")
    assert Certificate.objects.get(kind="test").mark_slug == ""


def test_a_page_of_a_mark_takes_the_same_statements_for_one_product_and_for_many(shelf):
    counts = []
    document = (HERE / "shelf" / "gi.graphql").read_text()
    for size in (1, 12):
        for n in range(size - Certificate.objects.count()):
            product = (
                a_product(a_team(), slug=f"p{size}-{n}") if Certificate.objects.count() else shelf.product
            )
            a_paper(product)
        asker = Asker()
        asker.ask(document, number="agi-2008-1")
        with CaptureQueriesContext(connection) as caught:
            assert len(gathered(asker.ask(document, number="agi-2008-1")["mark"])) == size
        counts.append(len(statements(caught)))
    # The paper; how many there are; the products with team, category and places; their sizes; their photos.
    assert counts == [5, 5]
    code = shelf.product.origin_id
    document = (HERE / "shelf" / "place.graphql").read_text()
    asker.ask(document, code=code)
    with CaptureQueriesContext(connection) as caught:
        asker.ask(document, code=code)
    # The region, its villages; then as above.
    assert len(statements(caught)) == 6


def test_what_sounds_alike_or_is_cut_alike_is_not_one():
    assert naming.of_a_number("AGI 2008-1") == naming.of_a_number("agi-2008-1") == "agi-2008-1"
    long = "中华人民共和国农产品地理标志登记证书编号第 AGI00{} 号"
    one, other = naming.of_a_number(long.format(123)), naming.of_a_number(long.format(456))
    assert one != other and max(len(one), len(other)) <= naming.LONGEST
    assert naming.distinct_slug("李村") != naming.distinct_slug("里村")
    county = a_county()
    for village in ("李村", "里村"):
        team = a_team(county=county, village_zh=village)
        a_lot(a_variant(a_product(team, origin=county)))
    names = {}
    for code, slug in marks.place_pages():
        if slug:
            place = marks.place(code, slug)
            names[place.village.name_zh] = {p.team.village_zh for p in marks.products_of(place)}
    assert names == {"李村": {"李村"}, "里村": {"里村"}}
