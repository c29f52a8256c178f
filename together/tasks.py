"""Celery opens an event or a clock strikes; an action does the deed."""

from celery import shared_task

from catalog.events import LotRecalled
from core.deliveries import reaction
from together import people
from together.actions import group, recall, seat


@reaction("together.tasks.find_recalled", inside=True)
def find_recalled(event: LotRecalled) -> None:
    """A lot was recalled: each group that drew on it is found, and its coordinators are to hear of it."""
    recall.reach(event.lot_id)


@shared_task(name="together.tasks.close_groups")
def close_groups() -> int:
    """For beat: close the groups whose deadline has passed."""
    return group.close_due()


@shared_task(name="together.tasks.expire")
def expire() -> int:
    """For beat: let go the seats whose time to pay ran out."""
    return seat.expire()


@shared_task(name="together.tasks.forget_old")
def forget_old() -> int:
    """For beat, once a day: what is kept of people no longer than it is needed."""
    return people.forget_old()
