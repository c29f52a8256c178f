"""Buying together: one price, one deadline; it closes once, and nobody's money stays behind."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions import membership
from accounts.models import Organisation
from catalog.models import Product, Variant
from core.api.ids import global_id
from core.deliveries import drain
from core.models import OutboxEvent
from orders.actions import cancel, group
from orders.models import GroupPurchase, Order, Refund, Seat, Shipment
from tests.accounts.world import PASSWORD
from tests.catalog.world import a_product, a_story, a_team, a_variant
from tests.impact import world as impact
from tests.orders.together import Together, at_rest, money_in, state, terms_of
from tests.orders.world import Buyer, a_lot, a_person, key, row

HELD = '"已付款,等待成团"'
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


@pytest.fixture
def together(till, a_stand):
    return lambda **terms: Together(till, a_stand, **terms)


# --- Opening ----------------------------------------------------------------------------------------


def test_a_coordinator_opens_a_group_at_the_price_its_minimum_reaches():
    made = Together(minimum=20, maximum=60)
    seen = made.look()
    assert seen["price"]["minor"] == 3580 and seen["fullPrice"]["minor"] == 3690  # 3 % off, up to a whole fen
    assert (seen["state"], seen["unitsHeld"], seen["unitsLeft"], seen["unitsNeeded"]) == ("OPEN", 0, 60, 20)
    assert made.row.story_id == made.lot.variant.story_id
    at_rest()


@pytest.mark.parametrize(
    ("minimum", "price"), [(19, 3690), (20, 3580), (99, 3580), (100, 3469), (499, 3469), (500, 3358)]
)
def test_each_tier_has_its_own_price(minimum, price):
    assert group.group_price(Variant(price_minor=3690), minimum) == price


@pytest.mark.parametrize(
    ("term", "value", "field"),
    [
        ("title", "  ", "title"),
        ("title", "团" * 81, "title"),
        ("minimumUnits", 1, "minimumUnits"),
        ("maximumUnits", 1, "maximumUnits"),
        ("maximumUnits", 10_001, "maximumUnits"),
        ("closesAt", timedelta(minutes=10), "closesAt"),
        ("closesAt", timedelta(days=61), "closesAt"),
        ("phone", "12", "phone"),
        ("street", " ", "street"),
        ("regionCode", "420000", "regionCode"),
        ("minimumUnits", 101, "maximumUnits"),
    ],
)
def test_terms_that_cannot_hold_are_refused_beside_their_field(term, value, field):
    made = Together()
    if isinstance(value, timedelta):
        value = (timezone.now() + value).isoformat()
    answer = made.coordinator.do("groupPurchaseOpen", **{**made.terms, term: value})
    assert [error["field"] for error in answer["errors"]] == [[field]]
    assert GroupPurchase.objects.count() == 1


def test_a_group_that_could_never_fill_is_not_opened():
    made = Together()
    more = {**made.terms, "minimumUnits": 101, "maximumUnits": 200}
    (error,) = made.coordinator.do("groupPurchaseOpen", **more)["errors"]
    assert (error["code"], error["field"]) == ("INSUFFICIENT_STOCK", ["minimumUnits"])


def test_only_a_coordinator_of_a_verified_organisation_opens_one():
    made = Together(members=1)
    assert made.members[0].refused("groupPurchaseOpen", **made.terms) == "NOT_FOUND"
    assert Buyer(a_person()).refused("groupPurchaseOpen", **made.terms) == "NOT_FOUND"
    assert Buyer().refused("groupPurchaseOpen", **made.terms) == "SIGN_IN_REQUIRED"
    Organisation.objects.filter(pk=made.union.pk).update(state="suspended")
    assert made.coordinator.refused("groupPurchaseOpen", **made.terms) == "NOT_FOUND"
    assert GroupPurchase.objects.count() == 1


def test_a_deadline_without_a_zone_is_shanghais():
    made = Together()
    given = {**made.terms, "closesAt": (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")}
    code = made.coordinator.done("groupPurchaseOpen", "group { joinCode }", **given)["group"]["joinCode"]
    closes = GroupPurchase.objects.get(join_code=code).closes_at
    assert timedelta(hours=23, minutes=58) < closes - timezone.now() <= timedelta(days=1)


# --- Joining ----------------------------------------------------------------------------------------


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
    assert (order.recipient, order.street, made.row.phone) == ("示例王", "示例大道 1 号", "13900139000")
    assert order.phone == ""  # the coordinator's number is nobody's who has but the link
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
    assert cancel.expire() == 1
    assert (state(order), made.seat(order).state) == ("expired", "released")
    assert made.look()["unitsLeft"] == 2
    made.fill(1, units=2)
    assert made.row.state == "confirmed"
    at_rest()


def test_money_that_comes_late_takes_the_seat_if_it_is_still_free(together):
    made = together(minimum=2, maximum=2)
    order = made.join()
    made.till.pay(_session(made, order), "alipay")
    Order.objects.update(reserved_until=timezone.now() - timedelta(seconds=1))
    cancel.expire()
    made.pay()
    assert (state(order), made.seat(order).state, made.row.units_held) == ("held", "held", 1)
    at_rest()


def test_money_that_comes_when_the_seat_is_taken_goes_back(together):
    made = together(minimum=2, maximum=2)
    order = made.join()
    made.till.pay(_session(made, order), "alipay")
    Order.objects.update(reserved_until=timezone.now() - timedelta(seconds=1))
    cancel.expire()
    others = [made.join() for _ in range(2)]
    made.pay(*others)
    assert state(order) == "expired" and made.row.state == "confirmed"
    drain()
    refund = Refund.objects.get()
    assert (refund.reason, refund.state, refund.amount_minor) == ("late", "succeeded", 3690)
    at_rest()


def _session(made, order):
    from tests.orders.world import session_of

    return session_of(Buyer().begin(order))


# --- Leaving ----------------------------------------------------------------------------------------


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


def test_after_it_has_closed_a_member_may_still_cancel_until_it_is_sent(together):
    made = together(minimum=2, maximum=3, members=1)
    member = made.members[0]
    order = made.join(member)
    made.pay(order, by=member)
    made.fill(2)
    assert state(order) == "paid"
    member.done("orderCancel", "order { state }", number=order["number"], idempotencyKey=key())
    drain()
    assert (state(order), made.seat(order).state, made.row.state) == ("refunded", "refunded", "confirmed")
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


# --- Closing ----------------------------------------------------------------------------------------


def test_twelve_fill_a_group_and_it_is_confirmed_at_once_and_only_then_counts(together):
    lot = impact.a_lot(units=100)
    made = together(minimum=10, maximum=12, lot=lot, members=12)
    impact.a_round(made.team)
    orders = [(member, made.join(member)) for member in made.members]
    for member, order in orders[:11]:
        made.pay(order, by=member)
    assert (made.row.state, made.row.units_held) == ("open", 11)
    assert impact.standing(made.team).net_minor == 0 and made.escrow() == 11 * 3690
    made.pay(orders[11][1], by=orders[11][0])
    assert (made.row.state, made.row.units_held) == ("confirmed", 12) and made.row.closed_at
    assert set(Order.objects.values_list("state", flat=True)) == {"paid"}
    assert set(Seat.objects.values_list("state", flat=True)) == {"confirmed"}
    assert made.escrow() == 0
    assert money_in("earmarked", *Order.objects.all()) == 12 * (3690 * 5400 // 10_000)
    # Net, person-times, people, organisations, mobilised, excluded.
    assert impact.figures(made.team) == (12 * 3690, 12, 12, 1, 12 * 3690, 0)
    at_rest()


def test_a_group_that_misses_its_minimum_repays_everyone_in_full_and_escrow_is_empty(together):
    made = together(minimum=6, maximum=12, members=1)
    impact.a_round(made.team)
    member = made.members[0]
    orders = [made.join(member), *(made.join() for _ in range(3))]
    made.pay(orders[0], by=member)
    made.pay(*orders[1:3])
    unpaid = orders[3]
    assert made.escrow() == 3 * 3690
    made.end()
    assert group.close_due() == 1
    drain()
    assert made.row.state == "fell_short" and made.escrow() == 0
    assert [state(order) for order in orders] == ["refunded"] * 3 + ["expired"]
    assert [made.seat(order).state for order in orders] == ["refunded"] * 3 + ["released"]
    paid_back = Refund.objects.filter(reason="group", state="succeeded")
    assert sorted(paid_back.values_list("amount_minor", flat=True)) == [3690] * 3
    assert sum(order.refunded_minor for order in Order.objects.all()) == 3 * 3690
    assert impact.standing(made.team).net_minor == 0
    made.lot.refresh_from_db()
    assert (made.lot.units_available, made.lot.units_reserved) == (100, 0)
    assert row(unpaid).state == "expired"
    at_rest()


def test_a_group_that_has_its_minimum_at_the_deadline_is_confirmed_without_the_unpaid(together):
    made = together(minimum=2, maximum=12)
    paid = made.fill(2)
    unpaid = made.join(units=3)
    made.end()
    assert group.close_due() == 1 and group.close_due() == 0
    assert made.row.state == "confirmed" and made.row.units_reserved == 0
    assert [state(order) for order in (*paid, unpaid)] == ["paid", "paid", "expired"]
    at_rest()


def test_money_for_a_seat_in_a_closed_group_goes_back(together):
    made = together(minimum=2, maximum=12)
    made.fill(2)
    late = made.join()
    made.till.pay(_session(made, late), "alipay")
    made.end()
    group.close_due()
    made.pay()
    drain()
    assert state(late) == "expired" and made.row.units_held == 2
    assert Refund.objects.get().reason == "late" and Refund.objects.get().state == "succeeded"
    at_rest()


def test_a_group_closes_once_however_often_it_is_told(together):
    made = together(minimum=2, maximum=2)
    made.fill(2)
    made.end()
    for _ in range(3):
        group.close(made.row)
    told = OutboxEvent.objects.filter(name__in=("GroupConfirmed", "GroupFellShort"))
    assert [event.name for event in told] == ["GroupConfirmed"]
    at_rest()


def test_after_the_deadline_nobody_comes_in_even_before_it_is_closed(together):
    made = together()
    made.end()
    (error,) = made.ask_to_join(Buyer())["errors"]
    assert error["code"] == "TOO_LATE" and made.look()["allowedActions"] == []


def test_one_group_that_cannot_be_closed_does_not_keep_others_open(together, monkeypatch):
    first, second = together(), together()
    for made in (first, second):
        made.end()
    close = group.close
    monkeypatch.setattr(group, "close", lambda g: 1 / 0 if g.pk == first.row.pk else close(g))
    group.close_due()
    assert (first.row.state, second.row.state) == ("open", "fell_short")


def test_its_coordinator_calls_it_off_and_everyone_is_repaid(together):
    made = together(minimum=2, maximum=4)
    orders = made.fill(2)
    given = {"groupId": made.id, "idempotencyKey": key()}
    answers = [made.coordinator.done("groupPurchaseCancel", "group { state }", **given) for _ in range(2)]
    assert answers[0] == answers[1] == {"group": {"state": "CANCELLED"}, "errors": []}
    drain()
    assert [state(order) for order in orders] == ["refunded"] * 2 and made.escrow() == 0
    (error,) = made.ask_to_join(Buyer())["errors"]
    assert error["code"] == "TOO_LATE"
    at_rest()


def test_a_confirmed_group_is_not_called_off(together):
    made = together(minimum=2, maximum=2)
    made.fill(2)
    assert (
        made.coordinator.refused("groupPurchaseCancel", groupId=made.id, idempotencyKey=key()) == "TOO_LATE"
    )
    at_rest()


# --- Who sees and does what -------------------------------------------------------------------------


def test_whoever_has_the_link_sees_the_public_facts_and_nobody_in_it(together):
    made = together(minimum=2, maximum=4, members=1)
    member = made.members[0]
    order = made.join(member, units=2, name="示例李")
    made.pay(order, by=member)
    seen = made.look()
    assert seen["title"] == "示例工会:脐橙一起买" and seen["organisation"]["name"] == "示例工会"
    assert seen["product"]["slug"] == made.lot.variant.product.slug and seen["unitsHeld"] == 2
    assert "2 units" in seen["ifItFallsShort"]
    assert seen["mySeat"] is None and seen["coordination"] is None and not seen["isCoordinator"]
    assert "示例李" not in str(seen)
    assert made.look(Buyer(a_person()))["coordination"] is None


def test_a_member_sees_her_own_seat_a_guest_by_the_key_of_her_order(together):
    made = together(members=1)
    member, guest = made.members[0], Buyer()
    own, guests = made.join(member), made.join(guest)
    assert made.look(member)["mySeat"]["order"]["number"] == own["number"]
    assert made.look(guest)["mySeat"] is None
    assert made.look(guest, guests["token"])["mySeat"]["order"]["number"] == guests["number"]
    seat = made.seat(own)
    assert made.look(member)["mySeat"]["pickupCode"] == seat.pickup_code
    document = """query($n: String!) { order(number: $n) { group { title joinCode stateName closesAt pickupCode } } }"""
    seen = member.ask(document, n=own["number"])["order"]["group"]
    assert (seen["joinCode"], seen["pickupCode"]) == (made.code, seat.pickup_code)


def test_a_current_coordinator_sees_names_and_codes_and_no_way_to_reach_a_member(together):
    made = together(minimum=2, maximum=4, members=1)
    member = made.members[0]
    order = made.join(member, name="示例李")
    made.join(name="示例未付")
    made.pay(order, by=member)
    seen = made.look(made.coordinator)["coordination"]
    assert [(s["name"], s["state"]) for s in seen["seats"]["nodes"]] == [
        ("示例李", "HELD"),
        ("示例未付", "RESERVED"),
    ]
    assert seen["seats"]["nodes"][0]["pickupCode"] == made.seat(order).pickup_code
    assert seen["unitsUnpaid"] == 1 and seen["link"].endswith(f"/en/g/{made.code}/")
    assert seen["address"] == "示例大道 1 号, Wuchang District, Wuhan, Hubei"
    assert member.person.email not in str(seen)


def test_an_ex_coordinator_is_refused_like_a_stranger(together):
    made = together(minimum=2, maximum=2)
    made.fill(2)
    seat = global_id("Seat", Seat.objects.first().uid)
    heir = a_person()
    made.union.memberships.create(person=heir, role="coordinator")
    membership.end(made.union.memberships.get(person=made.coordinator.person), made.coordinator.person)
    ex = made.coordinator
    assert made.look(ex)["coordination"] is None and not made.look(ex)["isCoordinator"]
    assert ex.refused("groupPurchaseCancel", groupId=made.id, idempotencyKey=key()) == "NOT_FOUND"
    assert ex.refused("groupPurchaseDelivered", groupId=made.id) == "NOT_FOUND"
    assert ex.refused("seatCollect", seatId=seat) == "NOT_FOUND"
    assert ex.ask("{ myGroupPurchases(first: 5) { nodes { id } } }")["myGroupPurchases"]["nodes"] == []
    assert ex.client.get(f"/en/g/{made.code}/packing.csv").status_code == 404
    assert made.look(Buyer(heir))["isCoordinator"]


def test_my_groups_are_those_i_coordinate_and_those_i_sit_in(together):
    first, second = together(members=1), together()
    member = first.members[0]
    first.join(member)
    document = "{ myGroupPurchases(first: 5) { nodes { joinCode mySeat { units } isCoordinator } } }"

    def codes(asker):
        return [node["joinCode"] for node in asker.ask(document)["myGroupPurchases"]["nodes"]]

    assert codes(member) == [first.code]
    assert codes(second.coordinator) == [second.code] and codes(Buyer(a_person())) == []


def test_a_list_of_groups_costs_the_same_for_one_as_for_many(together, django_assert_num_queries):
    made = together(members=1)
    coordinator = made.coordinator
    document = """{ myGroupPurchases(first: 20) { nodes { title unitsLeft organisation { name } product { slug }
        variant { id } mySeat { units order { number } } allowedActions } } }"""
    made.join(coordinator)
    with django_assert_num_queries(QUERIES):
        coordinator.ask(document)
    for _ in range(4):
        coordinator.done("groupPurchaseOpen", **terms_of(made.lot, made.union))
    with django_assert_num_queries(QUERIES):
        coordinator.ask(document)


QUERIES = 5  # session, person, groups, their own seats, what the asker coordinates


# --- Sending and handing out ------------------------------------------------------------------------


def test_the_team_sends_a_confirmed_group_in_one_parcel_and_the_coordinator_hands_it_out(together):
    made = together(minimum=2, maximum=3, members=1)
    member = made.members[0]
    own = made.join(member, units=1)
    made.pay(own, by=member)
    (other,) = made.fill(1, units=2)
    sent = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF 1234 5678"}
    seat = made.look(made.coordinator)["coordination"]["seats"]["nodes"][0]
    assert not seat["isCollectable"]
    assert made.coordinator.refused("seatCollect", seatId=seat["id"]) == "CONFLICT"
    assert made.coordinator.refused("groupShip", **sent, idempotencyKey=key()) == "NOT_FOUND"
    shown = made.manager.done(
        "groupShip", "group { state units trackingNumber }", **sent, idempotencyKey=key()
    )
    assert shown["group"] == {"state": "SHIPPED", "units": 3, "trackingNumber": "SF12345678"}
    assert set(Shipment.objects.values_list("state", "tracking_number")) == {("shipped", "SF12345678")}
    assert [state(order) for order in (own, other)] == ["shipped", "shipped"]
    assert made.look(made.coordinator)["allowedActions"] == ["PACKING_LIST", "CONFIRM_DELIVERY"]
    made.coordinator.done("groupPurchaseDelivered", "group { state }", groupId=made.id)
    assert [state(order) for order in (own, other)] == ["delivered", "delivered"]
    collected = made.coordinator.done("seatCollect", "seat { state stateName }", seatId=seat["id"])
    assert collected["seat"]["state"] == "COLLECTED"
    assert made.coordinator.done("seatCollect", "seat { state }", seatId=seat["id"])["seat"] == {
        "state": "COLLECTED"
    }
    at_rest()


def test_what_a_member_was_given_back_does_not_travel(together):
    made = together(minimum=2, maximum=3)
    orders = made.fill(3)
    Buyer().done("orderCancel", **orders[0], idempotencyKey=key())
    drain()
    sent = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF12345678", "idempotencyKey": key()}
    assert made.manager.done("groupShip", "group { units }", **sent)["group"]["units"] == 2
    assert [state(order) for order in orders] == ["refunded", "shipped", "shipped"]
    at_rest()


def test_the_packing_list_says_who_gets_how_much_and_runs_no_formula(together):
    made = together(minimum=2, maximum=4)
    orders = [
        made.join(name="=HYPERLINK(1)"),
        made.join(name="示例王", units=2),
        made.join(name="没付钱的人"),
    ]
    made.pay(*orders[:2])
    reply = made.coordinator.client.get(f"/zh/g/{made.code}/packing.csv")
    assert reply["Content-Type"] == "text/csv; charset=utf-8" and "attachment" in reply["Content-Disposition"]
    text = reply.content.decode("utf-8-sig")
    assert reply.content.startswith(b"\xef\xbb\xbf")
    codes = [made.seat(order).pickup_code for order in orders]
    assert text == (
        f"姓名,份数,取货码,状态\r\n'=HYPERLINK(1),1,{codes[0]},{HELD}\r\n示例王,2,{codes[1]},{HELD}\r\n"
    )
    assert Buyer().client.get(f"/zh/g/{made.code}/packing.csv").status_code == 404


def test_a_coordinator_who_goes_leaves_no_name_behind_and_not_before_it_is_over(together):
    made = together(minimum=2, maximum=4)
    by = made.coordinator
    made.union.memberships.create(person=a_person(), role="coordinator")
    assert by.refused("personErase", password=PASSWORD) == "CONFLICT"
    made.fill(1)
    made.end()
    group.close_due()
    drain()
    told = by.client.get("/zh/account/export/").json()
    assert told["groups"][0]["phone"] == "13900139000"
    by.done("personErase", password=PASSWORD)
    assert (made.row.recipient, made.row.phone) == ("—", "")
    assert set(Order.objects.values_list("phone", flat=True)) == {""}
    at_rest()


def test_everyone_is_told_how_it_ended(together):
    made = together(minimum=2, maximum=2, members=1)
    member, coordinator, manager = made.members[0].person, made.coordinator.person, made.manager.person
    made.pay(made.join(made.members[0]), by=made.members[0])
    drain()
    assert [m.to for m in mail.outbox] == [[member.email]]
    mail.outbox.clear()
    made.fill(1)
    drain()
    told = sorted(m.to[0] for m in mail.outbox)
    # The guest: in, and confirmed. One mail to the team, however many seats there are.
    assert told == sorted(["guest@example.com"] * 2 + [member.email, coordinator.email, manager.email])
