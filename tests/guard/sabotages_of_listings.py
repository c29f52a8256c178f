"""Sabotages of what waits beside what is approved: it is seen, sold or approved unseen (run by tests/guard/sabotage.py)."""

from tests.guard.sabotages import Sabotage

_PAGES = "tests/web/test_waiting_changes.py"
_PAPERS = "tests/catalog/test_papers_that_run_out.py"
_TABLES = "tests/web/test_listing_tables.py"
LISTINGS = [
    Sabotage(
        "a paper that waits keeps its product on the shelf",
        "catalog/actions/listing.py",
        "    if lapsed(product, seen_alone=True):\n        raise Conflict(PAPER_WAITS)\n",
        "",
        f"{_PAPERS} -k comes_back",
    ),
    Sabotage(
        "verify does not see what is sold without its licence",
        "catalog/verify.py",
        "if paper.expires_on < clock.today() - A_TURN:",
        "if False:",
        f"{_PAPERS} -k verify",
    ),
    Sabotage(
        "a team is told of its paper each day",
        "catalog/actions/paper_terms.py",
        "mine.update(warned_days=days)",
        "mine.update(warned_days=paper.warned_days)",
        f"{_PAPERS} -k few_days_left",
    ),
    Sabotage(
        "a table is done though its product was changed since it was looked at",
        "catalog/actions/desk.py",
        "if seen is not None and row.written_version != seen:",
        "if False:",
        f"{_TABLES} -k changed_since",
    ),
    Sabotage(
        "a table makes fewer units than were sold",
        "catalog/actions/lot.py",
        "    if units < spoken_for:",
        "    if False:",
        f"{_TABLES} -k never_below",
    ),
    Sabotage(
        "what an operator has not seen is sold at once",
        "catalog/actions/variant.py",
        "if product.published_at is not None and must_be_looked_at(mine, size):",
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
