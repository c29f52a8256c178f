"""A cart: whose it is, what it costs, what stands in its way."""

import pytest
from django.contrib.auth.models import AnonymousUser

from catalog.actions import card
from catalog.models import Lot, Product, Variant
from orders.actions import cart as carts
from orders.models import Cart, CartLine
from tests.accounts.world import an_organisation
from tests.catalog.world import a_product, a_team, a_variant
from tests.orders.world import ADDRESS, CART, KASHGAR, Buyer, a_lot, a_person, key, variant_id

pytestmark = pytest.mark.django_db(transaction=True)


def codes(problems):
    return [problem["code"] for problem in problems]


def line_codes(cart):
    return [codes(line["problems"]) for line in cart["lines"]]


def test_a_guests_cart_is_open_to_whoever_knows_its_id_and_a_persons_to_her_alone():
    guest, person, other = Buyer(), Buyer(a_person()), Buyer(a_person())
    guests = guest.fill(a_lot())
    mine = person.fill(a_lot())
    assert Buyer().cart(guests["id"])["id"] == guests["id"]
    assert other.cart(mine["id"]) is None and Buyer().cart(mine["id"]) is None
    assert person.cart()["id"] == mine["id"] and other.cart() is None
    assert other.refused("cartLineRemove", cartId=mine["id"], lineId=mine["lines"][0]["id"]) == "NOT_FOUND"
    assert len(person.cart()["lines"]) == 1


def test_a_person_has_one_open_cart():
    person = a_person()
    one, two = Buyer(person), Buyer(person)
    assert one.fill(a_lot())["id"] == two.fill(a_lot())["id"]
    assert Cart.objects.filter(person=person).count() == 1


def test_the_same_variant_again_is_more_of_it():
    buyer, lot = Buyer(), a_lot()
    cart = buyer.fill(lot, quantity=2)
    lines = [{"variantId": variant_id(lot), "quantity": 1}, {"variantId": variant_id(lot), "quantity": 2}]
    cart = buyer.done("cartLinesAdd", f"cart {{ {CART} }}", cartId=cart["id"], lines=lines)["cart"]
    assert [line["quantity"] for line in cart["lines"]] == [5]


def test_a_line_is_changed_and_taken_out():
    buyer = Buyer()
    cart = buyer.fill(a_lot(), a_lot())
    first, second = cart["lines"]
    cart = buyer.done(
        "cartLineUpdate", f"cart {{ {CART} }}", cartId=cart["id"], lineId=first["id"], quantity=4
    )["cart"]
    assert cart["lines"][0]["quantity"] == 4 and cart["lines"][0]["lineTotal"]["minor"] == 4 * 3690
    for _ in range(2):
        buyer.done("cartLineRemove", cartId=cart["id"], lineId=second["id"])
    buyer.done("cartLineUpdate", cartId=cart["id"], lineId=first["id"], quantity=0)
    assert buyer.cart(cart["id"])["lines"] == []


def test_what_cannot_be_a_quantity_is_refused_under_its_field():
    buyer, lot = Buyer(), a_lot()
    for quantity in (0, -1, 1000):
        lines = [{"variantId": variant_id(lot), "quantity": quantity}]
        (error,) = buyer.do("cartLinesAdd", lines=lines)["errors"]
        assert (error["code"], error["field"]) == ("INVALID", ["lines", "0", "quantity"])
    assert CartLine.objects.count() == 0


def test_goods_and_sending_are_summed_before_checkout_one_parcel_a_team_and_storage_class():
    team = a_team()
    fresh = a_lot(a_variant(a_product(team)))
    dry = a_lot(a_variant(a_product(team, storage="dry"), price_minor=1000, weight_grams=500))
    other = a_lot(a_variant(a_product(storage="fresh"), weight_grams=3500))
    buyer = Buyer()
    cart = buyer.fill(fresh, dry, other, quantity=2)
    assert cart["goodsTotal"]["minor"] == 2 * (3690 + 1000 + 3690)
    sent = [(p["weightGrams"], p["amount"]["minor"], p["isServed"]) for p in cart["parcels"]]
    assert sent == [(5600, 960, True), (1000, 500, True), (7000, 1080, True)]
    assert cart["shippingTotal"]["minor"] == 960 + 500 + 1080
    assert cart["total"]["minor"] == cart["goodsTotal"]["minor"] + cart["shippingTotal"]["minor"]
    assert cart["isReady"] and cart["problems"] == []


def test_before_a_region_is_told_the_cart_says_what_is_missing_and_guesses_no_sending():
    buyer = Buyer()
    lines = [{"variantId": variant_id(a_lot()), "quantity": 1}]
    cart = buyer.done("cartLinesAdd", f"cart {{ {CART} }}", lines=lines)["cart"]
    assert cart["shippingTotal"] is None and cart["parcels"] == [] and not cart["isReady"]
    assert codes(cart["problems"]) == ["NO_EMAIL", "NO_ADDRESS"]


def test_what_is_not_delivered_to_the_buyer_is_said_before_checkout():
    live = a_lot(a_variant(a_product(storage="live")))
    buyer = Buyer()
    cart = buyer.fill(live, a_lot(a_variant(a_product(storage="dry"))), regionCode=KASHGAR)
    assert line_codes(cart) == [["NOT_DELIVERED_HERE"], []]
    assert cart["shippingTotal"] is None, "what is not sent there has no price of sending"
    assert not cart["isReady"] and [p["isServed"] for p in cart["parcels"]] == [False, True]


def test_few_units_are_told_exactly_and_many_are_not():
    few, many, none = a_lot(units=3), a_lot(units=30), a_lot(units=1)
    buyer = Buyer()
    cart = buyer.fill(few, many, none, quantity=40)
    Lot.objects.filter(pk=none.pk).update(units_available=0, units_declared=0)
    card.refresh(variants=[none.variant_id])
    said = [[problem["message"] for problem in line["problems"]] for line in buyer.cart(cart["id"])["lines"]]
    assert line_codes(buyer.cart(cart["id"])) == [["ONLY_N_LEFT"], [], ["SOLD_OUT"]]
    assert said == [["Only 3 left."], [], ["Sold out."]]


def wishes_for(units: int, wish: int) -> list:
    """What each deed with a cart says of a wish for so many, with so many on the shelf."""
    lot, person, guest = a_lot(units=units), a_person(), Buyer()
    answers = [guest.fill(lot, quantity=wish), Buyer(person).fill(lot, quantity=wish)]
    mine, cart = Buyer(person), f"cart {{ {CART} }}"
    answers.append(mine.done("cartMerge", cart, cartId=answers[0]["id"])["cart"])
    line = answers[-1]["lines"][0]["id"]
    answers.append(mine.done("cartLineUpdate", cart, lineId=line, quantity=wish)["cart"])
    answers.append(
        mine.done("cartLinesAdd", cart, lines=[{"variantId": variant_id(lot), "quantity": wish}])["cart"]
    )
    return [
        (answer["isReady"], [(x["quantity"], x["problems"], x["lineTotal"]) for x in answer["lines"]])
        for answer in answers
    ]


@pytest.mark.parametrize("wish", [7, 31, 999])
def test_above_what_is_told_a_wish_sounds_alike_however_many_are_left(wish):
    assert wishes_for(6, wish) == wishes_for(30, wish) == wishes_for(100_000, wish)


def test_five_are_told():
    assert wishes_for(5, 6) != wishes_for(6, 6)


def test_a_changed_price_is_shown_and_wants_to_be_accepted():
    buyer, lot = Buyer(), a_lot()
    cart = buyer.fill(lot)
    Variant.objects.filter(pk=lot.variant_id).update(price_minor=3990)
    cart = buyer.cart(cart["id"])
    assert line_codes(cart) == [["PRICE_CHANGED"]] and cart["goodsTotal"]["minor"] == 3990
    said = cart["lines"][0]["problems"][0]["message"]
    assert said == "The price has changed from ¥36.90 to ¥39.90; please accept the new one."
    cart = buyer.done("cartUpdate", f"cart {{ {CART} }}", cartId=cart["id"], acceptPrices=True)["cart"]
    assert line_codes(cart) == [[]] and cart["isReady"]


def test_what_is_not_offered_any_more_stays_in_the_cart_and_says_so():
    buyer, lot = Buyer(), a_lot()
    cart = buyer.fill(lot)
    Product.objects.filter(pk=lot.variant.product_id).update(state="suspended")
    cart = buyer.cart(cart["id"])
    assert line_codes(cart) == [["NOT_OFFERED"]] and not cart["isReady"]
    lines = [{"variantId": variant_id(lot), "quantity": 1}]
    (error,) = buyer.do("cartLinesAdd", lines=lines)["errors"]
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["lines", "0", "variantId"])


def test_alcohol_wants_an_adult():
    buyer = Buyer()
    cart = buyer.fill(a_lot(a_variant(a_product(kind="alcohol", storage="dry"))))
    assert cart["needsAdult"] and line_codes(cart) == [["NEEDS_ADULT"]]
    cart = buyer.done("cartUpdate", f"cart {{ {CART} }}", cartId=cart["id"], isAdult=True)["cart"]
    assert cart["isReady"]


def test_at_sign_in_the_guests_cart_is_poured_into_ones_own_and_quantities_are_summed():
    both, rare, new = a_lot(), a_lot(units=3), a_lot()
    person = a_person()
    mine = Buyer(person).fill(both, rare, quantity=2, recipient="")
    guests = Buyer().fill(both, rare, new, quantity=3)
    cart = Buyer(person).done("cartMerge", f"cart {{ {CART} }}", cartId=guests["id"])["cart"]
    assert cart["id"] == mine["id"] and cart["recipient"] == ADDRESS["recipient"]
    assert [line["quantity"] for line in cart["lines"]] == [5, 5, 3]
    assert line_codes(cart) == [[], ["ONLY_N_LEFT"], []]
    assert Buyer().cart(guests["id"]) is None
    assert Buyer(person).refused("cartMerge", cartId=guests["id"]) == "NOT_FOUND"


def test_a_guests_cart_in_the_hands_of_somebody_signed_in_becomes_hers():
    person = a_person()
    guests = Buyer().fill(a_lot())
    cart = Buyer(person).done("cartUpdate", f"cart {{ {CART} }}", cartId=guests["id"], note="ring twice")[
        "cart"
    ]
    assert cart["id"] == Buyer(person).cart()["id"] and len(cart["lines"]) == 1
    assert Buyer().cart(cart["id"]) is None


def test_a_browser_that_remembers_a_closed_cart_begins_a_new_one():
    buyer, lot = Buyer(), a_lot()
    cart = buyer.fill(lot)
    assert carts.closed(AnonymousUser(), Cart.objects.get().uid)
    lines = [{"variantId": variant_id(lot), "quantity": 1}]
    new = buyer.done("cartLinesAdd", "cart { id }", cartId=cart["id"], lines=lines)["cart"]
    assert new["id"] != cart["id"] and len(buyer.cart(new["id"])["lines"]) == 1


def test_a_mobilisers_code_is_shown_may_be_changed_and_must_be_somebodys():
    union = an_organisation(name_zh="示例工会", name_en="Demo Union")
    person = a_person()
    buyer = Buyer(person)
    cart = buyer.fill(a_lot(), mobiliserCode=union.mobiliser_code.lower())
    assert (cart["mobiliserCode"], cart["mobiliserName"]) == (union.mobiliser_code, "Demo Union")
    # As a keyboard for Chinese writes it, in groups.
    wide = "".join(chr(ord(c) + 0xFEE0) for c in union.mobiliser_code)
    assert buyer.done("cartUpdate", mobiliserCode=f"{wide[:4]} {wide[4:]}")["errors"] == []
    for code in ("NOBODY99", person.mobiliser_code):
        (error,) = buyer.do("cartUpdate", mobiliserCode=code)["errors"]
        assert (error["code"], error["field"]) == ("INVALID", ["mobiliserCode"])
    assert buyer.cart()["mobiliserCode"] == union.mobiliser_code
    cart = buyer.done("cartUpdate", f"cart {{ {CART} }}", mobiliserCode="")["cart"]
    assert (cart["mobiliserCode"], cart["mobiliserName"]) == ("", "")


def test_one_buys_on_behalf_of_ones_own_organisation_and_of_no_other():
    person = a_person()
    own, other = an_organisation(members=(person,)), an_organisation()
    from core.api.ids import global_id

    buyer = Buyer(person)
    cart = buyer.fill(a_lot(), organisationId=global_id("Organisation", own.uid))
    assert cart["organisation"] and cart["isReady"]
    assert buyer.refused("cartUpdate", organisationId=global_id("Organisation", other.uid)) == "NOT_FOUND"
    own.memberships.update(ended_at="2026-01-01T00:00Z")
    assert codes(buyer.cart()["problems"]) == ["NOT_YOUR_ORGANISATION"]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"regionCode": "420000"}, "regionCode"),
        ({"regionCode": "999999"}, "regionCode"),
        ({"street": "x" * 201}, "street"),
    ],
)
def test_what_cannot_be_right_is_refused_under_its_field_and_nothing_changes(told, field):
    buyer = Buyer()
    cart = buyer.fill(a_lot())
    (error,) = buyer.do("cartUpdate", cartId=cart["id"], **told)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", [field])
    assert buyer.cart(cart["id"]) == cart


def test_all_that_cannot_be_right_is_told_at_once():
    buyer = Buyer()
    cart = buyer.fill(a_lot())
    told = {
        "phone": "12",
        "email": "nobody",
        "regionCode": "420000",
        "mobiliserCode": "NOBODY",
        "street": "路",
    }
    errors = buyer.do("cartUpdate", cartId=cart["id"], **told)["errors"]
    assert {error["field"][0] for error in errors} == {"phone", "email", "regionCode", "mobiliserCode"}
    assert len(errors) == 4 and len({error["message"] for error in errors}) == 4
    assert buyer.cart(cart["id"]) == cart


@pytest.mark.parametrize("lots", [1, 8])
def test_the_cart_page_takes_three_statements_however_many_lines(lots, django_assert_num_queries):
    buyer = Buyer()
    cart = buyer.fill(*[a_lot() for _ in range(lots)])
    buyer.cart(cart["id"])
    with django_assert_num_queries(3):
        assert len(buyer.cart(cart["id"])["lines"]) == lots


PUT = "cart { id lines { quantity } } leftOut"


def test_what_a_line_does_not_take_any_more_is_said():
    buyer, lot = Buyer(), a_lot(units=5000)
    first = buyer.done("cartLinesAdd", PUT, lines=[{"variantId": variant_id(lot), "quantity": 2}])
    assert first["leftOut"] == 0
    more = {"cartId": first["cart"]["id"], "lines": [{"variantId": variant_id(lot), "quantity": 999}]}
    added = buyer.done("cartLinesAdd", PUT, **more)
    assert ([line["quantity"] for line in added["cart"]["lines"]], added["leftOut"]) == ([999], 2)
    # In a new cart as well, where one call names it twice.
    twice = [{"variantId": variant_id(lot), "quantity": n} for n in (998, 4)]
    assert Buyer().done("cartLinesAdd", PUT, lines=twice)["leftOut"] == 3
    person = Buyer(a_person())
    person.done("cartLinesAdd", PUT, lines=[{"variantId": variant_id(lot), "quantity": 5}])
    poured = person.done("cartMerge", PUT, cartId=first["cart"]["id"])
    assert ([line["quantity"] for line in poured["cart"]["lines"]], poured["leftOut"]) == ([999], 5)


def test_kinds_that_find_no_place_in_ones_own_cart_are_said(monkeypatch):
    monkeypatch.setattr(carts, "MOST_LINES", 2)
    guest, person = Buyer(), Buyer(a_person())
    cart = guest.fill(a_lot(), a_lot(), quantity=3)
    person.fill(a_lot())
    poured = person.done("cartMerge", PUT, cartId=cart["id"])
    assert (len(poured["cart"]["lines"]), poured["leftOut"]) == (2, 3)


def test_nobody_buys_fewer_at_once_than_she_asked_for():
    lot = a_lot(units=5000)
    lines = [{"variantId": variant_id(lot), "quantity": n} for n in (998, 4)]
    given = {"lines": lines, "expectedTotal": "1", "idempotencyKey": key(), **ADDRESS}
    (error,) = Buyer().do("buyNow", "order { number }", **given)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["lines"])
