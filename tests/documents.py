"""Strangers' documents as a process knows them."""

from functools import lru_cache
from typing import Any

import pytest
from django.conf import settings
from graphql import DocumentNode

from core.api import run, view

parsed = lru_cache(5_000)(run.parsed)
_CHECKED: dict[Any, run.Prepared] = {}
_check = run.checked


def checked(text: str, document: DocumentNode) -> run.Prepared:
    """As `run.checked`, each text once by each schema: that takes a sixth of the time of a test that asks by GraphQL."""
    key = text, id(run.graphql_schema()), getattr(settings, "API_INTROSPECTION", settings.DEBUG)
    if key not in _CHECKED:
        _CHECKED[key] = _check(text, document)
    return _CHECKED[key]


def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a test none has been seen: one that a floor's own schema has checked is no other schema's.

    Those of before come back whole, what they weigh too.
    """
    fresh: dict[str, Any] = vars(run.Documents())
    for name, value in fresh.items():
        monkeypatch.setattr(run.documents, name, value)
    monkeypatch.setattr(run, "parsed", parsed)
    monkeypatch.setattr(run, "checked", checked)
    monkeypatch.setattr(view, "checked", checked)
