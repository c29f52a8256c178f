"""A place is closed for delivery: nothing is placed or begun for it, and whoever may opens it again."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import clock
from orders.actions import standstill
from orders.models import Cart, Closure, Order, Payment
from orders.reads import closure as reads
from tests.accounts.world import at_once
from tests.orders.closed import (
    HUBEI,
    WUHAN_CITY,
    is_over,
    refusal,
    stood,
)
from tests.orders.statements import counted
from tests.orders.world import (
    BUYER,
    KASHGAR,
    PAID,
    WUHAN,
    Buyer,
    a_lot,
    a_person,
    at_rest,
    key,
    row,
    session_of,
    tell,
    total_of,
    variant_id,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
PLACE = "Wuchang District, Wuhan"


# --- Before anything is paid ------------------------------------------------------------------------


def test_a_cart_says_that_its_place_is_closed_and_until_when(closer):
    buyer, until = Buyer(), timezone.now().replace(microsecond=0) + timedelta(days=3)
    cart = buyer.fill(a_lot(units=5))
    assert cart["isReady"]
    closer.close(endsAt=until.isoformat())
    document = """query($id: ID) { cart(id: $id) { isReady total { minor } lines { problems { code message closed {
        place reason until incidentCode } } } } }"""
    seen = buyer.ask(document, id=cart["id"])["cart"]
    (problem,) = seen["lines"][0]["problems"]
    assert not seen["isReady"] and seen["total"]
    assert problem["code"] == "PLACE_CLOSED"
    told = problem["closed"]
    assert datetime.fromisoformat(told.pop("until")) == until
    assert told == {"place": PLACE, "reason": "the roads are cut", "incidentCode": closer.code}
    assert problem["message"].startswith(f"For now no parcels go to {PLACE}: the roads are cut.")


def test_nothing_is_placed_or_begun_for_a_closed_place_and_the_refusal_has_the_facts(closer, till):
    buyer, lot = Buyer(), a_lot(units=5)
    cart = buyer.fill(lot)
    given = {"lines": [{"variantId": variant_id(lot), "quantity": 1}], **BUYER}
    total = total_of(given)
    order = buyer.place(lot)
    closer.close()

    placing = {"cartId": cart["id"], "expectedTotal": total, "idempotencyKey": key()}
    placed = refusal(buyer, "checkoutPlace", **placing)
    at_one_go = refusal(buyer, "buyNow", **given, expectedTotal=total, idempotencyKey=key())
    begun = refusal(buyer, "paymentBegin", **order, idempotencyKey=key())
    for error, field in ((placed, "regionCode"), (at_one_go, "regionCode"), (begun, "number")):
        assert error["code"] == "PLACE_CLOSED" and error["field"] == [field]
        told = {name: error[name] for name in ("place", "reason", "until", "incidentCode")}
        assert told == {
            "place": PLACE,
            "reason": "the roads are cut",
            "until": None,
            "incidentCode": closer.code,
        }
    # Nothing came of it: the cart is a cart, no second order, no attempt to pay, the stock as it was.
    assert Cart.objects.get(email=BUYER["email"], closed_at=None) is not None
    assert Order.objects.count() == 1 and not Payment.objects.exists()
    lot.refresh_from_db()
    assert lot.units_available == 4
    # In the asker's language; and what waits for its payment says so before it is tried.
    in_chinese = refusal(Buyer(language="zh"), "buyNow", **given, expectedTotal=total, idempotencyKey=key())
    assert in_chinese["message"] == "武汉市武昌区暂停配送包裹：道路中断。恢复时间未定，恢复后这里会改。"
    assert stood(buyer, order)["allowedActions"] == ["CANCEL"]
    at_rest()


def test_a_page_that_was_open_before_still_pays_and_that_order_waits(closer, till, a_stand):
    buyer, lot = Buyer(), a_lot(units=5)
    order = buyer.place(lot)
    page = buyer.begin(order)
    closer.close()
    till.pay(session_of(page), "alipay")
    tell(a_stand, PAID)
    assert row(order).state == "paid"
    assert stood(buyer, order)["allowedActions"] == ["CANCEL", "WAIT", "REFUND"]
    assert standstill.follow() == 1
    at_rest()


def test_a_province_closes_its_counties_and_a_storage_class_nothing_else(closer, till):
    closer.close(HUBEI, storage="FRESH")
    closer.close(KASHGAR)
    assert reads.over(WUHAN, "fresh") and reads.over(WUHAN_CITY, "fresh") and reads.over(HUBEI, "fresh")
    assert reads.over(WUHAN, "dry") is None and reads.over("430102", "fresh") is None
    assert reads.over(KASHGAR, "dry")
    buyer, fresh = Buyer(), a_lot(units=5)
    given = {"lines": [{"variantId": variant_id(fresh), "quantity": 1}], **BUYER, "idempotencyKey": key()}
    total = total_of(given)
    assert refusal(buyer, "buyNow", **given, expectedTotal=total)["place"] == "Hubei"
    fresh.variant.product.storage = "dry"
    fresh.variant.product.save(update_fields=["storage"])
    given = {**given, "idempotencyKey": key(), "expectedTotal": total_of(given)}
    answer = buyer.do("buyNow", "order { state }", **given)
    assert answer["errors"] == [] and answer["order"]["state"] == "PLACED"


def test_closures_may_overlap_and_until_tells_when_nothing_holds_any_more(closer):
    now = timezone.now()

    def at(hours):
        return (now + timedelta(hours=hours)).isoformat()

    county = closer.close(endsAt=at(5))
    closer.close(WUHAN_CITY, beginsAt=at(4), endsAt=at(9))
    closer.close(HUBEI, beginsAt=at(20), endsAt=at(30))
    assert reads.over(WUHAN, "dry").until == now + timedelta(hours=9)
    assert reads.over(WUHAN_CITY, "dry") is None, "it begins in four hours"
    assert reads.over(WUHAN, "dry", now + timedelta(hours=8)).place.en == "Wuhan, Hubei"
    closer.open(county)
    assert reads.over(WUHAN, "dry") is None
    assert Buyer().place(a_lot(units=5))["number"]


def test_opened_again_all_works_and_so_it_does_when_its_time_is_over(closer, till):
    buyer, lot = Buyer(), a_lot(units=5)
    order = buyer.place(lot)
    for end in (closer.open, is_over):
        closure = closer.close()
        assert refusal(buyer, "paymentBegin", **order, idempotencyKey=key())["code"] == "PLACE_CLOSED"
        end(closure)
        reads.forget()
        assert stood(buyer, order)["closed"] is None
        assert buyer.begin(order)["url"]


def test_another_process_knows_it_within_half_a_second(closer, monkeypatch):
    monkeypatch.setattr(reads, "_SECONDS", 0.5)
    assert reads.over(WUHAN) is None
    at, _ = reads._seen
    monkeypatch.setattr(reads, "forget", lambda: None)  # it was closed elsewhere
    closer.close()
    assert reads.over(WUHAN) is None
    monkeypatch.setattr(reads, "_seen", (at - 0.51, []))
    assert reads.over(WUHAN).reason.en == "the roads are cut"


def test_a_purchase_asks_no_more_while_a_far_place_is_closed(closer, till):
    closer.close(KASHGAR)
    lot, counts = a_lot(units=50), []
    for _ in range(2):
        buyer = Buyer()
        given = {"lines": [{"variantId": variant_id(lot), "quantity": 1}], **BUYER, "idempotencyKey": key()}
        given["expectedTotal"] = total_of(given)
        with counted() as statements:
            buyer.done("buyNow", "order { number } payment { url }", **given)
        counts.append(len(statements))
    assert counts[1] == 13, str(statements)


def test_who_places_while_it_is_closed_is_refused_or_was_before(closer, till, a_stand):
    for _ in range(8):
        buyer, lot, closed = Buyer(), a_lot(units=5), []
        given = {"lines": [{"variantId": variant_id(lot), "quantity": 1}], **BUYER, "idempotencyKey": key()}
        given["expectedTotal"] = total_of(given)

        def deed(n, buyer=buyer, given=given, closed=closed):
            if n:
                return closed.append(closer.close())
            return buyer.do("buyNow", "order { number } token payment { url }", **given)

        bought, _ = at_once(2, deed)
        if bought["errors"]:
            assert [error["code"] for error in bought["errors"]] == ["PLACE_CLOSED"]
            assert not Payment.objects.filter(order__lines__variant=lot.variant, url__gt="").exists()
        else:
            order = {"number": bought["order"]["number"], "token": bought["token"]}
            till.pay(session_of(bought["payment"]), "alipay")
            tell(a_stand, PAID)
            seen = stood(buyer, order)
            assert seen["state"] == "PAID" and {"WAIT", "REFUND"} <= {*seen["allowedActions"]}
            assert seen["shipments"][0]["isHeldBack"]
        closer.open(*closed)
    at_rest()


# --- Who may, and what cannot be ---------------------------------------------------------------------


def test_only_an_operator_closes_places_and_what_cannot_be_is_refused(closer):
    given = {"incidentId": closer.incident, "regionCode": WUHAN, "reasonZh": "路断", "reasonEn": "cut"}
    for asker in (Buyer(), Buyer(a_person())):
        (error,) = asker.do("placeClose", **given)["errors"]
        assert error["code"] in ("SIGN_IN_REQUIRED", "NOT_ALLOWED")
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    wrong = {**given, "regionCode": "999999", "reasonEn": " ", "endsAt": yesterday}
    errors = closer.operator.do("placeClose", **wrong)["errors"]
    assert {error["field"][0] for error in errors} == {"regionCode", "reasonEn", "endsAt"}
    assert not Closure.objects.exists()
    closer.operator.done("incidentEnd", "incident { isOver }", incidentId=closer.incident)
    (error,) = closer.operator.do("placeClose", **given)["errors"]
    assert error["code"] == "TOO_LATE"


def test_an_incident_that_ends_opens_all_it_closed(closer):
    closer.close(HUBEI)
    closer.close(KASHGAR, beginsAt=(timezone.now() + timedelta(days=1)).isoformat())
    for _ in range(2):
        over = closer.operator.done("incidentEnd", "incident { isOver }", incidentId=closer.incident)
        assert over["incident"]["isOver"]
    assert reads.over(WUHAN) is None
    planned = Closure.objects.get(region=KASHGAR)
    assert planned.ends_at == planned.begins_at
    assert not reads.holding().exists()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("closure_ends_after_it_begins", {"ends_at": datetime(2000, 1, 1, tzinfo=clock.SHANGHAI)}),
        ("closure_is_of_all_or_of_a_storage_class", {"storage": "warm"}),
        ("closure_gives_its_reason", {"reason_en": ""}),
    ],
)
def test_the_database_holds_the_rules(closer, rule, change):
    closer.close()
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Closure.objects.update(**change)


def test_everybody_reads_what_happened(closer):
    closer.close(HUBEI, storage="FRESH")
    document = """query($code: String!) { incident(code: $code) { title words isOver closures { region { name } reason
        storageName isClosed } } incidents { code } }"""
    seen = Buyer().ask(document, code=closer.code)
    assert seen["incidents"] == [{"code": closer.code}]
    assert seen["incident"] == {
        "title": "Flood",
        "words": "The water is high.",
        "isOver": False,
        "closures": [
            {
                "region": {"name": "Hubei"},
                "reason": "the roads are cut",
                "storageName": "Fresh produce",
                "isClosed": True,
            }
        ],
    }
