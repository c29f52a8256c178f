"""The worker's side of the shop: `celery -A shop worker`, `celery -A shop beat`."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import (
    after_task_publish,
    beat_init,
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
)

from core import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

app = Celery("sheaf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Their signs of life hang on Celery's signals.
app.conf.include = ["shop.pulse"]
# Celery would close a child's pool before and after each task: signing in anew, with no statement known, cost
# PostgreSQL and the worker more than the task itself.
app.conf.update(CELERY_DB_REUSE_MAX=sys.maxsize)


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Leave the logs as settings.LOGGING has them (a listener here stops Celery's own set-up)."""


@worker_init.connect
def this_is_a_worker(**_: object) -> None:
    """Its children are told by their parent's word."""
    logs.this_is("worker")


@beat_init.connect
def this_is_beat(**_: object) -> None:
    """For its lines in the log."""
    logs.this_is("beat")


@task_prerun.connect
def a_task_begins(task: Any, task_id: str, **_: object) -> None:
    """Its lines in the log belong together; each delivery in it then says from which request it follows."""
    if not task.request.is_eager:
        logs.request_id.set(logs.new_id())
        logs.about.set({"task": task.name, "task_id": task_id})


@worker_process_init.connect
def forget_the_parents_connections(**_: object) -> None:
    """A forked child must not share its parent's pooled connections; its own are looked at before a task has one.

    So a task is not the first to learn that the database was restarted meanwhile.
    """
    from django.db import connections

    for connection in connections.all():
        connection.close()
        if getattr(connection, "pool", None):
            connection.close_pool()
        connection.settings_dict["CONN_HEALTH_CHECKS"] = True


@task_postrun.connect
def give_the_connections_back(task: Any, **_: object) -> None:
    """A task leaves its connections as a request does: in the pool, or closed where there is none."""
    from django.db import connections

    if not task.request.is_eager:
        for connection in connections.all(initialized_only=True):
            connection.close()


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
