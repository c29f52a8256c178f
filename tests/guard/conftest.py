"""What these tests share."""

from typing import Any

import pytest
from django.db.transaction import Atomic


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
