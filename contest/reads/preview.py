"""What a statement would change, before anybody approves it."""

from dataclasses import dataclass, field
from datetime import date

from contest.models import ImportBatch
from contest.reads.effective import counted, effective
from core import clock
from core.language import Words, say
from core.money import show

_BOTH_KINDS = """WHERE NOT is_void GROUP BY source_id, project, day
                 HAVING bool_or(is_aggregate) AND bool_or(NOT is_aggregate) ORDER BY project, day LIMIT 20"""


@dataclass(frozen=True)
class Preview:
    """Sales that are new, told otherwise than before, or withdrawn; what all of the platform's counts come to before and
    after, in fen; and what whoever approves it is asked first."""

    new: int
    changed: int
    withdrawn: int
    before_minor: int
    after_minor: int
    questions: list[Words] = field(default_factory=list)


def preview(batch: ImportBatch) -> Preview:
    """Of one that does not count yet."""
    now = clock.now()
    source = batch.source_id
    ((had,),) = effective(batch.round, now, "count(*)", source=source)
    ((has,),) = effective(batch.round, now, "count(*)", source=source, beside=batch.pk)
    ((new, changed),) = effective(
        batch.round,
        now,
        """count(*) FILTER (WHERE e.key IS NULL),
           count(*) FILTER (WHERE (e.amount_minor, e.refund_minor, e.is_void, e.supports, e.likes)
                                  <> (n.amount_minor, n.refund_minor, n.is_void, n.supports, n.likes))""",
        "e RIGHT JOIN contest_importrow n ON n.key = e.key WHERE n.batch_id = %(batch)s",
        batch=batch.pk,
        source=source,
    )
    return Preview(new, changed, had + new - has, _net(batch), _net(batch, beside=batch.pk), questions(batch))


def _net(batch: ImportBatch, beside: int | None = None) -> int:
    select = "coalesce(sum(net_minor), 0)"
    ((net,),) = counted(batch.round, clock.now(), select, source=batch.source_id, beside=beside)
    return int(net)


def questions(batch: ImportBatch) -> list[Words]:
    """What is asked before it counts: that it is older than one that counts, or takes back refunds that were told."""
    asked = []
    later = ImportBatch.objects.filter(
        round=batch.round_id,
        source=batch.source_id,
        state=ImportBatch.State.APPLIED,
        stated_on__gt=batch.stated_on,
    ).order_by("-stated_on")
    if newest := later.first():
        asked.append(
            say(
                "已计入 {day} 的对账单，比这份新；两份都有的订单以新的为准。",
                "A statement of {day} counts already. This one is older: of a sale in both the newer one holds.",
                day=f"{newest.stated_on:%Y-%m-%d}",
            )
        )
    if lowered := _lowered(batch):
        asked.append(
            say(
                "有 {n} 笔订单的退款会比现在少 {sum}，像是旧数据。",
                "Refunds of {n} sales would be {sum} less than now, as in older data.",
                n=len(lowered),
                sum=show(sum(lowered)),
            )
        )
    return asked


def _lowered(batch: ImportBatch) -> list[int]:
    """By how much its rows lower a refund that counts, in fen."""
    now = clock.now()
    select, source = "key, refund_minor", batch.source_id
    had = dict(effective(batch.round, now, select, "WHERE refund_minor > 0", source=source))
    its = effective(
        batch.round,
        now,
        select,
        "WHERE batch_id = %(batch)s AND key = ANY(%(keys)s)",
        source=source,
        beside=batch.pk,
        batch=batch.pk,
        keys=list(had),
    )
    return [had[key] - refund for key, refund in its if refund < had[key]]


def overlaps(batch: ImportBatch, beside: int | None = None) -> list[tuple[str, date]]:
    """Projects and days of which there are orders and a sum, each of which would count once more; the first 20."""
    return effective(
        batch.round, clock.now(), "project, day", _BOTH_KINDS, source=batch.source_id, beside=beside
    )
