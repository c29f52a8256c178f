"""What the demo has sold is known to the stand-in for Stripe too, by ids as Stripe's are; it answers on Stripe's address."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from django.db.models import Prefetch

from orders.models import Payment, Refund
from orders.provider.port import PaymentSeen, RefundSeen, Was

# A proxy of the environment must not stand between this machine and itself.
OPENER = build_opener(ProxyHandler({}))
PATIENCE_SECONDS = 60


def import_payments(base: str, rows: Iterable[dict[str, Any]]) -> None:
    """Payments and refunds that have happened, a line of JSON each; those it knows already are skipped.

    Raises urllib's HTTPError where a row is refused: none of them is taken then.
    """
    lines = "\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    request = Request(f"{base}/_control/import", lines.encode(), {"Content-Type": "application/json"})
    OPENER.open(request, timeout=PATIENCE_SECONDS).close()


def as_paid(attempt: Payment, method: str) -> PaymentSeen:
    """An attempt of the demo's as if it had been paid there."""
    name = attempt.uid.hex
    return PaymentSeen(
        Was.SUCCEEDED, attempt.amount_minor, method=method,
        page_ref=f"cs_test_demo{name}", payment_ref=f"pi_demo{name}",
    )  # fmt: skip


def as_refunded(made: Refund) -> RefundSeen:
    """A refund of the demo's as if it had been given there."""
    return RefundSeen(Was.SUCCEEDED, f"re_demo{made.uid.hex}", made.amount_minor)


PAYMENTS = Payment.objects.filter(payment_ref__startswith="pi_demo").order_by("pk")
REFUNDS = Refund.objects.filter(provider_id__startswith="re_demo").order_by("pk")


def known_elsewhere(size: int) -> Iterator[list[dict]]:
    """The demo's payments, each followed by its refunds, as the stand-in is told of them: so many rows at once."""
    rows: list[dict] = []
    for row in (
        PAYMENTS.select_related("order").prefetch_related(Prefetch("refunds", REFUNDS.all())).iterator(size)
    ):
        rows += [_paid_row(row), *(_refund_row(row, refunded) for refunded in row.refunds.all())]
        if len(rows) >= size:
            yield rows
            rows = []
    if rows:
        yield rows


def _paid_row(paid: Payment) -> dict:
    return {
        "type": "payment", "id": paid.payment_ref, "amount": paid.received_minor, "method": paid.method,
        "created": int((paid.succeeded_at or paid.created_at).timestamp()), "session": paid.page_ref,
        "client_reference_id": str(paid.order.uid), "metadata": {"order": str(paid.order.uid)},
    }  # fmt: skip


def _refund_row(paid: Payment, refunded: Refund) -> dict:
    return {
        "type": "refund", "id": refunded.provider_id, "payment_intent": paid.payment_ref,
        "amount": refunded.amount_minor, "created": int(refunded.requested_at.timestamp()),
    }  # fmt: skip
