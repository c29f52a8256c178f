"""The operators' rooms of this floor: orders and money to look at, a few deeds, the shipping rates."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.operators import OperatorAdmin, deed
from accounts.reads import signed_in
from orders.actions import cancel, refund, review, shipping
from orders.models import (
    Dispute,
    GroupPurchase,
    Notice,
    Order,
    Payment,
    Refund,
    Review,
    Shipment,
    ShippingRate,
)


@admin.register(Order)
class OrderAdmin(OperatorAdmin):
    """Orders: found by number or address, called off before anything is sent."""

    list_display = (
        "number",
        "state",
        "email",
        "total_minor",
        "refunded_minor",
        "placed_at",
        "paid_at",
        "group",
    )
    list_filter = ("state",)
    list_select_related = ("group",)
    search_fields = ("=number", "=email", "=uid")
    fields = (
        *("number", "uid", "state", "person", "email", "language", "organisation", "group"),
        *("mobiliser_organisation", "mobiliser_person", "recipient", "phone", "region", "street", "note"),
        *("goods_minor", "shipping_minor", "total_minor", "refunded_minor"),
        *("placed_at", "traded_at", "reserved_until", "paid_at", "closed_at"),
    )
    ordering = ("-id",)
    show_full_result_count = False
    actions = (deed("取消并退款 · Cancel and refund", cancel.cancel),)


@admin.register(Payment)
class PaymentAdmin(OperatorAdmin):
    """Attempts to pay; of several that succeeded one is kept."""

    list_display = ("uid", "order", "kind", "method", "state", "amount_minor", "is_kept", "created_at")
    list_filter = ("state", "method", "is_kept")
    list_select_related = ("order",)
    search_fields = ("=order__number", "=session_id", "=intent_id", "=uid")
    fields = (
        *("uid", "order", "provider", "kind", "state", "method", "amount_minor", "received_minor", "is_kept"),
        *("session_id", "intent_id", "created_at", "ends_at", "succeeded_at", "checked_at"),
    )
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Refund)
class RefundAdmin(OperatorAdmin):
    """Money on its way back; one that failed is tried again here."""

    list_display = ("uid", "payment", "reason", "state", "amount_minor", "failure", "attempt", "requested_at")
    list_filter = ("state", "reason")
    list_select_related = ("payment",)
    search_fields = ("=payment__order__number", "=provider_id", "=uid")
    fields = (
        *("uid", "payment", "reason", "state", "amount_minor", "attempt", "provider_id", "failure", "note"),
        *("requested_by", "requested_at", "settled_at", "checked_at"),
    )
    ordering = ("-id",)
    actions = (deed("再试一次 · Try again", refund.again),)


@admin.register(Dispute)
class DisputeAdmin(OperatorAdmin):
    """What buyers' banks ask back; answered at the provider."""

    list_display = ("provider_id", "payment", "state", "amount_minor", "reason", "opened_at", "closed_at")
    list_filter = ("state",)
    list_select_related = ("payment",)
    search_fields = ("=provider_id", "=payment__order__number")
    ordering = ("-id",)


@admin.register(Notice)
class NoticeAdmin(OperatorAdmin):
    """What the provider told us, and what came of it; the raw words are not shown."""

    list_display = ("event_id", "kind", "object_id", "received_at", "handled_at", "effect", "tries")
    list_filter = ("kind",)
    search_fields = ("=event_id", "=object_id")
    fields = ("event_id", "kind", "object_id", "received_at", "handled_at", "effect", "tries")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Shipment)
class ShipmentAdmin(OperatorAdmin):
    """Parcels, to look up; their teams send them."""

    list_display = ("uid", "order", "team", "state", "carrier", "tracking_number", "ship_by", "shipped_at")
    list_filter = ("state",)
    list_select_related = ("order", "team")
    search_fields = ("=order__number", "=tracking_number")
    ordering = ("-id",)


@admin.register(GroupPurchase)
class GroupPurchaseAdmin(OperatorAdmin):
    """Groups, to look up; their coordinators lead them."""

    list_display = (
        "title",
        "organisation",
        "state",
        "units_held",
        "minimum_units",
        "maximum_units",
        "closes_at",
    )
    list_filter = ("state",)
    list_select_related = ("organisation",)
    search_fields = ("title", "=uid")
    ordering = ("-id",)


@admin.register(Review)
class ReviewAdmin(OperatorAdmin):
    """Words of buyers; what breaks the rules is taken out of sight and kept."""

    list_display = ("product", "stars", "words", "written_at", "is_hidden")
    list_filter = ("is_hidden", "stars")
    list_select_related = ("product",)
    ordering = ("-id",)
    actions = (deed("隐藏 · Hide", review.hide),)


@admin.register(ShippingRate)
class ShippingRateAdmin(OperatorAdmin):
    """What sending costs; orders that are placed keep their price."""

    list_display = (
        "storage",
        "region",
        "is_served",
        "first_grams",
        "first_minor",
        "step_grams",
        "step_minor",
    )
    list_filter = ("storage", "is_served")
    list_select_related = ("region",)
    editable = shipping.FIGURES
    ordering = ("storage", "region")

    def save_model(self, request: HttpRequest, obj: ShippingRate, form: Any, change: bool) -> None:
        """Through the action, with an entry in the audit log."""
        figures = {name: getattr(obj, name) for name in form.changed_data}
        if figures:
            shipping.change_rate(obj, signed_in(request), **figures)
