"""The trade's clock, and an entry of a contest with the lot that it sells: as the floor below has them."""

from tests.impact.conftest import lot, noon, team, the_clock_is_asked_anew

__all__ = ["lot", "noon", "team", "the_clock_is_asked_anew"]
