"""What a purchase counts as, once two accounts turn out to be one person's.

Supports are never edited: a proof is added that says whose the order is now, as for a guest who has an account since.
The fold, and whoever else reads them, takes the last. Rounds that are frozen gather no more, and stay.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.merging import Becomes, move
from accounts.models import Person
from catalog.models import TeamMember
from core import clock, rows
from impact.actions.support import LIVE, bought_by, person_key, waiting
from impact.models import Support
from orders.models import Order

COLUMNS = {
    "impact.Household.proposed_by": Becomes.MOVES,
    "impact.Household.verified_by": Becomes.MOVES,
    "impact.DetailReading.reader": Becomes.STAYS,
    "impact.NamesOpening.reader": Becomes.STAYS,
    "impact.ShareVersion.by": Becomes.STAYS,
    "impact.ShareCorrection.asked_by": Becomes.STAYS,
    "impact.ShareCorrection.decided_by": Becomes.STAYS,
    "impact.CorrectionOpening.reader": Becomes.STAYS,
    "impact.Call.person": Becomes.STAYS,
    # By whose call it was, as of its day; the contest counts callers by who each is at the moment it counts.
    "impact.Support.mobiliser_person": Becomes.STAYS,
}


def merge(lasting: Person, gone: Person) -> None:
    """What both have bought counts as one person's in each round that still gathers: her days once, nothing of a team that
    she is of by either account, and no call of her own to herself."""
    orders = {
        order.uid: order
        for order in Order.objects.filter(person__in=[lasting, gone])
        .order_by("pk")
        .select_for_update(no_key=True)
    }
    made = list(_proofs(lasting, gone, orders))
    rows.insert(made, waiting(made))
    move(COLUMNS, lasting, gone)


@dataclass(frozen=True)
class _Now:
    """As what an order counts for an entry until now."""

    person_key: str
    is_related: bool
    mobiliser_id: int | None


def _proofs(lasting: Person, gone: Person, orders: dict[UUID, Order]) -> Iterator[Support]:
    """One for each order and entry of which more is known now."""
    recorded = bought_by(orders)[0]
    entries = {row.pk: row for row in LIVE.rows(teams=[s.entry.team_id for s in recorded], now=clock.now())}
    now, teams = _as_they_count(recorded), {one.pk: _teams_of(one) for one in (lasting, gone)}
    for support in recorded:
        entry, order = entries.get(support.entry_id), orders[support.order_uid]
        if entry is None:
            continue
        is_now = now[support.order_uid, support.entry_id]
        other = gone if order.person_id == lasting.pk else lasting
        wanted = _Now(
            person_key(entry, order, buyer=lasting.pk),
            is_now.is_related or entry.team_id in teams[other.pk],
            None if is_now.mobiliser_id in (lasting.pk, gone.pk) else is_now.mobiliser_id,
        )
        if wanted != is_now:
            yield _proof(support, wanted)


def _as_they_count(recorded: Iterable[Support]) -> dict[tuple[UUID, int], _Now]:
    """The last proof says whose it is; of a team it is once one says so, and nobody called for it once one says that."""
    rows_of: dict[tuple[UUID, int], list[Support]] = {(s.order_uid, s.entry_id): [] for s in recorded}
    for row in Support.objects.filter(order_uid__in={uid for uid, _ in rows_of}).order_by("pk"):
        if (row.order_uid, row.entry_id) in rows_of:
            rows_of[row.order_uid, row.entry_id].append(row)
    found = {}
    for key, supports in rows_of.items():
        proofs = [row for row in supports if row.transaction_id is None]
        uncalled = any(row.mobiliser_person_id is None for row in proofs)
        found[key] = _Now(
            (proofs or supports)[-1].person_key,
            any(row.exclusion for row in supports),
            None if uncalled else supports[0].mobiliser_person_id,
        )
    return found


def _teams_of(person: Person) -> set[int]:
    """The teams whose own she is today."""
    today = Q(until=None) | Q(until__gt=timezone.now())
    return set(
        TeamMember.objects.filter(today, person=person, ended_at=None).values_list("team_id", flat=True)
    )


def _proof(support: Support, wanted: _Now) -> Support:
    return Support(
        entry_id=support.entry_id,
        order_uid=support.order_uid,
        amount_minor=0,
        exclusion=Support.Exclusion.RELATED if wanted.is_related else Support.Exclusion.NONE,
        person_key=wanted.person_key,
        is_known_person=True,
        day=support.day,
        organisation_id=support.organisation_id,
        mobiliser_organisation_id=support.mobiliser_organisation_id,
        mobiliser_person_id=wanted.mobiliser_id,
        is_own_call=support.is_own_call,
        at=timezone.now(),
    )
