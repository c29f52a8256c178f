"""Webhooks: signed like Stripe's, delivered at least once, retried with patience, and troubled on demand."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import random
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from .account import Account, public
from .routes import run_due
from .small import with_pending
from .store import Row

MODES = ("deliver", "hold", "drop", "duplicate", "shuffle")
CALM: Row = {"mode": "deliver", "delay": 0.0, "copies": 2, "types": None}
FIRST_WAIT, LONGEST_WAIT, MOST_TRIES = 0.2, 60.0, 40
SHUFFLED_OVER = 0.5
WORKERS = 8
TIMEOUT = 10


def signature(body: bytes, secret: str, at: int) -> str:
    """The Stripe-Signature header."""
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def enqueue(account: Account, event: Row, calm: bool = False) -> int:
    """Note what is to be delivered to whom, within the transaction that made the event."""
    wish: Row = CALM if calm else {**CALM, **account.store.setting("notices", {})}
    mode = wish["mode"]
    if wish["types"] and not any(fnmatchcase(event["type"], kind) for kind in wish["types"]):
        mode = "deliver"
    copies = int(wish["copies"]) if mode == "duplicate" else 1
    state = {"hold": "held", "drop": "dropped"}.get(mode, "pending")
    due = time.time() + float(wish["delay"])
    count = 0
    for endpoint in account.store.select("webhook_endpoint", [], 100):
        kinds = endpoint["enabled_events"]
        if endpoint["status"] != "enabled" or not ("*" in kinds or event["type"] in kinds):
            continue
        for _ in range(copies):
            later = random.uniform(0, SHUFFLED_OVER) if mode == "shuffle" else 0
            account.store.run(
                "INSERT INTO deliveries (event, endpoint, state, due) VALUES (?, ?, ?, ?)",
                event["id"], endpoint["id"], state, due + later,
            )  # fmt: skip
            count += 1
    account.store.has_news = account.store.has_news or state == "pending"
    return count


class Deliverer:
    """One thread looks for what is due, a few others carry it."""

    def __init__(self, account: Account) -> None:
        self.account, self.store = account, account.store
        self.news, self.over = threading.Event(), False
        account.on_event = lambda event: enqueue(account, event)
        self.store.after_commit = self.news.set
        self.store.run("UPDATE deliveries SET state = 'pending' WHERE state = 'sending'")
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="notice")
        self.thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.over = True
        self.news.set()
        self.thread.join(5)
        self.pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self.over:
            try:
                for row in self._claimed():
                    self.pool.submit(self._carry, row)
                wait = self._quiet_for()
            except Exception:
                traceback.print_exc()
                wait = 1.0
            self.news.wait(wait)
            self.news.clear()

    def _claimed(self) -> list[Row]:
        """Timers first, then the notices whose time has come, marked so that nobody else takes them."""
        if self._quiet_for() > 0:
            return []
        with self.store.transaction():
            run_due(self.account)
            due = self.store.rows(
                "SELECT * FROM deliveries WHERE state = 'pending' AND due <= ? ORDER BY due, id LIMIT 200",
                time.time(),
            )
            self.store.db.executemany(
                "UPDATE deliveries SET state = 'sending' WHERE id = ?", [(row["id"],) for row in due]
            )
        return due

    def _quiet_for(self) -> float:
        """Seconds until the next timer or delivery; a moved clock or a commit wakes us earlier."""
        sql = "SELECT min(due) AS due FROM deliveries WHERE state = 'pending'"
        notice, timer = (
            self.store.rows(sql)[0]["due"],
            self.store.rows("SELECT min(due) AS due FROM timers")[0]["due"],
        )
        waits = [5.0]
        if notice is not None:
            waits.append(notice - time.time())
        if timer is not None:
            waits.append(timer - time.time() - self.account.shift)
        return max(0.0, min(waits))

    def _carry(self, row: Row) -> None:
        try:
            event, endpoint = self.store.find(row["event"]), self.store.find(row["endpoint"])
            if event is None or endpoint is None:
                return self._note(row, "dropped", None, "gone")
            status, error = send(with_pending(self.account, event), endpoint["url"], endpoint["_secret"])
            if 200 <= status < 300:
                return self._note(row, "delivered", status, None)
            spent = row["tries"] + 1 >= MOST_TRIES
            self._note(row, "failed" if spent else "pending", status, error)
        except Exception:
            if not self.over:
                traceback.print_exc()

    def _note(self, row: Row, state: str, status: int | None, error: str | None) -> None:
        now, tries = time.time(), row["tries"] + 1
        wait = min(FIRST_WAIT * 2 ** min(row["tries"], 20), LONGEST_WAIT)
        with self.store.transaction():
            self.store.has_news = self.store.has_news or state == "pending"
            self.store.run(
                "UPDATE deliveries SET state = ?, tries = ?, status = ?, error = ?, due = ?, delivered = ?"
                " WHERE id = ?",
                state, tries, status, error, now + wait, now if state == "delivered" else None, row["id"],
            )  # fmt: skip


_kept = threading.local()


def send(event: Row, url: str, secret: str) -> tuple[int, str | None]:
    """One attempt; the signature carries the real time, whatever the account's clock says."""
    body = json.dumps(public(event), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": signature(body, secret, int(time.time())), "Accept": "*/*",
    }  # fmt: skip
    try:
        is_kept = getattr(_kept, "place", None) == _place(url)
        try:
            return _post(url, body, headers)
        except ConnectionError:
            if not is_kept:
                raise
            # It was closed at the other end meanwhile.
            return _post(url, body, headers)
    except (OSError, http.client.HTTPException) as error:
        return 0, f"{type(error).__name__}: {error}"


def _place(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
    """Over a connection that this thread keeps open."""
    parts, place = urlsplit(url), _place(url)
    if getattr(_kept, "place", None) != place:
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        _kept.connection, _kept.place = kind(place[1], place[2], timeout=TIMEOUT), place
    try:
        _kept.connection.request(
            "POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers
        )
        answer = _kept.connection.getresponse()
        answer.read()
    except BaseException:
        _kept.connection.close()
        _kept.place = None
        raise
    return answer.status, None if answer.status < 300 else answer.reason


def deliveries(account: Account, event: str | None = None) -> list[dict[str, Any]]:
    """The state of the deliveries, for a test or a curious developer."""
    where, values = ("WHERE d.event = ?", (event,)) if event else ("", ())
    return account.store.rows(
        "SELECT d.*, json_extract(o.body, '$.type') AS type FROM deliveries d JOIN objects o ON o.id = d.event"
        f" {where} ORDER BY d.id DESC LIMIT 1000",
        *values,
    )
