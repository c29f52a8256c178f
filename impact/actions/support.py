"""Count a purchase for the contest: a support for each entry whose team it bought from."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject, Now
from django.utils import timezone

from accounts.models import Organisation
from catalog.models import TeamMember
from core import clock, fast, outbox, rows
from impact.actions import gate
from impact.events import SupportMovedAfterFreeze
from impact.models import Entry, LedgerTransaction, Round, Support, SupportWaiting
from impact.sealing import unseal
from orders.events import BuyerProved
from orders.models import Order
from orders.reads.proof import is_proved, owner_of


@dataclass(frozen=True)
class Purchase:
    """What one order bought of each team, net in fen, and the transaction that attributed it.

    Of what is taken back, `because` says why: "refund", "quality" or "fraud".
    """

    transaction: LedgerTransaction
    order: Order
    net_of_team: dict[int, int]
    because: str = "refund"


def counted(purchases: Iterable[Purchase]) -> list[Support]:
    """The supports to be recorded: placed in [opens, closes) of an approved entry's round, paid before it freezes.

    The team's own people are recorded and excluded (RELATED), where the buyer is known: a stranger who orders
    under somebody's address sees the amount move alike, whoever that is. Who called is as frozen on the order,
    and nobody when that is the buyer herself or the team's own (domain 3.7). Nothing is locked, nothing folded.
    """
    purchases = list(purchases)
    now = clock.now()
    entries = LIVE.rows(teams=list({team for p in purchases for team in p.net_of_team}), now=now)
    now = gate.moment((entry.round.freezes_at for entry in entries), now)
    entries = [entry for entry in entries if entry.round.freezes_at > now]
    if not entries:
        return []
    related = _Related(entries)
    verified = _verified_organisations(p.order for p in purchases)
    return [
        _support(p, entry, net, related, verified)
        for p in purchases
        for entry in entries
        if (net := p.net_of_team.get(entry.team_id))
        and entry.round.opens_at <= p.order.traded_at < entry.round.closes_at
    ]


def reverse(purchases: Iterable[Purchase], of_round: Round | None = None) -> None:
    """Record what a refund takes back, as negative supports, until the round freezes; what is taken back later is told of
    and changes no figure. `of_round`: from that one alone."""
    _record(purchases, -1, of_round)


def count_again(purchases: Iterable[Purchase]) -> None:
    """Record what comes back after it was taken back, until the round freezes: nothing was taken back later."""
    _record(purchases, 1)


def _record(purchases: Iterable[Purchase], sign: int, of_round: Round | None = None) -> None:
    asked: dict[UUID, list[Purchase]] = {}
    for purchase in purchases:
        asked.setdefault(purchase.order.uid, []).append(purchase)
    if not asked:
        return
    gathering, frozen = bought_by(asked)
    moved = [
        _mirrored(support, purchase, sign * net)
        for support in gathering
        if of_round is None or support.entry.round_id == of_round.pk
        for purchase in asked[support.order_uid]
        if (net := purchase.net_of_team.get(support.entry.team_id))
    ]
    rows.insert(moved, waiting(moved))
    late = [
        SupportMovedAfterFreeze(support.entry_id, purchase.transaction.pk, sign * net, purchase.because)
        for support in frozen
        if of_round is None
        for purchase in asked[support.order_uid]
        if (net := purchase.net_of_team.get(support.entry.team_id))
    ]
    if late:
        outbox.record(*late)


def bought_by(order_uids: Iterable[UUID]) -> tuple[list[Support], list[Support]]:
    """The supports by which these orders came to an entry that still gathers, and to one that is frozen: the first of each;
    what came back later is none."""
    recorded = Support.objects.filter(order_uid__in=list(order_uids), amount_minor__gt=0)
    first: dict[tuple[UUID, int], Support] = {}
    for support in recorded.select_related("entry__round").order_by("pk"):
        first.setdefault((support.order_uid, support.entry_id), support)
    now = gate.moment((support.entry.round.freezes_at for support in first.values()), clock.now())
    gathering = [support for support in first.values() if support.entry.round.freezes_at > now]
    return gathering, [support for support in first.values() if support.entry.round.freezes_at <= now]


def prove(events: Sequence[BuyerProved]) -> None:
    """A guest has proved her mailbox, or one that she had proved has an account now: what she bought counts as hers
    from now on, and she as one person, until its round freezes.

    Whoever proves an order holds its lock, and so does whoever records its supports: either sees the other's.
    """
    orders = {o.uid: o for o in Order.objects.filter(pk__in=[event.order_id for event in events])}
    recorded = [s for s in bought_by(orders)[0] if orders[s.order_uid].person_id is None]
    if not recorded:
        return
    entries = LIVE.rows(teams=[s.entry.team_id for s in recorded], now=clock.now())
    related, by_pk = _Related(entries), {entry.pk: entry for entry in entries}
    told = _known_already(recorded)
    made = [
        known
        for support in recorded
        if support.entry_id in by_pk
        and (known := _known(support, by_pk[support.entry_id], orders[support.order_uid], related))
        and (known.order_uid, known.entry_id, known.person_key) not in told
    ]
    rows.insert(made, waiting(made))


def _known_already(recorded: Iterable[Support]) -> set[tuple[UUID, int, str]]:
    """As whose these orders count by now, or have counted."""
    known = Support.objects.filter(order_uid__in=[s.order_uid for s in recorded], is_known_person=True)
    return set(known.values_list("order_uid", "entry_id", "person_key"))


def waiting(supports: Iterable[Support]) -> list[SupportWaiting]:
    """Their places in the queue of the fold; written with them.

    What waits there is what has committed: a fold by id would skip rows, ids do not commit in order.
    """
    return [SupportWaiting(support=support) for support in supports]


def _mirrored(support: Support, purchase: Purchase, minor: int) -> Support:
    return Support(
        entry_id=support.entry_id,
        transaction=purchase.transaction,
        order_uid=support.order_uid,
        amount_minor=minor,
        exclusion=support.exclusion,
        person_key=support.person_key,
        is_known_person=support.is_known_person,
        day=support.day,
        organisation_id=support.organisation_id,
        mobiliser_organisation_id=support.mobiliser_organisation_id,
        mobiliser_person_id=support.mobiliser_person_id,
        is_own_call=support.is_own_call,
        at=timezone.now(),
    )


def _known(support: Support, entry: Entry, order: Order, related: "_Related") -> Support:
    """Without a sum: whose the order of a support is."""
    called_by = support.mobiliser_person_id
    return Support(
        entry_id=support.entry_id,
        order_uid=support.order_uid,
        amount_minor=0,
        exclusion=_exclusion(entry, order, related),
        person_key=person_key(entry, order),
        is_known_person=True,
        day=support.day,
        organisation_id=support.organisation_id,
        mobiliser_organisation_id=support.mobiliser_organisation_id,
        # Whose own code it was is known only now: she has called nobody.
        mobiliser_person_id=None if called_by == _buyer(order) else called_by,
        is_own_call=support.is_own_call,
        at=timezone.now(),
    )


def _exclusion(entry: Entry, order: Order, related: "_Related") -> Support.Exclusion:
    is_own = is_proved(order) and related.bought(entry.team_id, order)
    return Support.Exclusion.RELATED if is_own else Support.Exclusion.NONE


def _support(purchase: Purchase, entry: Entry, net: int, related: "_Related", verified: set[int]) -> Support:
    order = purchase.order
    by_whom = _mobiliser(order, entry, related, verified)
    return Support(
        entry=entry,
        transaction=purchase.transaction,
        order_uid=order.uid,
        amount_minor=net,
        exclusion=_exclusion(entry, order, related),
        person_key=person_key(entry, order),
        is_known_person=is_proved(order),
        day=order.traded_at.astimezone(clock.SHANGHAI).date(),
        organisation_id=order.organisation_id if order.organisation_id in verified else None,
        mobiliser_organisation_id=by_whom[0],
        mobiliser_person_id=by_whom[1],
        is_own_call=by_whom[0] is None and related.is_of(entry.team_id, order.mobiliser_person_id),
        at=timezone.now(),
    )


def person_key(entry: Entry, order: Order, buyer: int | None = None) -> str:
    """The same person in one edition, without telling who: an account (`buyer`, where it is another's by now), else a
    guest's address."""
    person = buyer or _buyer(order)
    who = f"person:{person}" if person else f"guest:{order.reached_at.strip().lower()}"
    return hmac.digest(_key(bytes(entry.round.edition.sealed_key)), who.encode(), "sha256").hex()


def _buyer(order: Order) -> int | None:
    """The account that has bought; a guest who has proved the address of an account is its owner."""
    if order.person_id is not None or not is_proved(order):
        return order.person_id
    return owner_of(order).values_list("pk", flat=True).first()


@lru_cache(maxsize=16)
def _key(sealed: bytes) -> bytes:
    return unseal(sealed)


def _mobiliser(
    order: Order, entry: Entry, related: "_Related", verified: set[int]
) -> tuple[int | None, int | None]:
    """(organisation, person) by whose call it came; a code of one's own, or of the team's own, is none.

    In public what came by the team's own code moves like any other: else whoever has somebody's code would learn
    by one order whether she is of the team.
    """
    organisation, person = order.mobiliser_organisation_id, order.mobiliser_person_id
    if organisation not in verified or (organisation == order.organisation_id and not order.holder):
        organisation = None
    if person is not None and (person == _buyer(order) or related.is_of(entry.team_id, person)):
        person = None
    # One mobiliser a support: an organisation's group purchase comes before a person's referral.
    return organisation, None if organisation else person


def _live_entries(teams: Iterable[int], now: datetime) -> QuerySet[Entry]:
    """The entries of these teams that still gather, each with the team's own people of today."""
    today = Q(until=None) | Q(until__gt=Now())
    people = TeamMember.objects.filter(today, team=OuterRef("team"), ended_at=None)
    own = ArraySubquery(people.values(json=JSONObject(id="person_id", email="person__email")))
    live = Entry.objects.filter(team__in=teams, round__freezes_at__gt=now, approved_at__isnull=False)
    return live.select_related("round__edition").annotate(own_people=own)


LIVE = fast.PreparedQuery(_live_entries)


def _verified_organisations(orders: Iterable[Order]) -> set[int]:
    asked = {pk for order in orders for pk in (order.organisation_id, order.mobiliser_organisation_id) if pk}
    if not asked:
        return set()
    verified = Organisation.objects.filter(pk__in=asked, state=Organisation.State.VERIFIED)
    return set(verified.values_list("pk", flat=True))


class _Related:
    """The own people of some teams: who is of a team today is a related party of its sales."""

    def __init__(self, entries: Iterable[Entry]):
        own = [(entry.team_id, one) for entry in entries for one in entry.own_people]  # type: ignore[attr-defined]
        self._people = {(team, one["id"]) for team, one in own}
        self._emails = {(team, one["email"]) for team, one in own}

    def is_of(self, team_id: int, person_id: int | None) -> bool:
        return (team_id, person_id) in self._people

    def bought(self, team_id: int, order: Order) -> bool:
        """Whether a known buyer is of the team: by her account, or as a guest by her own address.

        An account's order may carry any address: who signed in is what is known of her.
        """
        if order.person_id is not None:
            return self.is_of(team_id, order.person_id)
        if order.mobile:
            return self.is_of(team_id, _buyer(order))
        return (team_id, order.email.strip().lower()) in self._emails
