"""Mails at each step: once each, in the buyer's language, with a link that opens the order anywhere."""

import re

import requests

from tests.shows.house import until
from tests.shows.script import Script, key, session_of

HERS = "letters@shows.example"


def bought(house, guest):
    order = guest.place((house.variant(house.world.oranges), 2), email=HERS)
    house.till.notices("duplicate", copies=5)
    house.till.pay(session_of(guest.begin(order)["url"]), "alipay")
    until(lambda: guest.order(order)["state"] == "PAID")
    house.rest()
    return order


def test_a_guest_is_written_to_once_at_each_step_and_the_link_opens_her_order(house, guest):
    order = bought(house, guest)
    (paid,) = house.letters(HERS)
    assert order["number"] in paid[0] and "¥83.40" in paid[0]
    # One to look at it, one that proves besides that the mailbox is hers.
    links = set(re.findall(r"https?://\S+/order/\S+", paid[1]))
    assert len(links) == 2
    for page in map(requests.get, links):
        assert page.status_code == 200 and order["number"] in page.text
    # The team is told of the order; the buyer's name and mailbox stay at its desk.
    manager = house.world.oranges.manager
    theirs = [text for subject, text in house.letters(manager.email) if order["number"] in subject]
    assert len(theirs) == 1 and HERS not in theirs[0] and "示例买家" not in theirs[0]
    sent_and_given_back(house, guest, order)


def sent_and_given_back(house, guest, order) -> None:
    """On its way, arrived, one unit given back: a mail for each."""
    manager = house.trusted(house.world.oranges.manager)
    (parcel,), (line,) = (guest.order(order)[name] for name in ("shipments", "lines"))
    sent = {
        "shipmentId": parcel["id"],
        "carrier": "示例快递",
        "trackingNumber": "SF777000",
        "expectedUnits": 2,
        "idempotencyKey": key(),
    }
    for _ in range(2):
        manager.done("shipmentShip", **sent)
    guest.done("shipmentDelivered", shipmentId=parcel["id"], token=order["token"])
    given = {
        "number": order["number"],
        "lines": [{"lineId": line["id"], "units": 1}],
        "idempotencyKey": key(),
    }
    manager.done("refundRequest", **given)
    until(lambda: [r["state"] for r in guest.order(order)["refunds"]] == ["SUCCEEDED"], 30)
    house.rest()
    subjects = [subject for subject, _ in house.letters(HERS)]
    assert len(subjects) == len(set(subjects)), "no mail twice"
    assert sum("SF777000" in subject for subject in subjects) == 1
    assert sum("¥36.90" in subject for subject in subjects) >= 1


def test_she_is_written_to_in_the_language_in_which_she_bought(house):
    guest = Script(house)
    guest.session.headers["Accept-Language"] = "zh"
    order = guest.place((house.variant(house.world.tea), 1), email="xin@shows.example")
    house.till.pay(session_of(guest.begin(order)["url"]), "alipay")
    until(lambda: guest.order(order)["state"] == "PAID")
    house.rest()
    ((subject, text),) = house.letters("xin@shows.example")
    assert "订单" in subject and "示例绿茶" in text and "/zh/order/" in text
