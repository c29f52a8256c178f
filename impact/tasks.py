"""Celery's side of the impact floor."""

from celery import shared_task

from core.deliveries import reaction
from impact.actions import standings


@reaction("impact.tasks.fold_standings", inside=True, together=500)
def fold_standings(events: list[dict]) -> None:
    """After a purchase or a refund: fold what has committed, for all that wait at once."""
    standings.fold()


@shared_task(name="impact.tasks.fold_waiting")
def fold_waiting() -> int:
    """For beat: should a wake-up have been lost, a standing is late by a second or two."""
    return standings.fold()
