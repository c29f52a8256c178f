"""What is posted to the ledger: transactions, whose work they are for, and what rounding owes afterwards."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Model, QuerySet

from core import rows
from impact.actions.ledger import BUYER, COUPONS, Book, Shared
from impact.actions.lots import Lots
from impact.models import Kind
from impact.models.kind import NAMING_HOUSEHOLDS, OWED, SET_ASIDE
from impact.reads.positions import AccountKey, Had, Position, shares_of
from impact.story import paid_of, portions, with_subsidy
from orders.models import Line, LineLot, Order


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
    """What lines draw on lots, in the order in which it is weighed."""
    return LineLot.objects.order_by("line_id", "lot_id")


def weighed(draws: Iterable[LineLot]) -> dict[int, list[tuple[int, int]]]:
    """Which lots each line draws on and how many units weigh, of what `drawn` tells."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for draw in draws:
        found[draw.line_id].append((draw.lot_id, draw.units, draw.units - draw.units_returned))
    return {line_id: _weighed(lots) for line_id, lots in found.items()}


def _weighed(lots: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    is_any_sold = any(left for _, _, left in lots)
    return [(lot_id, left if is_any_sold else units) for lot_id, units, left in lots]


class Posting:
    """Lines are posted and reversed; then all of it is written in few statements."""

    def __init__(self, draws: dict[int, list[tuple[int, int]]]):
        self.book = Book()
        self.draws = draws
        self.lots = Lots(lot_id for line in draws.values() for lot_id, _ in line)
        # Of each line: how much stands where, how much each household of a lot has of it, and whether it is owed.
        self._stands: dict[int, dict[AccountKey, int]] = defaultdict(dict)
        self._shares: dict[tuple[int, int], Had] = {}
        self._owed: set[int] = set()

    def remember(self, positions: Iterable[Position]) -> None:
        """Where the lines' money stands before anything is posted."""
        shared_lines = set()
        for position in positions:
            if position.line_id and position.place.kind in SET_ASIDE:
                self._stands[position.line_id][position.place] = position.amount_minor
                if position.place.kind in NAMING_HOUSEHOLDS:
                    shared_lines.add(position.line_id)
                if position.place.kind in OWED:
                    self._owed.add(position.line_id)
        if shared_lines:
            self._shares |= shares_of(shared_lines)

    def post(self, line: Line, source: AccountKey, given_minor: int = 0) -> None:
        """Move a line's net, less what was given back of it already, from where it came to those whose part it is, in
        the transaction opened last; what a coupon of the shop's pays of it comes from the shop's own account."""
        paid = line.net_minor - given_minor
        shared = with_subsidy(line, paid)
        self.book.move(COUPONS, source, shared - paid, line.pk)
        self._post(line, shared, source)

    def reverse(self, line: Line, amount_minor: int) -> None:
        """Move what is refunded of a line to the buyer: what remains is shared anew, the difference posted.

        So a full refund is the exact reverse, and after any refund the line stands as if only the rest
        had been bought. (A household may gain a fen when less is shared.) What a coupon of the shop's had paid of it
        goes back to the shop.
        """
        stood = sum(self._stands[line.pk].values())
        left = paid_of(line, stood) - amount_minor
        assert left >= 0, f"line {line.pk} holds less than the {amount_minor} to be taken back"
        shared = with_subsidy(line, left)
        self._post(line, shared, BUYER)
        self.book.move(BUYER, COUPONS, stood - shared - amount_minor, line.pk)

    def is_right(self, line: Line) -> bool:
        """Whether a line stands by its lots and its story as they are now."""
        stands = {place: amount for place, amount in self._stands[line.pk].items() if amount}
        return stands == self._due(line, sum(stands.values()))

    def renew(self, line: Line, by_way_of: AccountKey) -> None:
        """Share what stands of a line anew by the lots that it draws on now: nothing is left on the way."""
        self._post(line, sum(self._stands[line.pk].values()), by_way_of)

    def _post(self, line: Line, net_minor: int, source: AccountKey) -> None:
        before, after = self._stands[line.pk], self._due(line, net_minor)
        for place in sorted({*before, *after}, key=lambda place: (place.lot_id or 0, place.part)):
            amount = after.get(place, 0) - before.get(place, 0)
            if amount:
                shared = self._shared(line, place, amount, after.get(place, 0)) if place.lot_id else None
                self.book.move(source, place, amount, line.pk, shared)
        self._stands[line.pk] = after

    def _due(self, line: Line, net_minor: int) -> dict[AccountKey, int]:
        """Where a line of this net must stand."""
        share = portions(net_minor, line.story, self.draws[line.pk])
        due: dict[AccountKey, int] = {}
        for lot_id, amount in share.households.items():
            kind = Kind.EARMARKED if lot_id in self.lots else Kind.POOL_EARMARKED
            due[AccountKey(kind, line.team_id, lot_id)] = amount
        for part, amount in share.parts.items():
            due[AccountKey(Kind.PART_EARMARKED, line.team_id, part=part)] = amount
        is_owed = line.pk in self._owed
        return {place.owed() if is_owed else place: amount for place, amount in due.items() if amount}

    def _shared(self, line: Line, place: AccountKey, change: int, amount: int) -> Shared:
        """Who of a lot gains or loses when so much of the line comes to be its households'; credits move on the way."""
        lot_id = place.lot_id
        assert lot_id
        if lot_id not in self.lots:
            return Shared(None, {None: change})
        had = self._shares.get((line.pk, lot_id))
        before = had.parts if had else {}
        if had and self.lots.is_by_former_weights(lot_id, had.settled_at):
            number, after = self.lots.lessen(lot_id, before, amount)
        else:
            self.lots.reverse(lot_id, before)
            number, after = self.lots.share(lot_id, amount)
        self._shares[line.pk, lot_id] = Had(after, had.settled_at if had else number)
        return Shared(number, {who: after.get(who, 0) - before.get(who, 0) for who in {**before, **after}})

    def write(self, *beside: Sequence[Model]) -> None:
        """Write it all down, and what stands beside it: one statement, whatever the number of shares."""
        rows.insert(*self.book.rows(), *beside, along=self.lots.rows())


def by_order(positions: Iterable[Position]) -> dict[UUID, list[Position]]:
    """Positions, order by order."""
    found: dict[UUID, list[Position]] = defaultdict(list)
    for position in positions:
        found[position.order_uid].append(position)
    return found
