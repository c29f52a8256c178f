"""Quarantined rows that were corrected and sent in once more: each in the place of the one whose number it has."""

from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from contest.actions.batch import IMPORT, weigh
from contest.actions.edition import must_at
from contest.actions.reading import Taker, as_json
from contest.models import ImportBatch, QuarantinedRow
from contest.outside import adapter_named
from core import numbers
from core.language import say
from core.refusals import Conflict, Invalid
from core.tables import Column, Reading, Refused, Row, Table, kinds

NUMBER = Column("row", say("原行号", "Row in the file"), kinds.whole(1, 2**31 - 1))


@dataclass
class Repaired:
    """How many rows were taken, are still wrong (they wait on as they were sent now), or were none that wait."""

    mended: int = 0
    wrong: int = 0
    passed: int = 0


@transaction.atomic
def repair(batch: ImportBatch, by: Person, file: BinaryIO) -> Repaired:
    """Take corrected rows in. Raises Unreadable; CONFLICT where the statement does not wait any more."""
    must_at(batch.round, by, IMPORT)
    rows = ImportBatch.objects.select_for_update(of=("self",))
    held = rows.select_related("source", "round__edition").get(pk=batch.pk)
    if held.state not in ImportBatch.WAITING:
        raise Conflict(say("这一批已不能再修改。", "This statement cannot be changed any more."))
    taker = Taker(held, adapter_named(held.source.adapter))
    taker.seen = dict(held.rows.values_list("key", "number"))
    columns = (NUMBER, *taker.table.columns)
    reading = Table(columns, bounds=taker.table.bounds, is_foreign=True).read(file)
    waiting = {row.number: row for row in held.quarantined.filter(repaired_at=None)}
    found = Repaired()
    for one in reading.rows():
        _place(taker, reading, one, waiting, found, by)
    if fault := next((fault for fault in reading.faults if fault.row is None), None):
        raise Invalid(fault.words, field="file")
    audit.record(by, "repair", "ImportBatch", held.uid, **vars(found))
    weigh(held)
    return found


def _place(
    taker: Taker,
    reading: Reading,
    one: Row | Refused,
    waiting: dict[int, QuarantinedRow],
    found: Repaired,
    by: Person,
) -> None:
    number = one["row"] if isinstance(one, Row) else _number(one.cells.get("row", ""))
    quarantined = waiting.get(number)
    if quarantined is None:
        found.passed += 1
        return
    taken = one if isinstance(one, Refused) else taker.row(reading, Row(number, one.values, one.cells))
    if isinstance(taken, Refused):
        cells = {name: text for name, text in taken.cells.items() if name != NUMBER.name}
        quarantined.cells, quarantined.faults = cells, [as_json(fault) for fault in taken.faults]
        found.wrong += 1
    else:
        taken.save()
        quarantined.cells, quarantined.repaired_at, quarantined.repaired_by = {}, timezone.now(), by
        del waiting[number]
        found.mended += 1
    quarantined.save(update_fields=["cells", "faults", "repaired_at", "repaired_by"])


def _number(text: str) -> int:
    try:
        return numbers.whole(text)
    except numbers.NotANumber:
        return 0
