"""The operators' room of claims: what a team leaves unanswered is answered here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from accounts.operators import OperatorAdmin
from accounts.reads import signed_in
from core import numbers
from core.api.ids import global_id
from core.money import show
from orders.actions import claim
from orders.links import claim_photo
from orders.models import Claim, ClaimReply
from orders.reads.claim import office_decides, replies
from orders.reads.refund import sending_of


class LeftByItsTeam(admin.SimpleListFilter):
    """Claims that their team has left for longer than it has time, or that their buyer has brought before the shop."""

    title = "要裁定的 · To be decided"
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Yes, or all."""
        return [("1", "是 · Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those that an operator decides."""
        return queryset.filter(office_decides()) if self.value() == "1" else queryset


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
    """What buyers say is wrong. Their teams answer; what one leaves for three days, or its buyer brings before the shop, is decided here."""

    called = ("售后", "claim", "claims")
    list_display = ("uid", "line", "state", "made_at", "answered_at")
    list_filter = (LeftByItsTeam, "state")
    list_select_related = ("line",)
    search_fields = ("=uid", "=line__order__number")
    fields = (
        *(
            "uid",
            "line",
            "words",
            "photo_shown",
            "said",
            "state",
            "made_at",
            "answered_by",
            "answered_at",
            "refund",
        ),
        *("answer", "amount"),
    )
    readonly_fields = ("photo_shown", "said")
    ordering = ("-id",)
    form = ClaimAnswerForm
    editable = ("answer", "amount")

    @admin.display(description="照片 · Photo")
    def photo_shown(self, row: Claim) -> str:
        """Where it is looked at."""
        claim, more = global_id("Claim", row.uid), [photo.uid.hex for photo in row.photos.all()]
        urls = [claim_photo("zh", claim, name) for name in (*[""] * bool(row.photo), *more)]
        links = ((url, n) for n, url in enumerate(urls, start=1))
        return format_html_join(" · ", '<a href="{}">照片 · Photo {}</a>', links) or "—"

    @admin.display(description="往来 · Said since")
    def said(self, row: Claim) -> str:
        """Answers and what its buyer said to them, the first first."""
        said = ((ClaimReply.Kind(one.kind).words, one.words) for one in replies(row))
        return format_html_join("", "<p><b>{}</b> {}</p>", said) or "—"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what waits for an answer is answered."""
        is_open = obj is None or obj.state in (*Claim.TEAM_TO_ANSWER, Claim.State.OFFICE)
        return is_open and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """How much is asked only where it is given."""
        fields = super().get_fields(request, obj)
        may = obj is not None and self.has_change_permission(request, obj)
        return fields if may else [name for name in fields if name != "amount"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but what is asked."""
        return [name for name in super().get_readonly_fields(request, obj) if name != "amount"]

    def saves_for_good(self, obj: Claim, cleaned: dict[str, Any]) -> tuple[str, int]:
        """What goes back to the buyer, with the sending of what never came."""
        minor = cleaned["amount"]
        return f"代团队答复 · Answer in its team’s place: {cleaned['answer']}", minor + sending_of(
            obj.line, minor
        )

    def save_model(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        """The team's own deed, in its place."""
        cleaned = form.cleaned_data
        claim.answer(obj, signed_in(request), words=cleaned["answer"], amount_minor=cleaned["amount"])
