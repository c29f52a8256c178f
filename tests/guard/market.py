"""Two teams on a shelf and a plain model beside the shop: what a child with a notebook would write down."""

from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from catalog.models import Lot, Variant
from impact.actions import household, shares, standings
from impact.models import Household, Standing
from orders.models import Order, Payment, Refund, RefundLine
from tests.catalog import world as shelves
from tests.guard.bank import Bank, a_new_bank
from tests.impact import world
from together.models import GroupPurchase

PRICES = (3690, 997, 101)


@dataclass
class Noted:
    """An order in the notebook."""

    uid: UUID
    wants: dict[int, int]  # units by variant
    net: dict[int, int]  # fen of goods by variant
    total: int
    group: int | None = None
    state: str = "placed"  # placed, expired, cancelled, in (held or paid)
    has_left: bool = False  # all of it was given back
    kept: str = ""  # the page whose money is kept
    turned_away: set[str] = field(default_factory=set)
    counts: bool = True  # placed within the contest's window
    is_counted: bool = False  # paid (or confirmed) before the freeze


@dataclass
class Grouped:
    """A group purchase in the notebook."""

    least: int
    most: int
    state: str = "open"
    held: int = 0
    reserved: int = 0


class Market:
    """The shelves, and the notebook that is kept beside every deed."""

    def __init__(self) -> None:
        self.bank: Bank = a_new_bank()
        self.bank.before_money = self.money_is_seen
        self.operator = shelves.an_operator()
        self.managers = [shelves.a_person() for _ in range(2)]
        teams = [shelves.a_team(manager=manager) for manager in self.managers]
        products = [shelves.a_product(team) for team in (teams[0], teams[0], teams[1])]
        self.variants = [
            shelves.a_variant(product, price_minor=price)
            for product, price in zip(products, PRICES, strict=True)
        ]
        self.left: dict[int, int] = {variant.pk: 0 for variant in self.variants}
        self.lots: list[Lot] = []
        for variant, grams in (
            (self.variants[0], world.WORKED_GRAMS),
            (self.variants[1], (1_000,)),
            (self.variants[1], ()),
            (self.variants[2], ()),
        ):
            self.add_lot(world.a_lot(grams, units=8, variant=variant))
        self.teams = teams
        self.round = world.a_round(*teams, days=(-10, 10, 17))
        self.coordinator = shelves.a_person()
        self.union = world.an_organisation()
        self.union.memberships.create(person=self.coordinator, role="coordinator")
        self.noted: list[Noted] = []
        self.groups: dict[int, Grouped] = {}
        self.is_frozen = self.is_over = False
        self.refunds_made = False

    def variant(self, n: int) -> Variant:
        return Variant.objects.select_related("product__team", "story").get(pk=self.variants[n].pk)

    def add_lot(self, lot: Lot) -> None:
        self.lots.append(lot)
        self.left[lot.variant_id] += lot.units_available

    def a_lot_apart(self) -> Lot:
        """One unit of something that nobody else buys."""
        variant = shelves.a_variant(self.variants[2].product, price_minor=500)
        self.left[variant.pk] = 0
        lot = shelves.a_lot(variant, units=1)
        self.add_lot(lot)
        return lot

    def recall(self, one: Noted) -> None:
        """Its one lot is recalled: it ends unpaid, and its units are for nobody."""
        self.lapse(one, "cancelled")
        for variant in one.wants:
            self.left[variant] = 0

    def enrol(self, number: int) -> None:
        """More families of the first team, and a lot that they grew."""
        grown = world.households(self.variants[0].product.team, number)
        level = Lot.Level.SINGLE if number == 1 else Lot.Level.SHARED
        lot = shelves.a_lot(self.variants[0], units=4, level=level)
        shares.share_out(
            lot, {one.pk: 11_200 // number + 13 * n for n, one in enumerate(grown)}, self.managers[0]
        )
        self.add_lot(lot)

    def withdraw(self, pick: int) -> None:
        """A family no longer wishes to take part."""
        if rows := list(Household.objects.filter(state="verified").order_by("pk")):
            household.withdraw(rows[pick % len(rows)], self.operator)

    # --- The notebook ---

    def of(self, order: Order) -> Noted:
        return next(one for one in self.noted if one.uid == order.uid)

    def note(self, order: Order, group: int | None = None) -> None:
        """An order was placed: its units are off the shelf."""
        lines = list(order.lines.all())
        wants = {line.variant_id: line.quantity for line in lines}
        one = Noted(
            order.uid, wants, {line.variant_id: line.net_minor for line in lines}, order.total_minor, group
        )
        one.counts = not self.is_over
        self.noted.append(one)
        self._move(one, -1)
        if group is not None:
            self.groups[group].reserved += sum(wants.values())

    def can_place(self, wants: dict[int, int]) -> bool:
        return all(self.left[variant] >= units for variant, units in wants.items())

    def lapse(self, one: Noted, state: str) -> None:
        """It ended unpaid: its units are on the shelf again, its seat is free."""
        one.state = state
        self._move(one, 1)
        if one.group is not None:
            self.groups[one.group].reserved -= sum(one.wants.values())

    def money_is_seen(self, page: str) -> None:
        """The shop learns that a page was paid, perhaps not for the first time."""
        attempt = self.bank.pages[page].attempt
        one = next(each for each in self.noted if each.uid == attempt.order)
        if page in one.turned_away or page == one.kept:
            return
        group = None if one.group is None else self.groups[one.group]
        units = sum(one.wants.values())
        is_late = one.state == "expired"
        has_room = group is None or (
            group.state == "open"
            and self._was_in_time(one, page)
            and (not is_late or group.held + group.reserved + units <= group.most)
        )
        if (
            one.state not in ("placed", "expired")
            or not has_room
            or (is_late and not self.can_place(one.wants))
        ):
            one.turned_away.add(page)
            return
        if is_late:
            self._move(one, -1)
        one.state, one.kept = "in", page
        if group is None:
            one.is_counted = not self.is_frozen
            return
        group.held += units
        group.reserved -= 0 if is_late else units
        if group.held >= group.most:
            assert one.group is not None
            self.confirm(one.group)

    def _was_in_time(self, one: Noted, page: str) -> bool:
        """A seat counts by when it was paid, however late that is told."""
        paid_at = self.bank.pages[page].paid_at
        return paid_at is not None and paid_at < GroupPurchase.objects.get(pk=one.group).closes_at

    def open_group(self, pk: int, least: int, most: int) -> None:
        self.groups[pk] = Grouped(least, most)

    def close_group(self, pk: int, *, is_called_off: bool) -> None:
        """Unpaid seats are let go; with enough of the paid ones it is on, else they are given back."""
        noted = self.groups[pk]
        is_on = noted.held >= noted.least and not is_called_off
        for one in self.noted:
            if one.group == pk and one.state == "placed":
                self.lapse(one, "expired")
        if is_on:
            self.confirm(pk)
        else:
            noted.state = "cancelled" if is_called_off else "fell_short"

    def confirm(self, pk: int) -> None:
        """The group is on: each seat that is paid counts."""
        self.groups[pk].state = "confirmed"
        for one in self.noted:
            if one.group == pk and one.state == "in" and not one.has_left:
                one.is_counted = not self.is_frozen

    def restocked(self, order: Order, before: set[int]) -> None:
        """Refunds were asked for: what was not sent is on the shelf again."""
        for row in RefundLine.objects.filter(refund__payment__order=order).exclude(refund__in=before):
            self.refunds_made = True
            # What is owed for goods that a bank's decision had called off puts nothing back once more.
            if row.is_restocked and row.line and row.refund.reason != "regained":
                self.left[row.line.variant_id] += row.units
        one = self.of(order)
        is_whole = all(line.refunded_minor == line.net_minor for line in order.lines.all())
        if is_whole and one.state == "in" and not one.has_left:
            one.has_left = True
            if one.group is not None and self.groups[one.group].state == "open":
                self.groups[one.group].held -= sum(one.wants.values())
        elif not is_whole:  # a bank gave back what it had taken
            one.has_left = False

    def _move(self, one: Noted, sign: int) -> None:
        for variant, units in one.wants.items():
            self.left[variant] += sign * units

    # --- What must hold ---

    def check(self) -> None:
        """After every step: the oracle of all floors, and the notebook."""
        standings.fold()
        offences = [offence for name in settings.VERIFIERS for offence in import_string(name)()]
        assert offences == [], offences
        self._check_shelves()
        self._check_groups()
        self._check_ledger()
        self._check_households()
        self._check_standings()

    def _check_shelves(self) -> None:
        shown = {v.pk: v.units_available for v in Variant.objects.filter(pk__in=self.left)}
        assert shown == self.left

    def _check_groups(self) -> None:
        for row in GroupPurchase.objects.filter(pk__in=self.groups):
            noted = self.groups[row.pk]
            assert row.state == noted.state
            if noted.state == "open":
                assert (row.units_held, row.units_reserved) == (noted.held, noted.reserved)

    def _check_ledger(self) -> None:
        """Each order's mirror of the bank is what the bank says of all that the shop has seen."""
        stands = _stands()
        for one in self.noted:
            payments = list(Payment.objects.filter(order__uid=one.uid, state="succeeded"))
            assert {p.page_ref for p in payments if p.is_kept} == ({one.kept} if one.kept else set())
            assert {p.page_ref for p in payments if not p.is_kept} == one.turned_away
            came = sum(
                p.attempt.amount_minor
                for n, p in self.bank.pages.items()
                if n in {one.kept, *one.turned_away}
            )
            given = sum(
                r.amount_minor - r.disputed_minor if r.state == "succeeded" else r.given_minor
                for r in Refund.objects.filter(payment__order__uid=one.uid).exclude(reason="dispute")
            )
            lost = sum(d.lost_minor for p in payments for d in p.disputes.all())
            assert -stands.get((one.uid, "gateway"), 0) == came - given - lost
            assert sum(amount for (uid, _), amount in stands.items() if uid == one.uid) == 0

    def _check_households(self) -> None:
        """Of what a lot brought its households, nobody has a fen more or less than her share of it."""
        most = 3 if self.refunds_made else 1
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT s.lot_id, s.grams, coalesce(sum(a.amount_minor), 0)::bigint FROM impact_lotshare s
                   LEFT JOIN (SELECT a.household_id, coalesce(t.lot_id, f.lot_id) AS lot_id, a.amount_minor
                              FROM impact_attribution a JOIN impact_transfer m ON m.id = a.transfer_id
                              JOIN impact_account f ON f.id = m.source_id JOIN impact_account t ON t.id = m.target_id
                             ) a ON a.lot_id = s.lot_id AND a.household_id = s.household_id
                   GROUP BY s.id ORDER BY s.lot_id"""
            )
            rows = cursor.fetchall()
        for lot in {lot for lot, _, _ in rows}:
            grown = [(grams, amount) for of, grams, amount in rows if of == lot]
            whole, brought = sum(g for g, _ in grown), sum(a for _, a in grown)
            for grams, amount in grown:
                assert abs(amount - Fraction(brought * grams, whole)) < most, (lot, grams, amount, brought)

    def _check_standings(self) -> None:
        if self.is_frozen:
            return
        for n, team in enumerate(self.teams):
            mine = [v.pk for v in self.variants if (v.product.team_id == team.pk)]
            net = sum(
                sum(one.net[v] for v in mine if v in one.net) for one in self.noted if self._is_counted(one)
            )
            taken = RefundLine.objects.filter(
                line__team=team,
                refund__payment__order__uid__in=[o.uid for o in self.noted if self._is_counted(o)],
            ).exclude(refund__state="undone")
            net -= sum(taken.values_list("amount_minor", flat=True))
            assert Standing.objects.get(entry__team=team).net_minor == net, f"team {n}"

    def _is_counted(self, one: Noted) -> bool:
        return one.is_counted and one.counts

    def quiet(self) -> None:
        """Everything was told and handed over: the shop's books and the bank's are the same."""
        stands = _stands()
        for one in self.noted:
            assert -stands.get((one.uid, "gateway"), 0) == self.bank.moved(one.uid)
            paid = [
                n
                for n, page in self.bank.pages.items()
                if page.attempt.order == one.uid and page.state == "succeeded"
            ]
            assert set(paid) == {one.kept, *one.turned_away} - {""}
            for page in one.turned_away:
                intent = self.bank.pages[page].payment_ref
                asked = Refund.objects.filter(payment__payment_ref=intent).get()
                assert asked.amount_minor == self.bank.pages[page].attempt.amount_minor


def _stands() -> dict[tuple[UUID, str], int]:
    """What stands of each order in accounts of a kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.order_uid, a.kind, sum(CASE WHEN a.id = m.target_id THEN m.amount_minor
                      ELSE -m.amount_minor END)::bigint
               FROM impact_transfer m JOIN impact_ledgertransaction t ON t.id = m.transaction_id
               JOIN impact_account a ON a.id IN (m.source_id, m.target_id) GROUP BY 1, 2"""
        )
        return {(uid, kind): amount for uid, kind, amount in cursor.fetchall()}
