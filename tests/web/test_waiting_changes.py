"""What a team changes of something that is sold waits for an operator: until she approves it nothing that anybody sees
moves, to the byte, and what is bought is bought at the approved price (case N36)."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from catalog import search
from catalog.actions import listing, waiting
from catalog.models import Certificate, PriceStory, Product, Variant, VariantChange
from catalog.verify import verify
from core import clock
from core.api.ids import global_id
from core.refusals import Conflict
from core.verify import broken
from impact.reads.coupon_effect import effects
from orders.actions.coupon import Terms
from orders.models import Order
from orders.verify_rows import RULES
from tests.catalog.world import STORY_INPUT, a_person, an_operator
from tests.guard.solver import surface
from tests.guard.solver.fields import parts_of
from tests.orders.world import Buyer
from tests.together.world import Together
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
WAS, NEW = 3690, 4800


@pytest.fixture
def live(shelf: SimpleNamespace, a_new_hour: None) -> SimpleNamespace:
    """On the shelf as an operator has approved it; somebody's cart of yesterday, and a group that is open."""
    product = shelf.product
    product.summary_zh = "甜"
    product.move_to("submitted")
    product.save(update_fields=["summary_zh"])
    listing.approve(product, an_operator())
    search.index([product.pk])
    shelf.desk = Buyer(shelf.manager)
    shelf.office = an_operator()
    shelf.gid = global_id("Product", product.uid)
    shelf.browser = signed_in(shelf.buyer)
    Buyer(shelf.buyer).fill(shelf.lot)
    shelf.group = Together(lot=shelf.lot)
    return shelf


def fresh(live: SimpleNamespace) -> Product:
    return Product.objects.get(pk=live.product.pk)


def dearer(live: SimpleNamespace, minor: int = NEW) -> dict[str, Any]:
    given = {"id": live.variant, "priceMinor": minor}
    return live.desk.done("variantSave", "product { changesState }", **given)["product"]


def everything_waits(live: SimpleNamespace) -> None:
    """Another price and label, a smaller part, a new size, a paper."""
    story = {**STORY_INPUT, "farmGate": 4500, "team": 900}
    told = {"nameEn": "WAITS-name", "netContent": "2.4 kg", "priceMinor": NEW, "story": story}
    live.desk.done("variantSave", id=live.variant, **told)
    size = {"nameZh": "10 斤装", "nameEn": "WAITS-size", "netContent": "5 kg", "weightGrams": 5600}
    live.desk.done("variantSave", product=live.gid, priceMinor=1990, story=STORY_INPUT, **size)
    today = clock.today()
    paper = {
        "kind": "ORGANIC",
        "number": "WAITS-paper",
        "issuerZh": "示例",
        "expiresOn": str(today + timedelta(9)),
    }
    live.desk.done("certificateAdd", product=live.gid, issuedOn=str(today - timedelta(1)), **paper)


def documents(slug: str) -> Iterator[str]:
    for part in parts_of("Product"):
        yield f'{{ product(slug: "{slug}") {{ {part} }} }}'
    for sort in surface.SORTS:
        yield f"{{ products(first: 20, sort: {sort}) {{ totalCount edges {{ cursor node {{ slug }} }} }} }}"
        yield f"{{ search(first: 20, sort: {sort}) {{ edges {{ cursor node {{ slug }} }} }} }}"
    yield "{ products(first: 9, where: { priceMin: 4500 }) { totalCount } }"
    yield "{ products(first: 9, where: { priceMax: 2500 }) { totalCount } }"
    for words in ("WAITS", "10 斤装"):
        yield f'{{ search(query: "{words}", first: 9) {{ totalCount facets {{ name values {{ value count }} }} }} }}'
    yield f'{{ provenance(product: "{slug}") {{ {" ".join(parts_of("Provenance"))} }} }}'


def at_a_glance(live: SimpleNamespace) -> surface.Seen:
    """Its page, its shelf, its picture and a cart with it."""
    slug = live.product.slug
    pages = [f"/en/p/{slug}/", "/en/shop/?sort=PRICE_ASC", f"/cards/en/product/{slug}.png"]
    return surface.opened(pages) | surface.opened(["/en/cart/"], live.browser)


def seen(live: SimpleNamespace) -> surface.Seen:
    """All that a stranger, a buyer with a cart, and whoever has a group's link are told of it."""
    slug, code = live.product.slug, live.group.code
    pages = [
        f"p/{slug}/",
        "shop/?sort=PRICE_ASC",
        f"t/{live.team.slug}/",
        "",
        f"g/{code}/",
        "suggestions/?q=WAITS",
    ]
    pages = [f"/en/{page}" for page in pages]
    pages += [f"/cards/en/product/{slug}.png", f"/cards/en/group/{code}.png", "/sitemaps/en/products-1.xml"]
    pages += [f"/en/p/{slug}.json", "/en/products.json"]
    found = surface.opened([*pages, "/sitemap.xml"]) | surface.answered(documents(slug))
    hers = surface.opened(["/en/cart/", "/en/checkout/"], live.browser)
    return (
        found
        | hers
        | surface.told_to(live.buyer, ["{ cart { total { minor } lines { unitPrice { minor } } } }"])
    )


def test_what_waits_moves_nothing_that_anybody_sees_until_it_is_approved(live):
    before = seen(live)
    assert sum(1 for status, *_ in before.values() if status == 404) <= 1
    everything_waits(live)
    assert surface.moved(before, seen(live)) == set()
    assert all(b"WAITS" not in bytes(one[2]) for one in seen(live).values())
    asked = "{ office { listings(first: 9) { nodes { changesState } } } }"
    assert Buyer(live.office).ask(asked)["office"]["listings"]["nodes"] == [{"changesState": "WAITING"}]
    listing.approve(fresh(live), live.office, version=fresh(live).version)
    moved = surface.moved(before, seen(live))
    slug = live.product.slug
    assert {
        f"/en/p/{slug}/",
        "/en/shop/?sort=PRICE_ASC",
        f"/cards/en/product/{slug}.png",
        f"/en/p/{slug}.json",
        "/en/products.json",
        "/en/cart/",
    } <= moved
    page = Client().get(f"/en/p/{slug}/").content.decode()
    assert {"¥48.00", "¥19.90", "WAITS-size", "WAITS-name", "WAITS-paper"} <= {
        word for word in ("¥48.00", "¥19.90", "WAITS-size", "WAITS-name", "WAITS-paper") if word in page
    }
    assert list(verify()) == [] and not VariantChange.objects.exists()


def test_a_change_that_did_not_wait_would_be_found(live, monkeypatch):
    before = at_a_glance(live)
    monkeypatch.setattr(waiting, "hold", waiting.sell)
    everything_waits(live)
    assert surface.moved(before, at_a_glance(live)) == before.keys()
    assert any("approved" in offence.words for offence in verify())


def test_it_sells_at_the_approved_price_in_cart_checkout_and_group_while_another_waits(live):
    assert dearer(live) == {"changesState": "WAITING"}
    bought = Buyer().place(live.lot)
    assert Order.objects.get(number=bought["number"]).lines.get().unit_price_minor == WAS
    line = Buyer(live.buyer).cart()["lines"][0]
    assert (line["unitPrice"]["minor"], line["problems"]) == (WAS, [])
    second = Together(lot=live.lot)
    assert {group.row.price_minor for group in (live.group, second)} == {live.group.row.price_minor}
    (effect,) = effects(live.team, Terms(percent=10))
    assert effect.price_minor == (WAS, WAS - 369)
    listing.approve(fresh(live), live.office, version=fresh(live).version)
    line = Buyer(live.buyer).cart()["lines"][0]
    assert line["unitPrice"]["minor"] == NEW
    assert [problem["code"] for problem in line["problems"]] == ["PRICE_CHANGED"]
    later = Buyer().place(live.lot)
    assert Order.objects.get(number=later["number"]).lines.get().unit_price_minor == NEW
    assert live.group.look()["price"]["minor"] == second.row.price_minor, (
        "who opened it was told another price"
    )
    assert Together(lot=live.lot).row.price_minor > second.row.price_minor
    assert list(verify()) == []


def test_refused_it_stays_on_the_desk_and_nothing_of_it_is_public(live):
    before = at_a_glance(live)
    everything_waits(live)
    listing.return_with_comment(fresh(live), live.office, "为什么涨这么多？")
    assert (fresh(live).state, fresh(live).changes_state) == ("published", "returned")
    assert surface.moved(before, at_a_glance(live)) == set()
    with pytest.raises(Conflict):
        listing.approve(fresh(live), live.office, version=fresh(live).version)
    desk = live.desk.ask(
        "query($id: ID!) { teamProduct(id: $id) { variants { waiting { price { minor } } } reviews { comment } } }",
        id=live.gid,
    )["teamProduct"]
    assert [one["waiting"]["price"]["minor"] for one in desk["variants"]] == [NEW, 1990]
    assert desk["reviews"][0]["comment"] == "为什么涨这么多？"
    assert dearer(live, 4200) == {"changesState": "WAITING"}, "saved again, it is handed in again"
    assert surface.moved(before, at_a_glance(live)) == set()


def test_taken_back_the_approved_one_is_as_it_was(live):
    before, rows = at_a_glance(live), Variant.objects.filter(pk=live.lot.variant.pk).values().get()
    everything_waits(live)
    live.desk.done("productWithdraw", id=live.gid)
    assert Variant.objects.values().get() == rows and not VariantChange.objects.exists()
    assert not Certificate.objects.exists() and PriceStory.objects.count() == 1
    assert (fresh(live).state, fresh(live).changes_state) == ("published", "none")
    assert surface.moved(before, at_a_glance(live)) == set()
    assert live.desk.refused("productWithdraw", id=live.gid) == "CONFLICT", "nothing is left to take back"
    dearer(live)
    assert dearer(live, WAS) == {"changesState": "NONE"}, "saved as it is approved, nothing waits"


def test_an_approval_is_for_the_version_that_was_looked_at_however_much_is_sold_meanwhile(live):
    dearer(live)
    seen_version = fresh(live).version
    Buyer().place(live.lot)
    assert fresh(live).version > seen_version, "what is sold of it moves its version"
    dearer(live, 9900)
    with pytest.raises(Conflict):
        listing.approve(fresh(live), live.office, version=seen_version)
    assert Variant.objects.get().price_minor == WAS
    seen_version = fresh(live).version
    Buyer().place(live.lot)
    listing.approve(fresh(live), live.office, version=seen_version)
    assert Variant.objects.get().price_minor == 9900
    with pytest.raises(Conflict):
        listing.approve(fresh(live), live.office, version=fresh(live).version)


def test_verify_names_what_is_offered_or_was_bought_without_an_approval(live):
    dearer(live)
    bought = Order.objects.get(number=Buyer().place(live.lot)["number"]).lines
    bought.update(unit_price_minor=NEW, net_minor=NEW)
    assert [one.noun for one in broken(RULES) if "waits" in one.words] == ["Line"]
    bought.update(unit_price_minor=WAS, net_minor=WAS)
    assert [one.noun for one in broken(RULES) if "waits" in one.words] == [] == list(verify())
    sizes = Variant.objects.all()
    for wrong in ({"price_minor": NEW}, {"approved_price_minor": None}, {"approved_household_bps": 5401}):
        was = sizes.values(*wrong).get()
        sizes.update(**wrong)
        assert "Variant" in {one.noun for one in verify() if "approved were" in one.words}, wrong
        sizes.update(**was)


def test_two_changes_that_wait_are_approved_as_they_stand_together(live):
    dearer(live)
    of_the_first = fresh(live).version
    today = clock.today()
    dates = {"issuedOn": str(today - timedelta(1)), "expiresOn": str(today + timedelta(9))}
    live.desk.done("certificateAdd", product=live.gid, kind="TEST", number="T-1", issuerZh="示例", **dates)
    with pytest.raises(Conflict):
        listing.approve(fresh(live), live.office, version=of_the_first)
    assert (Variant.objects.get().price_minor, Certificate.objects.get().is_waiting) == (WAS, True)
    listing.approve(fresh(live), live.office, version=fresh(live).version)
    assert (Variant.objects.get().price_minor, Certificate.objects.get().is_waiting) == (NEW, False)


def test_what_leaves_the_shelf_keeps_what_waits_apart_until_all_of_it_is_approved(live):
    dearer(live)
    live.desk.done("productUpdate", id=live.gid, nameZh="新名字")
    assert fresh(live).state == "submitted"
    line = Buyer(live.buyer).cart()["lines"][0]
    assert line["unitPrice"]["minor"] == WAS, "a cart of yesterday tells no price that nobody has approved"
    live.desk.done("productWithdraw", id=live.gid)
    live.desk.done("variantSave", id=live.variant, priceMinor=9900)
    assert Buyer(live.buyer).cart()["lines"][0]["unitPrice"]["minor"] == WAS
    live.desk.done("productSubmit", id=live.gid)
    listing.approve(fresh(live), live.office, version=fresh(live).version)
    assert Buyer(live.buyer).cart()["lines"][0]["unitPrice"]["minor"] == 9900
    assert list(verify()) == []


def test_nobody_else_takes_back_or_approves_it(live):
    dearer(live)
    stranger = Buyer(a_person())
    assert stranger.refused("productWithdraw", id=live.gid) == "NOT_FOUND"
    for asker in (stranger, live.desk):
        asker.do("listingApprove", id=live.gid, version=fresh(live).version)
        asker.do("listingReturn", id=live.gid, comment="示例")
    assert (fresh(live).changes_state, Variant.objects.get().price_minor) == ("waiting", WAS)


def test_a_size_that_waits_is_handed_in_whole(live):
    size = {"product": live.gid, "nameZh": "大", "priceMinor": 9000, "weightGrams": 5000}
    answer = live.desk.do("variantSave", **size)
    assert {error["field"][0] for error in answer["errors"]} == {"netContent", "story"}
    assert Variant.objects.count() == 1
