"""Sheets under seal: nobody reads them before they are opened, and nobody can change them once they are submitted."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cryptography.fernet import InvalidToken

from core.sealed import SealedColumn
from impact.sealing import boxes, seal_facts, unseal_facts

SEALED = [SealedColumn("contest.Sheet", "sealed", "HOUSEHOLD_KEYS", boxes)]

NONCE_BYTES = 32  # so that nobody finds marks by trying them all against a published hash


def a_nonce() -> str:
    """256 random bits, in hexadecimal."""
    return secrets.token_hex(NONCE_BYTES)


def as_json(marks: Mapping[str, Decimal], comment: str) -> dict[str, Any]:
    """What a judge gives as JSON holds it: each mark as a decimal without needless zeros; without a nonce yet."""
    plain = {name: format(mark.normalize(), "f") for name, mark in marks.items()}
    return {"marks": plain, "comment": comment, "nonce": ""}


def sha256_of(judge: object, entry: object, given: Mapping[str, Any]) -> str:
    """The seal of a sheet: SHA-256 over canonical JSON (keys sorted, no spaces, UTF-8) of whose it is, for which entry,
    marks and comment, followed by the nonce."""
    facts = {
        "judge": str(judge),
        "entry": str(entry),
        "marks": given["marks"],
        "comment": given["comment"],
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode() + str(given["nonce"]).encode()).hexdigest()


def close(given: Mapping[str, Any]) -> bytes:
    """Marks, comment and nonce as they lie in the database."""
    return seal_facts(dict(given))


def open_up(sealed: bytes | memoryview) -> dict[str, Any]:
    """`marks`, `comment` and `nonce` of a sheet, for the action that opens it and for its own judge's draft; what our
    keys do not open holds nothing, and so differs from every seal."""
    try:
        return unseal_facts(sealed)
    except InvalidToken:
        return {"marks": None, "comment": "", "nonce": ""}
