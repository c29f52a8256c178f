"""Look at a round by every rule, and open what they find as cases: as often as one likes, with the same cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from contest.integrity.facts import Facts
from contest.integrity.finding import Finding, Mended
from contest.integrity.rules import DETECTORS, OFF, thresholds_of
from contest.models import Case, CaseItem, Effect, RoundPlan, Rule, Snapshot
from core import clock
from impact.actions import standings
from impact.models import Entry, Round

Part, State = CaseItem.Part, Case.State
Found = list[tuple[Rule, Finding | Mended]]
Thing = tuple[str, Any]  # which part, and its key


def examine_due() -> int:
    """Every round that has begun and is not frozen; returns how many cases were opened or have more in them."""
    now = clock.now()
    begun = Round.objects.filter(opens_at__lte=now, freezes_at__gt=now)
    return sum(examine(round_) for round_ in begun.select_related("edition").order_by("pk"))


def examine(round_: Round) -> int:
    """One round, as of now or its freeze; nothing once its snapshot is taken. Whoever takes the snapshot calls this first.

    What was found stays found: a rule takes a case back only where a fact says that it was put right, and a person
    decides of all others.
    """
    standings.fold()  # what was bought until now is counted, and so looked at
    now, rules = min(clock.now(), round_.freezes_at), thresholds_of(round_)
    changed = 0
    entries = Entry.objects.filter(round=round_, approved_at__isnull=False).order_by("pk")
    for entry in entries.select_related("round__edition"):
        facts = Facts(entry, now)
        found: Found = [
            (rule, one)
            for rule, detector in DETECTORS.items()
            if rules[rule.value]["effect"] != OFF
            for one in detector(facts, rules[rule.value])
        ]
        if found:
            changed += _note(entry, found, rules, now)
    return changed


@transaction.atomic
def _note(entry: Entry, found: Found, rules: Mapping[str, Any], now: datetime) -> int:
    # Of two that look at once the second sees what the first has opened.
    RoundPlan.objects.select_for_update().get(round=entry.round_id)
    if Snapshot.objects.filter(round=entry.round_id, voided_at=None).exists():
        return 0
    docket, changed = _Docket(entry, now), 0
    for rule, one in found:
        if isinstance(one, Mended):
            changed += docket.clear(rule, one)
        elif (effect := one.effect or rules[rule.value]["effect"]) != OFF:
            changed += docket.open(rule, one, effect)
    return changed


class _Docket:
    """An entry's cases, with what each keeps out."""

    def __init__(self, entry: Entry, now: datetime):
        self.entry, self.now = entry, now
        cases = Case.objects.filter(entry=entry).prefetch_related("items")
        self.things = {case: {_thing(item) for item in case.items.all()} for case in cases}

    def open(self, rule: Rule, finding: Finding, effect: str) -> bool:
        """A case for what no case of this rule and sort of subject has yet; or more in the one that is open and about the
        same: of stretches of time, one that overlaps."""
        alike = (rule, _sort(finding.subject))
        of_rule = {
            case: things for case, things in self.things.items() if (case.rule, _sort(case.subject)) == alike
        }
        found = _things(finding)
        new = [thing for thing in found if not any(thing in theirs for theirs in of_rule.values())]
        about_it = [case for case in of_rule if case.subject == finding.subject or of_rule[case] & set(found)]
        if about_it and not new:
            return False
        evidence = dict(finding.evidence)
        if (case := next((case for case in about_it if not case.decision), None)) is None:
            case = Case.objects.create(
                round_id=self.entry.round_id,
                entry=self.entry,
                rule=rule,
                subject=finding.subject,
                effect=effect,
                state=State.HELD if effect == Effect.HOLD else State.OPENED,
                evidence=evidence,
                opened_at=self.now,
            )
            self.things[case] = set()
        else:
            Case.objects.filter(pk=case.pk).update(evidence=evidence)
        CaseItem.objects.bulk_create(_item(case, thing, self.now) for thing in new)
        self.things[case] |= set(new)
        return True

    def clear(self, rule: Rule, mended: Mended) -> int:
        """Take back what is not decided of this subject."""
        found = [case for case in self.things if (case.rule, case.subject) == (rule, mended.subject)]
        still_open = [case for case in found if not case.decision]
        for case in still_open:
            case.move_to(
                State.DECIDED, decision=Case.Decision.CLEARED, reason=Case.Reason.MENDED, decided_at=self.now
            )
        return len(still_open)


def _sort(subject: str) -> str:
    return subject.partition(":")[0]


def _things(finding: Finding) -> list[Thing]:
    orders = [(Part.ORDER, uid) for uid in finding.orders]
    mobilised = [(Part.MOBILISER, uid) for uid in finding.mobilised]
    return [*orders, *mobilised, *((Part.ENGAGEMENT, person) for person in finding.engaged)]


def _thing(item: CaseItem) -> Thing:
    return (item.part, item.person_id if item.part == Part.ENGAGEMENT else item.order_uid)


def _item(case: Case, thing: Thing, now: datetime) -> CaseItem:
    part, key = thing
    of = {"person_id": key} if part == Part.ENGAGEMENT else {"order_uid": key}
    return CaseItem(case=case, part=part, found_at=now, **of)
