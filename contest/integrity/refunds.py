"""Money that goes round: F5, F7."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from contest.integrity.buying import BPS, runs
from contest.integrity.facts import Facts, Purchase, with_net
from contest.integrity.finding import Finding, detects
from contest.integrity.ports import PAYOUTS
from contest.models import Rule


@detects(Rule.REFUND_CYCLE)
def refund_cycle(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """A payer who buys and gives back in turns counts for nothing; an entry of which much goes back is looked at, since
    a rival may be behind it: what those payers have left is held, and everybody else's counts on."""
    payers: dict[str, list[Purchase]] = defaultdict(list)
    for purchase in facts.purchases:
        payers[purchase.person_key].append(purchase)
    for payer, purchases in payers.items():
        back = sum(one.order_uid in facts.refunded for one in purchases)
        if back >= rules["refunded_orders"]:
            evidence = {"payer": payer, "orders": len(purchases), "refunded": back}
            yield Finding(f"payer:{payer}", evidence, orders=with_net(purchases))
    yield from _entry(facts, rules)


def _entry(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    def refunded(window: Sequence[Purchase]) -> list[Purchase]:
        return [one for one in window if one.order_uid in facts.refunded]

    def is_wave(window: Sequence[Purchase], _: Counter[str]) -> bool:
        back = refunded(window)
        is_much = len(back) * BPS > rules["refund_rate_bps"] * len(window)
        return is_much and len({one.person_key for one in back}) >= rules["least_payers"]

    for run in runs(facts.purchases, timedelta(days=rules["days"]), is_wave):
        back = {one.person_key for one in refunded(run)}
        evidence = {
            "orders": len(run),
            "refunded": len(refunded(run)),
            "payers": len(back),
            "from": run[0].day,
            "to": run[-1].day,
        }
        theirs = [one for one in run if one.person_key in back]
        yield Finding("entry", evidence, orders=with_net(theirs), effect=rules["entry_effect"])


@detects(Rule.ROUND_TRIP)
def round_trip(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Whoever was paid out buys from the same team with much of it, soon after."""
    within = timedelta(days=rules["days"])
    for payout in PAYOUTS.of(facts.entry):
        back = [
            one
            for one in facts.purchases
            if one.person_id == payout.person_id
            and payout.received_at <= one.traded_at < payout.received_at + within
        ]
        spent = sum(one.net_minor for one in back)
        if spent > 0 and spent * BPS >= rules["share_bps"] * payout.amount_minor:
            evidence = {
                "payout": str(payout.uid),
                "paid_out_minor": payout.amount_minor,
                "came_back_minor": spent,
            }
            yield Finding(f"payout:{payout.uid}", evidence, orders=with_net(back))
