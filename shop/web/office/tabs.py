"""The tabs of the office, in the order in which they are asked for, and who has which."""

from dataclasses import dataclass

from core.language import Words, say

# So many stand in a row, and the first is what waits; the others stand on the first page.
IN_A_ROW = 6


@dataclass(frozen=True)
class Tab:
    """A list with the pages behind it; `page` is the list's, and `name` the one of its address."""

    page: str
    words: Words
    permission: str
    holds: tuple[str, ...] = ()  # pages that are reached from it
    also: tuple[str, ...] = ()  # other permissions with which one works there

    @property
    def name(self) -> str:
        """Of its address."""
        room, _, page = self.page.partition("/")
        return page if page == room else f"{room}_{page}"


# The pages of the first tab.
WAITING = (
    *(
        "office/office",
        "office/listings",
        "office/news",
        "office/refunds",
        "office/disputes",
        "office/claims",
    ),
    "office/parked",
)

TABS = (
    Tab("office/orders", say("订单", "Orders"), "orders.see_orders", ("office/order",)),
    Tab("office/products", say("商品", "Products"), "catalog.decide_listing", ("office/listing",)),
    Tab("office/teams", say("团队", "Teams"), "catalog.keep_teams", ("office/team",)),
    Tab("office/applications", say("新团队", "New teams"), "catalog.admit_teams"),
    Tab(
        "office/households",
        say("农户", "Households"),
        "impact.verify_household",
        ("office/household", "office/correction"),
    ),
    Tab("office/quality", say("证书与质量", "Certificates and quality"), "catalog.check_quality"),
    Tab("office/logistics", say("物流与冷链", "Sending and cold chain"), "catalog.check_logistics"),
    Tab("office/women", say("女性带头的团队", "Teams led by women"), "catalog.see_women_led"),
    Tab("office/media", say("团队的故事", "The teams’ stories"), "catalog.publish_stories"),
    Tab("office/figures", say("数字", "Figures"), "orders.see_figures"),
    Tab(
        "office/organisations",
        say("单位", "Organisations"),
        "accounts.decide_union",
        ("office/organisation",),
    ),
    Tab("office/registrations", say("参赛报名", "Registrations"), "contest.check_registrations"),
    Tab("office/supporters", say("支持方", "Supporters"), "contest.see_supporters"),
    Tab(
        "organiser/organiser",
        say("大赛", "Contest"),
        "contest.keep_editions",
        also=("contest.import_results", "contest.approve_imports", "contest.examine"),
    ),
    Tab("office/questions", say("提问", "Questions"), "contest.answer_questions"),
    Tab("judge/judge", say("评审", "Judging"), "contest.judge", ("judge/desk", "judge/entry")),
    Tab("office/people", say("人员", "People"), "accounts.see_appointments", ("office/appoint",)),
    Tab("office/accounts", say("账户", "Accounts"), "accounts.close_account", ("office/account",)),
    Tab("office/closures", say("暂停配送", "Places closed"), "orders.close_places"),
    Tab("office/synonyms", say("搜索用词", "Words for search"), "catalog.keep_synonyms"),
    Tab("office/invoices", say("缺的发票", "Missing invoices"), "orders.see_orders"),
    Tab("office/coupons", say("优惠券", "Coupons"), "orders.keep_shop_coupons"),
    Tab("office/webhooks", say("通知程序", "Webhooks"), "orders.keep_shop_webhooks"),
    Tab("office/reviews", say("评价", "Reviews"), "orders.hide_review"),
    Tab("office/audit", say("审计", "Audit"), "accounts.read_audit"),
)


def tabs_of(permissions: list[str]) -> list[Tab]:
    """Those of whoever has these permissions, the most asked for first."""
    return [tab for tab in TABS if {tab.permission, *tab.also} & set(permissions)]
