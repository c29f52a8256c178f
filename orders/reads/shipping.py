"""What sending costs: by team, storage class, province and weight, for each team's parcel."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from orders.models import ShippingRate

# Rates change a few times a year and are asked for in every cart: each process keeps them this long.
_SECONDS = 30.0
# What a form or program writes for all places without a rate of their own: nothing written is no choice.
ELSEWHERE = "*"
# By team (None: the shop's own), storage class and province (None: everywhere else).
Key = tuple[int | None, str, str | None]
_seen: tuple[float, "dict[Key, Rate]"] | None = None


@dataclass(frozen=True)
class Rate:
    """The price of one parcel: a first weight, and each further step begun."""

    is_served: bool
    first_grams: int
    first_minor: int
    step_grams: int
    step_minor: int

    def price(self, grams: int) -> int:
        """Fen for a parcel of this weight.

        >>> Rate(True, 3000, 800, 1000, 200).price(3001)
        1000
        """
        steps = -(-max(0, grams - self.first_grams) // self.step_grams)
        return self.first_minor + steps * self.step_minor


@dataclass(frozen=True)
class Parcel:
    """What one team sends in one storage class, and what that costs; nothing when it is not sent there."""

    team_id: int
    storage: str
    grams: int
    minor: int
    is_served: bool
    address_id: int | None = None  # of a part that somebody else is sent


def rates() -> dict[Key, Rate]:
    """All there are."""
    global _seen
    moment = time.monotonic()
    if _seen is None or moment - _seen[0] > _SECONDS:
        table = {
            (row.team_id, row.storage, row.region_id): Rate(
                row.is_served, row.first_grams, row.first_minor, row.step_grams, row.step_minor
            )
            for row in ShippingRate.objects.all()
        }
        _seen = (moment, table)
    return _seen[1]


def forget() -> None:
    """Read the rates again at the next look."""
    global _seen
    _seen = None


def rate_for(storage: str, region_code: str, team_id: int | None) -> Rate | None:
    """The rate of this team's parcel of this storage class into a region: its own, else the shop's; None where nobody
    has said that we deliver."""
    table, province = rates(), region_code[:2] + "0000"
    found = (
        table.get((team_id, storage, province))
        or table.get((team_id, storage, None))
        or table.get((None, storage, province))
        or table.get((None, storage, None))
    )
    return found if found and found.is_served else None


def parcels(
    weights: Mapping[tuple[int, str], int], region_code: str, address_id: int | None = None
) -> list[Parcel]:
    """Parcels for grams by (team, storage class) into a region, in the order given."""
    sent = []
    for (team_id, storage), grams in weights.items():
        rate = rate_for(storage, region_code, team_id)
        minor = rate.price(grams) if rate else 0
        sent.append(Parcel(team_id, storage, grams, minor, rate is not None, address_id))
    return sent
