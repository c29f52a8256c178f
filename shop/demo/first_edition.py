"""The demo's first edition: six teams, a year before, by the sales that an outside platform told of; over and archived."""

from datetime import datetime, timedelta
from io import BytesIO

from accounts.models import Region
from catalog.models import Team
from contest.actions import approval, award, freeze, mapping, plan, result, rulebook
from contest.actions.batch import Statement, upload
from contest.actions.edition import archive, open_edition
from contest.actions.entry import let_in
from contest.actions.reading import read
from contest.actions.round import open_round
from contest.reads.result import published
from core import clock
from impact.models import Edition, Round
from shop.demo.moments import at
from shop.demo.officials import HUBEI, Officials

SLUG = "demo-1"
TEAMS = ("HB01", "HB09", "HB20", "HB22", "HB31", "HB47")
OPENED = timedelta(days=446)  # before now
LASTS, SETTLES, OBJECTIONS = timedelta(days=123), timedelta(days=7), timedelta(days=4)
# No committee was called: what its marks would weigh is laid on the households.
WITHOUT_JUDGES = {"indicators.welfare.judgesBps": 0, "indicators.welfare.householdsBps": 7000}
HEADS = "项目编号,订单编号,行号,付款时间,数量,金额,退款金额,状态,买家编号,省份"
AWARDS = (
    ("示例一等奖", "Demo first prize"),
    ("示例二等奖", "Demo second prize"),
    ("示例三等奖", "Demo third prize"),
)


def play(they: Officials, now: datetime) -> Edition:
    """From its rules to its archive, each step by whose it is, at its own moment."""
    opens = now - OPENED
    closes = opens + LASTS
    freezes = closes + SETTLES
    final = freezes + OBJECTIONS
    with at(opens - timedelta(days=20)):
        round_ = _prepare(they, opens, closes, freezes)
        plan.arrange(round_, they.organiser, objections_close_at=final, advances=3)
    with at(closes - timedelta(hours=1)):
        plan.move_due()
        _sell(they, round_, opens)
    with at(freezes + timedelta(minutes=1)):
        freeze.freeze_due()
        plan.move_due()
        result.publish(round_, they.organiser)
    with at(final + timedelta(minutes=1)):
        result.finalise_due()
        _give_awards(they, round_)
        archive(round_.edition, they.organiser)
    return round_.edition


def _prepare(they: Officials, opens: datetime, closes: datetime, freezes: datetime) -> Round:
    edition = open_edition(
        SLUG, 1, ("示例消费帮扶大赛 第一届", "Demo Consumption Assistance Contest, 1st edition"),
        ("从一单开始", "It begins with one order"), by=they.operator,
    )  # fmt: skip
    hubei = Region.objects.get(code=HUBEI)
    round_ = open_round(edition, Round.Level.PROVINCIAL, hubei, opens, closes, freezes, by=they.organiser)
    book = rulebook.draft(round_, they.organiser)
    rulebook.edit(book, they.organiser, values=WITHOUT_JUDGES)
    rulebook.freeze(book, they.organiser)
    for team in Team.objects.filter(code__in=TEAMS).order_by("code"):
        let_in(round_, team, they.organiser)
    return round_


def _sell(they: Officials, round_: Round, opens: datetime) -> None:
    source = mapping.name_source(
        they.importer, round_, "demofirst", ("示例众筹平台", "Demo crowdfunding platform"), "plain"
    )
    lines, total = [], 0
    for n, entry in enumerate(round_.entries.order_by("number")):
        project = f"P{entry.number}"
        mapping.approve(mapping.propose(they.importer, round_, source, project, entry), they.approver)
        for k in range(12 + 5 * n):
            paid = (opens + timedelta(days=3 + k, hours=n)).astimezone(clock.SHANGHAI)
            minor = 3900 + 700 * ((k * 7 + n) % 9)
            total += minor
            lines.append(
                f"{project},D1{entry.number}{k:03d},1,{paid:%Y-%m-%d %H:%M:%S},1,{minor / 100:.2f},0,已付款,u{k * 6 + n},湖北"
            )
    file = BytesIO("\r\n".join([HEADS, *lines, ""]).encode("utf-8-sig"))
    file.name = "first.csv"
    said = Statement("full", "signed_orders", clock.today(), len(lines), total, 0)
    batch = upload(they.importer, round_, source, file, said)
    read(batch.pk)
    batch.refresh_from_db()
    approval.approve(batch, they.approver, is_meant=True)


def _give_awards(they: Officials, round_: Round) -> None:
    stands = published(round_)
    assert stands is not None
    best = stands.rows.filter(rank__isnull=False).select_related("entry__team", "entry__round__edition")
    for row, title in zip(best.order_by("rank"), AWARDS, strict=False):
        made = award.propose(row.entry, they.organiser, title, 0)
        award.approve(made, they.operator)
        award.deliver(made, they.organiser, "示例签收单")
