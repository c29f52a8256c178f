"""The operators' room of money on its way back."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from accounts.operators import OperatorAdmin, admin_action
from accounts.reads import signed_in
from orders.actions import elsewhere, refund
from orders.admin.waiting import WaitsForAPerson
from orders.models import Refund


@admin.register(Refund)
class RefundAdmin(OperatorAdmin):
    """Money on its way back; one that failed is tried again here, or written down as given in another way."""

    called = ("退款", "refund", "refunds")
    list_display = (
        *("uid", "payment", "reason", "state", "amount_minor", "failure", "attempt", "requested_at"),
        *("returned_at", "retry_at"),
    )
    list_filter = (WaitsForAPerson, "state", "reason")
    list_select_related = ("payment",)
    editable = ("otherwise",)
    waiting = Q(state=Refund.State.FAILED, retry_at=None) & ~Q(reason=Refund.Reason.DISPUTE)
    search_fields = ("=payment__order__number", "=provider_id", "=uid")
    fields = (
        *(
            "uid",
            "payment",
            "reason",
            "state",
            "amount_minor",
            "disputed_minor",
            "given_minor",
            "attempt",
            "provider_id",
        ),
        *("failure", "note", "requested_by", "requested_at", "settled_at", "checked_at", "returned_at"),
        *("retry_at", "otherwise"),
    )
    ordering = ("-id",)
    actions = (
        admin_action("再试一次 · Try again", refund.retry, is_final=True, sum_of=lambda row: row.due_minor),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what failed can be written down as given in another way."""
        is_owed = obj is None or (obj.state == Refund.State.FAILED and obj.reason != Refund.Reason.DISPUTE)
        return is_owed and super().has_change_permission(request, obj)

    def saves_for_good(self, obj: Refund, cleaned: dict[str, Any]) -> tuple[str, int]:
        """That so much was given, and how."""
        return f"已用别的办法退给买家 · Given in another way: {cleaned['otherwise']}", obj.due_minor

    def save_model(self, request: HttpRequest, obj: Refund, form: Any, change: bool) -> None:
        """How the buyer was given it: through the action, into the ledger and the audit log."""
        if "otherwise" in form.changed_data:
            elsewhere.settle_otherwise(obj, signed_in(request), form.cleaned_data["otherwise"])
