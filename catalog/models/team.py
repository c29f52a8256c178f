"""The people who offer products here, and the leader by whom they are known."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Region
from core.choices import Choices
from core.language import say


class Team(models.Model):
    """A village team. Its county and division place it on the map and in a contest."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True, help_text="short public code, e.g. HB01")
    slug = models.SlugField(max_length=80, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    village_zh = models.CharField(max_length=60, blank=True)
    village_en = models.CharField(max_length=90, blank=True)
    story_zh = models.TextField(blank=True)
    story_en = models.TextField(blank=True)
    county = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    division = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    producer_zh = models.CharField(max_length=120, blank=True, help_text="the body that answers for the food")
    producer_en = models.CharField(max_length=160, blank=True)
    licence_number = models.CharField(max_length=60, blank=True)
    licence_expires_on = models.DateField(null=True, blank=True, help_text="the last day it is good")
    linking_zh = models.CharField(
        max_length=400,
        blank=True,
        default="",
        db_default="",
        help_text="how households gain by what it sells",
    )
    linking_en = models.CharField(max_length=600, blank=True, default="", db_default="")
    # How it sends, for its own desk: written into the forms there, and told to a buyer only where she is to send something back.
    sends_from = models.CharField(max_length=200, blank=True, default="", db_default="")
    returns_to = models.CharField(max_length=200, blank=True, default="", db_default="")
    carrier = models.CharField(max_length=40, blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True)
    rest_reason = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="why an operator has suspended it"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.code


class Leader(models.Model):
    """The local leader (致富带头人) of a team; verified by an operator, never by the team itself, nor by whoever
    introduced the leader."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="leader")
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    words_zh = models.CharField(max_length=200, blank=True)
    words_en = models.CharField(max_length=300, blank=True)
    is_woman = models.BooleanField(
        default=False, db_default=False, help_text="as the leader herself has told; otherwise not known"
    )
    introduced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    introduced_at = models.DateTimeField(null=True, blank=True, help_text="under the name that is verified")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_by=None)
                | models.Q(introduced_by=None)
                | ~models.Q(verified_by=models.F("introduced_by")),
                name="who_introduces_a_leader_does_not_verify",
            ),
            models.CheckConstraint(
                condition=models.Q(declined_at=None)
                | (models.Q(verified_at=None) & ~models.Q(decline_reason="")),
                name="a_leader_who_is_declined_hears_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class TeamMember(models.Model):
    """A person's part in a team. A team's own people are related parties of its sales."""

    class Role(Choices):
        MANAGER = "manager", say("管理员", "Manager")
        MEMBER = "member", say("成员", "Member")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_parts")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MANAGER)
    started_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True, help_text="the end of her appointment's term")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"],
                condition=models.Q(ended_at=None),
                name="one_current_part_in_a_team",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"
