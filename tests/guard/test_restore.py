"""A backup taken in the midst of everything, opened beside the provider that has gone on: nothing happens twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core import mail
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from core.deliveries import drain, unpark
from core.models import Delivery
from impact.actions import standings
from impact.models import Attribution, LedgerTransaction
from local import house
from orders.actions import reconcile
from orders.models import Order, Payment, Refund
from tests import servers
from tests.catalog.world import a_lot
from tests.figures import figure
from tests.orders.world import Buyer, events, key, post, session_of, tell
from tests.together.world import pay_at_the_till

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("the_whole_shop"),
    pytest.mark.proof,
]
PAID = "checkout.session.completed"


class Shop:
    """Orders in every state that a backup may find."""

    def __init__(self, control: Any, stand: Any):
        self.till, self.stand = control, stand
        self.lot = a_lot(units=50)
        self.done, self.told, self.begun, self.returning = (self.order(f"{n}@example.com") for n in range(4))
        self.pay(self.done)
        self.pay(self.returning)
        drain()  # these two are finished: paid, mailed, attributed, folded
        self.page = session_of(Buyer().begin(self.begun))  # a payment begun, not paid
        Buyer().done("orderCancel", **self.returning, idempotencyKey=key())  # its refund waits in the outbox
        self.pay(self.told)  # its letters and its standing wait in the outbox

    def order(self, email: str) -> dict[str, Any]:
        return Buyer().place(self.lot, email=email)

    def pay(self, order: dict[str, Any]) -> None:
        pay_at_the_till(self.till, Buyer(), order)
        tell(self.stand, PAID)

    def moved(self) -> Counter[str]:
        """What the provider moved: payments that came, refunds that were given, fen by fen."""
        found: Counter[str] = Counter()
        for event in events(self.stand, PAID, "refund.created"):
            thing = event["data"]["object"]
            found[f"{event['type']} {thing.get('amount_total', thing.get('amount'))}"] += 1
        return found


def letters() -> Counter[tuple[str, str]]:
    return Counter((message.to[0], message.subject) for message in mail.outbox)


def offences() -> set[tuple[str, str]]:
    return {(one.rule, one.noun) for name in live.VERIFIERS for one in import_string(name)()}


def manage(*args: str, data: Path) -> str:
    env = servers.servers().environment(servers.own_database())
    # The test's stand-in keeps its own state; a restore beside it must find it as it is by now.
    return house.manage(env | {"DATA_DIR": str(data), "STRIPE_API_BASE": "https://provider.example"}, *args)


@contextmanager
def opened(database: str) -> Iterator[None]:
    """Within it the worker and the web are those of the restored shop."""
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = before | {"NAME": database}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


@pytest.fixture
def restored() -> Iterator[str]:
    name = servers.own_database() + "_again"
    servers.servers().mine.append(name)
    yield name
    servers.servers().drop(name)


def test_after_a_restore_nothing_is_charged_mailed_or_attributed_twice(till, a_stand, tmp_path, restored):
    shop = Shop(till, a_stand)
    waiting = set(Delivery.objects.filter(done_at=None).values_list("reaction", flat=True))
    assert {"orders.tasks.submit_refund", "orders.letters.send_confirmation"} <= waiting
    manage("backup", str(tmp_path / "kept"), data=tmp_path)

    # The shop goes on for a moment after the backup, and is lost: then a buyer pays the page she had open.
    drain()
    assert (first_letters := letters())
    shop.till.pay(shop.page, "alipay")
    moved = shop.moved()

    manage("restore", str(tmp_path / "kept"), "--into", restored, data=tmp_path / "elsewhere")
    with opened(restored):
        mail.outbox.clear()
        work(shop)
        # What reached outside waits for a person; nothing was mailed again, nothing moved again.
        parked = set(Delivery.objects.filter(done_at=None).values_list("reaction", flat=True))
        assert "orders.letters.send_confirmation" in parked and "orders.tasks.submit_refund" in parked
        assert not {one for one in letters() if first_letters[one]}, letters()
        assert shop.moved() == moved
        # The money that came while nobody listened is found, once; its buyer hears of it, once.
        late = Order.objects.get(number=shop.begun["number"])
        assert late.state == "paid" and set(letters().values()) == {1}
        assert {to for to, _ in letters()} == {"2@example.com"}
        # A person lets the refund go: the provider knows its key, so the buyer has it once.
        unpark("orders.tasks.submit_refund")
        work(shop)
        assert shop.moved() == moved
        (refund,) = Refund.objects.all()
        assert refund.state == "succeeded"
        shared = LedgerTransaction.objects.filter(reason="paid").values_list("order_uid", flat=True)
        assert sorted(shared) == sorted(Order.objects.values_list("uid", flat=True))  # each once
        sums = [
            sum(Attribution.objects.filter(transfer__line__order=o).values_list("amount_minor", flat=True))
            for o in Order.objects.all()
        ]
        assert sums.count(0) == 1 and len(set(sums)) == 2  # the one given back, and three alike
        # All that is left to say is that letters were set aside for a person.
        assert offences() == {("I8", "Delivery")}
        Delivery.objects.filter(done_at=None).update(done_at=timezone.now())
        assert offences() == set()
    figure(
        "restore/restored",
        f"a backup amid {len(waiting)} kinds of waiting deliveries, a payment begun and a refund asked: after the restore"
        f" {sum(moved.values())} movements at the provider as before, {sum(first_letters.values())} letters not sent again,"
        " each order attributed once; verify clean",
    )


def work(shop: Shop) -> None:
    """A worker's while: the outbox, every notice once more, and what the reconciler asks about."""
    drain()
    for event in events(shop.stand):
        assert post(event) == 200
    ago = timedelta(hours=1)
    Payment.objects.update(created_at=F("created_at") - ago, checked_at=None)
    Refund.objects.filter(state="pending").update(requested_at=F("requested_at") - ago)
    reconcile.all_waiting()
    drain()
    standings.fold()
