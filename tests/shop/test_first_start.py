"""A new shop: shut to everybody, opened by whoever holds the link that its server printed, once."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.actions import set_up
from accounts.models import Appointment, Person, Shop
from tests.factor import by_password
from tests.shop.opening import PASSWORD, a_new_shop, press, read_anew

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("the_whole_shop")]
BOT = {"HTTP_USER_AGENT": "Slackbot-LinkExpanding 1.0"}


@pytest.fixture(autouse=True)
def new_shop():
    with a_new_shop():
        yield


def operators() -> list[str]:
    return sorted(
        Person.objects.filter(appointments__role="operator", is_active=True).values_list("email", flat=True)
    )


def test_a_new_shop_says_that_it_is_being_set_up_and_nothing_can_be_bought_or_claimed(caplog):
    guest = Client()
    for path in (
        "/",
        "/zh/",
        "/en/products/",
        "/zh/sign-up/",
        "/zh/checkout/",
        "/zh/nowhere/",
        "/operators/",
    ):
        answer = guest.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "3600"), path
        assert answer.wsgi_request.META["sheaf.page"] == "not open"
        assert "正在准备" in answer.content.decode() or "being set up" in answer.content.decode()
        assert "demo" not in answer.content.decode().lower() and "示例" not in answer.content.decode()
    for act in ("sign_up", "add_to_cart", "place_order", "join_group", "claim"):
        assert guest.post(f"/do/{act}/", {"email": "a@example.com", "password": PASSWORD}).status_code == 503
    assert not caplog.records, "it is no error of ours"
    document = {
        "query": 'mutation { signUp(input: {email: "a@b.example", password: "x"}) { errors { code } } }'
    }
    told = guest.post("/graphql", document, content_type="application/json")
    assert (told.status_code, told.json()["errors"][0]["extensions"]["code"]) == (503, "NOT_OPEN")
    assert not Person.objects.exists()
    assert guest.get("/livez").status_code == 200
    assert "parts" in guest.get("/healthz").json()
    # A provider's notice comes in, and is looked at: this one is forged.
    assert guest.post("/notices/stripe/", b"{}", content_type="application/json").status_code == 400


def test_whoever_only_looks_at_the_link_spends_nothing_and_gets_no_session():
    token = set_up.new_link()
    for _ in range(2):
        bot = Client(**BOT)
        assert bot.head(f"/zh/set-up/?link={token}").status_code == 200
        seen = bot.get(f"/zh/set-up/?link={token}")
        assert seen.status_code == 200 and 'name="password"' in seen.content.decode()
        assert "session" not in bot.cookies
    # A form that is not of the page has no token of it.
    assert press(Client(enforce_csrf_checks=True), token).status_code == 403
    assert operators() == [] and read_anew().link_sha256

    her = Client(enforce_csrf_checks=True)
    page = her.get(f"/zh/set-up/?link={token}").content.decode()
    stamp = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    assert (
        press(her, token, csrfmiddlewaretoken=stamp)
        .headers["Location"]
        .startswith("/zh/account/second-factor/")
    )
    assert operators() == ["first@example.com"]
    # By her password alone she sees none of it: her role sleeps until her second factor was given.
    asleep = her.get("/zh/set-up/").content.decode()
    assert "验证身份后继续" in asleep and "把店开起来" not in asleep
    her.force_login(Person.objects.get())
    assert "把店开起来" in her.get("/zh/set-up/").content.decode()


def test_a_link_is_good_once_and_for_an_hour_and_a_newer_one_ends_it():
    out = StringIO()
    call_command("open_shop", stdout=out)
    first = out.getvalue().split("link=")[1].split()[0]
    second = set_up.new_link()
    assert first not in {second} and not set_up.is_good(first) and set_up.is_good(second)
    Shop.objects.update(link_until=timezone.now() - timedelta(minutes=1))  # pressed at minute 61
    for dead in (first, second, "", "x" * 43):
        assert press(Client(), dead).status_code == 302
        assert "open_shop" in Client().get(f"/zh/set-up/?link={dead or 'x'}").content.decode()
    assert operators() == []
    third = set_up.new_link()
    press(Client(), third)
    press(Client(), third, "second@example.com")
    assert operators() == ["first@example.com"]


def test_of_two_who_press_at_one_moment_one_becomes_the_operator():
    token = set_up.new_link()
    ready = threading.Barrier(2)

    def browser(email: str) -> None:
        try:
            client = Client()
            client.get(f"/zh/set-up/?link={token}")
            ready.wait()
            press(client, token, email)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=browser, args=(f"{n}@example.com",)) for n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(operators()) == 1 and Person.objects.count() == 1


def test_who_comes_while_another_sets_it_up_is_asked_to_sign_in():
    token = set_up.new_link()
    press(Client(), token)
    other = Client()
    seen = other.get("/zh/set-up/").content.decode()
    assert "登录后继续" in seen and 'name="password"' not in seen
    assert other.get("/zh/set-up/facts/").headers["Location"].startswith("/zh/sign-in/")
    assert other.get("/zh/sign-in/").status_code == 200
    other.post("/do/sign_in/", {"email": "first@example.com", "password": PASSWORD, "next": "/zh/set-up/"})
    assert other.get("/zh/set-up/facts/").headers["Location"].startswith("/zh/account/second-factor/")
    other.force_login(Person.objects.get())
    assert other.get("/zh/set-up/facts/").status_code == 200


def test_an_address_that_has_an_account_takes_its_own_password():
    Person.objects.create_user("first@example.com", "another-one-123", email_verified_at=timezone.now())
    token = set_up.new_link()
    press(Client(), token)
    assert operators() == [] and set_up.is_good(token)
    press(Client(), token, password="another-one-123")
    assert operators() == ["first@example.com"] and Person.objects.count() == 1


def test_a_shop_that_has_been_set_up_never_offers_it_to_a_stranger_again():
    old = set_up.new_link()
    press(Client(), old)
    Shop.objects.update(opened_at=timezone.now())
    Appointment.objects.update(ends_at=timezone.now())
    Person.objects.update(is_active=False)
    read_anew()
    stranger = Client()
    for address in ("/zh/set-up/", f"/zh/set-up/?link={old}", "/zh/set-up/facts/"):
        assert 'name="token"' not in stranger.get(address).content.decode()
    press(stranger, old, "stranger@example.com")
    assert operators() == []
    # Only a fresh command on the server opens a way, for whoever holds its link.
    press(stranger, set_up.new_link(), "rescue@example.com")
    assert operators() == ["rescue@example.com"] and read_anew().opened_at


def test_once_somebody_runs_it_those_she_invites_come_in_and_a_stranger_with_an_account_does_not():
    press(Client(), set_up.new_link())
    assert Client().get("/zh/sign-up/").status_code == Client().get("/zh/role/?token=x").status_code == 200
    stranger = Client()
    by_password(stranger, Person.objects.create_user("s@example.com", PASSWORD))
    assert stranger.get("/zh/account/").status_code == 200
    for path in ("/zh/", "/zh/shop/", "/zh/cart/", "/zh/office/", "/zh/nowhere/"):
        assert stranger.get(path).status_code == 503, path
    # Who runs it sees what others will see, and buys nothing yet.
    her = Client()
    her.force_login(Person.objects.get(email="first@example.com"))
    assert her.get("/zh/shop/").status_code == her.get("/zh/office/").status_code == 200
    assert her.post("/do/place_order/", {}).status_code == her.post("/do/join_group/", {}).status_code == 503
