"""What is kept of a buyer: told when she asks, forgotten when she goes."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.actions import erasure, export
from accounts.actions import membership as memberships
from accounts.actions import operator as operators
from accounts.models import Invitation
from catalog.actions import team as teams
from core.api.ids import global_id, uid_of
from core.deliveries import drain
from core.refusals import Conflict
from orders.actions import proof
from orders.links import proof_for
from orders.models import (
    Cart,
    Claim,
    Dispute,
    Notice,
    Order,
    Parcel,
    Refund,
    Review,
    Shipment,
)
from orders.people import FORGOTTEN, forget_old
from tests.accounts.world import PASSWORD, a_person, token_in
from tests.catalog.world import works_at
from tests.orders.sold import Sold
from tests.orders.test_claim import a_photo
from tests.orders.world import PAID, Buyer, a_lot, at_rest, key, row, session_of, settle_all, tell
from tests.together.world import Together
from together.models import Seat

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_is_told_all_that_her_orders_hold_and_nothing_of_others():
    person = a_person()
    order = Buyer(person).place(a_lot(), note="ring twice")
    Buyer(a_person()).place(a_lot(), recipient="另一位")
    Buyer(person).fill(a_lot())
    told = export.export(person)
    (only,) = told["orders"]
    assert only["number"] == order["number"] and only["note"] == "ring twice"
    assert [parcel["street"] for parcel in only["parcels"]] == ["示例路 1 号"]
    assert only["lines"] == [{"name": "秭归夏橙 5 斤装", "quantity": 1, "net_minor": 3690}]
    assert told["cart"][0]["lines"] == [{"name": "秭归夏橙", "quantity": 1}]
    assert "另一位" not in json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)


@pytest.mark.usefixtures("whole_shop")
def test_what_she_takes_along_is_all_that_the_inventory_says_she_reads(till, a_stand):
    together = Together(till, a_stand)
    person = a_person(name="示例")
    together.join(Buyer(person), name="向示例")
    Invitation.objects.create(
        organisation=together.row.organisation,
        email=person.email,
        token_sha256="0" * 64,
        invited_by=together.row.coordinator,
        expires_at=timezone.now(),
    )
    team = a_lot().variant.product.team
    team.members.create(person=person, ended_at=timezone.now())
    payment = Order.objects.get(person=person).payments.create(
        provider="stripe", kind="checkout", amount_minor=1, ends_at=timezone.now()
    )
    Dispute.objects.create(provider_id="dp_1", payment=payment, amount_minor=1, reason="general")
    told = export.export(person)
    assert told["account"]["uid"] == person.uid and told["account"]["is_operator"] is False
    assert [row["organisation__name_zh"] for row in told["invitations"]] == [
        together.row.organisation.name_zh
    ]
    assert [(row["team__code"], row["role"]) for row in told["teams"]] == [(team.code, "manager")]
    (seat,) = told["seats"]
    assert seat["name"] == "向示例" and seat["pickup_code"] == Seat.objects.get().pickup_code
    assert told["orders"][0]["by_call_of"] == together.row.organisation.name_zh
    assert [row["amount_minor"] for row in told["disputes"]] == [1]
    json.dumps(told, cls=DjangoJSONEncoder)


def test_who_goes_leaves_sums_and_goods_behind_and_neither_name_nor_address():
    person = a_person()
    buyer = Buyer(person)
    order = buyer.place(a_lot(), email="mine@example.com")
    buyer.done("orderCancel", number=order["number"], idempotencyKey=key())
    buyer.fill(a_lot())
    made = Order.objects.get()
    Review.objects.create(
        product=made.lines.get().variant.product,
        line=made.lines.get(),
        person=person,
        nickname="示例",
        stars=5,
    )
    erasure.erase(person, PASSWORD)
    made = Order.objects.get()
    there = Parcel.objects.get()
    assert (there.recipient, there.phone, there.street) == ("—", "", "") and (made.email, made.note) == (
        "",
        "",
    )
    assert made.total_minor == 3690 + 600 and made.lines.count() == 1
    assert Review.objects.get().nickname == "" and Review.objects.get().person is None
    assert not Cart.objects.filter(closed_at=None).exists()
    kept = json.dumps(list(Cart.objects.values()), cls=DjangoJSONEncoder, ensure_ascii=False)
    assert "mine@example.com" not in kept and "示例买家" not in kept
    at_rest()


@pytest.mark.usefixtures("whole_shop")
@pytest.mark.parametrize("is_guest", [True, False])
def test_what_was_said_in_a_claim_goes_with_whose_order_it_was(till, a_stand, is_guest):
    person = a_person()
    sold = Sold(till, a_stand, Buyer() if is_guest else Buyer(person))
    settle_all()
    sold.arrive(0, 1)
    said = {
        "line": sold.line_id(),
        "words": "向示例家收到两个坏的",
        "photo": a_photo(),
        "idempotencyKey": key(),
    }
    given = {"number": sold.order["number"], **said}
    sold.buyer.client.post("/do/make_claim/", {**given, "token": sold.order["token"] or "", "next": "/en/"})
    made = Claim.objects.get()
    assert default_storage.exists(made.photo.name)
    answer = {"claimId": global_id("Claim", made.uid), "words": "向示例您好，已退", "amount": "1.00"}
    sold.managers[0].done("claimAnswer", **answer, idempotencyKey=key())
    settle_all()
    refund = Refund.objects.get()
    assert refund.note == "向示例您好，已退"
    long_ago = timezone.now() - timedelta(days=3 * 366 - 1)
    Order.objects.update(state="completed", closed_at=long_ago)
    Shipment.objects.update(state="completed")
    forget_old()
    assert Claim.objects.get().words != "—"
    if is_guest:
        Order.objects.update(closed_at=long_ago - timedelta(days=2))
        forget_old()
    else:
        erasure.erase(person, PASSWORD)
    kept = Claim.objects.get()
    assert (kept.words, kept.answer, kept.photo.name, kept.state) == ("—", "", "", "answered")
    refund.refresh_from_db()
    assert refund.note == "" and not default_storage.exists(made.photo.name)
    assert forget_old() == 0


@pytest.mark.usefixtures("whole_shop")
def test_while_an_erasure_waits_for_a_claim_its_photo_is_there_to_be_looked_at(till, a_stand):
    person = a_person()
    sold = Sold(till, a_stand, Buyer(person))
    settle_all()
    sold.arrive(0, 1)
    said = {"line": sold.line_id(), "words": "压坏了", "photo": a_photo(), "idempotencyKey": key()}
    sold.buyer.client.post("/do/make_claim/", {"number": sold.order["number"], **said, "next": "/en/"})
    # The parcels are through with their time, and recalled goods were claimed since.
    Shipment.objects.update(state="completed")
    Order.objects.update(state="completed", closed_at=timezone.now())
    answer = sold.buyer.done("personErase", "isErased waitsFor", password=PASSWORD)
    assert answer["isErased"] is False and answer["waitsFor"] == ["a claim that is not answered yet"]
    claim = Claim.objects.get()
    assert claim.words == "压坏了" and default_storage.exists(claim.photo.name)
    sold.buyer.done("personKeep")
    photo = f"/en/claims/{global_id('Claim', claim.uid)}/photo.webp"
    assert sold.managers[0].client.get(photo).status_code == 200
    default_storage.delete(claim.photo.name)
    assert sold.managers[0].client.get(photo).status_code == 404, (
        "a file that is lost is no fault of the page"
    )


def test_an_order_that_is_still_going_on_is_ended_first():
    person = a_person()
    Buyer(person).place(a_lot())
    with pytest.raises(Conflict):
        erasure.erase(person, PASSWORD)
    assert Parcel.objects.get().recipient == "示例买家" and person.is_active
    Order.objects.update(state="completed", closed_at=timezone.now())
    erasure.erase(person, PASSWORD)


@pytest.mark.usefixtures("whole_shop")
def test_letters_go_to_the_address_that_the_owner_has_proved_since(till, a_stand):
    person = a_person()
    buyer, old = Buyer(person), person.email
    chosen = buyer.place(a_lot(), email="desk@example.com")
    own = buyer.place(a_lot(), email=old)
    guests, proved = (Buyer().place(a_lot(), email=old) for _ in range(2))
    proof.prove(Order.objects.get(number=proved["number"]), proof_for(row(proved)))
    buyer.done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    drain()
    link = next(token_in(m, "change") for m in mail.outbox if m.to == ["new@example.com"])
    assert row(own).email == old, "nobody has proved it yet"
    buyer.done("emailChangeConfirm", token=link)
    assert row(own).email == "new@example.com" and row(guests).email == old
    # What she has proved as a guest is hers still; what she has not was found by the old mailbox alone.
    assert (row(proved).person, row(proved).email) == (person, "new@example.com")
    assert row(guests).person is None
    seen = {
        one["number"] for one in buyer.ask("{ myOrders(first: 9) { nodes { number } } }")["myOrders"]["nodes"]
    }
    assert seen == {one["number"] for one in (chosen, own, proved)}
    assert row(chosen).email == "new@example.com", "what was typed at checkout was never proved"
    mail.outbox.clear()
    till.pay(session_of(buyer.begin({"number": own["number"]})), "alipay")
    tell(a_stand, PAID)
    settle_all()
    assert {m.to[0] for m in mail.outbox if own["number"] in m.body} == {"new@example.com"}


@pytest.mark.parametrize("name", ["示例买家", FORGOTTEN])
def test_what_nobody_needs_any_more_is_forgotten_and_nothing_else(name):
    buyer = Buyer()
    order = buyer.place(a_lot())
    left, fresh = buyer.fill(a_lot()), buyer.fill(a_lot())
    hers = Buyer(a_person())
    hers.fill(a_lot())
    long_ago = timezone.now() - timedelta(days=31)
    Cart.objects.exclude(uid=uid_of(fresh["id"], "Cart")).update(changed_at=long_ago)
    buyer.done("orderCancel", number=order["number"], token=order["token"], idempotencyKey=key())
    notice = Notice.objects.create(
        provider="stripe", event_id="evt_1", kind="x", body=b"a name", handled_at=timezone.now()
    )
    assert forget_old() > 0
    kept = {str(cart.uid) for cart in Cart.objects.all()}
    assert str(uid_of(left["id"], "Cart")) not in kept and len(kept) == 2
    assert Parcel.objects.get().recipient == "示例买家"
    # Whatever she wrote for a name, the rest of it is kept no longer.
    Order.objects.update(closed_at=timezone.now() - timedelta(days=3 * 366 + 1))
    Parcel.objects.update(recipient=name)
    Notice.objects.update(received_at=timezone.now() - timedelta(days=3 * 366 + 1))
    forget_old()
    made = Order.objects.get()
    there = Parcel.objects.get()
    assert (there.recipient, there.phone, there.street, made.email) == ("—", "", "", "")
    notice.refresh_from_db()
    assert bytes(notice.body) == b"" and made.total_minor > 0
    assert forget_old() == 0
    at_rest()


@pytest.mark.usefixtures("whole_shop")
def test_a_group_that_only_she_looks_after_is_handed_over_before_her_account_is_closed():
    made = Together()
    group, mei = made.row, made.coordinator.person
    ada, sun = a_person(("operator",)), a_person()
    with pytest.raises(Conflict) as said:
        operators.close(mei, ada)
    assert group.title in str(said.value)
    memberships.appoint(group.organisation, sun, ada)
    operators.close(mei, ada)
    assert made.look(Buyer(sun))["isCoordinator"] and not mei.memberships.filter(role="member").exists()


def test_a_team_at_rest_whose_parcels_are_on_their_way_keeps_its_last_manager():
    mei, ada = a_person(), a_person(("operator",))
    lot = a_lot()
    team = lot.variant.product.team
    team.members.all().delete()
    works_at(team, mei)
    made = Buyer().place(lot)
    Order.objects.filter(number=made["number"]).update(state="paid", paid_at=timezone.now())
    teams.rest(team, ada, "示例原因")
    with pytest.raises(Conflict):
        operators.close(mei, ada)
    Order.objects.update(state="completed", closed_at=timezone.now())
    operators.close(mei, ada)
