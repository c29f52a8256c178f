"""A payment that buys nothing: whoever opens the shop tries whether money comes, and goes back."""

import uuid

from django.conf import settings
from django.db import models

from orders.models.payment import ID_LENGTH, PROVIDER_LENGTH, TEXT_LENGTH


class PaymentTrial(models.Model):
    """One such payment and its refund, as the provider told of them last. No order knows of it, and no ledger."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.CharField(max_length=PROVIDER_LENGTH)
    mode = models.CharField(max_length=8)
    amount_minor = models.PositiveBigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    page_ref = models.CharField(max_length=ID_LENGTH, blank=True)
    payment_ref = models.CharField(max_length=ID_LENGTH, blank=True)
    url = models.CharField(max_length=TEXT_LENGTH, blank=True)
    payment_was = models.CharField(max_length=12, default="created", help_text="in the words of the port")
    refund_ref = models.CharField(max_length=ID_LENGTH, blank=True)
    refund_was = models.CharField(
        max_length=12, blank=True, help_text="in the words of the port; empty: not asked"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.uid)
