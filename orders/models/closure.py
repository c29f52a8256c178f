"""Places closed for delivery: an incident, what it closes, and the parcels that stand still because of it.

All times here are the wall clock's, told in Asia/Shanghai: a road is closed for couriers, whatever the clock of seasons
and contests is moved to.
"""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Region
from accounts.models.person import CODE_LETTERS
from catalog.models import Product
from core.choices import Choices
from core.language import say
from orders.models.shipment import Shipment


def a_code() -> str:
    """A short random code for the address of an incident's page."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(8)).lower()


class Incident(models.Model):
    """Something that happened, as everybody may read of it: an epidemic, a flood, a road that is shut."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=8, unique=True, default=a_code, editable=False)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    words_zh = models.TextField(max_length=2000)
    words_en = models.TextField(max_length=3000)
    begins_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, help_text="null as long as nobody knows")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("begins_at")),
                name="incident_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(title_zh="") & ~Q(title_en="") & ~Q(words_zh="") & ~Q(words_en=""),
                name="incident_is_told_in_both_languages",
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class Closure(models.Model):
    """A province, division or county to which nothing is delivered for a while, or nothing of a storage class.

    Closures may overlap: a place is open when none of them holds any more. One that ends before it begins never held.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="closures")
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", help_text="with all that lies in it"
    )
    storage = models.CharField(
        max_length=8, blank=True, choices=Product.Storage.choices, help_text="empty: all that is sent"
    )
    reason_zh = models.CharField(max_length=120)
    reason_en = models.CharField(max_length=180)
    begins_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(
        null=True, help_text="open again from then on; null: until somebody says so"
    )

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("begins_at")),
                name="closure_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(storage="") | Q(storage__in=Product.Storage.values),
                name="closure_is_of_all_or_of_a_storage_class",
            ),
            models.CheckConstraint(
                condition=~Q(reason_zh="") & ~Q(reason_en=""), name="closure_gives_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.storage}".strip()


class Standstill(models.Model):
    """A paid parcel that waits because its place is closed, from when that was found until it is open or given back."""

    class Answer(Choices):
        NONE = "none", say("还没有选", "Not chosen yet")
        WAIT = "wait", say("等到恢复配送", "Wait until it is open")

    shipment = models.ForeignKey(
        Shipment, on_delete=models.CASCADE, related_name="standstills", db_index=False
    )
    answer = models.CharField(max_length=4, choices=Answer.choices, default=Answer.NONE)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"], condition=Q(ended_at__isnull=True), name="one_open_standstill_a_parcel"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="standstill_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["shipment"], name="standstills_of_a_parcel")]
