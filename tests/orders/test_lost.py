"""A parcel that never came and is given back whole gives back what sending it cost, and every page tells that sum."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.api.ids import global_id
from orders.actions import shipment
from orders.models import Claim, Refund, Shipment
from tests.orders.sold import Sold, settle
from tests.orders.test_mails import new_mails
from tests.orders.world import key
from tests.together.world import at_rest, money_in
from tests.web.test_desk import fill, sure
from tests.web.test_pages import fields, words

OWED = ("owed", "pool_owed", "part_owed", "shipping_owed")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


@pytest.fixture
def sold(till, a_stand):
    return Sold(till, a_stand)


def lose(sold, n=0):
    """A team has sent its parcel so long ago that it may be said to be missing."""
    assert sold.ship(n)["errors"] == []
    Shipment.objects.filter(pk=sold.parcel(n).pk).update(shipped_at=timezone.now() - timedelta(days=8))


def give(sold, claim, minor):
    """The team answers with an amount; the fen that go back."""
    given = {"claimId": claim["id"], "words": "快递丢了", "amount": f"{minor / 100:.2f}"}
    answer = sold.managers[0].do(
        "claimAnswer", "claim { refund { amount { minor } } }", **given, idempotencyKey=key()
    )
    assert answer["errors"] == []
    return answer["claim"]["refund"]["amount"]["minor"]


def whole(sold, n=0):
    return sold.line(n).net_minor


def test_a_lost_parcel_that_is_given_back_whole_gives_back_its_sending(sold):
    lose(sold)
    sending = sold.parcel(0).shipping_minor
    assert sending > 0
    new_mails()
    assert give(sold, sold.claim("一直没收到")["claim"], whole(sold)) == whole(sold) + sending
    settle()
    assert sold.parcel(0).refunded_minor == sending and sold.parcel(1).refunded_minor == 0
    assert sold.row.refunded_minor == whole(sold) + sending
    told = next(letter for letter in new_mails() if "Your report was answered" in letter.subject)
    assert f"Refund  ¥{(whole(sold) + sending) / 100:.2f}" in told.body
    assert f"¥{sending / 100:.2f} of it for sending" in told.body
    at_rest()


def test_one_that_is_taken_as_delivered_and_has_not_come_does_too(sold):
    sold.ship(0)
    Shipment.objects.filter(state="shipped").update(
        state="delivered", is_presumed=True, after_sale_until=timezone.now() + timedelta(days=1)
    )
    assert (
        give(sold, sold.claim("没收到")["claim"], whole(sold)) == whole(sold) + sold.parcel(0).shipping_minor
    )


def test_a_part_of_it_or_what_has_come_gives_back_the_goods_alone(sold):
    lose(sold)
    claim = sold.claim("少了一箱")["claim"]
    assert give(sold, claim, whole(sold) - 1) == whole(sold) - 1
    settle()
    sold.accept()
    # The rest of it in a second answer: now nothing is left of it, and its sending goes back as well.
    assert give(sold, sold.claim("还是没收到")["claim"], 1) == 1 + sold.parcel(0).shipping_minor
    sold.managers[1].done("shipmentShip", shipmentId=sold.parcel_id(1), carrier="x", trackingNumber="SF111",
                          idempotencyKey=key())  # fmt: skip
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(1), token=sold.order["token"])
    claim = sold.claim("全坏了", n=1)["claim"]
    given = {"claimId": claim["id"], "words": "抱歉", "amount": f"{whole(sold, 1) / 100:.2f}"}
    sold.managers[1].done("claimAnswer", **given, idempotencyKey=key())
    assert sold.parcel(1).refunded_minor == 0
    at_rest()


def test_a_team_that_gives_a_lost_parcel_back_by_itself_gives_its_sending(sold):
    lose(sold)
    asked = {"number": sold.order["number"], "lines": [{"lineId": sold.line_id(0), "units": 2}]}
    answer = sold.managers[0].do(
        "refundRequest", "refund { amount { minor } }", **asked, idempotencyKey=key()
    )
    assert answer["refund"]["amount"]["minor"] == whole(sold) + sold.parcel(0).shipping_minor
    at_rest()


def test_a_parcel_that_was_sent_a_moment_ago_is_not_lost(sold):
    sold.ship(0)
    asked = {"number": sold.order["number"], "lines": [{"lineId": sold.line_id(0), "units": 2}]}
    answer = sold.managers[0].do(
        "refundRequest", "refund { amount { minor } }", **asked, idempotencyKey=key()
    )
    assert answer["refund"]["amount"]["minor"] == whole(sold)


def signed_in(buyer):
    client = Client()
    client.force_login(buyer.person)
    return client


def test_the_pages_tell_the_sum_with_its_sending(sold):
    lose(sold)
    claim = sold.claim("一直没收到")["claim"]
    goods, sending = whole(sold), sold.parcel(0).shipping_minor
    desk, path = signed_in(sold.managers[0]), "/en/desk/claims/"
    shown = words(desk.get(f"{path}?open=answer_claim~{claim['id']}"))
    assert f"also gives back ¥{sending / 100:.2f} for sending" in shown
    looked = words(fill(desk, path, "answer_claim", amount=f"{goods / 100:.2f}"))
    assert f"¥{(goods + sending) / 100:.2f}" in looked.split('id="look"')[1].split("</ul>")[0]
    said = sure(desk, path, "answer_claim", amount=f"{goods / 100:.2f}")
    assert f"¥{(goods + sending) / 100:.2f}" in said
    assert Refund.objects.get().amount_minor == goods + sending
    assert Claim.objects.get().uid and global_id("Claim", Claim.objects.get().uid) == claim["id"]
    page = sold.buyer.client.get(f"/en/order/{sold.order['number']}/?token={sold.order['token']}")
    assert f"¥{(goods + sending) / 100:.2f}" in words(page)


def test_a_team_looks_at_the_whole_sum_before_it_gives_a_lost_parcel_back(sold):
    lose(sold)
    goods, sending = whole(sold), sold.parcel(0).shipping_minor
    desk, path = signed_in(sold.managers[0]), "/en/desk/orders/?state=SHIPPED"
    told = {"line": sold.line_id(0), "units": 2, "lang": "en"}
    looked = words(fill(desk, path, "request_refund", **told))
    assert f"¥{(goods + sending) / 100:.2f}" in looked.split('id="look"')[1].split("</ul>")[0]
    desk.post("/do/request_refund/", {**fields(looked, "request_refund"), **told})
    assert Refund.objects.get().amount_minor == goods + sending


def test_an_order_of_which_all_was_lost_is_over_and_nothing_of_it_is_ever_owed(sold):
    for n in (0, 1):
        lose(sold, n)
        claim = sold.claim("没收到", n=n)["claim"]
        given = {"claimId": claim["id"], "words": "丢了", "amount": f"{whole(sold, n) / 100:.2f}"}
        sold.managers[n].done("claimAnswer", **given, idempotencyKey=key())
    settle()
    assert sold.row.state == "refunded" and sold.row.refunded_minor == sold.row.total_minor
    Shipment.objects.update(shipped_at=timezone.now() - timedelta(days=20))
    assert shipment.move_on_due() == 2
    assert shipment.move_on_due(timezone.now() + timedelta(days=30)) == 2
    settle()
    assert sold.row.state == "refunded" and {money_in(kind, sold.row) for kind in OWED} == {0}
    at_rest()
