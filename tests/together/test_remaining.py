"""What is left of a seat is the same everywhere: list, parcel, page, handing out, totals, mails and `verify`."""

import csv
import io

import pytest
from django.core import mail

from core.api.ids import global_id
from core.deliveries import drain
from orders.actions import dispute, refund
from orders.models import Shipment
from orders.provider.port import DisputeSeen
from tests.orders.world import Buyer, key, row
from tests.together.world import at_rest
from together.actions import group
from together.models import GroupPurchase, Seat
from together.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)
SEATS = """query($code: String!) { groupPurchase(code: $code) { unitsHeld unitsReturned coordination {
    seats(first: 50) { nodes { id units unitsBought state isCollectable } } } } }"""


@pytest.fixture
def made(together):
    """Five units in two seats, confirmed."""
    made = together(minimum=2, maximum=5)
    made.orders = [*made.fill(1, units=2), *made.fill(1, units=3)]
    assert made.row.state == "confirmed"
    drain()
    mail.outbox.clear()
    return made


def back(made, order, **part):
    line = row(order).lines.get()
    refund.request(row(order), {line.uid: refund.Part(**part)})
    drain()


def ship(made):
    sent = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF12345678", "idempotencyKey": key()}
    return made.manager.done("groupShip", "group { units }", **sent)["group"]["units"]


def told(made):
    """Units as each place tells them: page, list of the coordinator, her download, parcel, packing list, desk."""
    seen = made.coordinator.ask(SEATS, code=made.code)["groupPurchase"]
    listed = seen["coordination"]["seats"]["nodes"]
    sheet = made.coordinator.client.get(f"/zh/g/{made.code}/packing.csv").content.decode("utf-8-sig")
    download = [int(line[1]) for line in list(csv.reader(io.StringIO(sheet)))[1:]]
    desk = made.manager.ask("{ groupParcels(first: 1) { nodes { units } } }")
    return {
        "page": seen["unitsHeld"],
        "listed": sum(seat["units"] for seat in listed),
        "download": sum(download),
        "parcel": desk["groupParcels"]["nodes"][0]["units"],
    }


def everywhere(units):
    return dict.fromkeys(("page", "listed", "download", "parcel"), units)


def test_after_one_of_two_units_is_refunded_every_place_counts_one_less(made):
    assert told(made) == everywhere(5)
    back(made, made.orders[0], units=1)
    assert told(made) == everywhere(4)
    assert made.manager.ask("{ desk { toPack { units } } }")["desk"]["toPack"] == [{"units": 4}]
    own = Buyer().ask(
        "query($c: String!, $t: String) { groupPurchase(code: $c, token: $t) { mySeat { units unitsBought } } }",
        c=made.code,
        t=made.orders[0]["token"],
    )["groupPurchase"]["mySeat"]
    assert own == {"units": 1, "unitsBought": 2}
    assert ship(made) == 4 and told(made) == everywhere(4)
    at_rest()


def test_of_a_seat_that_is_given_back_whole_nothing_is_left_anywhere(made):
    back(made, made.orders[1], units=3)
    assert told(made) == everywhere(2) and made.seat(made.orders[1]).state == "refunded"
    page = made.coordinator.client.get(f"/en/g/{made.code}/").content.decode()
    assert "2 units paid" in page and "3 units were given back since it was confirmed" in page
    assert ship(made) == 2 and told(made) == everywhere(2)
    at_rest()


def test_an_amount_that_is_given_back_takes_no_units(made):
    back(made, made.orders[0], amount_minor=500)
    assert told(made) == everywhere(5)
    at_rest()


@pytest.mark.parametrize(("minor", "left"), [(1000, 5), (7380, 3)], ids=["a part", "all of it"])
def test_a_dispute_takes_units_as_a_refund_does(made, minor, left):
    intent = row(made.orders[0]).payments.get(is_kept=True).payment_ref
    dispute.settle("stripe", DisputeSeen("dp_kept", "lost", minor, "fraudulent", intent))
    drain()
    assert told(made) == everywhere(left)
    at_rest()


@pytest.mark.parametrize("state", ["confirmed", "collected"])
def test_what_a_bank_took_of_a_seat_that_was_sent_and_gave_back_counts_again_everywhere(made, state):
    ship(made)
    seat = made.seat(made.orders[0])
    if state == "collected":
        made.coordinator.done("seatCollect", seatId=global_id("Seat", seat.uid))
    intent = row(made.orders[0]).payments.get(is_kept=True).payment_ref
    for decided, kept in (("lost", 3), ("won", 5)):
        dispute.settle("stripe", DisputeSeen("dp_kept", decided, 7380, "fraudulent", intent))
        drain()
        assert told(made)["listed"] == told(made)["page"] == kept
        at_rest()
    assert made.seat(made.orders[0]).state == state


def test_what_has_all_been_given_back_is_not_handed_out(made):
    ship(made)
    back(made, made.orders[0], units=2, amount_minor=1)
    seat = made.seat(made.orders[0])
    assert (seat.state, seat.units_remaining) == ("confirmed", 0)
    listed = made.coordinator.ask(SEATS, code=made.code)["groupPurchase"]["coordination"]["seats"]["nodes"]
    assert [node["isCollectable"] for node in listed] == [False, True]
    assert made.coordinator.refused("seatCollect", seatId=global_id("Seat", seat.uid)) == "CONFLICT"
    assert told(made) == everywhere(3)
    made.coordinator.done("groupPurchaseDelivered", groupId=made.id)
    at_rest()


def test_what_is_given_back_before_it_is_confirmed_was_never_in(together):
    made = together(minimum=2, maximum=5)
    first, second = *made.fill(1, units=2), *made.fill(1, units=2)
    Buyer().done("orderCancel", **first, idempotencyKey=key())
    drain()
    assert (made.row.units_held, made.row.units_returned) == (2, 0)
    made.end()
    group.close_due()
    assert told(made) == everywhere(2)
    back(made, second, units=1)
    assert (made.row.units_held, made.row.units_returned) == (2, 1) and told(made) == everywhere(1)
    at_rest()


def test_the_teams_mail_says_what_is_left_to_send_when_it_is_written(together):
    made = together(minimum=2, maximum=5)
    orders = [*made.fill(1, units=2), *made.fill(1, units=3)]
    mail.outbox.clear()
    line = row(orders[0]).lines.get()
    refund.request(row(orders[0]), {line.uid: refund.Part(units=1)})
    drain()
    told_to_pack, fewer = [m for m in mail.outbox if m.to == [made.manager.person.email]]
    letter = told_to_pack if "× 4" in told_to_pack.subject else fewer
    assert "× 4" in letter.subject and "× 5" not in letter.body


def test_verify_names_a_seat_and_a_group_that_count_otherwise(made):
    back(made, made.orders[0], units=1)
    assert list(verify()) == []
    Seat.objects.filter(pk=made.seat(made.orders[0]).pk).update(units_returned=0)
    GroupPurchase.objects.update(units_returned=0)
    found = {(o.noun, o.words.split(" (")[0]) for o in verify()}
    assert found == {("Seat", "what is left of a seat is not what its order kept")}
    Seat.objects.filter(pk=made.seat(made.orders[0]).pk).update(units_returned=1)
    found = {(o.noun, o.words.split(" (")[0]) for o in verify()}
    assert found == {("GroupPurchase", "the units paid for are not those of its seats")}


# --- The coordinator and her parcel -----------------------------------------------------------------


def test_the_coordinator_is_told_that_the_parcel_is_on_its_way_and_what_is_in_it(made):
    back(made, made.orders[0], units=1)
    mail.outbox.clear()
    ship(made)
    drain()
    (letter,) = [m for m in mail.outbox if m.to == [made.coordinator.person.email]]
    assert "顺丰" in letter.subject and "SF12345678" in letter.body and "4" in letter.body
    assert f"/g/{made.code}/" in letter.body
    assert Shipment.objects.filter(state="shipped").count() == 2
