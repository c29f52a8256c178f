"""A stolen session moves no money and opens no details: it has the password behind it and no code given just now."""

from datetime import timedelta

import pytest
from django.conf import settings as shop
from django.test import Client
from django.utils import timezone

from accounts import factor
from accounts.models import AuditEntry, Person, SecondFactor
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import must
from accounts.places import SHOP, Place
from core.refusals import NotAllowed, SecondFactorRequired
from orders.models import Claim, Dispute, Order, Payment, Refund
from orders.reads.claim import TEAM_ANSWERS
from shop.permissions import ASKED_AGAIN, PERMISSIONS
from shop.web.once import opened
from tests.accounts.world import a_person, holds
from tests.catalog.world import a_team
from tests.factor import App, app_clock, by_password
from tests.orders.sold import Sold
from tests.orders.world import Buyer, key
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
CODE = "SECOND_FACTOR_REQUIRED"


@pytest.fixture
def tick():
    """Turns the clock that apps go by."""
    with app_clock() as turn:
        yield turn


class Officer:
    """Somebody who runs the shop, her app, and a browser in which she has given her password and one code."""

    def __init__(self, tick):
        self.person, self.tick = a_person(("operator", "owner")), tick
        self.app = App(self.person)
        self.client = by_password(Client(headers={"Accept-Language": "en"}), self.person)
        self.give()

    def give(self, client=None, **form):
        self.tick()
        return (client or self.client).post(
            "/do/give_second_factor/", {"code": self.app.code(), "lang": "en", **form}
        )

    def copy(self) -> Client:
        """A thief's browser: the session's cookie and nothing else."""
        thief = Client(headers={"Accept-Language": "en"})
        thief.cookies[shop.SESSION_COOKIE_NAME] = self.client.cookies[shop.SESSION_COOKIE_NAME].value
        assert thief.get("/en/account/").status_code == 200, "signed in as she is"
        return thief


@pytest.fixture
def officer(tick):
    return Officer(tick)


def everything() -> list:
    """What must not change: refunds, claims, disputes, lots, second factors, and what was done to whom."""
    rows = (Refund, Claim, Dispute, Order, SecondFactor)
    deeds = AuditEntry.objects.exclude(deed="give_second_factor").count()
    return [list(one.objects.order_by("pk").values()) for one in rows] + [deeds]


# --- By operators' rooms ---


def chosen(model, action, row):
    sent = {"action": action, "_selected_action": [row.pk], "confirmed": "yes", "why": "示例原因"}
    return f"/operators/{model}/", sent


def an_order_to_call_off(sold):
    return chosen("orders/order", "cancel", sold.row)


def a_failed_refund(sold):
    given = {"lineId": sold.line_id(), "units": 1}
    sold.managers[0].done("refundRequest", number=sold.order["number"], lines=[given], idempotencyKey=key())
    Refund.objects.update(state="failed", retry_at=None)
    return chosen("orders/refund", "retry", Refund.objects.get())


def a_lot_to_recall(sold):
    return chosen("catalog/lot", "recall", sold.lots[0])


def a_claim_left(sold):
    sold.arrive(0)
    sold.claim()
    Claim.objects.update(made_at=timezone.now() - TEAM_ANSWERS - timedelta(minutes=1))
    asked = {"amount": "12.50", "answer": "抱歉", "confirmed": "yes"}
    return f"/operators/orders/claim/{Claim.objects.get().pk}/change/", asked


def a_dispute(sold):
    unclear = {"amount_minor": 1000, "reason": "general", "state": "unclear"}
    one = Dispute.objects.create(payment=Payment.objects.get(), provider_id="dp_1", **unclear)
    decided = {"lost_minor": "0", "why": "示例：支付方后台", "confirmed": "yes"}
    return f"/operators/orders/dispute/{one.pk}/change/", decided


def somebodys_second_factor(sold):
    mei = a_person()
    App(mei)
    return chosen("accounts/person", "end_of", mei)


def an_officers_second_factor(sold):
    mei = a_person(("finance_maker",))
    App(mei)
    return chosen("accounts/person", "end_of", mei)


ROOMS = {
    "orders.cancel_unsent": an_order_to_call_off,
    "orders.refund": a_failed_refund,
    "orders.decide_dispute": a_dispute,
    "catalog.recall_lot": a_lot_to_recall,
    "orders.answer_left_claims": a_claim_left,
    "accounts.end_second_factor": somebodys_second_factor,
    "accounts.end_officers_second_factor": an_officers_second_factor,
}


@pytest.mark.parametrize("permission", ROOMS)
def test_an_operators_room_asks_for_a_code_and_does_it_then(till, a_stand, officer, permission):
    address, sent = ROOMS[permission](Sold(till, a_stand))
    for client in (officer.client, officer.copy()):
        before = everything()
        asked = client.post(address, sent)
        assert asked.status_code == 200 and "give the code that your app shows" in words(asked)
        wrong = client.post(address, {**sent, "second_factor_code": "000000"})
        assert "wrong or was used already" in words(wrong)
        assert everything() == before

    officer.tick()
    page = words(officer.client.post(address, sent))
    again = {name: sent[name] for name in sent if f'name="{name}"' in page}
    assert again == sent, "all that was sent is on the page that asks for the code"
    before = everything()
    officer.client.post(address, {**sent, "second_factor_code": officer.app.code()})
    assert everything() != before


def test_a_code_opens_no_other_browser_though_it_has_the_very_session(till, a_stand, officer):
    address, sent = an_order_to_call_off(Sold(till, a_stand))
    officer.give()
    thief = officer.copy()
    assert "give the code" in words(thief.post(address, sent))
    assert Refund.objects.count() == 0
    assert officer.client.post(address, sent).status_code == 302 and Refund.objects.count() == 1


# --- By the API and by pages ---


def test_the_api_asks_for_a_code_and_the_page_keeps_what_was_written(till, a_stand, officer):
    sold = Sold(till, a_stand)
    line, number = sold.line_id(), sold.order["number"]
    api = Buyer()
    api.client, api.headers = officer.client, {}
    given = {"number": number, "lines": [{"lineId": line, "units": 1}]}
    for client in (officer.client, officer.copy()):
        api.client = client
        (error,) = api.do("refundRequest", **given, idempotencyKey=key())["errors"]
        assert error["code"] == CODE and "second factor" in error["message"]
    assert Refund.objects.count() == 0

    form = {"number": number, "line": line, "units": "1", "note": "漏发", "idempotencyKey": key()}
    form |= {"lang": "en", "item": number, "back": "/en/office/", "next": "/en/office/"}
    led = officer.client.post("/do/request_refund/", form)
    assert led.url == "/en/account/second-factor/?next=%2Fen%2Foffice%2F"
    page = words(officer.client.get(led.url))
    assert "give a code once more" in page
    back = officer.give(next="/en/office/")
    assert back.url == "/en/office/"
    kept = opened(officer.client.session["form"])
    assert (kept["act"], kept["item"]) == ("request_refund", number)
    assert kept["values"] == {"line": [line], "units": ["1"], "note": ["漏发"]}
    assert Refund.objects.count() == 0

    api.client = officer.client
    api.done("refundRequest", **given, idempotencyKey=key())
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_a_code_leads_to_no_foreign_address(officer, elsewhere):
    assert officer.give(next=elsewhere).url == "/en/"


# --- Each permission that is asked again, by what every door asks ---


@pytest.mark.parametrize("permission", sorted(ASKED_AGAIN))
def test_each_permission_that_moves_money_or_opens_details_wants_a_fresh_code(permission, tick):
    role = next(iter(PERMISSIONS[permission]))
    at = Place(subject=a_team().uid) if role in OF_A_TEAM else SHOP
    person = Person.objects.get(pk=holds(a_person(), role, at).person_id)
    now = factor.totp.now()
    for shown in (None, factor.Factor(now, 0, True), factor.Factor(now, now - 300, True)):
        person.factor = shown
        with pytest.raises(SecondFactorRequired):
            must(person, permission, at)
    person.factor = factor.Factor(now, now, False)
    with pytest.raises(SecondFactorRequired):
        must(person, permission, at)
    person.factor = factor.Factor(now, now, True)
    must(person, permission, at)
    stranger = a_person()
    stranger.factor = person.factor
    with pytest.raises(NotAllowed):
        must(stranger, permission, at)


# --- Pages of a role ---


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whoever_has_not_set_it_up_is_led_there_from_every_page_of_her_role(lang):
    ada = a_person(("operator",))
    client = by_password(Client(headers={"Accept-Language": lang}), ada)
    for path in (f"/{lang}/office/", f"/{lang}/office/no-such-page/"):
        led = client.get(path)
        if led.status_code == 302:
            assert led.url.startswith(f"/{lang}/account/second-factor/?next=%2F{lang}%2Foffice%2F")
    assert client.get(f"/{lang}/office/").status_code == 302
    door = client.get("/operators/orders/order/", follow=True)
    at, status = door.redirect_chain[-1]
    assert at.endswith("/account/second-factor/?next=%2Foperators%2Forders%2Forder%2F") and status == 302
    assert client.get(f"/{lang}/").status_code == client.get(f"/{lang}/account/").status_code == 200, (
        "a buyer"
    )


def test_an_app_is_set_up_by_pages_alone_and_the_next_code_opens_the_office(tick):
    ada = a_person(("operator",))
    client = Client()
    form = {"email": ada.email, "password": "orange-peel-42", "lang": "en", "next": "/en/office/"}
    led = client.post("/do/sign_in/", form)
    assert led.url == "/en/account/second-factor/?next=%2Fen%2Foffice%2F"
    assert "Your role asks for a second factor" in words(client.get(led.url))
    client.post("/do/begin_second_factor/", {"password": "orange-peel-42", "lang": "en", "next": led.url})
    page = client.get(led.url)
    shown = page.context["viewer"]["secondFactor"]["setUp"]
    assert "<svg" in words(page) and all(
        f"{code[:5]} {code[5:]}" in words(page) for code in shown["recoveryCodes"]
    )
    assert page["Cache-Control"] == "private, no-store"

    code = {"code": factor.totp.code_at(shown["secret"], factor.totp.now()), "lang": "en", "back": led.url}
    client.post("/do/confirm_second_factor/", code)
    assert "Please write the recovery codes down first" in words(client.get(led.url))
    client.post("/do/confirm_second_factor/", {**code, "wroteCodesDown": "true", "next": led.url})
    assert "Open the authenticator app on your phone" in words(client.get(led.url))
    client.post("/do/give_second_factor/", {**code, "next": "/en/office/"})
    assert client.get("/en/office/").status_code == 302, "the code that set it up opens nothing"
    tick()
    code["code"] = factor.totp.code_at(shown["secret"], factor.totp.now())
    assert client.post("/do/give_second_factor/", {**code, "next": "/en/office/"}).url == "/en/office/"
    assert client.get("/en/office/").status_code == client.get("/operators/").status_code == 200


def test_an_appointment_that_ended_leaves_nothing_open_though_its_session_gave_a_fresh_code(officer):
    officer.give()
    assert (
        officer.client.get("/operators/").status_code == officer.client.get("/en/office/").status_code == 200
    )
    officer.person.appointments.update(ends_at=timezone.now())
    assert officer.client.get("/en/office/").status_code == 404
    assert officer.client.get("/operators/").status_code == 302
    with pytest.raises(NotAllowed):
        person = Person.objects.get(pk=officer.person.pk)
        person.factor = factor.AtTheServer()
        must(person, "orders.refund")


def test_a_role_that_asks_for_none_is_open_by_the_password():
    mei = a_person()
    holds(mei, "packer", Place(subject=a_team().uid))
    assert by_password(Client(), mei).get("/en/account/").status_code == 200
