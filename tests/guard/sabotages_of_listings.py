"""Sabotages of what waits beside what is approved: it is seen, sold or approved unseen (run by tests/guard/sabotage.py)."""

from tests.guard.sabotages import Sabotage

_PAGES = "tests/web/test_waiting_changes.py"
LISTINGS = [
    Sabotage(
        "what an operator has not seen is sold at once",
        "catalog/actions/variant.py",
        "if row.published_at is not None and must_be_looked_at(mine, size):",
        "if False:",
        f"{_PAGES} -k nothing_that_anybody",
    ),
    Sabotage(
        "a new size is offered while it waits",
        "catalog/actions/waiting.py",
        "        variant.is_offered = False\n",
        "        variant.is_offered = True\n",
        f"{_PAGES} -k nothing_that_anybody",
    ),
    Sabotage(
        "a paper that waits is shown",
        "catalog/reads/products.py",
        "if not paper.is_waiting and paper.issued_on",
        "if paper.issued_on",
        f"{_PAGES} -k nothing_that_anybody",
    ),
    Sabotage(
        "a change that was saved after she looked is approved",
        "catalog/actions/listing.py",
        "not row.written_version <= version <= row.version",
        "not version <= row.version",
        f"{_PAGES} -k version_that_was_looked_at",
    ),
    Sabotage(
        "what is sold meanwhile makes it another version",
        "catalog/actions/listing.py",
        "not row.written_version <= version <= row.version",
        "version != row.version",
        f"{_PAGES} -k version_that_was_looked_at",
    ),
    Sabotage(
        "taken back, a size that never was offered stays",
        "catalog/actions/waiting.py",
        "            variant.delete()\n",
        "            pass\n",
        f"{_PAGES} -k taken_back",
    ),
    Sabotage(
        "verify does not see a size at a price that nobody approved",
        "catalog/verify.py",
        "       OR v.price_minor * 10 > v.approved_price_minor * 11\n",
        "",
        f"{_PAGES} -k verify",
    ),
    Sabotage(
        "verify does not see what was bought at a price that waits",
        "orders/verify_rows.py",
        "l.unit_price_minor = c.price_minor AND v.price_minor <> c.price_minor",
        "false",
        f"{_PAGES} -k verify",
    ),
]
