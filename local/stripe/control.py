"""Steers a running stand-in from tests and from the demo: nothing but the standard library, nothing but HTTP."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

DEFAULT_BASE = "http://127.0.0.1:4242"
# A proxy of the environment must not stand between this machine and itself.
OPENER = build_opener(ProxyHandler({}))


class ControlError(Exception):
    """The stand-in refused."""


class Control:
    """The controls of the stand-in at one address."""

    def __init__(self, base: str | None = None, timeout: float = 60) -> None:
        self.base = (base or os.environ.get("STRIPE_API_BASE") or DEFAULT_BASE).rstrip("/")
        self.timeout = timeout

    def call(self, name: str, body: bytes | None = None, **wish: Any) -> dict[str, Any]:
        data = json.dumps(wish).encode() if body is None else body
        request = Request(f"{self.base}/_control/{name}", data, {"Content-Type": "application/json"})
        try:
            with OPENER.open(request, timeout=self.timeout) as answer:
                return dict(json.loads(answer.read()))
        except HTTPError as error:
            raise ControlError(
                f"{name}: {error.code} {error.read().decode(errors='replace')[:500]}"
            ) from error

    # -- notices

    def notices(self, mode: str = "deliver", **wish: Any) -> dict[str, Any]:
        """deliver | hold | drop | duplicate (copies) | shuffle; delay in seconds; types=[…] limits it."""
        return self.call("notices", mode=mode, **wish)

    def hold(self, types: list[str] | None = None) -> dict[str, Any]:
        """Keep all further notices (or those types) back."""
        return self.notices("hold", types=types)

    def release(self, **wish: Any) -> int:
        """Let them go: order="reverse", event=…, gap=seconds between two, keep=True to hold on."""
        return int(self.call("release", **wish)["released"])

    def resend(self, event: str, times: int = 1) -> int:
        return int(self.call("resend", event=event, times=times)["queued"])

    def deliveries(self, event: str | None = None) -> list[dict[str, Any]]:
        """What was or will be delivered, newest first."""
        return list(self.call("deliveries", event=event)["data"])

    def wait(self, seconds: float = 10) -> bool:
        """Until no notice is on its way (held ones stay)."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not any(row["state"] in ("pending", "sending") for row in self.deliveries()):
                return True
            time.sleep(0.03)
        return False

    # -- money

    def pay(self, session: str, method: str = "card", **wish: Any) -> dict[str, Any]:
        """Pay a Checkout Session as its page would: number="4000…" for another card, fail=True to fail a wallet."""
        return self.call("pay", session=session, method=method, **wish)

    def refund_mode(self, mode: str = "succeed", **wish: Any) -> dict[str, Any]:
        """succeed | pending | fail_later; after=seconds until it is settled (None: never); methods=["alipay"]."""
        return self.call("refund_mode", mode=mode, **wish)

    def settle_refund(self, refund: str, status: str = "succeeded") -> dict[str, Any]:
        return self.call("refund/settle", refund=refund, status=status)

    def dispute(self, charge: str | None = None, **wish: Any) -> dict[str, Any]:
        """Open a dispute on a charge, or payment_intent=…; reason=…, amount=…, status=…, currency=…"""
        return self.call("dispute", charge=charge, **wish)

    def close_dispute(self, status: str, **which: Any) -> dict[str, Any]:
        """won | lost; dispute=… or charge=…"""
        return self.call("dispute/close", status=status, **which)

    def move_dispute(self, dispute: str, status: str) -> dict[str, Any]:
        """Any status of the schema, appeals and questions included."""
        return self.call("dispute/move", dispute=dispute, status=status)

    def refund_at_the_desk(self, payment_intent: str, amount: int | None = None) -> dict[str, Any]:
        """Give back as somebody does in the provider's dashboard, who knows nothing of us."""
        return self.call("refund/desk", payment_intent=payment_intent, amount=amount)

    def import_payments(self, rows: Iterable[dict[str, Any]]) -> dict[str, int]:
        """Payments and refunds that have happened: see `imports`; ids known already are skipped."""
        lines = "\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        return {name: int(count) for name, count in self.call("import", lines.encode()).items()}

    # -- the rest

    def advance(self, seconds: float) -> int:
        """Move the stand-in's clock: sessions expire, holds lapse, Idempotency-Keys are forgotten."""
        return int(self.call("clock", seconds=seconds)["now"])

    def trouble(self, mode: str, times: int = 1, **wish: Any) -> dict[str, Any]:
        """drop | lose_answer | fail | rate_limit | slow (seconds=…) for the next requests below path=…"""
        return self.call("trouble", mode=mode, times=times, **wish)

    def reset(self) -> None:
        """Forget all objects, keys, notices, settings."""
        self.call("reset")
