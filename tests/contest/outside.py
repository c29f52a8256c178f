"""Statements of outside platforms in a few words: as they are sent, and as they stand once approved."""

import itertools
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Person
from contest.actions.batch import Statement, upload
from contest.actions.reading import read
from contest.models import ImportBatch, ImportRow, OutsideSource, ProjectMapping, TwinSale
from core import clock
from core.clock import SHANGHAI
from impact.models import Entry, Round

_count = itertools.count(1)


def a_source(platform: str = "", adapter: str = "plain") -> OutsideSource:
    platform = platform or f"platform{next(_count)}"
    return OutsideSource.objects.create(
        platform=platform, name_zh="示例平台", name_en="Demo platform", adapter=adapter
    )


def a_mapping(source: OutsideSource, entry: Entry, project: str = "P1", **fields: Any) -> ProjectMapping:
    """An approved one."""
    values = {"approved_at": clock.now() - timedelta(days=1), **fields}
    return ProjectMapping.objects.create(
        source=source, round=entry.round, project=project, entry=entry, **values
    )


def a_statement(
    source: OutsideSource,
    round_: Round,
    *sales: tuple[str, int],
    stated: int = 0,
    scope: str = "incremental",
    **fields: Any,
) -> ImportBatch:
    """An approved statement of orders: (`order/line`, amount less refund in fen); dated so many days from now."""
    day = (clock.now() + timedelta(days=stated)).astimezone(SHANGHAI).date()
    grade = "aggregate" if scope == "aggregate" else "orders"
    values = {
        "stated_on": day,
        "uploaded_at": timezone.now(),
        "applied_at": clock.now(),
        "control_rows": len(sales),
        "control_amount_minor": sum(n for _, n in sales),
        "control_refund_minor": 0,
        "sha256": f"{next(_count):064x}",
        "state": "applied",
        "grade": grade,
    }
    batch = ImportBatch.objects.create(round=round_, source=source, scope=scope, **{**values, **fields})
    for number, (ref, amount) in enumerate(sales, 2):
        a_row(batch, ref, amount, number=number)
    return batch


def a_twin(source: OutsideSource, entry: Entry) -> TwinSale:
    """A pair that is to be decided."""
    return TwinSale.objects.create(
        source=source, entry=entry, key="o|o1|1", order_uid=uuid4(), amount_minor=88_00
    )


def a_row(batch: ImportBatch, ref: str, amount: int, **fields: Any) -> ImportRow:
    """A row of an order's line, paid yesterday at ten."""
    order, _, line = ref.partition("/")
    paid: datetime = fields.pop("paid_at", None) or clock.now().astimezone(SHANGHAI).replace(
        hour=10, minute=0
    ) - timedelta(days=1)
    values = {"number": 2, "project": "P1", "order_ref": order, "amount_minor": amount, "paid_at": paid}
    values |= {"key": f"o|{order}|{line or 1}", "day": paid.astimezone(SHANGHAI).date()}
    return ImportRow.objects.create(batch=batch, **{**values, **fields})


HEADS = "项目编号,订单编号,行号,付款时间,金额,退款金额,买家编号,省份"


def a_file(*rows: str, heads: str = HEADS, encoding: str = "utf-8", name: str = "orders.csv") -> BytesIO:
    """A CSV with these lines below its header."""
    file = BytesIO("\n".join((heads, *rows, "")).encode(encoding))
    file.name = name
    return file


def said(rows: int, amount: int, refund: int = 0, *, stated: int = -1, **fields: Any) -> Statement:
    """What is said of a file: its signed totals in fen; it is dated so many days from now."""
    day = (clock.now() + timedelta(days=stated)).astimezone(SHANGHAI).date()
    values = {"scope": "incremental", "grade": "signed_orders", "stated_on": day, **fields}
    if values["scope"] == "aggregate":
        values["grade"] = "aggregate"
    return Statement(control_rows=rows, control_amount_minor=amount, control_refund_minor=refund, **values)


def sent(
    by: Person, round_: Round, source: OutsideSource, file: BytesIO, statement: Statement
) -> ImportBatch:
    """A file that was sent in and read."""
    batch = upload(by, round_, source, file, statement)
    read(batch.pk)
    batch.refresh_from_db()
    return batch


def at(days: int = -1, hour: int = 10) -> str:
    """A moment so many days from now, as a platform writes it."""
    moment = (timezone.now() + timedelta(days=days)).astimezone(SHANGHAI)
    return f"{moment:%Y-%m-%d} {hour:02}:20:30"
