"""The operators' rooms of this floor: orders and money to look at, a few deeds, the shipping rates."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.operators import OperatorAdmin, deed
from accounts.reads import signed_in
from core import numbers
from core.api.ids import global_id
from core.money import show
from orders import holding
from orders.actions import cancel, claim, dispute, elsewhere, refund, refund_left, review, shipping
from orders.links import claim_photo
from orders.models import (
    Claim,
    Dispute,
    Notice,
    Order,
    Payment,
    Refund,
    Review,
    Shipment,
    ShippingRate,
)
from orders.reads.claim import left_open
from orders.reads.order import would_give_back
from orders.reads.refund import sending_of


class WaitsForAPerson(admin.SimpleListFilter):
    """What no machine goes on with: the room's own `waiting` says which rows these are."""

    title = "等人处理 · Waits for a person"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Yes, or all."""
        return [("1", "是 · Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those that wait."""
        return queryset.filter(self.room.waiting) if self.value() == "1" else queryset

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any):
        self.room = model_admin
        super().__init__(request, params, model, model_admin)


class DisputeDecision(forms.ModelForm):
    """What an unclear dispute came to, and why it is taken so."""

    why = forms.CharField(max_length=200, label="依据 · Why")

    class Meta:
        model = Dispute
        fields = ("lost_minor",)


class LeftByItsTeam(admin.SimpleListFilter):
    """Claims that their team has left without an answer for longer than it has time."""

    title = "团队三天没答复 · Left by its team for three days"
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Yes, or all."""
        return [("1", "是 · Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those that an operator may answer."""
        return queryset.filter(left_open()) if self.value() == "1" else queryset


class ClaimAnswerForm(forms.ModelForm):
    """What is given back, in yuan, and the words to the buyer."""

    amount = forms.CharField(max_length=20, required=False, label="退给买家（元） · Give back (yuan)")
    answer = forms.CharField(
        max_length=500, required=False, widget=forms.Textarea, label="答复 · Answer to the buyer"
    )

    class Meta:
        model = Claim
        fields = ("answer",)

    def clean_amount(self) -> int:
        """In fen, by the one reader of numbers."""
        text = self.cleaned_data["amount"].strip()
        try:
            minor = numbers.scaled(text or "0", 2, numbers.MONEY)
        except numbers.NotANumber:
            minor = -1
        if not 0 <= minor <= self.instance.refundable_minor:
            left = show(self.instance.refundable_minor)
            raise forms.ValidationError(f"最多 {left} · At most {left}, like 12.50")
        return minor


@admin.register(Claim)
class ClaimAdmin(OperatorAdmin):
    """What buyers say is wrong. Their teams answer; what one leaves for three days is answered here in its place."""

    called = ("售后", "claim", "claims")
    list_display = ("uid", "line", "state", "made_at", "answered_at")
    list_filter = (LeftByItsTeam, "state")
    list_select_related = ("line",)
    search_fields = ("=uid", "=line__order__number")
    fields = (
        *("uid", "line", "words", "photo_shown", "state", "made_at", "answered_by", "answered_at", "refund"),
        *("answer", "amount"),
    )
    readonly_fields = ("photo_shown",)
    ordering = ("-id",)
    form = ClaimAnswerForm
    editable = ("answer", "amount")

    @admin.display(description="照片 · Photo")
    def photo_shown(self, row: Claim) -> str:
        """Where it is looked at."""
        if not row.photo:
            return "—"
        return format_html('<a href="{}">照片 · Photo</a>', claim_photo("zh", global_id("Claim", row.uid)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what is still open is answered."""
        is_open = obj is None or obj.state == Claim.State.OPEN
        return is_open and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """How much is asked only where it is given."""
        fields = super().get_fields(request, obj)
        may = obj is not None and self.has_change_permission(request, obj)
        return fields if may else [name for name in fields if name != "amount"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but what is asked."""
        return [name for name in super().get_readonly_fields(request, obj) if name != "amount"]

    def saves_for_good(self, obj: Claim, told: dict[str, Any]) -> tuple[str, int]:
        """What goes back to the buyer, with the sending of what never came."""
        minor = told["amount"]
        return f"代团队答复 · Answer in its team’s place: {told['answer']}", minor + sending_of(
            obj.line, minor
        )

    def save_model(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        """The team's own deed, in its place."""
        told = form.cleaned_data
        claim.answer(obj, signed_in(request), words=told["answer"], amount_minor=told["amount"])


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
        *("number", "uid", "state", "person", "email", "language", "organisation", "held_for"),
        *("mobiliser_organisation", "mobiliser_person", "recipient", "phone", "region", "street", "note"),
        *("goods_minor", "shipping_minor", "total_minor", "refunded_minor"),
        *("placed_at", "traded_at", "reserved_until", "paid_at", "closed_at"),
    )
    ordering = ("-id",)
    show_full_result_count = False
    actions = (
        deed(
            "取消并退款 · Cancel and refund",
            cancel.cancel,
            sum_of=would_give_back,
            is_final=True,
            asks_why=True,
        ),
        deed(
            "退还余款 · Refund all that is left",
            refund_left.give_what_is_left,
            sum_of=would_give_back,
            is_final=True,
            asks_why=True,
        ),
    )

    @admin.display(description="为 · Held for", empty_value="-")
    def held_for(self, obj: Order) -> str:
        """By what name that is known that the order was held for."""
        return holding.row_of(obj).title if obj.holder else ""


@admin.register(Payment)
class PaymentAdmin(OperatorAdmin):
    """Attempts to pay; of several that succeeded one is kept."""

    called = ("付款", "payment", "payments")
    list_display = ("uid", "order", "kind", "method", "state", "amount_minor", "is_kept", "created_at")
    list_filter = ("state", "method", "is_kept")
    list_select_related = ("order",)
    search_fields = ("=order__number", "=session_id", "=intent_id", "=uid")
    fields = (
        *("uid", "order", "provider", "kind", "state", "method", "amount_minor", "received_minor", "is_kept"),
        *("session_id", "intent_id", "failure", "created_at", "ends_at", "succeeded_at", "checked_at"),
    )
    ordering = ("-id",)
    show_full_result_count = False


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
    actions = (deed("再试一次 · Try again", refund.again, is_final=True, sum_of=lambda row: row.due_minor),)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what failed can be written down as given in another way."""
        is_owed = obj is None or (obj.state == Refund.State.FAILED and obj.reason != Refund.Reason.DISPUTE)
        return is_owed and super().has_change_permission(request, obj)

    def saves_for_good(self, obj: Refund, told: dict[str, Any]) -> tuple[str, int]:
        """That so much was given, and how."""
        return f"已用别的办法退给买家 · Given in another way: {told['otherwise']}", obj.due_minor

    def save_model(self, request: HttpRequest, obj: Refund, form: Any, change: bool) -> None:
        """How the buyer was given it: through the action, into the ledger and the audit log."""
        if "otherwise" in form.changed_data:
            elsewhere.give_otherwise(obj, signed_in(request), form.cleaned_data["otherwise"])


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

    def saves_for_good(self, obj: Dispute, told: dict[str, Any]) -> tuple[str, int]:
        """What the bank has taken for good, in yuan where fen were typed."""
        return f"银行最后拿走的 · Taken by the bank for good: {told['why']}", told["lost_minor"] or 0

    def save_model(self, request: HttpRequest, obj: Dispute, form: Any, change: bool) -> None:
        """What it came to, in fen: through the action, into the ledger and the audit log."""
        told = form.cleaned_data
        dispute.decide(obj, signed_in(request), told["lost_minor"], told["why"])


@admin.register(Notice)
class NoticeAdmin(OperatorAdmin):
    """What the provider told us, and what came of it; the raw words are not shown."""

    called = ("支付方通知", "notice", "notices")
    list_display = ("event_id", "kind", "object_id", "received_at", "handled_at", "effect", "tries")
    list_filter = ("kind",)
    search_fields = ("=event_id", "=object_id")
    fields = ("event_id", "kind", "object_id", "received_at", "handled_at", "effect", "tries")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Shipment)
class ShipmentAdmin(OperatorAdmin):
    """Parcels, to look up; their teams send them."""

    called = ("包裹", "parcel", "parcels")
    list_display = ("uid", "order", "team", "state", "carrier", "tracking_number", "ship_by", "shipped_at")
    list_filter = ("state",)
    list_select_related = ("order", "team")
    search_fields = ("=order__number", "=tracking_number")
    ordering = ("-id",)


@admin.register(Review)
class ReviewAdmin(OperatorAdmin):
    """Words of buyers; what breaks the rules is taken out of sight and kept."""

    called = ("评价", "review", "reviews")
    list_display = ("product", "stars", "words", "written_at", "is_hidden")
    list_filter = ("is_hidden", "stars")
    list_select_related = ("product",)
    ordering = ("-id",)
    actions = (deed("隐藏 · Hide", review.hide, is_final=True),)


@admin.register(ShippingRate)
class ShippingRateAdmin(OperatorAdmin):
    """What sending costs; orders that are placed keep their price."""

    called = ("运费", "shipping rate", "shipping rates")
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
    undone_by = "the figures it had"
    ordering = ("storage", "region")

    def save_model(self, request: HttpRequest, obj: ShippingRate, form: Any, change: bool) -> None:
        """Through the action, with an entry in the audit log."""
        figures = {name: getattr(obj, name) for name in form.changed_data}
        if figures:
            shipping.change_rate(obj, signed_in(request), **figures)
