"""Somebody who has never seen the shop: she follows what its pages say, reads her letters, and has a phone with an app."""

import re
import time
from email import message_from_bytes
from email.policy import default
from typing import Any

from accounts import totp
from tests.shows.house import until
from tests.shows.visitor import Visitor

PASSWORD = "korn-und-garbe-1"
# What nothing says of a shop without demo data, in either language; a token may hold the letters by chance.
NEVER = re.compile(r"(?<![\w-])demo|演示", re.IGNORECASE)
# All that a page says: to whoever sees it, to whoever hears it, and on its tab.
SAYS = """[document.title, document.documentElement.innerText, ...[...document.querySelectorAll(
    "[alt], [aria-label], [placeholder], meta[name=description]")].flatMap(
    e => ["alt", "aria-label", "placeholder", "content"].map(a => e.getAttribute(a) || ""))].join("\\n")"""


def letters(shop: Any) -> list[tuple[str, str]]:
    """To whom, and subject and text, of each mail that was sent, the newest first."""
    files = sorted((shop.folder / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    mails = [
        message_from_bytes(mail, policy=default)
        for file in files
        for mail in re.split(rb"\n-{70,}\n", file.read_bytes())
        if mail.strip()
    ]
    return [(str(mail["To"]), f"{mail['Subject']}\n{mail.get_content()}") for mail in reversed(mails)]


class Newcomer(Visitor):
    """Her words are given in Chinese; `english` has them for whoever reads English. No page that she comes to, nor its
    title, may speak of a demo."""

    def __init__(self, page: Any, shop: Any, language: str, english: dict[str, str], email: str, name: str):
        super().__init__(page, shop.url, language)
        self.shop, self.english, self.email, self.name = shop, english, email, name
        self.secret, self.next_step = "", 0
        self.deeds = 0  # presses, choices and fields: what it costs her

    def said(self, zh: str) -> str:
        """As her language has it; what is in her language already stays."""
        return zh if self.language == "zh" else self.english.get(zh, zh)

    # -- what she does

    def open(self, address: str) -> None:
        """Follow a link that was given to her: printed, or in a letter."""
        self.page.goto(address)
        self._looks()

    def follow(self, zh: str, within: str = "main") -> None:
        """Follow the link that says so, or begins so."""
        name = re.compile(f"^{re.escape(self.said(zh))}")
        link = self.page.locator(within).get_by_role("link", name=name)
        assert link.count(), (self.said(zh), self.page.url, self.reads())
        link.first.click()
        self.page.wait_for_load_state()
        self._looks()

    def press(self, name: str, within: str = "main") -> None:
        """Press the button that begins so."""
        button = self.page.locator(within).get_by_role(
            "button", name=re.compile(f"^{re.escape(self.said(name))}")
        )
        assert button.count(), (self.said(name), self.page.url, self.reads())
        super().press(self.said(name), within)
        self._looks()

    def press_twice(self, zh: str) -> None:
        """What cannot be taken back is looked at once more."""
        self.press(zh)
        self.press(zh)

    def write(self, label: str, text: str, within: str = "main") -> None:
        """Fill in the field of this name."""
        super().write(self.said(label), text, within)
        self.deeds += 1

    def fill(self, **fields: str) -> None:
        """Several, by their names."""
        for label, text in fields.items():
            self.write(label, text)

    def choose(self, label: str, option: str, within: str = "main") -> None:
        """Choose from the list of this name, by the option's value."""
        super().choose(self.said(label), option, within)
        self.deeds += 1

    def tick(self, zh: str) -> None:
        """Tick the box of this name."""
        self.page.locator("main").get_by_label(self.said(zh)).first.check()
        self.deeds += 1

    def sees(self, *zh: str) -> None:
        """The page says this."""
        text = self.page.locator("body").inner_text()
        for one in zh:
            assert self.said(one) in text, (self.said(one), self.page.url, text)

    def _looks(self) -> None:
        self.deeds += 1
        text = self.page.evaluate(SAYS)
        found = NEVER.search(text)
        assert not found, (self.page.url, found and text[max(0, found.start() - 80) : found.end() + 80])
        assert self.is_narrow_enough(), self.page.url

    # -- her mailbox and her phone

    def letter(self, holding: str) -> str:
        """The newest letter to her that holds this."""

        return until(
            lambda: next(
                (said for to, said in letters(self.shop) if to == self.email and holding in said), ""
            )
        )

    def open_letter(self, path: str) -> None:
        """Follow the link of her newest letter that leads there."""
        found = re.search(rf"http\S+{path}\S*", self.letter(path))
        assert found
        self.open(found[0])

    def code(self) -> str:
        """What her app shows, or shows next: each is good once, and one that is half a minute ahead is taken too."""
        step = max(self.next_step, int(time.time()) // totp.STEP - 1)
        until(lambda: int(time.time()) // totp.STEP + 1 >= step, 40)
        self.next_step = step + 1
        return totp.code_at(self.secret, step * totp.STEP)

    def enrol(self) -> None:
        """Set up the second factor, as its page says, and give the next code."""
        self.write("您的密码", PASSWORD)
        self.press("开始设置")
        self.secret = re.sub(r"\s", "", self.page.locator("code.code").first.inner_text())
        self.write("六位验证码", self.code())
        self.tick("恢复码已经记下来了")
        self.press("完成设置")
        self.give_a_code()

    def give_a_code(self) -> bool:
        """Where a page asks for one; whether it did."""
        is_asked = "/second-factor/" in self.page.url
        if is_asked:
            self.write("验证码", self.code())
            self.press("继续")
        return is_asked

    def press_and_prove(self, zh: str, **again: str) -> None:
        """A button that may ask for a code first; what is thrown away meanwhile is written again."""
        self.press(zh)
        if self.give_a_code():
            self.fill(**again)
            self.press(zh)

    def join(self) -> None:
        """From the letter that offers her a role, through an account of her own and its letter, to the role."""
        self.open_letter("/role/")
        self.follow("注册")
        self.fill(怎么称呼您=self.name, 邮箱=self.email, 密码=PASSWORD)
        self.press("注册")
        self.open_letter("/confirm/")
        self.write("密码", PASSWORD)
        self.press("确认并登录")
        self.follow("看一看，接受")
        self.press("接受")
        self.enrol()
