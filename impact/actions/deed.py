"""What one deed writes: transactions, whose work they are for, and what rounding owes afterwards."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import Reservation
from core import rows
from core.rows import Rows
from impact.actions.ledger import BUYER, Book
from impact.actions.lots import Lots
from impact.models import Account, Attribution, LedgerTransaction
from impact.reads.positions import Place, Position
from impact.story import portions
from orders.models import Line, LineLot, Order

Kind = Account.Kind
# Where a line's money stands: by lot (null for the price's other parts) and place.
Stand = dict[tuple[int | None, Place], int]


def locked(order_ids: Iterable[int]) -> list[Order]:
    """The orders, locked in the order of their ids (a caller that holds the locks loses nothing)."""
    orders = Order.objects.select_for_update(no_key=True)
    return list(orders.filter(pk__in=set(order_ids)).order_by("pk"))


def draws_of(lines: Iterable[Line]) -> dict[int, list[tuple[int, int]]]:
    """Which lots each line draws on, and how many units of each weigh, in the order of lot ids.

    Units that went back on the shelf weigh nothing: what remains of a line is for the lots whose units are
    still sold, the others sell theirs again. Where all went back, the units as they were drawn weigh.
    """
    return weighed(drawn().filter(line__in=[line.pk for line in lines]))


def drawn() -> QuerySet[LineLot]:
    """What lines draw on lots, each with how many of the units went back on the shelf."""
    of_lot = Reservation.objects.filter(holder=OuterRef("line__order__uid"), lot=OuterRef("lot"))
    returned = Coalesce(Subquery(of_lot.values("units_returned")), 0)
    return LineLot.objects.annotate(returned=returned).order_by("line_id", "lot_id")


def weighed(draws: Iterable[LineLot]) -> dict[int, list[tuple[int, int]]]:
    """Which lots each line draws on and how many units weigh, of what `drawn` tells."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for draw in draws:
        left = max(0, draw.units - draw.returned)  # type: ignore[attr-defined]
        found[draw.line_id].append((draw.lot_id, draw.units, left))
    return {line_id: _weighed(lots) for line_id, lots in found.items()}


def _weighed(lots: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    is_any_sold = any(left for _, _, left in lots)
    return [(lot_id, left if is_any_sold else units) for lot_id, units, left in lots]


class Deed:
    """Lines are set aside and taken back; then all of it is written in few statements."""

    def __init__(self, draws: dict[int, list[tuple[int, int]]]):
        self.book = Book()
        self.draws = draws
        self.lots = Lots(lot_id for line in draws.values() for lot_id, _ in line)
        self._attributions: list[tuple[LedgerTransaction, tuple[int | None, ...]]] = []
        self._stands: dict[int, Stand] = defaultdict(dict)
        self._owed: set[int] = set()

    def remember(self, positions: Iterable[Position]) -> None:
        """Where the lines' money stands before the deed."""
        for position in positions:
            if position.line_id and position.place.kind in Account.SET_ASIDE:
                self._stands[position.line_id][position.lot_id, position.place] = position.amount_minor
                if position.place.kind in Account.OWED_OF.values():
                    self._owed.add(position.line_id)

    def set_aside(self, transaction: LedgerTransaction, line: Line, source: Place) -> None:
        """Move a line's net from where it came to those whose part it is."""
        self._bring_to(transaction, line, line.net_minor, source)

    def take_back(self, transaction: LedgerTransaction, line: Line, amount_minor: int) -> None:
        """Move what is refunded of a line to the buyer: what remains is shared anew, the difference posted.

        So a full refund is the exact reverse, and after any refund the line stands as if only the rest
        had been bought. (A household may gain a fen when less is shared: it too comes by the buyer's account.)
        """
        left = sum(self._stands[line.pk].values()) - amount_minor
        assert left >= 0, f"line {line.pk} holds less than the {amount_minor} to be taken back"
        self._bring_to(transaction, line, left, BUYER)

    def _bring_to(self, transaction: LedgerTransaction, line: Line, net_minor: int, source: Place) -> None:
        before = self._stands[line.pk]
        number_of, after = self._target(line, net_minor, before)
        for lot_id, place in sorted({*before, *after}, key=_by_lot):
            amount = after.get((lot_id, place), 0) - before.get((lot_id, place), 0)
            self.book.move(source, place, amount, line.pk, lot_id)
            if amount and lot_id:
                row = (line.pk, lot_id, place.household_id, amount, number_of[lot_id])
                self._attributions.append((transaction, row))
        self._stands[line.pk] = after

    def _target(self, line: Line, net_minor: int, before: Stand) -> tuple[dict[int, int], Stand]:
        """How a line with this net must stand; the lots' credits are moved on the way."""
        share = portions(net_minor, line.story, self.draws[line.pk])
        number_of: dict[int, int] = {}
        target: Stand = {}
        for lot_id, amount in share.households.items():
            if lot_id not in self.lots:
                number_of[lot_id] = 0
                target[lot_id, Place(Kind.POOL_EARMARKED, line.team_id)] = amount
                continue
            if before:
                self.lots.give_back(lot_id, _of_lot(before, lot_id))
            number_of[lot_id], grown = self.lots.share(lot_id, amount)
            for household_id, fen in grown.items():
                target[lot_id, Place(Kind.EARMARKED, line.team_id, household_id)] = fen
        for part, amount in share.parts.items():
            target[None, Place(Kind.PART_EARMARKED, line.team_id, part=part)] = amount
        if line.pk in self._owed:
            target = {(lot_id, place.owed()): amount for (lot_id, place), amount in target.items()}
        return number_of, {key: amount for key, amount in target.items() if amount}

    def write(self, *beside: Sequence[Model]) -> None:
        """Write it all down, and what stands beside it: one statement, whatever the number of shares."""
        columns = ("transaction_id", "line_id", "lot_id", "household_id", "amount_minor", "lot_number")
        shares = Rows(Attribution, columns, [(made, *row) for made, row in self._attributions])
        rows.insert(*self.book.rows(), shares, *beside, along=self.lots.kept())


def _of_lot(stand: Stand, lot_id: int) -> dict[int, int]:
    return {
        place.household_id: amount
        for (of_lot, place), amount in stand.items()
        if of_lot == lot_id and place.household_id
    }


def _by_lot(key: tuple[int | None, Place]) -> tuple[int, int, str]:
    lot_id, place = key
    return lot_id or 0, place.household_id or 0, place.part


def by_order(positions: Iterable[Position]) -> dict[UUID, list[Position]]:
    """Positions, order by order."""
    found: dict[UUID, list[Position]] = defaultdict(list)
    for position in positions:
        found[position.order_uid].append(position)
    return found
