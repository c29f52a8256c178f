"""What leaves an entry's purchases after its round froze: kept beside the snapshot, and looked at once more where it is much."""

from collections import Counter
from collections.abc import Sequence

from contest.actions import reexamination
from contest.models import Adjustment, ReExamination
from contest.reads.keeping import is_archived
from contest.reads.result import adjustments, frozen_amount, threshold_bps
from core import clock
from impact.events import SupportMovedAfterFreeze
from impact.models import Entry, LedgerTransaction, Round, Support

Cause = ReExamination.Cause
WHOLE_BPS = 10_000


def record(events: Sequence[SupportMovedAfterFreeze]) -> None:
    """Note what moved, in the transaction that moved it. What never counted (the team's own) moves no figure."""
    made = [one for event in events if (one := _adjustment(event))]
    Adjustment.objects.bulk_create(made, ignore_conflicts=True)


def _adjustment(event: SupportMovedAfterFreeze) -> Adjustment | None:
    moved = LedgerTransaction.objects.get(pk=event.transaction_id)
    assert moved.order_uid is not None, "what a support moved is an order's"
    of_order = Support.objects.filter(entry=event.entry_id, order_uid=moved.order_uid)
    if of_order.exclude(exclusion="").exists():
        return None
    return Adjustment(
        entry_id=event.entry_id,
        transaction=moved,
        order_uid=moved.order_uid,
        amount_minor=-event.amount_minor,
        kind=event.because,
        at=clock.now(),
    )


def look(entry: Entry) -> None:
    """Open what the thresholds of 3.8 ask for: so much given back since the freeze, or any of it for fraud or quality.

    Not of an archived edition, where nobody could answer: what is given back stands beside the snapshot all the same.
    """
    frozen = frozen_amount(entry)
    if frozen is None or is_archived(entry.round.edition):
        return
    refunded: Counter[str] = Counter()
    for kind, minor in Adjustment.objects.filter(entry=entry).values_list("kind", "amount_minor"):
        refunded[kind] += minor
    for cause in (Cause.FRAUD, Cause.QUALITY):
        if refunded[cause] > 0:
            reexamination.open_(entry, cause, refunded[cause])
    total = sum(refunded.values())
    if total > 0 and total * WHOLE_BPS >= frozen * threshold_bps(entry):
        reexamination.open_(entry, Cause.REFUNDS, total)


def look_at_round(round_: Round) -> None:
    """The same of each entry for which something moved between the moment of the freeze and its snapshot."""
    for entry in Entry.objects.filter(pk__in=adjustments(round_).values("entry")).select_related("round"):
        look(entry)
