"""What a buyer is told of a thing before she buys it, and what holds of it afterwards: a harvest that is not in, and
whether it can be sent back."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog import after_sale
from catalog.actions import card
from catalog.models import Lot, Picture, Product
from core.api.ids import global_id
from orders.models import Line, Shipment
from tests.catalog.world import a_lot, a_planned_lot, a_product, a_team, a_variant
from tests.orders.sold import Sold, settle
from tests.orders.test_mails import new_mails
from tests.orders.world import Buyer, tell
from tests.together.world import pay_at_the_till
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db
SHIPS = date(2027, 4, 1)
SAID = "Pre-sale, sent by 1 Apr 2027"


@pytest.mark.parametrize(
    ("kind", "storage", "hours", "is_returnable", "days"),
    [
        ("dry", "dry", 168, True, 7),
        ("processed", "dry", 72, True, 7),
        ("alcohol", "dry", 200, True, 9),
        ("sideline", "dry", 24, True, 7),
        ("fresh", "fresh", 72, False, 3),
        ("fresh", "dry", 25, False, 2),
        ("processed", "chilled", 24, False, 1),
        ("processed", "frozen", 168, False, 7),
        ("fresh", "live", 48, False, 2),
    ],
)
def test_what_keeps_can_be_sent_back_within_seven_days_and_what_spoils_cannot(
    kind, storage, hours, is_returnable, days
):
    assert after_sale.is_returnable(kind, storage) is is_returnable
    assert after_sale.days_of(kind, storage, hours) == days
    product = a_product(kind=kind, storage=storage, after_sale_hours=hours)
    a_lot(a_variant(product))
    page = words(Client().get(f"/en/p/{product.slug}/"))
    # Where it cannot, it stands beside the button; and nowhere a box.
    assert ("Spoils: no return without a reason" in page) is not is_returnable
    assert ("Unopened, it can go back within seven days" in page) is is_returnable
    assert 'type="checkbox"' not in page.partition('id="buy"')[2].partition("</form>")[0]
    asked = "query($s: String!) { product(slug: $s) { isReturnable afterSaleDays } }"
    told = Buyer().ask(asked, s=product.slug)["product"]
    assert told == {"isReturnable": is_returnable, "afterSaleDays": days}


def test_sending_back_is_asked_on_the_orders_page_for_seven_days_whatever_the_team_changes(till, a_stand):
    sold = Sold(till, a_stand)
    # Its team makes it chilled afterwards: what was bought as returnable stays so.
    Product.objects.update(storage="chilled")
    sold.arrive(0, 1)
    address = f"/en/order/{sold.order['number']}/?token={sold.order['token']}"
    assert [line.is_returnable for line in sold.row.lines.all()] == [False, True]
    page = words(Client().get(address))
    assert page.count("Send it back, until") == 1
    line = sold.line_id(1)
    form = f"/en/order/{sold.order['number']}/claim/{line}/?token={sold.order['token']}&return=1"
    assert "I want to send it back (within seven days, unopened)." in words(Client().get(form))
    day_before, day_after = (timezone.now() - timedelta(days=days) for days in (6.9, 7.1))
    Shipment.objects.update(delivered_at=day_before)
    assert "Send it back, until" in words(Client().get(address))
    # A team may take claims for longer: without a reason it is no longer than the seven days.
    Shipment.objects.update(delivered_at=day_after, after_sale_until=timezone.now() + timedelta(days=30))
    page = words(Client().get(address))
    assert "Send it back, until" not in page and "Something is wrong" in page
    assert sold.claim("我想退货", n=1)["errors"] == []


@pytest.fixture
def shelf_of_two():
    """A product of which one size is in, and the other is harvested next year."""
    product = a_product(a_team(), kind="dry", storage="dry")
    now, later = a_variant(product), a_variant(product, name_en="Gift box", position=1)
    return a_lot(now, units=30), a_planned_lot(later, ship_by=SHIPS, units=30)


def test_a_size_whose_harvest_is_not_in_never_says_in_stock(shelf_of_two):
    now, later = shelf_of_two
    slug = now.variant.product.slug
    page = words(Client().get(f"/en/p/{slug}/"))
    assert page.count("In stock") == 1 and SAID in page
    client = Client()
    post(client, "add_to_cart", variant=global_id("Variant", later.variant.uid), quantity="1")
    post(client, "choose_region", region="420106")
    for where in ("cart", "checkout"):
        assert SAID in words(client.get(f"/en/{where}/")), where
    Lot.objects.filter(pk=now.pk).update(units_available=0, units_sold=30)
    card.refresh(lots=[now.pk])
    page = words(Client().get(f"/en/p/{slug}/"))
    assert "In stock" not in page and "Pre-order" in page and page.count(SAID) >= 3
    assert SAID in words(Client().get("/en/"))


def test_an_order_and_its_mails_say_what_was_bought_before_its_harvest(till, a_stand):
    buyer = Buyer()
    order = buyer.place(a_planned_lot(ship_by=SHIPS, units=9), a_lot(units=9), quantity=2)
    pay_at_the_till(till, buyer, order)
    tell(a_stand, "checkout.session.completed")
    settle()
    assert [line.presale_ship_by for line in Line.objects.order_by("id")] == [SHIPS, None]
    mail = next(mail for mail in new_mails() if "is paid" in mail.subject)
    assert mail.body.count("(pre-sale, sent by 1 Apr 2027)") == 1
    page = words(Client().get(f"/en/order/{order['number']}/?token={order['token']}"))
    assert page.count(SAID) == 1


def test_the_photo_stands_wherever_the_drawing_stood(till, a_stand):
    sold = Sold(till, a_stand)
    product = sold.lots[0].variant.product
    Picture.objects.create(product=product, file="a.webp", card_file="its-own.webp", width=1, height=1)
    sold.arrive(0)
    order = f"/en/order/{sold.order['number']}/"
    key = f"?token={sold.order['token']}"
    for page in ("", f"claim/{sold.line_id()}/", f"review/{sold.line_id()}/"):
        assert "its-own.webp" in words(Client().get(f"{order}{page}{key}")), page
