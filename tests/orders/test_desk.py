"""The team's desk: its own paid orders by every door, and of the buyers only what a parcel needs."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from orders.actions import refund
from orders.models import Order, Parcel, Shipment
from tests.accounts.world import PASSWORD
from tests.orders.sold import Sold, settle
from tests.orders.world import Buyer, a_person, key, row
from tests.together.world import Together, at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]

PARCELS = """parcels(first: 20) { nodes { id number state stateName isDue shipBy recipient phone address note
    carrier trackingNumber lines { name quantity units } } }"""
GROUPS = "id title state units name recipient phone address carrier trackingNumber shipBy"
CLAIMS = "claims(first: 20) { nodes { id stateName words number line { name } refundable { minor } } }"
DESK = f"""query($team: ID) {{ desk(team: $team) {{ team {{ code }} toPack {{ name units }} {PARCELS} {CLAIMS}
    parcelsDue parcelsWaiting sharedWaiting claimsOpen }}
    groupParcels(team: $team, first: 5) {{ nodes {{ {GROUPS} }} }} }}"""


@pytest.fixture
def sold(till, a_stand):
    return Sold(till, a_stand)


def desk(asker, **given):
    shown = asker.ask(DESK, **given)
    return shown["desk"] and {**shown["desk"], "groups": shown["groupParcels"]}


def test_a_manager_sees_what_her_team_sold_and_nothing_of_the_others(sold):
    seen = desk(sold.managers[0])
    (parcel,) = seen["parcels"]["nodes"]
    assert (parcel["number"], parcel["state"]) == (sold.order["number"], "WAITING")
    assert parcel["lines"] == [{"name": "Zigui summer oranges 2.5 kg box", "quantity": 2, "units": 2}]
    assert (parcel["recipient"], parcel["phone"]) == ("示例买家", "13800138000")
    assert parcel["address"] == "湖北省武汉市武昌区 示例路 1 号"
    assert seen["toPack"] == [{"name": "Zigui summer oranges 2.5 kg box", "units": 2}]
    assert "Tea" not in str(seen) and "buyer@example.com" not in str(seen)
    assert desk(sold.managers[1])["toPack"] == [{"name": "Tea 2.5 kg box", "units": 2}]
    at_rest()


def test_nothing_of_the_buyer_is_there_that_a_parcel_does_not_need():
    from shop.schema import schema

    fields = {
        name: set(schema.graphql_schema.type_map[name].fields) for name in ("Parcel", "DeskLine", "DeskClaim")
    }
    assert not {"email", "person", "order", "payments", "total"} & set().union(*fields.values())


def test_an_order_that_is_not_paid_is_not_the_teams_business(till, a_stand):
    sold = Sold(till, a_stand)
    waiting = sold.buyer.place(sold.lots[0])
    together = Together(till, a_stand, lot=sold.lots[0], minimum=2, maximum=9)
    together.fill(1)
    seen = desk(sold.managers[0])
    assert [p["number"] for p in seen["parcels"]["nodes"]] == [sold.order["number"]]
    assert waiting["number"] not in str(seen) and seen["groups"]["nodes"] == []
    assert seen["toPack"][0]["units"] == 2


def test_the_desk_of_another_team_does_not_exist(sold):
    teams = [global_id("Team", lot.variant.product.team.uid) for lot in sold.lots]
    assert desk(sold.managers[0], team=teams[0])["team"]["code"] == sold.lots[0].variant.product.team.code
    for asker in (sold.managers[1], Buyer(a_person()), Buyer()):
        short = asker.ask("query($team: ID) { desk(team: $team) { parcelsWaiting } }", team=teams[0])
        assert short["desk"] is None
    assert desk(Buyer(a_person())) is None
    sold.managers[0].person.appointments.update(ends_at=timezone.now())
    assert desk(sold.managers[0]) is None


def test_a_parcel_is_looked_for_by_its_state_and_by_what_is_due_today(sold):
    manager = sold.managers[0]
    ask = """query($state: ShipmentState, $due: Boolean) { desk { parcelsDue parcelsWaiting
        toPack(due: true) { units } parcels(first: 5, state: $state, due: $due) { nodes { number isDue } totalCount } } }"""

    def found(**given):
        return manager.ask(ask, **given)["desk"]

    assert (
        found(state="WAITING")["parcels"]["totalCount"] == 1
        and found(state="SHIPPED")["parcels"]["nodes"] == []
    )
    assert (
        found(due=True)["parcels"]["nodes"] == [] and found()["parcelsDue"] == 0 and found()["toPack"] == []
    )
    Shipment.objects.update(ship_by=clock.today())
    assert found(due=True)["parcels"]["nodes"] == [{"number": sold.order["number"], "isDue": True}]
    assert (found()["parcelsDue"], found()["parcelsWaiting"], found()["toPack"]) == (1, 1, [{"units": 2}])
    sold.ship(0)
    assert found(state="SHIPPED")["parcels"]["totalCount"] == 1 and found()["parcelsWaiting"] == 0


def test_what_was_given_back_is_not_packed(sold):
    part = {"lineId": sold.line_id(0), "units": 1}
    sold.managers[0].done("refundRequest", number=sold.order["number"], lines=[part], idempotencyKey=key())
    seen = desk(sold.managers[0])
    assert seen["parcels"]["nodes"][0]["lines"][0]["units"] == 1 and seen["toPack"][0]["units"] == 1
    sold.managers[0].done("refundRequest", number=sold.order["number"], lines=[part], idempotencyKey=key())
    assert desk(sold.managers[0])["parcels"]["nodes"] == [] and desk(sold.managers[0])["toPack"] == []
    at_rest()


def test_claims_come_to_the_desk_and_leave_it_answered(sold):
    sold.arrive(0)
    sold.claim("两个坏了")
    seen = desk(sold.managers[0])
    (claim,) = seen["claims"]["nodes"]
    assert (claim["words"], claim["number"], claim["refundable"]["minor"]) == (
        "两个坏了",
        sold.order["number"],
        7380,
    )
    assert seen["claimsOpen"] == 1 and desk(sold.managers[1])["claims"]["nodes"] == []
    sold.managers[0].done("claimAnswer", claimId=claim["id"], amount="10", idempotencyKey=key())
    assert desk(sold.managers[0])["claimsOpen"] == 0
    at_rest()


def test_a_confirmed_group_is_one_parcel_to_its_coordinator(till, a_stand):
    made = Together(till, a_stand, minimum=2, maximum=3)
    orders = [made.join(name="示例李", units=1), made.join(units=2)]
    made.pay(*orders)
    seen = desk(made.manager)
    (parcel,) = seen["groups"]["nodes"]
    assert (parcel["state"], parcel["units"], parcel["recipient"]) == ("WAITING", 3, "示例工会收发室")
    assert (parcel["address"], parcel["phone"]) == ("湖北省武汉市武昌区 示例大道 1 号", "13900139000")
    assert seen["parcels"]["nodes"] == [] and (seen["parcelsWaiting"], seen["sharedWaiting"]) == (0, 1)
    assert seen["toPack"] == [{"name": "Zigui summer oranges 2.5 kg box", "units": 3}]
    assert "示例李" not in str(seen)
    sent = {"carrier": "顺丰", "trackingNumber": "SF777", "idempotencyKey": key()}
    made.manager.done("groupShip", groupId=parcel["id"], **{**sent, "trackingNumber": "SF7777"})
    (parcel,) = desk(made.manager)["groups"]["nodes"]
    assert (parcel["state"], parcel["trackingNumber"], parcel["units"]) == ("SHIPPED", "SF7777", 3)
    assert desk(made.manager)["sharedWaiting"] == 0
    at_rest()


def test_the_desk_costs_the_same_for_one_parcel_as_for_many(till, a_stand):
    sold = Sold(till, a_stand)
    made = Together(till, a_stand, lot=sold.lots[0], minimum=2, maximum=2)
    made.fill(2)
    counts = [_statements(sold)]
    for _ in range(3):
        order = row(Sold(till, a_stand, quantity=1).order)
        team = sold.lots[0].variant.product.team
        Shipment.objects.filter(pk=order.shipments.first().pk).update(team=team)
        order.lines.filter(shipment=order.shipments.first()).update(team=team)
    other = Together(till, a_stand, lot=sold.lots[0], minimum=2, maximum=2)
    other.fill(2)
    assert len(desk(sold.managers[0])["parcels"]["nodes"]) == 4
    assert counts + [_statements(sold)] == [STATEMENTS] * 2


# session, person, team; piles and their names; parcels with orders and regions, their lines; claims; two counts; whose
# desk the asker's are; that once more, and its groups
STATEMENTS = 13


def _statements(sold):
    clock.now()  # each process reads how far it stands once in a while
    with CaptureQueriesContext(connection) as caught:
        desk(sold.managers[0])
    return len(caught)


# --- The packing list -------------------------------------------------------------------------------


def packing(asker, **query):
    reply = asker.client.get("/zh/desk/packing.csv", query)
    if reply.status_code != 200:
        return reply.status_code
    assert reply.content.startswith(b"\xef\xbb\xbf") and "no-store" in reply["Cache-Control"]
    return list(csv.reader(StringIO(reply.content.decode("utf-8-sig"))))


def test_the_packing_list_has_a_row_for_each_parcel_that_waits(sold):
    Order.objects.update(note="=cmd|'/c calc'!A1")
    Parcel.objects.update(recipient="+86", street="@home")
    head, parcel = packing(sold.managers[0])
    assert head == [
        "订单",
        "最迟发货",
        "收件人",
        "电话",
        "地址",
        "内容",
        "买家留言",
        "随礼写上的话",
        "署名",
        "制表时间",
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", parcel.pop())
    assert parcel == [
        sold.order["number"],
        str(sold.parcel(0).ship_by),
        "'+86",
        "13800138000",
        "湖北省武汉市武昌区 @home",
        "秭归夏橙 5 斤装 × 2",
        "'=cmd|'/c calc'!A1",
        "",
        "",
    ]
    entry = AuditEntry.objects.get(noun="PackingList")
    assert (entry.actor, entry.facts) == (sold.managers[0].person, {"parcels": 1})
    sold.ship(0)
    assert packing(sold.managers[0]) == [head]


def test_a_groups_parcel_is_one_row_and_the_most_urgent_comes_first(till, a_stand):
    sold = Sold(till, a_stand)
    made = Together(till, a_stand, lot=sold.lots[0], minimum=2, maximum=2)
    made.fill(2)
    Shipment.objects.filter(order__holder=None).update(ship_by=clock.today() + timedelta(days=9))
    _, first, second = packing(sold.managers[0])
    assert (first[0], first[2], first[5]) == ("示例工会:脐橙一起买", "示例工会收发室", "秭归夏橙 5 斤装 × 2")
    assert second[0] == sold.order["number"]


def test_nobody_but_its_managers_downloads_a_teams_list(sold):
    code = sold.lots[0].variant.product.team.code
    assert len(packing(sold.managers[0], team=code)) == 2
    assert packing(sold.managers[1], team=code) == 404
    assert packing(Buyer(a_person())) == 404 and packing(Buyer()) == 404


def test_ones_own_data_is_there_to_take_along(till, a_stand):
    sold = Sold(till, a_stand, Buyer(a_person(name="示例王")))
    drain()
    reply = sold.buyer.client.post("/zh/account/export/", {"password": PASSWORD})
    assert "attachment" in reply["Content-Disposition"]
    told = reply.json()
    assert told["account"]["name"] == "示例王" and told["orders"][0]["number"] == sold.order["number"]
    assert Buyer().client.get("/zh/account/export/")["Location"] == "/zh/sign-in/?next=/zh/account/details/"


# --- What was called off after the list was made ----------------------------------------------------------

CHANGED = "{ desk { listMadeAt changedSinceList { number isCalledOff takenOut } } }"


def test_what_is_called_off_after_the_list_was_made_is_told_at_the_desk(sold):
    manager = sold.managers[0]
    assert manager.ask(CHANGED)["desk"] == {"listMadeAt": None, "changedSinceList": []}
    packing(manager)
    assert manager.ask(CHANGED)["desk"]["changedSinceList"] == []
    sold.buyer.done("orderCancel", **sold.order, idempotencyKey=key())
    (change,) = manager.ask(CHANGED)["desk"]["changedSinceList"]
    assert (change["number"], change["isCalledOff"]) == (sold.order["number"], True)
    assert len(change["takenOut"]) == 1 and change["takenOut"][0].endswith("× 2")
    # The other team of the same order hears of its own part alone, and only once it has made a list.
    assert sold.managers[1].ask(CHANGED)["desk"]["changedSinceList"] == []
    packing(manager)
    assert manager.ask(CHANGED)["desk"]["changedSinceList"] == []


def test_a_seat_that_was_on_no_list_is_not_taken_out_of_a_box(till, a_stand):
    made = Together(till, a_stand, minimum=2, maximum=4)
    first, *_ = made.fill(2)
    packing(made.manager)
    Buyer().done("orderCancel", **first, idempotencyKey=key())
    settle()
    assert made.manager.ask(CHANGED)["desk"]["changedSinceList"] == []


def test_what_a_group_sends_no_more_is_named_as_on_the_list(till, a_stand):
    made = Together(till, a_stand, minimum=2, maximum=3)
    first, second, third = made.fill(3)
    rows = packing(made.manager)
    for n, order in enumerate((first, second, third), start=1):
        lines = [{"lineId": global_id("Line", row(order).lines.get().uid), "units": 1}]
        made.manager.done("refundRequest", number=order["number"], lines=lines, idempotencyKey=key())
        (change,) = made.manager.ask(CHANGED)["desk"]["changedSinceList"]
        assert change["number"] == made.row.title and change["number"] in str(rows)
        assert (len(change["takenOut"]), change["isCalledOff"]) == (n, n == 3)


def test_a_contested_parcel_that_was_on_no_list_is_not_taken_out_of_a_box(sold):
    Order.objects.update(contested_at=timezone.now())
    packing(sold.managers[0])
    refund.request(sold.row, {sold.line().uid: refund.Part(2)}, reason="recalled")
    assert sold.managers[0].ask(CHANGED)["desk"]["changedSinceList"] == []


def test_a_parcel_is_sent_with_what_its_sender_has_seen(sold):
    manager = sold.managers[0]
    seen = manager.ask("{ desk { parcels(first: 5) { nodes { id units } } } }")["desk"]["parcels"]["nodes"]
    (parcel,) = seen
    assert parcel["units"] == 2
    lines = [{"lineId": sold.line_id(0), "units": 1}]
    manager.done("refundRequest", number=sold.order["number"], lines=lines, idempotencyKey=key())
    # Another tab, or the list on paper, still says two.
    send = {
        "carrier": "示例速运",
        "trackingNumber": "SL0001",
        "shipmentId": parcel["id"],
        "idempotencyKey": key(),
    }
    answer = manager.do("shipmentShip", "shipment { id }", **send, expectedUnits=2)
    (error,) = answer["errors"]
    assert (error["code"], error["field"]) == ("CONFLICT", ["expectedUnits"]) and "1 unit now" in error[
        "message"
    ]
    assert sold.parcel(0).state == "waiting"
    assert manager.do("shipmentShip", "shipment { id }", **send, expectedUnits=1)["errors"] == []


def test_a_groups_parcel_is_sent_with_what_its_sender_has_seen(till, a_stand):
    made = Together(till, a_stand, minimum=2, maximum=3)
    orders = made.fill(3)
    line = row(orders[0]).lines.get()
    lines = [{"lineId": global_id("Line", line.uid), "units": 1}]
    made.manager.done("refundRequest", number=orders[0]["number"], lines=lines, idempotencyKey=key())
    send = {"carrier": "示例速运", "trackingNumber": "SL0001", "groupId": made.id, "idempotencyKey": key()}
    (error,) = made.manager.do("groupShip", "group { units }", **send, expectedUnits=3)["errors"]
    assert (error["code"], error["field"]) == ("CONFLICT", ["expectedUnits"])
    assert made.manager.done("groupShip", "group { units }", **send, expectedUnits=2)["group"]["units"] == 2
