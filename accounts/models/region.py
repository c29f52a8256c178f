"""Where people live and produce grows: the regions of all China, by their GB/T 2260 codes."""

import uuid

from django.conf import settings
from django.db import models

from core.choices import NumberedChoices
from core.language import say


class Region(models.Model):
    """A province, division or county; the code is six digits and never changes its meaning."""

    class Level(NumberedChoices):
        PROVINCE = 1, say("省级", "Province")
        DIVISION = 2, say("地级", "Division")
        COUNTY = 3, say("县级", "County")

    code = models.CharField(max_length=6, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=90)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Address(models.Model):
    """Where a person has things sent; an order keeps its own copy."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addresses")
    recipient = models.CharField(max_length=60)
    phone = models.CharField(max_length=24)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    street = models.CharField(max_length=200)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-is_default", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(is_default=True), name="one_default_address_a_person"
            )
        ]
