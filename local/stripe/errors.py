"""Refusals in the shape in which Stripe tells them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal: `keep` commits what was done before it, `recorded` stores it under the Idempotency-Key."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        keep: bool = False,
        recorded: bool = True,
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.keep, self.recorded = status, keep, recorded
        self.error = {"type": type, "message": message, **{k: v for k, v in facts.items() if v is not None}}
        if facts.get("code"):
            self.error["doc_url"] = "https://stripe.com/docs/error-codes/" + facts["code"].replace("_", "-")

    @property
    def code(self) -> str:
        return str(self.error.get("code", ""))

    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def invalid(message: str, param: str | None = None, code: str | None = None, **facts: Any) -> ApiError:
    """A parameter that fails validation: nothing ran, so Stripe does not store the answer under the key."""
    return ApiError(400, message, param=param, code=code, recorded=False, **facts)


def missing(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown(param: str) -> ApiError:
    return invalid(f"Received unknown parameter: {param}", param, "parameter_unknown")


def not_found(kind: str, id: str, param: str = "id") -> ApiError:
    return ApiError(404, f"No such {kind}: '{id}'", param=param, code="resource_missing", recorded=False)


def unexpected_state(message: str, intent: dict[str, Any]) -> ApiError:
    """The deed does not fit the PaymentIntent's state."""
    return ApiError(400, message, code="payment_intent_unexpected_state", payment_intent=intent)
