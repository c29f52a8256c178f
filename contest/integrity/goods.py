"""Whether goods travelled, grew where it is said, and cost what they should: F6, F10, F11, F12."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from contest.integrity.buying import BPS
from contest.integrity.facts import Facts
from contest.integrity.finding import Finding, Mended, detects
from contest.integrity.ports import COUNTY_PRICES, ENROLMENTS, ORIGINS, SCANS
from contest.models import Rule
from impact.marks import mark_of_household


@detects(Rule.UNSCANNED)
def unscanned(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding | Mended]:
    """A parcel that no carrier has scanned for days after it was sent, or that weighs something else: its order counts from
    when the carrier says otherwise."""
    bought = {one.order_uid for one in facts.purchases}
    for scan in SCANS.of(facts.entry):
        if scan.order_uid not in bought:
            continue
        subject = f"order:{scan.order_uid}"
        is_late = scan.scanned_at is None and facts.now - scan.sent_at >= timedelta(days=rules["days"])
        other = abs(scan.grams_weighed - scan.grams_stated) if scan.grams_weighed and scan.grams_stated else 0
        if is_late or other * BPS > rules["mismatch_bps"] * scan.grams_stated:
            evidence = {"order": str(scan.order_uid), "grams_off": other, "is_scanned": not is_late}
            yield Finding(subject, evidence, orders=(scan.order_uid,))
        elif scan.scanned_at is not None:
            yield Mended(subject)


@detects(Rule.OVERSOLD)
def oversold(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """More sold of a lot than its households' ground can have grown."""
    for origin in ORIGINS.of(facts.entry):
        units, grams = facts.lots.get(origin.lot_uid, (0, 0))
        plausible = origin.square_metres * origin.grams_a_square_metre
        if units * grams * BPS > plausible * rules["yield_bps"]:
            evidence = {"lot": str(origin.lot_uid), "grams_sold": units * grams, "grams_plausible": plausible}
            yield Finding(f"lot:{origin.lot_uid}", evidence)


@detects(Rule.TWO_TEAMS)
def two_teams(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """One household in the books of two teams for one season: both enrolments are held, each in its own entry's case."""
    for one in ENROLMENTS.of(facts.entry):
        household = mark_of_household(facts.edition, one.household_uid)
        evidence = {
            "household": household,
            "other_team": str(one.other_team_uid),
            "season": one.season,
        }
        yield Finding(f"household:{household}:{one.season}", evidence)


@detects(Rule.PRICE)
def price(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Dearer than the county's median by much, or than it was when the round's first buyer paid."""
    first: dict[UUID, int] = {}
    highest: dict[UUID, int] = {}
    for variant, _, minor, _ in facts.prices:
        first.setdefault(variant, minor)
        highest[variant] = max(highest.get(variant, 0), minor)
    for variant, minor in highest.items():
        if (minor - first[variant]) * BPS > rules["rise_bps"] * first[variant]:
            evidence = {"variant": str(variant), "first_minor": first[variant], "highest_minor": minor}
            yield Finding(f"rise:{variant}", evidence)
    for county in COUNTY_PRICES.of(facts.entry):
        minor = highest.get(county.variant_uid, 0)
        if (minor - county.median_minor) * BPS > rules["over_median_bps"] * county.median_minor:
            evidence = {
                "variant": str(county.variant_uid),
                "median_minor": county.median_minor,
                "highest_minor": minor,
            }
            yield Finding(f"median:{county.variant_uid}", evidence)
