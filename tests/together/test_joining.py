"""Joining a group purchase and leaving it: a seat, one price for all, and money in escrow until it closes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Product, Variant
from core.api.ids import global_id
from core.deliveries import drain
from orders.models import Order, Refund
from tests.catalog.world import a_product, a_story, a_team, a_variant
from tests.impact import world as impact
from tests.orders.world import Buyer, a_lot, key, row
from tests.together.world import at_rest, give_up, money_in, pay_at_the_till, state
from together.actions import seat
from together.models import Seat

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guest_joins_by_link_and_pays_into_escrow(together):
    made = together(minimum=2, maximum=4)
    order = made.join(units=2)
    assert (state(order), made.seat(order).state) == ("placed", "reserved")
    assert (made.look()["unitsHeld"], made.look()["unitsLeft"]) == (0, 2)
    made.pay(order)
    assert (state(order), made.seat(order).state) == ("held", "held")
    seen = made.look()
    assert (seen["state"], seen["unitsHeld"], seen["unitsLeft"], seen["unitsNeeded"]) == ("OPEN", 2, 2, 0)
    assert row(order).total_minor == 2 * 3690 == made.escrow()
    assert money_in("gateway", row(order)) == -2 * 3690
    at_rest()


def test_what_is_in_escrow_counts_for_nobody_yet(together):
    made = together(minimum=2, maximum=4)
    impact.a_round(made.team)
    made.fill(2)
    drain()
    assert impact.standing(made.team).net_minor == 0
    assert money_in("pool_earmarked", *Order.objects.all()) == 0
    at_rest()


def test_a_member_joins_in_the_name_of_the_organisation_a_stranger_only_by_its_call(together):
    made = together(members=1)
    own, strangers = row(made.join(made.members[0])), row(made.join())
    assert (own.organisation, own.mobiliser_organisation) == (made.union, made.union)
    assert (strangers.organisation, strangers.mobiliser_organisation) == (None, made.union)
    assert {(o.channel, o.supporter) for o in (own, strangers)} == {("group", "union"), ("group", "person")}
    assert own.person == made.members[0].person and own.email == own.person.email


def test_the_price_is_the_same_for_everyone_however_the_shelf_changes(together):
    made = together(minimum=2, maximum=4)
    first = row(made.join())
    variant = made.lot.variant
    Variant.objects.filter(pk=variant.pk).update(price_minor=9900, story=a_story(variant, team=10_000))
    second = row(made.join())
    assert first.total_minor == second.total_minor == 3690
    assert {line.story_id for order in (first, second) for line in order.lines.all()} == {made.row.story_id}


def test_the_parcel_goes_to_the_coordinator_whoever_joins(together):
    made = together()
    order = row(made.join(name="示例王"))
    parcel = order.shipments.get().parcel
    assert (parcel.recipient, parcel.street, made.row.phone) == ("示例王", "示例大道 1 号", "13900139000")
    assert parcel.phone == ""  # the coordinator's number is nobody's who has but the link
    assert order.shipping_minor == 0


def test_alcohol_asks_whether_one_is_of_age(together):
    product = a_product(a_team(), kind=Product.Kind.ALCOHOL, storage="dry")
    made = together(lot=a_lot(a_variant(product), units=50))
    (error,) = made.ask_to_join(Buyer())["errors"]
    assert error["field"] == ["isAdult"] and Seat.objects.count() == 0
    assert made.ask_to_join(Buyer(), isAdult=True)["errors"] == []


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"units": 0}, "units"),
    ],
)
def test_a_seat_needs_a_name_an_address_for_mails_and_units(together, told, field):
    made = together()
    (error,) = made.ask_to_join(Buyer(), **told)["errors"]
    assert error["field"] == [field] and Order.objects.count() == 0


def test_fewer_than_the_provider_takes_are_refused_on_their_number(together):
    made = together(lot=a_lot(a_variant(a_product(a_team()), price_minor=150), units=50), maximum=20)
    (error,) = made.ask_to_join(Buyer(), units=2)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["units"]) and Order.objects.count() == 0
    assert made.ask_to_join(Buyer(), units=3)["errors"] == []


def test_more_than_is_free_is_refused_with_what_is_free(together):
    made = together(minimum=2, maximum=4)
    made.join(units=3)
    document = """mutation($input: GroupPurchaseJoinInput!) { groupPurchaseJoin(input: $input) {
        errors { code field ... on GroupFull { unitsLeft } } } }"""
    given = {"code": made.code, "name": "示例", "units": 2, "email": "g@example.com", "idempotencyKey": key()}
    (error,) = Buyer().ask(document, input=given)["groupPurchaseJoin"]["errors"]
    assert error == {"code": "GROUP_FULL", "field": ["units"], "unitsLeft": 1}
    assert Order.objects.count() == 1
    at_rest()


def test_a_code_that_is_none_leads_nowhere(together):
    together()
    guest = Buyer()
    given = {"code": "no-such-code", "name": "示例", "units": 1, "email": "g@example.com"}
    assert guest.refused("groupPurchaseJoin", **given, idempotencyKey=key()) == "NOT_FOUND"
    assert guest.ask('{ groupPurchase(code: "nothing") { id } }')["groupPurchase"] is None


def test_joining_twice_under_one_key_takes_one_seat(together):
    made, guest = together(), Buyer()
    given = {"code": made.code, "name": "示例", "units": 1, "email": "g@example.com", "idempotencyKey": key()}
    answers = [guest.done("groupPurchaseJoin", "order { number } token", **given) for _ in range(2)]
    assert answers[0] == answers[1] and Seat.objects.count() == 1


def test_a_seat_that_is_not_paid_in_time_is_free_again(together):
    made = together(minimum=2, maximum=2)
    order = made.join(units=2)
    Order.objects.update(reserved_until=timezone.now() - timedelta(seconds=1))
    assert seat.expire() == 1
    assert (state(order), made.seat(order).state) == ("expired", "released")
    assert made.look()["unitsLeft"] == 2
    made.fill(1, units=2)
    assert made.row.state == "confirmed"
    at_rest()


def test_money_that_comes_late_takes_the_seat_if_it_is_still_free(together):
    made = together(minimum=2, maximum=2)
    order = made.join()
    pay_at_the_till(made.till, Buyer(), order)
    give_up(order)
    made.pay()
    assert (state(order), made.seat(order).state, made.row.units_held) == ("held", "held", 1)
    at_rest()


def test_money_that_comes_when_the_seat_is_taken_goes_back(together):
    made = together(minimum=2, maximum=2)
    order = made.join()
    pay_at_the_till(made.till, Buyer(), order)
    give_up(order)
    others = [made.join() for _ in range(2)]
    made.pay(*others)
    assert state(order) == "expired" and made.row.state == "confirmed"
    drain()
    refund = Refund.objects.get()
    assert (refund.reason, refund.state, refund.amount_minor) == ("late", "succeeded", 3690)
    at_rest()


def test_a_member_who_leaves_before_it_closes_gets_everything_back_and_the_seat_is_free(together):
    made = together(minimum=2, maximum=2, members=1)
    member = made.members[0]
    order = made.join(member)
    made.pay(order, by=member)
    assert made.look(member)["allowedActions"] == ["JOIN", "LEAVE"]
    member.done("orderCancel", "order { state }", number=order["number"], idempotencyKey=key())
    drain()
    assert (state(order), made.seat(order).state) == ("refunded", "refunded")
    assert (made.row.units_held, made.look()["unitsLeft"], made.escrow()) == (0, 2, 0)
    made.fill(2)
    assert made.row.state == "confirmed"
    at_rest()


def test_what_waits_in_escrow_is_not_refunded_in_parts_by_the_team(together):
    made = together(minimum=2, maximum=4)
    (order,) = made.fill(1)
    line = global_id("Line", row(order).lines.get().uid)
    given = {
        "number": order["number"],
        "lines": [{"lineId": line, "amountMinor": 100}],
        "idempotencyKey": key(),
    }
    assert made.manager.refused("refundRequest", **given) == "CONFLICT"
    at_rest()


def test_a_guest_joins_by_her_number_alone(together):
    made = together(minimum=2, maximum=4)
    guest, asked = Buyer(), {"code": made.code, "name": "Ann", "units": 1}
    assert guest.refused("groupPurchaseJoin", **asked, idempotencyKey=key()) == "INVALID"
    assert (
        guest.refused("groupPurchaseJoin", **asked, mobile="027-87654321", idempotencyKey=key()) == "INVALID"
    )
    joined = guest.done(
        "groupPurchaseJoin",
        "order { number } token",
        **asked,
        mobile="0086 171 1234 5678",
        idempotencyKey=key(),
    )
    order = row(joined["order"])
    assert (order.email, order.mobile, bool(joined["token"])) == ("", "+8617112345678", True)
    both = guest.done(
        *("groupPurchaseJoin", "order { number } token"),
        **asked, email="ann@example.com", mobile="17112345678", idempotencyKey=key(),
    )  # fmt: skip
    order = row(both["order"])
    assert (order.email, order.mobile) == ("ann@example.com", ""), "one way to tell her is enough"
    at_rest()
