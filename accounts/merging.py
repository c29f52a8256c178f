"""What becomes of whatever names a person when her account goes into another of hers.

Each floor says it of each of its columns (`COLUMNS` of its `merging.py`), and a test walks them all: a new one cannot be
forgotten. What is hers to use and to see moves; what stands as a record stays with the account of then, which is known
to be hers.
"""

from enum import StrEnum

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import Person
from core.language import say
from core.refusals import Conflict

# What a trigger raises of a row that stays as it is: frozen, published, archived.
STAYS_AS_IT_IS = "23000"
NEVER_TWO, TWICE, APART = "23514", "23505", "23P01"
BY_TWO = say(
    "两个账户在同一件事上各做了一步，而这两步必须由两个人做，所以不能合并。",
    "Of one thing each of these accounts has done a step that two people have to do: they cannot become one.",
)


class Becomes(StrEnum):
    """Of a column that names a person."""

    MOVES = "moves"  # names the account that goes on; a row that is frozen stays as it is
    UNITES = "unites"  # both may have one, and one is enough: the floor's own function says which
    ENDS = "ends"  # is of no use any more, and goes
    STAYS = "stays"  # a record, read together with those of the account that goes on


def move(columns: dict[str, Becomes], lasting: Person, gone: Person) -> None:
    """Let everything that moves name the account that goes on.

    Raises Conflict where that would make one person of the two who checked each other.
    """
    for label, becomes in columns.items():
        if becomes is Becomes.MOVES:
            model, _, column = label.rpartition(".")
            rows = apps.get_model(model)._base_manager.filter(**{column: gone})
            _move(rows, column, lasting)


def _move(rows: QuerySet, column: str, lasting: Person) -> None:
    if _moved(rows, column, lasting):
        return
    # One is not as the others: each by itself, and what is frozen stays.
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        _moved(rows.model._base_manager.filter(pk=pk), column, lasting, alone=True)


def _moved(rows: QuerySet, column: str, lasting: Person, *, alone: bool = False) -> bool:
    try:
        with transaction.atomic():
            rows.update(**{column: lasting})
    except IntegrityError as failure:
        state = getattr(failure.__cause__, "sqlstate", "")
        if alone and state == NEVER_TWO:
            raise Conflict(BY_TWO) from None
        if alone and state not in (STAYS_AS_IT_IS, TWICE, APART):
            raise
        return False
    return True


def hers(person: Person, column: str = "person") -> Q:
    """The rows of one person, with those that stay with accounts which went into hers."""
    return Q(**{column: person.pk}) | Q(**{f"{column}__merged_into": person.pk})


# As of a moment: (id, who) of each account that had gone into another by then, and the one that it had come to. Rounds are
# counted by it, so that one that is frozen stays as it was.
MERGED_BY = """
    RECURSIVE merging AS (
        SELECT gone_id AS id, lasting_id AS who FROM accounts_merging WHERE at <= %(until)s
        UNION SELECT m.id, n.lasting_id FROM merging m JOIN accounts_merging n ON n.gone_id = m.who WHERE n.at <= %(until)s
    ), merged AS (
        SELECT id, who FROM merging m WHERE NOT EXISTS (
            SELECT FROM accounts_merging n WHERE n.gone_id = m.who AND n.at <= %(until)s)
    )
"""
