"""Strangers' documents as a process knows them."""

from typing import Any

import pytest

from core.api import run


def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a test none has been seen: one that a floor's own schema has checked is no other schema's.

    Those of before come back whole, what they weigh too.
    """
    fresh: dict[str, Any] = vars(run.Documents())
    for name, value in fresh.items():
        monkeypatch.setattr(run.documents, name, value)
