"""What a minute's asking may cost, by address and by person."""

from core import rates
from core.api.guard import limit


def may_spend(kind: str, who: str, cost: int) -> bool:
    """Count what a document costs; False when it is more than may be spent in a minute."""
    most = limit(f"rate_{kind}")
    return not most or rates.allow_roughly(f"api:{kind}", who, most, 60, cost)


def may_spend_without_waiting(kind: str, who: str, cost: int) -> bool:
    """The same where nothing may be waited for: False also when the cache must be told first, and nothing is counted."""
    most = limit(f"rate_{kind}")
    return not most or rates.allow_without_waiting(f"api:{kind}", who, most, 60, cost)
