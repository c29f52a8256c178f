"""A band stands only where a visitor's own place is closed; her order's page lets her choose; all may read why."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Address, Appointment
from accounts.places import Place
from core.api.ids import global_id
from core.deliveries import drain
from orders.models import Closure, Incident, Order, Refund, Standstill
from orders.reads import closure as reads
from tests.accounts.world import holds
from tests.catalog.world import an_operator
from tests.orders.closed import INCIDENT, Closer
from tests.orders.paid import Paid
from tests.orders.world import KASHGAR, WUHAN, Buyer, a_person
from tests.together.world import Together
from tests.web.conftest import signed_in
from tests.web.test_desk import sure
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db(transaction=True)
BAND = "For now no parcels go to Wuchang District, Wuhan: the roads are cut."
PAGES = ("/en/", "/en/shop/", "/en/help/", "/en/contest/")


def of_a_cart(region: str, shelf) -> Client:
    """A guest who has chosen where her cart goes."""
    guest = Client()
    post(guest, "add_to_cart", variant=shelf.variant, quantity="1")
    post(guest, "choose_region", region=region)
    return guest


def bands(client: Client, *paths: str) -> list[bool]:
    return [BAND in words(client.get(path)) for path in paths or PAGES]


def test_the_band_stands_for_those_whose_place_is_closed_and_nobody_else(shelf):
    here, there, nowhere = of_a_cart(WUHAN, shelf), of_a_cart(KASHGAR, shelf), Client()
    stays = signed_in(shelf.buyer)
    Address.objects.create(person=shelf.buyer, recipient="Ann", phone="1", region_id=WUHAN, street="1")
    everybody = [here, there, nowhere, stays]
    # Kept for all guests before it is closed; nobody's kept page has another one's band in it.
    assert not any(any(bands(client)) for client in everybody)
    closer = Closer()
    closure = closer.close()
    for _ in range(2):
        assert [bands(client) for client in everybody] == [[True] * 4, [False] * 4, [False] * 4, [True] * 4]
    assert f'href="/en/incidents/{closer.code}/"' in words(here.get("/en/"))
    post(here, "choose_region", region=KASHGAR)
    assert not any(bands(here))
    closer.open(closure)
    assert not any(any(bands(client)) for client in everybody)


def test_a_guests_page_costs_no_statement_more_for_it(shelf):
    guest = of_a_cart(WUHAN, shelf)
    counts = []
    for closed in (False, True):
        if closed:
            Closer().close(KASHGAR)
        reads.known()
        guest.get("/en/shop/")
        with CaptureQueriesContext(connection) as asked:
            guest.get("/en/shop/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_cart_and_the_order_say_so_and_nothing_is_paid(shelf, till):
    buyer = Buyer()
    order = buyer.place(shelf.lot)
    path = f"/en/order/{order['number']}/?token={order['token']}"
    guest = of_a_cart(WUHAN, shelf)
    assert 'action="/do/begin_payment/"' in words(guest.get(path))
    Closer().close()
    assert words(guest.get("/en/cart/")).count(BAND) == 2, "the band, and the line's own problem"
    page = words(guest.get(path))
    assert 'id="closed"' in page and "nothing was charged" in page
    assert 'action="/do/begin_payment/"' not in page and 'action="/do/wait_for_place/"' not in page


def test_on_her_orders_page_she_waits_or_has_it_back(shelf, till, a_stand):
    paid = Paid(till, a_stand)
    drain()
    path = f"/en/order/{paid.order['number']}/?token={paid.order['token']}"
    guest = Client()
    assert 'id="closed"' not in words(guest.get(path))
    closer = Closer()
    closer.close()
    drain()
    page = words(guest.get(path))
    assert BAND in page and f'href="/en/incidents/{closer.code}/"' in page
    guest.post("/do/wait_for_place/", fields(page, "wait_for_place"))
    assert {row.answer for row in Standstill.objects.all()} == {"wait"}
    page = words(guest.get(path))
    assert "You chose to wait" in page and 'action="/do/wait_for_place/"' not in page
    # A link that a mail scanner opens chooses nothing; giving back is looked at once more, then done once.
    assert guest.get("/do/refund_stopped/").status_code == 405
    asked = fields(page, "refund_stopped")
    guest.post("/do/refund_stopped/", asked)
    assert not Refund.objects.exists()
    page = words(guest.get(path))
    sum_ = f"¥{Order.objects.get().total_minor / 100:.2f}"
    assert "You wait no more and this is not sent; goes back to you" in page and sum_ in page
    confirmed = fields(page, "refund_stopped")
    for _ in range(2):
        guest.post("/do/refund_stopped/", confirmed)
    assert Refund.objects.get().reason == "closed"


def test_a_groups_page_says_why_nobody_joins_and_its_coordinator_that_it_waits(shelf, till, a_stand):
    group = Together(till, a_stand, lot=shelf.lot, minimum=2, maximum=3)
    path = f"/en/g/{group.code}/"
    assert 'action="/do/join_group/"' in words(Client().get(path))
    closer = Closer()
    closure = closer.close()
    page = words(Client().get(path))
    assert "Nobody can join for now." in page and BAND in page and 'action="/do/join_group/"' not in page
    closer.open(closure)
    group.fill(3)
    drain()
    closer.close()
    page = words(signed_in(group.coordinator.person).get(path))
    assert BAND in page and "each member chooses to wait or to have it back" in page


def test_everybody_reads_what_happened_and_where(shelf):
    assert "Everything goes everywhere as usual." in words(Client().get("/en/incidents/"))
    closer = Closer()
    closure = closer.close()
    assert INCIDENT["titleEn"] in words(Client().get("/en/incidents/"))
    page = words(Client().get(f"/en/incidents/{closer.code}/"))
    for told in ("The water is high.", "Wuchang District, Wuhan, Hubei · Everything", "until further notice"):
        assert told in page
    closer.open(closure)
    assert "Open again" in words(Client().get(f"/en/incidents/{closer.code}/"))
    assert Client().get("/en/incidents/nothing/").status_code == 404


# --- The office ---------------------------------------------------------------------------------------

OFFICE = "/en/office/closures/"
TOLD = {"titleZh": "示例洪水", "titleEn": "Flood", "wordsZh": "水很高。", "wordsEn": "The water is high."}


def test_an_operator_tells_closes_and_opens_by_the_offices_page(shelf, till, a_stand):
    paid = Paid(till, a_stand)
    drain()
    office = signed_in(an_operator())
    assert f'href="{OFFICE}"' in words(office.get("/en/office/"))
    page = unfolded(office, OFFICE, "open_incident")
    told = office.post("/do/open_incident/", fields(page, "open_incident") | TOLD)
    incident = Incident.objects.get()
    assert told.url == f"{OFFICE}#incident-{incident.code}"
    opened = f"{OFFICE}?open=close_place~{global_id('Incident', incident.uid)}"
    assert 'name="province"' in words(office.get(opened))
    page = words(office.get(f"{opened}&province=420000"))
    assert "All of Hubei" in page and "All of Wuhan" in page and "Wuchang District" in page
    asked = fields(page, "close_place") | {"region": "420100", "reasonZh": "路断", "reasonEn": "cut off"}
    office.post("/do/close_place/", asked)
    assert not Closure.objects.exists(), "it is looked at once more"
    page = words(office.get(f"{opened}&province=420000"))
    assert "Paid orders that wait; their buyers are told by mail" in page
    assert "selected>All of Wuhan" in page
    office.post("/do/close_place/", fields(page, "close_place") | {"region": "420100"})
    closure = Closure.objects.get()
    assert (closure.region_id, closure.storage, closure.ends_at) == ("420100", "", None)
    drain()
    assert Standstill.objects.filter(ended_at=None, shipment__order=paid.row).count() == 2
    assert "Places closed for delivery" in words(office.get("/en/office/")), (
        "it waits for somebody to open it"
    )
    assert "is open again" in sure(office, OFFICE, "open_place")
    closure.refresh_from_db()
    assert closure.ends_at is not None and not reads.holding().exists()
    assert 'action="/do/open_place/"' not in words(office.get(OFFICE))


def test_a_logistics_checker_closes_places_in_her_province_and_nobody_else_finds_the_page(shelf):
    checker = a_person()
    holds(checker, "logistics_checker", Place(region="420000"))
    asker = Buyer(checker)
    made = asker.done("incidentOpen", "incident { id }", **TOLD)["incident"]["id"]
    given = {"incidentId": made, "reasonZh": "路断", "reasonEn": "cut off"}
    (error,) = asker.do("placeClose", regionCode=KASHGAR, **given)["errors"]
    assert error["code"] == "NOT_ALLOWED" and not Closure.objects.exists()
    assert asker.do("placeClose", regionCode=WUHAN, **given)["errors"] == []
    other = Closer()
    (error,) = asker.do("incidentEnd", incidentId=other.incident)["errors"]
    assert error["code"] == "NOT_ALLOWED"
    assert signed_in(checker).get(OFFICE).status_code == 200
    for person in (shelf.buyer, shelf.manager):
        assert signed_in(person).get(OFFICE).status_code == 404
    assert Client().get(OFFICE).status_code == 302
    Appointment.objects.filter(person=checker).update(ends_at=timezone.now())
    assert signed_in(checker).get(OFFICE).status_code == 404
    assert Buyer(checker).do("placeClose", regionCode=WUHAN, **given)["errors"][0]["code"] == "NOT_ALLOWED"
