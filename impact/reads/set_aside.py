"""How an order's money is set aside, part by part, in words that are never more than true.

From the ledger alone: the parts and what went back add up to what was paid, to the fen. The households' part
is told for the teams' households together: whose it is within a team is nobody's to know (decisions/0005).
"""

from collections import defaultdict
from dataclasses import dataclass

from catalog.models.variant import STORY_PARTS
from core.choices import Choices
from core.language import Words, say
from core.money import split
from impact.models.kind import CALLED, FACTS, HELD, HOUSEHOLDS, OWED, Kind, Whose, kinds
from impact.reads.household import public_households_of_teams
from impact.reads.positions import Position, positions
from orders.models import Order

# In the order in which a page tells them.
PART_WORDS: dict[str, Words] = {
    HOUSEHOLDS: CALLED[HOUSEHOLDS],
    **{part: say(*names) for part, names in STORY_PARTS.items()},
    **CALLED,
}
SHOWN = kinds(lambda facts: facts.called or facts.whose == Whose.PART)


def _explained(zh: str, en: str) -> dict[str, Words]:
    return {"explanation": say(zh, en)}


class State(Choices):
    """How far the money is. Nothing here says that anybody has it in hand: that comes with payouts."""

    explanation: Words
    HELD = (
        "held",
        CALLED[HELD],
        _explained(
            "结果出来之前，钱留在本店在支付方的账户里，单独记账：达成才分到各方名下，未达成全额退回。",
            "Until the outcome is known, the money stays in the shop's account at the payment provider, "
            "booked apart: shared out if what it is held for comes about, given back in full if not.",
        ),
    )
    EARMARKED = (
        "earmarked",
        say("已记账 · 待发放", "Set aside"),
        _explained(
            "每一分钱都已记在应得者名下；售后期结束后转为应付，尚未发放。",
            "Each fen is set aside for those it is for. After the after-sale period it is owed to them; "
            "it has not been paid out yet.",
        ),
    )
    PARTLY_OWED = (
        "partly_owed",
        say("部分应付", "Partly owed"),
        _explained(
            "售后期已结束的包裹，其款项已转为应付；其余仍为已记账、待发放。",
            "For parcels whose after-sale period has ended the money is owed; the rest is set aside. "
            "It has not been paid out yet.",
        ),
    )
    OWED = (
        "owed",
        say("应付", "Owed"),
        _explained(
            "售后期已结束，这笔钱现在应付给农户和其他各方，尚未发放。",
            "The after-sale period has ended: the money is now owed to the households and the others. "
            "It has not been paid out yet.",
        ),
    )
    RETURNED = (
        "returned",
        say("已转回", "Taken back"),
        _explained(
            "这笔钱已不再记在任何人名下，全额用于退款。",
            "None of it is set aside for anybody any more: all of it is for the refund.",
        ),
    )


# Taken back is not yet given back, and a refund may fail on the way: by whether it was ever shared out, and
# whether the buyer has it.
RETURNED_WORDS: dict[tuple[bool, bool], tuple[Words, Words]] = {
    (True, True): (
        say("已转回，已退款", "Taken back and refunded"),
        say(
            "这笔订单已全额退款，记在各方名下的钱已全部转回。",
            "This order is refunded in full: all that was set aside has been taken back.",
        ),
    ),
    (True, False): (
        say("已转回，待退给您", "Taken back, due back to you"),
        say(
            "记在各方名下的钱已全部转回，将全额退给您。",
            "All that was set aside has been taken back and is due back to you.",
        ),
    ),
    (False, True): (
        say("已退款", "Refunded"),
        say(
            "这笔钱没有记到任何人名下过，已全额退款。",
            "None of it had been set aside for anybody; it is refunded in full.",
        ),
    ),
    (False, False): (
        say("待退给您", "Due back to you"),
        say(
            "这笔钱没有记到任何人名下过，将全额退给您。",
            "None of it had been set aside for anybody; all of it is due back to you.",
        ),
    ),
}


@dataclass(frozen=True)
class Part:
    """So much of the order for one purpose; `bps` of all that is set aside."""

    part: str
    amount_minor: int
    bps: int

    @property
    def name(self) -> Words:
        """What it is for."""
        return PART_WORDS[self.part]

    @property
    def is_households(self) -> bool:
        """Whether it is the households' part."""
        return self.part == HOUSEHOLDS


@dataclass(frozen=True)
class OfTeam:
    """The households' part of one team's goods."""

    team_id: int
    households: Words
    amount_minor: int


@dataclass(frozen=True)
class SetAside:
    """An order's money: what was paid, and what the shop's coupon pays, is what is set aside and what went back."""

    state: State
    paid_minor: int
    coupon_minor: int  # of what is set aside now, the shop's own coupon has paid so much
    total_minor: int
    parts: list[Part]
    teams: list[OfTeam]
    settled_minor: int  # what the provider has given back
    was_shared: bool  # a held order's money never is, unless it is confirmed

    @property
    def reversed_minor(self) -> int:
        """What was taken back for the buyer."""
        return self.paid_minor + self.coupon_minor - self.total_minor

    @property
    def still_due_minor(self) -> int:
        """What of that the provider has not given back yet."""
        return max(0, self.reversed_minor - self.settled_minor)

    @property
    def state_name(self) -> Words:
        """The state in a word or two."""
        return self._words[0]

    @property
    def explanation(self) -> Words:
        """The state in a sentence."""
        return self._words[1]

    @property
    def _words(self) -> tuple[Words, Words]:
        if self.state == State.RETURNED:
            return RETURNED_WORDS[self.was_shared, not self.still_due_minor]
        return self.state.words, self.state.explanation


def set_aside(order: Order) -> SetAside | None:
    """How a paid or held order's money is set aside; None when nothing was paid for it."""
    if not (order.is_paid or order.state == Order.State.HELD):
        return None
    everywhere = positions([order.uid])
    stands = [p for p in everywhere if p.place.kind in SHOWN]
    sums: dict[str, int] = defaultdict(int)
    for position in stands:
        sums[_part(position)] += position.amount_minor
    told = [(part, sums[part]) for part in PART_WORDS if sums.get(part)]
    total = sum(amount for _, amount in told)
    shares = split(10_000, [amount for _, amount in told]) if total else []
    parts = [Part(part, amount, bps) for (part, amount), bps in zip(told, shares, strict=True)]
    return SetAside(
        _state(stands),
        order.total_minor,
        -sum(p.amount_minor for p in everywhere if p.place.kind == Kind.COUPONS),
        total,
        parts,
        _of_teams(stands),
        settled_minor=order.refunded_minor,
        # What left escrow for lines stands as such; what left it for the buyer leaves nothing.
        was_shared=order.holder is None or any(p.line_id for p in stands),
    )


def _part(position: Position) -> str:
    return position.place.part or FACTS[Kind(position.place.kind)].called


def _state(stands: list[Position]) -> State:
    # Money comes into escrow for the order and leaves it line by line: only their sum says what is there.
    sums: dict[Kind, int] = defaultdict(int)
    for position in stands:
        sums[Kind(position.place.kind)] += position.amount_minor
    filled = {kind for kind, amount in sums.items() if amount}
    if not filled:
        return State.RETURNED
    if any(FACTS[kind].called == HELD for kind in filled):
        return State.HELD
    if not filled & OWED:
        return State.EARMARKED
    return State.OWED if filled <= OWED else State.PARTLY_OWED


def _of_teams(stands: list[Position]) -> list[OfTeam]:
    sums: dict[int, int] = defaultdict(int)
    for position in stands:
        if position.place.team_id and _part(position) == HOUSEHOLDS:
            sums[position.place.team_id] += position.amount_minor
    told = public_households_of_teams(sums) if sums else {}
    return [OfTeam(team, told[team], amount) for team, amount in sorted(sums.items())]
