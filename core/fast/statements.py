"""What the root fields of a document read, compiled when it is first asked."""

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any, Optional

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from core.fast.prefetching import prepared
from core.fast.prepared import PreparedQuery

if TYPE_CHECKING:
    from core.api.lookahead import Plan

# Of one document: what its variables choose may differ for ever.
MOST_STATEMENTS = 40


class Statements:
    """Those of one document, by what their rows depend on."""

    def __init__(self) -> None:
        self.known: dict[Hashable, PreparedQuery] = {}

    def rows(
        self,
        key: Hashable,
        plan: Callable[[], Optional["Plan"]] | None,
        choose: Callable[..., QuerySet],
        given: dict[str, Any],
    ) -> list[Any] | None:
        """What `choose(**given)` gives with what the plan fetches; None where that is no one statement."""
        found = self.known.get(key) or _prepared(plan, choose, given)
        if found is None:
            return None
        self.known[key] = found
        if len(self.known) > MOST_STATEMENTS:
            self.known.pop(next(iter(self.known)), None)
        return found.rows(**given)


def _prepared(
    plan: Callable[[], Optional["Plan"]] | None, choose: Callable[..., QuerySet], parameters: Iterable[str]
) -> PreparedQuery | None:
    if plan is None:
        query: PreparedQuery = PreparedQuery(choose, None, parameters)
    elif (fetched := plan()) is None:
        return None
    else:
        query = prepared(fetched, choose, parameters)
    try:
        return query.settled()
    except EmptyResultSet:
        return None
