"""What a buyer wants an invoice (发票) to say, and the invoices that teams have uploaded; no number of one is made here."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Team
from core.choices import Choices
from core.language import say
from core.money import show
from orders.models.order import Order

TITLE_LENGTH = 100


class InvoiceWish(models.Model):
    """That the buyer of an order wants invoices for it, one a team, and to whom."""

    class Kind(Choices):
        ORDINARY = "ordinary", say("普通发票", "Ordinary")
        SPECIAL = "special", say("增值税专用发票", "Special VAT invoice")

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="invoice_wish")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ORDINARY)
    title = models.CharField(max_length=TITLE_LENGTH)
    tax_number = models.CharField(max_length=18, blank=True, help_text="of a company; empty of a person")
    asked_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="special") | ~Q(tax_number=""), name="special_invoice_is_a_companys"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_company(self) -> bool:
        """Whether it is for a company and not for a person."""
        return bool(self.tax_number)


class Invoice(models.Model):
    """A paper that a team has issued elsewhere and uploaded here: a blue one, or a red one that takes of a blue one back."""

    class Form(Choices):
        PDF = "pdf", say("PDF", "PDF")
        OFD = "ofd", say("OFD", "OFD")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", help_text="who issued it")
    number = models.CharField(max_length=20, help_text="as the tax office gave it, digits alone")
    blue = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reds",
        help_text="of a red one: what it takes back",
    )
    amount_minor = models.PositiveBigIntegerField(help_text="tax included; of a red one what it takes back")
    title = models.CharField(max_length=TITLE_LENGTH)
    tax_number = models.CharField(max_length=18, blank=True)
    form = models.CharField(max_length=3, choices=Form.choices)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="one_invoice_a_number_and_issuer"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="invoice_is_over_something"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {show(self.amount_minor)}"

    @property
    def is_red(self) -> bool:
        """Whether it takes of a blue one back."""
        return self.blue_id is not None


class InvoicePart(models.Model):
    """So much of an invoice is for one order: it may be over several."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="parts")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoice_parts")
    amount_minor = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "order"], name="one_part_an_invoice_and_order"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="invoice_part_is_something"),
        ]

    def __str__(self) -> str:
        return show(self.amount_minor)
