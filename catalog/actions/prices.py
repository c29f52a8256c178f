"""Prices of several sizes at once: all of them are saved, or none and all that is wrong is said."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import Person
from catalog.actions import variant as variants
from catalog.models import Variant
from catalog.reads.changes import Change
from catalog.reads.wanted import wanted
from core.language import localized, say
from core.refusals import Invalid, Refusal

MOST = 120


def save(prices: Sequence[tuple[Variant, int]], by: Person) -> int:
    """Each size at its price from now on, or waiting for an operator (decision 0068); how many are other than before. What
    stands already is left alone, so that no price story is told twice."""
    _check(prices)
    wrong: list[Refusal] = []
    with transaction.atomic():
        changed = [
            (n, one, price) for n, (one, price) in enumerate(prices) if wanted(one).price_minor != price
        ]
        # Product by product in the order of their ids, so that two who save never wait for each other in a ring.
        for n, one, price in sorted(changed, key=lambda row: (row[1].product_id, row[0])):
            try:
                variants.save(one.product, by, one, price_minor=price)
            except Refusal as no:
                wrong.append(_of_row(no, n, one))
        if wrong:
            wrong[0].beside = tuple(wrong[1:])
            raise wrong[0]
    return len(changed)


def to_be_seen(prices: Sequence[tuple[Variant, int]]) -> list[tuple[Variant, list[Change]]]:
    """Which of these would wait for an operator, beside what is approved."""
    _check(prices)
    rows = [(one, variants.to_be_seen(one.product, one, price_minor=price)) for one, price in prices]
    return [(one, changes) for one, changes in rows if changes]


def _check(prices: Sequence[tuple[Variant, int]]) -> None:
    if not 1 <= len(prices) <= MOST:
        raise Invalid(say("一次 1 到 {n} 个规格。", "From 1 to {n} sizes at once.", n=MOST), field="prices")
    if len({one.pk for one, _ in prices}) < len(prices):
        raise Invalid(say("一个规格只写一次。", "Each size once."), field="prices")


def _of_row(no: Refusal, n: int, one: Variant) -> Refusal:
    """The no with its row's place, and the size's name before its words."""
    no.field = ("prices", str(n), no.field[-1] if no.field else "price_minor")
    name = f"{localized(one.product, 'name')} {localized(one, 'name')}"
    no.words = say("{n}：{w}", "{n}: {w}", n=name, w=no.words)
    return no
