"""Each number and choice of a rulebook, with its default, its bounds and the words for it: said once, for whoever
computes, checks or edits. An indicator's own rows and references stand in rulebook.py."""

from dataclasses import dataclass
from typing import Any

from core.language import Words, say


@dataclass(frozen=True)
class Number:
    """A whole number. `unit` is one of minor (fen), bps, days, hours, months, points, hundredths, count."""

    default: int
    words: Words
    unit: str = "count"
    least: int = 0
    most: int = 1_000_000_000_000


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    default: str
    words: Words
    options: dict[str, Words]


@dataclass(frozen=True)
class Texts:
    """A few words that are looked for."""

    default: tuple[str, ...]
    words: Words
    most: int = 60


@dataclass(frozen=True)
class Text:
    """A line that people read."""

    words: Words
    most: int = 80


Setting = Number | Choice | Texts | Text


def _bps(default: int, zh: str, en: str, most: int = 10_000) -> Number:
    return Number(default, say(zh, en), "bps", 0, most)


def _minor(default: int, zh: str, en: str) -> Number:
    return Number(default, say(zh, en), "minor")


def _few(default: int, zh: str, en: str, unit: str = "count", least: int = 0, most: int = 1_000) -> Number:
    return Number(default, say(zh, en), unit, least, most)


EXCLUDE, HOLD, NOTIFY = "exclude", "hold", "notify"
EFFECTS = {
    EXCLUDE: say("不计入成绩", "Not counted"),
    HOLD: say("暂缓，待核查", "Held for review"),
    NOTIFY: say("只提醒", "Told only"),
    "off": say("不使用", "Not used"),
}


def _effect(default: str) -> Choice:
    return Choice(default, say("后果", "Effect"), EFFECTS)


SCALES = {
    "log_ref": say("对数，对照固定基准", "Logarithmic, to a fixed reference"),
    "linear_max": say("线性，对照本赛段最高者", "Linear, to the highest of the round"),
    "percentile": say("百分位，按本赛段名次", "By how many of the round are below"),
}
POPULARITY_MODES = {
    "engagement_wilson": say("参与率（威尔逊下限）", "Engagement rate (Wilson's lower bound)"),
    "like_share": say("占全场参与人数的份额", "Share of all who engaged in the round"),
    "spread": say("地区普及率", "Spread over areas"),
    "blend": say("参与率与普及率合计", "Engagement and spread together"),
}
SCALE = Choice("log_ref", say("数据怎样变成分数", "How figures become marks"), SCALES)
# Scales and modes by which one entry moves another's figure; whoever reads rules with one of them is told so.
OF_THE_FIELD = frozenset({"linear_max", "percentile", "like_share"})

SECTION_WORDS = {
    "rules": say("总则", "In general"),
    "indicators": say("指标与权重", "Indicators and weights"),
    "references": say("基准", "References"),
    "caps": say("上限与下限", "Caps and thresholds"),
    "popularity": say("普及率", "Popularity"),
    "ties": say("同分时的先后", "Where totals are equal"),
    "judging": say("评审", "Judging"),
    "integrity": say("核查规则", "Integrity"),
    "reexamination": say("复核", "Re-examination"),
}
INTEGRITY = {
    "F1": say("F1 关联方购买", "F1 Bought by a related party"),
    "F2": say("F2 未核实买家大额购买", "F2 Bulk by an unverified payer"),
    "F3": say("F3 多个账户同一地址", "F3 Many accounts, one address"),
    "F4": say("F4 刷单", "F4 Order brushing"),
    "F5": say("F5 反复退款", "F5 Refund cycling"),
    "F6": say("F6 发货后没有物流", "F6 No carrier's scan"),
    "F7": say("F7 资金回流", "F7 Money round trip"),
    "F8": say("F8 新账户集中", "F8 Burst of new accounts"),
    "F9": say("F9 刷赞", "F9 Like farm"),
    "F10": say("F10 超出产量", "F10 More than was grown"),
    "F11": say("F11 一户两队", "F11 A household in two teams"),
    "F12": say("F12 价格异常", "F12 Price"),
    "F13": say("F13 自我动员", "F13 Self-mobilisation"),
    "F14": say("F14 评委关联", "F14 A judge's relation"),
    "F15": say("F15 未证实的说法", "F15 Claims nobody confirmed"),
    "appeal_days": say("申诉", "Appeals"),
}

SECTIONS: dict[str, Any] = {
    "caps": {
        "person_minor": _minor(
            500_000, "每位个人计入金额的上限", "Amount that counts of one person, at most"
        ),
        "organisation_minor": _minor(
            9_000_000,
            "每个已核实单位计入金额的上限",
            "Amount that counts of one verified organisation, at most",
        ),
        "person_days": _few(
            5, "每人计入的天数上限", "Days that count of one person, at most", "days", 1, 366
        ),
        "mobiliser_minor": _minor(
            4_000_000, "每个动员方计入金额的上限", "Amount that counts of one mobiliser, at most"
        ),
        "organisation_least_minor": _minor(
            50_000, "单位计数所需的最低金额", "Amount from which an organisation is counted"
        ),
        "area_least_supporters": _few(
            3, "地区计数所需的支持人数", "Supporters from whom on an area is counted", least=1
        ),
        "touch_days": _few(7, "推荐链接有效天数", "Days that a referral lasts", "days", 1, 60),
    },
    "popularity": {
        "mode": Choice("blend", say("算法", "Mode"), POPULARITY_MODES),
        "engagement_bps": _bps(
            6_000, "参与率所占份额（合计算法）", "Part of engagement, where both are added"
        ),
        "spread_bps": _bps(4_000, "普及率所占份额（合计算法）", "Part of spread, where both are added"),
        "full_bps": Number(3_000, say("参与率满分", "Engagement of full marks"), "bps", 1, 10_000),
        "z_hundredths": Number(
            196, say("置信系数 z", "Confidence z of Wilson's bound"), "hundredths", 0, 1_000
        ),
        "least_viewers": _few(
            100, "计分所需的已验证浏览者", "Verified viewers from whom on it counts", least=1, most=100_000
        ),
        "areas": _few(50, "地区总数", "Areas in all", least=1),
    },
    "settling_days": _few(
        7, "截止到冻结至少多少天", "Days from the close to the freeze, at least", "days", 0, 90
    ),
    "judging": {
        "least": _few(3, "有效评分表至少几份", "Valid sheets, at least", least=1, most=50),
        "trim_from": _few(
            5, "几份起去掉最高最低", "Sheets from which on the extremes are dropped", least=3, most=50
        ),
        "spread_points": _few(
            25, "分差超过几分须复看", "Points of spread beyond which it is looked at again", "points"
        ),
        "severity": Choice(
            "off",
            say("评委宽严校正", "Strict and mild judges"),
            {"off": say("不校正", "As they are"), "z_score": say("拉到同一尺度", "Brought onto one scale")},
        ),
        "severity_least": _few(
            8, "校正要每位评委至少几份评分表", "For that, sheets of each judge, at least", least=8
        ),
        "related_months": _few(
            12, "回避：查多少个月内的往来", "Months of dealings that make a conflict", "months"
        ),
    },
    "integrity": {
        "F1": {"effect": _effect(EXCLUDE)},
        "F2": {
            "effect": _effect(HOLD),
            "most_minor": _minor(
                500_000, "未核实买家整届金额上限", "An unverified payer's amount in the edition"
            ),
            "most_units_a_day": _few(30, "未核实买家一天件数上限", "An unverified payer's units of a day"),
        },
        "F3": {
            "effect": _effect(HOLD),
            "least_accounts": _few(5, "同一地址的账户数", "Accounts at one address", least=2),
        },
        "F4": {
            "effect": _effect(HOLD),
            "orders_a_payer": _few(3, "一小时内每位买家的订单数", "Orders a payer in an hour", least=1),
            "least_orders": _few(10, "一小时内订单数", "Orders in that hour", least=1),
        },
        "F5": {
            "effect": _effect(EXCLUDE),
            "entry_effect": Choice(HOLD, say("对参赛队的后果", "Effect on the entry"), EFFECTS),
            "refunded_orders": _few(3, "一位买家退款的订单数", "Refunded orders of one payer", least=1),
            "refund_rate_bps": _bps(2_000, "参赛队退款率", "Refund rate of the entry"),
            "days": _few(7, "统计天数", "Days that are looked at", "days", 1, 90),
            "least_payers": _few(5, "涉及买家数", "Payers behind it", least=1),
        },
        "F6": {
            "effect": _effect(EXCLUDE),
            "days": _few(7, "发货后无扫描天数", "Days without a scan after shipping", "days", 1, 90),
            "mismatch_bps": _bps(2_000, "重量偏差", "Difference of weight"),
        },
        "F7": {
            "effect": _effect(HOLD),
            "days": _few(14, "发放后天数", "Days after a payout", "days", 1, 90),
            "share_bps": _bps(5_000, "回流占发放的份额", "Part of the payout that comes back"),
        },
        "F8": {
            "effect": _effect(HOLD),
            "share_bps": _bps(4_000, "新账户占当日支持的份额", "Part of a day's supports by new accounts"),
            "hours": _few(24, "多少小时内算新账户", "Hours that an account is new", "hours", 1),
            "least_supports": _few(50, "当日支持数", "Supports of that day", least=1, most=100_000),
        },
        "F9": {
            "effect": _effect(EXCLUDE),
            "rate_bps": _bps(8_000, "参与占浏览者的份额", "Engaged of those who looked"),
            "times_purchases": _few(20, "一小时内是购买的多少倍", "Times the purchases of an hour", least=1),
        },
        "F10": {
            "effect": _effect(HOLD),
            "yield_bps": _bps(12_000, "超过合理产量的比例", "Of the plausible yield", most=100_000),
        },
        "F11": {"effect": _effect(HOLD)},
        "F12": {
            "effect": _effect(NOTIFY),
            "over_median_bps": _bps(3_000, "高于本县中位价", "Above the county's median", most=100_000),
            "rise_bps": _bps(1_000, "赛段内涨价", "Rise inside the round", most=100_000),
        },
        "F13": {"effect": _effect(EXCLUDE)},
        "F14": {"effect": _effect(EXCLUDE)},
        "F15": {
            "effect": _effect(HOLD),
            "words": Texts(
                ("滞销", "烂在地里", "重病", "unsold", "rotting", "illness"), say("查找的词", "Words")
            ),
        },
        "appeal_days": _few(3, "申诉天数", "Days for an appeal", "days", 1, 60),
    },
    "reexamination": {
        "refunds_bps": _bps(
            1_000, "冻结后退款占冻结金额的份额", "Refunds after the freeze, of the frozen amount"
        ),
        "presale_days": _few(15, "预售逾期天数", "Days after the promised day of a pre-sale", "days", 0, 365),
        "delivered_bps": _bps(9_500, "发奖所需的交付比例", "Delivered before an award is given out"),
    },
}
