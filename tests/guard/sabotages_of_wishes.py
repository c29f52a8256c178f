"""Sabotages of wish lists: a letter too many, or too soon (run by tests/guard/sabotage.py)."""

from tests.guard.sabotages import Sabotage

WISHES = [
    Sabotage(
        "what comes and goes within minutes is told of",
        "orders/actions/wish.py",
        "free_since__lte=now - LASTS",
        "free_since__lte=now",
        "tests/orders/test_wish.py -k comes_and_goes",
    ),
    Sabotage(
        "two workers write of the same wish",
        "orders/actions/wish.py",
        'due.order_by("pk").select_for_update(of=("self",), skip_locked=True)',
        'due.order_by("pk")',
        "tests/orders/test_wish.py -k two_workers",
    ),
    Sabotage(
        "verify does not see a letter that was written twice",
        "orders/verify_wishes.py",
        "HAVING count(*) > 1 OR",
        "HAVING",
        "tests/orders/test_wish.py -k verify",
    ),
    Sabotage(
        "who has switched these letters off gets them",
        "orders/reads/wish.py",
        "return rows.exclude(person__letters_off__contains=[LetterKind.WISHES])",
        "return rows",
        "tests/orders/test_wish.py -k switched_off",
    ),
]
