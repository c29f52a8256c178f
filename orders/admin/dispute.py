"""The operators' room of what buyers' banks ask back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from accounts.operators import OperatorAdmin
from accounts.reads import signed_in
from orders.actions import dispute
from orders.admin.waiting import WaitsForAPerson
from orders.models import Dispute


class DisputeDecision(forms.ModelForm):
    """What an unclear dispute came to, and why it is taken so."""

    why = forms.CharField(max_length=200, label="依据 · Why")

    class Meta:
        model = Dispute
        fields = ("lost_minor",)


@admin.register(Dispute)
class DisputeAdmin(OperatorAdmin):
    """What buyers' banks ask back: answered at the provider until `due_at`; what is unclear is decided here."""

    called = ("付款争议", "dispute", "disputes")
    list_display = (
        *("provider_id", "payment", "state", "status", "amount_minor", "currency", "lost_minor", "reason"),
        *("due_at", "opened_at", "closed_at"),
    )
    list_filter = (WaitsForAPerson, "state")
    list_select_related = ("payment",)
    search_fields = ("=provider_id", "=payment__order__number")
    fields = (
        *("uid", "provider_id", "payment", "state", "status", "amount_minor", "currency", "reason"),
        *("is_refundable", "due_at", "opened_at", "closed_at", "asked_at", "lost_minor", "why"),
    )
    ordering = ("-id",)
    form = DisputeDecision
    editable = ("lost_minor", "why")
    waiting = Q(state__in=(Dispute.State.OPEN, Dispute.State.UNCLEAR, Dispute.State.APPEALED))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only an outcome that has no rule is decided by a person."""
        is_unclear = obj is None or obj.state == Dispute.State.UNCLEAR
        return is_unclear and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Why it is decided so is asked only where it is."""
        fields = super().get_fields(request, obj)
        may = obj is not None and self.has_change_permission(request, obj)
        return fields if may else [name for name in fields if name != "why"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but what is asked."""
        return [name for name in super().get_readonly_fields(request, obj) if name != "why"]

    def saves_for_good(self, obj: Dispute, cleaned: dict[str, Any]) -> tuple[str, int]:
        """What the bank has taken for good, in yuan where fen were typed."""
        return f"银行最后拿走的 · Taken by the bank for good: {cleaned['why']}", cleaned["lost_minor"] or 0

    def save_model(self, request: HttpRequest, obj: Dispute, form: Any, change: bool) -> None:
        """What it came to, in fen: through the action, into the ledger and the audit log."""
        cleaned = form.cleaned_data
        dispute.decide(obj, signed_in(request), cleaned["lost_minor"], cleaned["why"])
