"""The rooms of the office, in the order in which they are asked for, and who has which."""

from dataclasses import dataclass

from core.language import Words, say

# A desk has six tabs at most, and the first is what waits.
TABS = 6


@dataclass(frozen=True)
class Room:
    """A list with the pages behind it; `page` is the list's, and `name` the one of its address."""

    page: str
    words: Words
    permission: str
    holds: tuple[str, ...] = ()  # pages that are reached from it

    @property
    def name(self) -> str:
        """Of its address."""
        return f"office_{self.page.removeprefix('office/')}"


# What stands in the list of what waits has its place there.
WAITING = (
    *("office/office", "office/listings", "office/refunds", "office/disputes", "office/claims"),
    "office/parked",
)

ROOMS = (
    Room("office/orders", say("订单", "Orders"), "orders.see_orders", ("office/order",)),
    Room("office/products", say("商品", "Products"), "catalog.decide_listing", ("office/listing",)),
    Room("office/teams", say("团队", "Teams"), "catalog.keep_teams", ("office/team",)),
    Room("office/households", say("农户", "Households"), "impact.verify_household", ("office/household",)),
    Room("office/quality", say("证书与质量", "Certificates and quality"), "catalog.check_quality"),
    Room("office/logistics", say("物流与冷链", "Sending and cold chain"), "catalog.check_logistics"),
    Room("office/women", say("女性带头的团队", "Teams led by women"), "catalog.see_women_led"),
    Room("office/media", say("团队的故事", "The teams’ stories"), "catalog.publish_stories"),
    Room("office/figures", say("数字", "Figures"), "orders.see_figures"),
    Room(
        "office/organisations",
        say("单位", "Organisations"),
        "accounts.decide_union",
        ("office/organisation",),
    ),
    Room("office/contest", say("大赛", "Contest"), "impact.keep_contest", ("office/round",)),
    Room("office/people", say("人员", "People"), "accounts.see_appointments", ("office/appoint",)),
    Room("office/accounts", say("账户", "Accounts"), "accounts.close_account", ("office/account",)),
    Room("office/closures", say("暂停配送", "Places closed"), "orders.close_places"),
    Room("office/reviews", say("评价", "Reviews"), "orders.hide_review"),
    Room("office/audit", say("审计", "Audit"), "accounts.read_audit"),
)


def rooms_of(permissions: list[str]) -> list[Room]:
    """Hers, the most asked for first."""
    return [room for room in ROOMS if room.permission in permissions]
