"""What a buyer is asking for, before it is an order."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import models

from accounts.models import Organisation, Region
from catalog.models import Variant


class Cart(models.Model):
    """A buyer's wishes. A guest's cart is known by its uid alone; a person has one open cart, and beside it what she
    buys at once."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="carts"
    )
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, default="zh")
    recipient = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=24, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    street = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=200, blank=True)
    mobiliser_code = models.CharField(max_length=12, blank=True)
    coupon_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    is_without_coupon = models.BooleanField(
        default=False, db_default=False, help_text="the buyer has taken it off: none is to be used"
    )
    is_unjudged = models.BooleanField(
        default=False,
        db_default=False,
        help_text="so many guests were typed where she is that of hers no use of a coupon is told any more",
    )
    invoice_title = models.CharField(max_length=100, blank=True, default="", db_default="")
    invoice_tax_number = models.CharField(max_length=18, blank=True, default="", db_default="")
    invoice_kind = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="empty: no invoice is wanted"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, related_name="+", help_text="bought on its behalf"
    )
    is_adult = models.BooleanField(default=False, help_text="the buyer has confirmed to be of age")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, help_text="placed as an order, or merged into another cart")
    is_apart = models.BooleanField(
        default=False, db_default=False, help_text="for one thing bought at once; her own cart is kept"
    )
    left_out = 0  # units that the deed which led to it found no place for; not kept
    typed_here: Callable[[], bool] | None = None  # says so of what is bought at once; not kept

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(closed_at=None, is_apart=False),
                name="one_open_cart_a_person",
            )
        ]


class CartAddress(models.Model):
    """Somebody else to whom a part of a cart is sent, and what is written to her. She hears nothing from us."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="addresses")
    recipient = models.CharField(max_length=60)
    phone = models.CharField(max_length=24)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", db_index=False)
    street = models.CharField(max_length=200)
    gift_note = models.CharField(max_length=200, blank=True)
    sender = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]


class CartLine(models.Model):
    """One variant and a quantity; the price is today's, the one seen is kept to tell of a change."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    address = models.ForeignKey(
        CartAddress,
        on_delete=models.CASCADE,
        null=True,
        related_name="lines",
        help_text="to whom it is sent; empty: to the cart's own address",
    )
    quantity = models.PositiveIntegerField()
    price_seen_minor = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "variant", "address"],
                nulls_distinct=False,
                name="one_cart_line_a_variant_and_address",
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="cart_line_asks_for_something"),
        ]
