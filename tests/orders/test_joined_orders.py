"""What she bought as a guest and has joined her account is hers wherever hers is told, given along or forgotten: one rule,
`orders_of`. Each of these once knew an account's own orders alone."""

import pytest
from django.utils import timezone

from accounts.actions import erasure
from accounts.actions import export as exports
from accounts.actions import way as ways
from accounts.models import AuditEntry, SignInWay
from contest.models import CaseItem
from core.refusals import Conflict
from impact.reads.purchases import purchases_of
from impact.reads.set_aside import set_aside
from orders.models import Claim, Dispute, Order, Parcel, Payment, Refund, Review
from orders.people import FORGOTTEN
from orders.reads.shipment import is_receiver
from orders.reads.unsettled import reachable_until, unsettled
from tests.accounts.world import PASSWORD
from tests.impact.world import a_round
from tests.orders.sold import Sold
from tests.orders.world import BUYER, Buyer, a_person, at_rest, key, settle_all
from tests.shop.strangers import a_case
from tests.together.world import Together
from together.models import Seat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
MAILBOX = BUYER["email"]


def joins():
    """Her account, with the mailbox under which the guest has bought."""
    return a_person(email=MAILBOX)


@pytest.fixture
def sold(till, a_stand):
    """Bought and paid by a guest, before there is an account."""
    made = Sold(till, a_stand)
    settle_all()
    assert made.row.person is None
    return made


def test_what_her_purchases_did_counts_what_she_bought_as_a_guest(sold):
    nobody = a_person()
    assert purchases_of(nobody).day_count == 0
    mei = joins()
    hers = purchases_of(mei)
    assert hers.team_count == 2 and hers.earmarked_minor + hers.owed_minor > 0
    # As the order's own page says of it.
    of_it = sum(part.amount_minor for part in set_aside(sold.row).parts if part.is_households)
    assert hers.earmarked_minor + hers.owed_minor == of_it
    ways.end(mei.ways.get(ended_at=None), mei)
    assert purchases_of(mei).day_count == 0, "a mailbox that opens her account no more shows nothing"


def test_she_is_offered_first_the_kind_by_which_she_has_paid_as_a_guest(sold):
    (method,) = Payment.objects.filter(is_kept=True).values_list("method", flat=True)
    for person, offered in ((a_person(), ""), (joins(), method)):
        buyer = Buyer(person)
        buyer.begin({"number": buyer.place(sold.lots[0])["number"]})
        assert Payment.objects.latest("pk").asked_first == offered
    assert method


def test_her_data_tell_orders_claims_reviews_and_disputes_of_it(sold):
    sold.arrive(0, 1)
    assert sold.claim("两个坏了")["errors"] == []
    line, payment = sold.line(1), sold.row.payments.get()
    Review.objects.create(product=line.variant.product, line=line, stars=4, words="香")
    Dispute.objects.create(provider_id="dp_1", payment=payment, amount_minor=7, reason="general")
    told, others = exports.export(joins()), exports.export(a_person())
    assert [one["number"] for one in told["orders"]] == [sold.row.number]
    assert [one["words"] for one in told["claims"]] == ["两个坏了"]
    assert [(one["stars"], one["words"]) for one in told["reviews"]] == [(4, "香")]
    assert [one["amount_minor"] for one in told["disputes"]] == [7]
    assert [others[name] for name in ("orders", "claims", "reviews", "disputes")] == [[], [], [], []]


def test_closing_waits_for_it_and_forgets_it(sold):
    mei = joins()
    assert purchases_of(mei).day_count
    with pytest.raises(Conflict) as refused:
        erasure.erase(mei, PASSWORD)
    assert sold.row.number in str(refused.value)
    sold.arrive(0, 1)
    assert sold.claim("向示例家收到两个坏的")["errors"] == []
    assert [str(words) for words in unsettled(mei)] == ["一项售后还没有答复"]
    assert reachable_until(mei) is not None and reachable_until(a_person()) is None
    Claim.objects.update(state="accepted")
    Order.objects.update(state="completed")
    sold.row.shipments.update(state="completed")
    line = sold.line(1)
    Review.objects.create(product=line.variant.product, line=line, stars=4, words="香", nickname="示例")
    assert erasure.erase(mei, PASSWORD) is True
    made = sold.row
    assert (made.email, made.mobile) == ("", "")
    assert {(one.recipient, one.phone, one.street) for one in Parcel.objects.all()} == {(FORGOTTEN, "", "")}
    assert Claim.objects.get().words == FORGOTTEN and Review.objects.get().nickname == ""


@pytest.mark.parametrize("is_proved", [True, False])
def test_closed_it_counts_as_hers_where_she_had_proved_it_as_a_guest_and_as_nobodys_else(sold, is_proved):
    """A refund that comes back later finds her, and the contest the same buyer again."""
    at = timezone.now() if is_proved else None
    Order.objects.update(state="completed", buyer_proved_at=at)
    sold.row.shipments.update(state="completed")
    mei = joins()
    assert erasure.erase(mei, PASSWORD) is True
    made = sold.row
    assert made.email == "" and made.person_id == (mei.pk if is_proved else None)
    mei.refresh_from_db()
    assert erasure.reach(mei) == MAILBOX


def test_her_seat_is_hers_by_the_mailbox_she_has_proved_since(till, a_stand):
    together = Together(till, a_stand)
    order = together.join(name="向示例", email=MAILBOX)
    together.pay(order)
    mei = joins()
    asked = "{ myGroupPurchases(first: 5) { nodes { title mySeat { state units } } } }"
    (group,) = Buyer(mei).ask(asked)["myGroupPurchases"]["nodes"]
    assert group["mySeat"] == {"state": "HELD", "units": 1}
    assert Buyer(a_person()).ask(asked)["myGroupPurchases"]["nodes"] == []
    assert [seat["name"] for seat in exports.export(mei)["seats"]] == ["向示例"]
    Order.objects.update(state="completed")
    made = Order.objects.get(number=order["number"])
    made.shipments.update(state="completed")
    assert erasure.erase(mei, PASSWORD) is True
    assert Seat.objects.get().name == FORGOTTEN


def test_what_a_rule_has_found_of_it_is_told_her(sold):
    entry = a_round(sold.lots[0].variant.product.team).entries.get()
    case = a_case(entry, sold.managers[0].person)
    CaseItem.objects.create(case=case, part="order", order_uid=sold.row.uid, found_at=timezone.now())
    (found,) = exports.export(joins())["kept_out_of_scores"]
    assert found["case__rule"] == "F3"
    assert exports.export(a_person())["kept_out_of_scores"] == []


def test_she_calls_it_off_as_its_buyer_and_says_that_it_came_as_its_receiver(sold):
    mei = joins()
    assert is_receiver(mei, sold.parcel(), None) and not is_receiver(a_person(), sold.parcel(), None)
    assert is_receiver(a_person(), sold.parcel(), sold.order["token"])
    Buyer(mei).done("orderCancel", number=sold.row.number, idempotencyKey=key())
    assert Refund.objects.get().reason == "cancelled"
    assert not AuditEntry.objects.filter(deed="cancel").exists(), "nobody else's deed"


def test_a_number_that_is_proved_brings_the_same(till, a_stand, monkeypatch):
    guest = Buyer()
    place = guest.place
    monkeypatch.setattr(
        guest, "place", lambda *lots, **more: place(*lots, **{**more, "email": "", "phone": "17112345678"})
    )
    sold = Sold(till, a_stand, buyer=guest)
    settle_all()
    mei = a_person(email=None, email_verified_at=None)
    assert purchases_of(mei).day_count == 0
    ways.prove(mei, SignInWay.Kind.PHONE, "+8617112345678")
    assert purchases_of(mei).team_count == 2
    assert [one["number"] for one in exports.export(mei)["orders"]] == [sold.row.number]
    at_rest()
