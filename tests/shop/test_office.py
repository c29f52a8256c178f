"""The office by its pages: what waits is shown to whoever may do it, is done there, and stands in the audit log."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from catalog.models import Product
from core.api.ids import global_id
from core.models import Delivery, OutboxEvent
from orders.models import Claim, Dispute, Payment, Refund, Review
from shop.permissions import OWNER, PERMISSIONS
from shop.web.office.acts import AUDIT, ORDERS, WAITING
from tests.catalog.world import a_lot, a_product, a_variant, an_operator
from tests.impact.world import households
from tests.orders.sold import Sold, settle
from tests.web.conftest import signed_in
from tests.web.test_desk import sure
from tests.web.test_pages import fields, unfolded, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop")]

LISTS = (
    "listings",
    "products",
    "refunds",
    "disputes",
    "claims",
    "reviews",
    "parked",
    "orders",
    "figures",
    "audit",
)


@pytest.fixture
def town(till, a_stand) -> SimpleNamespace:
    """A sold order whose goods have come, and an operator who has nothing to do with it."""
    sold = Sold(till, a_stand)
    sold.arrive(0, 1)
    settle()
    clerk = an_operator()
    return SimpleNamespace(sold=sold, clerk=clerk, office=signed_in(clerk))


def deeds(town) -> list[tuple[str, str]]:
    """What the clerk has done, by the audit log, the first first."""
    return list(AuditEntry.objects.filter(actor=town.clerk).order_by("pk").values_list("noun", "deed"))


def failed(sold, minor=500) -> Refund:
    """A refund that the provider could not give, and that the clock tries no more."""
    payment = Payment.objects.get(order=sold.row, is_kept=True)
    made = Refund.objects.create(
        payment=payment,
        reason="late",
        amount_minor=minor,
        state="failed",
        failure="expired_or_canceled_card",
        settled_at=timezone.now(),
    )
    return made


def left_claim(sold) -> Claim:
    sold.claim("两个坏了")
    Claim.objects.update(made_at=timezone.now() - timedelta(days=4))
    return Claim.objects.get()


def parked(reaction="orders.letters.send_shipped") -> Delivery:
    event = OutboxEvent.objects.filter(name="ShipmentShipped").first()
    row, _ = Delivery.objects.update_or_create(
        event=event,
        reaction=reaction,
        defaults={"parked_at": timezone.now(), "done_at": None, "error": "TimeoutError", "tries": 10},
    )
    return row


def test_nobody_else_finds_the_office(town):
    addresses = [reverse("office", args=["en"]), *(reverse(f"office_{name}", args=["en"]) for name in LISTS)]
    addresses.append(reverse("office_order", args=["en", town.sold.row.number]))
    product = town.sold.lots[0].variant.product
    addresses.append(reverse("office_listing", args=["en", global_id("Product", product.uid)]))
    for stranger in (town.sold.managers[0].person, town.sold.buyer.person):
        client = signed_in(stranger) if stranger else Client()
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == (404 if stranger else 302), address
    assert AuditEntry.objects.filter(deed="look").count() == 0
    # As what does not exist, word by word but for the address.
    none = signed_in(town.sold.managers[0].person).get("/en/office/nothing/")
    assert none.status_code == 404
    assert all(town.office.get(address).status_code == 200 for address in addresses)
    assert town.office.get(reverse("office_order", args=["en", "AAAA-BBBB-CCCC"])).status_code == 404


def test_what_waits_is_one_list_by_its_date_and_each_line_leads_to_where_it_is_done(town):
    page = words(town.office.get("/en/office/"))
    assert "Nothing waits for you now." in page
    refund, claim, delivery = failed(town.sold), left_claim(town.sold), parked()
    Refund.objects.update(settled_at=timezone.now() - timedelta(days=5))
    due = timezone.now() - timedelta(days=9)
    for n in range(2):
        Dispute.objects.create(payment=refund.payment, provider_id=f"du_{n}", amount_minor=100, due_at=due)
    product = town.sold.lots[0].variant.product
    Product.objects.filter(pk=product.pk).update(state="submitted", submitted_at=timezone.now())
    page = words(town.office.get("/en/office/"))
    shown = re.findall(r'<a class="tap" href="([^"]+)"><b>([^<]+)</b>', page)
    assert shown == [
        ("/en/office/disputes/", "Disputes"),
        ("/en/office/refunds/", "Refunds that failed"),
        ("/en/office/claims/", "Claims to be decided"),
        ("/en/office/parked/", "Parked deliveries"),
        ("/en/office/listings/", "Listings to look at"),
    ]
    assert re.findall(r'class="count[^"]*">(\d+)<', page)[-5:] == ["2", "1", "1", "1", "1"]
    for address, _ in shown:
        assert town.office.get(address).status_code == 200
    assert str(refund.payment.order.number) in words(town.office.get("/en/office/refunds/"))
    assert claim.words in words(town.office.get("/zh/office/claims/"))
    assert delivery.reaction in words(town.office.get("/zh/office/parked/"))


def test_only_what_she_may_do_is_shown(town, monkeypatch):
    failed(town.sold)
    parked()
    for permission in ("orders.refund", "orders.see_orders"):
        monkeypatch.setitem(PERMISSIONS, permission, OWNER)
    page = words(town.office.get("/en/office/"))
    assert "Parked deliveries" in page and "Refunds that failed" not in page and "/office/orders/" not in page
    assert town.office.get("/en/office/refunds/").status_code == 404
    assert town.office.get("/en/office/parked/").status_code == 200


def test_a_listing_is_approved_as_it_was_seen_and_sent_back_with_words(town):
    team = town.sold.lots[0].variant.product.team
    households(team, 12)
    product = a_product(
        team, state="submitted", submitted_at=timezone.now(), illustration="navel-orange", summary_zh="示例"
    )
    a_lot(a_variant(product))
    product.refresh_from_db()
    path = f"/en/office/listings/{global_id('Product', product.uid)}/"
    stale = fields(words(town.office.get(path)), "approve_listing")
    moved = product.version + 1
    Product.objects.filter(pk=product.pk).update(version=moved, written_version=moved)
    refused = words(town.office.get(town.office.post("/do/approve_listing/", stale).url))
    assert "changed it since you looked" in refused
    product.refresh_from_db()
    assert product.state == "submitted" and deeds(town) == []
    form = fields(unfolded(town.office, path, "return_listing"), "return_listing")
    town.office.post("/do/return_listing/", {**form, "comment": "请写清产地", "lang": "en"})
    product.refresh_from_db()
    assert (product.state, product.listing_reviews.get().comment) == ("changes_requested", "请写清产地")
    Product.objects.filter(pk=product.pk).update(state="submitted")
    form = fields(words(town.office.get(path)), "approve_listing")
    assert town.office.post("/do/approve_listing/", form).url == "/en/office/listings/"
    product.refresh_from_db()
    assert product.state == "published"
    assert deeds(town) == [("Product", "listing_returned"), ("Product", "listing_approved")]


def test_a_refund_that_failed_is_tried_again_or_written_down_as_given(town):
    refund = failed(town.sold)
    page = sure(town.office, "/en/office/refunds/", "retry_refund")
    assert f"The refund of {town.sold.row.number} is on its way again." in page
    refund.refresh_from_db()
    assert (refund.state, refund.attempt) == ("requested", 2)
    Refund.objects.update(state="failed", retry_at=None, settled_at=timezone.now())
    page = sure(town.office, "/en/office/refunds/", "give_refund", how="银行转账 0001")
    refund.refresh_from_db()
    assert (refund.state, refund.otherwise, refund.attempt) == ("succeeded", "银行转账 0001", 3)
    assert "No refund waits for a person." in page
    assert deeds(town) == [("Refund", "retry"), ("Refund", "give_otherwise")]


def test_an_unclear_dispute_is_decided_once_and_seen_in_yuan_before(town):
    payment = Payment.objects.get(order=town.sold.row, is_kept=True)
    given = {"payment": payment, "amount_minor": payment.amount_minor, "provider_id": "du_1"}
    Dispute.objects.create(**given, state="unclear")
    page = sure(town.office, "/en/office/disputes/", "decide_dispute", lostMinor="12.50", reason="银行来信")
    assert "is decided." in page
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.lost_minor) == ("lost", 1250)
    settle()
    taken = Refund.objects.get(reason="dispute")
    assert (taken.amount_minor, taken.state) == (1250, "succeeded")
    assert deeds(town) == [("Dispute", "decide")]
    call_command("verify")


def test_a_claim_that_its_team_has_left_is_answered_here(town):
    claim = left_claim(town.sold)
    form = fields(unfolded(town.office, "/en/office/claims/", "answer_left_claim"), "answer_left_claim")
    form |= {"amount": "3.00", "words": "抱歉", "lang": "en"}
    looked = words(town.office.get(town.office.post("/do/answer_left_claim/", form).url))
    assert "Given back to the buyer" in looked and Claim.objects.get().state == "open"
    form = fields(looked, "answer_left_claim") | {"words": "抱歉", "lang": "en"}
    page = words(town.office.get(town.office.post("/do/answer_left_claim/", form).url))
    assert "¥3.00 is on its way back" in page
    claim.refresh_from_db()
    assert (claim.state, claim.refund.amount_minor, claim.answered_by) == ("agreed", 300, town.clerk)
    assert ("Claim", "answer") in deeds(town)
    settle()
    call_command("verify")


def test_a_review_is_hidden_and_a_parked_delivery_released(town):
    town.sold.review(words="示例评价")
    page = sure(town.office, "/en/office/reviews/", "hide_review")
    assert "Hidden" in page and Review.objects.get().is_hidden
    other, mine = parked("orders.letters.send_delivered"), parked()
    Delivery.objects.filter(pk=other.pk).update(error="ValueError")
    page = words(town.office.get("/en/office/parked/"))
    assert page.count("/do/release_parked/") == 2
    article = next(one for one in page.split("<article") if mine.reaction in one)
    form = fields(article, "release_parked")
    looked = town.office.post("/do/release_parked/", form)
    article = next(
        one for one in words(town.office.get(looked.url)).split("<article") if mine.reaction in one
    )
    town.office.post("/do/release_parked/", fields(article, "release_parked"))
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.parked_at, mine.tries) == (None, 0) and other.parked_at
    assert deeds(town) == [("Review", "hide"), ("Delivery", "release")]


# Each act of the office: where its form is, what is written into it, and what stands in the log then.
WAYS = {
    "return_listing": ("listings/{product}/", {"comment": "请改"}, ("Product", "listing_returned")),
    "approve_listing": ("listings/{product}/", {}, ("Product", "listing_approved")),
    "suspend_listing": ("listings/{product}/", {"reason": "标签"}, ("Product", "suspend")),
    "resume_listing": ("listings/{product}/", {}, ("Product", "resume")),
    "retry_refund": ("refunds/", {}, ("Refund", "retry")),
    "give_refund": ("refunds/", {"how": "银行转账 0001"}, ("Refund", "give_otherwise")),
    "decide_dispute": ("disputes/", {"lostMinor": "0", "reason": "来信"}, ("Dispute", "decide")),
    "answer_left_claim": ("claims/", {"words": "不退", "amount": ""}, ("Claim", "answer")),
    "hide_review": ("reviews/", {}, ("Review", "hide")),
    "release_parked": ("parked/", {}, ("Delivery", "release")),
    "find_order": ("orders/", {"words": "{number}"}, ("Order", "find")),
    "call_off_order": ("orders/{unsent}/", {"reason": "买家来电"}, ("Order", "cancel")),
    "refund_in_part": ("orders/{number}/", {"sumMinor": "1.00", "note": "示例"}, ("Refund", "request")),
    "find_trail": ("audit/", {"email": "{email}"}, ("Person", "look_at_trail")),
    "save_synonym": ("synonyms/", {"names": "示例词，示例二词"}, ("Synonym", "save")),
    "remove_synonym": ("synonyms/", {}, ("Synonym", "remove")),
}


def test_every_act_of_the_office_stands_in_the_audit_log(town, till, a_stand):
    assert WAYS.keys() == WAITING.keys() | ORDERS.keys() | AUDIT.keys()
    sold = town.sold
    team = sold.lots[0].variant.product.team
    households(team, 12)
    product = a_product(
        team, state="submitted", submitted_at=timezone.now(), illustration="navel-orange", summary_zh="示例"
    )
    a_lot(a_variant(product))
    sold.review(n=1, words="示例")
    payment = Payment.objects.get(order=sold.row, is_kept=True)
    Dispute.objects.create(payment=payment, amount_minor=100, provider_id="du_1", state="unclear")
    failed(sold), left_claim(sold), parked()
    facts = {
        "product": global_id("Product", product.uid),
        "number": sold.row.number,
        "unsent": Sold(till, a_stand).row.number,
        "email": sold.managers[0].person.email,
    }
    for act, (path, written, entry) in WAYS.items():
        Refund.objects.filter(reason="late").update(state="failed", retry_at=None, settled_at=timezone.now())
        stands = {"suspend_listing": "published", "resume_listing": "suspended"}.get(act, "submitted")
        Product.objects.filter(pk=product.pk).update(state=stands)
        before = len(deeds(town))
        written = {name: text.format(**facts) for name, text in written.items()}
        where = f"/en/office/{path.format(**facts)}"
        form = fields(unfolded(town.office, where, act), act) | written | {"lang": "en"}
        led_to = words(town.office.get(town.office.post(f"/do/{act}/", form).url))
        if 'id="look"' in led_to:  # what is final is looked at once more
            form |= {"seen": fields(led_to, act)["seen"]}
            town.office.get(town.office.post(f"/do/{act}/", form).url)
        assert entry in deeds(town)[before:], act
