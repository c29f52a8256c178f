"""One API request: key, Idempotency-Key, the deed, the answer, in one transaction."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field

from .account import Account, new_id, public
from .errors import ApiError
from .expand import rendered
from .forms import Params, parse
from .routes import answer, run_due

KEYS_LIVE = 24 * 3600
KEY_LENGTH = 255
TEST_KEYS = ("sk_test_", "rk_test_")


@dataclass
class Answer:
    """What goes back over the wire."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """The /v1 interface of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.running: set[str] = set()
        self.running_lock = threading.Lock()

    def handle(self, method: str, path: str, raw: str, headers: dict[str, str]) -> Answer:
        """Answer one request, whatever happens to it."""
        request, key = new_id("req", 14), headers.get("idempotency-key", "") if method == "POST" else ""
        try:
            check_key(headers.get("authorization", ""))
            self._enter(key)
        except ApiError as error:
            return error_answer(error, request)
        try:
            with self.account.store.transaction():
                return self._within(method, path, raw, key, request)
        except ApiError as error:
            return error_answer(error, request)
        finally:
            self._leave(key)

    def _within(self, method: str, path: str, raw: str, key: str, request: str) -> Answer:
        account = self.account
        account.asked_by = {"id": request, "idempotency_key": key or None}
        params = Params(parse(raw))
        given = json.dumps(params.data, sort_keys=True)
        known = self._replayed(key, path, given)
        if known:
            return known
        run_due(account)
        recorded = True
        try:
            with account.store.undone_on_error(unless=lambda error: getattr(error, "keep", False)):
                expand = params.texts("expand") or []
                params.data.pop("expand", None)
                status, body = 200, rendered(account, answer(account, method, path, params), expand)
        except ApiError as error:
            status, body, recorded = error.status, public(error.body()), error.recorded
        finally:
            account.asked_by = {"id": None, "idempotency_key": None}
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        if key and recorded:
            self._remember(key, path, given, status, text, request)
        extra = {"Idempotency-Key": key, "Original-Request": request} if key else {}
        return Answer(status, text, {"Request-Id": request, **extra})

    def _enter(self, key: str) -> None:
        """Two requests at once with one key: the second is told to come back, as Stripe tells it."""
        if len(key) > KEY_LENGTH:
            raise ApiError(400, f"Idempotency keys can be up to {KEY_LENGTH} characters long.",
                           type="idempotency_error")  # fmt: skip
        if not key:
            return
        with self.running_lock:
            if key in self.running:
                message = (
                    "There is currently another in-progress request using this Idempotent Key (that probably"
                    " means you submitted twice, and the other request is still going through): "
                    f"{key}. Please try again later."
                )
                raise ApiError(409, message, type="idempotency_error", code="idempotency_key_in_use")
            self.running.add(key)

    def _leave(self, key: str) -> None:
        with self.running_lock:
            self.running.discard(key)

    def _replayed(self, key: str, path: str, given: str) -> Answer | None:
        store, now = self.account.store, self.account.now()
        store.run("DELETE FROM idempotency WHERE created <= ?", now - KEYS_LIVE)
        found = store.rows("SELECT * FROM idempotency WHERE key = ?", key) if key else []
        if not found:
            return None
        row = found[0]
        if row["path"] != path:
            message = (
                "Keys for idempotent requests can only be used for the same endpoint they were first used for"
                f" ('{path}' vs '{row['path']}'). Try using a key other than '{key}' if you meant to execute a"
                " different request."
            )
            raise ApiError(400, message, type="idempotency_error")
        if row["input"] != given:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used"
                f" with. Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise ApiError(400, message, type="idempotency_error")
        headers = {"Request-Id": new_id("req", 14), "Idempotency-Key": key, "Idempotent-Replayed": "true",
                   "Original-Request": row["request"]}  # fmt: skip
        return Answer(row["status"], row["body"], headers)

    def _remember(self, key: str, path: str, given: str, status: int, body: str, request: str) -> None:
        self.account.store.run(
            "INSERT INTO idempotency (key, path, input, status, body, request, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            key, path, given, status, body, request, self.account.now(),
        )  # fmt: skip


def check_key(authorization: str) -> None:
    """Only test keys: a live one typed here by mistake must not be met with success."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except ValueError:
            given = ""
    if not given.strip():
        message = (
            "You did not provide an API key. You need to provide your API key in the Authorization header,"
            " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
        raise ApiError(401, message)
    if not given.startswith(TEST_KEYS):
        raise ApiError(401, f"Invalid API Key provided: {given[:8]}****")


def error_answer(error: ApiError, request: str) -> Answer:
    return Answer(error.status, json.dumps(public(error.body())), {"Request-Id": request})
