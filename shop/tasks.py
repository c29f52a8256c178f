"""What the clock strikes for the whole house."""

from celery import shared_task

from core import retention


@shared_task(name="shop.tasks.forget_sessions")
def forget_sessions() -> int:
    """For beat, once a day."""
    return retention.forget_sessions()
