"""What is kept of a buyer: told when she asks, forgotten when she goes."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F
from django.utils import timezone

from accounts.actions import erasure, export
from accounts.actions import membership as memberships
from accounts.actions import operator as operators
from accounts.models import Invitation, Person
from catalog.actions import team as teams
from core.api.ids import global_id, uid_of
from core.deliveries import drain
from core.refusals import Conflict
from orders import verify
from orders.mail import to_buyer
from orders.models import (
    Cart,
    Claim,
    Dispute,
    Notice,
    Order,
    Refund,
    Review,
    Shipment,
)
from orders.people import forget_old
from tests.accounts.world import PASSWORD, a_person, token_in
from tests.orders.sold import Sold
from tests.orders.test_claim import a_photo
from tests.orders.world import PAID, Buyer, a_lot, at_rest, key, row, run_out, session_of, settle_all, tell
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
    assert (
        only["number"] == order["number"] and only["street"] == "示例路 1 号" and only["note"] == "ring twice"
    )
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
        kind="checkout", amount_minor=1, ends_at=timezone.now()
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
    assert (made.recipient, made.phone, made.street, made.email, made.note) == ("—", "", "", "", "")
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
    said = {"line": sold.line_id(), "words": "向示例家收到两个坏的", "photo": a_photo()}
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
    assert (kept.words, kept.answer, kept.photo.name, kept.state) == ("—", "", "", "refunded")
    refund.refresh_from_db()
    assert refund.note == "" and not default_storage.exists(made.photo.name)
    assert forget_old() == 0


@pytest.mark.usefixtures("whole_shop")
def test_while_an_erasure_waits_for_a_claim_its_photo_is_there_to_be_looked_at(till, a_stand):
    person = a_person()
    sold = Sold(till, a_stand, Buyer(person))
    settle_all()
    sold.arrive(0, 1)
    said = {"line": sold.line_id(), "words": "压坏了", "photo": a_photo()}
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
    assert Order.objects.get().recipient == "示例买家" and person.is_active
    Order.objects.update(state="completed", closed_at=timezone.now())
    erasure.erase(person, PASSWORD)


class Owed:
    """A person whose money came too late and has to go back, as far as the provider lets it."""

    def __init__(self, till, a_stand):
        self.stand, self.person = a_stand, a_person()
        self.buyer = Buyer(self.person)
        lot = a_lot(units=1)
        self.order = self.buyer.place(lot)
        till.pay(session_of(self.buyer.begin(self.order)), "alipay")
        run_out(self.order)
        Buyer().place(lot)
        tell(a_stand, PAID)
        self.refund = Refund.objects.get()

    def ask(self):
        payload = "isErased waitsFor"
        return self.buyer.done("personErase", payload, password=PASSWORD)

    def now(self):
        self.person.refresh_from_db()
        return self.person.erased_at is not None

    def told(self):
        return [m.subject for m in mail.outbox if m.to == [self.address]]

    @property
    def address(self):
        return Order.objects.get(number=self.order["number"]).email


@pytest.mark.usefixtures("whole_shop")
def test_who_is_owed_money_is_erased_once_she_has_it_and_has_been_told(till, a_stand):
    owed = Owed(till, a_stand)
    address = owed.person.email
    assert owed.ask() == {"errors": [], "isErased": False, "waitsFor": ["a refund that is on its way"]}
    seen = owed.buyer.ask("{ viewer { erasureAskedAt erasureWaitsFor } }")["viewer"]
    assert seen["erasureAskedAt"] and seen["erasureWaitsFor"] == ["a refund that is on its way"]
    assert not owed.now() and owed.address == "buyer@example.com"
    settle_all()
    assert Refund.objects.get().state == "succeeded"
    assert [m for m in mail.outbox if set(m.to) <= {address, "buyer@example.com"}], "she is told"
    assert owed.now() and owed.address == "" and owed.buyer.ask("{ viewer { email } }")["viewer"] is None
    assert address not in json.dumps(list(Person.objects.values("email", "reach_sealed")))
    at_rest()


@pytest.mark.usefixtures("whole_shop")
@pytest.mark.parametrize("way", ["cancelled", "left"])
def test_an_order_that_was_called_off_is_waited_for_and_not_called_going_on(till, a_stand, way):
    """She has ended it, and can do no more: her erasure waits for the money, and is done by itself."""
    person = a_person()
    buyer = Buyer(person)
    till.refund_mode("pending", after=None)
    if way == "cancelled":
        order = buyer.place(a_lot())
        till.pay(session_of(buyer.begin(order)), "alipay")
        tell(a_stand, PAID)
    else:
        made = Together(till, a_stand)
        order = made.join(buyer)
        made.pay(order, by=buyer)
    answer = buyer.do("personErase", "isErased waitsFor", password=PASSWORD)
    assert [e["code"] for e in answer["errors"]] == ["CONFLICT"]
    assert order["number"] in answer["errors"][0]["message"], "which order it is"
    buyer.done("orderCancel", **order, idempotencyKey=key())
    settle_all()
    assert row(order).state == ("paid" if way == "cancelled" else "held")
    assert Refund.objects.get().state == "pending"
    asked = buyer.done("personErase", "isErased waitsFor", password=PASSWORD)
    assert asked == {"errors": [], "isErased": False, "waitsFor": ["a refund that is on its way"]}
    assert erasure.erase_settled() == 0 and row(order).recipient != "—"
    till.settle_refund(Refund.objects.get().provider_id)
    tell(a_stand, "refund.updated")
    settle_all()
    person.refresh_from_db()
    assert row(order).state == "refunded" and row(order).recipient == "—" and person.erased_at
    at_rest()


def test_what_her_bank_has_given_her_is_an_end_of_her_order_too(till, a_stand):
    """The refund failed because her bank had taken the money already: nothing is owed, and nobody has to come."""
    buyer = Buyer(a_person())
    order = buyer.place(a_lot())
    till.pay(session_of(buyer.begin(order)), "alipay")
    tell(a_stand, PAID)
    buyer.done("orderCancel", **order, idempotencyKey=key())
    Refund.objects.update(state="failed", disputed_minor=F("amount_minor"))
    assert row(order).state == "paid"
    assert buyer.done("personErase", "isErased", password=PASSWORD)["isErased"] is True


@pytest.mark.usefixtures("whole_shop")
def test_a_coordinator_need_not_wait_until_her_cancelled_groups_money_has_arrived(till, a_stand):
    made = Together(till, a_stand)
    made.fill(1)
    till.refund_mode("pending", after=None)
    asked = made.coordinator.do("personErase", "isErased", password=PASSWORD)
    assert [e["code"] for e in asked["errors"]] == ["CONFLICT"]
    made.coordinator.done("groupPurchaseCancel", groupId=made.id, idempotencyKey=key())
    settle_all()
    assert Order.objects.get().state == "held" and Refund.objects.get().state == "pending"
    assert made.coordinator.done("personErase", "isErased", password=PASSWORD)["isErased"] is True
    assert made.row.recipient == "—"
    at_rest()


@pytest.mark.parametrize("state", ["requested", "pending", "failed"])
def test_no_state_of_a_refund_but_given_lets_her_go(till, a_stand, state):
    owed = Owed(till, a_stand)
    Refund.objects.update(state=state)
    assert owed.ask()["isErased"] is False
    assert erasure.erase_settled() == 0 and not owed.now()
    Refund.objects.update(state="failed", disputed_minor=F("amount_minor"))  # her bank has given it
    assert erasure.erase_settled() == 1 and owed.now()


def test_an_undecided_dispute_and_an_open_claim_keep_her_reachable(till, a_stand):
    owed = Owed(till, a_stand)
    assert owed.ask()["isErased"] is False
    settle_all()
    made = Order.objects.get(number=owed.order["number"])
    payment = made.payments.get()
    dispute = Dispute.objects.create(provider_id="dp_1", payment=payment, amount_minor=1, reason="general")
    claim = Claim.objects.create(line=made.lines.get(), words="压坏了")
    assert erasure.erase_settled() == 0
    dispute.delete()
    assert erasure.erase_settled() == 0
    claim.delete()
    assert erasure.erase_settled() == 1 and owed.now()


def test_as_long_as_what_came_back_is_owed_she_can_be_told_however_long_it_takes(till, a_stand):
    owed = Owed(till, a_stand)
    address = owed.person.email
    settle_all()
    assert owed.ask()["isErased"] is True
    Refund.objects.update(state="failed", returned_at=timezone.now())
    Person.objects.filter(pk=owed.person.pk).update(reach_until=timezone.now() - timedelta(seconds=1))
    made = Order.objects.get(number=owed.order["number"])
    mail.outbox.clear()
    assert erasure.forget_reaches() == 0
    to_buyer(made, "payment_turned_away", refund=Refund.objects.get(), reason="")
    assert mail.outbox[0].to == [address] and erased() == []
    Refund.objects.update(state="succeeded")
    assert erasure.forget_reaches() == 1


def erased():
    """What verify says of those who have gone."""
    return [offence.words.split(" (")[0] for offence in verify.verify() if offence.rule == "ERASURE"]


def test_verify_names_whoever_was_erased_before_all_that_was_hers_was_settled(till, a_stand):
    owed = Owed(till, a_stand)
    settle_all()
    assert owed.ask()["isErased"] is True and erased() == []
    made, refund = Order.objects.get(number=owed.order["number"]), Refund.objects.get()
    for state in ("requested", "pending", "failed"):
        Refund.objects.update(state=state)
        assert len(erased()) == 1 and "money was owed" in erased()[0], state
        # One that had arrived and came back is told to the address that was kept; without one she cannot be reached.
        Refund.objects.update(returned_at=timezone.now())
        assert erased() == []
        kept = Person.objects.get(pk=owed.person.pk).reach_sealed
        Person.objects.filter(pk=owed.person.pk).update(reach_sealed="")
        assert len(erased()) == 1
        Person.objects.filter(pk=owed.person.pk).update(reach_sealed=kept)
        Refund.objects.update(returned_at=None)
    Refund.objects.update(disputed_minor=F("amount_minor"))
    assert erased() == [], "her bank has given it"
    Refund.objects.update(state="succeeded", disputed_minor=0)
    payment = made.payments.get()
    made.payments.update(state="processing", is_kept=False)
    assert "a payment of hers had not ended" in erased()[0]
    made.payments.update(state="succeeded")
    before = timezone.now() - timedelta(days=1)
    dispute = Dispute.objects.create(provider_id="dp_1", payment=payment, amount_minor=1, reason="general")
    assert erased() == [], "her bank has asked since"
    Dispute.objects.update(opened_at=before)
    assert "a bank was deciding" in erased()[0]
    dispute.delete()
    Claim.objects.create(line=made.lines.get(), words="压坏了")
    assert "was not answered" in erased()[0] and refund.pk


def test_she_may_change_her_mind_while_it_waits(till, a_stand):
    owed = Owed(till, a_stand)
    owed.ask()
    assert owed.buyer.done("personKeep", "viewer { erasureAskedAt }")["viewer"]["erasureAskedAt"] is None
    settle_all()
    assert erasure.erase_settled() == 0 and not owed.now()


def test_a_refund_that_comes_back_after_she_has_gone_still_finds_her_for_two_months(till, a_stand):
    owed = Owed(till, a_stand)
    address = owed.person.email
    settle_all()
    assert owed.ask()["isErased"] is True
    made = Order.objects.get(number=owed.order["number"])
    mail.outbox.clear()
    to_buyer(made, "payment_turned_away", refund=Refund.objects.get(), reason="")
    assert mail.outbox[0].to == [address]
    Person.objects.filter(pk=owed.person.pk).update(reach_until=timezone.now() - timedelta(seconds=1))
    made.refresh_from_db()
    to_buyer(made, "payment_turned_away", refund=Refund.objects.get(), reason="")
    assert len(mail.outbox) == 1 and erasure.forget_reaches() == 1
    assert Person.objects.get(pk=owed.person.pk).reach_sealed == ""


@pytest.mark.usefixtures("whole_shop")
def test_letters_go_to_the_address_that_the_owner_has_proved_since(till, a_stand):
    person = a_person()
    buyer, old = Buyer(person), person.email
    chosen = buyer.place(a_lot(), email="desk@example.com")
    own = buyer.place(a_lot(), email=old)
    guests = Buyer().place(a_lot(), email=old)
    buyer.done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    drain()
    link = next(token_in(m, "change") for m in mail.outbox if m.to == ["new@example.com"])
    assert row(own).email == old, "nobody has proved it yet"
    buyer.done("emailChangeConfirm", token=link)
    assert row(own).email == "new@example.com" and row(guests).email == old
    assert row(chosen).email == "new@example.com", "what was typed at checkout was never proved"
    mail.outbox.clear()
    till.pay(session_of(buyer.begin({"number": own["number"]})), "alipay")
    tell(a_stand, PAID)
    settle_all()
    assert {m.to[0] for m in mail.outbox if own["number"] in m.body} == {"new@example.com"}


def test_what_nobody_needs_any_more_is_forgotten_and_nothing_else():
    buyer = Buyer()
    order = buyer.place(a_lot())
    left, fresh = buyer.fill(a_lot()), buyer.fill(a_lot())
    hers = Buyer(a_person())
    hers.fill(a_lot())
    long_ago = timezone.now() - timedelta(days=31)
    Cart.objects.exclude(uid=uid_of(fresh["id"], "Cart")).update(changed_at=long_ago)
    buyer.done("orderCancel", number=order["number"], token=order["token"], idempotencyKey=key())
    notice = Notice.objects.create(event_id="evt_1", kind="x", body=b"a name", handled_at=timezone.now())
    assert forget_old() > 0
    kept = {str(cart.uid) for cart in Cart.objects.all()}
    assert str(uid_of(left["id"], "Cart")) not in kept and len(kept) == 2
    assert Order.objects.get().recipient == "示例买家"
    Order.objects.update(closed_at=timezone.now() - timedelta(days=3 * 366 + 1))
    Notice.objects.update(received_at=timezone.now() - timedelta(days=3 * 366 + 1))
    forget_old()
    made = Order.objects.get()
    assert (made.recipient, made.phone, made.street, made.email) == ("—", "", "", "")
    notice.refresh_from_db()
    assert bytes(notice.body) == b"" and made.total_minor > 0
    assert forget_old() == 0
    at_rest()


@pytest.mark.usefixtures("whole_shop")
def test_a_group_that_only_she_looks_after_is_handed_over_before_her_account_is_closed():
    made = Together()
    group, mei = made.row, made.coordinator.person
    ada, sun = a_person(is_staff=True), a_person()
    with pytest.raises(Conflict) as said:
        operators.close(mei, ada)
    assert group.title in str(said.value)
    memberships.appoint(group.organisation, sun, ada)
    operators.close(mei, ada)
    assert made.look(Buyer(sun))["isCoordinator"] and not mei.memberships.filter(role="member").exists()


def test_a_team_at_rest_whose_parcels_are_on_their_way_keeps_its_last_manager():
    mei, ada = a_person(), a_person(is_staff=True)
    lot = a_lot()
    team = lot.variant.product.team
    team.members.all().delete()
    team.members.create(person=mei)
    made = Buyer().place(lot)
    Order.objects.filter(number=made["number"]).update(state="paid", paid_at=timezone.now())
    teams.rest(team, ada)
    with pytest.raises(Conflict):
        operators.close(mei, ada)
    Order.objects.update(state="completed", closed_at=timezone.now())
    operators.close(mei, ada)
