"""Freeze a round: take down, once, what its results are computed from."""

from dataclasses import replace

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from contest.actions import adjustment, examination
from contest.models import Rulebook, Snapshot, SnapshotRow
from contest.reads.inputs import inputs_of
from contest.reads.result import sealed
from contest.scoring.encoded import as_json
from contest.scoring.rulebook import sha256_of
from core import clock
from impact.actions import gate, standings
from impact.models import Round, SupportNumber


def freeze_due() -> int:
    """Freeze each round whose moment has come, by the rulebook that was frozen for it; returns how many.

    Asked by many at once it is done once. Where the clock was set back before a freeze, and nothing was published of it,
    the snapshot is voided, and the lists of its stages with it: the round moves again.
    """
    now = clock.now()
    early = Snapshot.objects.filter(voided_at=None, round__freezes_at__gt=now, results=None)
    early.update(voided_at=timezone.now())
    done = Snapshot.objects.filter(voided_at=None).values("round")
    due = Round.objects.filter(freezes_at__lte=now, plan__rulebook__frozen_at__isnull=False)
    return sum(_freeze(round_) for round_ in due.exclude(pk__in=done).order_by("pk"))


def _freeze(round_: Round) -> bool:
    gate.close()
    # What the rules of integrity find as of the freeze stays out; afterwards they look no more.
    examination.examine(round_)
    with transaction.atomic():
        # The fold's lock is ours from here on: nothing is numbered before the rows are encoded, and of two that freeze
        # the second finds that it is done.
        standings.fold()
        if Snapshot.objects.filter(round=round_, voided_at=None).exists():
            return False
        number = SupportNumber.objects.aggregate(last=Max("number"))["last"] or 0
        _write(round_, number)
        # Between the moment of the freeze and this one something may have moved already.
        adjustment.look_at_round(round_)
    return True


def _write(round_: Round, number: int) -> None:
    book = Rulebook.objects.get(plans__round=round_)
    found = inputs_of(round_, number, round_.freezes_at)
    # The committee's mark has no part in it until a result tells it: a hash of it could be guessed.
    encoded = {
        entry: as_json(replace(found[entry.pk], judges=None))
        for entry in round_.entries.order_by("number")
        if entry.pk in found
    }
    hashes = {entry: sha256_of(inputs) for entry, inputs in encoded.items()}
    snapshot = Snapshot(
        round=round_,
        number=number,
        until=round_.freezes_at,
        taken_at=timezone.now(),
        rulebook=book,
        rulebook_sha256=book.sha256,
    )
    snapshot.sha256 = sealed(snapshot, {entry.number: sha256 for entry, sha256 in hashes.items()})
    snapshot.save(force_insert=True)
    SnapshotRow.objects.bulk_create(
        SnapshotRow(snapshot=snapshot, entry=entry, inputs=inputs, sha256=hashes[entry])
        for entry, inputs in encoded.items()
    )
