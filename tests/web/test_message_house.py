"""The message house as a step of the set-up: what it lacks, what a text costs, and whether one arrives."""

import pytest

from accounts.models import NumberDay, Shop
from accounts.texting import NotSent
from accounts.texting.ours import ours
from shop.env import texts as settings_of
from tests import texts
from tests.catalog.world import an_operator
from tests.web.conftest import signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db
PATH = "/zh/set-up/texting/"
BACK = {"next": PATH, "back": PATH, "lang": "zh"}


@pytest.fixture
def her():
    texts.SENT.clear()
    return signed_in(an_operator())


def test_a_text_goes_out_and_its_code_comes_back(her):
    post(her, "send_text", mobile="171 1234 5678", **BACK)
    (text,) = texts.SENT
    assert (text.to, text.template) == ("+8617112345678", "code")
    assert NumberDay.objects.get(number=text.to).sent == 1
    post(her, "confirm_text", code="000000" if text.facts["code"] != "000000" else "111111", **BACK)
    assert Shop.objects.get().text_checked_at is None and "不是短信里的那个码" in words(her.get(PATH))
    post(her, "confirm_text", code=text.facts["code"], **BACK)
    assert Shop.objects.get().text_checked_at and "短信能送到" in words(her.get(PATH))
    post(her, "send_text", mobile="17112345678", **BACK)
    assert len(texts.SENT) == 1, "one a minute, as any code"


def test_what_the_house_says_is_told_and_the_number_is_not(her, monkeypatch, caplog):
    monkeypatch.setattr(texts.Outbox, "refuses", NotSent("the house says 200 isv.SMS_SIGNATURE_ILLEGAL"))
    post(her, "send_text", mobile="17112345678", **BACK)
    page = words(her.get(PATH))
    assert "isv.SMS_SIGNATURE_ILLEGAL" in page and 'value="17112345678"' in page
    assert "17112345678" not in caplog.text


def test_the_page_tells_what_is_missing_and_what_a_text_costs_and_never_the_keys(her, settings):
    url = "aliyun://THEKEY:THESECRET@/?sign=禾束&price=0.045&code.zh=SMS_1&order_paid.zh=SMS_2"
    settings.TEXT_HOUSE = settings_of(url)
    assert settings.TEXT_HOUSE["options"]["templates"] == {"code.zh": "SMS_1", "order_paid.zh": "SMS_2"}
    page = words(her.get(PATH))
    assert "¥0.045" in page and "禾束" in page and "THEKEY" not in page and "THESECRET" not in page
    assert {text.name: text.is_there for text in ours()}["order_paid"]
    assert not {text.name: text.is_there for text in ours()}["parcel_sent"]
    assert f"订单 ${{order}} 已付款 ${{amount}}。看进度：{settings.SITE_URL}/o/${{key}}" in page
    settings.TEXT_HOUSE = settings_of("")
    page = words(her.get("/en/set-up/texting/"))
    assert "It can be tried once SMS_URL is set." in page and "/do/send_text/" not in page
    assert "/en/set-up/texting/" in words(her.get("/en/set-up/"))


def test_it_is_whoever_keeps_the_shops_alone(client):
    assert "/sign-in/" in client.get(PATH)["Location"]
