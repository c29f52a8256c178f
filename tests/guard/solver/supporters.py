"""Who supported whom, who is of which team, and for how much: told by a probing order?

She takes a look at the board, buys under somebody's code or address, looks again, takes her money back, looks again,
and once more when the day's boundary has passed. Whatever moves for one name and not for another tells of that name;
first she makes sure, with a name of her own, that it would move at all.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Organisation, Person
from catalog.models import Lot, Team
from impact.actions import standings
from orders.models import Order
from tests.catalog import world as shelves
from tests.guard.solver.stranger import Stranger
from tests.impact import world

COUNTS = ("personTimes", "people", "organisations")
SUMS = ("net", "mobilised", "excluded")
Look = dict[str, int | None]


def look(team: Team, by: str = "ENTRY") -> Look:
    """All figures that are told of a team's entry, or of its division."""
    stranger, told = Stranger(), {}
    standings.fold()
    named, name = ("entry { team { slug } }", team.slug)
    if by == "DIVISION":
        named, name = "division { code }", team.division_id
    for fields in (f"{' '.join(COUNTS)} net {{ minor }}", "mobilised { minor } excluded { minor }"):
        asked = f"{{ board(by: {by}) {{ rows {{ {named} figures {{ {fields} }} }} }} }}"
        rows = stranger.ask(asked)["board"]["rows"]
        (row,) = (row for row in rows if f'"{name}"' in json.dumps({**row, "figures": None}))
        told |= {k: v["minor"] if isinstance(v, dict) else v for k, v in row["figures"].items()}
    return told


@dataclass(frozen=True)
class Probe:
    """What one probing order moved: at once, when its money was taken back, and at the next boundary."""

    moved: tuple[tuple[str, int | None], ...]


def probe(lot: Lot, *, units: int = 14, **told: Any) -> Probe:
    """Buy once under somebody's name, watch, and take the money back."""
    team = lot.variant.product.team
    looks = [look(team)]
    order = world.an_order((lot, units), **told)
    world.pay(order)
    looks.append(look(team))
    world.refund(order, (order.lines.get(), units * lot.variant.price_minor))
    looks.append(look(team))
    return _moves(looks)


def probe_overnight(lot: Lot, *, units: int = 14, **told: Any) -> Probe:
    """The same, but the money is taken back when the boundary of the day has passed."""
    team = lot.variant.product.team
    looks = [look(team)]
    order = world.an_order((lot, units), **told)
    world.pay(order)
    world.tomorrow()
    looks.append(look(team))
    world.refund(order, (order.lines.get(), units * lot.variant.price_minor))
    world.tomorrow()
    looks.append(look(team))
    return _moves(looks)


def _moves(looks: list[Look]) -> Probe:
    pairs = zip(looks, looks[1:], strict=False)
    return Probe(
        tuple(
            (name, None if before[name] is None or after[name] is None else after[name] - before[name])  # type: ignore[operator]
            for before, after in pairs
            for name in (*COUNTS, *SUMS)
        )
    )


def distinct_slug(names: Iterable[Any], ask: Callable[[Any], Probe], own: Callable[[], Any]) -> list[Any]:
    """Those of these names that answer otherwise than a name of her own, which she knows has done nothing."""
    blank = ask(own())
    return [name for name in names if ask(name) != blank]


def by_organisation(
    lot: Lot, unions: Iterable[Organisation], ask: Callable[..., Probe] = probe
) -> list[Organisation]:
    """Those organisations that had bought of this team before, by orders with their codes."""
    return distinct_slug(unions, lambda union: ask(lot, mobiliser_organisation=union), world.an_organisation)


def by_address(lot: Lot, addresses: Iterable[str], ask: Callable[..., Probe] = probe) -> list[str]:
    """Those addresses under which somebody bought today, or that are of the team's own people."""
    return distinct_slug(
        addresses, lambda address: ask(lot, email=address, units=1), lambda: "nobody@example.com"
    )


def by_code(lot: Lot, people: Iterable[Person], ask: Callable[..., Probe] = probe) -> list[Person]:
    """Those people who are of the team, by orders with the codes that they pass on to friends."""
    return distinct_slug(people, lambda person: ask(lot, mobiliser_person=person), shelves.a_person)


def spending(team: Team) -> int | None:
    """What the team's own people spent, as it stands beside the figures: of a team of one it is hers."""
    return look(team)["excluded"]


def shared_supporter(
    elsewhere: Lot, team: Team, union: Organisation, freeze: Callable[[], None]
) -> bool | None:
    """Whether this organisation is the one that stands behind a team's entry.

    She buys by its code of another entry of that division, of which nobody has bought, and waits for the freeze,
    when organisations are counted exactly: of the two, and of their division. None where she cannot tell.
    """
    other = elsewhere.variant.product.team
    world.pay(world.an_order((elsewhere, 14), mobiliser_organisation=union))
    freeze()
    each = [look(one)["organisations"] for one in (other, team)]
    both = look(team, by="DIVISION")["organisations"]
    if each != [1, 1] or both is None:
        return None
    # Where a division's count is the sum of its entries', it is two whoever they are.
    return True if both == 1 else None


def by_stepping(lot: Lot, union: Organisation, others: Iterable[Organisation]) -> bool | None:
    """Whether this organisation stands behind an entry already, by the codes of others.

    One a day they bring the count of organisations to where a ten is told; the last is taken back, so that it stands just
    under; then the one that is asked about is tried: if the ten comes again it was not counted yet. None where the ten
    does not go.
    """
    team = lot.variant.product.team

    def told() -> int | None:
        world.tomorrow()
        return look(team)["organisations"]

    before = told()
    for other in others:
        order = buy(lot, 14, mobiliser_organisation=other)
        if told() != before:
            break
    world.refund(order, (order.lines.get(), order.goods_minor))
    if told() != before:
        return None
    buy(lot, 14, mobiliser_organisation=union)
    return told() == before


def buy(lot: Lot, units: int = 1, **told: Any) -> Order:
    """Somebody buys, and has paid."""
    order = world.an_order((lot, units), **told)
    world.pay(order)
    return order


def a_member(team: Team) -> Person:
    """One of the team's own people."""
    person = shelves.a_person()
    team.members.create(person=person)
    return person


# --- The controls: each leak as it was --------------------------------------------------------------


def put_back(monkeypatch: Any) -> None:
    """All is told at once and as it is scored, and a guest is whoever her address says."""
    from contest.reads import board
    from impact.actions import support

    def live(entry: Any, *_: Any) -> Any:
        standing = entry.standing
        told = board.PublicFigures(1, standing.net_minor, standing.mobilised_minor)
        for name in ("person_times", "people", "organisations", "excluded_minor"):
            setattr(told, name, getattr(standing, name))
        return board.Row(entry.team.division, told, entry)

    monkeypatch.setattr(board, "row_of", live)
    monkeypatch.setattr(support, "is_proved", lambda order: True)
