"""What the house remembers for itself: facts told, reactions due, deeds done once, the trade's clock."""

from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast
from django.utils import timezone

from core.choices import Choices
from core.language import say


class OutboxEvent(models.Model):
    """A fact written in the same transaction as the change it tells of; ids only, never a name."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    recorded_at = models.DateTimeField(default=timezone.now)
    request_id = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="from which request it follows"
    )

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Delivery(models.Model):
    """One reaction that is due for one event: handed over at least once, in effect once."""

    id = models.BigAutoField(primary_key=True)
    # No index of its own: the unique one begins with it.
    event = models.ForeignKey(
        OutboxEvent, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    reaction = models.CharField(max_length=120)
    due_at = models.DateTimeField(default=timezone.now, help_text="Also the end of a running lease.")
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True, help_text="The kind of the last failure.")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="delivery_waiting",
                condition=Q(done_at=None, parked_at=None),
            ),
            # Few, and asked for often: what waits for a person is not done by another way meanwhile.
            models.Index(
                fields=["reaction"],
                name="delivery_parked",
                condition=Q(done_at=None, parked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} of {self.event_id}"


class IdempotencyKey(models.Model):
    """One deed asked for under one key: in progress, or done with the ids of its result."""

    class State(Choices):
        IN_PROGRESS = "in_progress", say("进行中", "In progress")
        DONE = "done", say("已完成", "Done")

    id = models.BigAutoField(primary_key=True)
    asker = models.CharField(max_length=100)
    deed = models.CharField(max_length=60)
    key = models.UUIDField()
    input_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.IN_PROGRESS)
    attempt = models.PositiveIntegerField(default=1)  # an overtaken twin may not finish
    running_until = models.DateTimeField()
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asker", "deed", "key"], name="deed_once_a_key"),
            models.CheckConstraint(
                condition=Q(state="in_progress") | Q(result__isnull=False), name="done_deed_has_its_result"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.key}"


class Clock(models.Model):
    """How far the trade's clock (season and contest) stands from the wall clock; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead = models.DurationField(default=timedelta)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_clock")]

    def __str__(self) -> str:
        return f"{self.ahead} ahead"


class Measurement(models.Model):
    """What was measured last of something that is measured seldom: a figure, and when."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Alarm(models.Model):
    """Something that was amiss, from when it was first seen until it was over: fired once, told once, ended once."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    since = models.DateTimeField(default=timezone.now, help_text="when it was first seen")
    value = models.FloatField(help_text="what was measured last, while it lasted")
    fired_at = models.DateTimeField(null=True, help_text="when it had lasted long enough")
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="when a letter told of it")
    end_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="an_alarm_fires_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(fired_at__isnull=False), name="what_never_fired_never_ended"
            ),
        ]
        indexes = [models.Index(fields=["-since"], name="alarms_of_late")]

    def __str__(self) -> str:
        return f"{self.name} since {self.since}"


class Change(models.Model):
    """That something shown has changed: noted by the transaction that changed it (core/fast/changes.py)."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    xact = models.BigIntegerField(
        db_default=Cast(
            Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        help_text="The transaction's number.",
    )
    noted_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        indexes = [
            models.Index(fields=["xact"], name="changes_by_transaction"),
            models.Index(fields=["noted_at"], name="changes_by_age"),
        ]

    def __str__(self) -> str:
        return self.name
