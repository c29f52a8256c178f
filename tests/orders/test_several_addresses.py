"""One order to several people: each parcel has its own price of sending, its own address and its own refund, and tells
nobody what was paid."""

import re
import zlib
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.api.ids import global_id
from core.deliveries import drain
from impact.models import Kind
from orders.actions import shipment
from orders.models import Cart, Order, Parcel, ShippingRate
from orders.people import FORGOTTEN, forget_old
from orders.reads import shipping
from orders.reads.desk import packing_rows
from tests.catalog.world import a_product, a_team, a_variant
from tests.impact.world import a_round, figures, prove
from tests.orders.world import BUYER, PAID, Buyer, a_lot, a_person, key, row, tell, variant_id
from tests.together.world import at_rest, money_in, pay_at_the_till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
NEAR, FAR, SHUT = "420106", "330102", "420527"
CART = """id isReady addresses { id recipient } shippingTotal { minor } total { minor amount }
    parcels { recipient amount { minor } } lines { quantity address { recipient } problems { code } } problems { code }"""
PEOPLE = "甲乙丙丁戊己庚辛壬癸"


@pytest.fixture
def zones():
    """The rates of the teams of this test are theirs alone."""
    yield
    ShippingRate.objects.exclude(team=None).delete()
    shipping.forget()


class Gifts:
    """Oranges of one team and tea of another in a cart, and ten people to whom they go."""

    def __init__(self, by: Buyer | None = None):
        self.managers = [a_person(), a_person()]
        teams = [a_team(manager=one) for one in self.managers]
        # Hubei costs ¥8 a parcel and Zhejiang ¥12, whatever it weighs.
        for team in teams:
            for province, minor in (("420000", 800), ("330000", 1200)):
                figures = {"first_grams": 99_000, "first_minor": minor}
                ShippingRate.objects.create(team=team, storage="dry", region_id=province, **figures)
        shipping.forget()
        self.oranges, self.tea = (
            a_lot(a_variant(a_product(team, storage="dry"), price_minor=5000), units=50) for team in teams
        )
        self.buyer = by or Buyer()
        self.cart = self.buyer.fill(self.oranges, recipient="", phone="", street="", regionCode="")["id"]

    def send(self, name: str, region: str, *lots, **told):
        given = {
            "phone": "13900139000",
            "street": f"示例路 {name} 号",
            "giftNote": "新年好",
            "sender": "小王",
        }
        lines = [{"variantId": variant_id(lot), "quantity": 1} for lot in lots or (self.oranges,)]
        return self.buyer.do(
            "cartAddressSave",
            f"cart {{ {CART} }}",
            **{**given, "cartId": self.cart, "recipient": name, "region": region, "lines": lines, **told},
        )

    @property
    def seen(self):
        return self.buyer.ask(f"query($id: ID) {{ cart(id: $id) {{ {CART} }} }}", id=self.cart)["cart"]

    def guest(self) -> Client:
        """A browser that remembers this cart."""
        page = Client()
        session = page.session
        session["cart"] = self.cart
        session.save()
        return page

    def place(self, **more):
        given = {"cartId": self.cart, "expectedTotal": self.seen["total"]["amount"], "idempotencyKey": key()}
        placed = self.buyer.done("checkoutPlace", "order { number } token", **{**given, **more})
        return {"number": placed["order"]["number"], "token": placed["token"]}


def place_ten(gifts, closer):
    """N28: four in a zone of ¥8, five in one of ¥12; the seventh is in a closed county, and is mended to the ¥8 zone."""
    closer.close(region=SHUT)
    for n, name in enumerate(PEOPLE, 1):
        where = SHUT if n == 7 else NEAR if n < 5 else FAR
        lots = (gifts.tea,) if n == 3 else (gifts.oranges,)
        # Two of them live at one door: two parcels all the same, each with its own goods and its own words.
        told = {"street": "示例路 2 号"} if n in (2, 9) else {}
        answer = gifts.send(name, where, *lots, **told)
        if n == 7:
            (error,) = answer["errors"]
            assert (error["code"], error["field"]) == ("PLACE_CLOSED", ["region"])
            assert len(gifts.seen["addresses"]) == 6, "nothing else is lost"
            assert gifts.send(name, NEAR)["errors"] == []
        else:
            assert answer["errors"] == [], (n, answer)
    (error,) = gifts.send("第十一人", NEAR)["errors"]
    assert error["code"] == "INVALID" and "10" in error["message"]


def test_n28_ten_people_each_have_their_own_parcel_price_and_refund(zones, closer, till, a_stand):
    gifts = Gifts()
    place_ten(gifts, closer)
    cart = gifts.seen
    assert cart["isReady"] and cart["shippingTotal"] == {"minor": 5 * 800 + 5 * 1200}
    assert [line["address"]["recipient"] for line in cart["lines"]] == list(PEOPLE), (
        "what lay there went first"
    )
    order = gifts.place()
    pay_at_the_till(till, gifts.buyer, order)
    tell(a_stand, PAID)
    made = row(order)
    assert made.total_minor == cart["total"]["minor"] == 10 * 5000 + 10000
    assert made.shipping_minor == sum(one.shipping_minor for one in made.shipments.all()) == 10000
    assert [one.parcel.recipient for one in made.shipments.all()] == list(PEOPLE)
    assert money_in(Kind.SHIPPING_EARMARKED, made) == 10000
    drain()
    at_rest()

    # A refund of the third moves only its own sum, and what another team was paid for sending stays.
    third, fifth, eighth = (made.shipments.all()[n] for n in (2, 4, 7))
    back = gives(Buyer(gifts.managers[1]), made, third)
    assert back == 5000 + 800 and money_in(Kind.SHIPPING_EARMARKED, made) == 9200
    assert {one.state for one in made.shipments.exclude(pk=third.pk)} == {"waiting"}
    assert gives(Buyer(gifts.managers[0]), made, eighth) == 5000 + 1200
    third.refresh_from_db(), eighth.refresh_from_db()
    assert (third.state, third.refunded_minor) == ("cancelled", 800) and eighth.state == "cancelled"

    # The fifth arrives and its time is over: its own sending is owed, and no other's.
    shipment.ship_many([shipment.Sent(fifth, timezone.now(), "示例速运", "SL0005")])
    shipment.deliver_many([(fifth, timezone.now())])
    shipment.complete_due(timezone.now() + timedelta(days=30))
    drain()
    assert money_in(Kind.SHIPPING_OWED, made) == 1200
    assert money_in(Kind.SHIPPING_EARMARKED, made) == 10000 - 800 - 1200 - 1200
    at_rest()

    # Whoever was sent it is forgotten with its time for claims; the others are still to come.
    forget_old()
    fifth.parcel.refresh_from_db()
    assert (fifth.parcel.recipient, fifth.parcel.street, fifth.parcel.gift_note) == (FORGOTTEN, "", "")
    assert Parcel.objects.exclude(street="").count() == 7


def test_ten_addresses_are_one_person_time(zones, till, a_stand):
    gifts = Gifts()
    team = gifts.oranges.variant.product.team
    a_round(team)
    for name in PEOPLE:
        assert gifts.send(name, NEAR)["errors"] == []
    made = gifts.place()
    pay_at_the_till(till, gifts.buyer, made)
    tell(a_stand, PAID)
    prove(row(made))
    drain()
    _, person_times, people, *_ = figures(team)
    assert (row(made).shipments.count(), person_times, people) == (10, 1, 1)


def gives(manager, order, parcel):
    """The fen that come back when a parcel that was not sent is given back whole."""
    lines = [{"lineId": global_id("Line", line.uid), "units": line.quantity} for line in parcel.lines.all()]
    given = {"number": order.number, "lines": lines, "idempotencyKey": key()}
    return manager.done("refundRequest", "refund { amount { minor } }", **given)["refund"]["amount"]["minor"]


def test_what_travels_tells_no_price_and_its_buyer_sees_all(zones, till, a_stand, mailoutbox):
    gifts = Gifts()
    assert gifts.send("甲", NEAR)["errors"] == [] and gifts.send("乙", FAR)["errors"] == []
    order = gifts.place()
    pay_at_the_till(till, gifts.buyer, order)
    tell(a_stand, PAID)
    drain()
    team = gifts.oranges.variant.product.team
    rows = packing_rows(team)
    assert [(one.recipient, one.gift_note, one.sender) for one in rows] == [
        ("甲", "新年好", "小王"),
        ("乙", "新年好", "小王"),
    ]
    assert not any(mark in str(rows) for mark in ("50.00", "5000", "120.00", "8.00", "12.00", "¥"))
    asked = """query($number: String!, $token: String) { order(number: $number, token: $token) {
        total { minor } shipments { recipient address giftNote sender isGift shipping { minor } } } }"""
    seen = gifts.buyer.ask(asked, **order)["order"]
    assert seen["total"] == {"minor": 2 * 5000 + 800 + 1200}
    assert [(one["recipient"], one["isGift"], one["shipping"]["minor"]) for one in seen["shipments"]] == [
        ("甲", True, 800),
        ("乙", True, 1200),
    ]
    page = gifts.guest().get(f"/zh/order/{order['number']}/?token={order['token']}&paid=1").content.decode()
    what = page.split("买了什么")[1].split("包裹")[0]
    assert "寄给甲" in what and "寄给乙" in what
    assert page.split("接下来")[1].split("</ol>")[0].count(team.name_zh) == 1, "once for two parcels of a day"
    letters = [one for one in mailoutbox if order["number"] in one.body]
    assert {to for one in letters for to in one.to} <= {BUYER["email"], *(m.email for m in gifts.managers)}


def test_a_part_goes_to_others_and_the_rest_to_her_own_door(zones):
    gifts = Gifts()
    gifts.buyer.done("cartUpdate", cartId=gifts.cart, **BUYER)
    gifts.buyer.done(
        "cartLinesAdd", cartId=gifts.cart, lines=[{"variantId": variant_id(gifts.oranges), "quantity": 2}]
    )
    gifts.send("甲", FAR)
    seen = gifts.seen
    assert [(one["quantity"], one["address"]) for one in seen["lines"]] == [
        (2, None),
        (1, {"recipient": "甲"}),
    ]
    assert [(one["recipient"], one["amount"]["minor"]) for one in seen["parcels"]] == [
        ("", 800),
        ("甲", 1200),
    ]
    order = row(gifts.place())
    assert [(one.parcel.recipient, one.parcel.is_gift) for one in order.shipments.all()] == [
        (BUYER["recipient"], False),
        ("甲", True),
    ]
    assert [line.quantity for line in order.lines.all()] == [2, 1]


def test_whoever_is_taken_out_leaves_her_goods_in_the_cart(zones):
    gifts = Gifts()
    gifts.send("甲", NEAR)
    (there,) = gifts.seen["addresses"]
    for _ in range(2):
        gifts.buyer.done("cartAddressRemove", cartId=gifts.cart, addressId=there["id"])
    assert [(one["quantity"], one["address"]) for one in gifts.seen["lines"]] == [(1, None)]
    assert Cart.objects.get().addresses.count() == 0 and not Order.objects.exists()


def test_n28_by_a_table_each_wrong_row_is_named_and_the_others_are_in(zones, closer):
    """Nine of ten rows are in: the seventh goes to a closed county, and is mended by a table of one row."""
    closer.close(region=SHUT)
    gifts = Gifts()
    page = gifts.guest()
    page.post("/do/import_people/", {"file": a_table(*PEOPLE), "next": "/zh/checkout/people/", "lang": "zh"})
    shown = page.get("/zh/checkout/people/").content.decode()
    assert "加上了 9 个人" in shown and "第 8 行：" in shown and "暂停配送" in shown
    assert [one["recipient"] for one in gifts.seen["addresses"]] == [*PEOPLE[:6], *PEOPLE[7:]]
    assert gifts.seen["shippingTotal"] == {"minor": 4 * 800 + 5 * 1200}
    mended = SimpleUploadedFile("people.csv", f"{HEAD}\n庚,13900139000,{NEAR},示例路 7 号,,\n".encode())
    page.post("/do/import_people/", {"file": mended, "next": "/zh/checkout/people/", "lang": "zh"})
    assert gifts.seen["shippingTotal"] == {"minor": 10000} and len(gifts.seen["addresses"]) == 10


def test_a_table_sent_again_whole_sends_nobody_a_second_box(zones, closer):
    """Each person in the cart stands for one row exactly like her: two alike that were sent at first are two boxes still."""
    closer.close(region=SHUT)
    gifts = Gifts()
    page = gifts.guest()

    def send(*rows: str) -> str:
        file = SimpleUploadedFile("people.csv", "\n".join([HEAD, *rows]).encode())
        page.post("/do/import_people/", {"file": file, "next": "/zh/checkout/people/", "lang": "zh"})
        return page.get("/zh/checkout/people/").content.decode()

    twice = f"甲,13900139000,{NEAR},示例路 1 号,新年好,小王"
    rows = [twice, twice, f"乙,13900139000,{SHUT},示例路 2 号,,", f"丙,13900139000,{FAR},示例路 3 号,,"]
    assert "加上了 3 个人" in send(*rows)
    rows[2] = rows[2].replace(SHUT, NEAR)
    shown = send(*rows)
    assert "加上了 1 个人" in shown and "没有再加：2, 3, 5" in " ".join(shown.split())
    assert [one["recipient"] for one in gifts.seen["addresses"]] == ["甲", "甲", "丙", "乙"]
    assert [line["quantity"] for line in gifts.seen["lines"]] == [1, 1, 1, 1]

    # Whatever is different is somebody else's box: the door, the words, or how many.
    more = f"乙,13900139000,{NEAR},示例路 2 号"
    title = gifts.oranges.variant.product.name_zh
    file = "\n".join(
        [f"{HEAD},商品,份数", f"{more},,,{title},1", f"{more},平安,,,", f"{more},,,,2", f"{more} 甲,,,,"]
    )
    page.post(
        "/do/import_people/",
        {
            "file": SimpleUploadedFile("people.csv", file.encode()),
            "next": "/zh/checkout/people/",
            "lang": "zh",
        },
    )
    assert "加上了 3 个人" in page.get("/zh/checkout/people/").content.decode()
    assert [line["quantity"] for line in gifts.seen["lines"]] == [1, 1, 1, 1, 1, 2, 1]


def test_what_is_wrong_with_a_table_is_told_in_its_order(zones):
    gifts = Gifts()
    rows = [f"甲,1,{NEAR},示例路 1 号,,", "乙,13900139000,火星区,示例路 2 号,,", f"丙,1,{NEAR},示例路 3 号,,"]
    file = SimpleUploadedFile("people.csv", "\n".join([HEAD, *rows]).encode())
    page = gifts.guest()
    page.post("/do/import_people/", {"file": file, "next": "/zh/checkout/people/", "lang": "zh"})
    told = page.get("/zh/checkout/people/").content.decode()
    assert told.index("第 2 行") < told.index("第 3 行") < told.index("第 4 行")


def test_a_table_of_more_rows_than_anybody_needs_is_refused_before_one_is_tried(zones):
    gifts = Gifts()
    page = gifts.guest()
    lines = "".join(f"甲,13900139000,{NEAR},示例路 {n} 号,,\n" for n in range(51))
    many = SimpleUploadedFile("people.csv", f"{HEAD}\n{lines}".encode())
    page.post("/do/import_people/", {"file": many, "next": "/zh/checkout/people/", "lang": "zh"})
    assert "最多 50 行" in page.get("/zh/checkout/people/").content.decode()
    assert gifts.seen["addresses"] == []


def test_a_cart_poured_into_another_goes_to_ten_people_and_has_twenty_lines_at_most(zones):
    mine = Gifts(Buyer(a_person()))
    for name in PEOPLE[:7]:
        assert mine.send(name, NEAR)["errors"] == []
    theirs = Gifts()
    for name in PEOPLE[:4]:
        assert theirs.send(f"{name}二", NEAR, theirs.oranges, theirs.tea)["errors"] == []
    poured = mine.buyer.done("cartMerge", f"cart {{ {CART} }} leftOut", cartId=theirs.cart)
    assert [one["recipient"] for one in poured["cart"]["addresses"]][7:] == ["甲二", "乙二", "丙二"]
    assert (len(poured["cart"]["lines"]), poured["leftOut"]) == (7 + 3 * 2, 2), (
        "the fourth's two units are told of"
    )
    lots = [a_lot(a_variant(a_product(storage="dry"), price_minor=100)) for _ in range(8)]
    more = [{"variantId": variant_id(lot), "quantity": 1} for lot in lots]
    (error,) = mine.buyer.do("cartLinesAdd", "cart { id }", lines=more)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["lines"])
    assert mine.buyer.do("cartLinesAdd", "cart { id }", lines=more[1:])["errors"] == []
    assert mine.buyer.do("cartLinesAdd", "cart { id }", lines=more[1:])["errors"] == [], (
        "more of what is there"
    )


HEAD = "收件人,电话,区县,街道门牌,附言,署名"


def a_table(*names: str) -> SimpleUploadedFile:
    near, far = "湖北省武汉市武昌区", "杭州市上城区"
    rows = [
        f"{name},13900139000,{SHUT if n == 7 else near if n < 5 else far},示例路 {n} 号,新年好,小王"
        for n, name in enumerate(names, 1)
    ]
    return SimpleUploadedFile("people.csv", "\n".join([HEAD, *rows]).encode("utf-8-sig"))


def test_a_receipt_is_one_page_whose_chinese_can_be_selected(zones, till, a_stand):
    gifts = Gifts()
    for n, name in enumerate(PEOPLE):
        assert gifts.send(name, (NEAR, FAR)[n % 2], gifts.oranges, gifts.tea)["errors"] == []
    order = gifts.place()
    there = f"/zh/order/{order['number']}/receipt.pdf"
    asked = {"token": order["token"]}
    assert Client().get(there, asked).status_code == 404, "nothing is paid"
    pay_at_the_till(till, gifts.buyer, order)
    tell(a_stand, PAID)
    paper = Client().get(there, asked)
    assert paper.content.startswith(b"%PDF-") and "no-store" in paper["Cache-Control"]
    assert len(re.findall(rb"/Type /Page\b", paper.content)) == 1
    # A reader finds "收据" by its characters: each glyph says which one it is.
    streams = re.findall(rb"stream\r?\n(.*?)endstream", paper.content, re.DOTALL)
    inside = b"".join(inflated(one) for one in streams).upper()
    assert [one for one in "收据运费合计" if f"<{ord(one):04X}>".encode() not in inside] == []
    assert Client().get(there).status_code == 404, "it is nobody else's"


def inflated(stream: bytes) -> bytes:
    with suppress(zlib.error):
        return zlib.decompress(stream)
    return stream
