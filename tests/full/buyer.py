"""A buyer's program as it should be: under one key it asks again until it is told what came of it."""

import time
from typing import Any

import requests

from tests.shows.script import ADDRESS, Script, key, session_of

PATIENCE = 150.0
# Answers after which a good client asks again, under the same key.
NOT_YET = {"IN_PROGRESS", "INTERNAL", "UNAVAILABLE", "PAYMENT_AWAY", "TOO_MANY_REQUESTS"}


class Patient(Script):
    """Somebody who is not put off by a shop that falls over."""

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data, however often the connection breaks."""
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                reply = self.send(document, **variables)
                answer = reply.json()
                if reply.status_code == 200 and "errors" not in answer:
                    return answer["data"]
                seen = reply.text
            except (requests.RequestException, ValueError) as failure:
                seen = repr(failure)
            assert time.monotonic() < ends, seen
            time.sleep(0.2)

    def done(self, act: str, payload: str = "", **given: Any) -> dict[str, Any]:
        """The payload, once the deed is done."""
        ends = time.monotonic() + PATIENCE
        while True:
            answer = self.do(act, payload, **given)
            codes = {error["code"] for error in answer["errors"]}
            if not codes:
                return answer
            assert codes <= NOT_YET and time.monotonic() < ends, answer
            time.sleep(2)

    def until(self, order: dict[str, Any], state: str) -> dict[str, Any]:
        """The order, once it stands so."""
        ends = time.monotonic() + PATIENCE
        while (seen := self.order(order))["state"] != state:
            assert time.monotonic() < ends, f"{seen} instead of {state}"
            time.sleep(0.1)
        return seen

    # -- deeds

    def buy(self, variant: str, units: int = 1, email: str = "") -> tuple[dict[str, Any], str]:
        """An order that waits for its payment: number and token, and the provider's page.

        Each buyer has a phone and, where it is not named, a mailbox of her own: what one may hold unpaid is bounded.
        """
        number = id(self) % 10**8
        told = {**ADDRESS, "email": email or f"guest{number}@full.example", "phone": f"138{number:08}"}
        lines = [{"variantId": variant, "quantity": units}]
        payload = "order { number } token payment { url }"
        made = self.done("buyNow", payload, lines=lines, idempotencyKey=key(), **told)
        order = {"number": made["order"]["number"], "token": made["token"]}
        url = (made["payment"] or {}).get("url") or self.begin(order)["url"]
        return order, session_of(url)

    def cancel(self, order: dict[str, Any]) -> None:
        """Call it off."""
        self.done("orderCancel", "order { state }", **order, idempotencyKey=key())
