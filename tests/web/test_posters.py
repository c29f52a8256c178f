"""What stands beside a link for whoever passes it on: a poster with its code, and words for a chat."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from catalog import photos
from shop.web import cards, poster_pictures
from tests.impact.world import a_group, an_organisation
from tests.web.conftest import a_shelf, signed_in
from tests.web.test_desk import a_photo
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def posters(monkeypatch, a_new_hour):
    """What was drawn, poster by poster; nothing is kept from before."""
    seen = []
    draw = poster_pictures.drawn
    monkeypatch.setattr(poster_pictures, "drawn", lambda card: seen.append(card) or draw(card))
    cards.pictures.forget()
    return seen


def copied(page: str) -> list[str]:
    """The lines that somebody copies from a page."""
    found = re.search(r'<textarea id="share-words"[^>]*>(.*?)</textarea>', page, re.S)
    return unescape(found[1]).split("\n") if found else []


def test_a_products_poster_is_three_by_four_drawn_once_an_hour_and_its_code_leads_to_its_page(
    guest, shelf, posters
):
    where = f"/posters/zh/product/{shelf.product.slug}.png"
    made = guest.get(where)
    assert (made.status_code, made["Content-Type"]) == (200, "image/png")
    assert Image.open(BytesIO(made.content)).size == (1080, 1440)
    assert guest.get(where).content == made.content and len(posters) == 1
    (card,) = posters
    assert card.address == f"{settings.SITE_URL}/zh/p/{shelf.product.slug}/"
    assert card.title == shelf.product.name_zh and card.figures[0].value == "¥36.90" and card.as_of
    assert guest.get(f"/cards/zh/product/{shelf.product.slug}.png").content != made.content
    shelf.product.move_to(shelf.product.State.SUSPENDED)
    assert guest.get(f"/posters/en/product/{shelf.product.slug}.png").status_code == 404


def test_a_poster_shows_the_teams_photo_whole(guest, shelf):
    cleaned = photos.cleaned(a_photo())
    files = {"file": ContentFile(cleaned.full, "a.webp"), "card_file": ContentFile(cleaned.card, "b.webp")}
    shelf.product.pictures.create(width=800, height=600, **files)
    where = f"/posters/en/product/{shelf.product.slug}.png"
    red, green, blue = Image.open(BytesIO(guest.get(where).content)).convert("RGB").getpixel((540, 320))
    assert abs(red - 0xD9) < 16 and abs(green - 0x62) < 16 and abs(blue - 0x2B) < 16


def test_words_for_a_chat_say_what_the_page_says_and_end_with_its_link(guest, shelf):
    page = words(guest.get(f"/en/p/{shelf.product.slug}/"))
    link = f"{settings.SITE_URL}/en/p/{shelf.product.slug}/"
    name, whose, price, part, last = copied(guest.get(f"/en/p/{shelf.product.slug}/").content.decode())
    assert (name, last) == (shelf.product.name_en, link)
    assert whose == f"{shelf.team.name_en} · {shelf.team.county.name_en}"
    assert price == "From ¥36.90" and part == "Of each ¥100, ¥54.00 is set aside for households"
    assert (
        "Of each ¥100 paid for it, ¥54.00" in page
        and f'href="/posters/en/product/{shelf.product.slug}.png"' in page
    )
    own = signed_in(shelf.manager).get(f"/en/p/{shelf.product.slug}/?preview=true").content.decode()
    assert copied(own) == [], "what is looked at before it is published is not passed on"


def test_a_groups_words_and_poster_name_no_organisation_and_end_with_the_group(guest, shelf, posters):
    union = an_organisation(name_zh="示例秘密工会", name_en="Secret Union")
    group = a_group(shelf.lot, union)
    group.title = "示例秘密工会的团购"
    group.save(update_fields=["title"])
    for language in ("zh", "en"):
        assert guest.get(f"/posters/{language}/group/{group.join_code}.png").status_code == 200
        lines = copied(guest.get(f"/{language}/g/{group.join_code}/").content.decode())
        assert lines[-1] == f"{settings.SITE_URL}/{language}/g/{group.join_code}/" and len(lines) == 4
        told = " ".join(lines) + str(posters)
        assert not any(secret in told for secret in ("秘密", "Secret", "工会"))
    assert [card.address for card in posters] == [
        f"{settings.SITE_URL}/{language}/g/{group.join_code}/" for language in ("zh", "en")
    ]
    type(group).objects.update(closes_at=timezone.now())
    assert copied(guest.get(f"/en/g/{group.join_code}/").content.decode()) == []


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_with_a_script_one_tap_copies_them(live_shop, browser, django_db_blocker):
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_shop.url)
    page = context.new_page()
    page.goto(f"{live_shop.url}/en/p/{shelf.product.slug}/")
    page.click("#share summary")
    page.click("[data-copy]")
    page.wait_for_selector("text=Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.splitlines()[0] == shelf.product.name_en and text.endswith(f"/p/{shelf.product.slug}/")
    context.close()
