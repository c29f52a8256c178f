"""Sabotages of invoices: a sum that nobody compares, a red one that takes back too much."""

from tests.guard.sabotages import Sabotage

INVOICES = [
    Sabotage(
        "an invoice over another sum than is owed is kept",
        "orders/actions/invoice.py",
        "    if amount_minor != owed:",
        "    if False:",
        "tests/orders/test_invoice.py -k figures_that_differ",
    ),
    Sabotage(
        "what its XML says is not compared",
        "orders/actions/invoice.py",
        "    if said.amount_minor != owed:",
        "    if False:",
        "tests/orders/test_invoice.py -k figures_that_differ",
    ),
    Sabotage(
        "verify does not see a red one that takes back too much",
        "orders/verify_rows.py",
        "HAVING sum(rp.amount_minor) > coalesce(bp.amount_minor, 0) OR",
        "HAVING",
        "tests/orders/test_invoice.py -k verify",
    ),
]
