"""The board of tasks as whoever keeps the edition sees it, and what of it is late."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from accounts.waiting import Waiting
from contest.models import Task
from contest.reads import keeping
from core import clock
from core.language import say
from core.refusals import first_or_refuse


def tasks_managed(person: Any) -> QuerySet[Task]:
    """Those of the editions that she keeps, what is due first before all else."""
    rows = Task.objects.filter(edition__in=keeping.editions(person).values("pk"))
    return rows.select_related("owner", "edition")


def managed_task(person: Any, uid: UUID, field: str = "task") -> Task:
    """One of them."""
    found: Task = first_or_refuse(tasks_managed(person).filter(uid=uid), field)
    return found


def is_late(task: Task) -> bool:
    """Whether its last day is past and it is still to do."""
    return task.state == Task.State.OPEN and task.due_on < clock.today()


def of_tasks(person: Any) -> Iterator[Waiting]:
    """Tasks of her editions that are due within a week, or late, by the first of their days."""
    soon = tasks_managed(person).filter(state=Task.State.OPEN, due_on__lte=clock.today() + timedelta(days=7))
    found = soon.order_by().aggregate(n=Count("pk"), first=Min("due_on"))
    if found["n"]:
        at = datetime.combine(found["first"], time.max, clock.SHANGHAI)
        yield Waiting("TASKS", say("到期的任务", "Tasks that are due"), found["n"], at, "organiser/", True)
