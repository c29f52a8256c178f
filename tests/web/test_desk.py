"""The team's desk through its pages: from a name to a parcel, and never another team's."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from catalog.actions import listing
from catalog.models import Product
from core import clock
from core.api.ids import global_id
from tests.catalog.world import a_person, a_team, an_operator
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, words

pytestmark = pytest.mark.django_db
STORY = {"farmGateBps": "46", "labourBps": "8", "packagingBps": "24", "logisticsBps": "22"}


def a_photo(size: tuple[int, int] = (800, 600)) -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", size, "#d9622b").save(drawn, "JPEG")
    return SimpleUploadedFile("photo.jpg", drawn.getvalue(), content_type="image/jpeg")


def fill(client: Client, path: str, act: str, **written: str):
    """Open the page, write into its form and send it; the page that it leads to."""
    form = fields(words(client.get(path)), act)
    return client.get(client.post(f"/do/{act}/", {**form, "lang": "en", **written}).url)


def drafted(shelf) -> tuple[Client, Product, str]:
    desk = signed_in(shelf.manager)
    named = {"nameZh": "示例蜜橘", "nameEn": "Mandarins", "category": shelf.category.slug, "kind": "FRESH"}
    shown = fill(desk, "/en/desk/new/", "create_product", **named)
    product = Product.objects.get(name_zh="示例蜜橘")
    path = f"/en/desk/product/{global_id('Product', product.uid)}/"
    assert shown.request["PATH_INFO"] == path
    return desk, product, path


def test_a_managers_product_goes_from_a_name_to_the_shelf(shelf):
    desk, product, path = drafted(shelf)
    lacking = words(desk.get(path)).split("Still missing")[1]
    assert all(f'href="#{part}"' in lacking for part in ("facts", "sizes")), (
        "each leads to where to see to it"
    )
    told = {
        "summaryZh": "示例",
        "shelfLifeDays": "30",
        "storageAdviceZh": "阴凉处",
        "returnRuleZh": "签收后 72 小时内",
    }
    assert "Saved" in words(fill(desk, path, "update_product", **told))
    size = {"nameZh": "5 斤装", "netContent": "2.5 kg", "weightGrams": "2800", "priceMinor": "36.90"}
    fill(desk, path, "save_variant", **size, **STORY)
    today = clock.today()
    lot = {"quantity": "50", "level": "0", "harvestFrom": str(today - timedelta(5)), "harvestTo": str(today)}
    ready = words(fill(desk, path, "declare_lot", **lot))
    assert "All there" in ready, ready
    sent = words(fill(desk, path, "submit_product"))
    assert "Waiting for an operator" in sent and 'action="/do/update_product/"' not in sent
    product.refresh_from_db()
    listing.return_with_comment(product, an_operator(), "照片太暗")
    assert "照片太暗" in words(desk.get(path)) and "照片太暗" in words(desk.get("/zh/desk/"))
    fill(desk, path, "submit_product")
    product.refresh_from_db()
    listing.approve(product, an_operator())
    assert "¥36.90" in words(Client().get(f"/en/p/{product.slug}/"))


def test_a_price_story_that_does_not_add_up_is_said_at_the_story_and_kept(shelf):
    desk, product, path = drafted(shelf)
    size = {"nameZh": "5 斤装", "weightGrams": "2800", "priceMinor": "36.90"}
    page = words(fill(desk, path, "save_variant", **size, **{**STORY, "farmGateBps": "45.5"}))
    assert "The parts add up to 99.5 %" in page.split("What it pays for")[1]
    assert 'value="45.5"' in page and 'value="36.90"' in page
    assert not product.variants.exists()


def test_a_refused_form_is_come_back_to_where_it_stands(shelf):
    desk, product, path = drafted(shelf)
    form = fields(words(desk.get(path)), "upload_picture")
    assert desk.post("/do/upload_picture/", form).url == f"{path}#photos"
    assert desk.post("/do/save_variant/", fields(words(desk.get(path)), "save_variant")).url.endswith(
        "#new-variant"
    )


def test_a_photo_is_added_and_one_that_is_none_is_refused(shelf):
    desk, product, path = drafted(shelf)
    form = fields(words(desk.get(path)), "upload_picture")
    kept = desk.post("/do/upload_picture/", {**form, "lang": "en", "photo": a_photo(), "altZh": "蜜橘"})
    assert kept.url == path and product.pictures.get().alt_zh == "蜜橘"
    for wrong in (a_photo((80, 60)), SimpleUploadedFile("photo.jpg", b"<svg/>")):
        refused = desk.post("/do/upload_picture/", {**form, "lang": "en", "photo": wrong})
        assert 'class="wrong"' in words(desk.get(refused.url))
    assert 'class="wrong"' in words(desk.get(desk.post("/do/upload_picture/", {**form, "lang": "en"}).url))
    assert product.pictures.count() == 1


def test_another_teams_manager_finds_nothing_by_any_door(shelf):
    desk, product, path = drafted(shelf)
    other = a_person()
    a_team(manager=other)
    theirs = signed_in(other)
    assert theirs.get(path).status_code == 404
    form = fields(words(desk.get(path)), "upload_picture")
    theirs.post("/do/upload_picture/", {**form, "photo": a_photo()})
    theirs.post("/do/update_product/", {"id": form["product"], "nameZh": "mine now"})
    theirs.post("/do/archive_product/", {"id": form["product"]})
    product.refresh_from_db()
    assert (product.name_zh, product.state, product.pictures.count()) == ("示例蜜橘", "draft", 0)
    assert "示例蜜橘" not in words(theirs.get(f"/en/desk/?team={global_id('Team', shelf.team.uid)}"))
    for page in ("", "new/", "orders/", "claims/"):
        assert signed_in(shelf.buyer).get(f"/en/desk/{page}").status_code in (200, 404)
    assert "Your account manages none yet" in words(signed_in(shelf.buyer).get("/en/desk/"))


def test_a_manager_registers_a_household_and_says_who_brought_a_lot(shelf):
    desk, product, path = drafted(shelf)
    told = {"name": "示例户", "phone": "", "bankAccount": ""}
    refused = words(fill(desk, "/en/desk/households/", "propose_household", **told, consented="false"))
    assert 'class="wrong"' in refused or "must have agreed" in refused
    page = words(fill(desk, "/en/desk/households/", "propose_household", **told, consented="true"))
    code = page.split("Registered as ")[1][:6]
    assert code in page and "示例户" not in page
    size = {"nameZh": "5 斤装", "netContent": "2.5 kg", "weightGrams": "2800", "priceMinor": "36.90"}
    fill(desk, path, "save_variant", **size, **STORY)
    today = str(clock.today())
    lot = {"quantity": "50", "level": "1", "harvestFrom": today, "harvestTo": today}
    link = (
        words(fill(desk, path, "declare_lot", **lot)).split("Who brought how much")[0].rsplit('href="', 1)[1]
    )
    shares_page = link.split('"')[0]
    boxes = [name for name in fields(words(desk.get(shares_page)), "share_out_lot") if name.startswith("kg.")]
    assert len(boxes) == 12, "the verified ones alone"
    short = words(fill(desk, shares_page, "share_out_lot", **{boxes[0]: "42.5"}))
    assert 'class="wrong"' in short and 'value="42.5"' in short
    kept = words(fill(desk, shares_page, "share_out_lot", **{boxes[0]: "42.5", boxes[1]: "7"}))
    assert "42.5 kg" in kept and "On record" in kept
