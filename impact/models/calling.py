"""What floors above tell of who called for a purchase: dockings, vouchers, earlier links. Nothing until they do."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from catalog.models import Team
from core.choices import Choices
from core.language import say


class Call(models.Model):
    """One more way by which an order came than the code on it, told before the order was paid.

    A docking's contract comes before all others, a voucher's issuer before a code, for the voucher's amount alone. A
    link that was followed earlier than the one that counts is an assist: it is remembered and adds to nothing.
    """

    append_only = True

    class Way(Choices):
        DOCKING = "docking", say("对接合同", "A docking’s contract")
        VOUCHER = "voucher", say("福利券", "A welfare voucher")
        LINK = "link", say("推荐链接", "A link followed earlier")

    order_uid = models.UUIDField()
    way = models.CharField(max_length=8, choices=Way.choices)
    # Of which team's lines; a link is for all of an order.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    amount_minor = models.PositiveBigIntegerField(
        null=True, help_text="what the voucher paid of the team’s lines"
    )
    at = models.DateTimeField(help_text="when it was told, by the clock of seasons and contests")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_uid", "way", "team", "organisation", "person"],
                nulls_distinct=False,
                name="one_call_a_way_and_caller",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, person=None)
                | Q(way="link", organisation=None, person__isnull=False),
                name="a_call_is_of_one_caller",
            ),
            models.CheckConstraint(
                condition=Q(way="link", team=None, amount_minor=None)
                | Q(way="docking", team__isnull=False, amount_minor=None)
                | Q(way="voucher", team__isnull=False, amount_minor__gt=0),
                name="a_call_says_what_it_was_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.order_uid}"


class Docking(models.Model):
    """That a team and an organisation agreed on supplies, and when the first of it was delivered."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="the match’s own")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="dockings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(help_text="by the clock of seasons and contests, as the next")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(delivered_at__gte=models.F("agreed_at")),
                name="a_docking_is_delivered_after_it_is_agreed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id} · {self.organisation_id}"
