"""The worker's side of the shop: `celery -A shop worker`, `celery -A shop beat`."""

import os

from celery import Celery
from celery.signals import after_task_publish, before_task_publish, setup_logging, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

app = Celery("sheaf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Leave the logs as settings.LOGGING has them (a listener here stops Celery's own set-up)."""


@worker_process_init.connect
def forget_the_parents_connections(**_: object) -> None:
    """A forked child must not share its parent's pooled connections."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if getattr(connection, "pool", None):
            connection.close_pool()


@before_task_publish.connect
def before_the_broker(**_: object) -> None:
    """Web, worker and beat may each end before they have handed a task over."""
    from core import failpoints

    failpoints.reach("broker.publishing")


@after_task_publish.connect
def after_the_broker(**_: object) -> None:
    """Or just after."""
    from core import failpoints

    failpoints.reach("broker.published")
