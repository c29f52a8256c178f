"""The notice comes before the provider's reply, after it, or never: a payment ends as one paid order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from orders.actions import reconcile
from orders.models import Order, Payment, Refund
from orders.provider.stripe import StripeProvider
from tests.figures import figure, full, progress
from tests.impact.world import a_lot as a_grown_lot
from tests.orders.world import PAID, Buyer, events, key, post, row, session_of
from tests.together.world import at_rest

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("whole_shop"),
    pytest.mark.proof,
]

PAYMENT = "payment { url }"


@pytest.fixture
def moments(
    till: Any, a_stand: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Callable[[Buyer, Any], None]]:
    """Ways to pay an order, by when the provider tells of it."""

    def found() -> None:
        waiting = Payment.objects.filter(state="created")
        waiting.update(created_at=F("created_at") - timedelta(minutes=1), checked_at=None)
        assert reconcile.all_waiting()["payments"] == 1

    def before(buyer: Buyer, order: dict[str, Any]) -> None:
        begin = StripeProvider.begin

        def slow(self: StripeProvider, asked: Any) -> Any:
            begun = begin(self, asked)
            till.pay(begun.page_ref, "alipay")
            assert post(events(a_stand, PAID)[-1]) == 200
            return begun

        with monkeypatch.context() as patch:
            patch.setattr(StripeProvider, "begin", slow)
            answer = buyer.do("paymentBegin", PAYMENT, **order, idempotencyKey=key())
        # By no id of ours could the notice's session be found yet: whoever asks later settles it.
        assert answer["errors"] == [] and row(order).state == "placed"
        found()

    def after(buyer: Buyer, order: dict[str, Any]) -> None:
        till.pay(session_of(buyer.begin(order)), "alipay")
        assert post(events(a_stand, PAID)[-1]) == 200

    def never(buyer: Buyer, order: dict[str, Any]) -> None:
        till.pay(session_of(buyer.begin(order)), "alipay")
        found()

    return {"before the reply": before, "after it": after, "never": never}


def test_a_notice_before_the_reply_after_it_or_never_pays_the_order_once(moments, a_stand, no_rates):
    trials, lot = full(200, 3), a_grown_lot(units=1_000)
    for trial in range(trials):
        progress(f"{trial} of {trials} trials")
        for pay in moments.values():
            buyer = Buyer()
            order = buyer.place(lot)
            pay(buyer, order)
            assert row(order).state == "paid"
    count = trials * len(moments)
    assert Order.objects.filter(state="paid").count() == Payment.objects.filter(is_kept=True).count() == count
    assert len(a_stand.store.select("charge", [], 10_000)) == count and not Refund.objects.exists()
    at_rest()
    figure(
        "payment/order",
        f"{trials} payments each, told {', '.join(moments)}: {count} orders paid once, 0 refunds "
        "(the first and the last are found by the reconciler)",
    )
