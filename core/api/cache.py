"""Answers kept for a moment: by document, variables, language and the versions of what they show.

Only answers to a signed-out asker are kept, only of documents of ours whose every root field says by what it
is kept, and only without errors or extensions. A version is read before the data is, so that an answer is never
older than its key says; a bump lost to a crash is healed by the time to live.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from core import language, replica
from core.api.extensions import mentioned
from core.api.facts import facts_of, mark
from core.api.run import Prepared, graphql_schema

log = logging.getLogger("sheaf.api")

SECONDS = 1
Answer = tuple[dict[str, Any] | None, list[dict[str, Any]]]


def kept_by(field: Any, *names: str) -> Any:
    """Say that a public root field shows the same to everybody until one of these names is bumped."""
    return mark(field, kept_by=names)


def bump(*names: str) -> None:
    """After this commit, answers that show one of these are made anew."""
    transaction.on_commit(lambda: _bump(names), robust=True)


def _bump(names: tuple[str, ...]) -> None:
    try:
        cache.set_many({f"version:{name}": secrets.token_hex(6) for name in names}, timeout=None)
    except Exception as failure:
        log.warning("no version was bumped: %s", type(failure).__name__)


def names_of(prepared: Prepared) -> tuple[str, ...] | None:
    """What an answer to this document depends on; None when it may not be kept."""
    if prepared.kind != "query" or not prepared.root_fields:
        return None
    fields = graphql_schema().query_type.fields
    names: set[str] = set()
    for name in prepared.root_fields:
        field = fields.get(name)
        if field is None or not (its := facts_of(field).kept_by):
            return None
        names.update(its)
    return tuple(sorted(names))


def kept_or(
    request: Any, prepared: Prepared, variables: dict[str, Any], make: Callable[[], Answer]
) -> Answer:
    """The kept answer, or one made now and kept."""
    if not getattr(settings, "API_ANSWER_CACHE", True) or request.user.is_authenticated:
        return make()
    names = names_of(prepared)
    if names is None:
        return make()
    try:
        key = _key(prepared.hash, variables, names)
        found = cache.get(key)
    except Exception as failure:
        log.warning("no answer is kept: %s", type(failure).__name__)
        return make()
    if found is not None:
        return json.loads(found), []
    data, errors = replica.made(make, lambda answer: not answer[1])
    if not errors and not mentioned(request):
        _keep(key, data)
    return data, errors


def _keep(key: str, data: Any) -> None:
    try:
        cache.set(key, json.dumps(data, ensure_ascii=False), timeout=SECONDS)
    except Exception as failure:
        log.warning("no answer is kept: %s", type(failure).__name__)


def _key(document: str, variables: dict[str, Any], names: tuple[str, ...]) -> str:
    versions = cache.get_many([f"version:{name}" for name in names])
    parts = [document, variables, language.current(), sorted(versions.items())]
    return "answer:" + hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
