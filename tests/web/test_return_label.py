"""The carrier's own label for goods that go back: uploaded at the desk, printed by its buyer, gone when nothing is sent by it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from core.api.ids import global_id
from orders import people, verify
from orders.models import ReturnLabel, ReturnParcel
from tests.catalog.world import an_operator
from tests.orders.sold import settle
from tests.orders.test_claim_replies import a_photo
from tests.orders.test_mails import new_mails
from tests.orders.test_replaced import TEA
from tests.orders.test_returns import Back
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, unfolded, words
from tests.web.test_replaced_pages import DESK, hers

pytestmark = pytest.mark.django_db(transaction=True)
ACT = "upload_return_label"
OF_CARRIER = b"%PDF-1.7\nto the village\n%%EOF\n"
ANOTHER = b"%PDF-1.4\nto the town\n%%EOF"


def a_label(body: bytes = OF_CARRIER, name: str = "label.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


@pytest.fixture
def back(till, a_stand):
    """Its team has asked for it back, without any label of its own."""
    made = Back(till, a_stand)
    assert made.ask(returnCarrier="", returnNumber="")["errors"] == []
    made.desk = signed_in(made.managers[TEA].person)
    made.one = ReturnParcel.objects.get()
    made.link = f"/en/order/{made.order['number']}/return/{global_id('ReturnParcel', made.one.uid)}/label.pdf"
    return made


def upload(back, file=None, client=None, **told):
    form = fields(unfolded(back.desk, DESK, ACT), ACT)
    given = {**form, "lang": "en", **told, **({"file": file} if file else {})}
    return words((client or back.desk).post(f"/do/{ACT}/", given, follow=True))


def printed(back) -> bytes:
    return Client().get(back.link, {"token": back.order["token"]}).content


def test_the_carriers_label_takes_the_place_of_ours_as_soon_as_it_is_there(back, guest):
    assert "a label that we draw" in words(back.desk.get(DESK))
    told = upload(back, a_label(), carrier="顺丰", trackingNumber="SFLABEL1")
    assert "It is uploaded" in told and "the one that the buyer prints" in told
    back.says("claimAccept")
    settle()
    (letter,) = [one for one in new_mails() if "Please send it back" in one.subject]
    assert "print that one" in letter.body and "SFLABEL1" in letter.body
    page = words(guest.get(hers(back)))
    assert "Print the carrier’s label" in page and back.link in page
    answer = guest.get(back.link, {"token": back.order["token"]})
    assert answer.content == OF_CARRIER and answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"] and "attachment" in answer["Content-Disposition"]
    sends = fields(unfolded(guest, hers(back), "send_return"), "send_return")
    assert (sends["carrier"], sends["trackingNumber"]) == ("顺丰", "SFLABEL1")


def test_one_that_comes_after_her_yes_is_told_by_a_letter_and_a_wrong_one_is_replaced(back):
    back.says("claimAccept")
    settle()
    new_mails()
    ours = printed(back)
    assert ours.startswith(b"%PDF-") and ours != OF_CARRIER
    for body in (OF_CARRIER, ANOTHER):
        upload(back, a_label(body))
        settle()
        (letter,) = new_mails()
        assert "The carrier’s label is there" in letter.subject and back.order["number"] in letter.body
        assert printed(back) == body
    assert ReturnLabel.objects.count() == 1
    assert (
        back.desk.get(f"/en/desk/returns/{global_id('ReturnParcel', back.one.uid)}/label.pdf").content
        == ANOTHER
    )


def test_a_picture_of_it_becomes_a_page_without_what_the_camera_wrote(back):
    upload(back, a_photo())
    back.says("claimAccept")
    page = printed(back)
    assert page.startswith(b"%PDF-") and b"/Count 1" in page and b"/Image" in page and b"Exif" not in page


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (None, "Please choose the label’s PDF"),
        (a_label(b"<script>alert(1)</script>", "label.pdf"), "Please choose the label’s PDF"),
        (a_label(b"PK\x03\x04 a whole archive", "label.png"), "Please choose the label’s PDF"),
        (a_label(OF_CARRIER[:12]), "cut off"),
        (a_label(OF_CARRIER + b" " * 5_000_000 + b"%%EOF"), "at most 5 MB"),
    ],
)
def test_what_is_no_label_is_refused_and_what_was_typed_is_kept(back, file, why):
    told = upload(back, file, carrier="顺丰", trackingNumber="SFLABEL1")
    assert why in told.replace("&#x27;", "’") and 'value="SFLABEL1"' in told
    assert not ReturnLabel.objects.exists()
    back.one.refresh_from_db()
    assert (back.one.labelled_at, back.one.tracking_number) == (None, "")


def test_a_number_that_is_none_keeps_nothing(back):
    told = upload(back, a_label(), carrier="顺丰", trackingNumber="?")
    assert "4 to 40 letters" in told and not ReturnLabel.objects.exists()
    told = upload(back, a_label(), carrier="", trackingNumber="SFLABEL1")
    assert "Please fill this in" in told and not ReturnLabel.objects.exists()


def test_it_is_its_buyers_and_its_teams_alone(back, guest):
    form = fields(unfolded(back.desk, DESK, ACT), ACT)
    seen = f"/en/desk/returns/{global_id('ReturnParcel', back.one.uid)}/label.pdf"
    assert back.desk.get(seen).status_code == 404, "ours is not kept"
    for client in (signed_in(back.managers[0].person), signed_in(an_operator()), guest):
        client.post(f"/do/{ACT}/", {**form, "file": a_label()})
        assert not ReturnLabel.objects.exists()
    upload(back, a_label())
    assert guest.get(back.link, {"token": back.order["token"]}).status_code == 404, "she has not agreed yet"
    back.says("claimAccept")
    for client in (signed_in(back.managers[0].person), signed_in(an_operator()), guest):
        assert client.get(back.link).status_code == 404
        assert client.get(seen).status_code in (302, 404)
    assert back.desk.get(seen).content == printed(back) == OF_CARRIER


def test_once_it_is_sent_no_other_takes_its_place_and_when_it_has_come_it_is_gone(back):
    upload(back, a_label())
    back.says("claimAccept")
    form = fields(unfolded(back.desk, DESK, ACT), ACT)
    back.send(back.one, carrier="顺丰", trackingNumber="SFLABEL1")
    told = words(back.desk.post(f"/do/{ACT}/", {**form, "lang": "en", "file": a_label(ANOTHER)}, follow=True))
    assert "It is sent, or not sent any more" in told
    people.forget_old()
    assert bytes(ReturnLabel.objects.get().body) == OF_CARRIER, "it is on its way by it"
    back.receive(back.one)
    assert people.forget_old() == 1 and not ReturnLabel.objects.exists()
    settle()
    assert list(verify.verify()) == []


def test_what_is_not_sent_back_is_forgotten_with_its_label(back):
    upload(back, a_label())
    back.says("claimDispute", words="太麻烦了")
    people.forget_old()
    assert not ReturnLabel.objects.exists()
    back.one.refresh_from_db()
    assert back.one.labelled_at, "that there was one is told to whoever asks what is kept of her"


def test_verify_finds_a_label_that_went_too_soon_or_that_nobody_dated(back):
    upload(back, a_label())
    assert list(verify.verify()) == []
    broken = ("DELETE FROM orders_returnlabel", "UPDATE orders_returnparcel SET labelled_at = NULL")
    for statement in broken:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
            assert [offence.noun for offence in verify.verify()] == ["ReturnParcel"], statement
            transaction.set_rollback(True)
