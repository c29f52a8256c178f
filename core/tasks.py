"""Celery is only the wake-up; what is due stands in the outbox."""

from celery import shared_task

from core import failpoints, fast, outbox


@shared_task(name="core.tasks.hand_over")
def hand_over() -> int:
    """Hand over what is due; another wake-up follows when more is left."""
    limit = 200
    done = outbox.hand_over(limit)
    if done >= limit:
        outbox.wake()
    failpoints.reach("task.finished")
    return done


@shared_task(name="core.tasks.sweep")
def sweep() -> int:
    """For beat: what a lost wake-up, a dead worker or a failed try has left behind."""
    return hand_over()


@shared_task(name="core.tasks.forget_changes")
def forget_changes() -> int:
    """For beat: notes of changes that everybody has read."""
    return fast.forget_old_changes()
