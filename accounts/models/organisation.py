"""Organisations in a tree, who belongs to them, and the invitations by which people come in."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models.person import a_code
from accounts.models.region import Region
from core.choices import Choices
from core.language import say
from core.states import StateMachine


class Organisation(StateMachine, models.Model):
    """A union, workplace or other body; verified by an operator before it may mobilise."""

    class Kind(Choices):
        UNION = "union", say("工会", "Trade union")
        ENTERPRISE = "enterprise", say("企业", "Enterprise")
        CANTEEN = "canteen", say("食堂", "Canteen")
        SOCIETY = "society", say("社会团体", "Society")
        NGO = "ngo", say("公益组织", "Charity")
        SCHOOL = "school", say("学校", "School")
        MEDIA = "media", say("媒体", "Media")
        DEPARTMENT = "department", say("机关单位", "Public body")

    class State(Choices):
        PROPOSED = "proposed", say("等待核实", "Being verified")
        VERIFIED = "verified", say("已核实", "Verified")
        DECLINED = "declined", say("未通过", "Not accepted")
        SUSPENDED = "suspended", say("已暂停", "Suspended")

    MOVES = {
        State.PROPOSED: {State.VERIFIED, State.DECLINED},
        State.VERIFIED: {State.SUSPENDED},
        State.SUSPENDED: {State.VERIFIED},
        State.DECLINED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    state_reason = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="why it is declined or suspended"
    )
    mobiliser_code = models.CharField(max_length=12, unique=True, default=a_code)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_by=None)
                | models.Q(proposed_by=None)
                | ~models.Q(verified_by=models.F("proposed_by")),
                name="an_organisation_is_verified_by_another",
            )
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def is_verified(self) -> bool:
        return self.state == self.State.VERIFIED


class Membership(models.Model):
    """A person's part in an organisation, from a day to a day; ended rather than deleted."""

    class Role(Choices):
        MEMBER = "member", say("成员", "Member")
        COORDINATOR = "coordinator", say("协调人", "Coordinator")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=models.Q(ended_at=None),
                name="one_current_membership_an_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class Link(models.Model):
    """What a link lets one person do once, until it expires, is used or withdrawn."""

    email = models.EmailField(blank=True, help_text="when set, only this person may use the link")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Invitation(Link):
    """A link that lets one person into an organisation once; only its hash is kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=Membership.Role.choices, default=Membership.Role.MEMBER)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
