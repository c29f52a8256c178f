"""A round with a frozen rulebook, and its way to a result, in a few words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from contest.actions import freeze
from contest.models import Rulebook, Snapshot
from contest.scoring.rulebook import default_parameters, sha256_of
from core import clock
from core.deliveries import drain
from core.models import Delivery
from impact.models import Entry, Round


def by_a_rulebook(round_: Round, change: Callable[[dict[str, Any]], None] | None = None) -> Rulebook:
    """The round's rules, frozen: the defaults, but for what is changed in them."""
    parameters = default_parameters()
    if change:
        change(parameters)
    book = Rulebook.objects.create(
        edition=round_.edition,
        version=round_.edition.rulebooks.count() + 1,
        parameters=parameters,
        sha256=sha256_of(parameters),
        frozen_at=timezone.now(),
    )
    round_.plan.rulebook = book
    round_.plan.save(update_fields=["rulebook"])
    return book


def without_judges(parameters: dict[str, Any]) -> None:
    """Rules in which the ledger alone speaks."""
    parts = parameters["indicators"][0]["parts"]
    parts["households"] += parts.pop("judges")


def frozen(round_: Round) -> Snapshot:
    """The moment of the freeze has come, and beat has struck."""
    if clock.now() < round_.freezes_at:
        clock.stand_at(round_.freezes_at + timedelta(seconds=1))
    assert freeze.freeze_due() >= 1
    return Snapshot.objects.get(round=round_, voided_at=None)


def follow() -> None:
    """What follows in the contest from what was recorded; letters and providers are not asked."""
    ours = Q(reaction__startswith="contest.") | Q(reaction__startswith="impact.")
    Delivery.objects.filter(~ours, done_at=None).update(done_at=timezone.now())
    drain()


def row_of(snapshot: Snapshot, entry: Entry) -> dict[str, Any]:
    """What the snapshot says of an entry."""
    inputs: dict[str, Any] = snapshot.rows.get(entry=entry).inputs
    return inputs
