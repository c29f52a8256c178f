"""What is said of an edition beside its facts: who carries it, what it aims at, and that it is over."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from core.choices import Choices
from core.language import say
from impact.models import Edition


class Partner(models.Model):
    """A body that carries an edition, with its role and what it answers for; told to everybody."""

    class Role(Choices):
        ORGANISER = "organiser", say("主办", "Organiser")
        CO_SPONSOR = "co_sponsor", say("联合主办", "Co-sponsor")
        CO_ORGANISER = "co_organiser", say("承办", "Co-organiser")
        TRAINER = "trainer", say("培训支持", "Training")
        PLATFORM = "platform", say("合作平台", "Outside platform")
        MEDIA = "media", say("媒体支持", "Media")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="where it is known here",
    )
    role = models.CharField(max_length=12, choices=Role.choices)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    duty_zh = models.CharField(max_length=200, blank=True)
    duty_en = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="the first before all else of its role")

    class Meta:
        ordering = ["edition", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "role", "name_zh"], name="a_partner_has_a_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.name_zh}"


class Target(models.Model):
    """What an edition aims at; what came of it is counted and never written here."""

    class Kind(Choices):
        TEAMS = "teams", say("参赛团队", "Teams that take part")
        HOUSEHOLDS = "households", say("背后的农户", "Households behind them")
        AMOUNT = "amount", say("净额", "Net sales")
        SUPPORTS = "supports", say("人次", "Person-times")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    goal = models.PositiveBigIntegerField(help_text="of an amount in fen")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind"], name="one_target_a_kind"),
            models.CheckConstraint(condition=Q(goal__gt=0), name="a_target_is_more_than_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.kind}"


class Archive(models.Model):
    """An edition that is over: read as it was, and no deed on it is done any more."""

    edition = models.OneToOneField(
        Edition, on_delete=models.CASCADE, primary_key=True, related_name="archive"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.edition_id}"
