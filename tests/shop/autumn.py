"""Who takes part in an edition that follows the demo's last, each at a browser of her own."""

import time
from datetime import timedelta
from typing import Any

from core import clock
from impact.models import Round
from shop.demo import factors, people, shelves, sign_ins
from shop.demo.officials import officials
from tests import live
from tests.accounts.world import a_person
from tests.contest.whole import strike
from tests.web.hand import Hand, Reader, codes_of

READER: Reader = ("en", 1280, False)
SLUG = "autumn"
HOME = f"{SLUG}/provincial/"
# Days from the last edition's end.
DAYS = {
    "registrationOpensAt": 1, "registrationClosesAt": 10, "opensAt": 12, "closesAt": 42,
    "judgingClosesAt": 46, "freezesAt": 49, "objectionsCloseAt": 54,
}  # fmt: skip


class Journey:
    """Who takes part in the new edition, each at a browser of her own."""

    def __init__(self, shop: live.LiveShop, browser: Any):
        self.shop, self.browser = shop, browser
        with shop.database():
            clock.forget()
            self.now = clock.now()
            secrets = {person.email: secret for person, secret in factors.secrets()}
            self.organiser, self.second = (
                Hand.of(a_person(("organiser",)), shop, browser, READER) for _ in range(2)
            )
            self.judge = Hand.of(a_person(), shop, browser, READER)
            cast = people.cast([row["team_no"] for row in shelves.rows()])
            self.managers, self.they = cast.managers, officials(cast)
        demo = {"password": sign_ins.PASSWORD}
        self.officer, self.importer, self.approver, self.manager = (
            Hand(shop, browser, READER, email, code=codes_of(secrets[email]) if email in secrets else None, **demo)
            for email in (sign_ins.COUNTY_OFFICER, sign_ins.IMPORTER, sign_ins.APPROVER, sign_ins.MANAGER)
        )  # fmt: skip
        self.guest = Hand(shop, browser, READER)

    def at(self, days: float) -> str:
        """The moment so many days on, as a form writes it."""
        return f"{self.now + timedelta(days=days):%Y-%m-%dT%H:%M}"

    def passes(self, days: float) -> None:
        """That moment has passed, beat has struck, and every process has seen it."""
        with self.shop.database():
            clock.stand_at(self.now + timedelta(days=days, minutes=1))
            strike()
        time.sleep(1.2)

    def tab(self, name: str) -> None:
        """A tab of the round's desk, from wherever on it she stands."""
        self.organiser.goes(f"{HOME}{name}/")

    def round(self) -> Round:
        found = Round.objects.select_related("edition", "plan", "region")
        return found.get(edition__slug=SLUG, level="provincial")
