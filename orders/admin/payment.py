"""The operators' rooms of payments and of what the provider told."""

from django.contrib import admin

from accounts.operators import OperatorAdmin
from orders.models import Notice, Payment


@admin.register(Payment)
class PaymentAdmin(OperatorAdmin):
    """Attempts to pay; of several that succeeded one is kept."""

    called = ("付款", "payment", "payments")
    list_display = (
        "uid",
        "order",
        "provider",
        "kind",
        "method",
        "state",
        "amount_minor",
        "is_kept",
        "created_at",
    )
    list_filter = ("state", "method", "is_kept")
    list_select_related = ("order",)
    search_fields = ("=order__number", "=page_ref", "=payment_ref", "=uid")
    fields = (
        *("uid", "order", "provider", "kind", "state", "method", "amount_minor", "received_minor", "is_kept"),
        *("page_ref", "payment_ref", "failure", "created_at", "ends_at", "succeeded_at", "checked_at"),
    )
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Notice)
class NoticeAdmin(OperatorAdmin):
    """What the provider told us, and what came of it; the raw words are not shown."""

    called = ("支付方通知", "notice", "notices")
    # Ids repeat between providers.
    list_display = fields = (
        *("event_id", "provider", "kind", "object_id", "received_at", "handled_at", "effect", "tries"),
    )
    list_filter = ("kind",)
    search_fields = ("=event_id", "=object_id")
    ordering = ("-id",)
    show_full_result_count = False
