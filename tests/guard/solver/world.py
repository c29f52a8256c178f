"""A shop made to be hard: twin teams alike in all that is public, whose secrets differ."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from catalog.actions import stock
from catalog.models import Lot, Team, Variant
from core import clock
from impact.actions import shares
from impact.models import Household
from orders.actions import placing
from tests.catalog import world as shelves
from tests.impact import world

POOL, SHARED, SINGLE = 0, 1, 2


@dataclass(frozen=True)
class Planned:
    """A lot of the plan: the day it is good until, so many units, declared after so many rounds of buying."""

    day: int
    units: int
    after: int = 0


@dataclass
class Stall:
    """One team with one product on the shelf, its households, and the lots that it has declared."""

    team: Team
    variant: Variant
    households: list[Household]
    plan: list[Planned]
    levels: list[int]
    lots: list[Lot] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.variant.product.slug

    def declare(self, planned: Planned, level: int) -> None:
        """Put a lot on the shelf, and write down who grew it."""
        today = clock.today()
        lot = shelves.a_lot(
            self.variant,
            units=planned.units,
            level=level,
            best_before=today + timedelta(days=30 + planned.day),
        )
        first = 7 * len(self.lots) % len(self.households)
        behind = {POOL: 0, SHARED: 12, SINGLE: 1}[level]
        grown = [self.households[(first + n) % len(self.households)] for n in range(behind)]
        if grown:
            grams = {family.pk: 1000 + 250 * n for n, family in enumerate(grown)}
            shares.share_out(lot, grams, None)
        self.lots.append(lot)


# Ties of a day: the later one is declared while the earlier is being sold. And lots that nothing is tied with.
PLAN = [Planned(1, 8), Planned(1, 6, after=1), Planned(2, 6), Planned(2, 6, after=4), Planned(3, 9, after=2)]
ROUNDS = 11


class Fair:
    """Twins side by side: each pair the same in public, the levels of its lots shuffled anew."""

    def __init__(self, pairs: int, households: int, seed: int):
        self.chance = random.Random(seed)
        self.pairs = [self._twins(households) for _ in range(pairs)]
        self.stalls = [stall for pair in self.pairs for stall in pair]
        world.a_round(*(stall.team for stall in self.stalls))
        self.round = 0
        self._declare()

    def _twins(self, households: int) -> tuple[Stall, Stall]:
        levels = [self.chance.choice((POOL, SHARED, SHARED, SINGLE, SINGLE)) for _ in PLAN]
        price = self.chance.randrange(990, 19_900)
        # What is public stays: a pool's lot remains one, and of the traced ones each trades places.
        swapped = [{SHARED: SINGLE, SINGLE: SHARED}.get(level, level) for level in levels]
        return self._stall(levels, price, households), self._stall(swapped, price, households)

    def _stall(self, levels: list[int], price: int, households: int) -> Stall:
        team = shelves.a_team()
        variant = shelves.a_variant(shelves.a_product(team), price_minor=price)
        return Stall(team, variant, world.households(team, households), PLAN, levels)

    def _declare(self) -> None:
        for stall in self.stalls:
            for planned, level in zip(stall.plan, stall.levels, strict=True):
                if planned.after == self.round:
                    stall.declare(planned, level)

    def trade(self) -> None:
        """A round of buying: of each twin the same, never across two lots; then what is declared next."""
        orders = []
        for pair in self.pairs:
            units = min(self.chance.randint(1, 4), *(self._left_of_the_next(stall) for stall in pair))
            orders += [a_purchase(stall.variant, units) for stall in pair if units]
        placed = placing.place_many(orders)
        stock.sell({order.uid for order in placed})
        for order in placed:
            world.pay(order)
        self.round += 1
        self._declare()

    def _left_of_the_next(self, stall: Stall) -> int:
        lot = Variant.objects.select_related("lot").get(pk=stall.variant.pk).lot
        return lot.units_available if lot else 0


def a_purchase(variant: Variant, units: int, **told: object) -> placing.Purchase:
    """What a guest whom nobody knows asks for."""
    given = {"email": f"guest{next(world._count)}@example.com", "recipient": "王示例", "phone": "13800138000"}
    variant = Variant.objects.select_related("product__team").get(pk=variant.pk)
    place = {"region_id": variant.product.team.county_id, "street": "示例路 1 号"}
    wants = [placing.Want(variant, units)]
    return placing.Purchase(**{**given, **place, "wants": wants, "shipping": {}, **told})  # type: ignore[arg-type]
