"""What a line has set aside goes over to the households of the lot that its units come from now, to the fen.

It goes by way of the buyer, as if she had had her money back and paid anew: each of the two lots shares by its own weights,
and neither team, contest nor statement sees more or less of it.
"""

from collections.abc import Sequence

from django.utils import timezone

from impact.actions.ledger import BUYER, key_of, keys_posted
from impact.actions.posting import Posting, draws_of, locked
from impact.models import LedgerTransaction
from impact.reads.positions import positions
from orders.events_of_setbacks import LineRedrawn
from orders.models import SetbackChoice

Reason = LedgerTransaction.Reason


def redraw(events: Sequence[LineRedrawn]) -> None:
    """Share each line anew by the lots that it draws on now; once."""
    choices = SetbackChoice.objects.filter(pk__in=[event.choice_id for event in events])
    rows = choices.select_related("line__story", "line__order", "setback").order_by("line__order", "pk")
    for choice in rows:
        line, former = choice.line, choice.setback.lot_id
        locked([line.order_id])
        if keys_posted([key := key_of(Reason.REDRAWN, choice.uid)]):
            continue
        draws = draws_of([line])[line.pk]
        if former not in dict(draws):
            draws = sorted([*draws, (former, 0)])  # nothing of it remains; what stood there goes over
        posting = Posting({line.pk: draws})
        posting.remember(positions([line.order.uid]))
        if posting.is_right(line):
            continue
        posting.book.open(key, line.order.uid, timezone.now())
        posting.renew(line, BUYER)
        posting.write()
