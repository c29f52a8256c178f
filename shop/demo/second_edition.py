"""The demo's second edition until its provincial round is open: partners, targets, frozen rules, 72 teams that applied, were
checked by their county or city and approved, and the national round to which the best six go on."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import Region
from catalog.models import Team
from contest.actions import ceremony, partner, plan, registration, rulebook, stage, task
from contest.actions.edition import open_edition
from contest.actions.round import open_round
from contest.models import Ceremony, Partner, Stage, Target
from impact.models import Edition, Round
from shop.demo.moments import at
from shop.demo.officials import HUBEI, Officials
from shop.demo.people import Cast

SLUG = "demo-2"
ROUND = timedelta(days=123)  # 1 May to 1 September
SETTLES = timedelta(days=7)
JUDGED_BEFORE = timedelta(hours=12)  # the freeze
OBJECTIONS = timedelta(days=4)
ADVANCES, MOST_A_DIVISION = 6, 2
APART = timedelta(days=6)  # from the final result of the province to the national round
DAY = timedelta(days=1)
PARTNERS = (
    (Partner.Role.ORGANISER, "示例省人道公益会", "Demo Provincial Humanitarian Society", "定规则、办赛事、管公示", "Rules, rounds and results"),
    (Partner.Role.CO_SPONSOR, "示例职工联合会", "Demo Federation of Unions", "组织职工团购", "Brings colleagues to buy together"),
    (Partner.Role.CO_SPONSOR, "示例妇女互助会", "Demo Women's Alliance", "联系女带头人", "Stands by women who lead"),
    (Partner.Role.CO_SPONSOR, "示例农技服务站", "Demo Farm Advice Service", "看质量", "Looks at quality"),
    (Partner.Role.CO_SPONSOR, "示例商贸服务站", "Demo Trade Service", "看发货", "Looks at how teams send"),
    (Partner.Role.CO_ORGANISER, "示例乡村振兴中心", "Demo Rural Centre", "县级审核", "Checks teams in their counties"),
    (Partner.Role.TRAINER, "示例网络学院", "Demo Net Academy", "教课", "Teaches"),
    (Partner.Role.PLATFORM, "示例众筹平台", "Demo crowdfunding platform", "提供签章对账单", "Sends signed statements"),
    (Partner.Role.MEDIA, "示例广播台", "Demo Broadcaster", "报道", "Reports"),
)  # fmt: skip
TARGETS = {
    Target.Kind.TEAMS: 72,
    Target.Kind.HOUSEHOLDS: 3_500,
    Target.Kind.AMOUNT: 300_000_00,
    Target.Kind.SUPPORTS: 5_000,
}
# (which partner's, days from the opening, Chinese, English); the first is done, the second waived, the third overdue.
TASKS = (
    (6, -10, "培训上线", "The course is there"),
    (8, 0, "开幕直播", "The opening is broadcast"),
    (3, 60, "抽检第二批", "A second round of samples"),
    (7, 110, "最后一份对账单", "The last statement"),
)
GUESTS = 12


def prepare(they: Officials, cast: Cast, opens: datetime, step: Callable[[int], None]) -> Round:
    """Each step by whose it is, at its own moment before the round opens; `step` hears how many teams are registered."""
    with at(opens - 40 * DAY):
        round_ = _open(they, opens)
        book = rulebook.draft(round_, they.organiser)
        launch = _launch(they, round_)
    with at(opens - 20 * DAY):
        plan.move_due()
        for n, team in enumerate(Team.objects.select_related("county", "division").order_by("code"), start=1):
            _register(they, cast, round_, team)
            step(n)
    with at(opens - 2 * DAY):
        rulebook.freeze(book, they.organiser)
        plan.move_due()
    with at(opens):
        ceremony.open_it(launch, they.organiser)
        plan.move_due()
    round_.refresh_from_db()
    return round_


def _open(they: Officials, opens: datetime) -> Round:
    edition = open_edition(
        SLUG, 2, ("示例消费帮扶大赛 第二届", "Demo Consumption Assistance Contest, 2nd edition"),
        ("消费有善意，账目看得见", "Good purchases, open accounts"), by=they.operator,
    )  # fmt: skip
    # A minute later than the ceremony that opens it.
    times = (opens + timedelta(minutes=1), opens + ROUND, opens + ROUND + SETTLES)
    hubei = Region.objects.get(code=HUBEI)
    round_ = open_round(edition, Round.Level.PROVINCIAL, hubei, *times, by=they.organiser)
    _carry(they, edition, opens)
    plan.arrange(
        round_, they.organiser,
        registration_opens_at=opens - 30 * DAY, registration_closes_at=opens - 5 * DAY,
        judging_closes_at=round_.freezes_at - JUDGED_BEFORE, objections_close_at=round_.freezes_at + OBJECTIONS,
        advances=ADVANCES, most_a_division=MOST_A_DIVISION, into=_national(they, edition, round_.freezes_at + OBJECTIONS + APART),
    )  # fmt: skip
    return Round.objects.select_related("edition", "region").get(pk=round_.pk)  # with its plan as it is now


def _carry(they: Officials, edition: Edition, opens: datetime) -> None:
    for n, (role, zh, en, duty_zh, duty_en) in enumerate(PARTNERS):
        partner.save_partner(edition, they.organiser, role, (zh, en), (duty_zh, duty_en), position=n)
    for kind, goal in TARGETS.items():
        partner.aim(edition, they.organiser, kind, goal)
    _set_tasks(they, edition, opens)


def _set_tasks(they: Officials, edition: Edition, opens: datetime) -> None:
    owners = list(edition.partners.order_by("position"))
    made = [
        task.save(edition, they.operator, (zh, en), (opens + days * DAY).date(), owners[whose])
        for whose, days, zh, en in TASKS
    ]
    task.finish(made[0], they.organiser, "示例课：两课两题，已发布")
    task.waive(made[1], they.organiser, "示例：改为录播")


def _national(they: Officials, edition: Edition, opens: datetime) -> Round:
    """Of no province: the shop's operator keeps it."""
    closes = opens + 25 * DAY
    round_ = open_round(
        edition, Round.Level.NATIONAL, None, opens, closes, closes + SETTLES, by=they.operator
    )
    rulebook.freeze(rulebook.draft(round_, they.operator), they.operator)
    panel = closes + SETTLES + 2 * DAY
    stage.save_stage(round_, they.operator, 1, Stage.Kind.SCORE, ("网上评比", "Online"), 30, opens, closes)
    stage.save_stage(
        round_, they.operator, 2, Stage.Kind.PANEL, ("现场路演", "Roadshow"), 20, panel, panel + DAY
    )
    return round_


def _launch(they: Officials, round_: Round) -> Ceremony:
    facts = {
        "title_zh": "示例启动仪式", "title_en": "Demo launch", "place_zh": "示例会堂", "place_en": "Demo hall",
        "begins_at": round_.opens_at, "opens": round_,
    }  # fmt: skip
    made = ceremony.save(round_.edition, they.organiser, facts)
    for n in range(1, GUESTS + 1):
        body = PARTNERS[n % len(PARTNERS)][1]
        guest = ceremony.invite(made, they.organiser, {"name": f"示例来宾{n:02d}", "body": body})
        if n % 4:
            ceremony.let_in(guest, they.organiser)
    return made


def _register(they: Officials, cast: Cast, round_: Round, team: Team) -> None:
    goal = (f"让{team.name_zh[:20]}的乡亲多卖一季", f"One more season for the families of {team.name_en}")
    made = registration.apply(round_, team, goal, cast.managers[team.code])
    registration.check(made, they.checks(team))
    registration.approve(made, they.organiser)
