"""Who goes while money is on its way to her stays reachable until she has it, and is told."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from accounts.actions import erasure
from accounts.models import Person
from orders import verify
from orders.mail import to_buyer
from orders.models import (
    Claim,
    Dispute,
    Order,
    Refund,
)
from tests.accounts.world import PASSWORD, a_person
from tests.orders.world import PAID, Buyer, a_lot, at_rest, key, row, run_out, session_of, settle_all, tell
from tests.together.world import Together

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert erasure.erase_settled() == 0 and row(order).shipments.get().parcel.recipient != "—"
    till.settle_refund(Refund.objects.get().provider_id)
    tell(a_stand, "refund.updated")
    settle_all()
    person.refresh_from_db()
    assert (
        row(order).state == "refunded"
        and row(order).shipments.get().parcel.recipient == "—"
        and person.erased_at
    )
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
def test_a_refund_of_a_guests_order_that_was_never_proved_finds_the_mailbox_it_was_typed_with(till, a_stand):
    her = a_person()
    buyer, guest, lot = Buyer(her), Buyer(), a_lot(units=5)
    order = guest.place(lot, email=her.email)
    till.pay(session_of(guest.begin(order)), "alipay")
    tell(a_stand, PAID)
    guest.done("orderCancel", **order, idempotencyKey=key())
    settle_all()
    assert buyer.done("personErase", "isErased", password=PASSWORD)["isErased"] is True
    made = row(order)
    assert (made.email, made.person, made.reached_by) == ("", None, her), "nobody's, as it was"
    mail.outbox.clear()
    refund = Refund.objects.get()
    till.settle_refund(refund.provider_id, "failed")
    tell(a_stand, "refund.failed")
    settle_all()
    (letter,) = [one for one in mail.outbox if one.to == [her.email]]
    assert "has not reached you yet" in letter.subject and f"/order/{made.number}/?token=" in letter.body
    # Beyond the time in which anything comes back she is kept as long as this is owed, and no longer.
    Person.objects.filter(pk=her.pk).update(reach_until=timezone.now() - timedelta(seconds=1))
    assert erasure.forget_reaches() == 0
    at_rest()
    Refund.objects.update(retry_at=None)
    to_buyer(made, "refund_came_back", refund=Refund.objects.get(), reason="", minor=1)
    assert "ask us on your order’s page" in mail.outbox[-1].body
    Refund.objects.update(state="succeeded")
    assert erasure.forget_reaches() == 1
