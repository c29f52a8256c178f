"""From the first operator to the open shop, by its pages; and money that is real is never beside money that is not."""

import re
import time

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import shop as shop_facts
from accounts.actions.appointment import run_the_shop
from accounts.mail import send
from accounts.models import Person, Shop
from core.fast import changes
from orders import checks
from orders import provider as providers
from orders.models import Notice, Order, PaymentTrial, ShippingRate
from orders.reads import shipping
from orders.reads.mode import key_faults
from shop.web import once
from shop.web.sheet import sheet
from tests.catalog.test_picture import a_photo
from tests.catalog.world import a_team
from tests.orders.world import at_rest, events, post
from tests.shop.opening import a_new_shop, read_anew

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("the_whole_shop")]
FACTS = {
    "nameZh": "秭归助农",
    "nameEn": "Zigui Direct",
    "entity": "秭归县助农有限公司",
    "phone": "0717-2888888",
    "returnAddress": "秭归县茅坪镇 1 号",
    "filingNumber": "鄂ICP备2026000001号",
    "mailSender": "",
    "email": "",
}


@pytest.fixture(autouse=True)
def new_shop(monkeypatch):
    from accounts import shop

    monkeypatch.setattr(shop, "_SECONDS", -1.0)  # each look asks the table
    with a_new_shop():
        yield


@pytest.fixture
def her() -> Client:
    """The shop's first operator."""
    person = Person.objects.create_user("first@example.com", "x", email_verified_at=timezone.now())
    run_the_shop(person)
    Shop.objects.update(set_up_closed_at=timezone.now())
    client = Client()
    client.force_login(person)
    return client


def keys(settings, key: str, base: str = "https://api.stripe.com", secret: str = "whsec_x") -> None:
    """The server is started with these."""
    options = {"key": key, "base": base, "secret": secret}
    one = {**settings.PAYMENT_PROVIDERS["stripe"], "options": options}
    settings.PAYMENT_PROVIDERS = {"stripe": one}


def missing(client: Client, language: str = "en") -> list[str]:
    page = client.get(f"/{language}/set-up/").content.decode()
    listed = page.partition("What is missing:")[2].partition("</ul>")[0]
    return re.findall(r"<li><a[^>]*>\s*([^<]*?)\s*</a>", listed)


def tried(client: Client) -> bool:
    """Whether the checklist takes the payments for tried."""
    page = client.get("/en/set-up/").content.decode()
    return re.findall(r'class="tag[^>]*>\s*(\S+)', page)[3] == "Done"


def write_facts(client: Client) -> None:
    assert client.post("/do/save_shop/", {**FACTS, "next": "/zh/set-up/"}).status_code == 302


def confirm_texts(client: Client, **more: str) -> None:
    page = client.get("/zh/set-up/texts/").content.decode()
    found = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', page))
    assert len(found) == 6 and all(found.values())
    client.post("/do/confirm_texts/", {**found, "next": "/zh/set-up/", **more})


def check_mail(client: Client) -> None:
    client.post("/do/send_letter/", {"next": "/zh/set-up/mail/"})
    code = re.search(r"[2-9A-Z]{6}", mail.outbox[-1].subject)
    assert code and mail.outbox[-1].to == ["first@example.com"]
    client.post("/do/confirm_letter/", {"code": "AAAAAA", "next": "/zh/set-up/"})
    assert read_anew().mail_checked_at is None
    client.post("/do/confirm_letter/", {"code": code[0].lower(), "next": "/zh/set-up/"})
    assert read_anew().mail_checked_at


def test_what_is_written_of_the_shop_is_on_its_pages_in_its_mails_and_in_its_api(her):
    write_facts(her)
    check_mail(her)
    Shop.objects.update(opened_at=timezone.now(), mode="live")
    read_anew()
    guest = Client()
    page = guest.get("/zh/terms/").content.decode()
    assert "秭归助农" in page and "秭归县助农有限公司" in page and "鄂ICP备2026000001号" in page
    assert "尚未审阅" in page and "demo" not in page and "示例" not in page
    assert re.search(r"<title>[^<]*· 秭归助农\s*</title>", page)
    letter = mail.outbox[-1]
    assert letter.from_email.startswith("=?utf-8?") and "秭归助农 · http" in letter.body
    body = {"query": "{ shop { name entity mode areTextsReviewed } }"}
    told = guest.post(
        "/graphql?language=en", body, content_type="application/json", HTTP_ACCEPT_LANGUAGE="en"
    )
    facts = {"name": "Zigui Direct", "entity": FACTS["entity"], "mode": "LIVE", "areTextsReviewed": False}
    assert told.json()["data"]["shop"] == facts


def test_its_logo_is_on_every_page_in_place_of_the_houses(her, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    her.post(
        "/do/upload_logo/", {"photo": SimpleUploadedFile("x.png", b"no picture"), "next": "/zh/set-up/facts/"}
    )
    assert read_anew().logo == ""
    for _ in range(2):
        her.post("/do/upload_logo/", {"photo": a_photo(), "next": "/zh/set-up/facts/"})
    assert f'src="/media/{read_anew().logo}"' in her.get("/zh/set-up/facts/").content.decode()
    assert len(list((tmp_path / "pictures").iterdir())) == 1


def test_a_changed_fact_is_known_within_a_second_and_costs_nothing_where_changes_are_looked_at(
    monkeypatch, django_assert_num_queries
):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(shop_facts, "_SECONDS", 1.0)
    changes.feed.forget()
    changes.feed.look()
    shop_facts.forget()
    with django_assert_num_queries(1):
        assert [shop_facts.this_shop().name_zh for _ in range(3)] == [""] * 3
    now[0] += 30
    changes.feed.look()  # as each page of a guest does
    with django_assert_num_queries(0):
        assert shop_facts.this_shop().name_zh == ""
    Shop.objects.update(name_zh="甲")
    now[0] += 0.01
    changes.feed.look(True)
    assert shop_facts.this_shop().name_zh == "甲"  # at once, where somebody has looked
    Shop.objects.update(name_zh="乙")
    now[0] += 1.1  # nobody has: a second later the row is read again
    with django_assert_num_queries(1):
        assert shop_facts.this_shop().name_zh == "乙"


def test_a_page_that_is_kept_for_guests_is_not_given_to_them_under_the_name_of_before(her):
    Shop.objects.update(name_zh="旧名", name_en="Old", opened_at=timezone.now(), mode="live")
    read_anew()
    guest = Client()
    assert "旧名" in guest.get("/zh/").content.decode() and "旧名" in guest.get("/zh/").content.decode()
    write_facts(her)
    seen = guest.get("/zh/").content.decode()
    assert "秭归助农" in seen and "旧名" not in seen


def test_it_opens_when_nothing_is_missing_and_says_what_is(her, till):
    assert len(missing(her)) == 7
    her.post("/do/open_shop/", {"next": "/zh/set-up/"})
    assert read_anew().opened_at is None and Client().get("/zh/").status_code == 503
    write_facts(her)
    check_mail(her)
    confirm_texts(her, isRead="true")
    assert missing(her) == ["Shipping rates that you have gone through", "There is no category yet"]
    her.post("/do/confirm_rates/", {"next": "/zh/set-up/"})
    her.post("/do/put_up_categories/", {"slugs": ["fruit", "tea"], "next": "/zh/set-up/"})
    assert missing(her) == []
    her.post("/do/open_shop/", {"next": "/zh/set-up/"})
    shop = read_anew()
    assert shop.opened_at and shop.mode == "stand_in" and not shop.link_sha256
    page = Client().get("/zh/")
    assert page.status_code == 200 and "支付是替身" in page.content.decode()


@pytest.mark.parametrize(("key", "mode"), [("sk_live_1", "live"), ("sk_test_1", "test")])
def test_no_shop_opens_with_the_default_texts_that_nobody_has_read(her, settings, key, mode):
    keys(settings, key)
    write_facts(her)
    check_mail(her)
    her.post("/do/confirm_rates/", {"next": "/zh/set-up/"})
    her.post("/do/put_up_categories/", {"slugs": ["fruit"], "next": "/zh/set-up/"})
    (why,) = missing(her)
    assert why.startswith("Returns, terms and privacy are the unreviewed defaults")
    her.post("/do/open_shop/", {"next": "/zh/set-up/"})
    assert read_anew().opened_at is None
    confirm_texts(her)  # nothing ticked
    assert read_anew().texts_reviewed_at is None
    confirm_texts(her, isRead="true")
    her.post("/do/open_shop/", {"next": "/zh/set-up/"})
    shop = read_anew()
    assert shop.opened_at and shop.mode == mode and shop.texts_reviewed_by.email == "first@example.com"
    page = Client().get("/zh/").content.decode()
    assert "替身" not in page and ("测试店铺" in page) is (mode == "test")


def test_who_does_not_run_the_shop_reads_and_writes_none_of_it(her):
    buyer = Client()
    buyer.force_login(Person.objects.create_user("b@example.com", "x", email_verified_at=timezone.now()))
    for page in ("facts", "texts", "mail", "payments", "shipping", "categories"):
        assert buyer.get(f"/zh/set-up/{page}/").status_code == 404
    for act in ("save_shop", "send_letter", "open_shop", "begin_trial", "confirm_rates"):
        buyer.post(f"/do/{act}/", {**FACTS, "next": "/zh/set-up/"})
    shop = read_anew()
    assert (shop.entity, shop.opened_at, len(mail.outbox), PaymentTrial.objects.count()) == ("", None, 0, 0)


def test_a_tried_payment_and_its_refund_make_no_order_and_touch_no_ledger(her, till, a_stand):
    begun = her.post("/do/begin_trial/", {"next": "/zh/set-up/payments/"})
    trial = PaymentTrial.objects.get()
    assert begun.headers["Location"] == trial.url and trial.mode == "stand_in"
    form = {
        "id": her.get("/zh/set-up/payments/").content.decode().split('name="id" value="')[1].split('"')[0]
    }
    her.post("/do/refund_trial/", {**form, "next": "/zh/set-up/payments/"})
    assert PaymentTrial.objects.get().refund_was == "" and not tried(
        her
    )  # not paid yet: nothing to give back
    till.pay(trial.page_ref, "card")
    for event in events(a_stand):
        assert post(event) == 200  # while the shop is shut
    for act in ("look_at_trial", "refund_trial", "refund_trial"):
        her.post(f"/do/{act}/", {**form, "next": "/zh/set-up/payments/"})
    trial.refresh_from_db()
    assert (trial.payment_was, trial.refund_was) == ("succeeded", "succeeded") and tried(her)
    assert len(a_stand.store.select("refund", [], 10)) == 1
    page = her.get("/en/set-up/payments/").content.decode()
    assert "Paid, and given back" in page and "its signature held" in page
    assert (
        Order.objects.count() == 0
        and Notice.objects.exclude(handled_at=None).count() == Notice.objects.count()
    )
    at_rest()


HEAD = "团队代码,储存,省份,送货,首重（克）,首重运费（元）,续重（克）,续重运费（元）\n"


def test_rates_come_from_a_file_that_is_looked_at_first_and_a_teams_own_go_before_the_shops(her):
    team = a_team(code="HB90", slug="hb90")

    def look(rows: str) -> str:
        file = SimpleUploadedFile("rates.csv", (HEAD + rows).encode("gb18030"))
        here = "/zh/set-up/shipping/"
        her.post("/do/look_at_rates/", {"file": file, "next": here, "back": here, "lang": "zh"})
        return her.get(here).content.decode()

    before = ShippingRate.objects.count()
    page = look("HB90,常温,,是,1000,3.50,1000,0.5\nHB91,常温,湖北省,是,1000,3.505,1000,1\n")
    assert "1 条可以导入，2 处有错" in page
    assert "第 3 行 A 列“团队代码”：没有这个代码的团队。" in page and "第 3 行 F 列" in page
    assert 'name="rates"' not in page and ShippingRate.objects.count() == before

    page = look("HB90,常温,,是,1000,3.50,1000,0.5\nHB90,常温,上海市,否,0,0,1,0\n")
    sealed = page.split('name="rates" value="')[1].split('"')[0]
    assert ShippingRate.objects.count() == before
    her.post("/do/import_rates/", {"rates": sealed, "next": "/zh/set-up/shipping/"})
    shipping.forget()
    sent = shipping.parcels(
        {(team.pk, "dry"): 1500, (team.pk + 1, "dry"): 1500, (team.pk, "fresh"): 1}, "420106"
    )
    assert [parcel.minor for parcel in sent] == [400, 500, 600]  # its own; the shop's; the shop's
    assert not shipping.parcels({(team.pk, "dry"): 1}, "310101")[0].is_served
    her.post("/do/import_rates/", {"rates": sealed[:-4] + "AAAA", "next": "/zh/"})  # not what was looked at
    her.post("/do/import_rates/", {"rates": once.sealed({"form": {}}), "next": "/zh/"})  # of another sort
    assert ShippingRate.objects.filter(team=team).count() == 2
    ShippingRate.objects.filter(team=team).delete()
    team.delete()


@pytest.mark.parametrize("mode", ["stand_in", "test", "live"])
def test_where_no_real_money_moves_pages_mails_and_files_say_so(her, mode):
    Shop.objects.update(opened_at=timezone.now(), mode=mode)
    read_anew()
    said = {"stand_in": "支付是替身：这里不动任何真钱。", "test": "测试店铺：支付在测试模式", "live": ""}[
        mode
    ]
    page, desk = Client().get("/zh/").content.decode(), her.get("/zh/account/").content.decode()
    send("first@example.com", "zh", "shop_letter", {"code": "KX37QP"})
    file = sheet("list", ["n"], [[1], [2]])
    rows = file.content.decode().splitlines()
    name = file.headers["Content-Disposition"]
    told = [page, desk, mail.outbox[-1].body, *rows[1:]]
    if said:
        assert all(said in text for text in told) and f'"{mode}-list-' in name
    else:
        assert not any(word in text for text in (*told, *rows, name) for word in ("替身", "测试", "款项"))


@pytest.mark.parametrize(
    ("key", "base", "secret", "said"),
    [
        ("pk_live_1", "https://api.stripe.com", "whsec_1", "publishable key (pk_live"),
        ("sk_live_1", "http://127.0.0.1:8001", "whsec_1", "live key, and STRIPE_API_BASE"),
        ("", "https://api.stripe.com", "whsec_1", "STRIPE_API_KEY is not set"),
        ("sk_test_1", "https://api.stripe.com", "", "STRIPE_WEBHOOK_SECRET is not set"),
        ("sk_test_1", "https://api.stripe.com", "sk_test_1", "begins with whsec_"),
        ("rk_live_1", "https://api.stripe.com", "whsec_1", ""),
    ],
)
def test_keys_that_do_not_fit_each_other_are_named(settings, key, base, secret, said):
    keys(settings, key, base, secret)
    told = [words.in_language("en") for words in key_faults()]
    assert len(told) == bool(said) and said in "".join(told)


def test_a_shop_does_not_start_with_keys_of_another_mode_than_it_was_opened_with(settings):
    keys(settings, "sk_test_1")
    assert checks.check_mode() == []  # not opened yet: of no mode
    Shop.objects.update(opened_at=timezone.now(), set_up_closed_at=timezone.now(), mode="test")
    assert checks.check_mode() == []
    keys(settings, "sk_live_1")
    (error,) = checks.check_mode()
    assert "in mode “Test”" in error.msg and "of mode “Live”" in error.msg
    with pytest.raises(SystemExit, match="one mode for good"):
        checks.refuse_other_mode()
    providers._made.cache_clear()
