"""What the tests may know of a live shop from outside its pages: its board, its books, its peace."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any, TypeVar
from uuid import uuid4

from celery import Celery
from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string
from redis import Redis

from accounts.models import Person
from core.api.ids import global_id
from core.models import Delivery
from impact.models import Attribution, Standing
from impact.reads.positions import positions
from local.stripe.control import Control
from orders.models import Order, Payment
from tests.shows.script import Script, session_of
from tests.shows.world import Stall, World, build
from together.models import GroupPurchase

T = TypeVar("T")
BOARD = """{ board(by: ENTRY, sort: NET) { number rows { entry { number }
  figures { net { minor } personTimes organisations mobilised { minor } } } } }"""

GROUP = "query($code: String!) { groupPurchase(code: $code) { state unitsHeld unitsLeft } }"


def until(look: Callable[[], T], seconds: float = 15, every: float = 0.15) -> T:
    """What the look finds, once it finds something."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends, f"still {found!r} after {seconds} s"
        time.sleep(every)
    return found


class House:
    """A live shop with a world in it."""

    def __init__(self, shop: Any):
        self.shop, self.url = shop, shop.url
        self.till = Control(shop.env["STRIPE_API_BASE"])
        with shop.database():
            self.world: World = build()
        # Tests of pages, which may come first, write rows by hand that never happened: a refund that failed of itself.
        self.amiss_before = frozenset(self.offences())
        self.reader = Script(self)
        self._people: dict[str, Script] = {}

    def script_of(self, person: Person) -> Script:
        """This person at the API, signed in once."""
        if person.email not in self._people:
            script = self._people[person.email] = Script(self, person.email, self.world.password)
            if person.email in self.world.sheets:
                self.proved(script, person)
        return self._people[person.email]

    def proved(self, script: Script, person: Person) -> Script:
        """She gives a code there: her role wakes, and what moves money is answered once she has given another."""
        script.done("secondFactorGive", code=self.world.code_of(person))
        return script

    def trusted(self, person: Person) -> Script:
        """This person at the API, having given another code just now."""
        return self.proved(self.script_of(person), person)

    # -- what anybody sees

    def variant(self, stall: Stall) -> str:
        """The id of what a stall sells."""
        assert stall.variant
        return global_id("Variant", stall.variant.uid)

    def figures(self, *, kept: bool = False) -> dict[str, dict[str, Any]]:
        """Each team's figures as anybody sees them: now, or in the answer that is kept for up to a second."""
        # A document that nobody has asked before has no cached answer.
        document = BOARD if kept else f"{BOARD} # {uuid4()}"
        rows = self.reader.ask(document)["board"]["rows"]
        return {row["entry"]["number"]: row["figures"] for row in rows}

    def board(self) -> dict[str, int]:
        """Each team's net figure."""
        return {team: figures["net"]["minor"] for team, figures in self.figures().items()}

    def mobilised(self, team: str) -> int:
        """What was bought of a team by somebody's call."""
        return self.figures()[team]["mobilised"]["minor"]

    def group(self, code: str) -> dict[str, Any]:
        """A group purchase as a stranger with its link sees it."""
        return self.reader.ask(GROUP, code=code)["groupPurchase"]

    @contextmanager
    def moves(self, **by: int) -> Iterator[None]:
        """Within it, the board moves by exactly so much: `SH01=3690`; whoever is not named stays. The answer
        that was kept for everybody shows it too, once its second is over."""
        self.rest()
        before = self.board()
        yield
        self.rest()
        after, figures = self.board(), self.figures()
        until(lambda: self.figures(kept=True) == figures, 1.5)
        moved = {team: after[team] - before[team] for team in after if after[team] != before[team]}
        assert moved == by, f"{moved} instead of {by}"

    # -- the books

    def books(self, number: str) -> dict[str, int]:
        """Where an order's money stands, by kind of account."""
        sums: dict[str, int] = {}
        with self.shop.database():
            uid = Order.objects.values_list("uid", flat=True).get(number=number)
            for found in positions([uid]):
                sums[found.place.kind] = sums.get(found.place.kind, 0) + found.amount_minor
        return {kind: amount for kind, amount in sums.items() if amount}

    def escrow(self, join_code: str) -> int:
        """Fen in a group's escrow."""
        with self.shop.database():
            orders = Order.objects.filter(seat__group__join_code=join_code).values_list("uid", flat=True)
            return sum(p.amount_minor for p in positions(list(orders)) if p.place.kind == "escrow")

    def attributions(self, number: str) -> list[int]:
        """What each household was attributed of an order, each row as it was written."""
        with self.shop.database():
            rows = Attribution.objects.filter(transfer__line__order__number=number).order_by("pk")
            return list(rows.values_list("amount_minor", flat=True))

    def seconds_to_the_board(self, number: str, stall: Stall) -> float:
        """How long after an order was paid its team's standing was folded.

        A worker's first task, or a machine that runs other tests beside these, may be late once: then the
        quicker of two more purchases is told.
        """
        seconds = self._lag(number, stall)
        for _ in range(2 if seconds >= 1 else 0):
            buyer = Script(self)
            order = buyer.place((self.variant(stall), 1))
            self.till.pay(session_of(buyer.begin(order)["url"]), "alipay")
            until(lambda: buyer.order(order)["state"] == "PAID")  # noqa: B023 - looked at within the round
            self.rest()
            seconds = min(seconds, self._lag(order["number"], stall))
        return seconds

    def _lag(self, number: str, stall: Stall) -> float:
        with self.shop.database():
            paid_at = Order.objects.values_list("paid_at", flat=True).get(number=number)
            folded_at = Standing.objects.values_list("folded_at", flat=True).get(entry__team=stall.team)
        return (folded_at - paid_at).total_seconds()

    def letters(self, address: str) -> list[tuple[str, str]]:
        """Subject and text of each mail that was sent to an address, or to all of `@domain`, the oldest first."""
        files = sorted((self.shop.folder / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        mails = [
            mail for file in files for mail in re.split(rb"\n-{70,}\n", file.read_bytes()) if mail.strip()
        ]
        read = [message_from_bytes(mail, policy=default) for mail in mails]
        return [(mail["Subject"], mail.get_content()) for mail in read if mail["To"].endswith(address)]

    # -- time

    def another_minute(self) -> None:
        """The minute is over in which each address may ask for only so much."""
        with Redis.from_url(self.shop.env["CACHE_URL"]) as cache:
            for name in cache.scan_iter("*rate:*"):
                cache.delete(name)

    def reconcile(self, number: str) -> None:
        """The minutes pass after which the worker asks about payments that nobody told of."""
        with self.shop.database():
            rows = Payment.objects.filter(order__number=number)
            rows.update(created_at=F("created_at") - timedelta(minutes=1), checked_at=None)
        self._strike("orders.tasks.reconcile")

    def run_out(self, number: str) -> None:
        """The quarter of an hour passes for which an order's goods were kept."""
        with self.shop.database():
            rows = Order.objects.filter(number=number)
            rows.update(reserved_until=F("placed_at"))
        for floor in ("orders", "together"):
            self._strike(f"{floor}.tasks.expire")

    def _strike(self, task: str) -> None:
        with Celery(broker=self.shop.env["REDIS_URL"]) as app:
            app.send_task(task)

    def end_group(self, join_code: str) -> None:
        """A group's deadline passes now."""
        with self.shop.database():
            groups = GroupPurchase.objects.filter(join_code=join_code)
            groups.update(closes_at=F("opened_at") + timedelta(seconds=1))

    # -- peace

    def is_at_rest(self) -> bool:
        """Nothing is on its way inside the shop."""
        with self.shop.database():
            return not Delivery.objects.filter(done_at=None, parked_at=None).exists()

    def rest(self) -> None:
        """Wait until nothing is on its way, from the provider or inside."""
        assert self.till.wait(20)
        until(self.is_at_rest, 20)

    def offences(self) -> dict[tuple[str, str, Any], Any]:
        """What breaks an invariant, recomputed from the tables, by its rule and its row."""
        with self.shop.database():
            found = [offence for name in settings.VERIFIERS for offence in import_string(name)()]
        return {(one.rule, one.noun, one.id): one for one in found}

    def verify(self) -> None:
        """Every invariant holds, of all that has happened since this house opened."""
        self.rest()
        found = self.offences()
        assert [one for key, one in found.items() if key not in self.amiss_before] == []
