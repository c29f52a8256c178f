"""All that exists only for speed, behind one name: `from core import fast`. Nothing outside imports a part of it.

With `FAST=0` everything works without it, from start to end by Django and graphql-core: a PreparedQuery asks its
queryset, an answer is executed, nothing is kept. `tally` counts how often a fast answer was given up, and why.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from graphql import DocumentNode, GraphQLSchema

from core.fast import answers, changes, given_up, prefetching
from core.fast.answers import Answer, FastDocument
from core.fast.door import SAYS, Door
from core.fast.prepared import PreparedQuery
from core.fast.responses import CachedResponse, Responses

if TYPE_CHECKING:
    from core.api.lookahead import Plan

__all__ = [
    "Answer",
    "CachedResponse",
    "Door",
    "FastDocument",
    "PreparedQuery",
    "Responses",
    "answer",
    "document",
    "forget_old_changes",
    "has_changed",
    "last_look",
    "looked_within",
    "page",
    "prefetch",
    "remember",
    "tally",
]


def document(schema: GraphQLSchema, tree: DocumentNode, hash: str, kind: str) -> FastDocument:
    """What the fast way knows of a validated document; `kind` is query or mutation."""
    return FastDocument(schema, tree, hash, kind == "query")


def answer(
    request: Any,
    document: FastDocument,
    variables: dict[str, Any],
    execute: Callable[[], Answer],
    *,
    keep: bool = True,
) -> tuple[CachedResponse | None, Answer]:
    """(cached, (data, errors)): a cached answer has its data in its bytes alone. `execute` is the slow way.

    With `keep` false it is made now and kept for nobody.
    """
    if not settings.FAST:
        return None, execute()
    return answers.answered(request, document, variables, execute, keep=keep)


def page(
    request: Any,
    document: FastDocument,
    name: str,
    variables: Callable[[], dict[str, Any]],
    write: Callable[[], bytes],
) -> bytes | None:
    """A page with holes as it is kept for all guests, or as `write` makes it now; None when it may not be kept."""
    return answers.page(request, document, name, variables, write) if settings.FAST else None


def prefetch(rows: Iterable[Any], plan: "Plan") -> None:
    """Give rows that are at hand the relations of a plan, each by one statement."""
    if settings.FAST:
        prefetching.prefetch(list(rows), plan)
    else:
        prefetch_related_objects(list(rows), *sorted(plan.joins), *plan.prefetches())


def remember(request: Any, cached: CachedResponse, cost: int) -> None:
    """Let the door know which answer this request led to, and what it cost."""
    request.META[SAYS] = cached.key, cost


def last_look() -> int:
    """The number of this process's last look at the changes."""
    return changes.feed.number


def has_changed(tags: Iterable[str], since: int) -> bool:
    """Whether one of these is known to have changed after the look of that number, or so much that nobody can tell."""
    return not changes.feed.is_unchanged(tags, since)


def looked_within(seconds: float) -> bool:
    """Whether somebody in this process has looked at the changes no longer ago than this."""
    return settings.FAST and changes.feed.age() <= seconds


def forget_old_changes() -> int:
    """Notes of changes that every process has read long ago; how many there were."""
    return changes.forget_old()


def tally() -> dict[str, int]:
    """How often this process gave up a fast answer, by reason, the most frequent first."""
    return dict(given_up.given_up.most_common())
