"""A product's photos: several at one choosing, small before they leave the phone, in the order that its team wants."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog import photos
from catalog.models import Picture
from core.api.ids import global_id
from tests.catalog.asker import Asker
from tests.catalog.test_picture import noise, plain_picture, with_a_place
from tests.web.conftest import a_shelf, signed_in
from tests.web.test_browser import session_of
from tests.web.test_desk import a_photo, sure
from tests.web.test_pages import fields, unfolded, words

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"

FILES = """async () => Promise.all([...document.querySelector('[name=photo]').files].map(
  async (file) => [...new Uint8Array(await file.arrayBuffer())]))"""


def page_of(product) -> str:
    return f"/en/desk/product/{global_id('Product', product.uid)}/"


def shows(desk, product, *files, **written):
    """The page after these were chosen at once and sent."""
    form = fields(unfolded(desk, page_of(product), "update_product"), "update_product")
    sent = {**form, "first": "update_product", "lang": "en", "photo": list(files), **written}
    return words(desk.get(desk.post("/do/upload_picture/", sent).url))


def test_several_come_at_once_and_those_that_are_none_are_named(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    huge = SimpleUploadedFile("40mp.jpg", plain_picture(8000, 5000, "JPEG"))
    paper = SimpleUploadedFile("paper.jpg", PDF, content_type="image/jpeg")
    page = shows(desk, product, a_photo(), paper, huge, altZh="一筐蜜橘", altEn="A basket")
    assert "2 photos have been added." in page and f"paper.jpg: {photos.NO_PHOTO.en}" in page
    assert "40mp.jpg" not in page
    first, second = product.pictures.all()
    assert (first.alt_zh, first.alt_en) == ("一筐蜜橘", "A basket")
    assert (second.alt_zh, second.width, second.height) == (product.name_zh, 1280, 800)
    # As many as it takes, and each beyond is named.
    beyond = [SimpleUploadedFile(f"{n}.jpg", noise(500, 500, "JPEG", "L")) for n in range(4)]
    page = shows(desk, product, *beyond)
    assert "3 photos have been added." in page and "3.jpg: At most 5 photos." in page
    assert product.pictures.count() == 5 and "2.jpg" not in page


def test_a_40_megapixel_photo_in_passes_and_a_pdf_are_refused_with_a_sentence(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    many = SimpleUploadedFile("many.jpg", plain_picture(8000, 5000, "JPEG", progressive=True))
    assert "This photo has too many pixels." in shows(desk, product, many)
    assert photos.NO_PHOTO.en in shows(desk, product, SimpleUploadedFile("paper.jpg", PDF))
    assert not product.pictures.exists()


def test_the_first_one_is_chosen_by_a_press_and_stands_on_every_page_at_once(shelf, guest):
    desk, product = signed_in(shelf.manager), shelf.product
    shows(desk, product, a_photo(), a_photo((900, 700)), a_photo((1000, 800)))
    names = {n: p.card_file.name for n, p in enumerate(product.pictures.all())}
    shelf_page = f"/en/p/{product.slug}/"
    before = words(guest.get(shelf_page))
    assert before.index(names[1]) < before.index(names[2])
    version = type(product).objects.get().written_version
    form = words(desk.get(page_of(product))).split('name="place" value="1"')[-1]  # of the last photo
    assert "Make it the first" in form
    third = product.pictures.last()
    said = {"id": global_id("Picture", third.uid), "place": "1", "lang": "en", "next": page_of(product)}
    desk.post("/do/arrange_picture/", said)
    assert [p.card_file.name for p in product.pictures.all()] == [names[2], names[0], names[1]]
    assert [p.position for p in product.pictures.all()] == [0, 1, 2]
    for page in (shelf_page, "/en/shop/"):
        assert names[2] in words(guest.get(page)), page
    after = words(guest.get(shelf_page))
    assert after.index(third.file.name) < after.index(names[0])
    row = type(product).objects.get()
    # Photos are shown at once (decision 0068), and who approves what waits must have seen this version.
    assert row.state == "published" and row.changes_state == "none" and row.written_version == version + 1
    sure(desk, page_of(product), "delete_picture")
    assert [p.position for p in product.pictures.all()] == [0, 1]


def test_what_a_photo_shows_is_said_later_too_and_emptied_it_is_the_products_name(shelf):
    desk, product = signed_in(shelf.manager), shelf.product
    shows(desk, product, a_photo())
    picture = product.pictures.get()
    key = f"describe_picture~{global_id('Picture', picture.uid)}"

    def say(**written):
        given = {**fields(unfolded(desk, page_of(product), key), "describe_picture"), **written, "lang": "en"}
        return words(desk.get(desk.post("/do/describe_picture/", given).url))

    assert 'alt="Twelve oranges"' in say(altZh="十二个橙子", altEn="Twelve oranges")
    picture.refresh_from_db()
    assert (picture.alt_zh, picture.alt_en) == ("十二个橙子", "Twelve oranges")
    assert 'class="wrong"' in say(altZh="橙" * 121)
    say(altZh="", altEn="")
    picture.refresh_from_db()
    assert (picture.alt_zh, picture.alt_en) == (product.name_zh, product.name_en)
    manager, id = Asker(shelf.manager), global_id("Picture", picture.uid)
    for place in (0, 2, -1):
        assert manager.refused("pictureUpdate", id=id, place=place) == "INVALID"
    product.state = "submitted"
    product.save()
    assert manager.refused("pictureUpdate", id=id, place=1) == "CONFLICT"


@pytest.mark.django_db(transaction=True)
def test_in_a_browser_photos_are_small_and_without_a_place_before_they_leave(
    live_shop: Any, browser: Any, tmp_path
):
    with live_shop.database():
        shelf = a_shelf()
        cookie = session_of(shelf.manager)
        path = (
            f"{live_shop.url}/zh/desk/product/{global_id('Product', shelf.product.uid)}/?open=update_product"
        )
    large = BytesIO()
    Image.new("RGB", (8000, 5000), "#D9622B").save(large, "JPEG", exif=with_a_place(), quality=95)
    chosen = {"large.jpg": large.getvalue(), "photo.png": noise(900, 700, "PNG", "RGB"), "paper.jpg": PDF}
    for name, data in chosen.items():
        (tmp_path / name).write_bytes(data)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "session", "value": cookie, "url": live_shop.url}])
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if "/do/upload_picture/" in r.url else None)
    page.goto(path)
    page.set_input_files("[name=photo]", [tmp_path / name for name in chosen])
    page.get_by_text("缩小后共").wait_for()
    leaving = [bytes(data) for data in page.evaluate(FILES)]
    assert [name for name in chosen if chosen[name] in leaving] == ["paper.jpg"], (
        "what cannot be read goes as it is"
    )
    assert not any(b"Exif" in data or b"Xiang" in data for data in leaving)
    assert sum(map(len, leaving)) < 600_000
    page.set_input_files("[name=photo]", [tmp_path / name for name in chosen])
    # Pressed before they are small: sent once, as soon as they are.
    page.locator("#photos button[formaction='/do/upload_picture/']").click()
    page.locator("#refused").wait_for()
    assert "paper.jpg" in page.inner_text("#refused") and "2 张照片已加上" in page.inner_text("body")
    context.close()
    assert len(sent) == 1
    with live_shop.database():
        turned, other = Picture.objects.filter(product=shelf.product)
        assert (turned.width, turned.height) == (800, 1280), "upright, as the camera was held"
        assert (other.width, other.height) == (900, 700)
