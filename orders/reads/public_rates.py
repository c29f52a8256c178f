"""What sending costs and where to, as buyers are told it: the rates themselves, places of one price together."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Region
from catalog.models import Product, Team
from catalog.reads import teams
from core import language
from orders.reads.shipping import Key, Rate, rates

# Where no rate is written nothing is sent.
NOT_SENT = Rate(False, 0, 0, 1, 0)


@dataclass(frozen=True)
class PublicRate:
    """The price of a parcel of one storage class to some places; without places, to all that are not named beside it.
    Without a team it is the shop's, for whatever its team's own table says nothing of."""

    team: Team | None
    storage: str
    places: list[str]
    rate: Rate


def public_rates() -> list[PublicRate]:
    """The shop's own and those of the teams that offer something, each table's places in their order."""
    table = rates()
    known = teams().in_bulk({team for team, _, _ in table if team})
    names = {region.pk: language.localized(region, "name") for region in _provinces(table)}
    found: list[PublicRate] = []
    for team in (None, *sorted(known)):
        for storage in Product.Storage.values:
            found += [
                PublicRate(known[team] if team else None, storage, [names[code] for code in codes], rate)
                for rate, codes in _by_price(table, team, storage)
            ]
    return found


def _provinces(table: dict[Key, Rate]) -> list[Region]:
    return list(Region.objects.filter(pk__in={code for _, _, code in table if code}))


def _by_price(table: dict[Key, Rate], team: int | None, storage: str) -> Iterator[tuple[Rate, list[str]]]:
    own = {code: rate for (its, kept, code), rate in table.items() if (its, kept) == (team, storage)}
    if not own:
        return
    # What is not sent has no price: whatever stands in its row.
    plain = {code: rate if rate.is_served else NOT_SENT for code, rate in own.items()}
    elsewhere = plain.pop(None, None if team else NOT_SENT)
    named: dict[Rate, list[str]] = {}
    for code in sorted(str(code) for code in plain):
        if plain[code] != elsewhere:
            named.setdefault(plain[code], []).append(code)
    yield from named.items()
    if elsewhere:
        yield elsewhere, []
