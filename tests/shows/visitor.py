"""Somebody in front of a browser: she sees words and presses buttons."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.shows.house import until

WORDS = {
    "en": {
        "search": "Search", "add": "Add to cart", "checkout": "Checkout", "province": "Province", "next": "Next",
        "county": "County or district", "see_shipping": "See shipping", "street": "Street and number",
        "recipient": "Recipient", "phone": "Phone", "email": "E-mail", "save": "Save and go on",
        "place": "Place the order", "hubei": "Hubei", "pay": "Pay ¥", "quantity": "Quantity",
        "paid": "Paid",
    },
    "zh": {
        "search": "搜索", "add": "加入购物车", "checkout": "去结算", "province": "省份", "next": "下一步",
        "county": "区县", "see_shipping": "看运费", "street": "街道门牌", "recipient": "收件人", "phone": "手机或座机",
        "email": "邮箱", "save": "保存", "place": "下单", "hubei": "湖北省", "pay": "付款 ¥",
        "quantity": "数量", "paid": "已付款",
    },
}  # fmt: skip


def fen(text: str) -> int:
    """The fen of what a page writes.

    >>> fen("¥1,036.90"), fen("−¥5.00")
    (103690, -500)
    """
    found = re.search(r"([-−]?)¥([\d,]+)\.(\d\d)", text)
    assert found, text
    return (-1 if found[1] else 1) * int(found[2].replace(",", "") + found[3])


class Visitor:
    """A visitor with a browser of her own."""

    def __init__(self, page: Any, url: str, language: str):
        self.page, self.url, self.language = page, url, language
        self.words = WORDS[language]

    def go(self, path: str) -> int:
        """Open a page of the shop in her language; the answer's code."""
        return self.page.goto(f"{self.url}/{self.language}/{path}").status

    def press(self, name: str, within: str = "main") -> None:
        """Press the button that says so, or begins so, and see where it leads."""
        self.page.locator(within).get_by_role("button", name=re.compile(f"^{re.escape(name)}")).first.click()
        # A click waits until the next page has begun to come; what is counted must be all of it.
        self.page.wait_for_load_state()

    def reads(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    def is_narrow_enough(self) -> bool:
        """Nothing scrolls sideways."""
        self.page.wait_for_load_state()  # a page that looks again by itself may just be on its way
        return self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def another_tab(self) -> "Visitor":
        """A second tab of the same browser, on the same page."""
        page = self.page.context.new_page()
        page.goto(self.page.url)
        return Visitor(page, self.url, self.language)

    def write(self, label: str, text: str, within: str = "main") -> None:
        """Fill in the field of this name."""
        self.page.locator(within).get_by_label(re.compile(f"^{re.escape(label)}")).first.fill(text)

    def choose(self, label: str, option: str, within: str = "main") -> None:
        """Choose from the list of this name."""
        field = self.page.locator(within).get_by_label(re.compile(f"^{re.escape(label)}")).first
        field.select_option(option)

    def unfold(self, words: str) -> None:
        """Open what is folded under these words, if it is not open."""
        link = self.page.locator("main").get_by_role("link", name=words)
        if link.count():
            link.first.click()
            self.page.wait_for_load_state()
            return
        summary = self.page.locator("summary", has_text=words).first
        if summary.locator("..").get_attribute("open") is None:
            summary.click()

    def sign_in(self, email: str, password: str, then: str, code: str = "") -> None:
        """Sign in, by a code too where her role asks for one, and go on to a page."""
        self.go(f"sign-in/?next=/{self.language}/{then}")
        self.page.locator("main input[type=email]").fill(email)
        self.page.locator("main input[type=password]").fill(password)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_load_state()
        if code:
            self.page.locator("main [name=code]").fill(code)
            self.page.locator("main form button[type=submit]").first.click()
            self.page.wait_for_load_state()
        assert self.page.url.endswith(then), self.page.url

    # -- buying

    def find(self, word: str, name: str) -> None:
        """Search for a word and open the product."""
        self.page.get_by_role("searchbox", name=self.words["search"]).first.fill(word)
        self.page.get_by_role("search").get_by_role("button").click()
        self.page.get_by_role("link", name=name).first.click()

    def add(self, units: int = 1) -> None:
        """Put the product into the cart."""
        self.page.get_by_role("spinbutton", name=self.words["quantity"], exact=True).fill(str(units))
        self.press(self.words["add"])

    def check_out(self, email: str = "stranger@shows.example") -> None:
        """Say where it goes and who takes it; everything but placing the order."""
        words, page = self.words, self.page
        page.get_by_role("button", name=words["checkout"], exact=True).click()
        page.get_by_label(words["province"]).select_option(label=words["hubei"])
        self.press(words["next"])
        page.get_by_label(words["county"]).select_option("420106")
        self.press(words["see_shipping"])
        page.get_by_label(words["street"]).fill("示例路 1 号")
        page.get_by_label(words["recipient"]).fill("示例买家")
        page.get_by_label(words["phone"]).fill("13800138000")
        page.get_by_label(words["email"]).fill(email)
        self.press(words["save"])

    def place(self) -> str:
        """Place the order, which leads to the provider's page, and come back unpaid; its number."""
        self.press(self.words["place"])
        if "/pay/" in self.page.url:
            self.page.locator("a[href*='/order/']").first.click()
            self.page.wait_for_load_state()
        return self.number()

    def number(self) -> str:
        """The number of the order she is looking at."""
        found = re.search(r"/order/([A-Z0-9-]+)/", self.page.url)
        assert found, self.page.url
        return found[1]

    def token(self) -> str:
        """The key to it, of her address."""
        return parse_qs(urlsplit(self.page.url).query)["token"][0]

    def state(self) -> str:
        """How the order that she is looking at stands, in words."""
        return self.page.locator("h1 + p .tag").inner_text()

    def is_paid(self) -> bool:
        """Whether the page says so."""
        return self.state().startswith(self.words["paid"])

    def until_paid(self) -> None:
        """Look again until the page says that it is paid."""
        until(lambda: self.page.goto(self.page.url) and self.is_paid())

    def get_ready(self, slug: str, units: int = 1) -> None:
        """From the product's page to the end of checkout."""
        assert self.go(f"p/{slug}/") == 200
        self.add(units)
        self.check_out()

    def buy(self, slug: str, units: int = 1) -> str:
        """From the product's page to the order's."""
        self.get_ready(slug, units)
        return self.place()

    def begin_to_pay(self) -> None:
        """To the provider's page."""
        self.press(self.words["pay"])
        assert "/pay/" in self.page.url, self.page.url

    def pay_by_card(self, number: str = "4242 4242 4242 4242") -> None:
        """On the provider's page."""
        self.page.locator("#number").fill(number)
        self.page.locator("button[name=method][value=card]").click()
        self.page.wait_for_load_state()

    def pay_by_alipay(self) -> None:
        """On the provider's page, then on Alipay's."""
        self.page.locator("button[name=method][value=alipay]").click()
        self.page.locator("button[name=answer][value=authorise]").click()
        self.page.wait_for_url("**/order/**")
