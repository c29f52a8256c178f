"""Who sees what of a group purchase: the link, a member, its coordinator, and one who was."""

import pytest

from accounts.actions import membership
from core.api.ids import global_id
from core.deliveries import drain
from orders.models import Parcel
from orders.reads import closure
from tests.accounts.world import PASSWORD
from tests.orders.world import Buyer, a_person, key
from tests.together.world import at_rest, terms_of
from together.actions import group
from together.models import GroupPurchase, Seat

QUERIES = 5  # session, person, groups, their own seats, what the asker coordinates
pytestmark = pytest.mark.django_db(transaction=True)


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
    document = (
        """query($n: String!) { orderGroup(order: $n) { title joinCode stateName closesAt pickupCode } }"""
    )
    seen = member.ask(document, n=own["number"])["orderGroup"]
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
    closure.known()  # as each process knows it, read twice a second at most
    with django_assert_num_queries(QUERIES):
        coordinator.ask(document)
    for _ in range(4):
        coordinator.done("groupPurchaseOpen", **terms_of(made.lot, made.union))
    with django_assert_num_queries(QUERIES):
        coordinator.ask(document)


def test_whether_groups_are_repaid_costs_the_same_for_one_as_for_many(together, django_assert_num_queries):
    made = together(members=1)
    for _ in range(4):
        made.coordinator.done("groupPurchaseOpen", **terms_of(made.lot, made.union))
    document = "{ myGroupPurchases(first: 20) { nodes { isRepaid } } }"
    for state, told in (("open", None), ("cancelled", True)):
        GroupPurchase.objects.update(state=state)
        with django_assert_num_queries(4):  # session, person, groups, own seats
            nodes = made.coordinator.ask(document)["myGroupPurchases"]["nodes"]
        assert [node["isRepaid"] for node in nodes] == [told] * 5


def test_a_coordinator_who_goes_leaves_no_name_behind_and_not_before_it_is_over(together):
    made = together(minimum=2, maximum=4)
    by = made.coordinator
    made.union.memberships.create(person=a_person(), role="coordinator")
    assert by.refused("personErase", password=PASSWORD) == "CONFLICT"
    made.fill(1)
    made.end()
    group.close_due()
    drain()
    told = by.client.post("/zh/account/export/", {"password": PASSWORD}).json()
    assert told["groups"][0]["phone"] == "13900139000"
    by.done("personErase", password=PASSWORD)
    assert (made.row.recipient, made.row.phone) == ("—", "")
    assert set(Parcel.objects.values_list("phone", flat=True)) == {""}
    at_rest()
