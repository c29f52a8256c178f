"""Attacks by HTTP: odd requests and addresses, files, operators' rooms, limits, mails."""

import json
import uuid
from io import BytesIO

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry
from catalog.models import Picture
from core.api.documents import trusted
from core.api.ids import global_id
from orders.models import Claim, Order
from shop.web.once import COOKIE, opened
from tests.accounts.world import PASSWORD, Asker, a_person, an_operator
from tests.catalog.world import a_lot, a_product, a_team
from tests.orders.sold import Sold
from tests.orders.world import BUYER, Buyer, key
from tests.shop.strangers import refusals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop")]


# --- Requests that no page of ours makes ----------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "\\",
        "http:///evil.example", "http://testserver@evil.example/", "/zh/\r\nSet-Cookie: a=b", "data:text/html,x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["next", "back"])
def test_a_form_leads_nowhere_but_to_the_shop(field, address):
    person = a_person()
    password = PASSWORD if field == "next" else "wrong"
    given = {"email": person.email, "password": password, field: address, "lang": "zh"}
    reply = Client().post("/do/sign_in/", given, headers={"Referer": address.replace("\r\n", "")})
    assert reply.status_code == 302
    where = reply.url.removesuffix("#refused")
    assert where in ("/zh/", "evil", "%5C") or where.startswith("/zh/%0D%0A")
    assert "a" not in reply.cookies


@pytest.mark.parametrize(
    "path",
    [
        "/zh/shop/?category=%00", "/zh/g/%00/", "/zh/g/%00/packing.csv", "/zh/desk/packing.csv?team=%00",
        "/zh/claims/%00/photo.webp", "/operators/?q=%00", "/zh/order/A/?token=%00", "/graphql?documentId=%00",
    ],
)  # fmt: skip
def test_what_no_table_can_hold_is_refused_and_breaks_nothing(path):
    assert Client(raise_request_exception=False).get(path).status_code in (400, 404)


def test_a_form_with_such_a_character_is_refused_too():
    client = Client(raise_request_exception=False)
    for act, field in (("join_group", "code"), ("tell_cart", "mobiliserCode"), ("sign_in", "email")):
        assert client.post(f"/do/{act}/", {field: "a\0b", "lang": "zh"}).status_code == 302
    given = {"product": "a\0b", "number": "a\0b", "line": "a\0b"}
    for door in ("upload_picture", "make_claim"):
        file = SimpleUploadedFile("a.png", b"x")
        assert client.post(f"/do/{door}/", {**given, "photo": file}).status_code == 302


def test_a_body_that_would_fill_the_disk_is_refused_before_it_is_read():
    size = str(django_settings.MOST_BODY_BYTES + 1)
    for path in (
        "/do/make_claim/",
        "/do/upload_picture/",
        "/graphql",
        "/operators/login/",
        "/notices/stripe/",
    ):
        reply = Client().generic("POST", path, b"x", "multipart/form-data; boundary=b", CONTENT_LENGTH=size)
        assert reply.status_code == 413, path


def test_what_is_kept_of_a_refused_form_stays_small():
    client = Client()
    fields = {f"field{n}": "x" * 9_000 for n in range(200)}
    assert (
        client.post("/do/sign_in/", {**fields, "item": "x" * 9_000, "password": "secret-word"}).status_code
        == 302
    )
    kept = json.dumps(opened(client.cookies[COOKIE].value))
    assert len(kept) < 150_000 and "secret-word" not in kept
    assert len(client.cookies[COOKIE].value) < 4_000


def test_a_deed_needs_a_form_of_ours():
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_person())
    body = json.dumps({"query": "mutation { signOut { errors { code } } }"})
    assert client.post("/do/sign_out/").status_code == 403
    assert client.get("/do/sign_out/").status_code == 405
    assert client.post("/graphql", body, content_type="application/json").status_code == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json5"):
        assert client.post("/graphql", body, content_type=kind).status_code in (403, 415)
    foreign = {"Origin": "https://evil.example"}
    stranger = Client(enforce_csrf_checks=True)
    assert (
        stranger.post("/graphql", body, content_type="application/json", headers=foreign).status_code == 403
    )
    sign_out = next(h for h, text in trusted().items() if "signOut" in text)
    assert client.get("/graphql", {"documentId": sign_out}).status_code == 405
    assert client.session["_auth_user_id"]


def test_a_guest_who_is_somebody_new_each_time_is_held_up_by_where_she_calls_from(settings):
    settings.API_LIMITS = {**settings.API_LIMITS, "guests_an_address": 1}
    asked = 'input: {expectedTotal: "1.00", idempotencyKey: $k}'
    document = f"mutation($k: UUID!) {{ checkoutPlace({asked}) {{ errors {{ code }} }} }}"
    codes = []
    for n in range(12):
        guest = Buyer()
        guest.headers |= {"X-Guest": uuid.uuid4().hex, "X-Forwarded-For": f"203.0.113.{n}"}
        codes.append(guest.ask(document, k=key())["checkoutPlace"]["errors"][0]["code"])
    assert codes == ["NOT_FOUND"] * 10 + ["TOO_MANY_REQUESTS"] * 2


def test_a_sign_in_is_tried_five_times_and_then_waits_whatever_address_is_claimed(wall_clock):
    person, codes = a_person(), []
    for n in range(7):
        asker = Asker()
        asker.headers = {"X-Forwarded-For": f"203.0.113.{n}"}
        codes.append(asker.refused("signIn", email=person.email, password="wrong-password"))
    assert codes == ["INVALID"] * 5 + ["TOO_MANY_REQUESTS"] * 2
    door = Client().post("/operators/login/", {"username": person.email, "password": PASSWORD})
    assert door.status_code == 200, "the operators' door has the same lock"


@pytest.mark.parametrize(
    "path", ["/zh/", "/zh/account/", "/zh/cart/", "/zh/order/AAAA-BBBB-CCCC/", "/operators/"]
)
def test_pages_are_framed_by_nobody_and_private_ones_kept_by_nobody(path):
    client = Client()
    client.force_login(an_operator())
    reply = client.get(path)
    assert reply["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in reply["Content-Security-Policy"]
    assert "unsafe" not in reply["Content-Security-Policy"] and reply["Referrer-Policy"] == "same-origin"
    assert "no-store" in reply["Cache-Control"]


def test_a_guests_order_page_is_kept_by_nobody(till, a_stand):
    sold = Sold(till, a_stand)
    page = Client().get(f"/zh/order/{sold.order['number']}/", {"token": sold.order["token"]})
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]


def test_an_unknown_host_gets_no_page():
    assert Client(headers={"host": "evil.example"}).get("/zh/").status_code == 400


def test_strangers_elsewhere_do_not_use_up_a_guests_share_of_uploads(till, a_stand):
    sold = Sold(till, a_stand)
    sold.arrive(0)
    told = {"number": sold.order["number"], "token": sold.order["token"], "line": sold.line_id()}
    theirs = {**told, "token": "x", "words": "两个坏了"}
    for _ in range(21):
        last = Client(REMOTE_ADDR="203.0.113.7", headers={"Accept-Language": "en"})
        last.post("/do/make_claim/", {**theirs, "lang": "en", "back": "/en/help/", "idempotencyKey": key()})
    assert "too many" in last.get("/en/help/").content.decode().lower()
    Client().post("/do/make_claim/", {**told, "words": "两个坏了", "idempotencyKey": key()})
    assert Claim.objects.exists()


# --- Files ----------------------------------------------------------------------------------------------


def a_photo() -> bytes:
    file = BytesIO()
    Image.new("RGB", (500, 500), "orange").save(file, "JPEG", comment=b"taken at home")
    return file.getvalue()


def a_bomb() -> bytes:
    file = BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><script>1</script>", b"GIF89a" + b"\0" * 99, a_bomb()],
    ids=["svg", "html", "gif", "bomb"],
)  # fmt: skip
def test_what_is_no_photo_is_never_shown(content):
    product = a_product(a_team(manager=(person := a_person())))
    manager = Buyer(person)
    given = {"product": global_id("Product", product.uid)}
    file = SimpleUploadedFile("../../evil.html", content, "image/png")
    manager.client.post("/do/upload_picture/", {**given, "photo": file})
    assert not Picture.objects.exists()


def test_a_claims_photo_is_seen_by_its_buyer_and_its_team_alone(till, a_stand):
    sold = Sold(till, a_stand)
    sold.arrive(0)
    told = {"number": sold.order["number"], "token": sold.order["token"], "line": sold.line_id()}
    photo = SimpleUploadedFile("a.jpg", a_photo(), "image/jpeg")
    sold.buyer.client.post(
        "/do/make_claim/", {**told, "words": "两个坏了", "photo": photo, "idempotencyKey": key()}
    )
    claim = Claim.objects.get()
    assert claim.photo.name == f"claims/{claim.uid}.webp"
    door = f"/zh/claims/{global_id('Claim', claim.uid)}/photo.webp"
    seen = sold.managers[0].client.get(door)
    assert seen.status_code == 200 and b"taken at home" not in b"".join(seen.streaming_content)
    for asker in (Buyer(), Buyer(a_person()), sold.managers[1], Buyer(an_operator())):
        assert asker.client.get(door).status_code == 404
    for path in (claim.photo.name, f"pictures/../{claim.photo.name}", f"pictures/%2e%2e/{claim.photo.name}"):
        assert Client().get(f"/media/{path}").status_code == 404


def test_media_shows_pictures_and_nothing_else():
    for path in ("pictures/../../secrets.json", "../secrets.json", "pictures//etc/passwd", "pictures/a.html"):
        assert Client().get(f"/media/{path}").status_code in (400, 404)


# --- Operators ------------------------------------------------------------------------------------------


def test_no_secret_is_guessed_letter_by_letter_in_the_operators_address():
    client = Client()
    client.force_login(an_operator())
    for path in (
        "accounts/person/?password__startswith=m",
        "accounts/apitoken/?token_sha256__startswith=0",
        "impact/edition/?person_secret__startswith=0",
        "impact/support/?person_key__startswith=0",
        "orders/notice/?body__contains=a",
    ):
        reply = client.get(f"/operators/{path}")
        assert reply.status_code in (302, 400), path
    assert client.get("/operators/accounts/person/?is_active__exact=1").status_code == 200


def test_what_an_operator_calls_off_stands_in_the_audit_log():
    client, by = Client(), an_operator()
    client.force_login(by)
    order = Order.objects.get(number=Buyer().place(a_lot())["number"])
    sent = {"action": "cancel", "_selected_action": [order.pk], "confirmed": "yes", "why": "示例原因"}
    client.post("/operators/orders/order/", sent)
    order.refresh_from_db()
    assert order.state == "cancelled"
    entry = AuditEntry.objects.get(noun="Order")
    assert (entry.actor, entry.deed, entry.object_uid) == (by, "cancel", str(order.uid))
    assert BUYER["email"] not in json.dumps(entry.facts)


# --- Mails ----------------------------------------------------------------------------------------------


def test_a_stranger_writes_nothing_into_a_mail_of_ours_to_somebody_elses_mailbox(run_deliveries, wall_clock):
    words = "you won: https://evil.example"
    given = {"email": "victim@example.com", "password": "orange-peel-4711", "name": words}
    assert refusals(Asker(), "signUp", **given) == set()
    wall_clock(61)
    assert refusals(Asker(), "signUp", **given) == set()
    person = Buyer(a_person(name=words))
    assert refusals(person, "emailChangeRequest", email="victim2@example.com", password=PASSWORD) == set()
    run_deliveries()
    to_victims = [m for m in mail.outbox if "victim" in m.to[0]]
    assert len(to_victims) == 3 and not any("evil.example" in m.body + m.subject for m in to_victims)


@pytest.mark.parametrize("address", ["a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com"])
def test_one_address_is_one_address(address):
    assert refusals(Asker(), "signUp", email=address, password="orange-peel-4711") == {"INVALID"}
    assert refusals(Buyer(), "cartUpdate", email=address) == {"INVALID"}


def test_no_log_is_written_of_an_address_with_a_token(caplog):
    Client().get("/zh/order/NONE/", {"token": "very-secret-token"})
    Client().get("/zh/nowhere/", {"token": "very-secret-token"})
    assert "very-secret-token" not in caplog.text
