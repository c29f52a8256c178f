"""After the time for claims what was set aside is owed to those who did the work: a team takes none of it back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from core.api.ids import global_id
from core.money import show
from orders.actions import shipment
from orders.models import Order, Refund
from tests.catalog.world import an_operator
from tests.orders.sold import Sold
from tests.orders.test_operators import choose
from tests.orders.world import Buyer, a_person, at_rest, key, settle_all
from tests.together.world import money_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


@pytest.fixture
def sold(till, a_stand):
    made = Sold(till, a_stand, Buyer(a_person()))
    settle_all()
    made.arrive(0, 1)
    return made


@pytest.fixture
def operator():
    return Buyer(an_operator())


def over(*parcels, sold):
    """The time for claims has passed for these."""
    shipment.complete_many([sold.parcel(n) for n in parcels])
    assert {sold.parcel(n).state for n in parcels} == {"completed"}


def ask(sold, by, n=0, **more):
    """What comes of asking for one unit of a line."""
    given = {"number": sold.order["number"], "lines": [{"lineId": sold.line_id(n), "units": 1}], **more}
    query = "errors { code message field } refund { amount { minor } }"
    document = f"mutation($input: RefundRequestInput!) {{ refundRequest(input: $input) {{ {query} }} }}"
    return by.ask(document, input={**given, "idempotencyKey": key()})["refundRequest"]


def refused(answer):
    (error,) = answer["errors"]
    assert answer["refund"] is None
    return error["code"], error["field"]


def test_a_team_gives_back_until_a_parcel_is_completed_and_not_afterwards(sold):
    assert ask(sold, sold.managers[0])["refund"]["amount"]["minor"] == 3690
    over(0, sold=sold)
    owed = money_in("pool_owed", sold.row)
    assert owed > 0
    answer = ask(sold, sold.managers[0])
    assert refused(answer) == ("TOO_LATE", ["lines", "0", "lineId"])
    assert "operator" in answer["errors"][0]["message"] and money_in("pool_owed", sold.row) == owed
    # The other team's parcel is not completed: its own time still runs.
    assert ask(sold, sold.managers[1], 1)["refund"]["amount"]["minor"] == 5000
    assert Refund.objects.count() == 2
    settle_all()
    at_rest()


def test_what_sending_cost_is_no_way_round_it(sold):
    over(0, sold=sold)
    nothing = {"number": sold.order["number"], "lines": [], "shipping": True, "idempotencyKey": key()}
    answer = sold.managers[0].do("refundRequest", "refund { state }", **nothing)
    assert [e["code"] for e in answer["errors"]] == ["TOO_LATE"] and answer["refund"] is None
    assert Refund.objects.count() == 0
    at_rest()


def test_the_time_ends_while_a_team_asks(sold):
    """The parcel is looked at under the order's lock, not as it was when the order was found."""
    parcel = sold.parcel(0)
    stale = list(Order.objects.filter(pk=sold.row.pk).prefetch_related("lines__shipment"))
    shipment.complete_due(timezone.now() + timedelta(hours=73))
    parcel.refresh_from_db()
    assert parcel.state == "completed" and stale[0].state == "delivered"
    assert refused(ask(sold, sold.managers[0]))[0] == "TOO_LATE"


def test_an_operator_gives_back_afterwards_with_a_reason(sold, operator):
    over(0, 1, sold=sold)
    for note in ({}, {"note": ""}, {"note": "  "}, {"note": "\u200b"}):
        assert refused(ask(sold, operator, **note)) == ("INVALID", ["note"])
    assert ask(sold, operator, note="检测报告不合格")["refund"]["amount"]["minor"] == 3690
    made = Refund.objects.get()
    assert (made.note, made.requested_by) == ("检测报告不合格", operator.person)
    assert AuditEntry.objects.get(noun="Refund", deed="request").actor == operator.person
    settle_all()
    at_rest()


def test_before_that_an_operator_need_not_say_why(sold, operator):
    over(1, sold=sold)
    assert ask(sold, operator)["refund"]["amount"]["minor"] == 3690
    assert refused(ask(sold, operator, 1)) == ("INVALID", ["note"])


def test_recalled_goods_are_given_back_by_their_team_however_late(sold):
    over(0, 1, sold=sold)
    sold.managers[0].done("lotRecall", id=global_id("Lot", sold.lots[0].uid), reason="农残超标")
    settle_all()
    assert ask(sold, sold.managers[0])["refund"]["amount"]["minor"] == 3690
    assert refused(ask(sold, sold.managers[1], 1))[0] == "TOO_LATE"
    settle_all()
    at_rest()


@pytest.mark.parametrize("is_done", [False, True])
def test_operators_have_a_room_to_give_back_what_is_left(sold, operator, is_done):
    over(0, 1, sold=sold)
    desk = Client(headers={"Accept-Language": "en"})
    desk.force_login(operator.person)
    if is_done:
        Order.objects.update(person=operator.person)
    once = desk.post(
        "/operators/orders/order/", {"action": "request_remaining", "_selected_action": [sold.row.pk]}
    )
    assert once.status_code == 200 and show(sold.row.total_minor) in once.content.decode()
    (said,) = choose(desk, "order", "request_remaining", sold.row, confirmed="yes", why="整批变质")
    if is_done:
        assert Refund.objects.count() == 0 and ": 1" not in said, "nobody decides about her own"
        return
    assert said.endswith(": 1") and Refund.objects.get().note == "整批变质"
    settle_all()
    assert sold.row.state == "refunded"
    at_rest()


@pytest.mark.parametrize("has_left", [False, True])
def test_an_operator_takes_nothing_back_that_her_own_team_is_owed(sold, operator, has_left):
    over(0, 1, sold=sold)
    ended = timezone.now() if has_left else None
    sold.line().team.members.create(person=operator.person, ended_at=ended)
    owed = money_in("pool_owed", sold.row)
    assert [e["code"] for e in ask(sold, operator, note="朋友的订单")["errors"]] == ["NOT_ALLOWED"]
    desk = Client(headers={"Accept-Language": "en"})
    desk.force_login(operator.person)
    (said,) = choose(desk, "order", "request_remaining", sold.row, confirmed="yes", why="朋友的订单")
    assert "another operator" in said
    sending = {"number": sold.order["number"], "lines": [], "shipping": True, "note": "朋友的订单"}
    answer = operator.do("refundRequest", "refund { state }", **sending, idempotencyKey=key())
    assert [e["code"] for e in answer["errors"]] == ["NOT_ALLOWED"]
    assert Refund.objects.count() == 0 and money_in("pool_owed", sold.row) == owed
    # The other team is none of hers, and recalled goods come back whoever asks.
    assert ask(sold, operator, 1, note="检测报告不合格")["refund"]["amount"]["minor"] == 5000
    if not has_left:
        operator.done("lotRecall", id=global_id("Lot", sold.lots[0].uid), reason="农残超标")
        settle_all()
        assert ask(sold, operator, note="召回")["refund"]["amount"]["minor"] == 3690
    settle_all()
    at_rest()


def test_an_order_under_her_own_address_is_an_operators_own_though_she_was_not_signed_in(sold, operator):
    over(0, 1, sold=sold)
    Order.objects.filter(pk=sold.row.pk).update(person=None, email=operator.person.email.upper())
    (error,) = ask(sold, operator, note="我自己的")["errors"]
    assert error["code"] == "NOT_FOUND"
    desk = Client(headers={"Accept-Language": "en"})
    desk.force_login(operator.person)
    (said,) = choose(desk, "order", "request_remaining", sold.row, confirmed="yes", why="我自己的")
    assert Refund.objects.count() == 0 and ": 1" not in said
    Order.objects.filter(pk=sold.row.pk).update(email="somebody@example.com")
    assert ask(sold, operator, note="检测报告不合格")["refund"]["amount"]["minor"] == 3690
    settle_all()
    at_rest()
