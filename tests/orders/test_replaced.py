"""Replaced, then refunded, then disputed (case N31): each unit is counted once, and no more goes back than was paid."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog import verify as shelves
from catalog.actions import card, stock
from catalog.models import Lot, Reservation
from catalog.refusals import InsufficientStock
from core.api.ids import global_id
from impact import verify as ledger
from impact.models import Account, Attribution, Support
from impact.models.kind import OF_LOTS, Kind
from impact.reads.positions import replaced_positions
from orders.actions import claim_reply, shipment
from orders.actions import replacement as replacements
from orders.actions.sold import units_sold
from orders.models import Claim, Payment, Replacement, Shipment
from tests.accounts.world import at_once
from tests.figures import full
from tests.impact.world import a_lot
from tests.orders.sold import Sold, settle
from tests.orders.test_mails import new_mails
from tests.orders.world import key, row, tell
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
TEA = 1
SEEN = "claim { state replacement { id state units } }"


class Spoilt(Sold):
    """Three at ¥50.00 have come; the lot they came from is closed, and another has one unit left, at ¥55.00 by now."""

    def __init__(self, till, stand, units=1):
        super().__init__(till, stand, quantity=3)
        self.arrive(TEA)
        Lot.objects.filter(pk=self.lots[TEA].pk).update(state="closed")
        variant = self.lots[TEA].variant
        self.fresh = a_lot((600, 400), units=units, variant=variant)
        type(variant).objects.filter(pk=variant.pk).update(price_minor=5500)
        card.refresh(lots={self.fresh.pk})
        self.told = self.claim("一份受潮了", n=TEA)["claim"]

    def answer(self, **told):
        given = {"claimId": self.told["id"], "idempotencyKey": key(), **told}
        return self.managers[TEA].do("claimAnswer", SEEN, **given)

    def says(self, act, **told):
        given = {**self.order, "claimId": self.told["id"], "idempotencyKey": key(), **told}
        return self.buyer.do(act, SEEN, **given)

    def replaced(self):
        """One unit was offered, wanted and sent."""
        assert self.answer(replaceUnits=1)["errors"] == []
        (one,) = [self.says("claimAccept")["claim"]["replacement"]]
        given = {
            "replacementId": one["id"],
            "carrier": "顺丰",
            "trackingNumber": "SF777001",
            "idempotencyKey": key(),
        }
        self.managers[TEA].done("replacementShip", "replacement { state }", **given)
        return one

    def arrives(self, one):
        self.buyer.done(
            "replacementDelivered", "replacement { state }", **self.order, replacementId=one["id"]
        )

    def units(self, lot):
        lot.refresh_from_db()
        return lot.units_available, lot.units_reserved, lot.units_sold, lot.units_replaced


@pytest.fixture
def spoilt(till, a_stand):
    return Spoilt(till, a_stand)


def codes(answer):
    return [error["code"] for error in answer["errors"]]


def of_households(lot):
    """What stands in the lot's accounts, and what its households are attributed."""
    ids = Account.objects.filter(lot=lot, kind__in=OF_LOTS).values_list("pk", flat=True)
    rows = Attribution.objects.filter(transfer__target__in=ids).values_list("amount_minor", flat=True)
    back = Attribution.objects.filter(transfer__source__in=ids).values_list("amount_minor", flat=True)
    return sum(rows) + sum(back)


def test_what_is_offered_is_there_and_its_households_have_their_part_once(spoilt):
    before = (Support.objects.count(), units_sold(timezone.now()))
    assert codes(spoilt.answer(replaceUnits=4)) == ["INVALID"], "three were bought"
    assert codes(spoilt.answer(replaceUnits=2)) == ["INSUFFICIENT_STOCK"]
    assert codes(spoilt.answer(replaceUnits=1, amount="5.00")) == ["INVALID"]
    assert spoilt.answer(replaceUnits=1)["claim"]["replacement"]["state"] == "OFFERED"
    assert spoilt.units(spoilt.fresh) == (0, 0, 0, 1), "nobody else can buy it"
    assert of_households(spoilt.fresh) == 0, "it is not wanted yet"
    new_mails()
    told = spoilt.says("claimAccept")["claim"]
    assert (told["state"], told["replacement"]["state"]) == ("AGREED", "AGREED")
    settle()
    assert [letter.subject.split("：")[0].split(":")[0] for letter in new_mails()] == [
        "Please send in its place"
    ], "to the team"
    assert of_households(spoilt.fresh) == 2700, "54 % of what one unit of the line cost"
    (reserve,) = Account.objects.filter(kind=Kind.TEAM_RESERVE)
    assert reserve.team_id == spoilt.line(TEA).team_id
    assert spoilt.says("claimAccept")["claim"]["state"] == "AGREED", "again is once"
    assert of_households(spoilt.fresh) == 2700
    assert (Support.objects.count(), units_sold(timezone.now())) == before, "no board, no count moves by it"
    sold = spoilt.lots[TEA]
    assert spoilt.units(sold)[2:] == (3, 0)
    at_rest()


def test_replaced_then_refunded_then_disputed_comes_to_no_more_than_was_paid(spoilt):
    one = spoilt.replaced()
    spoilt.arrives(one)
    assert Claim.objects.get().state == "done"
    line = {"lineId": spoilt.line_id(TEA), "units": 1}
    manager, given = spoilt.managers[TEA], {"number": spoilt.order["number"]}
    made = manager.done(
        "refundRequest", "refund { amount { minor } }", **given, lines=[line], idempotencyKey=key()
    )
    assert made["refund"]["amount"]["minor"] == 5000, "a unit is worth what was paid for it"
    assert of_households(spoilt.fresh) == 2700, "what its households have is not the buyer's"
    settle()
    spoilt.told = spoilt.claim("补发的也受潮了", n=TEA)["claim"]
    assert codes(spoilt.answer(amount="100.01")) == ["REFUND_TOO_LARGE"]
    assert spoilt.answer(amount="100.00")["claim"]["state"] == "AGREED"
    settle()
    claim_reply.end_due()
    assert spoilt.line(TEA).refunded_minor == 15000 and row(spoilt.order).refunded_minor == 15000
    assert codes(spoilt.claim("还要", n=TEA)) == ["TOO_LATE"]
    assert spoilt.units(spoilt.fresh) == (0, 0, 0, 1) and spoilt.units(spoilt.lots[TEA])[2:] == (3, 0)
    at_rest()


def test_what_was_given_back_is_neither_offered_nor_sent_as_well(spoilt):
    assert spoilt.answer(replaceUnits=1)["errors"] == []
    (one,) = [spoilt.says("claimAccept")["claim"]["replacement"]]
    manager, given = spoilt.managers[TEA], {"number": spoilt.order["number"]}
    line = {"lineId": spoilt.line_id(TEA), "amountMinor": 15000}
    manager.done("refundRequest", "refund { id }", **given, lines=[line], idempotencyKey=key())
    sent = {
        "replacementId": one["id"],
        "carrier": "顺丰",
        "trackingNumber": "SF777001",
        "idempotencyKey": key(),
    }
    assert codes(manager.do("replacementShip", "replacement { state }", **sent)) == ["CONFLICT"]
    off = {"replacementId": one["id"], "words": "钱已全部退回", "idempotencyKey": key()}
    manager.done("replacementCallOff", "replacement { state }", **off)
    assert codes(spoilt.answer(replaceUnits=1)) == ["INVALID"]
    assert spoilt.units(spoilt.fresh) == (1, 0, 0, 0)
    assert codes(spoilt.answer(words="钱已全部退回。")) == []
    settle()
    at_rest()


def test_its_households_are_owed_when_the_time_for_claims_is_over_which_begins_anew_with_it(spoilt):
    Shipment.objects.filter(pk=spoilt.parcel(TEA).pk).update(
        after_sale_until=timezone.now() + timedelta(hours=1)
    )
    one = spoilt.replaced()
    late = timezone.now() + timedelta(hours=2)
    assert shipment.complete_due(late) == [], "it is under way"
    spoilt.arrives(one)
    hours = spoilt.line(TEA).after_sale_hours
    assert spoilt.parcel(TEA).after_sale_until > timezone.now() + timedelta(hours=hours - 1)
    assert shipment.complete_due(late) == []
    shipment.complete_due(timezone.now() + timedelta(hours=hours + 1))
    settle()
    (stands,) = [p for p in replaced_positions([spoilt.row.uid]) if p.place.lot_id]
    assert (stands.place.kind, stands.amount_minor) == (Kind.OWED, 2700)
    at_rest()


def test_what_she_does_not_want_or_what_cannot_be_sent_is_on_the_shelf_again(spoilt):
    spoilt.answer(replaceUnits=1)
    assert spoilt.says("claimDispute", words="我要退款")["claim"]["replacement"] is None
    assert spoilt.units(spoilt.fresh) == (1, 0, 0, 0)
    spoilt.answer(replaceUnits=1)
    one = spoilt.says("claimAccept")["claim"]["replacement"]
    given = {"replacementId": one["id"], "idempotencyKey": key()}
    assert spoilt.managers[0].refused("replacementCallOff", **given, words="没有了") == "NOT_FOUND"
    spoilt.managers[TEA].done(
        "replacementCallOff", "replacement { state }", **given, words="受潮了，寄不了。"
    )
    assert spoilt.units(spoilt.fresh) == (1, 0, 0, 0) and of_households(spoilt.fresh) == 0
    assert Claim.objects.get().state == "disputed", "its team answers anew"
    assert spoilt.answer(amount="50.00")["claim"]["state"] == "ANSWERED"
    at_rest()


def test_what_waits_of_a_recalled_lot_stays_here_and_what_is_sent_is_the_buyers(till, a_stand):
    spoilt = Spoilt(till, a_stand)
    spoilt.answer(replaceUnits=1)
    spoilt.says("claimAccept")
    Lot.objects.filter(pk=spoilt.fresh.pk).update(state="recalled", recalled_at=timezone.now())
    new_mails()
    replacements.follow_recall(spoilt.fresh.pk)
    assert Replacement.objects.get().state == "cancelled" and Claim.objects.get().state == "disputed"
    assert spoilt.units(spoilt.fresh) == (1, 0, 0, 0) and of_households(spoilt.fresh) == 0
    settle()
    buyers, teams = sorted(new_mails(), key=lambda letter: letter.subject)
    assert "It cannot be sent after all" in buyers.subject
    assert "What was to be sent is recalled" in buyers.body
    assert "Please answer anew" in teams.subject and "What was to be sent is recalled" in teams.body
    at_rest()


def test_who_was_sent_some_of_a_recalled_lot_is_told_and_may_claim_however_late(spoilt):
    one = spoilt.replaced()
    spoilt.arrives(one)
    new_mails()
    Lot.objects.filter(pk=spoilt.fresh.pk).update(state="recalled", recalled_at=timezone.now())
    card.refresh(lots=[spoilt.fresh.pk])
    replacements.follow_recall(spoilt.fresh.pk)
    replacements.follow_recall(spoilt.fresh.pk)
    settle()
    letters = [letter for letter in new_mails() if spoilt.fresh.code in letter.subject]
    assert {letter.subject.split(":")[0] for letter in letters} == {"Please do not eat it"}
    assert f"{spoilt.line(TEA).name_en} × 3" in letters[0].body
    Shipment.objects.update(after_sale_until=timezone.now() - timedelta(days=1))
    assert spoilt.claim("召回的", n=TEA)["errors"] == []
    at_rest()


def test_what_a_team_does_not_send_in_its_time_is_answered_anew(spoilt):
    spoilt.answer(replaceUnits=1)
    spoilt.says("claimAccept")
    week = timezone.now() + timedelta(days=7)
    assert replacements.call_off_unsent(week - timedelta(minutes=1)) == 0
    assert replacements.call_off_unsent(week + timedelta(minutes=1)) == 1
    assert spoilt.units(spoilt.fresh) == (1, 0, 0, 0) and of_households(spoilt.fresh) == 0
    claim = Claim.objects.get()
    assert (claim.state, claim.replies.last().kind) == ("disputed", "overdue")
    one = global_id("Replacement", claim.replacements.get().uid)
    late = {"replacementId": one, "carrier": "顺丰", "trackingNumber": "SF777009", "idempotencyKey": key()}
    (error,) = spoilt.managers[TEA].do("replacementShip", "replacement { state }", **late)["errors"]
    assert (error["code"], error["message"]) == ("TOO_LATE", replacements._OVERDUE.in_language("en"))
    at_rest()


def test_a_card_dispute_after_it_takes_what_was_paid_and_leaves_its_households_their_part(
    spoilt, till, a_stand
):
    one = spoilt.replaced()
    made = till.dispute(payment_intent=Payment.objects.get().payment_ref)
    tell(a_stand, "charge.dispute.created")
    spoilt.arrives(one)
    till.close_dispute("lost", dispute=made["id"])
    tell(a_stand, "charge.dispute.closed", times=2)
    settle()
    assert spoilt.row.refunded_minor == spoilt.row.total_minor, "no more than came"
    assert spoilt.line(TEA).refunded_minor == 15000
    assert of_households(spoilt.fresh) == 2700, "their work was sent, whatever becomes of the payment"
    assert spoilt.units(spoilt.fresh) == (0, 0, 0, 1)
    at_rest()


@pytest.mark.proof
def test_the_last_unit_is_a_buyers_or_is_sent_in_place_of_another_never_both(spoilt):
    """Both in the same second, again and again."""

    def buys(holder):
        wants = {spoilt.fresh.variant_id: 1}
        try:
            stock.reserve(holder, wants, timezone.now() + timedelta(minutes=15))
        except InsufficientStock:
            return False
        return True

    def one_of_two(holder):
        return at_once(2, lambda n: buys(holder) if n else codes(spoilt.answer(replaceUnits=1)) == [])

    for _ in range(full(200, 8)):
        holder = uuid4()
        assert sorted(one_of_two(holder)) == [False, True]
        available, reserved, _, replaced = spoilt.units(spoilt.fresh)
        assert (available, reserved + replaced) == (0, 1)
        stock.release([holder])
        if replaced:
            spoilt.says("claimDispute", words="再看看")
            Claim.objects.update(state="open")
            Claim.objects.get().replies.all().delete()
    at_rest()


def test_a_silent_one_is_taken_as_delivered_and_an_unanswered_offer_is_sent(spoilt):
    spoilt.answer(replaceUnits=1)
    week = timedelta(days=7, minutes=1)
    Claim.objects.update(answered_at=timezone.now() - week)
    assert claim_reply.end_due() == 1
    one = Replacement.objects.get()
    assert (one.state, one.claim.state) == ("agreed", "agreed"), "an answer that is left alone stands"
    given = {
        "replacementId": global_id("Replacement", one.uid),
        "carrier": "顺丰",
        "trackingNumber": "SF777002",
    }
    spoilt.managers[TEA].done("replacementShip", "replacement { state }", **given, idempotencyKey=key())
    assert replacements.deliver_silent(timezone.now() + timedelta(days=13)) == 0
    assert replacements.deliver_silent(timezone.now() + timedelta(days=15)) == 1
    one.refresh_from_db()
    assert one.is_presumed and Claim.objects.get().state == "done"
    told = {**spoilt.order, "replacementId": global_id("Replacement", one.uid)}
    (error,) = spoilt.buyer.do("replacementDelivered", "replacement { state }", **told)["errors"]
    assert error["message"] == replacements._TAKEN_AS_DELIVERED.in_language("en")
    at_rest()


def test_one_that_its_buyer_confirms_in_that_moment_keeps_the_clock_from_nothing(spoilt, monkeypatch):
    spoilt.replaced()
    locked = replacements._locked

    def confirmed_before(found):
        monkeypatch.setattr(replacements, "_locked", locked)
        replacements.deliver(found)
        return locked(found)

    monkeypatch.setattr(replacements, "_locked", confirmed_before)
    assert replacements.deliver_silent(timezone.now() + timedelta(days=15)) == 0
    one = Replacement.objects.get()
    assert (one.state, one.is_presumed) == ("delivered", False)


def test_verify_finds_a_replacement_that_is_not_counted_as_such(spoilt):
    spoilt.replaced()
    at_rest()
    for broken, verify in (
        ("UPDATE catalog_reservation SET state = 'sold' WHERE state = 'replaced'", shelves.verify),
        ("UPDATE orders_replacement SET units = 3", ledger.verify),
        ("UPDATE orders_replacement SET state = 'cancelled'", ledger.verify),
    ):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(broken)
            assert [*verify()] != [], broken
            transaction.set_rollback(True)
    assert Reservation.objects.filter(state="replaced").count() == 1
    at_rest()
