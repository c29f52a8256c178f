"""What the public may know of stock: little enough that no lot's sales can be counted (docs/decisions/0004)."""

from catalog.refusals import EXACT_UP_TO


def public_units(units: int) -> int:
    """Units as they are told: exact while they are few; beyond that no more than that there are more."""
    return min(units, EXACT_UP_TO)


def is_plenty(units: int) -> bool:
    """Whether there are more than are told."""
    return units > EXACT_UP_TO


def is_known_short(units: int, wanted: int) -> bool:
    """Whether so many cannot be had and everybody may know it.

    Above what is told each wish is answered alike until it is placed: two answers would tell by halving, without
    a unit being held, how many there are.
    """
    return units < wanted and not is_plenty(units)
