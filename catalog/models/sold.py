"""How many units of a product were sold, as it is told: in steps, from the boundary of a day on."""

from django.db import models

# Nothing is told under the first, and each is told until the next is reached.
STEPS = (10, 50, 100, 500, 1000)


def step_of(units: int) -> int:
    """The greatest step that so many units have reached; 0 under the first.

    >>> step_of(9), step_of(10), step_of(99), step_of(4321)
    (0, 10, 50, 1000)
    """
    return max((step for step in STEPS if step <= units), default=0)


class SoldDisclosure(models.Model):
    """A day at whose boundary the steps were moved; they are moved once a day."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.day.isoformat()
