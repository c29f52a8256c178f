"""A cart's id is passed on, kept by a shared browser, read off a screen: what it opens, and what no longer."""

import pytest

from core.api.run import the_schema
from orders.models import Cart, Order
from tests.orders.world import Buyer, a_lot, a_person, key, variant_id

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "order { number recipient phone email } token"


def placed_by(buyer, **told):
    """A cart that was placed: its id, and the answer."""
    cart = buyer.fill(a_lot(), **told)
    once = key()
    answer = buyer.done("checkoutPlace", PLACE, cartId=cart["id"], idempotencyKey=once)
    return cart["id"], once, answer


def test_whoever_holds_a_placed_carts_id_learns_nothing_of_its_order():
    cart, once, answer = placed_by(Buyer())
    unnamed = Buyer()
    del unnamed.headers["X-Guest"]
    for other in (Buyer(), Buyer(a_person()), unnamed):
        for k in (key(), once):
            said = other.do("checkoutPlace", PLACE, cartId=cart, idempotencyKey=k)
            assert said["order"] is None and said["token"] is None
            (error,) = said["errors"]
            assert (error["code"], error["field"]) == ("NOT_FOUND", ["cartId"])
        assert other.cart(cart) is None
        for act, given in {
            "cartMerge": {},
            "cartUpdate": {"note": "mine"},
            "cartLineUpdate": {"lineId": "Q2FydExpbmU6AAAAAAAAAAAAAAAAAAAAAA", "quantity": 1},
            "cartLineRemove": {"lineId": "Q2FydExpbmU6AAAAAAAAAAAAAAAAAAAAAA"},
        }.items():
            assert other.refused(act, cartId=cart, **given) == "NOT_FOUND"
    assert Order.objects.count() == 1 and answer["order"]["phone"]


def test_who_placed_it_is_led_to_her_order_again_by_the_same_key_or_another():
    buyer = Buyer()
    cart, once, answer = placed_by(buyer)
    for k in (once, key()):
        again = buyer.done("checkoutPlace", PLACE, cartId=cart, idempotencyKey=k)
        assert again["order"] == answer["order"] and again["token"] == answer["token"]


def test_one_without_any_name_is_led_there_by_her_key_and_not_by_the_cart():
    unnamed = Buyer()
    del unnamed.headers["X-Guest"]
    cart, once, answer = placed_by(unnamed)
    assert unnamed.done("checkoutPlace", PLACE, cartId=cart, idempotencyKey=once)["token"] == answer["token"]
    assert unnamed.refused("checkoutPlace", cartId=cart, idempotencyKey=key()) == "NOT_FOUND"


def test_a_foreign_carts_id_changes_nobodys_cart():
    mei, li = Buyer(a_person()), Buyer(a_person())
    lot = a_lot()
    theirs, own = mei.fill(lot)["id"], li.fill(lot)["id"]
    unknown = theirs[:-4] + ("AAAA" if theirs[-4:] != "AAAA" else "BBBB")
    before = list(Cart.objects.order_by("id").values("email", "note", "changed_at"))
    lines = [{"variantId": variant_id(lot), "quantity": 3}]
    for id in (theirs, unknown):
        for other in (li, Buyer()):
            for act, given in {"cartUpdate": {"note": "x"}, "cartLinesAdd": {"lines": lines}}.items():
                (error,) = other.do(act, cartId=id, **given)["errors"]
                assert (error["code"], error["field"]) == ("NOT_FOUND", ["cartId"])
    assert list(Cart.objects.order_by("id").values("email", "note", "changed_at")) == before
    assert li.cart()["id"] == own and li.cart()["lines"][0]["quantity"] == 1


def test_each_door_that_is_open_to_guests_has_a_rate():
    fields = the_schema().graphql_schema.mutation_type.fields
    acts = {name: field.type.of_type.graphene_type for name, field in fields.items()}
    loose = [
        name
        for name, act in acts.items()
        if act.options.access is not None and act.options.access.allows is None and not act.options.rate
    ]
    # These count for themselves, by address, device and number (tests/accounts/test_patience.py, test_sign_up.py,
    # test_text_codes.py), and make no row for a guest but a code that was sent.
    doors = {
        "signUp",
        "signIn",
        "signInByText",
        "textCodeRequest",
        "signOut",
        "emailVerify",
        "passwordReset",
        "passwordResetRequest",
        "shopSetUp",
    }
    assert set(loose) - doors == set()


def test_carts_are_made_no_faster_than_the_rate_allows(settings):
    settings.API_LIMITS = {**settings.API_LIMITS, "guests_an_address": 1}
    codes = []
    for n in range(130):
        guest = Buyer()
        if n % 2:
            del guest.headers["X-Guest"]
        codes += [error["code"] for error in guest.do("cartUpdate", note=f"n{n}")["errors"]]
    assert Cart.objects.count() == 120 and codes == ["TOO_MANY_REQUESTS"] * 10
