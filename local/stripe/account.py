"""The Stripe account: objects, the clock, events and timers. Every deed is done to it, inside one transaction."""

from __future__ import annotations

import os
import string
import time
from collections.abc import Callable
from typing import Any

from . import API_VERSION
from .errors import not_found
from .store import Row, Store

SOON = 10.0
# A letter or digit for each byte; some come oftener than others, which harms no one here.
ALPHABET = bytes(((string.ascii_letters + string.digits) * 5)[:256], "ascii")
PREFIX = {
    "payment_intent": "pi", "charge": "ch", "refund": "re", "checkout.session": "cs_test", "dispute": "du",
    "event": "evt", "balance_transaction": "txn", "webhook_endpoint": "we", "customer": "cus",
    "payment_method": "pm", "item": "li",
}  # fmt: skip
PARAM = {"payment_intent": "intent", "checkout.session": "session", "payment_method": "payment_method"}


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{os.urandom(length).translate(ALPHABET).decode()}"


def public(obj: Any) -> Any:
    """What a caller may see: names that begin with an underscore are the stand-in's own notes."""
    if isinstance(obj, list):
        return [public(value) for value in obj]
    if not isinstance(obj, dict):
        return obj
    kind = obj.get("object")
    left_out = LEFT_OUT.get(kind, NONE) if isinstance(kind, str) else NONE
    return {
        # Most values are neither, and are not asked one by one.
        key: public(value) if isinstance(value, dict | list) else value
        for key, value in obj.items()
        if key[:1] != "_" and (value is not None or key not in left_out)
    }


# What Stripe leaves out of an answer, rather than telling that there is none.
NONE: frozenset[str] = frozenset()
LEFT_OUT = {
    "checkout.session": frozenset(
        [
            "excluded_payment_method_types",
            "presentment_details",
            "redirect_on_completion",
            "return_url",
            "tax_id_collection",
        ]
    ),
    "dispute": frozenset({"payment_method_details"}),
    "refund": frozenset(
        [
            "description",
            "failure_balance_transaction",
            "failure_reason",
            "instructions_email",
            "next_action",
            "pending_reason",
        ]
    ),
}


class Account:
    """State and services the endpoints share."""

    def __init__(self, store: Store, base_url: str = "") -> None:
        self.store = store
        self.base_url = base_url
        self.asked_by: Row = {"id": None, "idempotency_key": None}
        self.on_event: Callable[[Row], object] = lambda event: None
        self.shift = float(store.setting("clock_shift", 0))

    def now(self) -> int:
        """Real time, plus what a test has moved it by; signatures never use it."""
        return int(self.exact_now())

    def exact_now(self) -> float:
        """The same for timers: whole seconds would make a timer late, and its keeper restless."""
        return time.time() + self.shift

    def advance(self, seconds: float) -> None:
        self.shift += seconds
        self.store.set("clock_shift", self.shift)

    def stamp(self, kind: str, **fields: Any) -> Row:
        """The head every object has."""
        id = fields.pop("id", None) or new_id(PREFIX[kind], 56 if kind == "checkout.session" else 24)
        created = fields.pop("created", None) or self.now()
        return {"id": id, "object": kind, "created": created, "livemode": False, **fields}

    def add(self, obj: Row) -> Row:
        self.store.put(obj)
        return obj

    def save(self, obj: Row, **changes: Any) -> Row:
        obj.update(changes)
        self.store.put(obj)
        return obj

    def get(self, kind: str, id: str | None, param: str = "") -> Row:
        found = self.store.find(id or "")
        if not found or found["object"] != kind:
            raise not_found(kind, str(id), param or PARAM.get(kind, "id"))
        return found

    def emit(self, type: str, obj: Row, before: Row | None = None) -> Row:
        """Record an event with a snapshot of the object, and hand it to the deliverer."""
        data: Row = {"object": public(obj)}
        if before is not None:
            data["previous_attributes"] = before
        event = self.stamp(
            "event",
            type=type,
            api_version=API_VERSION,
            data=data,
            pending_webhooks=0,
            request=dict(self.asked_by),
        )
        self.add(event)
        self.on_event(event)
        return event

    def later(self, seconds: float, action: str, id: str) -> None:
        """Do a named action to an object when its time has come."""
        # Who waits for timers looks every few seconds anyway.
        self.store.has_news = self.store.has_news or seconds < SOON
        self.store.run(
            "INSERT INTO timers (due, deed, object) VALUES (?, ?, ?)", self.exact_now() + seconds, action, id
        )

    def forget_timers(self, id: str) -> None:
        self.store.run("DELETE FROM timers WHERE object = ?", id)
