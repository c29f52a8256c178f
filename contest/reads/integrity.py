"""What everybody may know of a round's cases: which rule found something in which entry, what was decided and why, and sums
behind which ten persons stand. Of no purchase, no buyer, and nothing from which one could be worked back
(docs/decisions/0044)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F

from contest.integrity.rules import thresholds_of
from contest.models import Case, CaseItem, Effect, Rule
from contest.scoring.settings import EFFECTS
from core import clock
from core.language import Words, say
from core.money import show
from impact.models import Edition, Entry, Round
from impact.reads.figures import BOUGHT
from impact.reads.household import FEWEST

Decision, State = Case.Decision, Case.State
RULES = list(Rule)
RATE_STEP = 5  # points


@dataclass(frozen=True)
class Cell:
    """What one rule comes to in one entry, decided so and for that reason; undecided, both are empty. `excluded_minor` is
    None where fewer than ten persons stand behind it or it may still move."""

    entry: Entry
    rule: Rule
    decision: str
    reason: str
    excluded_minor: int | None


class ErrorRate(NamedTuple):
    """Of a rule's decided cases, how many points in a hundred were cleared, to five; None where fewer than ten were."""

    rule: Rule
    cleared_percent: int | None


class RuleInForce(NamedTuple):
    """A rule, and what it does in this round."""

    rule: Rule
    effect: Words


def rules_of(round_: Round) -> list[RuleInForce]:
    """All, as the round's rulebook has them."""
    thresholds = thresholds_of(round_)
    return [RuleInForce(rule, EFFECTS[thresholds[rule.value]["effect"]]) for rule in RULES]


def is_public(round_: Round) -> bool:
    """From the freeze on."""
    return round_.phase(clock.now()) == Round.Phase.FROZEN


def cells(round_: Round, entry: Entry | None = None) -> list[Cell]:
    """By entry and rule, of all or of one, once the round is frozen; what was cleared is in none."""
    if not is_public(round_):
        return []
    rows = Case.objects.filter(round=round_) if entry is None else Case.objects.filter(entry=entry)
    cases = list(rows.select_related("entry__team").order_by("entry__number", "pk"))
    behind = _behind(round_, cases)
    found: dict[tuple[Entry, Rule, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if _is_shown(case):
            found[case.entry, Rule(case.rule), case.holds, case.answer_reason or case.reason].append(case)
    order = sorted(found, key=lambda cell: (cell[0].number, RULES.index(cell[1]), cell[2], cell[3]))
    return [Cell(*cell, _public_sum(found[cell], behind)) for cell in order]


def _is_shown(case: Case) -> bool:
    if case.holds:
        return case.holds != Decision.CLEARED
    return case.effect != Effect.NOTIFY


class _Behind(NamedTuple):
    """A purchase that a case keeps out: what is left of it, and who bought it, where that is known."""

    net_minor: int
    person_key: str | None


def _behind(round_: Round, cases: Collection[Case]) -> dict[int, list[_Behind]]:
    """By case the purchases that count below and that no earlier rule has found, whatever was decided of that: so no order
    is in two cells, and none changes its cell when a case is cleared."""
    rule_of = {case.pk: RULES.index(Rule(case.rule)) for case in cases}
    items = CaseItem.objects.filter(case__in=rule_of, part=CaseItem.Part.ORDER)
    rows = sorted(
        items.values_list("case", "case__entry", "order_uid"), key=lambda row: (rule_of[row[0]], row[0])
    )
    owner: dict[tuple[int, UUID | None], int] = {}
    for case, entry, order in rows:
        owner.setdefault((entry, order), case)
    bought = _bought({entry for entry, _ in owner}, [order for _, order in owner if order])
    found: dict[int, list[_Behind]] = defaultdict(list)
    for thing, case in owner.items():
        if thing in bought:
            found[case].append(bought[thing])
    return found


_BOUGHT = f"""
    WITH bought AS (
        {BOUGHT} WHERE s.entry_id = ANY(%(entries)s) AND s.order_uid = ANY(%(orders)s) GROUP BY s.entry_id, s.order_uid
    )
    SELECT entry_id, order_uid, net::bigint, CASE WHEN is_known THEN person_key END FROM bought WHERE counts AND net > 0
"""


def _bought(entries: Iterable[int], orders: Iterable[UUID]) -> dict[tuple[int, UUID | None], _Behind]:
    with connection.cursor() as cursor:
        cursor.execute(_BOUGHT, {"entries": list(entries), "orders": list(orders)})
        return {(entry, order): _Behind(net, person) for entry, order, net, person in cursor.fetchall()}


def _public_sum(cases: Collection[Case], behind: dict[int, list[_Behind]]) -> int | None:
    """A case of fewer than ten that could still leave the cell would be the difference of two days."""
    if any(
        case.state != State.FINAL and _persons(behind[case.pk]) < FEWEST
        for case in cases
        if case.pk in behind
    ):
        return None
    together = [one for case in cases for one in behind.get(case.pk, ())]
    return sum(one.net_minor for one in together) if _persons(together) >= FEWEST else None


def _persons(purchases: Iterable[_Behind]) -> int:
    return len({one.person_key for one in purchases if one.person_key})


def error_rates(edition: Edition) -> list[ErrorRate]:
    """Each rule's, once all rounds of the edition are frozen and none of its cases is open; nothing before."""
    cases = Case.objects.filter(round__edition=edition)
    if not all(is_public(one) for one in edition.rounds.all()) or cases.exclude(state=State.FINAL).exists():
        return []
    decided: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        decided[case.rule].append(case.holds == Decision.CLEARED)
    return [ErrorRate(rule, _rate(decided[rule])) for rule in RULES if decided[rule]]


def _rate(cleared: list[bool]) -> int | None:
    if len(cleared) < FEWEST:
        return None
    return round(100 * sum(cleared) / len(cleared) / RATE_STEP) * RATE_STEP


def public_round(edition: str, level: str, region: str | None = None) -> Round | None:
    """A round as its address names it; of several of a level that of all provinces, or the first by its code."""
    rounds = Round.objects.filter(edition__slug=edition, level=level).select_related("edition", "region")
    if region:
        rounds = rounds.filter(region=region)
    return rounds.order_by(F("region").asc(nulls_first=True)).first()


def public_amount(minor: int | None) -> Words:
    """A cell's sum as it is told, in words."""
    if minor is None:
        return say("不公布（不足 10 人，或尚未终局）", "not told: fewer than 10 people, or not final yet")
    return say("{n}", "{n}", n=show(minor))


def public_rate(percent: int | None) -> Words:
    """A rule's error rate as it is told, in words."""
    if percent is None:
        return say("决定不足 10 件", "fewer than 10 were decided")
    return say("约 {n}%", "about {n}%", n=percent)
