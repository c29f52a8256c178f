"""Who is near to the team, or to whoever judges it: F1, F13, F14."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from contest.integrity.facts import Facts, Purchase, with_net
from contest.integrity.finding import Finding, Mended, detects
from contest.models import Conflict, Rule


@detects(Rule.RELATED)
def related_payer(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Whatever a related party bought: the team's own people of now and before, its households, whom it declared, and
    whoever shares a telephone, an address or a household's account with them."""
    bought: dict[str, list[Purchase]] = defaultdict(list)
    by_what: dict[str, set[str]] = defaultdict(set)
    for purchase in facts.purchases:
        if purchase.net_minor > 0 and (found := facts.nearness(purchase)):
            bought[purchase.person_key].append(purchase)
            by_what[purchase.person_key] |= found
    for payer, purchases in bought.items():
        yield Finding(
            f"payer:{payer}", {"by": sorted(by_what[payer]), "payer": payer}, orders=with_net(purchases)
        )


@detects(Rule.SELF_CALL)
def own_call(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """What a related party called others to buy: the purchases count, and she has mobilised nothing by them."""
    for pk, caller in sorted(facts.callers.items()):
        if by_what := facts.nearness_of_caller(caller):
            called = [one for one in facts.purchases if one.mobiliser_id == pk]
            yield Finding(
                f"caller:{caller.uid}",
                {"by": sorted(by_what), "caller": str(caller.uid)},
                mobilised=with_net(called),
            )


@detects(Rule.JUDGE)
def related_judge(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding | Mended]:
    """A judge who is near to the entry, as she declared or facts show: she is to be recused, unless it is waived in
    writing."""
    ties: dict[str, dict[str, str]] = defaultdict(dict)
    for uid, kind, state in facts.ties:
        ties[str(uid)][kind] = state
    for judge, kinds in sorted(ties.items()):
        if by_what := sorted(kind for kind, state in kinds.items() if state != Conflict.State.WAIVED):
            yield Finding(f"judge:{judge}", {"judge": judge, "by": by_what})
        else:
            yield Mended(f"judge:{judge}")
