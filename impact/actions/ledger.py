"""Write in the ledger: transactions and their transfers, many at a time, each once by its key."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core import rows
from core.rows import Rows
from impact.models import Account, Attribution, Kind, LedgerTransaction, Transfer
from impact.reads.positions import AccountKey

GATEWAY = AccountKey(Kind.GATEWAY)
BUYER = AccountKey(Kind.BUYER)
RESERVE = AccountKey(Kind.RESERVE)
PURSE = AccountKey(Kind.PURSE)
COUPONS = AccountKey(Kind.COUPONS)


def escrow_of(holder: UUID) -> AccountKey:
    """Where money waits that is held for this, until it is confirmed or repaid."""
    return AccountKey(Kind.ESCROW, holder=holder)


def key_of(reason: str, what: object) -> str:
    """What a transaction is for: its reason and the uid of that which gave it."""
    return f"{reason}:{what}"


def keys_posted(keys: Collection[str]) -> set[str]:
    """Which of these keys the ledger holds already."""
    return set(LedgerTransaction.objects.filter(key__in=keys).values_list("key", flat=True))


@dataclass(frozen=True)
class Shared:
    """How a lot's account is changed for each of its households (None: for the team's pool), and the lot's number of it."""

    number: int | None
    of: Mapping[int | None, int]


@dataclass(frozen=True, eq=False)
class Move:
    """So much from one place to another, for a line where it is for one."""

    source: AccountKey
    target: AccountKey
    amount_minor: int
    line_id: int | None
    shared: Shared | None


class Book:
    """Transactions in the making: opened, filled with moves, then written together."""

    def __init__(self) -> None:
        self._open: list[tuple[LedgerTransaction, list[Move]]] = []

    def open(self, key: str, order_uid: UUID | None, at: datetime) -> LedgerTransaction:
        """Begin a transaction; its key (`key_of`) says what it is for, once."""
        made = LedgerTransaction(reason=key.partition(":")[0], key=key, order_uid=order_uid, at=at)
        self._open.append((made, []))
        return made

    def move(
        self,
        source: AccountKey,
        target: AccountKey,
        amount_minor: int,
        line_id: int | None = None,
        shared: Shared | None = None,
    ) -> None:
        """Move an amount in the transaction opened last; a negative one goes the other way."""
        if amount_minor < 0:
            source, target, amount_minor = target, source, -amount_minor
        if amount_minor:
            self._open[-1][1].append(Move(source, target, amount_minor, line_id, shared))

    def net_from(self, source: AccountKey) -> int:
        """How much the transaction opened last takes from a place, less what it brings there."""
        return sum(
            move.amount_minor * ((move.source == source) - (move.target == source))
            for move in self._open[-1][1]
        )

    def rows(self) -> list[Sequence[LedgerTransaction] | Rows]:
        """What is to be written: the transactions, their transfers, and who each fen of a lot is for.

        Accounts that are missing are opened.
        """
        moves = [(made, move) for made, moves in self._open for move in moves]
        ids = account_ids({place for _, move in moves for place in (move.source, move.target)})
        moved = [
            (made, ids[m.source], ids[m.target], m.amount_minor, m.line_id, m.shared and m.shared.number)
            for made, m in moves
        ]
        columns = ("transaction_id", "source_id", "target_id", "amount_minor", "line_id", "lot_number")
        shares = [
            (m, who, amount) for _, m in moves if m.shared for who, amount in m.shared.of.items() if amount
        ]
        return [
            [made for made, _ in self._open],
            Rows(Transfer, columns, moved, marks=[move for _, move in moves]),
            Rows(Attribution, ("transfer_id", "household_id", "amount_minor"), shares),
        ]

    def write(self) -> None:
        """Write all of it in one statement (three more where accounts open)."""
        if self._open:
            rows.insert(*self.rows())


# An account is never changed and never taken away, so each process need look for it once.
_MOST_KNOWN = 20_000
_known: dict[AccountKey, int] = {}


def forget() -> None:
    """Look for the accounts anew: another database lies below."""
    _known.clear()


def _remember(found: dict[AccountKey, int]) -> None:
    if len(_known) + len(found) > _MOST_KNOWN:
        forget()
    _known.update(found)


def account_ids(places: Collection[AccountKey]) -> dict[AccountKey, int]:
    """The accounts of these places; those that are missing are opened."""
    found = {place: _known[place] for place in places if place in _known}
    if looked_for := [place for place in places if place not in found]:
        found |= _opened(looked_for)
        # After the commit: one that this transaction opened may yet be undone.
        transaction.on_commit(partial(_remember, found))
    return found


def _opened(places: Collection[AccountKey]) -> dict[AccountKey, int]:
    found = _find(places)
    missing = [place for place in places if place not in found]
    if not missing:
        return found
    # In one order for everybody, so that two who open the same accounts never wait for each other in a ring.
    missing.sort(key=lambda p: (p.kind, p.team_id or 0, p.lot_id or 0, p.part, str(p.holder or "")))
    Account.objects.bulk_create(
        (
            Account(
                kind=place.kind,
                team_id=place.team_id,
                lot_id=place.lot_id,
                part=place.part,
                holder=place.holder,
            )
            for place in missing
        ),
        ignore_conflicts=True,
    )
    return found | _find(missing)


def _find(places: Collection[AccountKey]) -> dict[AccountKey, int]:
    if not places:
        return {}
    rows = Account.objects.filter(reduce(or_, _conditions(places))).values_list(
        "id", "kind", "team_id", "lot_id", "part", "holder"
    )
    known = {AccountKey(kind, team, lot, part, holder): pk for pk, kind, team, lot, part, holder in rows}
    return {place: known[place] for place in places if place in known}


def _conditions(places: Collection[AccountKey]) -> Iterable[Q]:
    """One condition for the lots, one for teams, one for holders and one for the shop's own."""
    kinds = {place.kind for place in places}
    if lots := {place.lot_id for place in places if place.lot_id}:
        yield Q(lot_id__in=lots, kind__in=kinds)
    if teams := {place.team_id for place in places if place.team_id and not place.lot_id}:
        yield Q(team_id__in=teams, lot_id=None, kind__in=kinds)
    if holders := {place.holder for place in places if place.holder}:
        yield Q(holder__in=holders)
    if shop := {place.kind for place in places if place == AccountKey(place.kind)}:
        yield Q(kind__in=shop, team_id=None, holder=None)
