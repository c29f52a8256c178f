"""What these tests share."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.transaction import Atomic

from tests.guard.bank import pay_at_the_bank


@pytest.fixture
def deeds_of_their_own(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """In a test's transaction each deed ends as it would outside of one: what is refused spoils nothing around it.

    `atomic(savepoint=False)` is the outermost block of a request; inside a test it would not be.
    """
    enter = Atomic.__enter__

    def with_a_savepoint(self: Any) -> None:
        # A decorated deed has one such block for good: it is lent for this moment only.
        usual, self.savepoint = self.savepoint, True
        try:
            enter(self)
        finally:
            self.savepoint = usual

    monkeypatch.setattr(Atomic, "__enter__", with_a_savepoint)


@pytest.fixture
def settings_of_the_bank(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider is a bank in this process, whose every decision the test makes."""
    pay_at_the_bank(settings)
    # A story takes minutes on a busy machine, and what it leaves waiting waits until a step hands it over.
    monkeypatch.setattr("core.verify.GRACE", timedelta(hours=1))
