"""Read a statement: what can be taken becomes rows, all else is quarantined with what is wrong, by column."""

import hmac
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any

from django.db import transaction

from contest.actions.batch import weigh
from contest.models import ImportBatch, ImportFile, ImportRow, QuarantinedRow
from contest.outside import Sale, adapter_named
from contest.outside.port import Adapter
from core import clock
from core.alone import alone
from core.language import Words, say
from core.refusals import Invalid
from core.tables import Fault, Reading, Refused, Row, Table, Unreadable
from impact.sealing import unseal

AT_ONCE = 2_000
# Any number, as long as nobody else uses it: with a batch's own it is the lock of whoever reads it.
_READERS = 7_302_041


def read(batch_id: int) -> ImportBatch | None:
    """Read a batch's file from its beginning, and say how far one is while it goes on; None where somebody else reads
    it or it was read. A reader that died is followed by another, which begins anew."""
    with alone(_READERS, batch_id) as is_mine:
        batch = ImportBatch.objects.select_related("source", "round__edition").get(pk=batch_id)
        if not is_mine or batch.state != ImportBatch.State.UPLOADED:
            return None
        file = BytesIO(ImportFile.objects.values_list("body", flat=True).get(batch=batch))
        batch.rows.all().delete()
        batch.quarantined.all().delete()
        taker = Taker(batch, adapter_named(batch.source.adapter))
        reading = taker.table.read(file)
        try:
            ImportBatch.objects.filter(pk=batch.pk).update(rows_total=reading.rows_about())
            rows = reading.rows()
            while some := list(islice(rows, AT_ONCE)):
                taker.take(reading, some)
            trouble = next((fault for fault in reading.faults if fault.row is None), None)
        except Unreadable as unreadable:
            trouble = Fault(None, "", "", unreadable.code, unreadable.words)
        return _done(batch, reading, trouble)


@transaction.atomic
def _done(batch: ImportBatch, reading: Reading, trouble: Fault | None) -> ImportBatch:
    row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if row.state != ImportBatch.State.UPLOADED:  # discarded meanwhile
        row.rows.all().delete()
        row.quarantined.all().delete()
        return row
    ImportFile.objects.filter(batch=row).delete()
    if trouble or not reading.total:
        zh, en = _both(trouble.words if trouble else NOTHING)
        row.rows.all().delete()
        row.move_to(ImportBatch.State.UNREADABLE, trouble_zh=zh[:300], trouble_en=en[:400])
        return row
    row.move_to(ImportBatch.State.PARSED, rows_read=reading.total, rows_total=reading.total)
    return weigh(row)


NOTHING = say("文件里没有数据行。", "There is no row of data in the file.")


@dataclass
class Taker:
    """Takes rows of one statement in, some at a time; each sale once."""

    batch: ImportBatch
    adapter: Adapter
    seen: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        self.is_aggregate = self.batch.scope == ImportBatch.Scope.AGGREGATE
        # The same payer within an edition, unlinkable between two, and never who she is.
        self.secret = unseal(bytes(self.batch.round.edition.sealed_key))

    @property
    def table(self) -> Table:
        """The columns of such a file."""
        return self.adapter.aggregates() if self.is_aggregate else self.adapter.orders()

    @transaction.atomic
    def take(self, reading: Reading, some: list[Row | Refused]) -> None:
        """Write these down, and how many have been read."""
        rows: list[ImportRow] = []
        refused: list[Refused] = []
        for one in some:
            taken = one if isinstance(one, Refused) else self.row(reading, one)
            if isinstance(taken, Refused):
                refused.append(taken)
            else:
                rows.append(taken)
        ImportRow.objects.bulk_create(rows)
        self._quarantine(refused)
        self.count += len(some)
        ImportBatch.objects.filter(pk=self.batch.pk).update(rows_read=self.count)

    def row(self, reading: Reading, row: Row) -> ImportRow | Refused:
        """The row as it is kept, or why it cannot be."""
        try:
            sale = self.adapter.sale(row)
            first = self.seen.setdefault(sale.key, row.number)
            if first != row.number:
                raise Invalid(say("与第 {first} 行是同一笔。", "The same sale as row {first}.", first=first))
        except Invalid as no:
            return reading.refuse(row, no)
        return self._made(row.number, sale)

    def _made(self, number: int, sale: Sale) -> ImportRow:
        return ImportRow(
            batch=self.batch,
            number=number,
            key=sale.key,
            is_aggregate=self.is_aggregate,
            project=sale.project,
            order_ref=sale.order_ref,
            paid_at=sale.paid_at,
            day=sale.paid_at.astimezone(clock.SHANGHAI).date(),
            quantity=sale.quantity,
            amount_minor=sale.amount_minor,
            refund_minor=sale.refund_minor,
            is_void=sale.is_void,
            supports=sale.supports,
            likes=sale.likes,
            payer_key=self._payer_key(sale.payer),
            province_id=sale.province,
            referrer=sale.referrer,
            external_ref=sale.external_ref,
        )

    def _payer_key(self, payer: str) -> str:
        if not payer:
            return ""
        who = f"outside:{self.batch.source.platform}:{payer}"
        return hmac.digest(self.secret, who.encode(), "sha256").hex()

    def _quarantine(self, refused: list[Refused]) -> None:
        numbers = [one.number for one in refused]
        # A row of which a cell turns out to be merged was taken before, or was in quarantine already.
        self.batch.rows.filter(number__in=numbers).delete()
        known = {row.number: row for row in self.batch.quarantined.filter(number__in=numbers)}
        for one in refused:
            row = known.get(one.number) or QuarantinedRow(batch=self.batch, number=one.number)
            row.cells, row.faults = one.cells or row.cells or {}, [as_json(fault) for fault in one.faults]
            row.save()


def as_json(fault: Fault) -> dict[str, Any]:
    """A fault as it is kept: column, title, code and words, the last two in both languages."""
    title_zh, title_en = _both(fault.title)
    zh, en = _both(fault.words)
    return {
        "column": fault.column,
        "title_zh": title_zh,
        "title_en": title_en,
        "code": fault.code,
        "zh": zh,
        "en": en,
    }


def _both(words: Words | str) -> tuple[str, str]:
    if isinstance(words, Words):
        return words.in_language("zh"), words.in_language("en")
    return words, words
