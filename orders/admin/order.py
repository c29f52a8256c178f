"""The operators' room of orders."""

from django.contrib import admin

from accounts.operators import OperatorAdmin, admin_action
from orders import holding
from orders.actions import cancel, refund_left
from orders.models import Order
from orders.reads.order import refundable_minor


@admin.register(Order)
class OrderAdmin(OperatorAdmin):
    """Orders: found by number or address, called off before anything is sent, given back afterwards."""

    called = ("订单", "order", "orders")
    list_display = (
        "number",
        "state",
        "email",
        "total_minor",
        "refunded_minor",
        "placed_at",
        "paid_at",
        "held_for",
    )
    list_filter = ("state",)
    list_select_related = tuple(holding.rows())
    search_fields = ("=number", "=email", "=uid")
    fields = (
        *("number", "uid", "state", "person", "email", "mobile", "language", "organisation", "held_for"),
        *("mobiliser_organisation", "mobiliser_person", "note"),
        *("goods_minor", "shipping_minor", "total_minor", "refunded_minor"),
        *("placed_at", "traded_at", "reserved_until", "paid_at", "closed_at"),
    )
    ordering = ("-id",)
    show_full_result_count = False
    actions = (
        admin_action(
            "取消并退款 · Cancel and refund",
            cancel.cancel,
            sum_of=refundable_minor,
            is_final=True,
            asks_why=True,
        ),
        admin_action(
            "退还余款 · Refund all that is left",
            refund_left.request_remaining,
            sum_of=refundable_minor,
            is_final=True,
            asks_why=True,
        ),
    )

    @admin.display(description="为 · Held for", empty_value="-")
    def held_for(self, obj: Order) -> str:
        """By what name that is known that the order was held for."""
        return holding.row_of(obj).title if obj.holder else ""
