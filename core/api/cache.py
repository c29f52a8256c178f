"""Which answers may be kept, and by what: public root fields name what they show (docs/decisions/0007).

Only answers to a signed-out asker are kept, only of documents of which every root field says by what it is kept,
and only without errors.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from graphql import GraphQLError, get_argument_values
from graphql.execution.values import get_variable_values

from core import language, outage, replica
from core.api.asker import has_just_written
from core.api.extensions import mentioned
from core.api.facts import facts_of, mark
from core.api.guard import the_operation
from core.api.kept import LONGEST_SECONDS, Kept, answers, as_bytes
from core.api.run import Prepared, graphql_schema
from core.changes import watched

log = logging.getLogger("sheaf.api")

# What changes by the clock, or by an engine that follows later: with what a request takes, less than a second.
A_MOMENT = 0.7

Answer = tuple[dict[str, Any] | None, list[dict[str, Any]]]


def kept_by(field: Any, *names: str, seconds: float = LONGEST_SECONDS) -> Any:
    """Say that a public root field shows the same to everybody until something of these names changes.

    `products:{slug}` is one product, by the field's argument; without that argument it is all of them. What
    changes without a commit (a round that opens, an engine's index that follows later) is kept for `A_MOMENT`.
    """
    return mark(field, kept_by=names, kept_seconds=seconds)


def names_of(prepared: Prepared, variables: dict[str, Any]) -> tuple[tuple[str, ...], float] | None:
    """What an answer to this document depends on, and for how long; None when it may not be kept."""
    if prepared.kept_roots is None:
        return None
    declared = the_operation(prepared.document).variable_definitions or ()
    given = get_variable_values(graphql_schema(), declared, variables)
    if not isinstance(given, dict):
        return None
    names: set[str] = set()
    seconds = LONGEST_SECONDS
    for field, node in prepared.kept_roots:
        facts = facts_of(field)
        seconds = min(seconds, facts.kept_seconds)
        try:
            arguments = get_argument_values(field, node, given)
        except GraphQLError:
            return None
        for name in facts.kept_by:
            names.update(watched(_filled(name, arguments)))
    return tuple(sorted(names)), seconds


def _filled(name: str, arguments: dict[str, Any]) -> str:
    whole, _, one = name.partition(":")
    value = arguments.get(one.strip("{}")) if one else None
    return f"{whole}:{value}" if value else whole


def answers_are_kept() -> bool:
    """Whether the settings let anything be kept."""
    return settings.API_ANSWER_CACHE


def key_of(prepared: Prepared, variables: dict[str, Any]) -> tuple[str, str, str]:
    """Under which an answer is kept."""
    return prepared.hash, json.dumps(variables, sort_keys=True, default=str), language.current()


def kept_or(
    request: Any, prepared: Prepared, variables: dict[str, Any], make: Callable[[], Answer]
) -> tuple[Kept | None, Answer]:
    """The kept answer, or one made now: (kept, (data, errors)); what is kept has its data in its bytes alone."""
    if not answers_are_kept() or prepared.kept_roots is None or request.user.is_authenticated:
        return None, make()
    depends = names_of(prepared, variables)
    if depends is None:
        return None, make()
    key = key_of(prepared, variables)
    try:
        found = answers.find(key, has_just_written(request))
    except DatabaseError as failure:
        if outage.is_one(failure):
            raise
        log.warning("no answer is kept: %s", type(failure).__name__)
        return None, make()
    if found is not None:
        return found, (None, [])

    def written() -> tuple[bytes | None, Answer]:
        data, errors = replica.made(make, lambda answer: not answer[1])
        return (None if errors or mentioned(request) else as_bytes(data)), (data, errors)

    kept, answer = answers.made(key, *depends, written)
    return kept, answer or (None, [])


def data_of(kept: Kept | None, answer: Answer) -> Answer:
    """An answer's data, whether it was kept or not: the asker's own, to change as she likes."""
    return (json.loads(kept.body)["data"], []) if kept and answer[0] is None else answer
