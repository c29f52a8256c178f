"""What these tests share."""

import pytest

from core import rates


@pytest.fixture(autouse=True)
def many_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """She has as many addresses and weeks as she likes: no limit of rate stands between her and an answer."""
    for allow in ("allow", "allow_each", "allow_roughly"):
        monkeypatch.setattr(rates, allow, lambda *_, **__: True)
