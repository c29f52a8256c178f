"""Who sells and how somebody is reached stands on every page and mail: what the opening's settings say, and no more."""

import pytest
from django.core import mail as sent
from django.test import Client

from accounts import mail
from accounts.models import Shop
from accounts.shop import forget
from tests.web.conftest import signed_in
from tests.web.test_pages import words
from tests.web.test_structured import data_of

pytestmark = pytest.mark.django_db
FACTS = {
    "entity": "示例禾束商贸有限公司",
    "licence_number": "91420000EXAMPLE001",
    "food_licence_number": "JY1420000EXAMPLE",
    "filing_number": "鄂ICP备示例号",
    "address": "示例市示例路 8 号",
    "phone": "027 0000 0000",
    "email": "hello@shop.example",
    "hours": "9:00–18:00",
}


@pytest.fixture
def named(shelf):
    Shop.objects.update(**FACTS)
    forget()
    yield shelf
    forget()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_who_sells_and_how_they_are_reached(named, language):
    guest, her = Client(), signed_in(named.buyer)
    pages = [
        (guest, path) for path in ("", "cart/", "sign-in/", "help/", "no/such/", f"p/{named.product.slug}/")
    ]
    for client, path in [*pages, (her, "account/"), (her, "checkout/")]:
        page = words(client.get(f"/{language}/{path}"))
        foot = page.split('class="foot"')[1]
        assert all(fact in foot for fact in FACTS.values()), (
            path,
            [f for f in FACTS.values() if f not in foot],
        )
        assert 'href="tel:02700000000"' in foot and 'href="mailto:hello@shop.example"' in foot
    assert 'id="contact"' in words(guest.get(f"/{language}/help/"))
    shop = data_of(words(guest.get(f"/{language}/")))[0]
    assert (shop["legalName"], shop["telephone"], shop["email"]) == (
        FACTS["entity"],
        FACTS["phone"],
        FACTS["email"],
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_mail_says_so_too(named, language):
    mail.send("her@example.com", language, "welcome", {"link": "x", "name": ""})
    body = sent.outbox[-1].body
    told = set(FACTS.values()) - {FACTS["filing_number"], FACTS["address"]}
    assert all(fact in body for fact in told), body


def test_what_was_not_said_is_not_shown(shelf):
    Shop.objects.update(**dict.fromkeys(FACTS, ""))
    forget()
    foot = words(Client().get("/en/")).split('class="foot"')[1]
    assert "tel:" not in foot and "mailto:" not in foot and "licence" not in foot
    mail.send("her@example.com", "en", "welcome", {"link": "x", "name": ""})
    assert "licence" not in sent.outbox[-1].body and "\n\n\n" not in sent.outbox[-1].body
    forget()
