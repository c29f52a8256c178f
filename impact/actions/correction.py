"""Put a lot's shares right after units of it are sold: its team's leader asks and says why, whoever verifies there decides.

What is set aside moves to those whose it is. What is owed stays owed to whom it is owed; what others lack of it their team
pays them (docs/decisions/0078).
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from accounts.permissions import may_now
from catalog.actions import desk
from catalog.models import Lot, Team
from catalog.reads import is_related
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from impact.actions import shares
from impact.actions.reshare import BusySelling, reshare
from impact.models import CorrectionOpening, CorrectionReading, LotShare, LotTally, ShareCorrection
from impact.reads.correction import ASK, DECIDE

State = ShareCorrection.State
OPEN_FOR = timedelta(minutes=30)
# Each time the purchases that came in between are among those that are waited for.
TRIES = 10


@transaction.atomic
def ask(lot: Lot, grams: Mapping[int, int], version: int, reason: str, by: Person) -> ShareCorrection:
    """Ask for other weights of a lot of which units are sold; `version` is the one that she has before her."""
    desk.must_at_desk(by, lot.variant.product.team_id, ASK)
    reason = line(reason, "reason", 200)
    tally = _tally(lot)
    _check(lot, grams, version)
    if ShareCorrection.objects.filter(lot=lot, state=State.ASKED).exists():
        words = say(
            "这一批已经有一份更正在等核实；要改就先撤回。",
            "A correction of this lot waits already: take it back first.",
        )
        raise Conflict(words)
    if not tally.number and shares.is_unsold(lot):
        words = say("还没有卖出，直接改重量就行。", "Nothing of it is sold: simply mend the weights.")
        raise Conflict(words)
    asked = ShareCorrection.objects.create(
        lot=lot,
        version=version,
        grams={str(household): weight for household, weight in sorted(grams.items())},
        reason=reason,
        asked_by=by,
        asked_at=timezone.now(),
    )
    audit.record(by, "correction.ask", "ShareCorrection", asked.uid, lot=str(lot.uid))
    return asked


@transaction.atomic
def withdraw(correction: ShareCorrection, by: Person) -> ShareCorrection:
    """It is not asked for any more."""
    desk.must_at_desk(by, correction.lot.variant.product.team_id, ASK)
    correction.move_to(State.WITHDRAWN)
    audit.record(by, "correction.withdraw", "ShareCorrection", correction.uid)
    return correction


@transaction.atomic
def refuse(correction: ShareCorrection, by: Person, reason: str) -> ShareCorrection:
    """Whoever verifies does not agree, and says why, naming nobody: its team reads it."""
    _must_decide(correction, by)
    words = line(reason, "reason", 200)
    correction.move_to(State.REFUSED, decided_by=by, decided_at=timezone.now(), refusal=words)
    audit.record(by, "correction.refuse", "ShareCorrection", correction.uid)
    return correction


@transaction.atomic
def approve(correction: ShareCorrection, by: Person) -> ShareCorrection:
    """The new weights are in force, and the money follows; CONFLICT where the team has too little to make good what is owed
    already, or where the shares have changed since it was asked for."""
    _must_decide(correction, by)
    # One at a time pays of what a team has.
    Team.objects.select_for_update(no_key=True).get(pk=correction.lot.variant.product.team_id)
    for _ in range(TRIES):
        try:
            return _put_right(correction, by)
        except BusySelling:
            continue
    words = say(
        "这一批正卖得很快，请过一会儿再同意。",
        "Much of this lot is being sold just now: please agree in a while.",
    )
    raise Conflict(words)


@transaction.atomic
def _put_right(correction: ShareCorrection, by: Person) -> ShareCorrection:
    grams = grams_of(correction)
    check = partial(_check, correction.lot, grams, correction.version)
    at, moved, made_good = reshare(correction, grams, check)
    amounts = {"moved_minor": moved, "made_good_minor": made_good}
    correction.move_to(State.APPROVED, decided_by=by, decided_at=at, **amounts)
    audit.record(by, "correction.approve", "ShareCorrection", correction.uid, version=correction.version + 1)
    return correction


@transaction.atomic
def open_correction(correction: ShareCorrection, by: Person, purpose: str) -> CorrectionOpening:
    """Open what it changes for each household to whoever decides, for half an hour; INVALID without a purpose."""
    _must_see(correction, by)
    purpose = line(purpose, "purpose", 120, required=False)
    if not purpose:
        raise Invalid(say("请说明查看的用途。", "Say what you need it for."), field="purpose")
    now = timezone.now()
    audit.record(by, "correction.open", "ShareCorrection", correction.uid)
    return CorrectionOpening.objects.create(
        correction=correction, reader=by, purpose=purpose, at=now, until=now + OPEN_FOR
    )


def read(opening: CorrectionOpening) -> None:
    """Write down that a page of it is shown."""
    CorrectionReading.objects.create(opening=opening, at=timezone.now())


def grams_of(correction: ShareCorrection) -> dict[int, int]:
    """The weights that it asks for, by household."""
    return {int(household): weight for household, weight in correction.grams.items()}


def _must_see(correction: ShareCorrection, by: Person) -> None:
    team = correction.lot.variant.product.team
    if by.is_lent or not may_now(by, DECIDE, at=desk.place_of(team)):
        raise NotFound()
    # Past membership included, as where households are verified.
    if is_related(by, team.pk):
        words = say("不能核实自己团队的农户。", "Nobody verifies households of a team that is her own.")
        raise NotAllowed(words)


def _must_decide(correction: ShareCorrection, by: Person) -> None:
    _must_see(correction, by)
    if correction.asked_by_id == by.pk:
        raise NotAllowed(say("您提出的更正由别人看。", "Whoever asks for a correction does not decide it."))


def _tally(lot: Lot) -> LotTally:
    tally = LotTally.objects.select_for_update(no_key=True).filter(lot=lot).first()
    if tally is None:
        raise Conflict(say("这一批还没有登记。", "Nothing is on record of this lot yet."))
    return tally


def _check(lot: Lot, grams: Mapping[int, int], version: int) -> None:
    """Weights that can be true, of the version that is in force, for verified households and those who have a share."""
    if version != shares.last_number(lot):
        words = say(
            "这一批的分配已经变了，请看过新的再改。",
            "The shares of this lot have changed: look at them as they are now.",
        )
        raise Conflict(words, field="version")
    has = dict(LotShare.objects.filter(lot=lot).values_list("household", "grams"))
    if has == dict(grams):
        raise Invalid(say("和现在登记的一样。", "This is what is on record."), field="grams")
    shares.check_level(lot, grams)
    shares.check_weight(lot, sum(grams.values()))
    fresh = {household: weight for household, weight in grams.items() if household not in has}
    shares.check_households([shares.Grown(lot, fresh)], {lot.pk: lot})
