"""The board of tasks at the organiser's desk."""

from datetime import date
from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.models import Person
from contest.actions import task as tasks
from contest.api.organiser import KEEPS_IT, add_to_round
from contest.models import Partner, Task
from contest.reads import keeping
from contest.reads import task as reads
from core.api.access import HELD, SIGNED_IN
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import global_id, uid_of
from core.api.types import Localized, ModelType, list_of
from core.language import localized, say
from core.refusals import NotFound

TASK = "The task."


class TaskType(ModelType):
    """Something to be done for an edition."""

    class Meta:
        model = Task
        fields = ("state", "title_zh", "title_en", "due_on", "evidence", "reason", "ended_at")
        access = HELD
        about = {
            "state": "To do, done, or waived.",
            "title_zh": "In Chinese.",
            "title_en": "In English; may be empty.",
            "due_on": "The last day, in Shanghai.",
            "evidence": "What shows that it was done; empty before.",
            "reason": "Why it was waived; empty where it was not.",
            "ended_at": "When it was done or waived; null before.",
        }

    title = Localized("title", description="In the reader's language.")
    state_name = graphene.String(required=True, description="The state in words.")
    is_late = graphene.Boolean(required=True, description="Whether its last day is past and it is to do.")
    owner_name = graphene.String(required=True, description="By which body, in the reader's language.")
    owner_id = graphene.ID(description="The partner that it is of; null: whoever keeps the edition.")
    may_waive = graphene.Boolean(required=True, description="Whether the asker is another than who set it.")

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Task.State(root.state).words)

    def resolve_is_late(root, info):
        """By the trade's clock."""
        return reads.is_late(root)

    def resolve_owner_name(root, info):
        """The organiser's where it is of no partner."""
        return localized(root.owner, "name") if root.owner else str(say("组织者", "The organiser"))

    def resolve_owner_id(root, info):
        """As the calendar lists it."""
        return global_id("Partner", root.owner.uid) if root.owner else None

    def resolve_may_waive(root, info):
        """By who set it."""
        return root.set_by_id != info.context.user.pk


def _owner(edition: Any, id: str | None) -> Partner | None:
    if not id:
        return None
    found = Partner.objects.filter(edition=edition, uid=uid_of(id, "Partner", field="owner")).first()
    if found is None:
        raise NotFound(field="owner")
    return found


def _task(person: Person, id: str) -> Task:
    return reads.managed_task(person, uid_of(id, "Task", field="task"))


class TaskSave(Act):
    """Set a task of an edition, or write one anew while it is to do."""

    class Meta:
        access = SIGNED_IN

    class Input:
        edition = graphene.String(required=True, description="The edition's slug.")
        task = graphene.ID(description="The task; a new one where it is left out.")
        title_zh = graphene.String(required=True, description="At most 120 characters.")
        title_en = graphene.String(description="The same in English; may be empty.")
        due_on = graphene.Date(required=True, description="The last day, in Shanghai.")
        owner = graphene.ID(
            description="The partner that it is of; whoever keeps the edition where left out."
        )

    task = graphene.Field(TaskType, description="The task.")

    @classmethod
    def act(
        cls,
        request: Any,
        edition: str,
        title_zh: str,
        due_on: date,
        task: str | None = None,
        title_en: str | None = None,
        owner: str | None = None,
    ) -> Any:
        """The task; NOT_FOUND for an edition, task or partner that is not hers to keep."""
        its = keeping.edition_called(request.user, edition)
        known = _task(request.user, task) if task else None
        of = _owner(its, owner)
        return {"task": tasks.save(its, request.user, (title_zh, title_en or ""), due_on, of, known)}


class TaskFinish(Act):
    """Say that a task is done, and what shows it."""

    class Meta:
        access = SIGNED_IN

    class Input:
        task = graphene.ID(required=True, description=TASK)
        evidence = graphene.String(
            required=True, description="A sentence or an address; at most 400 characters."
        )

    task = graphene.Field(TaskType, description="The task.")

    @classmethod
    def act(cls, request: Any, task: str, evidence: str) -> Any:
        """The task; CONFLICT where it is not to do."""
        return {"task": tasks.finish(_task(request.user, task), request.user, evidence)}


class TaskWaive(Act):
    """Say that a task need not be done, and why; another than who set it does."""

    class Meta:
        access = SIGNED_IN

    class Input:
        task = graphene.ID(required=True, description=TASK)
        reason = graphene.String(required=True, description="At most 200 characters.")

    task = graphene.Field(TaskType, description="The task.")

    @classmethod
    def act(cls, request: Any, task: str, reason: str) -> Any:
        """The task; NOT_ALLOWED for who set it, CONFLICT where it is not to do."""
        return {"task": tasks.waive(_task(request.user, task), request.user, reason)}


class TaskReopen(Act):
    """Open a task once more."""

    class Meta:
        access = SIGNED_IN

    class Input:
        task = graphene.ID(required=True, description=TASK)

    task = graphene.Field(TaskType, description="The task.")

    @classmethod
    def act(cls, request: Any, task: str) -> Any:
        """The task; CONFLICT where it is to do."""
        return {"task": tasks.open_again(_task(request.user, task), request.user)}


def _of_round(root: Any, info: Any) -> QuerySet[Task]:
    return reads.tasks_managed(info.context.user).filter(edition=root.edition_id)[: tasks.MOST]


add_to_round(
    tasks=guarded(
        list_of(
            TaskType,
            most=tasks.MOST,
            resolver=_of_round,
            description="The edition's tasks where it is hers to keep, what is due first before all else.",
        ),
        KEEPS_IT,
    )
)


class Mutation:
    task_save = TaskSave.Field()
    task_finish = TaskFinish.Field()
    task_waive = TaskWaive.Field()
    task_reopen = TaskReopen.Field()
