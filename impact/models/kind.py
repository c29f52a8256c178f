"""Kinds of accounts, and what is to be known of each, in one table: actions, reads, `verify` and pages ask it.

What the accounts of a kind must sum to is in no table: it is a rule of its own in `impact/verify/ledger.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from core.choices import Choices
from core.language import Words, say


class Kind(Choices):
    GATEWAY = "gateway", say("支付方", "Payment provider")
    ESCROW = "escrow", say("暂存", "Escrow")
    BUYER = "buyer", say("应退买家", "Due back to buyers")
    EARMARKED = "earmarked", say("农户 · 已记账", "Households, set aside")
    OWED = "owed", say("农户 · 应付", "Households, owed")
    POOL_EARMARKED = "pool_earmarked", say("全体农户 · 已记账", "Households together, set aside")
    POOL_OWED = "pool_owed", say("全体农户 · 应付", "Households together, owed")
    PART_EARMARKED = "part_earmarked", say("价格的一部分 · 已记账", "Part of the price, set aside")
    PART_OWED = "part_owed", say("价格的一部分 · 应付", "Part of the price, owed")
    SHIPPING_EARMARKED = "shipping_earmarked", say("运费 · 已记账", "Shipping, set aside")
    SHIPPING_OWED = "shipping_owed", say("运费 · 应付", "Shipping, owed")
    RESERVE = "reserve", say("争议准备金", "Reserve for disputes")
    PURSE = "purse", say("本店自付", "The shop’s own purse")
    COUPONS = "coupons", say("本店优惠券", "The shop’s coupons")
    TEAM_RESERVE = "team_reserve", say("团队准备金", "The team’s reserve")
    CLEARING = "clearing", say("份额更正过户", "Between households, put right")


class Whose(Enum):
    """Of what there is one account of a kind each: by the columns of an account that say it."""

    # Sets, since of an empty tuple Python 3.11.2 (Debian 12) makes some object.
    SHOP = frozenset[str]()
    HOLDER = frozenset({"holder"})
    TEAM = frozenset({"team_id"})
    PART = frozenset({"team_id", "part"})
    LOT = frozenset({"team_id", "lot_id"})


HOUSEHOLDS, SHIPPING, HELD = "households", "shipping", "held"
# What a page calls money that is not of a part which the price story names.
CALLED: dict[str, Words] = {
    HOUSEHOLDS: say("农户所得", "For the households"),
    SHIPPING: say("运费", "Shipping"),
    HELD: say("等待结果", "Held for the outcome"),
}


@dataclass(frozen=True)
class Facts:
    """What an account of a kind is.

    `becomes` is the kind its money moves to when the after-sale window has passed: from *earmarked* to *owed*. Of a
    lot's account attributions say which households its money is for; of a pool's, that it is all of the team's.
    `called` is its name on a page; an account of a price's part says which itself.
    """

    whose: Whose
    becomes: Kind | None = None
    called: str = ""
    is_pool: bool = False
    may_be_below_zero: bool = False

    @property
    def has_households(self) -> bool:
        """Whether each fen in it is some household's."""
        return self.whose == Whose.LOT and not self.is_pool


def _stages(earmarked: Kind, owed: Kind, whose: Whose, called: str = "", is_pool: bool = False) -> dict:
    """Money that is set aside: the same before and after the window has passed."""
    return {
        earmarked: Facts(whose, owed, called, is_pool),
        owed: Facts(whose, None, called, is_pool),
    }


FACTS: dict[Kind, Facts] = {
    # The mirror of the buyers' money outside: minus what came in.
    Kind.GATEWAY: Facts(Whose.SHOP, may_be_below_zero=True),
    # Of one holder (`orders.Order.holder`), until it is confirmed or repaid.
    Kind.ESCROW: Facts(Whose.HOLDER, called=HELD),
    # Owed back to buyers, until the provider has given it.
    Kind.BUYER: Facts(Whose.SHOP),
    **_stages(Kind.EARMARKED, Kind.OWED, Whose.LOT, HOUSEHOLDS),
    # A lot of which nobody knows who grew it: for the team's households together.
    **_stages(Kind.POOL_EARMARKED, Kind.POOL_OWED, Whose.LOT, HOUSEHOLDS, is_pool=True),
    # Another part of the price story.
    **_stages(Kind.PART_EARMARKED, Kind.PART_OWED, Whose.PART),
    **_stages(Kind.SHIPPING_EARMARKED, Kind.SHIPPING_OWED, Whose.TEAM, SHIPPING),
    # Bears what a lost dispute takes.
    Kind.RESERVE: Facts(Whose.SHOP, may_be_below_zero=True),
    # What the shop gave back itself, where the provider could not.
    Kind.PURSE: Facts(Whose.SHOP, may_be_below_zero=True),
    # What the shop pays of lines in their buyers' place, by coupons of its own: minus what they have cost it.
    Kind.COUPONS: Facts(Whose.SHOP, may_be_below_zero=True),
    # Pays the households whose work is sent in place of what arrived spoilt, and what is owed to the wrong ones and
    # should have been others': minus what both have cost the team.
    Kind.TEAM_RESERVE: Facts(Whose.TEAM, may_be_below_zero=True),
    # From the households of a lot to others of it, when its shares are put right: empty after each.
    Kind.CLEARING: Facts(Whose.TEAM),
}


def kinds(have: Callable[[Facts], object]) -> frozenset[Kind]:
    """The kinds of which something is so."""
    return frozenset(kind for kind, facts in FACTS.items() if have(facts))


OWED_OF: dict[Kind, Kind] = {kind: facts.becomes for kind, facts in FACTS.items() if facts.becomes}
EARMARKED, OWED = frozenset(OWED_OF), frozenset(OWED_OF.values())
SET_ASIDE = EARMARKED | OWED
OF_LOTS = kinds(lambda facts: facts.whose == Whose.LOT)
OF_LINES = kinds(lambda facts: facts.whose in (Whose.LOT, Whose.PART))
OF_HOUSEHOLDS = kinds(lambda facts: facts.called == HOUSEHOLDS)
NAMING_HOUSEHOLDS = kinds(lambda facts: facts.has_households)


def sql(of: frozenset[Kind]) -> str:
    """These kinds as a list in a statement."""
    return f"({', '.join(repr(kind.value) for kind in sorted(of))})"
