"""What follows in the ledger when a lot's shares are put right: transfers the other way, and what is owed stays owed."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from catalog.actions.stock import lock
from catalog.models import Lot
from core import rows
from core.language import say
from core.money import show
from core.refusals import Conflict
from impact.actions import shares
from impact.actions.ledger import Book, Shared, key_of
from impact.actions.lots import Lots
from impact.actions.posting import locked
from impact.models import (
    Credit,
    Kind,
    LedgerTransaction,
    LotShare,
    LotTally,
    ShareCorrection,
    ShareVersion,
)
from impact.reads.desk import money_of
from impact.reads.positions import AccountKey
from impact.reads.sharings import Sharing, lacking, made_good_of, sharings_of
from orders.models import Order

Reason = LedgerTransaction.Reason


class BusySelling(Exception):
    """Orders of the lot were paid while its others were waited for, and are held by somebody: they are waited for anew."""


def reshare(
    correction: ShareCorrection, grams: Mapping[int, int], check: Callable[[], None]
) -> tuple[datetime, int, int]:
    """Put the weights in force and let the money follow, once `check` has looked under the lot's lock: when, how many fen of
    what is set aside are others' now, and how many the team's reserve has paid."""
    tally, sharings = _locked(correction.lot_id)
    check()
    at = timezone.now()
    lacks = lacking(sharings, made_good_of(correction.lot_id), grams)
    _must_afford(correction, sum(lacks.values()))
    _put_in_force(correction, grams, tally, at)
    lots, book = Lots([correction.lot_id]), Book()
    moved = _move(correction, [one for one in sharings if not one.is_owed], lots, book, at)
    _make_good(correction, lacks, lots, book, at)
    rows.insert(*book.rows(), along=lots.rows())
    return at, moved, sum(lacks.values())


def _locked(lot_id: int) -> tuple[LotTally, list[Sharing]]:
    """The lot's tally and what is shared of it, as nobody else changes it now: orders first, in the order of their ids, so that
    none of what is set aside becomes owed meanwhile; then the lot."""
    known = {one.order_id for one in sharings_of(lot_id) if not one.is_owed}
    locked(known)
    lock(Lot.objects.filter(pk=lot_id)).get()  # before its tally, as whoever sells of it does
    tally = LotTally.objects.select_for_update(no_key=True).get(lot=lot_id)
    sharings = sharings_of(lot_id)
    # Whoever was paid for in between. Nobody waits for one while she holds the tally, or two would wait in a ring.
    late = {one.order_id for one in sharings if not one.is_owed} - known
    free = Order.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=late)
    if len(free) < len(late):
        raise BusySelling()
    return tally, sharings


def _must_afford(correction: ShareCorrection, minor: int) -> None:
    """Only what is owed to the team for its own work, less what it has spent of it, can be promised to others."""
    has = max(0, money_of(correction.lot.variant.product.team).others_owed_minor)
    if minor > has:
        words = say(
            "要补给农户 {a}，而团队自己的应得款只有 {b}，还差 {c}。等更多订单过了售后期再同意。",
            "{a} would have to be made good, and only {b} is owed to the team for its own work: {c} too little. Agree once"
            " more of its orders are complete.",
            a=show(minor),
            b=show(has),
            c=show(minor - has),
        )
        raise Conflict(words)


def _put_in_force(
    correction: ShareCorrection, grams: Mapping[int, int], tally: LotTally, at: datetime
) -> None:
    lot, corrections = correction.lot, tally.corrections + 1
    shares.keep_first_version(lot)
    ShareVersion.objects.create(
        lot=lot,
        number=correction.version + 1,
        grams=correction.grams,
        by_id=correction.asked_by_id,
        at=at,
        since=tally.number,
    )
    LotShare.objects.filter(lot=lot).delete()
    LotShare.objects.bulk_create(
        LotShare(lot=lot, household_id=household, grams=weight, corrections=corrections)
        for household, weight in sorted(grams.items())
    )
    # Nobody's credit is taken away: whoever pays at this moment waits for these rows.
    Credit.objects.filter(lot=lot).update(numerator=0)
    Credit.objects.bulk_create(
        (Credit(lot=lot, household_id=household) for household in sorted(grams)), ignore_conflicts=True
    )
    # The day is public, whose it changes is not.
    Lot.objects.filter(pk=lot.pk).update(corrected_at=at)
    LotTally.objects.filter(pk=tally.pk).update(
        grams=sum(grams.values()), corrections=corrections, since=tally.number
    )


def _move(
    correction: ShareCorrection, sharings: Sequence[Sharing], lots: Lots, book: Book, at: datetime
) -> int:
    """What is set aside goes back from whoever had it and out to those whose it is, line by line."""
    lot, team = correction.lot_id, correction.lot.variant.product.team_id
    place, clearing = AccountKey(Kind.EARMARKED, team, lot), AccountKey(Kind.CLEARING, team)
    gains: dict[int, int] = defaultdict(int)
    opened = ""
    for one in sharings:
        if (key := _key(correction, one)) != opened:
            opened = book.open(key, one.order_uid, at).key
        number, after = lots.share(lot, one.amount_minor)
        before = one.had.parts
        both = {**before, **after}
        changed = [who for who in both if before.get(who, 0) != after.get(who, 0)] or list(both)
        back: dict[int | None, int] = {who: -before.get(who, 0) for who in changed}
        out: dict[int | None, int] = {who: after.get(who, 0) for who in changed}
        book.move(place, clearing, -sum(back.values()), one.line_id, Shared(number, back))
        book.move(clearing, place, sum(out.values()), one.line_id, Shared(number, out))
        for who in changed:
            gains[who] += after.get(who, 0) - before.get(who, 0)
    return sum(max(0, fen) for fen in gains.values())


def _key(correction: ShareCorrection, sharing: Sharing) -> str:
    if sharing.of:
        return key_of(Reason.REPLACED, f"{sharing.of}:{correction.uid.hex}")
    return key_of(Reason.CORRECTED, f"{correction.uid.hex}:{sharing.order_id}")


def _make_good(
    correction: ShareCorrection, lacks: Mapping[int, int], lots: Lots, book: Book, at: datetime
) -> None:
    """What others lack of what is owed is owed to them too, by their team's reserve: for the lot, and for no order."""
    if not lacks:
        return
    team = correction.lot.variant.product.team_id
    book.open(key_of(Reason.MADE_GOOD, correction.uid.hex), None, at)
    shared = Shared(lots.count(correction.lot_id), dict[int | None, int](lacks.items()))
    place = AccountKey(Kind.OWED, team, correction.lot_id)
    book.move(AccountKey(Kind.TEAM_RESERVE, team), place, sum(lacks.values()), None, shared)
