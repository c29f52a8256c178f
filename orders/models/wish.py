"""What somebody wants to find again, and of what she is told once when it is back or in season."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Product, Variant
from core.choices import Choices
from core.language import Words, say


class Wish(models.Model):
    """One line of somebody's wish list: a product to remember, or one letter that she has asked for."""

    class Letter(Choices):
        # `noted`: what she is told once it is on her list.
        NONE = (
            "none",
            say("只是记下", "Remembered"),
            {"noted": say("记到您的心愿单了。", "It is on your wish list.")},
        )
        BACK = (
            "back",
            say("到货了写信告诉我", "A letter when it is back"),
            {"noted": say("记下了：到货时写信告诉您，只写一次。", "Noted: we write once, when it is back.")},
        )
        SEASON = (
            "season",
            say("当季了写信告诉我", "A letter when it is in season"),
            {
                "noted": say(
                    "记下了：当季时写信告诉您，只写一次。", "Noted: we write once, when it is in season."
                )
            },
        )

        noted: Words

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wishes")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    variant = models.ForeignKey(
        Variant,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="the size that is to be back",
    )
    letter = models.CharField(max_length=6, choices=Letter.choices, default=Letter.NONE)
    # As it was called when she saw it: what a team writes anew is nobody's to see before it is approved.
    name_zh = models.CharField(max_length=170)
    name_en = models.CharField(max_length=250)
    made_at = models.DateTimeField()
    free_since = models.DateTimeField(
        null=True, help_text="since when it can be bought without a break: what comes and goes is no news"
    )
    done_at = models.DateTimeField(null=True, help_text="she was told, or has bought it meanwhile")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "product", "variant", "letter"],
                nulls_distinct=False,
                name="one_wish_a_person_and_thing",
            ),
            models.CheckConstraint(
                condition=Q(letter="back") | Q(variant=None), name="only_what_is_to_be_back_has_a_size"
            ),
            models.CheckConstraint(
                condition=~Q(letter="back") | Q(variant__isnull=False), name="what_is_to_be_back_is_a_size"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=~Q(letter="none") & Q(done_at=None),
                name="wishes_that_wait",
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.name_zh}"
