"""Sales that may be in both channels: found when a statement counts, decided by a person, never by themselves."""

from django.db import connection, transaction
from django.db.models import Q

from accounts.actions import audit
from accounts.models import Person
from contest.actions.batch import APPROVE, IMPORT
from contest.actions.edition import must_at, must_be_apart
from contest.actions.tally import locked, retally
from contest.models import ImportBatch, TwinSale
from core import clock
from core.language import say
from core.refusals import Conflict, Invalid

# The same entry and sum within ten minutes, into the same province where the platform tells one. An order that is named
# by any sale of the platform is that sale's.
_ALIKE = """
    INSERT INTO contest_twinsale (uid, source_id, entry_id, key, order_uid, amount_minor, state, found_at)
    SELECT gen_random_uuid(), b.source_id, m.entry_id, r.key, p.order_uid, r.amount_minor, 'open', now()
    FROM contest_importrow r
    JOIN contest_importbatch b ON b.id = r.batch_id
    JOIN contest_projectmapping m ON m.source_id = b.source_id AND m.round_id = b.round_id AND m.project = r.project
         AND m.approved_at IS NOT NULL AND m.withdrawn_at IS NULL
    JOIN impact_support p ON p.entry_id = m.entry_id AND p.amount_minor = r.amount_minor AND p.transaction_id IS NOT NULL
         AND p.day BETWEEN r.day - 1 AND r.day + 1
    JOIN orders_order o ON o.uid = p.order_uid
         AND o.traded_at BETWEEN r.paid_at - interval '10 minutes' AND r.paid_at + interval '10 minutes'
         AND (r.province_id IS NULL OR EXISTS (
             SELECT FROM orders_shipment h JOIN orders_parcel g ON g.id = h.parcel_id
             WHERE h.order_id = o.id AND left(g.region_id, 2) = left(r.province_id, 2)))
    WHERE r.batch_id = %(batch)s AND NOT r.is_aggregate AND NOT r.is_void AND r.external_ref = '' AND r.amount_minor > 0
      AND NOT EXISTS (SELECT 1 FROM contest_importrow named JOIN contest_importbatch nb ON nb.id = named.batch_id
                      WHERE named.external_ref = o.number AND nb.round_id = b.round_id AND nb.applied_at IS NOT NULL)
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def find(batch: ImportBatch) -> int:
    """Put what looks alike into the queue; how many pairs. Found once, a pair is not put there once more."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, {"batch": batch.pk})
        return int(cursor.rowcount)


@transaction.atomic
def decide(twin: TwinSale, by: Person, is_same: bool) -> TwinSale:
    """Say whether two sales are one: then the copy that is not canonical for the entry counts 0. CONFLICT where the sale
    or the order is the same as another already."""
    row = _held(twin, by)
    state = TwinSale.State.SAME if is_same else TwinSale.State.DIFFERENT
    taken = TwinSale.objects.filter(source=row.source, entry=row.entry, state="same", withdrawn_at=None)
    if is_same and taken.filter(Q(key=row.key) | Q(order_uid=row.order_uid)).exists():
        raise Conflict(say("其中一笔已认作另一笔。", "One of the two is the same as another already."))
    row.move_to(state, decided_by=by, decided_at=clock.now())
    retally(row.entry.round, row.source)
    audit.record(by, str(state), "TwinSale", row.uid)
    return row


@transaction.atomic
def reopen(twin: TwinSale, by: Person) -> TwinSale:
    """Take a decision back: the pair stands open once more, as another row."""
    row = _held(twin, by)
    if row.state == TwinSale.State.OPEN or row.withdrawn_at:
        raise Invalid(say("还没有判断。", "Nothing was decided."))
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    anew = TwinSale.objects.create(
        source=row.source,
        entry=row.entry,
        key=row.key,
        order_uid=row.order_uid,
        amount_minor=row.amount_minor,
    )
    retally(row.entry.round, row.source)
    audit.record(by, "reopen", "TwinSale", row.uid)
    return anew


def _held(twin: TwinSale, by: Person) -> TwinSale:
    round_ = twin.entry.round
    must_at(round_, by, IMPORT, APPROVE)
    must_be_apart(round_, by)
    locked(twin.source)
    rows = TwinSale.objects.select_for_update(of=("self",)).select_related("source", "entry__round")
    return rows.get(pk=twin.pk)
