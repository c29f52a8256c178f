"""A month of an open board, seen twice: the same purchases, and other people, organisations and households behind them.

She looks at all that the contest tells, in the evening of each day and when its boundary has passed, and probes: she buys
by a code and under an address that she knows, and takes her money back. Two months that differ in who stands behind the
purchases alone are one month to her; wherever they differ, one of them can be told from the other, and somebody is found.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, Person
from catalog.models import Lot
from contest.actions import disclosed_supporters, engagement
from contest.models import Engagement
from core import clock
from impact.actions import shares, standings
from impact.models import Entry, Round
from orders.models import Order
from tests.contest.outside import a_mapping, a_source, a_statement
from tests.guard.matrix import ask_as
from tests.guard.solver.supporters import buy
from tests.guard.solver.world import SHARED, SINGLE
from tests.impact import world
from tests.impact.disclosed import FIGURES

# What the contest tells while it is open, whole. The moment at which a sum last moved is that of a purchase, which is live.
BOARD = f"{{ board(by: %s, sort: %s) {{ countedOn number rows {{ rank entry {{ number }} division {{ code }} figures {{ {FIGURES} }} }} }} }}"
OF_ALL = (
    BOARD % ("ENTRY", "NET"),
    BOARD % ("ENTRY", "ORGANISATIONS"),
    BOARD % ("DIVISION", "PEOPLE"),
    f"{{ contest {{ totals {{ {FIGURES} }} supporters {{ day total {{ minor }} rows {{ type net {{ minor }} organisations }} }} }} }}",
    "{ race { days lines { rank sums entry { number } } } }",
)
OF_AN_EDITION = (
    '{ edition(slug: "%(slug)s") { targets { kind goal actual percent } } }',
    '{ integrityReport(edition: "%(slug)s", level: PROVINCIAL) { isPublic excludedInWords cells { rule } } }',
)
OF_AN_ENTRY = (
    '{ contestEntry(edition: "%(slug)s", number: "%(number)s") { figures { net { minor } mobilised { minor } }'
    " channels { here { minor } outside { minor } together { minor } channels { net { minor } supports grade } } } }",
    '{ provenance(team: "%(team)s") { households } }',
    '{ product(slug: "%(product)s") { unitsAvailable householdBps variants { lot { isTraced levelName } } }'
    ' provenance(product: "%(product)s") { households } }',
)
KINDS = (Organisation.Kind.UNION, Organisation.Kind.ENTERPRISE)
UNITS = (1, 2, 3, 14, 16)  # from fourteen on an organisation counts


@dataclass(frozen=True)
class Bought:
    """A purchase of a day: by whom, for and by the call of whom, as numbers of parts that somebody plays."""

    entry: int
    units: int
    buyer: int | None
    organisation: int | None = None
    caller: int | None = None
    body: int | None = None


@dataclass
class Cast:
    """Who plays which part: what the two months differ in."""

    buyers: list[Person]
    bodies: list[Organisation]
    callers: list[Person]
    fans: list[Person]
    payers: list[str]
    growers: list[int]  # by how many places each lot's households are turned
    levels: tuple[int, int] = (SHARED, SINGLE)

    def with_others(self, what: str, chance: random.Random) -> "Cast":
        """The same with these played by others; organisations by others of their kind."""
        values = vars(self) | {}
        if what == "levels":
            return Cast(**{**values, what: self.levels[::-1]})
        if what == "growers":
            return Cast(**{**values, what: [n + 1 for n in self.growers]})
        if what == "bodies":
            half = len(self.bodies) // 2
            turned = [*self.bodies[1:half], self.bodies[0], *self.bodies[half + 1 :], self.bodies[half]]
            return Cast(**{**values, what: turned})
        others = list(values[what])
        while any(a == b for a, b in zip(others, values[what], strict=True)):
            chance.shuffle(others)
        return Cast(**{**values, what: others})


SECRETS = ("buyers", "bodies", "callers", "fans", "payers", "growers", "levels")


@dataclass
class Month:
    """A round that is open for so many days, and what happens on each of them."""

    days: int
    seed: int
    entries: int = 3
    lots: list[Lot] = field(default_factory=list)
    plan: list[list[Bought]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        for _ in range(self.entries):
            self.lots.append(world.a_lot([], units=100_000))
            world.households(self.lots[-1].variant.product.team, 12)
        self.teams = [lot.variant.product.team for lot in self.lots]
        self.round: Round = world.a_round(*self.teams, days=(0, self.days + 2, self.days + 9))
        self.round.edition.targets.create(kind="amount", goal=10_000_00)
        self.round.edition.targets.create(kind="households", goal=100)
        self.source = a_source()
        for n, entry in enumerate(self._entries()):
            a_mapping(self.source, entry, f"P{n}")
        self.cast = Cast(
            [self._somebody() for _ in range(12)],
            [world.an_organisation(kind=kind) for kind in KINDS for _ in range(4)],
            [self._somebody() for _ in range(3)],
            [self._somebody() for _ in range(6)],
            [f"{n:064x}" for n in range(4)],
            [0] * self.entries,
        )
        # Of whom she knows code and address.
        self.known = self.cast.bodies[0], self.cast.buyers[0], self.cast.callers[0]
        # On the first day each of them has bought, called or been bought for where she probes first.
        of_the_known = [Bought(0, 14, 0, organisation=0), Bought(0, 1, None, caller=0)]
        self.plan = [of_the_known, *(self._day() for _ in range(self.days - 1))]

    @staticmethod
    def _somebody() -> Person:
        person = Person.objects.create_user(f"month{next(world._count)}@example.com")
        Person.objects.filter(pk=person.pk).update(email_verified_at=timezone.now())
        return Person.objects.get(pk=person.pk)

    def _entries(self) -> list[Entry]:
        return list(self.round.entries.select_related("team", "round__edition").order_by("pk"))

    def _day(self) -> list[Bought]:
        pick = self.chance
        made = []
        for _ in range(pick.randint(1, 4)):
            called = pick.choice((None, None, "person", "body"))
            is_bodys = pick.random() < 0.3
            made.append(
                Bought(
                    pick.randrange(self.entries),
                    pick.choice(UNITS),
                    pick.choice((None, pick.randrange(12))),
                    pick.randrange(8) if is_bodys else None,
                    pick.randrange(3) if called == "person" else None,
                    pick.randrange(8) if called == "body" else None,
                )
            )
        return made

    def seen(self, cast: Cast) -> list[dict[str, str]]:
        """All that she is told in this month, look by look, with these people in it; then it has not been."""
        looks = []
        before = clock.now()
        with transaction.atomic():
            self._grow(cast)
            probes: list[Order] = []
            for n, day in enumerate(self.plan):
                if n % 7 == 3:
                    self._outside(cast, n)
                for one in day:
                    self._buy(one, cast)
                self._like(cast, n)
                looks.append(self._look())
                probes = self._probe(n, probes)
                looks.append(self._look())
                world.tomorrow()
                disclosed_supporters.disclose_supporters()
                looks.append(self._look())
            transaction.set_rollback(True)
        clock.stand_at(before)
        return looks

    def _grow(self, cast: Cast) -> None:
        for at, (lot, turn) in enumerate(zip(self.lots, cast.growers, strict=True)):
            # One household's, or of several: what of it is told is the same.
            level = cast.levels[at % 2]
            Lot.objects.filter(pk=lot.pk).update(level=level)
            families = list(lot.variant.product.team.households.order_by("pk"))
            behind = range(1 if level == SINGLE else 12)
            grown = {families[(n + turn) % 12].pk: 1000 + 10 * n for n in behind}
            shares.share_out(Lot.objects.get(pk=lot.pk), grown, None)

    def _buy(self, one: Bought, cast: Cast) -> None:
        told: dict[str, Any] = {"person": cast.buyers[one.buyer] if one.buyer is not None else None}
        if told["person"] is None:
            told["email"] = "nobody@example.com"
        if one.organisation is not None:
            told["organisation"] = cast.bodies[one.organisation]
        if one.caller is not None:
            told["mobiliser_person"] = cast.callers[one.caller]
        if one.body is not None:
            told["mobiliser_organisation"] = cast.bodies[one.body]
        buy(self.lots[one.entry], one.units, **told)

    def _outside(self, cast: Cast, day: int) -> None:
        made = a_statement(self.source, self.round, *((f"m{day}o{n}", 10_00 + n) for n in range(3)))
        for n, row in enumerate(made.rows.order_by("pk")):
            row.payer_key, row.project = cast.payers[(day + n) % 4], f"P{n % self.entries}"
            row.save(update_fields=["payer_key", "project"])

    def _like(self, cast: Cast, day: int) -> None:
        entries = self._entries()
        for n in range(2):
            person = cast.fans[(day + n) % len(cast.fans)]
            engagement.give(person, entries[day % self.entries], Engagement.Kind.LIKE)

    def _probe(self, day: int, before: Sequence[Order]) -> list[Order]:
        """Yesterday's money is taken back; today she buys by the code and under the address that she knows."""
        for order in before:
            world.refund(order, (order.lines.get(), order.goods_minor))
        lot = self.lots[day % self.entries]
        body, person, caller = self.known
        return [
            buy(lot, 14, mobiliser_organisation=body),
            buy(lot, 1, email=person.email),
            buy(lot, 1, mobiliser_person=caller),
        ]

    def _look(self) -> dict[str, str]:
        standings.fold()
        asked = [*OF_ALL, *(text % {"slug": self.round.edition.slug} for text in OF_AN_EDITION)]
        for lot, team in zip(self.lots, self.teams, strict=True):
            its = {"slug": self.round.edition.slug, "number": team.code, "team": team.slug}
            asked += [text % {**its, "product": lot.variant.product.slug} for text in OF_AN_ENTRY]
        return {
            document: json.dumps(ask_as(None, document), sort_keys=True, default=str) for document in asked
        }


def distinct_slug(one: Sequence[dict[str, str]], other: Sequence[dict[str, str]]) -> list[tuple[int, str]]:
    """(look, document) wherever two months do not say the same."""
    return [
        (n, document)
        for n, (first, second) in enumerate(zip(one, other, strict=True))
        for document in first
        if first[document] != second[document]
    ]
