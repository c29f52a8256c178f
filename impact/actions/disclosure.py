"""Make what is told of counts: once a day at the boundary, and once for good when a round is frozen.

Figures are made and kept, never computed for whoever asks: asking twice, or acting in between, shows nothing.
"""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from core import clock
from impact.actions import standings
from impact.actions.disclosed_households import disclose_households
from impact.actions.thaw import thaw
from impact.models import Disclosure, Entry, Household, Round, Standing, SupportNumber
from impact.reads.disclosure import Counts, boundary_of, counts_of, public_bodies
from impact.reads.household import FEWEST

Phase = Round.Phase
DISCLOSED = tuple(field.name for field in fields(Counts))
HELD = ("held_since", "held_number", "held_net_minor", "held_mobilised_minor")


def disclose() -> int:
    """Whatever is due: nothing twice a day, and after a rest what was missed; returns how many rounds."""
    now = clock.now()
    day = boundary_of(now)
    disclose_households(day)
    made = 0
    for round_ in Round.objects.filter(opens_at__lte=now).order_by("pk"):
        made += _is_due(round_, day, now) and _disclose(round_, day, now)
    return made


def _is_due(round_: Round, day: date, now: datetime) -> bool:
    is_frozen = round_.phase(now) == Phase.FROZEN
    last = Disclosure.objects.filter(round=round_, entry=None, division=None).first()
    if last is None or last.is_final != is_frozen:
        return True
    # Not "before": a clock that was set back makes the day's figures anew.
    return not is_frozen and last.day != day


@transaction.atomic
def _disclose(round_: Round, day: date, now: datetime) -> bool:
    # The fold's lock is ours from here on: what is counted is what its standings say, and of two only one counts.
    standings.fold()
    if not _is_due(round_, day, now):
        return False
    if round_.phase(now) != Phase.FROZEN and Disclosure.objects.filter(round=round_, is_final=True).exists():
        thaw(round_)
        standings.fold()
    number = SupportNumber.objects.aggregate(last=Max("number"))["last"] or 0
    is_final = round_.phase(now) == Phase.FROZEN
    made_at = timezone.now()
    rows = _rows_of(round_)
    before = {} if is_final else _disclosed_bodies(rows, day)
    held = set() if is_final else _with_few_households(round_)
    for row in rows:
        row.day, row.made_at, row.number, row.is_final = day, made_at, number, is_final
        # What was exact while it was final may not stand in a row that is not.
        _tell(row, Counts())
        if row.entry is not None:
            _stand_still(row, row.entry_id in held, number, is_final)
    _keep(rows)
    counts = counts_of(round_, number, is_final)
    for row in rows:
        _tell(row, counts.get((row.entry_id, row.division_id), Counts()))
    if not is_final:
        _tell_bodies(rows, before)
    _keep(rows)
    return True


def _tell_bodies(rows: Iterable[Disclosure], before: dict[int, int]) -> None:
    """Of each entry as many organisations as it was told before, or more; of places the sums of that."""
    for row in rows:
        if row.entry is not None:
            row.organisations = max(row.organisations or 0, before.get(row.entry.pk, 0)) or None
    of_entries = {(e.pk, e.team.division_id): row.organisations for row in rows if (e := row.entry)}
    sums = public_bodies(of_entries)
    for row in rows:
        if row.entry is None:
            row.organisations = sums.get((None, row.division_id))


def _disclosed_bodies(rows: Iterable[Disclosure], day: date) -> dict[int, int]:
    """How many organisations each entry was told to have until now, of a round that has run on since: a ten that was told
    stays until the freeze.

    Anybody may buy by an organisation's code. Whoever has brought a count to just under a ten by others' codes would
    take each away again, try one more, and see whether that one had been counted already.
    """
    runs_on = [row for row in rows if row.pk and not row.is_final and row.day <= day]
    return {row.entry_id: row.organisations for row in runs_on if row.entry_id and row.organisations}


def _tell(row: Disclosure, counts: Counts) -> None:
    for name in DISCLOSED:
        setattr(row, name, getattr(counts, name))


def _keep(rows: Iterable[Disclosure]) -> None:
    columns = ["day", "made_at", "number", "is_final", *HELD, *DISCLOSED]
    Disclosure.objects.bulk_update([row for row in rows if row.pk], columns)
    Disclosure.objects.bulk_create([row for row in rows if not row.pk])


def _rows_of(round_: Round) -> list[Disclosure]:
    """A row for each approved entry, each of their divisions, and the round; those of before, where there are."""
    entries = Entry.objects.filter(round=round_, approved_at__isnull=False).select_related("team", "standing")
    kept = {(row.entry_id, row.division_id): row for row in Disclosure.objects.filter(round=round_)}
    cells: dict = {(entry.pk, None): entry for entry in entries}
    cells |= {(None, entry.team.division_id): None for entry in entries} | {(None, None): None}
    gone = [row.pk for cell, row in kept.items() if cell not in cells]
    Disclosure.objects.filter(pk__in=gone).delete()
    found = []
    for (entry_id, division_id), entry in cells.items():
        row = kept.get((entry_id, division_id)) or Disclosure(round=round_, division_id=division_id)
        row.entry = entry
        found.append(row)
    return found


def _with_few_households(round_: Round) -> set[int]:
    """The entries whose teams have fewer than ten verified households today."""
    verified = Count("team__households", filter=Q(team__households__state=Household.State.VERIFIED))
    entries = Entry.objects.filter(round=round_).annotate(behind=verified)
    return set(entries.filter(behind__lt=FEWEST).values_list("pk", flat=True))


def _stand_still(row: Disclosure, has_few: bool, number: int, is_final: bool) -> None:
    """From this boundary until the freeze, whatever becomes of its households meanwhile."""
    if is_final:
        row.held_since = row.held_number = row.held_net_minor = row.held_mobilised_minor = None
    elif has_few and row.held_since is None:
        standing: Standing = getattr(row.entry, "standing", None) or Standing()
        row.held_since, row.held_number = row.day, number
        row.held_net_minor, row.held_mobilised_minor = standing.net_minor, standing.called_minor
