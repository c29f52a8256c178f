"""A second provider, unlike Stripe in all its words: the till of a credit cooperative, and the adapter that speaks to it.

It has no page apart from the payment, numbers everything from 1 and tells in a header of its own.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from core.language import Words
from orders.provider.outside import asking
from orders.provider.port import (
    Attempt,
    Away,
    Begun,
    DisputeSeen,
    Forged,
    Heard,
    NoticeKind,
    Noun,
    PaymentSeen,
    RefundAttempt,
    RefundSeen,
    Refused,
    Seen,
    Was,
)

STATES = {"awaited": Was.CREATED, "booked": Was.SUCCEEDED, "void": Was.CANCELLED}
SHELVES = {
    Noun.PAGE: "deposits",
    Noun.PAYMENT: "deposits",
    Noun.REFUND: "repayments",
    Noun.DISPUTE: "objections",
}
MOVED = {
    "deposits": NoticeKind.PAYMENT_MOVED,
    "repayments": NoticeKind.REFUND_MOVED,
    "objections": NoticeKind.DISPUTE_MOVED,
}


class CoopProvider:
    """The adapter: the port's questions, each a request to the till."""

    mode, methods, notice_words = "stand_in", ("coop",), tuple(f"{shelf} moved" for shelf in MOVED)
    least_minor = 100
    page_lives = timedelta(hours=1)

    def __init__(self, base: str, secret: str):
        self.base, self.secret = base, secret

    def key_faults(self) -> list[Words]:
        """None: both know one secret."""
        return []

    def begin(self, attempt: Attempt) -> Begun:
        """A deposit to make at the till."""
        deposit = {
            "key": str(attempt.payment),
            "fen": attempt.amount_minor,
            "order": str(attempt.order),
            "payment": str(attempt.payment),
        }
        made = self._ask("begin", "deposits", deposit)
        return Begun(payment_ref=made["no"], url=f"{self.base}/counter/{made['no']}")

    def look(self, noun: Noun, id: str) -> Seen | None:
        """As the till has it now."""
        found = self._ask("look", f"{SHELVES[noun]}/{id}")
        return _seen(SHELVES[noun], found) if found else None

    def close(self, noun: Noun, id: str) -> PaymentSeen | None:
        """Void it, unless it was made."""
        found = self._ask("close", f"deposits/{id}/void", {})
        return _deposit(found) if found else None

    def refund(self, attempt: RefundAttempt) -> RefundSeen:
        """Repay a part of a deposit."""
        name = f"{attempt.refund}:{attempt.attempt}"
        repayment = {"key": name, "deposit": attempt.payment_ref, "fen": attempt.amount_minor, "ours": name}
        return _repayment(self._ask("refund", "repayments", repayment))

    def recent(self, noun: Noun, since: datetime) -> Iterator[Seen]:
        """All of it; the till is small."""
        shelf = SHELVES[noun]
        yield from (_seen(shelf, one) for one in self._ask("look", shelf)["rows"])

    def about(self, noun: Noun, payment_ref: str) -> Iterator[Seen]:
        """By deposit."""
        shelf = SHELVES[noun]
        rows = self._ask("look", f"{shelf}?{urlencode({'deposit': payment_ref})}")["rows"]
        yield from (_seen(shelf, one) for one in rows)

    def hear(self, body: bytes, headers: Mapping[str, str]) -> Heard:
        """Signed with the secret that both know."""
        if not hmac.compare_digest(seal(self.secret, body), headers.get("Coop-Seal", "")):
            raise Forged("seal")
        return self.read(body)

    def read(self, body: bytes) -> Heard:
        """Which entry has moved."""
        told = json.loads(body)
        is_deposit = told["shelf"] == "deposits"
        return Heard(
            event_id=told["slip"],
            kind=MOVED[told["shelf"]],
            word=f"{told['shelf']} moved",
            object_id=told["no"],
            payment_ref=told["no"] if is_deposit else "",
        )

    def _ask(self, what: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = Request(f"{self.base}/{path}", None if body is None else json.dumps(body).encode())
        with asking(what):
            try:
                with build_opener(ProxyHandler({})).open(request, timeout=5) as answer:
                    return dict(json.loads(answer.read()))
            except HTTPError as failure:
                if failure.code == 404:
                    return {}
                raise (Away if failure.code >= 500 else Refused)(str(failure.code)) from failure
            except (URLError, TimeoutError, ConnectionError) as failure:
                raise Away(str(failure)) from failure


def seal(secret: str, body: bytes) -> str:
    """By which a notice is known to be the till's."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _deposit(row: dict[str, Any]) -> PaymentSeen:
    is_booked = row["state"] == "booked"
    return PaymentSeen(
        state=STATES[row["state"]],
        amount_minor=row["fen"] if is_booked else 0,
        method="coop",
        payment_ref=row["no"],
        paid_at=datetime.now(UTC) if is_booked else None,
        payment=row["payment"],
        order=row["order"],
    )


def _repayment(row: dict[str, Any]) -> RefundSeen:
    return RefundSeen(Was.SUCCEEDED, row["no"], row["fen"], payment_ref=row["deposit"], ours=row["ours"])


def _seen(shelf: str, row: dict[str, Any]) -> Seen:
    if shelf == "deposits":
        return _deposit(row)
    if shelf == "repayments":
        return _repayment(row)
    return DisputeSeen(row["no"], row["state"], row["fen"], "objection", row["deposit"], status=row["state"])


class Till:
    """The running till: `with Till("secret") as till: till.url`."""

    def __init__(self, secret: str):
        self.secret, self.slips = secret, 0
        self.shelves: dict[str, list[dict[str, Any]]] = {"deposits": [], "repayments": [], "objections": []}
        self.asked: list[str] = []
        self.is_shut = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Counter)
        self.server.till = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> "Till":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def named(self) -> dict[str, Any]:
        """Its row in settings.PAYMENT_PROVIDERS."""
        options = {"base": self.url, "secret": self.secret}
        return {"adapter": "tests.orders.coop.CoopProvider", "options": options, "pays_at": self.url}

    # --- What happens there ---

    def book(self, no: str) -> tuple[bytes, dict[str, str]]:
        """A buyer makes a deposit; the slip that tells of it."""
        self.find("deposits", no)["state"] = "booked"
        return self.slip("deposits", no)

    def object(self, no: str, state: str) -> tuple[bytes, dict[str, str]]:
        """A buyer's bank asks for a deposit back, and decides; the slip that tells of it."""
        row = self.find("deposits", no)
        objection = self.put("objections", {"key": no, "deposit": no, "fen": row["fen"], "state": state})
        objection["state"] = state
        return self.slip("objections", objection["no"])

    def slip(self, shelf: str, no: str) -> tuple[bytes, dict[str, str]]:
        """A notice: its body, and the header that it comes with."""
        self.slips += 1
        body = json.dumps({"slip": str(self.slips), "shelf": shelf, "no": no}).encode()
        return body, {"Coop-Seal": seal(self.secret, body)}

    # --- What it keeps ---

    def find(self, shelf: str, no: str) -> dict[str, Any]:
        """One row."""
        return next((row for row in self.shelves[shelf] if row["no"] == no), {})

    def put(self, shelf: str, row: dict[str, Any]) -> dict[str, Any]:
        """Keep it, once a key."""
        for known in self.shelves[shelf]:
            if known["key"] == row["key"]:
                return known
        kept = {"state": "awaited", **row, "no": str(len(self.shelves[shelf]) + 1)}
        self.shelves[shelf].append(kept)
        return kept


class _Counter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, query = self.path.lstrip("/").partition("?")
        shelf, _, no = path.partition("/")
        if no:
            self._say(self._till.find(shelf, no))
            return
        of = query.removeprefix("deposit=")
        rows = [row for row in self._till.shelves[shelf] if not of or row.get("deposit") == of]
        self._say({"rows": rows})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        shelf, *rest = self.path.strip("/").split("/")
        if not rest:
            self._say(self._till.put(shelf, body))
            return
        row = self._till.find(shelf, rest[0])
        if row.get("state") == "awaited":
            row["state"] = "void"
        self._say(row)

    @property
    def _till(self) -> Till:
        return self.server.till  # type: ignore[attr-defined, no-any-return]

    def _say(self, row: dict[str, Any]) -> None:
        self._till.asked.append(f"{self.command} {self.path}")
        body = json.dumps(row).encode()
        self.send_response(503 if self._till.is_shut else 200 if row else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silent."""
