"""Bulk import of payments and refunds that have happened already: idempotent by id, told to nobody."""

from __future__ import annotations

import json
from typing import Any

from . import intent_fields, methods, shapes
from .account import Account
from .cards import CARDS
from .errors import ApiError, invalid
from .forms import METADATA_KEYS
from .store import Row

GOOD_CARD = "4242424242424242"
BATCH = 1000


def take(account: Account, body: str) -> dict[str, int]:
    """JSON lines of payments and refunds; one wrong line and nothing is taken."""
    counts = {"payments": 0, "refunds": 0, "skipped": 0}
    known = _Cache(account)
    for number, line in enumerate(body.splitlines(), 1):
        if not line.strip():
            continue
        try:
            kind = _take_line(account, known, json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise invalid(f"Line {number}: {type(error).__name__}: {error}") from error
        except ApiError as error:
            raise invalid(f"Line {number}: {error}") from error
        counts[kind] += 1
        if len(known.fresh) >= BATCH:
            known.write()
    known.write()
    return counts


class _Cache:
    """Objects made in this import, written in batches; refunds find their charge here or in the store."""

    def __init__(self, account: Account) -> None:
        self.store, self.fresh = account.store, dict[str, Row]()

    def find(self, id: str) -> Row | None:
        return self.fresh.get(id) or self.store.find(id)

    def has(self, id: str) -> bool:
        return id in self.fresh or self.store.place(id) is not None

    def add(self, *objects: Row) -> None:
        self.fresh.update({obj["id"]: obj for obj in objects})

    def write(self) -> None:
        self.store.put_new(list(self.fresh.values()))
        self.fresh.clear()


def _take_line(account: Account, known: _Cache, row: dict[str, Any]) -> str:
    kind = row.get("type", "payment")
    if kind not in ("payment", "refund"):
        raise ValueError(f"unknown type {kind!r}")
    if known.has(str(row["id"])):
        return "skipped"
    _check(row)
    if kind == "payment":
        known.add(*_payment(account, row))
        return "payments"
    _refund(account, known, row)
    return "refunds"


def _check(row: dict[str, Any]) -> None:
    if not str(row["id"]).startswith(("pi_", "re_")):
        raise ValueError("ids are pi_… and re_…")
    if isinstance(row["amount"], bool) or not isinstance(row["amount"], int) or row["amount"] < 1:
        raise ValueError("amount must be a positive integer")
    if not isinstance(row["created"], int):
        raise ValueError("created must be Unix seconds")
    if len(row.get("metadata") or {}) > METADATA_KEYS:
        raise ValueError("too much metadata")


def _payment(account: Account, row: dict[str, Any]) -> list[Row]:
    kind, currency, created, tail = (
        row.get("method", "card"),
        row.get("currency", "cny"),
        row["created"],
        row["id"][3:],
    )
    if kind not in methods.TYPES or currency not in intent_fields.CURRENCIES:
        raise ValueError(f"unknown method {kind!r} or currency {currency!r}")
    method = methods.built(account, kind, CARDS[GOOD_CARD] if kind == "card" else None)
    method.update(id=f"pm_{tail}", created=created)
    method["billing_details"]["email"] = row.get("email")
    metadata = {str(key): str(value) for key, value in (row.get("metadata") or {}).items()}
    paid = shapes.intent(
        account, row["amount"], currency, list(methods.TYPES), id=row["id"], created=created, status="succeeded",
        amount_received=row["amount"], payment_method=method["id"], metadata=metadata,
        description=row.get("description"), _session=row.get("session"),
    )  # fmt: skip
    booked_id, charge_id = f"txn_{tail}", row.get("charge") or f"ch_{tail}"
    made = shapes.charge(
        account, paid, method, methods.charge_details(method), id=charge_id, created=created, captured=True,
        amount_captured=row["amount"], balance_transaction=booked_id,
        receipt_url=f"{account.base_url}/receipts/{charge_id}",
    )  # fmt: skip
    paid["latest_charge"] = charge_id
    booked = shapes.balance(account, "charge", row["amount"], currency, charge_id, id=booked_id, created=created,
                            fee=shapes.fee(row["amount"]))  # fmt: skip
    objects = [method, paid, made, booked]
    if row.get("session"):
        objects.append(_session(account, row, paid))
    return objects


def _session(account: Account, row: dict[str, Any], paid: Row) -> Row:
    made = shapes.session(
        account, row["amount"], paid["currency"], list(methods.TYPES), id=row["session"], created=row["created"],
        status="complete", payment_status="paid", payment_intent=paid["id"], metadata=paid["metadata"],
        client_reference_id=row.get("client_reference_id"), customer_email=row.get("email"),
        expires_at=row["created"] + 86_400,
    )  # fmt: skip
    made["url"] = None
    return made


def _refund(account: Account, known: _Cache, row: dict[str, Any]) -> None:
    paid = known.find(row["payment_intent"])
    made = known.find(paid["latest_charge"]) if paid else None
    if made is None:
        raise ValueError(f"no payment {row['payment_intent']!r}")
    status, amount = row.get("status", "succeeded"), row["amount"]
    if status not in ("succeeded", "pending", "failed"):
        raise ValueError(f"unknown status {status!r}")
    if amount > made["amount"] - made["amount_refunded"]:
        raise ValueError("more than what is left of the payment")
    back = shapes.refund(
        account, made, amount, id=row["id"], created=row["created"], status=status, reason=row.get("reason"),
        metadata={str(key): str(value) for key, value in (row.get("metadata") or {}).items()},
        balance_transaction=f"txn_{row['id'][3:]}", failure_reason="unknown" if status == "failed" else None,
    )  # fmt: skip
    booked = shapes.balance(account, "refund", -amount, made["currency"], row["id"], id=back["balance_transaction"],
                            created=row["created"])  # fmt: skip
    if status != "failed":
        made["amount_refunded"] += amount
        made["refunded"] = made["amount_refunded"] == made["amount"]
        if made["id"] not in known.fresh:
            account.save(made)
    known.add(back, booked)
