"""Something is wrong: said once, in time, with a photo; answered by a refund or a reason, by the team alone."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from core import idempotency
from core.api.ids import global_id
from core.models import IdempotencyKey, OutboxEvent
from orders.actions import shipment
from orders.models import Claim, Refund, Shipment
from shop.web.once import COOKIE, opened
from tests.accounts.world import PASSWORD
from tests.catalog.world import works_at
from tests.orders.sold import Sold, settle
from tests.orders.world import Buyer, a_person, key, row
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


@pytest.fixture
def sold(till, a_stand):
    made = Sold(till, a_stand)
    made.arrive(0)
    return made


def codes(answer):
    return [error["code"] for error in answer["errors"]]


def answered(sold, claim, by=None, **told):
    return (by or sold.managers[0]).do(
        "claimAnswer",
        "claim { state answer refund { amount { minor } } }",
        claimId=claim["id"],
        idempotencyKey=key(),
        **told,
    )


def a_photo(where: str = "GPS") -> SimpleUploadedFile:
    """A photo that tells where it was taken."""
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = f"taken at {where}"
    Image.new("RGB", (900, 700), "#b2543a").save(written, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG_0001.jpg", written.getvalue(), "image/jpeg")


def test_a_buyer_says_what_is_wrong_and_the_team_gives_a_part_back(sold):
    assert [line["isClaimable"] for line in sold.seen["lines"]] == [True, False]
    claim = sold.claim("两个坏了")["claim"]
    assert not sold.seen["lines"][0]["isClaimable"]
    answer = answered(sold, claim, words="抱歉，退您两个的钱。", amount="12.50")["claim"]
    assert (answer["state"], answer["refund"]["amount"]["minor"]) == ("ANSWERED", 1250)
    settle()
    assert row(sold.order).refunded_minor == 1250
    refund = Refund.objects.get()
    assert (refund.reason, refund.state, refund.lines.get().is_restocked) == ("claim", "succeeded", False)
    (told,) = sold.seen["lines"][0]["claims"]
    assert told == {"stateName": "The team has answered", "answer": "抱歉，退您两个的钱。"}
    # The refund says itself how far it is; the claim does not say for it that it was given.
    assert all("已退款" not in state.words.zh for state in Claim.State)
    at_rest()


def test_a_claim_is_declined_only_with_a_reason(sold):
    claim = sold.claim()["claim"]
    assert codes(answered(sold, claim, words=" ")) == ["INVALID"]
    assert answered(sold, claim, words="照片里是好的。", amount="0")["claim"]["state"] == "ANSWERED"
    assert Refund.objects.count() == 0
    assert codes(answered(sold, claim, words="再说一次")) == ["TOO_LATE"]
    at_rest()


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("1", 100), ("0.5", 50), ("¥ 3.05", 305), ("7,380.00", 738000), ("١٫٥", 150), ("１．５", 150)],
)
def test_yuan_are_read_as_people_write_them(sold, amount, minor):
    claim = sold.claim()["claim"]
    answer = answered(sold, claim, amount=amount)
    if minor > 2 * 3690:
        (error,) = answer["errors"]
        assert (error["code"], error["field"]) == ("REFUND_TOO_LARGE", ["amount"])
    else:
        assert answer["claim"]["refund"]["amount"]["minor"] == minor


@pytest.mark.parametrize(
    "amount", ["-1", "1.234", "abc", "1e3", "1,50", "12元5", "1_0", "1e9999999", "1٣", "9" * 5000]
)
def test_what_is_no_amount_is_refused(sold, amount):
    claim = sold.claim()["claim"]
    (error,) = answered(sold, claim, words="x", amount=amount)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["amount"])
    assert Claim.objects.get().state == "open"


def test_no_more_is_given_back_than_was_paid_for_the_line(sold):
    claim = sold.claim()["claim"]
    assert codes(answered(sold, claim, amount="73.81")) == ["REFUND_TOO_LARGE"]
    assert Claim.objects.get().state == "open" and Refund.objects.count() == 0
    assert codes(answered(sold, claim, amount="73.80")) == []
    at_rest()


def test_only_the_team_it_is_about_answers(sold):
    claim = sold.claim()["claim"]
    for asker in (sold.managers[1], Buyer(a_person())):
        assert codes(answered(sold, claim, by=asker, words="没问题")) == ["NOT_FOUND"]
    assert codes(answered(sold, claim, by=sold.buyer, words="没问题")) == ["SIGN_IN_REQUIRED"]
    assert Claim.objects.get().state == "open"


def test_only_its_buyer_makes_a_claim(sold):
    given = {"lineId": sold.line_id(0), "words": "两个坏了"}
    other = Buyer().place(sold.lots[0])
    for order in ({"number": sold.order["number"]}, {**sold.order, "token": other["token"]}, other):
        assert Buyer().refused("claimMake", **{**order, **given}, idempotencyKey=key()) == "NOT_FOUND"
    unlike = {**given, "lineId": global_id("Product", sold.line().uid)}
    assert sold.buyer.refused("claimMake", **sold.order, **unlike, idempotencyKey=key()) == "INVALID_ID"
    assert Claim.objects.count() == 0


def test_an_order_tells_one_of_its_lines_by_its_id_and_none_of_anothers(sold):
    document = """query($number: String!, $token: String, $line: ID!) {
      order(number: $number, token: $token) { line(id: $line) { id quantity } lines { id quantity } } }"""
    other = Buyer().place(sold.lots[0])

    def told(line):
        return sold.buyer.ask(document, **sold.order, line=line)["order"]["line"]

    lines = sold.buyer.ask(document, **sold.order, line="x")["order"]["lines"]
    assert [told(line["id"]) for line in lines] == lines and len(lines) == 2
    assert told(global_id("Line", row(other).lines.get().uid)) is None and told("x") is None


def test_what_has_not_arrived_or_arrived_long_ago_is_not_reported(sold):
    assert codes(sold.claim(n=1)) == ["TOO_LATE"]
    Shipment.objects.update(after_sale_until=timezone.now() - timedelta(seconds=1))
    assert codes(sold.claim()) == ["TOO_LATE"]
    assert codes(sold.claim(words=" ")) == ["INVALID"]
    assert Claim.objects.count() == 0


def test_one_claim_at_a_time_and_three_at_most(sold):
    for _ in range(3):
        claim = sold.claim()["claim"]
        assert codes(sold.claim()) == ["CONFLICT"]
        answered(sold, claim, words="已补发。")
        assert codes(sold.claim()) == ["CONFLICT"], "she has not said what she thinks of it"
        sold.accept()
    assert codes(sold.claim()) == ["TOO_LATE"] and Claim.objects.count() == 3


def test_the_photo_comes_by_http_and_keeps_nothing_of_where_it_was_taken(sold):
    form = {
        **sold.order,
        "line": sold.line_id(0),
        "words": "压坏了",
        "photo": a_photo("my home"),
        "idempotencyKey": key(),
        "lang": "zh",
    }
    reply = sold.buyer.client.post("/do/make_claim/", {**form, "next": "/zh/", "back": "/zh/help/"})
    assert (reply.status_code, reply["Location"]) == (302, "/zh/")
    claim = Claim.objects.get()
    kept = claim.photo.read()
    assert b"my home" not in kept and kept[8:12] == b"WEBP"
    address = f"/zh/claims/{global_id('Claim', claim.uid)}/photo.webp"
    assert sold.managers[0].client.get(address)["Content-Type"] == "image/webp"
    assert sold.buyer.client.get(address, {"token": sold.order["token"]}).status_code == 200
    for asker in (sold.buyer, sold.managers[1], Buyer(a_person())):
        assert asker.client.get(address).status_code == 404
    assert sold.buyer.client.get(f"/media/{claim.photo.name}").status_code == 404
    at_rest()


def test_a_photo_that_is_added_under_the_same_key_is_not_dropped_unsaid(sold):
    form = {**sold.order, "line": sold.line_id(0), "words": "压坏了", "idempotencyKey": key(), "next": "/zh/"}
    form["back"] = "/zh/help/"
    asked = [{}, {}, {"photo": a_photo()}]
    replies = [sold.buyer.client.post("/do/make_claim/", {**form, **more}) for more in asked]
    assert [reply["Location"] for reply in replies] == ["/zh/", "/zh/", "/zh/help/#refused"]
    assert not Claim.objects.get().photo
    at_rest()


def test_the_same_photo_sent_again_under_its_key_is_the_same_claim_and_another_is_refused(sold):
    form = {**sold.order, "line": sold.line_id(0), "words": "压坏了", "idempotencyKey": key(), "next": "/zh/"}
    form["back"] = "/zh/help/"
    photos = [a_photo("one"), a_photo("one"), a_photo("another"), None]
    replies = [
        sold.buyer.client.post("/do/make_claim/", {**form, **({"photo": photo} if photo else {})})
        for photo in photos
    ]
    assert [reply["Location"] for reply in replies] == [
        "/zh/",
        "/zh/",
        "/zh/help/#refused",
        "/zh/help/#refused",
    ]
    assert Claim.objects.get().photo.read()[8:12] == b"WEBP"


def test_a_form_of_a_page_that_was_loaded_before_it_had_a_key_makes_one_claim(sold):
    form = {**sold.order, "line": sold.line_id(0), "words": "压坏了", "next": "/zh/", "back": "/zh/help/"}
    replies = [sold.buyer.client.post("/do/make_claim/", {**form, "photo": a_photo()}) for _ in range(2)]
    assert [reply["Location"] for reply in replies] == ["/zh/", "/zh/help/#refused"]
    assert Claim.objects.get().photo


def test_a_claim_whose_process_ended_before_it_could_answer_is_found_by_its_key(sold, monkeypatch):
    class Ended(BaseException): ...

    def ended(*args):
        raise Ended

    form = {**sold.order, "line": sold.line_id(0), "words": "压坏了", "idempotencyKey": key(), "next": "/zh/"}
    form["back"] = "/zh/help/"
    with monkeypatch.context() as ends, pytest.raises(Ended):
        ends.setattr(idempotency, "finish", ended)
        sold.buyer.client.post("/do/make_claim/", {**form, "photo": a_photo()})
    IdempotencyKey.objects.filter(deed="ClaimMake").update(running_until=timezone.now())
    reply = sold.buyer.client.post("/do/make_claim/", {**form, "photo": a_photo()})
    assert reply["Location"] == "/zh/"
    assert default_storage.exists(Claim.objects.get().photo.name)
    assert OutboxEvent.objects.filter(name="ClaimMade").count() == 1
    at_rest()


def test_a_file_that_is_no_photo_leads_back_to_the_form_and_leaves_nothing(sold, settings):
    bad = SimpleUploadedFile("x.jpg", b"GIF89a not a photo", "image/jpeg")
    form = {
        **sold.order,
        "line": sold.line_id(0),
        "words": "压坏了",
        "photo": bad,
        "idempotencyKey": key(),
        "next": "/zh/",
        "back": "/zh/help/",
    }
    reply = sold.buyer.client.post("/do/make_claim/", form)
    assert reply["Location"] == "/zh/help/#refused" and Claim.objects.count() == 0
    assert set(opened(sold.buyer.client.cookies[COOKIE].value)["form"]["errors"]) == {"photo"}


def test_who_goes_takes_her_words_and_photo_along(till, a_stand):
    sold = Sold(till, a_stand, Buyer(a_person()))
    sold.arrive(0, 1)
    form = {
        "number": sold.order["number"],
        "line": sold.line_id(0),
        "words": "压坏了",
        "photo": a_photo(),
        "idempotencyKey": key(),
    }
    sold.buyer.client.post("/do/make_claim/", form)
    claim = Claim.objects.get()
    name = claim.photo.name
    answered(sold, {"id": global_id("Claim", claim.uid)}, words="抱歉")
    shipment.complete_due(timezone.now() + timedelta(days=8))
    assert (
        sold.buyer.client.post("/zh/account/export/", {"password": PASSWORD}).json()["claims"][0]["words"]
        == "压坏了"
    )
    sold.buyer.done("personErase", password=PASSWORD)
    claim.refresh_from_db()
    assert (claim.words, claim.photo.name, claim.answer, claim.state) == ("—", "", "", "answered")
    assert not default_storage.exists(name)
    at_rest()


def test_what_is_given_back_is_looked_at_once_more_before_it_goes(sold):
    """Money that went back does not come again: the page shows what it read, and does it the second time."""
    claim, client = sold.claim()["claim"], sold.managers[0].client
    told = {
        "claim": claim["id"],
        "words": "抱歉",
        "lang": "en",
        "back": "/en/desk/claims/",
        "item": claim["id"],
    }

    def send(**more):
        reply = client.post("/do/answer_claim/", {**told, "idempotencyKey": key(), **more})
        page = client.get(reply.url).content.decode()
        return page, re.search(r'name="seen" value="(\w+)"', page)

    page, word = send(amount="１．５０")
    assert word and "¥1.50" in page and Claim.objects.get().state == "open"
    page, other = send(amount="15.0", seen=word[1])
    assert other and other[1] != word[1] and "¥15.00" in page, "what was changed since is looked at anew"
    page, none = send(amount="1,50", seen=word[1])
    assert none is None and Claim.objects.get().state == "open" and not Refund.objects.exists()
    send(amount="１．５０", seen=word[1])
    assert Claim.objects.get().state == "answered" and Refund.objects.get().amount_minor == 150


def test_whose_desk_was_closed_is_told_no_more_of_what_she_had_decided(sold):
    """By asking once more under the keys of then."""
    claim, manager = sold.claim()["claim"], sold.managers[0]
    line = {"lineId": sold.line_id(0), "units": 1}
    asked = (
        (
            "claimAnswer",
            "claim { words answer }",
            {"claimId": claim["id"], "words": "抱歉", "amount": "1.00"},
        ),
        ("refundRequest", "refund { state }", {"number": sold.order["number"], "lines": [line]}),
    )
    asked = [(act, payload, {**given, "idempotencyKey": key()}) for act, payload, given in asked]
    first = [manager.done(act, payload, **given) for act, payload, given in asked]
    assert [manager.done(act, payload, **given) for act, payload, given in asked] == first
    manager.person.appointments.update(ends_at=timezone.now())
    for act, _, given in asked:
        assert manager.refused(act, **given) == "NOT_FOUND"


@pytest.mark.parametrize("is_guest", [True, False])
def test_a_manager_gives_nothing_back_to_herself(till, a_stand, is_guest):
    sold = Sold(till, a_stand, Buyer() if is_guest else Buyer(a_person()))
    sold.arrive(0, 1)
    claim = sold.claim()["claim"]
    manager = sold.managers[0]
    own = {"person": None, "email": manager.person.email} if is_guest else {"person": manager.person}
    type(sold.row).objects.filter(pk=sold.row.pk).update(**own)
    given = {"claimId": claim["id"], "words": "", "amount": "1.00", "idempotencyKey": key()}
    assert manager.refused("claimAnswer", **given) == "NOT_ALLOWED"
    line = {"lineId": sold.line_id(0), "units": 1}
    asked = {"number": sold.order["number"], "lines": [line], "idempotencyKey": key()}
    assert manager.refused("refundRequest", **asked) == "NOT_FOUND"
    assert Refund.objects.count() == 0 and Claim.objects.get().state == "open"
    # Another who keeps the desk does, and she may answer that nothing is given.
    works_at(sold.line().team, (person := a_person()))
    other = Buyer(person)
    assert other.done("refundRequest", "refund { state }", **asked)["refund"]
    manager.done("claimAnswer", "claim { state }", **{**given, "words": "没有问题", "amount": "0"})
    at_rest()
