"""What is said to and fro on a claim: more than one answer, more than one photo, and the shop's decision, once."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from core.api.ids import global_id
from orders import verify
from orders.actions import claim_reply, shipment
from orders.models import Claim, ClaimPhoto, ClaimReply, Refund, Shipment
from tests.accounts.world import PASSWORD
from tests.catalog.world import an_operator
from tests.orders.sold import Sold, settle
from tests.orders.test_mails import new_mails
from tests.orders.world import Buyer, a_person, key, row
from tests.together.world import at_rest
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
SEEN = "claim { state allowedActions replies { kind refunded { minor } } photoUrls }"


@pytest.fixture
def sold(till, a_stand):
    made = Sold(till, a_stand)
    made.arrive(0)
    return made


def codes(answer):
    return [error["code"] for error in answer["errors"]]


def given(sold, **more):
    claim = Claim.objects.get(line__order=sold.row)
    return {**sold.order, "claimId": global_id("Claim", claim.uid), "idempotencyKey": key(), **more}


def answers(sold, amount="", words_="照片里是好的。", by=None):
    told = {"claimId": given(sold)["claimId"], "idempotencyKey": key(), "words": words_, "amount": amount}
    return (by or sold.managers[0]).do("claimAnswer", SEEN, **told)


def says(sold, act, **told):
    return sold.buyer.do(act, SEEN, **given(sold, **told))


def later(days):
    """So many days after now, every moment of the claim lies so much further back."""
    back = timedelta(days=days, minutes=1)
    claim = Claim.objects.get()
    at = {name: getattr(claim, name) for name in ("made_at", "answered_at", "disputed_at", "brought_at")}
    Claim.objects.update(**{name: moment - back for name, moment in at.items() if moment})


def a_photo(colour="#b2543a"):
    made = BytesIO()
    Image.new("RGB", (500, 420), colour).save(made, "JPEG")
    return SimpleUploadedFile("IMG.jpg", made.getvalue(), "image/jpeg")


def posts(sold, act, photos=(), **more):
    """The buyer's form, as her page sends it."""
    told = given(sold, **more) if Claim.objects.exists() else {**sold.order, "idempotencyKey": key(), **more}
    told["token"] = told["token"] or ""
    form = {**told, "claim": told.pop("claimId", ""), "lang": "zh", "next": "/zh/", "back": "/zh/help/"}
    return sold.buyer.client.post(f"/do/{act}/", {**form, "photo": list(photos)})["Location"]


def test_a_part_goes_at_once_and_the_rest_is_asked_for_until_all_is_given(sold):
    sold.claim("两个都坏了")
    first = answers(sold, "12.50")["claim"]
    assert (first["state"], first["allowedActions"]) == ("ANSWERED", ["ACCEPT", "DISPUTE", "BRING"])
    settle()
    assert row(sold.order).refunded_minor == 1250, "what is granted waits for no yes"
    assert says(sold, "claimDispute", words="两个都烂了")["claim"]["state"] == "DISPUTED"
    assert codes(says(sold, "claimDispute", words="再说")) == ["TOO_LATE"]
    second = answers(sold, "61.30")["claim"]
    assert second["state"] == "AGREED" and second["allowedActions"] == []
    assert [(one["kind"], (one["refunded"] or {}).get("minor")) for one in second["replies"]] == [
        ("ANSWERED", 1250), ("DISPUTED", None), ("ANSWERED", 6130),
    ]  # fmt: skip
    assert claim_reply.end_due() == 0, "its money is still under way"
    settle()
    assert claim_reply.end_due() == 1 and Claim.objects.get().state == "done"
    assert row(sold.order).refunded_minor == 7380
    assert codes(says(sold, "claimBring", words="还不够")) == ["TOO_LATE"]
    at_rest()


def test_a_refusal_is_brought_before_the_shop_once_and_its_word_is_the_last(sold):
    sold.claim()
    answers(sold)
    office = Buyer(an_operator())
    assert codes(answers(sold, "1.00", by=office)) == ["TOO_LATE"], "before it is brought it is none of hers"
    new_mails()
    assert says(sold, "claimBring", words="照片里看得出来")["claim"]["state"] == "OFFICE"
    settle()
    told = {to: letter.subject for letter in new_mails() for to in letter.to}
    assert (
        "A claim is to be decided" in told[office.person.email] or "有售后要裁定" in told[office.person.email]
    )
    assert "请平台裁定" in told[sold.managers[0].person.email]
    assert codes(answers(sold, "1.00")) == ["TOO_LATE"], "its team has had its say"
    assert sold.managers[0].do("claimAnswer", SEEN, **{**_told(sold), "amount": "1.00"})["errors"]
    decided = answers(sold, "20.00", "照片清楚。", by=office)["claim"]
    assert (decided["state"], decided["replies"][-1]["kind"]) == ("AGREED", "DECIDED")
    settle()
    letters = {to: f"{letter.subject} {letter.body}" for letter in new_mails() for to in letter.to}
    assert "平台已裁定" in letters[sold.managers[0].person.email] and "¥20.00" in letters[sold.row.email]
    assert (
        codes(says(sold, "claimDispute", words="不够"))
        == codes(says(sold, "claimBring", words="不够"))
        == ["TOO_LATE"]
    )
    assert Claim.objects.get().replies.filter(kind="brought").count() == 1
    claim_reply.end_due()
    assert Claim.objects.get().state == "done"
    at_rest()


def _told(sold):
    return {"claimId": given(sold)["claimId"], "idempotencyKey": key(), "words": "x"}


def test_what_its_team_leaves_after_a_second_word_is_the_offices_too(sold):
    sold.claim()
    answers(sold)
    says(sold, "claimDispute", words="请再看看")
    office = Buyer(an_operator())
    assert codes(answers(sold, "1.00", by=office)) == ["NOT_FOUND"]
    later(3)
    seen = office.ask("{ office { claims(first: 5) { nodes { isLeft isToDecide } } } }")["office"]["claims"][
        "nodes"
    ]
    assert seen == [{"isLeft": True, "isToDecide": True}]
    assert answers(sold, "", "没有问题。", by=office)["claim"]["state"] == "DONE"
    assert not Refund.objects.exists()
    at_rest()


def test_it_goes_over_three_times_and_then_only_before_the_shop(sold):
    sold.claim()
    for _ in range(3):
        answers(sold)
        assert says(sold, "claimDispute", words="不同意")["errors"] == []
    assert answers(sold)["claim"]["allowedActions"] == ["ACCEPT", "BRING"]
    assert codes(says(sold, "claimDispute", words="不同意")) == ["TOO_LATE"]


def test_a_key_under_which_she_disagreed_brings_it_before_the_shop_all_the_same(sold):
    sold.claim()
    answers(sold)
    same = key()
    assert says(sold, "claimDispute", words="不同意", idempotencyKey=same)["claim"]["state"] == "DISPUTED"
    answers(sold)
    assert says(sold, "claimBring", words="不同意", idempotencyKey=same)["claim"]["state"] == "OFFICE"


def test_an_answer_that_is_left_alone_for_a_week_stands(sold):
    sold.claim()
    answers(sold, "5.00")
    settle()
    after_sale = timezone.now() - timedelta(hours=1)
    Shipment.objects.filter(pk=sold.parcel(0).pk).update(after_sale_until=after_sale)
    assert shipment.complete_due(timezone.now()) == [], "as long as she may disagree nothing is owed"
    later(7)
    assert codes(says(sold, "claimDispute", words="太晚了")) == ["TOO_LATE"]
    assert len(shipment.complete_due(timezone.now())) == 1, "whether the clock has struck or not"
    assert claim_reply.end_due() == 1
    claim = Claim.objects.get()
    assert claim.state == "done" and claim.ended_at
    at_rest()


def test_she_says_that_it_is_well_and_may_report_something_else(sold):
    sold.claim()
    assert codes(says(sold, "claimAccept")) == ["TOO_LATE"], "nothing is answered yet"
    answers(sold, "5.00")
    assert codes(sold.claim("又坏了一个")) == ["CONFLICT"]
    told = given(sold)
    assert sold.buyer.do("claimAccept", SEEN, **told)["claim"]["state"] == "AGREED"
    settle()
    claim_reply.end_due()
    assert sold.buyer.do("claimAccept", SEEN, **told)["claim"]["state"] == "DONE", (
        "the same key, the same deed"
    )
    assert sold.claim("又坏了一个")["errors"] == []
    at_rest()


def test_six_photos_of_one_problem_each_seen_by_those_it_concerns(sold):
    photos = [a_photo(f"#{n}{n}4400") for n in range(3)]
    assert posts(sold, "make_claim", photos, line=sold.line_id(0), words="压坏了") == "/zh/"
    assert posts(sold, "add_claim_photos", [a_photo(), a_photo("#104020")]) == "/zh/"
    claim = Claim.objects.get()
    assert bool(claim.photo) and claim.photos.count() == 4
    answers(sold)
    assert posts(sold, "add_claim_photos", [a_photo()]) == "/zh/help/#refused", "it is answered"
    assert posts(sold, "dispute_claim", [a_photo(), a_photo()], words="再看") == "/zh/help/#refused", (
        "seven are too many"
    )
    assert Claim.objects.get().state == "answered" and not claim.replies.filter(kind="disputed").exists()
    assert posts(sold, "dispute_claim", [a_photo("#000055")], words="再看") == "/zh/"
    (last,) = claim.replies.get(kind="disputed").photos.all()
    door = f"/zh/claims/{global_id('Claim', claim.uid)}/photo-{last.uid.hex}.webp"
    assert sold.managers[0].client.get(door)["Content-Type"] == "image/webp"
    assert sold.buyer.client.get(door, {"token": sold.order["token"]}).status_code == 200
    office = Buyer(an_operator())
    for asker in (sold.buyer, sold.managers[1], Buyer(a_person()), office):
        assert asker.client.get(door).status_code == 404
    later(3)
    assert office.client.get(door).status_code == 200
    for wrong in ("photo-x.webp", f"photo-{claim.uid.hex}.webp"):
        assert sold.managers[0].client.get(door.rpartition("/")[0] + f"/{wrong}").status_code == 404
    files = [claim.photo.name, *claim.photos.values_list("file", flat=True)]
    assert len({*files}) == 6 and all(default_storage.exists(name) for name in files)
    at_rest()


def test_of_several_photos_a_bad_one_leaves_nothing_of_the_others(sold):
    bad = SimpleUploadedFile("x.jpg", b"GIF89a not a photo", "image/jpeg")
    before = {*default_storage.listdir("claims")[1]} if default_storage.exists("claims") else set()
    assert (
        posts(sold, "make_claim", [a_photo(), bad], line=sold.line_id(0), words="压坏了")
        == "/zh/help/#refused"
    )
    after = {*default_storage.listdir("claims")[1]} if default_storage.exists("claims") else set()
    assert not Claim.objects.exists() and after == before


def test_her_page_the_desk_and_the_office_show_all_that_was_said(sold):
    sold.claim("两个坏了")
    answers(sold, "5.00", "退您一个。")
    link = {"token": sold.order["token"]}
    page = f"/zh/order/{sold.order['number']}/claim/{sold.line_id(0)}/"
    seen = words(sold.buyer.client.get(page, link))
    assert "退您一个。" in seen and "¥5.00" in seen and "可以，就这样" in seen and "请平台裁定" in seen
    says(sold, "claimDispute", words="两个都烂了")
    for path in ("/zh/desk/claims/", "/en/desk/claims/"):
        desk = words(sold.managers[0].client.get(path))
        assert "两个都烂了" in desk and "退您一个。" in desk
    answers(sold, "", "只坏了一个。")
    says(sold, "claimBring", words="请看照片")
    office = Buyer(an_operator()).client.get("/en/office/claims/")
    assert "请看照片" in words(office) and "Its buyer asks the shop to decide" in words(office)
    assert "The shop is reading" in words(sold.buyer.client.get(page.replace("/zh/", "/en/"), link))


def test_what_the_release_of_before_has_answered_is_still_read(sold):
    sold.claim()
    now = timezone.now()
    Claim.objects.update(
        state="declined", answer="照片里是好的。", answered_at=now, answered_by=sold.managers[0].person
    )
    asked = "query($number: String!, $token: String) { order(number: $number, token: $token) { lines { claims { state allowedActions replies { kind words } } } } }"
    (claim,) = sold.buyer.ask(asked, **sold.order)["order"]["lines"][0]["claims"]
    assert claim["replies"] == [{"kind": "ANSWERED", "words": "照片里是好的。"}]
    assert (claim["state"], claim["allowedActions"]) == ("DECLINED", [])
    assert sold.claim("还是坏的")["errors"] == []
    at_rest()


def test_who_goes_takes_all_that_was_said_and_shown_along(till, a_stand):
    sold = Sold(till, a_stand, Buyer(a_person()))
    sold.arrive(0, 1)
    posts(sold, "make_claim", [a_photo(), a_photo("#334455")], line=sold.line_id(0), words="压坏了")
    answers(sold)
    posts(sold, "dispute_claim", [a_photo("#667788")], words="我的话")
    answers(sold, "", "没有问题。")
    says(sold, "claimAccept")
    (told,) = sold.buyer.client.post("/zh/account/export/", {"password": PASSWORD}).json()["claims"]
    assert [one["words"] for one in told["replies"]] == ["照片里是好的。", "我的话", "没有问题。"]
    assert told["more_photos"] == 2
    assert (told["order"], told["name"]) == (sold.order["number"], sold.line(0).name_zh)
    names = [*ClaimPhoto.objects.values_list("file", flat=True)]
    shipment.complete_due(timezone.now() + timedelta(days=8))
    sold.buyer.done("personErase", password=PASSWORD)
    assert {*ClaimReply.objects.values_list("words", flat=True)} == {""}
    assert not ClaimPhoto.objects.exists() and not any(map(default_storage.exists, names))
    at_rest()


BROKEN = (
    "UPDATE orders_claim SET state = 'office'",
    "UPDATE orders_claim SET ended_at = now()",
    "UPDATE orders_claimreply SET kind = 'brought' WHERE refund_id IS NOT NULL",
    "UPDATE orders_claim SET line_id = (SELECT max(id) FROM orders_line)",
)


def test_verify_finds_a_claim_that_stands_otherwise_than_it_was_said(sold):
    sold.claim()
    answers(sold, "5.00")
    at_rest()
    for broken in BROKEN:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(broken)
            assert "CLAIM" in {offence.rule for offence in verify.verify()}, broken
            transaction.set_rollback(True)
    at_rest()


def test_after_her_seven_days_the_refusal_says_that_they_are_over(sold):
    sold.claim()
    answers(sold)
    Claim.objects.update(answered_at=timezone.now() - claim_reply.BUYER_ANSWERS)
    for act in ("claimDispute", "claimBring"):
        (error,) = says(sold, act, words="不够")["errors"]
        assert (error["code"], error["message"]) == (
            "TOO_LATE",
            claim_reply._TIME_IS_OVER.in_language("en"),
        )
