"""A guest's mailbox is proved by what only that mailbox was sent, never by what whoever ordered was handed."""

import re
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from accounts.actions.person import verify_email
from core.deliveries import drain
from core.models import OutboxEvent
from orders.actions.proof import join, prove
from orders.links import is_proof, proof_for
from orders.models import Order
from orders.reads.proof import is_proved
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_lot, a_person, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


def mailed(address: str = "buyer@example.com") -> dict[str, str]:
    """Number, token and proof in the link of the mail that asks whose mailbox it is."""
    drain()
    (told,) = [m for m in mail.outbox if m.to == [address] and "proof=" in m.body]
    (link,) = re.findall(r"http\S*proof=\S+", told.body)
    parts = urlsplit(link)
    return {
        "number": parts.path.split("/")[3],
        **{name: value for name, (value,) in parse_qs(parts.query).items()},
    }


def proved() -> list[str]:
    return [e.payload for e in OutboxEvent.objects.filter(name="BuyerProved")]


def test_the_mails_link_proves_the_mailbox_and_says_so_once(till, a_stand):
    sold = Sold(till, a_stand)
    assert not is_proved(sold.row)
    link = mailed()
    for _ in range(2):
        assert Buyer().do("orderProve", "order { number }", **link)["errors"] == []
    assert is_proved(sold.row)
    assert proved() == [{"order_id": sold.row.pk}]


def test_what_whoever_ordered_was_handed_proves_nothing(till, a_stand):
    sold = Sold(till, a_stand)
    token = sold.order["token"]
    for proof in (None, "", token, token[:22], "A" * 22, "é", proof_for(sold.row)[:-1]):
        assert sold.buyer.refused("orderProve", **sold.order, proof=proof) == "INVALID"
    assert (
        sold.buyer.refused("orderProve", number=sold.order["number"], proof=proof_for(sold.row))
        == "NOT_FOUND"
    )
    assert not is_proved(sold.row) and proved() == []
    # Nothing that is told of the order to its placer carries the proof, the provider's return least of all.
    assert proof_for(sold.row) not in str(sold.seen) + str(list(sold.row.payments.values()))


def test_another_order_under_the_same_address_is_proved_by_itself_alone():
    first, second = row(Buyer().place(a_lot())), row(Buyer().place(a_lot()))
    assert first.email == second.email and proof_for(first) != proof_for(second)
    assert not is_proof(second, proof_for(first))
    first.email = "another@example.com"
    assert not is_proof(first, proof_for(row({"number": first.number})))


def test_whoever_is_signed_in_with_the_confirmed_address_needs_no_proof(till, a_stand):
    sold = Sold(till, a_stand)
    owner, stranger = a_person(email="buyer@example.com"), a_person()
    assert Buyer(stranger).refused("orderProve", **sold.order) == "INVALID"
    type(owner).objects.filter(pk=owner.pk).update(email_verified_at=None)
    owner.refresh_from_db()
    assert Buyer(owner).refused("orderProve", **sold.order) in ("INVALID", "SIGN_IN_REQUIRED")
    type(owner).objects.filter(pk=owner.pk).update(email_verified_at=sold.row.placed_at)
    owner.refresh_from_db()
    assert Buyer(owner).do("orderProve", "order { number }", **sold.order)["errors"] == []
    assert is_proved(sold.row)


def test_an_order_that_is_proved_while_its_mailbox_becomes_an_accounts_is_found(till, a_stand):
    sold = Sold(till, a_stand)
    owner = a_person(email="buyer@example.com", email_verified_at=None)
    found = []

    def confirm():
        verify_email(owner)
        found.append(join(owner))
        connection.close()

    thread = Thread(target=confirm)
    with transaction.atomic():
        prove(sold.row, proof_for(sold.row))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it waits for what is just being proved"
    thread.join(10)
    assert found == [1] and proved() == [{"order_id": sold.row.pk}] * 2


def test_an_accounts_order_is_its_owners_all_along(till, a_stand):
    buyer = Buyer(a_person())
    sold = Sold(till, a_stand, buyer)
    assert is_proved(sold.row)
    drain()
    assert not [m for m in mail.outbox if "proof=" in m.body]
    assert buyer.do("orderProve", "order { number }", **sold.order, proof="x")["errors"] == []
    assert proved() == [] and Order.objects.get().buyer_proved_at is None


@pytest.mark.parametrize("lang, words", [("zh", "是我的邮箱"), ("en", "Yes, it is mine")])
def test_the_page_that_the_link_opens_asks_and_looking_alone_says_nothing(till, a_stand, lang, words):
    sold = Sold(till, a_stand)
    link = mailed()
    client = Client()
    page = f"/{lang}/order/{link['number']}/?token={link['token']}"
    assert words not in client.get(page).content.decode()
    shown = client.get(f"{page}&proof={link['proof']}").content.decode()
    assert words in shown and not is_proved(sold.row)
    answer = client.post("/do/prove_order/", {**link, "next": page, "lang": lang})
    assert answer.status_code == 302 and answer["Location"] == page
    assert is_proved(sold.row)
