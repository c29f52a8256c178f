"""The indicators: a small class each, in a registry by which a rulebook names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from contest.scoring.exact import WHOLE_BPS, ZERO
from contest.scoring.inputs import Inputs
from contest.scoring.measures import Field, part_of, shown_as, unit_of, value_of
from contest.scoring.popularity import engagement, like_share, spread
from core.language import Words, say


@dataclass(frozen=True)
class Term:
    """One part of an indicator: `fraction` of 0 to 1 with `weight_bps` in it; `value` is the figure as it was read."""

    name: str
    weight_bps: int
    value: str
    fraction: Decimal
    formula: str


class Indicator:
    """A weighted sum of parts, 0 to 100. `row` is the rulebook's own line of it."""

    kind: ClassVar[str]
    symbol: ClassVar[str] = ""
    words: ClassVar[Words]
    about: ClassVar[Words]

    def terms(
        self, row: Mapping[str, Any], rules: Mapping[str, Any], inputs: Inputs, field: Field
    ) -> list[Term]:
        """Its parts for one entry, in the rulebook's order of importance."""
        scale = row.get("scale", rules["scale"])
        made = []
        for name, weight_bps in sorted(row["parts"].items(), key=lambda part: (-part[1], part[0])):
            x = value_of(inputs, name)
            part = part_of(name, x, scale, rules["references"][name], field)
            made.append(Term(name, weight_bps, shown_as(unit_of(name))(x), part.fraction, part.formula))
        return made

    def value(
        self, row: Mapping[str, Any], rules: Mapping[str, Any], inputs: Inputs, field: Field
    ) -> Decimal:
        """0 to 100, not rounded."""
        return value_of_terms(self.terms(row, rules, inputs, field))


def value_of_terms(terms: list[Term]) -> Decimal:
    """An indicator's value from its parts."""
    return 100 * sum((term.weight_bps * term.fraction for term in terms), ZERO) / WHOLE_BPS


REGISTRY: dict[str, Indicator] = {}


def registered(one: type[Indicator]) -> type[Indicator]:
    """Rulebooks may name it by its kind."""
    REGISTRY[one.kind] = one()
    return one


@registered
class Welfare(Indicator):
    """What it does for families: the committee's mark and what the ledger says."""

    kind, symbol = "welfare", "P"
    words = say("公益性", "Public welfare")
    about = say(
        "评委会的评分，以及账本里的三项：有收益的农户、农户所得占净额的份额、其中给重点帮扶农户的份额。",
        "The committee's mark, and three figures of the ledger: households with income, their part of the net, and the"
        " part of that which goes to households at risk.",
    )


@registered
class Amount(Indicator):
    """What was bought for it, each payer up to a cap."""

    kind, symbol = "amount", "M"
    words = say("众筹金额", "Amount raised")
    about = say(
        "净额，每位个人和每个单位各有上限，捐赠不计。",
        "The net amount, each person and each organisation up to a cap; donations are not counted.",
    )


@registered
class PersonTimes(Indicator):
    """How often people supported it."""

    kind, symbol = "person_times", "T"
    words = say("众筹人次", "Person-times")
    about = say(
        "每人每天算一次，每人有天数上限；团购由成员本人认领的份另计。",
        "One a person and day, up to so many days of one person; seats of groups that members took themselves are added.",
    )


@registered
class Mobilisation(Indicator):
    """Whom it won over: by whose call people bought, which organisations, which dockings."""

    kind, symbol = "mobilisation", "R"
    words = say("资源动员能力", "Resource mobilisation")
    about = say(
        "由动员带来的金额（每个动员方有上限）、参与的单位和已交付的对接。",
        "What came by somebody's call (each mobiliser up to a cap), organisations that took part, dockings delivered.",
    )


@registered
class Popularity(Indicator):
    """How many of those who looked took part, and from how far."""

    kind, symbol = "popularity", "Q"
    words = say("普及率", "Popularity rate")
    about = say(
        "已验证的浏览者中点赞、关注、分享的比例（取下限，小样本不占便宜），以及支持者覆盖的地区。匿名的不计。",
        "Of the verified people who looked, how many liked, followed or shared (the lower bound of that rate, so that a"
        " small sample gains nothing), and over how many areas its supporters are spread. Anonymous ones do not count.",
    )

    def terms(
        self, row: Mapping[str, Any], rules: Mapping[str, Any], inputs: Inputs, field: Field
    ) -> list[Term]:
        """By the rulebook's mode of popularity."""
        chosen = rules["popularity"]
        engaged, reached, liked = (
            engagement(chosen, inputs),
            spread(chosen, inputs),
            like_share(inputs, field),
        )
        people = f"{inputs.engaged}/{inputs.viewers}"
        parts = {
            "engagement_wilson": [(engaged, WHOLE_BPS, "engaged", people)],
            "spread": [(reached, WHOLE_BPS, "areas", str(inputs.areas))],
            "like_share": [(liked, WHOLE_BPS, "engaged", str(inputs.engaged))],
            "blend": [
                (engaged, chosen["engagement_bps"], "engaged", people),
                (reached, chosen["spread_bps"], "areas", str(inputs.areas)),
            ],
        }
        return [
            Term(name, weight, value, part.fraction, part.formula)
            for part, weight, name, value in parts[chosen["mode"]]
        ]


@registered
class Further(Indicator):
    """Whatever else a rulebook measures: its row names inputs, and says in both languages what it is."""

    kind = "further"
    words = say("其他指标", "A further indicator")
    about = say(
        "由规则自行定义：选一项或几项数据，各有基准。",
        "Of the rulebook's own making: inputs with references.",
    )


def words_of_row(row: Mapping[str, Any]) -> Words:
    """What an indicator of a rulebook is called: by the rulebook's own words where it has some."""
    return Words(row["name_zh"], row["name_en"]) if row.get("name_zh") else REGISTRY[row["kind"]].words


def about_row(row: Mapping[str, Any]) -> Words:
    """What it measures, in a sentence."""
    own = row.get("about_zh") or row.get("about_en")
    return Words(row.get("about_zh", ""), row.get("about_en", "")) if own else REGISTRY[row["kind"]].about
