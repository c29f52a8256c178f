"""Letters by the way she chose, and of the kinds that she wants; those of money always come."""

import re
import threading
import time

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from accounts.actions import consent, export, letters, merging, text_code
from accounts.actions import way as ways
from accounts.letters import SWITCHABLE, number_for_letters, wants
from accounts.models import Consent, LetterKind, SignInWay
from core.deliveries import drain
from orders.mail import KINDS
from tests import texts
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_person
from tests.web.conftest import signed_in
from tests.web.test_pages import post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
NUMBER = "+8617112345678"
ALL = [kind.name for kind in SWITCHABLE]
LETTERS = "lettersBy mailbox number kinds { kind name isWanted isAlways }"


@pytest.fixture(autouse=True)
def nothing_sent_yet():
    texts.SENT.clear()
    mail.outbox.clear()


@pytest.fixture
def mei():
    """Somebody with a mailbox and a number."""
    person = a_person(email="mei@example.com")
    ways.prove(person, SignInWay.Kind.PHONE, NUMBER)
    return person


def sent():
    """What she was told since the last look: letters by their subjects' sort, texts by their templates."""
    drain()
    news = (
        [letter.subject for letter in mail.outbox if letter.to == ["buyer@example.com"]],
        [text.template for text in texts.SENT],
    )
    mail.outbox.clear()
    texts.SENT.clear()
    return news


def choose(person, wanted=ALL, **letters_by):
    return Buyer(person).do("lettersChoose", f"letters {{ {LETTERS} }}", wanted=wanted, **letters_by)


def test_money_and_parcels_come_by_text_once_she_says_so_and_all_else_by_mail(mei, till, a_stand):
    assert choose(mei, lettersBy="TEXT")["letters"]["lettersBy"] == "TEXT"
    sold = Sold(till, a_stand, buyer=Buyer(mei))
    assert sent() == ([], ["order_paid"])
    sold.ship()
    assert sent() == ([], ["parcel_sent"])
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(0), token=None)
    letters, by_text = sent()
    assert len(letters) == 1 and by_text == [], "that it has arrived is told by no text"
    assert text_code.the_day().letters == 2


def test_what_she_has_switched_off_does_not_come_and_money_does(mei, till, a_stand):
    shown = choose(mei, wanted=["ANSWERS"])["letters"]["kinds"]
    assert [(one["kind"], one["isWanted"]) for one in shown] == [
        ("MONEY", True),
        ("PARCELS", False),
        ("ANSWERS", True),
        ("REMINDERS", False),
        ("WISHES", False),
        ("NEWS", False),
    ]
    sold = Sold(till, a_stand, buyer=Buyer(mei))
    (paid,), by_text = sent()
    assert sold.order["number"] in paid and by_text == []
    sold.arrive(0)
    assert sent() == ([], [])
    sold.claim()
    assert choose(mei)["errors"] == []
    guest = Sold(till, a_stand)
    guest.ship()
    drain()
    assert [m for m in mail.outbox if m.to == ["buyer@example.com"]], "whoever has no account is always told"


def test_a_way_that_she_does_not_have_is_refused_and_a_lost_number_falls_back_to_mail(mei):
    bare = a_person(email="li@example.com")
    (error,) = choose(bare, lettersBy="TEXT")["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["lettersBy"])
    choose(mei, lettersBy="TEXT")
    ways.end(SignInWay.objects.get(value=NUMBER), None)
    mei.refresh_from_db()
    assert number_for_letters(mei) == ""
    numbered = a_person(email=None, email_verified_at=None)
    ways.prove(numbered, SignInWay.Kind.PHONE, NUMBER)
    assert choose(numbered, lettersBy="MAIL")["errors"][0]["code"] == "INVALID"
    assert choose(numbered)["letters"]["lettersBy"] == "TEXT"
    assert (
        Buyer().do("lettersChoose", "letters { lettersBy }", wanted=[])["errors"][0]["code"]
        == "SIGN_IN_REQUIRED"
    )


def test_each_letter_of_a_kind_is_one_that_is_sent_and_what_she_chose_is_in_her_data(mei):
    from tests.orders.test_mails import TEMPLATES

    there = {path.name.split(".")[0] for path in TEMPLATES.glob("*.txt")}
    assert (
        KINDS.keys() <= there
        and set(KINDS.values()) <= set(SWITCHABLE)
        and LetterKind.MONEY not in SWITCHABLE
    )
    choose(mei, wanted=["PARCELS"], lettersBy="TEXT")
    mei.refresh_from_db()
    account = export.export(mei)["letters"][0]
    assert (account["letters_by"], account["letters_off"]) == ("text", ["answers", "reminders", "wishes"])


def test_of_two_accounts_that_become_one_what_either_has_switched_off_stays_off(mei):
    other = a_person(email="other@example.com")
    choose(mei, wanted=["PARCELS", "ANSWERS"])
    choose(other, wanted=["ANSWERS", "REMINDERS"])
    lasting = merging.merge(mei, other, "email email")
    lasting.refresh_from_db()
    assert lasting.letters_off == ["parcels", "reminders", "wishes"]


def said(person, *words):
    """She has said yes and no to news in this order."""
    for word in words:
        (letters.ask_for if word == "yes" else letters.leave)(person, "news")


@pytest.mark.parametrize(
    ("here", "there", "comes"),
    [
        (["yes", "no"], ["yes"], False),
        (["yes"], ["yes", "no"], False),
        (["no"], ["yes"], True),  # who never agreed has ended nothing
        (["yes", "no", "yes"], ["yes"], True),  # her last word in each
        ([], ["yes"], True),
        (["yes", "no"], [], False),
    ],
)
@pytest.mark.parametrize("is_said_here_first", [True, False])
def test_a_consent_that_either_account_has_ended_is_ended_for_the_one_that_goes_on(
    mei, here, there, comes, is_said_here_first
):
    other = a_person(email="other@example.com")
    told = [(mei, here), (other, there)]
    for person, words in told if is_said_here_first else reversed(told):
        said(person, *words)
    lasting = merging.merge(mei, other, "email email")
    assert wants(lasting, "news") is comes
    kept = Consent.objects.filter(kind=Consent.Kind.NEWS)
    assert kept.filter(ended_at=None).count() == comes and not kept.exclude(person=lasting).exists()
    said(lasting, "yes")
    assert wants(lasting, "news"), "and by one press it is hers again"


def test_consent_to_wechat_goes_on_with_its_own_way(mei):
    other = a_person(email="other@example.com")
    for person in (mei, other):
        consent.give(person, Consent.Kind.WECHAT, letters.ASKED_FOR)
    consent.end(mei, Consent.Kind.WECHAT)
    lasting = merging.merge(mei, other, "email email")
    assert lasting.consents.filter(kind=Consent.Kind.WECHAT, ended_at=None).count() == 1


def test_who_says_no_while_her_accounts_become_one_has_said_it_for_the_one_that_goes_on(mei):
    other = a_person(email="other@example.com")
    said(other, "yes")

    def no():
        said(other, "no")
        connection.close()

    saying = threading.Thread(target=no)
    with transaction.atomic():
        lasting = merging.merge(mei, other, "email email")
        saying.start()
        while not waits_for_a_lock():
            time.sleep(0.01)
    saying.join()
    assert not wants(lasting, "news")


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        # Within a transaction all looks are the first one again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("lang, words", [("zh", "这一类总会发"), ("en", "These always come")])
def test_her_page_says_where_letters_go_and_keeps_what_she_ticks(mei, lang, words):
    her, path = signed_in(mei), f"/{lang}/account/letters/"
    page = her.get(path).content.decode()
    assert f"/{lang}/account/letters/" in her.get(f"/{lang}/account/").content.decode()
    assert (
        words in page and NUMBER in page and mei.email in page and len(re.findall(r"\bchecked\b", page)) == 5
    )
    reply = post(
        her, "choose_letters", lettersBy="TEXT", wanted=["", "PARCELS"], next=path, back=path, lang=lang
    )
    assert reply.url == path
    mei.refresh_from_db()
    assert (mei.letters_by, mei.letters_off) == ("text", ["answers", "reminders", "wishes"])
    page = her.get(path).content.decode()
    assert len(re.findall(r"\bchecked\b", page)) == 2
    post(her, "choose_letters", lettersBy="MAIL", wanted=[""], next=path, back=path, lang=lang)
    mei.refresh_from_db()
    assert mei.letters_off == ["parcels", "answers", "reminders", "wishes"]
    assert "/sign-in/" in Client().get(path)["Location"]
