"""A whole shop on servers of its own, whose processes and servers may be ended at any moment."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import requests
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from psycopg import sql

from catalog.actions import card
from catalog.actions import lot as lots
from catalog.models import Lot
from core.models import Delivery, IdempotencyKey
from local import house
from local.postgres import OWNER
from orders.models import Order, Payment
from tests import servers
from tests.shows.house import House, until
from tests.shows.world import Stall

HOUSEHOLDS = 5  # that grew each lot of the shows' world


class OwnServers:
    """A PostgreSQL for one shop alone, with what tests.live.LiveShop asks of servers."""

    def __init__(self, folder: Path):
        self.folder = folder
        # What has committed must outlive a server that is ended on the spot.
        self.servers = house.Servers(folder, servers.SECRETS, {"REDIS_URL": "its own"}, fast=False)
        assert self.servers.postgres
        self.postgres = self.servers.postgres
        self.postgres.start()

    def new_database(self, name: str, copied: str = "") -> str:
        """An empty shop that is open, dumped from a copy of the template: to migrate once more would take a quarter of a minute."""
        with psycopg.connect(self.postgres.url(OWNER, "postgres"), autocommit=True) as owner:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        all_tests = servers.servers()
        source, dump = all_tests.new_database(f"test_to_dump_{os.getpid()}"), str(self.folder / "dump")
        assert all_tests.servers.postgres
        where = all_tests.servers.postgres.url("postgres", source), self.postgres.url("postgres", name)
        for program, *words in (
            ("pg_dump", "--format=custom", "--no-comments", "--compress=0", f"--file={dump}", where[0]),
            ("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={where[1]}", dump),
        ):
            subprocess.run([str(self.postgres.bin / program), *words], check=True)
        return name

    def environment(self, database: str) -> dict[str, str]:
        """What its processes are told."""
        return servers.told(self.folder, self.servers.addresses(database))


class Stubborn(House):
    """The shop; what falls in it is started again, and it must come to rest."""

    # -- processes

    def start_again(self, name: str, **env: str) -> None:
        """End a process at once, as a power cut would, and start it with this added to its environment."""
        process = self.shop.processes[name]
        process.kill()
        process.env = {**process.env, "FAILPOINT": "", **env}
        process.start()
        if name == "web":
            house.wait_for_web(self.url + "/healthz", process)

    def fell(self, name: str, point: str, since: int) -> bool:
        """Whether a process has ended at a point since its log was so long."""
        return f"failpoint {point}\n".encode() in self.shop.processes[name].log.read_bytes()[since:]

    def log_of(self, name: str) -> int:
        """How long a process's log is."""
        log = self.shop.processes[name].log
        return log.stat().st_size if log.exists() else 0

    # -- time

    def leases_end(self, name: str) -> None:
        """The minute or two pass for which what a dead process held is kept for it."""
        now = timezone.now()
        with self.shop.database():
            if name == "web":
                IdempotencyKey.objects.filter(state="in_progress").update(running_until=now)
            else:
                Delivery.objects.filter(done_at=None).update(due_at=now)

    def nobody_told(self) -> None:
        """The minute passes after which the worker asks about payments and refunds that nobody told of."""
        with self.shop.database():
            rows = Payment.objects.filter(state__in=["created", "processing", "failed"])
            rows.update(created_at=F("created_at") - timedelta(minutes=1), checked_at=None)
        self._strike("orders.tasks.reconcile")

    def times_run_out(self) -> None:
        """The quarter of an hour passes for which goods are kept for whoever has not paid yet."""
        with self.shop.database():
            Order.objects.filter(state="placed").update(reserved_until=F("placed_at"))
        for floor in ("orders", "together"):
            self._strike(f"{floor}.tasks.expire")

    def rest(self) -> None:
        """Wait until nothing is on its way; a lease that was lost may still have to end."""
        until(lambda: self.till.wait(1), 100)
        until(self.is_at_rest, 120)

    # -- the shelves

    def sells_no_more(self, stall: Stall) -> list[int]:
        """Its team closes each open lot of a stall: what is reserved stays so."""
        with self.shop.database():
            rows = list(Lot.objects.filter(variant=stall.variant, state=Lot.State.OPEN))
            return [lots.close(row, stall.manager).pk for row in rows]

    def sells_again(self, closed: Sequence[int]) -> None:
        """They are open as they were."""
        with self.shop.database(), transaction.atomic():
            Lot.objects.filter(pk__in=closed).update(state=Lot.State.OPEN)
            card.refresh(lots=closed)

    # -- the oracle

    def intents_of(self, number: str) -> list[dict[str, Any]]:
        """What the provider knows of payments for an order that have succeeded."""
        with self.shop.database():
            uid = str(Order.objects.values_list("uid", flat=True).get(number=number))
        found = self._provider("payment_intents")
        return [one for one in found if one["metadata"].get("order") == uid and one["status"] == "succeeded"]

    def refunded_at_provider(self, intent: str) -> list[int]:
        """Fen of each refund of a payment at the provider."""
        return [one["amount"] for one in self._provider("refunds", payment_intent=intent)]

    def _provider(self, noun: str, **asked: Any) -> list[dict[str, Any]]:
        """All of a noun at the provider."""
        rows: list[dict[str, Any]] = []
        while True:
            after = {"starting_after": rows[-1]["id"]} if rows else {}
            reply = requests.get(
                f"{self.shop.env['STRIPE_API_BASE']}/v1/{noun}",
                params={"limit": 100, **asked, **after},
                auth=(self.shop.env["STRIPE_API_KEY"], ""),
                timeout=30,
            ).json()
            rows += reply["data"]
            if not reply["has_more"]:
                return rows

    def is_charged_and_attributed_once(self, number: str, *, given_back: bool) -> None:
        """One charge, each household attributed once; given back once, if at all."""
        with self.shop.database():
            order = Order.objects.get(number=number)
            kept = list(Payment.objects.filter(order=order, is_kept=True))
        (intent,) = self.intents_of(number)
        assert len(kept) == 1 and kept[0].payment_ref == intent["id"]
        assert intent["amount_received"] == order.total_minor
        parts = self.attributions(number)
        paid, taken = [p for p in parts if p > 0], [p for p in parts if p < 0]
        assert len(paid) == HOUSEHOLDS, parts
        assert taken == ([-p for p in paid] if given_back else []), parts
        expected = [order.total_minor] if given_back else []
        assert self.refunded_at_provider(intent["id"]) == expected

    def is_not_charged(self, number: str) -> None:
        """No money came, nobody was attributed anything."""
        assert self.intents_of(number) == [] and self.attributions(number) == []

    @contextmanager
    def notices(self, mode: str) -> Iterator[None]:
        """Within it the provider drops, holds, duplicates or shuffles what it would tell."""
        self.till.notices(mode)
        try:
            yield
        finally:
            self.till.notices("deliver")


def wait_until(look: Any, seconds: float, why: str) -> None:
    """Until something is so."""
    ends = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < ends, f"{why}: still not after {seconds:.0f} s"
        time.sleep(0.05)
