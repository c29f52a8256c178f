"""The same purchase by GraphQL alone over HTTP: no cookie, no page, the five requests of the README."""

import requests

from tests.shows.house import until
from tests.shows.script import ADDRESS, key, session_of


def test_a_stranger_buys_with_five_requests(house, guest):
    team = house.world.oranges
    with house.moves(SH01=2 * 3690):
        found = guest.ask(
            """{ search(query: "chengzi", first: 3) { nodes { name variants { id price { minor } unitsAvailable } } } }"""
        )["search"]["nodes"]
        (variant,) = next(p["variants"] for p in found if "navel" in p["name"])
        assert variant["price"]["minor"] == 3690
        cart = guest.done(
            "cartLinesAdd",
            "cart { id isReady goodsTotal { minor } shippingTotal { minor } }",
            lines=[{"variantId": variant["id"], "quantity": 2}],
        )["cart"]
        assert cart["goodsTotal"]["minor"] == 7380 and cart["shippingTotal"] is None and not cart["isReady"]
        cart = guest.done(
            "cartUpdate",
            "cart { id isReady total { minor } shippingTotal { minor } problems { code } }",
            cartId=cart["id"],
            email="script@shows.example",
            **ADDRESS,
        )["cart"]
        assert cart["isReady"] and cart["problems"] == []
        assert (cart["shippingTotal"]["minor"], cart["total"]["minor"]) == (960, 8340)
        placed = guest.done(
            "checkoutPlace", "order { number total { minor } } token", cartId=cart["id"], idempotencyKey=key()
        )
        order = {"number": placed["order"]["number"], "token": placed["token"]}
        payment = guest.begin(order)
        # At the provider: a declined card, then Alipay, by nothing but HTTP.
        declined = requests.post(payment["url"], data={"method": "card", "number": "4000000000000002",
                                                       "expiry": "12/34", "cvc": "123"})  # fmt: skip
        assert "problem" in declined.url
        wallet = requests.post(payment["url"], data={"method": "alipay"})
        assert "/authorise/" in wallet.url
        attempt = wallet.url.split("attempt=")[1].split("&")[0]
        back = requests.post(
            wallet.url, data={"answer": "authorise", "attempt": attempt}, allow_redirects=False
        )
        assert f"/order/{order['number']}/" in back.headers["Location"]
        until(lambda: guest.order(order)["state"] == "PAID")
        aside = guest.set_aside(order)
        assert sum(part["amount"]["minor"] for part in aside["parts"]) == aside["paid"]["minor"] == 8340
    assert house.seconds_to_the_board(order["number"], team) < 1
    assert guest.session.cookies.get_dict() == {}, "no cookie was needed"
    (hers,) = (p["amount"]["minor"] for p in aside["parts"] if p["part"] == "households")
    assert (
        sum(house.attributions(order["number"])) == house.books(order["number"])["earmarked"] == hers == 3985
    )


def test_a_person_buys_in_one_call_and_finds_it_among_her_orders(house):
    member = house.world.members[0]
    buyer = house.script_of(member)
    with house.moves(SH02=8801):
        bought = buyer.done(
            "buyNow",
            "order { number } payment { url } token",
            lines=[{"variantId": house.variant(house.world.tea), "quantity": 1}],
            email=member.email,
            **ADDRESS,
            idempotencyKey=key(),
        )
        house.till.pay(session_of(bought["payment"]["url"]), "card")
        until(lambda: buyer.order({"number": bought["order"]["number"]})["state"] == "PAID")
    mine = buyer.ask("{ myOrders(first: 5) { nodes { number state } } }")["myOrders"]["nodes"]
    assert mine[0] == {"number": bought["order"]["number"], "state": "PAID"}


def test_a_deed_asked_for_again_with_its_key_is_done_once(house, guest):
    cart = guest.done(
        "cartLinesAdd", "cart { id }", lines=[{"variantId": house.variant(house.world.tea), "quantity": 1}]
    )
    guest.done("cartUpdate", cartId=cart["cart"]["id"], email="again@shows.example", **ADDRESS)
    given = {"cartId": cart["cart"]["id"], "idempotencyKey": key()}
    given["expectedTotal"] = guest.total_of(given)
    answers = [guest.done("checkoutPlace", "order { number } token", **given) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    begun = {"number": answers[0]["order"]["number"], "token": answers[0]["token"], "idempotencyKey": key()}
    pages = [guest.done("paymentBegin", "payment { id url }", **begun) for _ in range(3)]
    assert pages[0] == pages[1] == pages[2]
    (refused,) = guest.refused("paymentBegin", **{**begun, "number": "T-0"})
    assert refused["code"] == "IDEMPOTENCY_CONFLICT"
