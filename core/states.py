"""A noun with states: the table of moves on its model is the documentation, `move_to` the only writer."""

from typing import Any, ClassVar

from django.db import models

from core.refusals import Conflict


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
