"""An answer the fast way: cached, or made by functions; and a page as it is cached for all guests.

Only answers to a signed-out asker are kept, only of documents of which every root field says what it shows, and only
without errors.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from graphql import DocumentNode, GraphQLSchema

from core import language, outage, replica
from core.api.asker import read_your_writes
from core.api.extensions import mentioned
from core.api.reply import as_bytes
from core.counting import counts
from core.fast.compiled import CompiledDocument
from core.fast.given_up import give_up
from core.fast.responses import CachedResponse, Key, responses
from core.fast.tags import Depends, depends, public_roots

log = logging.getLogger("sheaf.api")

Answer = tuple[dict[str, Any] | None, list[dict[str, Any]]]
"""Data and errors."""
Variables = dict[str, Any]


class FastDocument:
    """What is known of a document for the fast way."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, hash: str, is_query: bool):
        self.schema, self.document, self.hash = schema, document, hash
        self.compiled = CompiledDocument(schema, document) if is_query else None
        self.roots = public_roots(schema, document) if is_query else None

    def depends(self, variables: Variables) -> Depends | None:
        """What an answer to it stands on; None when it may not be kept."""
        return None if self.roots is None else depends(self.schema, self.document, self.roots, variables)

    def made(self, request: Any, variables: Variables, execute: Callable[[], Answer]) -> Answer:
        """The answer by functions, else by `execute`, which tells what is wrong."""
        if self.compiled is None:
            return execute()
        try:
            return self.compiled.run(request, variables), []
        except Exception as failure:
            if outage.is_one(failure):
                raise  # nobody can answer
            give_up(failure)
            log.debug("a fast answer was given up", exc_info=True)
        return execute()


def may_cache(request: Any, document: FastDocument) -> bool:
    """Whether answers to this asker may be kept, and the settings let anything be."""
    return settings.API_ANSWER_CACHE and document.roots is not None and not request.user.is_authenticated


def cached_or_made(
    request: Any, document: FastDocument, variables: Variables, make: Callable[[], Answer]
) -> tuple[CachedResponse | None, Answer]:
    """The cached answer, or one made now: (cached, (data, errors)); what is cached has its data in its bytes alone."""
    depends = document.depends(variables)
    if depends is None:
        return None, make()
    key = document.hash, json.dumps(variables, sort_keys=True, default=str), language.current()
    try:
        found = responses.find(key, read_your_writes(request))
    except DatabaseError as failure:
        if outage.is_one(failure):
            raise
        log.warning("no answer is kept: %s", type(failure).__name__)
        return None, make()
    if found is not None:
        counts.answer("api", "kept")
        return found, (None, [])

    def made_now() -> tuple[bytes | None, Answer]:
        counts.answer("api", "made")
        data, errors = make()
        return (None if errors or mentioned(request) else as_bytes(data)), (data, errors)

    cached, answer = responses.made(key, depends.cache_tags, depends.seconds, made_now)
    return cached, answer or (None, [])


def answered(
    request: Any, document: FastDocument, variables: Variables, execute: Callable[[], Answer], *, keep: bool
) -> tuple[CachedResponse | None, Answer]:
    """An answer, cached or made now; see `core.fast`."""

    def make() -> Answer:
        return document.made(request, variables, execute)

    if not may_cache(request, document):
        return None, make()

    def public() -> Answer:
        return replica.made(make, lambda answer: not answer[1])

    return cached_or_made(request, document, variables, public) if keep else (None, public())


def page(
    request: Any,
    document: FastDocument,
    name: str,
    variables: Callable[[], Variables],
    write: Callable[[], bytes],
) -> bytes | None:
    """A page as it is kept for all guests, or as `write` makes it for them now; None when it may not be kept."""
    if not may_cache(request, document):
        return None
    key: Key = (f"page {name}", request.get_full_path(), language.current())
    try:
        found = responses.find(key, read_your_writes(request))
    except DatabaseError:
        return None
    if found is None:
        depends = document.depends(variables())
        if depends is None:
            return None
        counts.answer("page", "made")
        found, _ = responses.made(key, depends.cache_tags, depends.seconds, lambda: (write(), None))
    else:
        counts.answer("page", "kept")
    return found.body if found else None
