"""Pages through the browser's door: whose they are, what they keep, where they lead, what they cost."""

import re
import time
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Product
from core.api.ids import global_id
from orders.models import Cart, Line, Order, Review, Shipment, ShippingRate
from orders.reads import shipping
from shop.web.document import exists, variables_of
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.shop.tour import pages
from tests.web.conftest import an_order, signed_in

pytestmark = pytest.mark.django_db
HOME, CATALOGUE, PRODUCT = 6, 5, 14


def words(response) -> str:
    """The page without the white space between and inside its tags, where a template's line breaks says nothing; and without
    what says of a text that it is of the other language (`spoken` has that)."""
    page = re.sub(r'<span lang="(?:zh-Hans|en)">([^<]*)</span>', r"\1", spoken(response))
    return re.sub(r'(<(?!html)[a-z0-9]+[^<>]*) lang="(?:zh-Hans|en)">', r"\1>", page)


def spoken(response) -> str:
    """The page as `words` has it, with what says in which language a text is."""
    page = re.sub(r"\s+", " ", response.content.decode())
    page = re.sub(r"(<\w[^<>]*?) ?> ", r"\1>", page)
    return re.sub(r" (?=>|</)|(?<=>) (?=<)", "", page)


def post(client: Client, act: str, **fields):
    return client.post(f"/do/{act}/", {"lang": "en", "next": "/en/cart/", "back": "/en/shop/", **fields})


def fields(page: str, act: str) -> dict[str, str]:
    """What the form of this act on the page would send."""
    form = re.search(rf'<form[^>]*action="/do/{act}/".*?</form>', page, re.DOTALL)
    assert form, f"no form for {act}"
    found = dict(re.findall(r'<input[^>]*name="([\w.-]+)"[^>]*value="([^"]*)"', form[0]))
    if id := re.search(r'<form[^>]* id="([^"]+)"', form[0]):
        beside = "".join(tag for tag in re.findall(r"<input[^>]*>", page) if f'form="{id[1]}"' in tag)
        found |= dict(re.findall(r'<input[^>]*name="([\w.-]+)"[^>]*value="([^"]*)"', beside))
    return found


def unfolded(client: Client, path: str, act: str) -> str:
    """The page with the form of this act on it: behind a link where the page has several."""
    page = words(client.get(path))
    if f'action="/do/{act}/"' in page:
        return page
    link = re.search(rf'href="([^"#]*[?&](?:amp;)?open={act}[^"#]*)', page)
    assert link, f"neither a form nor a link for {act}"
    return words(client.get(unescape(link[1])))


def test_pages_about_oneself_ask_to_sign_in_and_lead_back(guest, shelf):
    asked = guest.get("/en/account/addresses/?province=420000")
    assert asked.url == "/en/sign-in/?next=%2Fen%2Faccount%2Faddresses%2F%3Fprovince%3D420000"
    shown = guest.get(asked.url)
    assert 'value="/en/account/addresses/?province=420000"' in words(shown)
    form = {"email": shelf.buyer.email, "password": shelf.password, "next": "/en/account/addresses/"}
    assert post(guest, "sign_in", **form).url == "/en/account/addresses/"
    assert guest.get("/en/account/addresses/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_form_leads_to_our_own_addresses_alone(guest, shelf, elsewhere):
    form = {"email": shelf.buyer.email, "password": shelf.password, "next": elsewhere}
    assert post(guest, "sign_in", **form).url == "/en/"
    refused = post(Client(), "sign_in", email="x@example.com", password="wrong", back=elsewhere)
    assert refused.url == "/en/#refused"


def test_anothers_order_is_no_page_and_neither_is_what_hangs_on_it(guest, shelf):
    mine, theirs = an_order(shelf, shelf.buyer), an_order(shelf)
    for path in ("", "receipt/", "claim/x/", "review/x/"):
        assert signed_in(shelf.manager).get(f"/en/order/{mine['number']}/{path}").status_code == 404
        for number in (mine["number"], theirs["number"], "NO-SUCH-ORDER"):
            assert guest.get(f"/en/order/{number}/{path}").url.startswith(
                "/en/sign-in/?next=%2Fen%2Forder%2F"
            )
    assert guest.get(f"/en/order/{theirs['number']}/?token={theirs['token']}").status_code == 200
    assert guest.get(f"/en/order/{mine['number']}/?token={theirs['token']}").status_code == 302
    assert signed_in(shelf.buyer).get(f"/en/order/{mine['number']}/").status_code == 200


def test_a_refused_form_keeps_what_was_written_and_says_why_beside_the_field(guest, shelf):
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    post(guest, "choose_region", region="420527")
    told = {"street": "示例路 <1> 号", "recipient": "Ann", "phone": "12", "email": "ann@example.com"}
    refused = post(guest, "tell_cart", **told, back="/en/checkout/")
    assert refused.url == "/en/checkout/#refused"
    page = words(guest.get(refused.url))
    assert 'value="示例路 &lt;1&gt; 号"' in page and 'value="12"' in page
    field = re.search(r'<input[^>]*name="phone"[^>]*>(.*?)</div>', page)
    assert field and 'aria-invalid="true"' in field[0] and "valid mobile" in field[1]
    assert 'aria-invalid="true"' not in words(guest.get("/en/checkout/")), "it is said once"


@pytest.mark.parametrize(("language", "choose"), [("zh", "请选择"), ("en", "Choose")])
def test_no_county_is_chosen_before_somebody_chooses_one(guest, shelf, language, choose):
    post(guest, "add_to_cart", variant=shelf.variant, quantity="1")
    page = words(guest.get(f"/{language}/checkout/?province=420000"))
    (field,) = re.findall(r'<select[^>]*name="region" required>(.*?)</select>', page)
    assert field.startswith(f'<option value="">{choose}</option>') and "selected" not in field


def wrong_fields(page: str) -> dict[str, str]:
    """What is said beside each control of the page, by its name."""
    said = re.findall(r'<p class="wrong" id="\w+-(\w+)-wrong">(.*?)</p>', page)
    return dict(said)


@pytest.mark.parametrize(("language", "why"), [("en", "Please fill this in."), ("zh", "请填写这一项。")])
def test_at_checkout_a_space_is_no_address_and_each_empty_field_says_so(guest, shelf, language, why):
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    post(guest, "choose_region", region="420527")
    empty = {"street": " ", "recipient": "\u3000", "phone": "", "email": "ann@example.com"}
    there = f"/{language}/checkout/"
    assert (
        post(guest, "tell_cart", **empty, lang=language, next="/elsewhere/", back=there).url
        == f"{there}#refused"
    )
    page = words(guest.get(there))
    assert wrong_fields(page) == dict.fromkeys(("street", "recipient", "phone"), why)
    assert 'value="ann@example.com"' in page


def test_a_saved_address_is_taken_with_one_touch(shelf):
    mine = signed_in(shelf.buyer)
    there = {"recipient": "Ann", "phone": "13800138000", "region": "420527", "street": "示例路 1 号"}
    post(mine, "save_address", **there)
    post(mine, "add_to_cart", variant=shelf.variant, quantity="1")
    for _ in range(2):  # the cart knows her e-mail address or does not
        form = fields(words(mine.get("/en/checkout/?change=1")), "tell_cart")
        assert mine.post("/do/tell_cart/", form).url == "/en/checkout/#who"
        Cart.objects.update(email="")
    assert Cart.objects.get().street == "示例路 1 号"


def test_no_total_is_shown_while_something_is_not_delivered_there(guest, shelf):
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    tea = a_lot(a_variant(a_product(shelf.team, storage="dry", slug="dry-tea"), price_minor=5000))
    post(guest, "add_to_cart", variant=global_id("Variant", tea.variant.uid), quantity="1")
    post(guest, "choose_region", region="420527")
    for path in ("cart", "checkout"):
        assert "<span>Total</span>" in words(guest.get(f"/en/{path}/"))
    ShippingRate.objects.filter(storage=shelf.product.storage).update(is_served=False)
    shipping.forget()
    for language, why in (("en", "Something is not delivered there."), ("zh", "有商品不送到那里")):
        for path in ("cart", "checkout"):
            page = words(guest.get(f"/{language}/{path}/"))
            assert why in page and 'class="sum total"' not in page and "¥123.80" in page
    shipping.forget()


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("change_email", {"email": "new@example.com", "password": "wrong"}),
        ("change_password", {"currentPassword": "wrong", "newPassword": "another long password"}),
        ("create_token", {"name": "script", "days": "30", "password": "wrong"}),
        ("erase_person", {"password": "wrong"}),
    ],
)
def test_the_fold_whose_form_was_refused_is_open_and_the_others_are_not(shelf, act, sent):
    mine, there = signed_in(shelf.buyer), "/en/account/details/"
    assert post(mine, act, **sent, back=there).url == f"{there}#refused"
    page = words(mine.get(there))
    assert re.findall(r'action="/do/(\w+)/"', page) == [act], "it alone is on the page"


@pytest.mark.parametrize(
    ("language", "why"), [("en", "Choose one to five stars."), ("zh", "请选 1 到 5 颗星。")]
)
def test_a_review_has_no_stars_but_those_its_buyer_chose(guest, shelf, language, why):
    order = an_order(shelf)
    Order.objects.update(state="delivered")
    Shipment.objects.update(state="delivered", delivered_at=timezone.now())
    line = global_id("Line", Line.objects.get().uid)
    there = f"/{language}/order/{order['number']}/review/{line}/?token={order['token']}"
    page = words(guest.get(there))
    stars = re.findall(r'<input type="radio" name="stars"[^>]*>', page)
    assert len(stars) == 5 and all(" required" in star and " checked" not in star for star in stars)
    told = {"number": order["number"], "token": order["token"], "line": line, "words": "好吃"}
    assert post(guest, "write_review", **told, lang=language, back=there).url == f"{there}#refused"
    page = words(guest.get(there))
    assert wrong_fields(page) == {"stars": why} and "好吃" in page and " checked" not in page
    assert not Review.objects.exists()
    post(guest, "write_review", **told, stars="4", back=there)
    assert Review.objects.get().stars == 4


def test_a_password_is_never_kept(guest, shelf):
    post(guest, "sign_in", email=shelf.buyer.email, password="not the password")
    page = words(guest.get("/en/sign-in/"))
    assert shelf.buyer.email in page and "not the password" not in page


def test_a_guest_buys_from_shelf_to_payment_with_forms_alone(guest, shelf, till):
    assert post(guest, "add_to_cart", variant=shelf.variant, quantity="2").url == "/en/cart/"
    assert "¥73.80" in words(guest.get("/en/cart/"))
    post(guest, "choose_region", region="420527")
    told = {"street": "示例路 1 号", "recipient": "Ann", "phone": "13800138000", "email": "ann@example.com"}
    post(guest, "tell_cart", **told)
    form = {**fields(words(guest.get("/en/checkout/")), "tell_cart"), "first": "tell_cart"}
    first, again = (guest.post("/do/place_order/", form) for _ in range(2))
    assert first.url == again.url and first.url.startswith(till.base)
    # Back from the provider's page, with an empty cart: the order she has yet to pay is a touch away.
    for path in ("cart", "checkout"):
        (link,) = re.findall(r'href="(/en/order/[^"]+\?token=[^"]+)"', words(guest.get(f"/en/{path}/")))
    assert "Waiting for payment" in words(guest.get(link))
    number, token = re.match(r"/en/order/([^/]+)/\?token=(.+)", link).groups()
    form = {"number": number, "token": token, "idempotencyKey": "0192a4c0-0000-4000-8000-000000000001"}
    assert post(guest, "begin_payment", **form).url == first.url


def test_signing_in_pours_the_guests_cart_into_ones_own(guest, shelf):
    post(guest, "add_to_cart", variant=shelf.variant, quantity="3")
    post(guest, "sign_in", email=shelf.buyer.email, password=shelf.password)
    assert "¥110.70" in words(guest.get("/en/cart/"))
    assert "¥110.70" in words(signed_in(shelf.buyer).get("/en/cart/")), "on every device"


def test_a_secret_is_shown_once(shelf):
    mine = signed_in(shelf.buyer)
    post(mine, "create_token", name="my script", password=shelf.password, days="30")
    assert "sheaf_" in words(mine.get("/en/account/details/"))
    assert "sheaf_" not in words(mine.get("/en/account/details/"))


def test_every_page_leads_to_itself_in_the_other_language(guest, shelf):
    page = words(guest.get("/zh/shop/?query=tea&category=fruit"))
    assert 'href="/en/shop/?query=tea&amp;category=fruit"' in page
    assert '<html lang="zh-Hans">' in page
    assert '<html lang="en">' in words(guest.get("/en/shop/"))


def test_a_page_that_is_not_there_says_so_in_the_readers_language(guest):
    assert guest.get("/en/p/nothing/").status_code == 404
    assert "There is nothing here" in words(guest.get("/en/nothing/at/all/"))
    assert "这里没有东西" in words(guest.get("/zh/p/nothing/"))


def test_a_page_that_breaks_apologises_and_is_not_a_missing_page(shelf, monkeypatch):
    from catalog.reads import products

    def fail(*_):
        raise RuntimeError("the shelf fell over")

    monkeypatch.setattr(products, "is_in_season", fail)
    monkeypatch.setattr("catalog.reads.is_in_season", fail)
    shown = Client(raise_request_exception=False).get(f"/en/p/{shelf.product.slug}/")
    assert (shown.status_code, "fell over" in words(shown)) == (500, False)
    assert "Something went wrong" in words(shown)


def test_a_form_without_its_token_is_told_to_try_again(shelf):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/do/add_to_cart/", {"variant": shelf.variant, "quantity": "1"})
    assert (
        answer.status_code == 403 and "This form has expired" in words(answer) or "表单过期" in words(answer)
    )


def test_only_a_shop_of_made_up_things_says_so(guest, settings, db):
    settings.DEMO = "none"
    assert "演示数据" not in words(guest.get("/zh/about/"))
    settings.DEMO = "small"
    assert "演示数据 / demo data" in words(guest.get("/en/about/"))


def test_a_manager_previews_what_nobody_else_sees_yet(guest, shelf):
    Product.objects.filter(pk=shelf.product.pk).update(state="draft", published_at=None)
    path = f"/en/p/{shelf.product.slug}/"
    assert signed_in(shelf.manager).get(path + "?preview=true").status_code == 200
    assert signed_in(shelf.manager).get(path).status_code == 404
    assert signed_in(shelf.buyer).get(path + "?preview=true").status_code == 404
    assert guest.get(path + "?preview=true").status_code == 404


def queries(client: Client, path: str) -> int:
    client.get(path)  # what a process learns once: documents, regions
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_busiest_pages_ask_the_database_so_often_whatever_is_on_the_shelf(guest, shelf, settings):
    settings.API_ANSWER_CACHE = False
    paths = ("/en/", "/en/shop/", f"/en/p/{shelf.product.slug}/")
    before = [queries(guest, path) for path in paths]
    for _ in range(7):
        for lot in (a_lot(a_variant(a_product(a_team()))) for _ in range(2)):
            a_lot(lot.variant)
    from catalog import search

    search.engine().rebuild()
    after = [queries(guest, path) for path in paths]
    assert after == [HOME, CATALOGUE, PRODUCT] and all(b <= a for b, a in zip(before, after, strict=True))


def test_whatever_stands_in_an_address_is_read_or_left_aside(guest, shelf):
    """Numbers, cursors and texts of any kind in a page's address: none breaks it, none keeps it busy."""
    odd = [
        "1e9999999",
        "9" * 3000,
        "NaN",
        "-1",
        "1_0",
        "\u3164",
        "WyJORVdFU1QiLFtbIm4iLCIxZTYwMDAwMCJdLFsiaSIsMV1dXQ",
    ]
    names = {
        "": "home",
        "shop": "catalogue",
        f"p/{shelf.product.slug}": "product",
        f"t/{shelf.product.team.slug}": "team",
    }
    names |= {
        name: name for name in ("teams", "contest", "groups", "cart", "checkout", "suggestions", "desk")
    }
    asked = {"guest": guest, "manager": signed_in(shelf.manager)}
    for page, name in names.items():
        document = pages()[name].document
        for variable in variables_of(document) if exists(document) else ():
            for value in odd:
                began = time.process_time()
                reply = asked["manager" if page == "desk" else "guest"].get(
                    f"/en/{page}/".replace("//", "/"), {variable: value}
                )
                assert reply.status_code in (200, 302, 404), (page, variable, value[:20])
                assert time.process_time() - began < 2
