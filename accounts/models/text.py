"""Texts to mobile numbers: the codes that are on their way, and how often a number, and the shop, was sent one."""

import uuid

from django.db import models

from core.choices import Choices
from core.language import say


class TextCode(models.Model):
    """A code on its way to a number: good for its purpose, its number and its browser, once, for five minutes. A newer
    one of these three takes its place."""

    class Purpose(Choices):
        SIGN_IN = "sign_in", say("登录", "Signing in")
        CONFIRM = "confirm", say("确认", "Confirming a deed")
        ADD = "add", say("绑定手机号", "A number for one’s account")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    browser = models.CharField(max_length=64, help_text="a hash of what the session says")
    digest = models.CharField(max_length=64, blank=True, help_text="empty until it is sent")
    language = models.CharField(max_length=2, default="zh")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "purpose", "browser"], name="one_code_a_number_purpose_and_browser"
            )
        ]

    def __str__(self) -> str:
        return f"code {self.uid}"


class NumberDay(models.Model):
    """What a number was sent and what was guessed for it on a day, over all doors, browsers and spellings."""

    number = models.CharField(max_length=20)
    day = models.DateField()
    sent = models.PositiveSmallIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True)
    wrong = models.PositiveSmallIntegerField(default=0, help_text="codes that were wrong")
    sent_known = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="beyond these, to devices that the number’s account knows"
    )
    wrong_known = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="beyond these, at devices that the number’s account knows"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "day"], name="one_count_a_number_and_day")]


class TextDay(models.Model):
    """How many texts the shop has sent on a day: codes, which have a budget, and all others, which have none."""

    day = models.DateField(unique=True)
    codes = models.PositiveIntegerField(default=0)
    letters = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(
        default=0, help_text="codes that were not sent: the budget was gone"
    )
