"""Four statements of an outside platform, each in another state: counted, to be approved, blocked, and of sums alone."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

from accounts.models import Person
from contest.actions import approval, mapping
from contest.actions.batch import Statement, upload
from contest.actions.reading import read
from contest.models import ImportBatch, OutsideSource
from core import clock
from impact.models import Entry, Round

HEADS = "项目编号,订单编号,行号,付款时间,数量,金额,退款金额,状态,买家编号,省份"
SUMS = "项目编号,日期,金额,支持人次,点赞数"
PROVINCES = ("湖北", "广东", "上海", "北京", "湖南", "四川")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
DUPLICATES = 14


@dataclass(frozen=True)
class Sent:
    """A file as it is sent in, and what is said of it."""

    name: str
    body: bytes
    statement: Statement

    @property
    def file(self) -> BytesIO:
        """The file, with its name."""
        file = BytesIO(self.body)
        file.name = self.name
        return file


@dataclass(frozen=True)
class _Sale:
    project: str
    order: str
    day: date
    minute: int
    minor: int
    refund: int
    payer: int
    province: str

    def line(self) -> str:
        """As the platform writes it."""
        at = f"{self.day} {9 + self.minute // 60:02}:{self.minute % 60:02}:00"
        money = f"{self.minor / 100:.2f},{self.refund / 100:.2f}"
        return f"{self.project},{self.order},1,{at},1,{money},已付款,u{self.payer},{self.province}"


def four(round_: Round, projects: list[str], today: date) -> list[Sent]:
    """The files, of these projects; their days end with `today`. The same for the same arguments."""
    dice = random.Random(20260601)
    first = max(round_.opens_at.astimezone(clock.SHANGHAI).date(), today - timedelta(days=30))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)] or [today]
    half = days[: max(1, len(days) * 2 // 3)]
    sales = [_sale(dice, n, dice.choice(half), projects) for n in range(1, 121)]
    later = [_sale(dice, n, dice.choice(days), projects) for n in range(121, 161)]
    refunded = [_refunded(one) for one in sales[:20]]
    spoiled = [_sale(dice, n, dice.choice(half), projects) for n in range(201, 231)]
    lines = [one.line().translate(WIDE) if n % 2 else one.line() for n, one in enumerate(spoiled)]
    lines[7] = lines[7].replace(f"{spoiled[7].minor / 100:.2f}".translate(WIDE), "-5.00")
    repeated = [one.line() for one in later[:DUPLICATES]]
    return [
        Sent("june.csv", _body([s.line() for s in sales]), _said(sales, "full", half[-1], half[0])),
        Sent(
            "update.csv",
            _body([*(s.line() for s in [*refunded, *later]), *repeated]),
            _said([*refunded, *later], "incremental", days[-1]),
        ),
        Sent(
            "spoiled.csv", _body(lines, encoding="gb18030"), _said(spoiled, "incremental", days[-1], more=100)
        ),
        _sums(dice, projects[-1], days),
    ]


def _sale(dice: random.Random, n: int, day: date, projects: list[str]) -> _Sale:
    # The last project is told by sums alone: of its days there are no orders.
    project = dice.choice(projects[:-1] or projects)
    minor = dice.choice((3990, 5900, 6800, 9900, 12800))
    return _Sale(project, f"D2{n:06}", day, dice.randrange(600), minor, 0, n % 97, dice.choice(PROVINCES))


def _refunded(one: _Sale) -> _Sale:
    return _Sale(**{**vars(one), "refund": one.minor})


def _body(lines: list[str], heads: str = HEADS, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join([heads, *lines, ""]).encode(encoding)


def _said(
    sales: list[_Sale], scope: str, stated: date, since: date | None = None, more: int = 0
) -> Statement:
    return Statement(
        scope=scope,
        grade="signed_orders",
        stated_on=stated,
        control_rows=len(sales),
        control_amount_minor=sum(s.minor for s in sales) + more,
        control_refund_minor=sum(s.refund for s in sales),
        covers_from=since,
        covers_to=stated if since else None,
    )


def _sums(dice: random.Random, project: str, days: list[date]) -> Sent:
    rows = [
        (day, dice.randrange(5, 60) * 3990, dice.randrange(5, 60), dice.randrange(100, 4000)) for day in days
    ]
    lines = [f"{project},{day},{minor / 100:.2f},{supports},{likes}" for day, minor, supports, likes in rows]
    said = Statement("aggregate", "aggregate", days[-1], len(rows), sum(minor for _, minor, *_ in rows), 0)
    return Sent("days.csv", _body(lines, SUMS), said)


def load(round_: Round, entries: list[Entry], importer: Person, approver: Person) -> list[ImportBatch]:
    """Send all four in for these entries: the first counts, the second waits for its approval, the third is blocked by its
    totals and its bad rows, the fourth counts by days."""
    source = OutsideSource.objects.filter(platform="demosecond").first() or mapping.name_source(
        importer, round_, "demosecond", ("示例众筹平台", "Demo crowdfunding platform"), "plain"
    )
    projects = [f"P{entry.number}" for entry in entries]
    for project, entry in zip(projects, entries, strict=True):
        url = f"https://example.com/project/{project}"
        mapping.approve(mapping.propose(importer, round_, source, project, entry, url), approver)
    made = []
    for n, sent in enumerate(four(round_, projects, clock.today())):
        batch = upload(importer, round_, source, sent.file, sent.statement)
        read(batch.pk)
        batch.refresh_from_db()
        if n in (0, 3):
            batch = approval.approve(batch, approver, is_meant=True)
        made.append(batch)
    return made
