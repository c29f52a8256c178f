"""How something was bought: F2, F3, F4, F8. Rates and keyed hashes, no device and no network address."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from contest.integrity.facts import Facts, Purchase, with_net
from contest.integrity.finding import Finding, detects
from contest.models import Rule

BPS = 10_000


@detects(Rule.BULK)
def bulk(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Of a payer for whom no verified organisation stands, what goes beyond a sum in the edition or beyond so many units a
    day. What she bought up to there counts: one purchase more takes nothing from it."""
    payers: dict[str, list[Purchase]] = defaultdict(list)
    for purchase in facts.in_edition:
        if purchase.organisation_id is None and purchase.net_minor > 0:
            payers[purchase.person_key].append(purchase)
    for payer, purchases in payers.items():
        spent, units, beyond = 0, Counter[str](), []
        for purchase in purchases:
            spent += purchase.net_minor
            units[purchase.day] += facts.units[purchase.order_uid]
            if spent > rules["most_minor"] or units[purchase.day] > rules["most_units_a_day"]:
                beyond.append(purchase)
        here = [one for one in beyond if one.entry_id == facts.entry.pk]
        if here:
            evidence = {"payer": payer, "spent_minor": spent, "most_units_a_day": max(units.values())}
            yield Finding(f"payer:{payer}", evidence, orders=with_net(here))


@detects(Rule.CLUSTER)
def cluster(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Many accounts, one address, and no organisation that would explain it."""
    sent: dict[str, list[Purchase]] = defaultdict(list)
    for purchase in facts.purchases:
        is_explained = purchase.organisation_id is not None or purchase.is_held_for_others
        if purchase.net_minor > 0 and not is_explained and (address := facts.address_mark(purchase)):
            sent[address].append(purchase)
    for address, purchases in sent.items():
        payers = {one.person_key for one in purchases}
        if len(payers) >= rules["least_accounts"]:
            yield Finding(
                f"address:{address}", {"address": address, "payers": len(payers)}, orders=with_net(purchases)
            )


@detects(Rule.BRUSHING)
def brushing(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Many orders of few payers within an hour, wherever on the clock it begins."""

    def is_brushed(window: Sequence[Purchase], payers: Counter[str]) -> bool:
        return len(window) >= rules["least_orders"] and len(window) >= rules["orders_a_payer"] * len(payers)

    for run in runs(facts.purchases, timedelta(hours=1), is_brushed):
        payers = {one.person_key for one in run}
        evidence = {"orders": len(run), "payers": len(payers), **_span(run)}
        yield Finding(f"orders:{run[0].order_uid}", evidence, orders=with_net(run))


@detects(Rule.NEW_ACCOUNTS)
def new_accounts(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """A day on which much of what an entry gathered came from accounts that had just been opened: theirs is held."""
    days: dict[str, list[Purchase]] = defaultdict(list)
    for purchase in facts.purchases:
        days[purchase.day].append(purchase)
    young = timedelta(hours=rules["hours"])
    for day, purchases in days.items():
        new = [one for one in purchases if one.joined_at and one.placed_at - one.joined_at < young]
        is_burst = len(new) * BPS > rules["share_bps"] * len(purchases)
        if len(purchases) >= rules["least_supports"] and is_burst:
            yield Finding(
                f"day:{day}", {"day": day, "supports": len(purchases), "new": len(new)}, orders=with_net(new)
            )


def runs(
    purchases: Sequence[Purchase],
    length: timedelta,
    is_one: Callable[[Sequence[Purchase], Counter[str]], bool],
) -> Iterator[list[Purchase]]:
    """Stretches in which each window of this length (its end not in it) that `is_one` of, with how often each payer is in
    it, is joined with those that it overlaps. `purchases` as they were placed."""
    payers: Counter[str] = Counter()
    first, marked = 0, [False] * len(purchases)
    for last, purchase in enumerate(purchases):
        payers[purchase.person_key] += 1
        while purchase.traded_at - purchases[first].traded_at >= length:
            payers[purchases[first].person_key] -= 1
            payers += Counter()  # without those of which none is left
            first += 1
        if is_one(purchases[first : last + 1], payers):
            marked[first : last + 1] = [True] * (last + 1 - first)
    run: list[Purchase] = []
    for purchase, is_in in zip(purchases, marked, strict=True):
        if is_in:
            run.append(purchase)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _span(run: Sequence[Purchase]) -> dict[str, str]:
    return {"from": run[0].traded_at.isoformat(), "to": run[-1].traded_at.isoformat()}
