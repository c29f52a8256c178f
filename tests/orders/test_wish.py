"""A wish list, and the one letter that somebody asks for: when it can really be bought by her, and never twice."""

import csv
from datetime import timedelta
from threading import Thread

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions import merging
from accounts.models import Address
from catalog.actions import variant as variants
from catalog.imports import import_shop
from catalog.models import Product, Team, Variant
from core import clock, language
from core.api.ids import global_id
from core.deliveries import drain
from core.money import decimal
from core.outbox import record
from core.templatetags import sheaf
from orders import people, verify
from orders.actions import cancel, wish
from orders.events import WishCameTrue
from orders.models import Order, Wish
from orders.tasks import note_wishes
from tests.catalog.world import a_lot, a_planned_lot, a_product, a_variant
from tests.figures import full
from tests.orders.closed import HUBEI, Closer
from tests.orders.coupons import pay
from tests.orders.world import WUHAN, Buyer, a_person, key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


TOLD = ("is back", "in season", "ordered ahead")


def pass_by(minutes: int = 15) -> None:
    """So much later, as far as wishes know."""
    earlier = F("free_since") - timedelta(minutes=minutes)
    Wish.objects.exclude(free_since=None).update(free_since=earlier)


def letters(minutes: int = 16) -> list:
    """What is sent when beat strikes, and once more so much later."""
    note_wishes()
    pass_by(minutes)
    note_wishes()
    drain()
    sent = [one for one in mail.outbox if any(words in one.subject for words in TOLD)]
    mail.outbox.clear()
    return sent


class Wisher:
    """Somebody who waits for a size that is sold out."""

    def __init__(self) -> None:
        self.person = a_person(email="wisher@example.com", language="en")
        self.product = a_product()
        self.size = a_variant(self.product)
        self.asker = Buyer(self.person)

    def keep(self, size: Variant | None = None, **given):
        id = global_id("Variant", (size or self.size).uid)
        told = {"product": self.product.slug, "letter": "BACK", "variantId": id, **given}
        return self.asker.do("wishKeep", "wish { letter name }", **told)

    def list(self) -> list[dict]:
        return self.asker.ask("{ viewer { wishes { id letter name product { slug } } } }")["viewer"]["wishes"]

    def stock(self, units: int = 5):
        return a_lot(self.size, units=units)


@pytest.fixture
def her() -> Wisher:
    return Wisher()


def test_n29_stock_that_comes_and_goes_brings_one_letter_and_then_the_wish_is_done(her):
    her.keep()
    assert letters() == []
    lot = her.stock()
    note_wishes()
    pass_by(10)
    order = Buyer().place(lot, quantity=5)
    assert letters() == [], "it was gone again within ten minutes"
    her.stock()
    assert letters(minutes=14) == []
    (told,) = letters()
    assert told.to == ["wisher@example.com"]
    assert f"/en/p/{her.product.slug}/" in told.body and "this once" in told.body
    assert her.list() == []
    Order.objects.filter(number=order["number"]).update(reserved_until=timezone.now() - timedelta(minutes=1))
    cancel.expire()
    assert letters() == [], "once"


def test_n29_a_unit_that_an_unpaid_order_lets_go_for_a_minute_is_no_news(her):
    lot = her.stock(1)
    Buyer().place(lot)
    her.keep()
    Order.objects.update(reserved_until=timezone.now() - timedelta(minutes=1))
    cancel.expire()
    note_wishes()
    pass_by(1)
    Buyer().place(lot)
    assert letters() == [] and len(her.list()) == 1


def test_n29_edits_copies_and_what_is_not_approved_bring_none(her):
    others = [a_variant(her.product, name_en=f"size {n}") for n in range(10)]
    for size in others:
        assert her.keep(size)["errors"] == []
    Variant.objects.update(name_en=F("name_zh"))
    Product.objects.filter(pk=her.product.pk).update(summary_en="new words")
    copy = a_product(her.product.team)
    a_lot(a_variant(copy))
    assert letters() == []
    lot = a_lot(others[0])
    Variant.objects.filter(pk=others[0].pk).update(is_offered=False)
    assert letters() == []
    Variant.objects.update(is_offered=True)
    Product.objects.filter(pk=her.product.pk).update(state="submitted")
    assert letters() == [], "waits for an operator"
    assert {one["product"] for one in her.list() if one["product"]} == set(), "not on the shelf: not shown"
    Product.objects.filter(pk=her.product.pk).update(state="published")
    Team.objects.update(is_active=False)
    assert letters() == []
    Team.objects.update(is_active=True)
    assert len(letters()) == 1 and lot.variant_id == others[0].pk and len(her.list()) == 9


def test_n29_two_hundred_sizes_that_are_imported_or_saved_unchanged_bring_none(her, tmp_path):
    products = [her.product, *(a_product(her.product.team) for _ in range(full(39, 3)))]
    sizes = [her.size]
    while len(sizes) < 5 * len(products):
        n = len(sizes)
        sizes.append(a_variant(products[n // 5], name_zh=f"{n} 号装", name_en=f"size {n}"))
    for size in sizes[: wish.MOST]:
        assert her.keep(size, product=size.product.slug)["errors"] == []
    file = tmp_path / "variants.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as opened:
        rows = csv.writer(opened)
        rows.writerow(["product", "name_zh", "name_en", "net_content", "weight_grams", "price_minor"])
        for one in sizes:
            words = (one.name_zh, one.name_en, one.net_content, one.weight_grams, decimal(one.price_minor))
            rows.writerow([one.product.slug, *words])
    report = import_shop({"variants": file})
    assert (report.rows, report.faults_total) == ({"variants": len(sizes)}, len(sizes)), "each stands there"
    for one in sizes:
        variants.save(one.product, None, one, name_zh=one.name_zh, weight_grams=one.weight_grams)
    assert letters() == []
    her.stock()
    assert len(letters()) == 1


def test_n29_what_is_sold_from_next_week_on_is_news_next_week(her):
    """A sale that begins later is a size that is not offered before."""
    her.keep()
    her.stock()
    Variant.objects.filter(pk=her.size.pk).update(is_offered=False)
    assert letters(minutes=7 * 24 * 60) == []
    Variant.objects.filter(pk=her.size.pk).update(is_offered=True)
    (told,) = letters()
    assert "is back" in told.subject


def test_n29_a_harvest_that_is_sold_in_advance_is_called_a_pre_sale_and_nothing_that_is_there(her):
    month = clock.today().month
    Product.objects.filter(pk=her.product.pk).update(season_months=[month % 12 + 1])
    her.keep()
    her.keep(letter="SEASON", variantId=None)
    Product.objects.filter(pk=her.product.pk).update(season_months=[month])
    lot = a_planned_lot(her.size, ship_by=clock.today() + timedelta(days=7))
    told = letters()
    assert sorted("ordered ahead" in one.subject for one in told) == [False, True]
    with language.use("en"):
        day = sheaf.day(lot.ship_by)
    for one in told:
        assert f"sent by {day}" in one.body and "in stock" not in one.body and "is back" not in one.subject


def test_n29_a_refund_that_puts_it_back_on_the_shelf_is_news_once(her, till, a_stand):
    lot, other = her.stock(2), Buyer()
    order = other.place(lot, quantity=2)
    pay(other, order, till, a_stand)
    her.keep()
    assert letters() == []
    other.done("orderCancel", "order { state }", **order, idempotencyKey=key())
    lot.refresh_from_db()
    assert lot.units_available == 2
    assert letters(minutes=14) == []
    assert len(letters()) == 1 and letters() == []


def test_n29_where_it_is_not_sent_to_her_she_is_not_told_before_it_is(her):
    where = {"recipient": "Ann", "phone": "13800138000", "region_id": WUHAN, "street": "1 Road"}
    Address.objects.create(person=her.person, is_default=True, **where)
    closer = Closer()
    closed = closer.close(HUBEI)
    her.keep()
    her.stock()
    assert letters() == []
    closer.open(closed)
    assert letters() != []


def test_n29_who_has_bought_it_meanwhile_or_has_taken_it_off_hears_nothing(her, till, a_stand):
    her.keep()
    lot = her.stock()
    order = her.asker.place(lot)
    pay(her.asker, {"number": order["number"]}, till, a_stand)
    assert letters() == [] and her.list() == []
    other = a_variant(her.product)
    her.keep(other)
    a_lot(other)
    her.asker.done("wishLeave", "isLeft", id=her.list()[0]["id"])
    assert letters() == [] and not Wish.objects.filter(done_at=None).exists()


def test_n29_two_workers_write_one_letter_and_two_accounts_that_become_one_get_one(her):
    her.keep()
    other = Wisher.__new__(Wisher)
    other.person, other.product, other.size = a_person(), her.product, her.size
    other.asker = Buyer(other.person)
    other.keep()
    other.asker.done("wishKeep", "wish { id }", product=her.product.slug)
    merging.merge(her.person, other.person, "email")
    assert sorted(one["letter"] for one in her.list()) == ["BACK", "NONE"]
    her.stock()
    note_wishes()
    pass_by(16)
    seen = []

    def work() -> None:
        seen.append(wish.note())
        connection.close()

    with transaction.atomic():
        assert wish.note() == 1
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [0]
    assert len(letters()) == 1


def test_switched_off_she_hears_nothing_though_it_was_on_its_way_and_switched_on_it_waits_still(her):
    her.keep()
    her.stock()
    assert her.asker.do("lettersChoose", wanted=["PARCELS"])["errors"] == []
    assert letters() == [] and len(her.list()) == 1
    assert her.asker.do("lettersChoose", wanted=["WISHES"])["errors"] == []
    note_wishes()
    pass_by(16)
    assert wish.note() == 1
    assert her.asker.do("lettersChoose", wanted=[])["errors"] == []
    drain()
    assert letters() == [], "switched off between the minute that saw it and its letter"


def test_verify_sees_a_letter_that_was_written_twice_or_of_what_still_waits(her):
    her.keep()
    her.stock()
    assert len(letters()) == 1
    assert "WISH" not in {offence.rule for offence in verify.verify()}
    told = Wish.objects.get()
    Wish.objects.update(done_at=None)
    assert [(o.rule, o.noun, o.id) for o in verify.verify()] == [("WISH", "Wish", told.pk)]
    Wish.objects.update(done_at=timezone.now())
    with transaction.atomic():
        record(WishCameTrue(wish_id=told.pk))
    assert [(o.rule, o.noun, o.id) for o in verify.verify()] == [("WISH", "Wish", told.pk)]


def test_in_season_she_is_told_once_when_its_month_has_come_and_it_is_in_stock(her):
    month = clock.today().month
    Product.objects.filter(pk=her.product.pk).update(season_months=[month % 12 + 1])
    told = {"letter": "SEASON", "variantId": None}
    assert her.keep(**told)["wish"]["letter"] == "SEASON"
    her.stock()
    assert letters() == []
    Product.objects.filter(pk=her.product.pk).update(season_months=[month])
    (letter,) = letters()
    assert "in season" in letter.subject and letters() == []
    assert her.keep(**told)["errors"][0]["code"] == "CONFLICT", "it is in season now"


def test_what_can_be_bought_needs_no_letter_and_asked_twice_is_on_the_list_once(her):
    her.stock()
    assert her.keep()["errors"][0]["code"] == "CONFLICT"
    for _ in range(2):
        assert her.asker.do("wishKeep", product=her.product.slug)["errors"] == []
    assert len(her.list()) == 1
    other = Buyer(a_person())
    id = her.list()[0]["id"]
    assert other.do("wishLeave", id=id)["errors"][0]["code"] == "NOT_FOUND" and len(her.list()) == 1


def test_a_list_is_bounded_exported_and_forgotten(her, monkeypatch):
    monkeypatch.setattr(wish, "MOST", 2)
    her.keep()
    her.asker.done("wishKeep", "wish { id }", product=her.product.slug)
    refused = her.asker.do("wishKeep", product=a_product().slug)
    assert refused["errors"][0]["code"] == "CONFLICT" and len(her.list()) == 2
    told = people.export(her.person)["wishes"]
    assert [one["letter"] for one in told] == ["back", "none"] and told[0]["name_zh"].startswith("秭归夏橙")
    with transaction.atomic():
        people.erase(her.person)
    assert not Wish.objects.exists()
    Wish.objects.create(
        person=her.person,
        product=her.product,
        name_zh="x",
        made_at=timezone.now(),
        done_at=timezone.now() - timedelta(days=31),
    )
    assert wish.forget_old() == 1
