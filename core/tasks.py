"""Celery is only the wake-up; what is due stands in the outbox."""

from celery import shared_task

from core import failpoints, fast, outbox, retention


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


# Of a strike of ten minutes so much may go to each table: a worker has other things to do.
FORGETS_SECONDS = 5.0


@shared_task(name="core.tasks.forget_old")
def forget_old() -> int:
    """For beat: deliveries, events and keys that are past their time."""
    return sum(retention.forget(rule, FORGETS_SECONDS) for rule in retention.RETENTIONS)
