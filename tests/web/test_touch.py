"""Whoever comes by somebody's link brings her code to checkout for seven days, sees it there, and may change it."""

from datetime import timedelta

import pytest
from django.test import Client

from contest.models import ReferralLink
from core import clock
from impact.models import Call
from orders.models import Cart, Order
from tests.catalog.world import a_person
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, words

pytestmark = pytest.mark.django_db
TOLD = {"recipient": "Ann", "phone": "13800138000", "street": "示例路 1 号", "email": "ann@example.com"}


def a_link(person=None, **where) -> ReferralLink:
    return ReferralLink.objects.create(person=person or a_person(nickname="橙子"), **where)


def visit(client: Client, link: ReferralLink):
    return client.get(f"/r/{link.code}/")


def at_checkout(client: Client, shelf) -> str:
    """The code that checkout offers to whoever has put something into her cart."""
    if not Cart.objects.filter(closed_at=None).exists():
        post(client, "add_to_cart", variant=shelf.variant, quantity="1")
        post(client, "choose_region", region="420106")
    return fields(words(client.get("/en/checkout/")), "tell_cart").get("mobiliserCode", "")


def place(client: Client, code: str) -> Order:
    page = words(client.get("/en/checkout/"))
    sent = {**fields(page, "tell_cart"), **TOLD, "mobiliserCode": code}
    post(client, "tell_cart", **sent)
    page = words(client.get("/en/checkout/"))
    post(
        client,
        "place_order",
        **{**fields(page, "tell_cart"), **TOLD, "mobiliserCode": code, "first": "tell_cart"},
    )
    return Order.objects.latest("pk")


def test_a_link_leads_to_its_entry_team_or_the_shop(shelf, guest):
    a_round(shelf.team)
    entry = shelf.team.entries.get()
    went = visit(guest, a_link(entry=entry))
    assert went.status_code == 302
    assert went.url.endswith(f"/contest/{entry.round.edition.slug}/{entry.number}/")
    assert visit(guest, a_link(team=shelf.team)).url.endswith(f"/t/{shelf.team.slug}/")
    assert visit(guest, a_link()).url in ("/en/", "/zh/")
    assert guest.get("/r/NOSUCHLINK/").status_code == 404


def test_the_touch_is_shown_at_checkout_and_becomes_the_orders_mobiliser(shelf, guest):
    link = a_link()
    visit(guest, link)
    assert at_checkout(guest, shelf) == link.person.mobiliser_code
    assert "came by a link of 橙子" in words(guest.get("/en/checkout/"))
    assert place(guest, link.person.mobiliser_code).mobiliser_person == link.person


def test_a_page_that_is_kept_for_all_guests_keeps_the_touch(shelf, guest):
    link = a_link()
    page = f"/en/t/{shelf.team.slug}/"
    plain = Client().get(page)
    visit(guest, link)
    assert guest.get(page).status_code == plain.status_code == 200
    assert guest.cookies["touch"].value
    assert "touch" not in guest.get(page).cookies, "no page sets it again"
    assert link.person.mobiliser_code.encode() not in guest.get(page).content
    assert at_checkout(guest, shelf) == link.person.mobiliser_code


def test_the_last_touch_wins_and_earlier_ones_are_assists(shelf, guest):
    first, last = a_link(), a_link()
    visit(guest, first)
    visit(guest, last)
    guest.get("/en/")  # a visit by no link changes nothing
    code = at_checkout(guest, shelf)
    assert code == last.person.mobiliser_code
    order = place(guest, code)
    assert order.mobiliser_person == last.person
    assert list(Call.objects.values_list("person", "way")) == [(first.person_id, "link")]


def test_a_touch_lasts_seven_days_and_not_longer(shelf, guest):
    link = a_link()
    visit(guest, link)
    clock.move(timedelta(days=7) - timedelta(minutes=1))
    assert at_checkout(guest, shelf) == link.person.mobiliser_code
    clock.move(timedelta(minutes=1))
    assert at_checkout(guest, shelf) == ""


def test_a_code_that_she_takes_out_is_not_put_back(shelf, guest):
    link = a_link()
    visit(guest, link)
    at_checkout(guest, shelf)
    page = words(guest.get("/en/checkout/"))
    post(guest, "tell_cart", **{**fields(page, "tell_cart"), **TOLD, "mobiliserCode": ""})
    assert at_checkout(guest, shelf) == ""
    visit(guest, link)
    assert at_checkout(guest, shelf) == link.person.mobiliser_code, "another visit is another touch"


def test_ones_own_link_an_ended_one_and_a_forged_cookie_touch_nobody(shelf, guest):
    own = a_link(shelf.buyer)
    buyer = signed_in(shelf.buyer)
    visit(buyer, own)
    assert "touch" not in buyer.cookies
    ended = a_link()
    ReferralLink.objects.filter(pk=ended.pk).update(revoked_at=clock.now())
    assert visit(guest, ended).status_code == 302
    assert "touch" not in guest.cookies
    guest.cookies["touch"] = '[["ABCDEFGH", "2026-11-29T00:00:00+08:00"]]'
    assert at_checkout(guest, shelf) == ""


def test_who_has_gone_calls_for_nobody(shelf, guest):
    link = a_link()
    visit(guest, link)
    link.person.mobiliser_code = "ANOTHER2"
    link.person.save()
    assert at_checkout(guest, shelf) == ""
