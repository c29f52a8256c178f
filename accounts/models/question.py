"""What people ask the shop's people, who is to answer, and what of it everybody may read."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.region import Region
from core.choices import Choices
from core.language import say
from core.states import StateMachine

ANSWERED_WITHIN = timedelta(hours=48)


class Question(StateMachine):
    """A question, and who is to answer it: whoever has the permission `answered_with` at its place.

    What it is about is said by a row of the floor that asks for it. A follow-up of the asker opens it again.
    """

    class State(Choices):
        OPEN = "open", say("待答复", "Waits for an answer")
        ANSWERED = "answered", say("已答复", "Answered")

    MOVES: ClassVar = {State.OPEN: {State.ANSWERED}, State.ANSWERED: {State.OPEN}}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="questions"
    )
    words = models.CharField(max_length=1000)
    # As it was called when she asked, for whoever is to answer; below the language, where there is a page of it.
    about_zh = models.CharField(max_length=200, blank=True, default="", db_default="")
    about_en = models.CharField(max_length=200, blank=True, default="", db_default="")
    about_path = models.CharField(max_length=120, blank=True, default="", db_default="")
    answered_with = models.CharField(max_length=60, help_text="the permission of whoever is to answer")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.UUIDField(null=True, help_text="the uid of a team or an edition")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(help_text="until when it is to be answered")
    reminded_at = models.DateTimeField(
        null=True, help_text="when whoever is to answer was told that it is late"
    )

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="questions_that_wait"),
            models.Index(fields=["asker", "-asked_at"], name="questions_of_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Answer(models.Model):
    """A word on a question: official from whoever is to answer it, else a follow-up of its asker."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    words = models.CharField(max_length=2000)
    is_official = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.uid)


class Faq(models.Model):
    """A question with its official answer as everybody may read it: in words of its own, of nobody by name."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="faq")
    question_zh = models.CharField(max_length=400)
    question_en = models.CharField(max_length=600, blank=True)
    answer_zh = models.CharField(max_length=2000)
    answer_en = models.CharField(max_length=3000, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-published_at", "-id"]

    def __str__(self) -> str:
        return str(self.uid)
