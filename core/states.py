"""A noun with states: the table of moves on its model is the documentation, `move_to` and `move_many` the only writers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import connection, models

from core.refusals import Conflict
from core.rows import Update, write


class StateMachine(models.Model):
    """A model with a field `state`, and `MOVES` saying which state may follow which."""

    MOVES: ClassVar[dict[Any, set[Any]]] = {}
    state: Any

    class Meta:
        abstract = True

    def can_move_to(self, state: str) -> bool:
        """Whether the table allows this move from where the row stood when it was read."""
        return state in self.MOVES.get(self.state, ())

    def move_to(self, state: str, **fields: object) -> None:
        """Move on, writing `fields` with it; refused when not allowed or when another was faster."""
        if not self.can_move_to(state):
            raise Conflict()
        # The condition on the old state is the lock: of two that move at once, one finds no row.
        rows: Any = type(self)._base_manager
        if not rows.filter(pk=self.pk, state=self.state).update(state=state, **fields):
            raise Conflict()
        self.state = state
        computed = [name for name, value in fields.items() if hasattr(value, "resolve_expression")]
        for name, value in fields.items():
            if name not in computed:
                setattr(self, name, value)
        if computed:
            self.refresh_from_db(fields=computed)


@dataclass(frozen=True)
class Move:
    """Rows of one noun that move on to a state; the columns named by `each` are written as they stand on the row."""

    rows: Sequence[StateMachine]
    state: str
    each: Sequence[str] = ()


def move_many(
    rows: Sequence[StateMachine],
    state: str,
    each: Sequence[str] = (),
    *,
    along: Move | None = None,
    **fields: object,
) -> None:
    """Move rows on, in one statement: all of them, or Conflict where one is not allowed to, or not where it was read.

    The statement moves whoever is where it was read: called inside a transaction alone, which Conflict then undoes.
    `fields` are written alike with all of them, the columns named by `each` as they stand on the row. Rows of another
    noun may move `along` in the same statement: of a purchase the round trips cost most.
    """
    assert connection.in_atomic_block, "many move inside a transaction"
    for row in rows:
        for name, value in fields.items():
            setattr(row, name, value)
    moves = [Move(rows, state, [*fields, *each]), *([along] if along else [])]
    if not all(row.can_move_to(move.state) for move in moves for row in move.rows):
        raise Conflict()
    before = [[row.state for row in move.rows] for move in moves]
    for move in moves:
        _stand(move.rows, [move.state] * len(move.rows))
    changes = [
        Update(move.rows, ["state", *move.each], was=("state", was))
        for move, was in zip(moves, before, strict=True)
    ]
    if write(*changes) != sum(len(move.rows) for move in moves):
        for move, was in zip(moves, before, strict=True):
            _stand(move.rows, was)
        raise Conflict()


def _stand(rows: Sequence[StateMachine], states: Sequence[str]) -> None:
    for row, state in zip(rows, states, strict=True):
        row.state = state
