"""What the clock strikes for the whole house."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="shop.tasks.forget_sessions")
def forget_sessions() -> None:
    """For beat, once a day: sessions that have ended, with the cart and the half-written form they held."""
    call_command("clearsessions")
