"""The committee's part: what a judge may know of, and what the opened sheets come to."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Appointment, Person
from accounts.permissions import places_now, running
from accounts.places import Places
from contest.models import Conflict, Judge, Opening, RoundPlan, Rulebook, Sheet
from contest.reads.stage import judged_of, panel_of
from contest.reads.ties import MONTHS, ties_of
from contest.scoring import severity
from contest.scoring.exact import WHOLE_BPS, rounded
from contest.scoring.judging import mean_of
from core import clock
from core.refusals import NotFound
from impact.models import Edition, Entry, Round

JUDGE = "contest.judge"
Marks = dict[str, Decimal]


def rules_of(round_: Round) -> dict[str, Any] | None:
    """The parameters of the rulebook by which this round is judged, its panel's own or the round's; None while it has none."""
    panel = panel_of(round_)
    if panel and panel.rulebook:
        parameters: dict[str, Any] = panel.rulebook.parameters
        return parameters
    plan = RoundPlan.objects.filter(round=round_).select_related("rulebook").first()
    return plan.rulebook.parameters if plan and plan.rulebook else None


def judge_of(person: Any, edition_id: int) -> Judge | None:
    """The part of somebody in an edition's committee, if she ever had one."""
    if not getattr(person, "is_authenticated", False):
        return None
    return Judge.objects.filter(person=person.pk, edition=edition_id).select_related("person").first()


def sitting(edition_id: int) -> QuerySet[Judge]:
    """Who sits in its committee at this moment: whoever is appointed to."""
    seats = Appointment.objects.filter(running(), role=Appointment.Role.JUDGE)
    rows = Judge.objects.filter(edition=edition_id).select_related("edition", "person")
    held = set(seats.filter(subject__in=rows.values("edition__uid")).values_list("person_id", "subject"))
    return rows.filter(pk__in=[row.pk for row in rows if (row.person_id, row.edition.uid) in held])


def hidden_from(judge: Judge, entries: Iterable[Entry]) -> set[int]:
    """Which of these entries do not exist for a judge; asked of the facts too, so that nothing is shown before it was
    noted. What ties her to an entry after its sheets were opened changes nothing any more."""
    entries = list(entries)
    noted = Conflict.objects.filter(judge=judge, entry__in=[e.pk for e in entries])
    rows = {(c.entry_id, c.kind): c.state for c in noted}
    opened = set(Opening.objects.filter(round__in={e.round_id for e in entries}).values_list("pk", flat=True))
    sealed = [entry for entry in entries if entry.round_id not in opened]
    ties = {key for key, state in rows.items() if state != Conflict.State.WAIVED}
    ties |= ties_of(judge, sealed, months_of(sealed)) - rows.keys() if sealed else set()
    return {entry for entry, _ in ties}


def months_of(entries: Iterable[Entry]) -> int:
    """Dealings of so many months make a conflict, by the rulebooks of these entries' rounds."""
    books = Rulebook.objects.filter(plans__round__in={e.round_id for e in entries})
    asked = [
        parameters["judging"]["related_months"] for parameters in books.values_list("parameters", flat=True)
    ]
    return max(asked, default=MONTHS)


def is_open(plan: RoundPlan, round_: Round) -> bool:
    """Whether judges can give marks in this round now: from its opening, or its panel's, until judging closes, by its
    rulebook, and never once its sheets are open, whatever its times become."""
    if plan.judging_closes_at is None or plan.rulebook_id is None:
        return False
    panel = panel_of(round_)
    opens_at = panel.opens_at if panel else round_.opens_at
    is_its_time = opens_at <= clock.now() < plan.judging_closes_at
    return is_its_time and not Opening.objects.filter(round=round_).exists()


def edition_judged(person: Person, slug: str) -> Edition:
    """The edition of this short name, where she is appointed to judge it; NotFound for any other."""
    places = places_now(person, JUDGE)
    found = Edition.objects.filter(places.rows(subject="uid"), slug=slug).first()
    if found is None:
        raise NotFound(field="edition")
    return found


def may_see(judge: Judge, entry: Entry) -> bool:
    """Whether there is such an entry for her: she has declared her ties, and has none to it."""
    return judge.declared_at is not None and entry.pk not in hidden_from(judge, [entry])


def judged_in(entry_uid: UUID, places: Places) -> Entry | None:
    """The entry of this uid, where it takes part in an edition at one of these places."""
    rows = Entry.objects.filter(
        places.rows(subject="round__edition__uid"), uid=entry_uid, approved_at__isnull=False
    )
    found = rows.select_related("team", "round__edition").first()
    return found if found and judged_of(rows, found.round).exists() else None


def rounds_judged_of(entry_uids: list[UUID], places: Places) -> set[int]:
    """The rounds in which entries of these uids take part, in an edition at one of these places."""
    of_these = Entry.objects.filter(uid__in=entry_uids, approved_at__isnull=False)
    return set(of_these.filter(places.rows(subject="round__edition__uid")).values_list("round_id", flat=True))


def judged(round_: Round) -> QuerySet[Entry]:
    """The entries of a round that are judged: those that take part, and came before its panel where it has one."""
    rows = judged_of(Entry.objects.filter(round=round_, approved_at__isnull=False), round_)
    return rows.select_related("team", "round").order_by("pk")


def queue(judge: Judge, round_: Round) -> list[Entry]:
    """The entries that she judges, in an order of her own that tells nothing of them."""
    entries = list(judged(round_))
    hidden = hidden_from(judge, entries)

    def place(entry: Entry) -> str:
        return hashlib.sha256(judge.uid.bytes + entry.uid.bytes).hexdigest()

    return sorted((entry for entry in entries if entry.pk not in hidden), key=place)


def counted(round_: Round) -> dict[int, list[Marks]]:
    """The marks of each entry that count: of opened sheets, without those of recused judges; as the judges gave them."""
    return _by_entry(_by_judge(round_))


def _by_judge(round_: Round) -> dict[int, dict[int, Marks]]:
    sheets: dict[int, dict[int, Marks]] = defaultdict(dict)
    rows = Sheet.objects.filter(entry__round=round_, state=Sheet.State.COUNTED).order_by("pk")
    for judge, entry, marks in rows.values_list("judge", "entry", "marks"):
        sheets[judge][entry] = {name: Decimal(mark) for name, mark in (marks or {}).items()}
    return dict(sheets)


def _by_entry(sheets: Mapping[int, Mapping[int, Mapping[str, Decimal]]]) -> dict[int, list[Marks]]:
    found: dict[int, list[Marks]] = defaultdict(list)
    for hers in sheets.values():
        for entry, marks in hers.items():
            found[entry].append(dict(marks))
    return dict(found)


def means_of(round_: Round) -> dict[int, Decimal]:
    """What the committee gives each entry, 0 to 100, by its id: of those with enough sheets, opened and counted."""
    rules = rules_of(round_)
    if rules is None:
        return {}
    marks = _by_entry(severity.adjusted(_by_judge(round_), rules))
    means = {entry: mean_of(sheets, rules) for entry, sheets in marks.items()}
    return {entry: mean for entry, mean in means.items() if mean is not None}


def marks_of(round_: Round) -> dict[int, Decimal]:
    """The same as they are told of a panel, with four decimals."""
    return {entry: rounded(mean) for entry, mean in means_of(round_).items()}


def is_severity_refused(round_: Round) -> bool:
    """Whether its rulebook would bring strict judges and mild ones onto one scale, and some judge has given too few
    sheets: then their marks stand as they are."""
    rules = rules_of(round_)
    sheets = _by_judge(round_)
    return (
        rules is not None and bool(sheets) and severity.is_refused([len(s) for s in sheets.values()], rules)
    )


def blocked(round_: Round) -> list[Entry]:
    """Entries that cannot be scored: once the sheets are opened, those with fewer of them counted than the rulebook
    asks for."""
    if not Opening.objects.filter(round=round_).exists():
        return []
    means = means_of(round_)
    return [entry for entry in judged(round_) if entry.pk not in means]


def spread_of(marks: list[Marks], rules: dict[str, Any]) -> Decimal:
    """How far the highest sheet of an entry lies above its lowest, in points of the weighted mark."""
    weights = {c["key"]: Decimal(c["weight_bps"]) for c in rules["judging"]["criteria"]}
    totals = [sum((weights[key] * sheet[key] for key in weights), Decimal(0)) for sheet in marks]
    return (max(totals) - min(totals)) / WHOLE_BPS


def spreads(round_: Round) -> dict[int, Decimal]:
    """The entries whose sheets lie farther apart than the rulebook lets pass, by id: to be looked at again."""
    rules = rules_of(round_)
    if rules is None:
        return {}
    apart = {entry: spread_of(marks, rules) for entry, marks in counted(round_).items()}
    return {entry: points for entry, points in apart.items() if points > rules["judging"]["spread_points"]}
