"""What a score is computed from: whole numbers of one entry at a freeze, each as it may be told in public then."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Inputs:
    """One entry's inputs (domain 3.6). Money in fen, shares in basis points; all are as they enter the score.

    What stands on persons is 0 where fewer than ten stand behind it; households are told down to tens, shares down to
    five points; organisations exactly. `judges` is the mean of the valid sheets, 0 to 100; None where too few were counted.
    """

    entry_id: int
    judges: Decimal | None = None  # J
    households: int = 0  # H: verified, with income attributed
    household_share_bps: int = 0  # s: of the net
    at_risk_share_bps: int = 0  # v: of that
    amount_minor: int = 0  # A: the sum over payers, each capped
    net_minor: int = 0  # the same without caps: told beside it
    person_times: int = 0  # N
    mobilised_minor: int = 0  # U: the sum over mobilisers, each capped
    organisations: int = 0  # O
    dockings: int = 0  # K: matches delivered, or beyond
    engaged: int = 0  # L: verified persons who like, follow or share
    viewers: int = 0  # V: verified accounts that looked
    areas: int = 0  # of the 50, with three supporters or more
    people: int = 0  # at least so many persons; for ties
    further: dict[str, int] = field(
        default_factory=dict
    )  # whole numbers that an indicator by configuration reads
