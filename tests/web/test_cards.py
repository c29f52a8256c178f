"""Share cards: what is told in public, drawn once an hour; who asks for thousands costs no more than one."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from catalog import photos
from contest.models import ReferralLink
from impact.models import Entry
from shop.web import card_pictures, cards
from tests.catalog.world import a_person
from tests.impact.world import a_group, a_round, an_order, an_organisation, pay, standing
from tests.web.conftest import signed_in
from tests.web.test_desk import a_photo
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def drawings(monkeypatch, a_new_hour):
    """What was drawn, card by card; nothing is kept from before."""
    seen: list[card_pictures.Card] = []

    def noted(card):
        seen.append(card)
        return card_pictures.drawn(card)

    monkeypatch.setattr(cards, "drawn", noted)
    cards.pictures.forget()
    return seen


@pytest.fixture
def entry(shelf) -> Entry:
    a_round(shelf.team)
    return Entry.objects.select_related("round__edition").get(team=shelf.team)


def address(entry: Entry, language: str = "en", kind: str = "entry") -> str:
    return f"/cards/{language}/{kind}/{entry.round.edition.slug}/{entry.number}.png"


def said(card: card_pictures.Card) -> str:
    return " ".join([card.above, card.title, card.below, *(f"{f.name} {f.value}" for f in card.figures)])


def test_a_card_is_a_picture_that_may_be_kept_until_the_hour_is_over(guest, entry):
    made = guest.get(address(entry))
    assert (made.status_code, made["Content-Type"]) == (200, "image/png")
    assert Image.open(BytesIO(made.content)).size == (1200, 630)
    kept = re.fullmatch(r"public, max-age=(\d+)", made["Cache-Control"])
    assert kept and 0 < int(kept[1]) <= 3600
    assert "Set-Cookie" not in made and "Vary" not in made
    again = guest.get(address(entry), headers={"If-None-Match": made["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_ten_thousand_askers_cost_one_drawing(guest, entry, drawings):
    bodies = {guest.get(address(entry) + f"?x={n}").content for n in range(100)}
    assert len(bodies) == len(drawings) == 1
    for n in range(50):
        odd = f"/cards/en/entry/{entry.round.edition.slug}/{n + 1000}.png"
        assert guest.get(odd).status_code == 404
    for odd in ("/cards/en/product/none.png", "/cards/en/group/none.png", "/cards/fr/product/none.png"):
        assert guest.get(odd).status_code == 404
    assert len(drawings) == 1, "what there is not is not drawn"
    assert guest.get(address(entry, "zh")).content not in bodies
    assert len(drawings) == 2


def test_more_than_so_many_a_minute_are_told_to_come_again(guest, entry, monkeypatch, drawings):
    monkeypatch.setattr(cards, "A_MINUTE", 1)
    assert guest.get(address(entry)).status_code == 200
    late = guest.get(address(entry, "zh"))
    assert (late.status_code, late["Retry-After"], late["Cache-Control"]) == (503, "30", "no-store")
    assert guest.get(address(entry)).status_code == 200, "what is kept is given"
    assert len(drawings) == 1


def test_a_card_says_what_the_page_says_and_nothing_else(guest, entry, shelf, drawings):
    pay(an_order((shelf.lot, 2), person=a_person(email_verified_at="2026-01-01T00:00Z")))
    standing(shelf.team)
    page = words(guest.get(f"/en/contest/{entry.round.edition.slug}/{entry.number}/"))
    guest.get(address(entry))
    (card,) = drawings
    assert [figure.name for figure in card.figures] == ["Net support", "Person-times", "People"]
    assert all(figure.value in page for figure in card.figures)
    assert [figure.value for figure in card.figures[1:]] == ["fewer than 10", "fewer than 10"]
    assert card.address.endswith(f"/en/contest/{entry.round.edition.slug}/{entry.number}/")


def test_a_card_stays_as_it_is_until_the_hour_is_over(guest, entry, shelf, drawings, monkeypatch):
    before = guest.get(address(entry)).content
    pay(an_order((shelf.lot, 2)))
    standing(shelf.team)
    assert guest.get(address(entry)).content == before
    later = cards.timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(cards.timezone, "now", lambda: later)
    assert guest.get(address(entry)).content != before
    assert len(drawings) == 2


def test_what_has_left_the_contest_has_no_card(guest, entry):
    Entry.objects.update(approved_at=None, out_reason="示例")
    assert guest.get(address(entry)).status_code == 404


def test_a_products_card_tells_its_price(guest, shelf, drawings):
    assert guest.get(f"/cards/zh/product/{shelf.product.slug}.png").status_code == 200
    assert shelf.product.name_zh in said(drawings[0]) and "起价" in said(drawings[0])
    page = words(guest.get(f"/zh/p/{shelf.product.slug}/"))
    assert f'property="og:image" content="{cards.settings.SITE_URL}/cards/zh/product/' in page
    shelf.product.move_to(shelf.product.State.SUSPENDED)
    assert guest.get(f"/cards/zh/product/{shelf.product.slug}.png").status_code == 404


def test_a_products_card_shows_its_first_photo(guest, shelf, drawings):
    where = f"/cards/en/product/{shelf.product.slug}.png"
    assert guest.get(where).status_code == 200 and drawings[0].photo is None
    cards.pictures.forget()
    cleaned = photos.cleaned(a_photo())
    shelf.product.pictures.create(
        file=ContentFile(cleaned.full, "a.webp"),
        card_file=ContentFile(cleaned.card, "b.webp"),
        width=800,
        height=600,
    )
    drawn = Image.open(BytesIO(guest.get(where).content)).convert("RGB")
    assert drawings[1].photo == cleaned.card
    red, green, blue = drawn.getpixel((1200 - 64 - 170, 46 + 125))
    assert abs(red - 0xD9) < 16 and abs(green - 0x62) < 16 and abs(blue - 0x2B) < 16


def test_a_groups_card_names_no_organisation(guest, shelf, drawings):
    union = an_organisation(name_zh="示例秘密工会", name_en="Secret Union")
    group = a_group(shelf.lot, union)
    group.title = "示例秘密工会的团购"
    group.save(update_fields=["title"])
    for language in ("zh", "en"):
        assert guest.get(f"/cards/{language}/group/{group.join_code}.png").status_code == 200
    assert len(drawings) == 2
    assert not any(secret in said(card) for card in drawings for secret in ("秘密", "Secret", "工会"))


def test_ones_own_card_leads_by_ones_own_link_and_is_nobody_elses(guest, entry, drawings):
    her = a_person()
    hers, other = signed_in(her), signed_in(a_person())
    mine = address(entry, kind="mine")
    assert hers.get(mine).status_code == 404, "without a share there is no link"
    link = ReferralLink.objects.create(person=her, entry=entry)
    made = hers.get(mine)
    assert (made.status_code, made["Cache-Control"]) == (200, "private, no-store")
    assert drawings[-1].address.endswith(f"/r/{link.code}/")
    assert guest.get(mine).status_code == other.get(mine).status_code == 404
    assert f'href="{mine}"' in words(hers.get(f"/en/contest/{entry.round.edition.slug}/{entry.number}/"))


@pytest.mark.django_db(transaction=True)
def test_a_kept_card_asks_the_database_next_to_nothing(entry):
    visitor = Client()
    visitor.get(address(entry))
    with CaptureQueriesContext(connection) as asked:
        for _ in range(40):
            assert visitor.get(address(entry)).status_code == 200
    found = [q for q in asked if "impact_entry" in q["sql"]]
    assert len(found) < 15, "what is told of the contest is read again after 0.7 s, whoever asks"


def test_a_teams_and_the_shops_cards_have_no_figure_that_ages(guest, shelf, drawings):
    for path in (f"team/{shelf.team.slug}", "shop"):
        assert guest.get(f"/cards/zh/{path}.png").status_code == 200
    team, shop = drawings
    assert shelf.team.name_zh in said(team) and shelf.product.name_zh in said(team)
    assert not (team.figures or team.as_of or shop.figures or shop.as_of)
    shelf.product.move_to(shelf.product.State.SUSPENDED)
    type(shelf.team).objects.update(is_active=False)
    cards.pictures.forget()
    assert guest.get(f"/cards/zh/team/{shelf.team.slug}.png").status_code == 404
