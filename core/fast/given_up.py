"""How often the fast way gave up, and why: each costs the time of both ways."""

from collections import Counter

from core.counting import counts
from core.refusals import Refusal


class Beyond(Exception):
    """For graphql-core: what is not known here, or went wrong; without a reason, a null where none may be."""


given_up: Counter[str] = Counter()


def give_up(failure: Exception) -> None:
    """Count it."""
    given_up[reason_of(failure)] += 1
    counts.given_up(_kind_of(failure))


def _kind_of(failure: Exception) -> str:
    if isinstance(failure, Beyond):
        return "beyond"
    return "refused" if isinstance(failure, Refusal) else "broken"


def reason_of(failure: Exception) -> str:
    """Why, in a few words that name nobody: a refusal by its code, what broke by its class."""
    if isinstance(failure, Beyond):
        return str(failure) or "a null where none may be"
    return f"refused {failure.code}" if isinstance(failure, Refusal) else type(failure).__name__
