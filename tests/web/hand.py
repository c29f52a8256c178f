"""Somebody at a browser of her own: she signs in with password and code, goes by links, and sends forms as they stand."""

from collections.abc import Callable
from typing import Any

from accounts import totp
from accounts.models import Person
from tests.accounts.world import PASSWORD
from tests.factor import App

# (language, width, whether scripts run)
Reader = tuple[str, int, bool]
EVERY_WAY: list[Reader] = [
    (language, width, scripts)
    for language in ("zh", "en")
    for width in (390, 1280)
    for scripts in (True, False)
]


def codes_of(secret: str) -> Callable[[], str]:
    """What her app shows, each time the next one that the shop takes: a code is good once."""
    last = 0

    def code() -> str:
        nonlocal last
        last = max(int(totp.now()) // totp.STEP - 1, last + 1)
        return totp.code_at(secret, last * totp.STEP)

    return code


class Hand:
    """She sees words and presses buttons. `code` gives the codes of her authenticator app, where she has one."""

    def __init__(self, shop: Any, browser: Any, reader: Reader, email: str = "", **her: Any):
        self.shop, (self.language, width, scripts), self.email = shop, reader, email
        self.password, self.code = her.get("password", PASSWORD), her.get("code")
        context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
        context.set_default_timeout(10_000)
        self.page = context.new_page()

    @classmethod
    def of(cls, person: Person, shop: Any, browser: Any, reader: Reader) -> "Hand":
        """Of somebody of this shop who has an app from now on; asked within the shop's database."""
        return cls(shop, browser, reader, person.email, code=codes_of(App(person).secret))

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def opens(self, path: str) -> None:
        """An address of the shop in her language, as from a letter or a bookmark."""
        self.page.goto(f"{self.shop.url}/{self.language}/{path}")

    def comes(self, path: str = "office/") -> None:
        """Through the sign-in, and the code where her role asks for one, to a page of hers."""
        self.opens(path)
        self.page.fill("[name=email]", self.email)
        self.page.fill("[name=password]", self.password)
        self.page.locator("main form button").first.click()
        self._gives_code()

    def goes(self, part: str, within: str = "main") -> None:
        """By the first link whose address has this in it."""
        self.page.locator(f"{within} a[href*='{part}']").first.click()

    def reads(self) -> str:
        """What the page says, with single spaces."""
        return " ".join(str(self.page.inner_text("main")).split())

    def has(self, act: str, within: str = "main") -> bool:
        """Whether this can be done here, at once or behind a link."""
        there = f"{within} form[action='/do/{act}/'], {within} a[href*='open={act}']"
        return bool(self.page.locator(there).count())

    def acts(self, act: str, within: str = "main", press: str = "", **given: Any) -> None:
        """Open the form of an act on this page, fill it in, press, look once more and press again where that is asked."""
        form = f"{within} form[action='/do/{act}/']"
        if not self.page.locator(form).count():
            self.page.locator(f"{within} a[href*='open={act}']").first.click()
        self._sends(form, press, given)
        if self._gives_code() and self.has(act, within):
            self._sends(form, press, given)
        if self.page.locator(f"main form[action='/do/{act}/'] [name=seen]").count():
            self._sends(f"main form[action='/do/{act}/']:has([name=seen])", press, {})
        wrong = self.page.locator("main .wrong:visible")
        assert not wrong.count(), (act, wrong.all_inner_texts())

    def _sends(self, form: str, press: str, given: dict[str, Any]) -> None:
        here = self.page.locator(form).first
        for name, value in given.items():
            self._fills(here, name, value)
        pressed = f":has-text('{press}')" if press else ""
        here.locator(f"button:not([formaction]){pressed}").first.click()

    def _fills(self, form: Any, name: str, value: Any) -> None:
        field = form.locator(f"[name='{name}']:not([type=hidden])").first
        if form.locator(f"select[name='{name}']").count():
            says = f"option[value='{value}'], option:has-text('{value}')"
            field.select_option(field.locator(says).first.get_attribute("value"))
        elif field.get_attribute("type") == "file":
            field.set_input_files(value)
        elif (kind := field.get_attribute("type")) == "radio":
            form.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.check()
        else:
            field.fill(str(value))

    def _gives_code(self) -> bool:
        if not self.page.locator("form[action='/do/give_second_factor/']").count():
            return False
        assert self.code is not None
        self.page.fill("[name=code]", self.code())
        self.page.locator("form[action='/do/give_second_factor/'] button").first.click()
        return True
