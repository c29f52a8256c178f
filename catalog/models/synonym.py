"""Other words for a thing, for search."""

from collections.abc import Iterator
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Synonym(models.Model):
    """Names by which the same is looked for. Of `names` alone each stands for each; with `others`, every name stands
    for these and, unless it goes one way, these for every name."""

    MOST_NAMES, LONGEST_NAME = 12, 40

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    names = ArrayField(models.CharField(max_length=LONGEST_NAME))
    others = ArrayField(models.CharField(max_length=LONGEST_NAME), default=list, blank=True)
    is_one_way = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_one_way=False) | ~models.Q(others=[]), name="synonym_leads_somewhere"
            ),
        ]

    def __str__(self) -> str:
        arrow = " → " if self.is_one_way else " ⇄ "
        return arrow.join(", ".join(side) for side in (self.names, self.others) if side)

    def pairs(self) -> Iterator[tuple[str, list[str]]]:
        """Each name with those that it may stand for."""
        if not self.others:
            yield from ((name, [one for one in self.names if one != name]) for name in self.names)
            return
        yield from ((name, self.others) for name in self.names)
        if not self.is_one_way:
            yield from ((name, self.names) for name in self.others)
