"""A frozen round's inputs as they are known now: for a result that supersedes, and to see whether one has to."""

from datetime import datetime

from contest.models import Snapshot
from contest.reads.counted import Reversal
from contest.reads.inputs import inputs_of
from contest.reads.result import adjustments
from contest.scoring.inputs import Inputs


def corrected_inputs(snapshot: Snapshot, until: datetime) -> dict[int, Inputs]:
    """The snapshot's supports less what was given back by `until`, and without what integrity has decided on by then.

    Nothing that was bought, liked or imported since the freeze is in it.
    """
    later = adjustments(snapshot.round).filter(at__lte=until)
    reversals = [
        Reversal(one.entry_id, one.order_uid, one.amount_minor, one.transaction_id)
        for one in later.order_by("pk")
    ]
    return inputs_of(snapshot.round, snapshot.number, snapshot.until, reversals, until)
