"""A team gives a part of one line back: ledger and standings go back by its share."""

from core.api.ids import uid_of
from orders.models import Refund
from tests.shows.house import until
from tests.shows.script import key, session_of


def paid(house, guest, *wants):
    order = guest.place(*wants)
    house.till.pay(session_of(guest.begin(order)["url"]), "alipay")
    until(lambda: guest.order(order)["state"] == "PAID")
    house.rest()
    return order


def part(aside, name):
    return next(p["amount"]["minor"] for p in aside["parts"] if p["part"] == name)


def test_one_unit_of_one_line_goes_back_with_its_share_of_each_part(house, guest):
    world = house.world
    wants = (house.variant(world.oranges), 3), (house.variant(world.tea), 1)
    with house.moves(SH01=2 * 3690, SH02=8801):
        order = paid(house, guest, *wants)
        before, total = guest.set_aside(order), guest.order(order)["total"]["minor"]
        assert part(before, "households") == sum(house.attributions(order["number"]))
        line = next(line for line in guest.order(order)["lines"] if line["quantity"] == 3)
        manager = house.trusted(world.oranges.manager)
        wish = {
            "number": order["number"],
            "lines": [{"lineId": line["id"], "units": 1}],
            "idempotencyKey": key(),
        }
        first = manager.done("refundRequest", "refund { amount { minor } }", **wish)
        assert first["refund"]["amount"]["minor"] == 3690
        assert manager.done("refundRequest", "refund { amount { minor } }", **wish) == first, (
            "once under one key"
        )
        until(lambda: [r["state"] for r in guest.order(order)["refunds"]] == ["SUCCEEDED"], 30)
        house.rest()
    seen, after = guest.order(order), guest.set_aside(order)
    assert seen["state"] == "PAID" and seen["refundedTotal"]["minor"] == 3690
    assert [
        (li["refunded"]["minor"], li["refundedUnits"]) for li in seen["lines"] if li["id"] == line["id"]
    ] == [(3690, 1)]
    # What is left of the line is two thirds of it, to the fen that sharing leaves; the other line is untouched.
    assert after["takenBack"]["minor"] == 3690
    assert sum(p["amount"]["minor"] for p in after["parts"]) == after["total"]["minor"] == total - 3690
    taken = part(before, "households") - part(after, "households")
    assert abs(taken - 3690 * 54 // 100) <= 1
    assert sum(house.attributions(order["number"])) == part(after, "households")
    books = house.books(order["number"])
    assert books["earmarked"] == part(after, "households") and books["gateway"] == -(total - 3690)
    assert sum(books.values()) == 0 and "buyer" not in books


def test_all_of_an_order_goes_back_and_the_board_forgets_it(house, guest):
    with house.moves():
        order = paid(house, guest, (house.variant(house.world.tea), 2))
        guest.done("orderCancel", **order, idempotencyKey=key())
        until(lambda: guest.order(order)["state"] == "REFUNDED", 30)
    seen = guest.order(order)
    assert seen["refundedTotal"] == seen["total"]
    assert sum(house.attributions(order["number"])) == 0 and house.books(order["number"]) == {}


def test_a_refund_that_the_provider_fails_later_is_told_and_can_be_tried_again(house, guest):
    order = paid(house, guest, (house.variant(house.world.tea), 1))
    (line,) = guest.order(order)["lines"]
    house.till.refund_mode("fail_later", after=0.5)
    manager, operator = house.trusted(house.world.tea.manager), house.script_of(house.world.operator)
    made = manager.done(
        "refundRequest", "refund { id }", number=order["number"], lines=[{"lineId": line["id"], "units": 1}],
        shipping=True, idempotencyKey=key(),
    )["refund"]  # fmt: skip
    until(lambda: [r["state"] for r in guest.order(order)["refunds"]] == ["FAILED"], 30)
    house.verify()
    assert guest.order(order)["refundedTotal"]["minor"] == 0
    house.till.refund_mode("succeed")
    with house.shop.database():
        failed = Refund.objects.get(uid=uid_of(made["id"], "Refund")).pk
    house.proved(operator, house.world.operator)
    operator.decide("orders/refund", "retry", failed)
    until(lambda: [r["state"] for r in guest.order(order)["refunds"]] == ["SUCCEEDED"], 30)
    assert guest.order(order)["state"] == "REFUNDED" and house.books(order["number"]) == {}
