"""Parse and validate a document once, execute it, and tell its errors without telling too much."""

import logging
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import graphene
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from graphql import (
    DocumentNode,
    ExecutionContext,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    execute,
    parse,
    specified_rules,
    validate,
)

from core import fast, outage
from core.api.errors import INTERNAL, internal_words, path_of
from core.api.files import hash_of
from core.api.guard import Unacceptable, check_text, the_operation
from core.refusals import Refusal

log = logging.getLogger("sheaf.api")

# Strangers' documents that are remembered weigh so much in a process: each by itself, for each character, and for each
# field that is asked, its node, function and part of the statements, as measured.
MOST_BYTES, OF_EACH, OF_A_CHARACTER, OF_A_FIELD = 12_000_000, 10_000, 4, 4_000
_SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)


@cache
def the_schema() -> graphene.Schema:
    """The shop's schema, named by `settings.API_SCHEMA`."""
    return import_string(getattr(settings, "API_SCHEMA", "shop.schema.schema"))


def graphql_schema() -> GraphQLSchema:
    """The same as graphql-core knows it."""
    return the_schema().graphql_schema


@dataclass(frozen=True, eq=False)
class Prepared:
    """A document that was parsed and validated."""

    hash: str
    document: DocumentNode
    kind: str  # query or mutation
    name: str | None

    @property
    def is_public(self) -> bool:
        """Whether it answers everybody who is signed out alike, until something changes that it shows."""
        return self.fast.roots is not None

    @cached_property
    def fast(self) -> fast.FastDocument:
        """What is known of it for speed."""
        return fast.document(graphql_schema(), self.document, self.hash, self.kind)


def parsed(text: str) -> DocumentNode:
    """The document as a tree, or why it is none."""
    try:
        return parse(text, no_location=True)
    except GraphQLError as wrong:
        raise Unacceptable("SYNTAX", wrong.message) from None
    except RecursionError:
        raise Unacceptable("TOO_DEEP", "The document nests too deep.") from None


def checked(text: str, document: DocumentNode) -> Prepared:
    """The document, validated against the schema."""
    rules: tuple = specified_rules
    if not getattr(settings, "API_INTROSPECTION", settings.DEBUG):
        # graphene's own rule would block __typename too.
        rules = (*rules, NoSchemaIntrospectionCustomRule)
    try:
        wrong = validate(graphql_schema(), document, rules, max_errors=5)
    except RecursionError:
        raise Unacceptable("TOO_DEEP", "The document nests too deep.") from None
    if wrong:
        raise Unacceptable("INVALID_DOCUMENT", " ".join(plain(error.message) for error in wrong[:5]))
    operation = the_operation(document)
    return Prepared(
        hash_of(text),
        document,
        operation.operation.value,
        operation.name.value if operation.name else None,
    )


def plain(message: str) -> str:
    """A message of graphql-core without what it would have liked to read."""
    return _SUGGESTION.sub("", message)


def weight_of(text: str, document: DocumentNode) -> int:
    """Bytes that a document takes once it was asked, roughly; a fragment's fields as often as it is used."""
    fields, in_fragments, uses = 0, 0, 0
    waiting: list[tuple[Any, bool]] = [
        (node, node.kind == "fragment_definition") for node in document.definitions
    ]
    while waiting:
        node, is_fragments = waiting.pop()
        if node.kind == "field":
            fields += not is_fragments
            in_fragments += is_fragments
        uses += node.kind == "fragment_spread"
        if (chosen := getattr(node, "selection_set", None)) is not None:
            waiting += [(below, is_fragments) for below in chosen.selections]
    fields += in_fragments * max(1, uses)
    return OF_EACH + OF_A_CHARACTER * len(text) + OF_A_FIELD * fields


class Documents:
    """The documents seen so far, so that each is parsed and validated once a process.

    Our own stay for ever, strangers' until others come: a stranger cannot push out ours.
    """

    def __init__(self) -> None:
        self._ours: dict[str, Prepared] = {}
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._weights: dict[str, int] = {}
        self.size = 0
        self._lock = Lock()

    def get(self, text: str) -> Prepared | None:
        """A stranger's document, if it was seen."""
        with self._lock:
            found = self._prepared.get(text)
            if found is not None:
                self._prepared.move_to_end(text)
            return found

    def keep(self, text: str, prepared: Prepared) -> Prepared:
        """Remember a stranger's document, and forget those not seen for longest."""
        with self._lock:
            if text not in self._prepared:
                self._prepared[text] = prepared
                self._weights[text] = weight = weight_of(text, prepared.document)
                self.size += weight
            while self.size > MOST_BYTES:
                forgotten, _ = self._prepared.popitem(last=False)
                self.size -= self._weights.pop(forgotten)
        return prepared

    def prepare(self, text: str) -> Prepared:
        """A document of our own, which no limit binds."""
        found = self._ours.get(text)
        if found is None:
            found = self._ours[text] = checked(text, parsed(text))
        return found


documents = Documents()


def open_document(text: str) -> tuple[Prepared | None, DocumentNode]:
    """A stranger's document: known, or lexed and parsed within the limits but not yet validated."""
    found = documents.get(text)
    if found is not None:
        return found, found.document
    check_text(text)
    return None, parsed(text)


class Deadline(ExecutionContext):
    """An execution that stops answering when the request's time is over."""

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, fields: Any) -> Any:
        """The fields of one object; each object looks at the clock once."""
        ends = getattr(self.context_value, "api_deadline", None)
        if ends is not None and time.monotonic() > ends:
            raise GraphQLError("This took too long.", extensions={"code": "TIMEOUT"})
        return super().execute_fields(parent_type, source_value, path, fields)


Answer = fast.Answer


def run(request: Any, prepared: Prepared, variables: dict[str, Any], seconds: float | None = None) -> Answer:
    """Answer now: (data, errors), the errors as clients may see them."""
    return answer(request, prepared, variables, seconds, keep=False)[1]


def answer(
    request: Any,
    prepared: Prepared,
    variables: dict[str, Any],
    seconds: float | None = None,
    *,
    keep: bool = True,
) -> tuple[fast.CachedResponse | None, Answer]:
    """(cached, (data, errors)): what is cached has its data in its bytes alone. With `keep` false it is made now."""
    request.api_deadline = time.monotonic() + seconds if seconds else None
    return fast.answer(
        request, prepared.fast, variables, lambda: executed(request, prepared, variables), keep=keep
    )


def executed(request: Any, prepared: Prepared, variables: dict[str, Any]) -> Answer:
    """The answer as graphql-core makes it from start to end."""
    result = execute(
        graphql_schema(),
        prepared.document,
        context_value=request,
        variable_values=variables,
        execution_context_class=Deadline,
    )
    for error in result.errors or ():
        if error.original_error and outage.is_one(error.original_error):
            raise error.original_error  # half an answer would look like a shop without goods
    return result.data, [shown(request, error) for error in result.errors or ()]


def shown(request: Any, error: GraphQLError) -> dict[str, Any]:
    """An error as a client may see it: a refusal in full, a failure of ours by its request id alone."""
    entry: dict[str, Any] = {}
    extensions: dict[str, Any] = {"requestId": getattr(request, "id", "-")}
    cause = error.original_error
    if isinstance(cause, Refusal):
        entry["message"] = str(cause)
        extensions |= {"code": cause.code, "field": path_of(cause)}
    elif error.path is None or "code" in (error.extensions or {}):
        # graphql-core's own words on variables, before anything ran; or ours on time.
        entry["message"] = plain(error.message)
        extensions["code"] = (error.extensions or {}).get("code", "BAD_INPUT")
    else:
        entry["message"] = internal_words(request)
        extensions["code"] = INTERNAL
        log.error("%s failed: %s", error.path, error.message, exc_info=cause or error)
    if error.path:
        entry["path"] = error.path
    return {**entry, "extensions": extensions}
