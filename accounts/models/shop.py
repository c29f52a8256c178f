"""The shop itself: who it is, what it promises, and how far its opening has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import Words, say


class Shop(models.Model):
    """One row, there from the first migration on. Its names are empty until somebody has written them."""

    class Mode(Choices):
        """What its payments move. Fixed when it opens, for good: money of another mode is never in its books."""

        # `band` stands on every page, mail and file of a shop whose money is not real; of a real one nobody needs it.
        band: Words
        STAND_IN = (
            "stand_in",
            say("支付替身", "Stand-in"),
            {"band": say("支付是替身：这里不动任何真钱。", "Payments are a stand-in: no money moves here.")},
        )
        TEST = (
            "test",
            say("支付测试", "Test"),
            {
                "band": say(
                    "测试店铺：支付在测试模式，不动真钱，订单不发货。",
                    "A test shop: payments are in test mode, no real money moves, nothing is sent.",
                )
            },
        )
        LIVE = (
            "live",
            say("正式收款", "Live"),
            {"band": say("支付动的是真钱。", "Payments move real money.")},
        )

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name_zh = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    entity = models.CharField(max_length=120, blank=True, help_text="the legal entity that sells")
    licence_number = models.CharField(max_length=60, blank=True)
    filing_number = models.CharField(max_length=60, blank=True, help_text="ICP filing")
    food_licence_number = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    email = models.EmailField(blank=True, help_text="where buyers write to")
    hours = models.CharField(max_length=120, blank=True, help_text="when somebody answers")
    address = models.CharField(max_length=200, blank=True)
    mail_sender = models.CharField(max_length=60, blank=True, help_text="the name that its mails come from")
    return_address = models.CharField(max_length=200, blank=True)
    # Empty: the default of accounts/texts.py, which says that it is one.
    after_sale_zh = models.TextField(blank=True)
    after_sale_en = models.TextField(blank=True)
    terms_zh = models.TextField(blank=True)
    terms_en = models.TextField(blank=True)
    privacy_zh = models.TextField(blank=True)
    privacy_en = models.TextField(blank=True)
    texts_reviewed_at = models.DateTimeField(null=True)
    texts_reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    rates_reviewed_at = models.DateTimeField(null=True, help_text="when its shipping rates were gone through")
    logo = models.CharField(max_length=100, blank=True, help_text="its file in the storage")
    mail_code_sha256 = models.CharField(max_length=64, blank=True, help_text="of the letter that is checked")
    mail_checked_at = models.DateTimeField(null=True, help_text="when its code came back")
    text_code_sha256 = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="of the test text"
    )
    text_checked_at = models.DateTimeField(null=True, help_text="when its code came back")
    mode = models.CharField(max_length=8, choices=Mode.choices, blank=True)
    link_sha256 = models.CharField(max_length=64, blank=True, help_text="of the one set-up link that is good")
    link_until = models.DateTimeField(null=True)
    set_up_closed_at = models.DateTimeField(null=True, help_text="when its first operator was made")
    opened_at = models.DateTimeField(null=True, help_text="since when it sells")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_shop"),
            # Somebody answers for a shop before it sells.
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(set_up_closed_at__isnull=False), name="open_shop_is_set_up"
            ),
            models.CheckConstraint(
                condition=Q(link_sha256="") | Q(link_until__isnull=False), name="set_up_link_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en or self.name_zh or "the shop"
