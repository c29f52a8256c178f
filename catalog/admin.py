"""The operators' rooms of this floor: what waits for review, teams and leaders, lots, the shelves."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html

from accounts.operators import OperatorAdmin, admin_action
from accounts.permissions import may
from accounts.reads import signed_in
from accounts.shown import ShownInline
from catalog.actions import category, listing, lot
from catalog.food_label import FIGURES
from catalog.models import (
    Category,
    Certificate,
    ListingReview,
    Lot,
    Product,
    Team,
    TeamMember,
    Variant,
)
from catalog.reads import recall_refunds

STOPS_PRODUCT = (
    "停卖，已付款没发的先不发。用“恢复上架”放回去；团队其间改过的要重新审核。 · It is off sale, and what was paid is not "
    "sent. Resume puts it back; what its team changes meanwhile is approved anew."
)


class VariantInline(ShownInline):
    """Prices and what they pay for."""

    model = Variant
    called = ("规格和价格", "Sizes and prices")
    fields = (
        "name_zh",
        "net_content",
        "price_minor",
        "approved_price_minor",
        "story",
        "is_offered",
        "units_available",
    )


class CertificateInline(ShownInline):
    """Papers."""

    model = Certificate
    called = ("证书", "Certificates")
    fields = ("kind", "number", "issuer_zh", "issued_on", "expires_on")


class ReviewInline(ShownInline):
    """What was said before."""

    model = ListingReview
    called = ("审核记录", "Reviews of the listing")
    fields = ("decision", "reviewer", "comment", "at")


class ReviewForm(forms.Form):
    """A word to the team."""

    comment = forms.CharField(widget=forms.Textarea, required=False, label="留言 · Comment")


class ReturnForm(ReviewForm):
    """What the team should change."""

    comment = forms.CharField(widget=forms.Textarea, label="需要修改什么 · What should be changed")


@admin.register(Product)
class ProductAdmin(OperatorAdmin):
    """The review queue and the shelves: approve, suspend and resume in the list; return with a comment inside."""

    called = ("商品", "product", "products")
    list_display = (
        *("name_zh", "team", "kind", "state", "submitted_at", "price_from_minor", "units_available"),
        "seen_as",
    )
    list_filter = ("state", "kind", "category")
    list_select_related = ("team",)
    search_fields = ("name_zh", "name_en", "=slug", "=team__code")
    fields = (
        *("slug", "team", "state", "category", "kind", "storage", "origin", "name_zh", "name_en"),
        *("summary_zh", "summary_en", "story_zh", "story_en", "season_months", "shelf_life_days"),
        *(
            "storage_advice_zh",
            "ingredients_zh",
            "ingredients_en",
            "allergens",
            "may_contain",
            "has_no_allergens",
        ),
        *("nutrition_per", *FIGURES, "producer_zh", "producer_en"),
        *(
            "licence_number",
            "dispatch_days",
            "return_rule_zh",
            "after_sale_hours",
            "illustration",
            "submitted_at",
            "published_at",
        ),
    )
    ordering = ("submitted_at", "-id")
    inlines = (VariantInline, CertificateInline, ReviewInline)
    actions = (
        "approve",
        "return_to_team",
        admin_action(
            "暂停 · Suspend", listing.suspend, undone_by="Resume", warns=STOPS_PRODUCT, asks_why=True
        ),
        admin_action("恢复上架 · Resume", listing.resume, undone_by="Suspend"),
    )

    @admin.display(description="版本 · Version")
    def seen_as(self, row: Product) -> str:
        """Which version the list shows; it goes back with the form, so that no other is approved."""
        return format_html(
            '{}<input type="hidden" name="seen.{}" value="{}">', row.version, row.pk, row.version
        )

    @admin.action(description="通过并上架 · Approve")
    def approve(self, request: HttpRequest, chosen: Any) -> None:
        """Publish each chosen product as it stood in the list."""

        def as_seen(row: Product, by: Any) -> object:
            seen = request.POST.get(f"seen.{row.pk}", "")
            return listing.approve(row, by, version=int(seen) if seen.isdecimal() else 0)

        admin_action("通过并上架 · Approve", as_seen, undone_by="Suspend")(self, request, chosen)

    @admin.action(description="退回修改 · Return with a comment")
    def return_to_team(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        """Ask for the comment, then return each chosen product with it."""
        form = ReturnForm(request.POST if "comment" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "form": form,
                "chosen": chosen,
                "opts": self.opts,
                "action": "return_to_team",
            }
            return TemplateResponse(request, "catalog/return_to_team.html", context)
        comment = form.cleaned_data["comment"]

        def return_one(row: Product, by: Any) -> object:
            return listing.return_with_comment(row, by, comment)

        admin_action("退回修改 · Returned", return_one, undone_by="its team, submitting it again")(
            self, request, chosen
        )
        return None


class MemberInline(ShownInline):
    """Whose desk it is."""

    model = TeamMember
    called = ("管理员", "Managers")
    fields = ("person", "role", "started_at", "ended_at")


@admin.register(Team)
class TeamAdmin(OperatorAdmin):
    """Teams, to look at; they are set up, suspended and given their people in the office."""

    called = ("团队", "team", "teams")
    list_display = ("code", "name_zh", "county", "division", "is_active", "is_leader_verified")
    list_filter = ("is_active",)
    list_select_related = ("county", "division", "leader")
    search_fields = ("=code", "name_zh", "name_en")
    fields = (
        *("code", "slug", "name_zh", "name_en", "village_zh", "village_en", "story_zh", "story_en"),
        *("linking_zh", "linking_en", "county", "division", "producer_zh", "producer_en", "licence_number"),
        *(
            "licence_expires_on",
            "is_active",
            "rest_reason",
            "created_at",
        ),
    )
    ordering = ("code",)
    inlines = (MemberInline,)

    @admin.display(boolean=True, description="带头人已核验 · Leader verified")
    def is_leader_verified(self, row: Team) -> bool:
        """By the leader's row."""
        return getattr(row, "leader", None) is not None and row.leader.verified_at is not None


def recall(row: Lot, by: Any, reason: str) -> Lot:
    """Stop its sale; whoever bought is told why."""
    return lot.recall(row, by, reason)


@admin.register(Lot)
class LotAdmin(OperatorAdmin):
    """Lots to look at, with their exact figures."""

    called = ("批次", "lot", "lots")
    list_display = ("code", "variant", "state", "level", "units_declared", "units_available", "units_sold")
    list_filter = ("state", "level")
    list_select_related = ("variant",)
    search_fields = ("=code",)
    fields = (
        *("code", "variant", "state", "level", "place_zh", "harvest_from", "harvest_to", "best_before"),
        *(
            "ship_by",
            "units_declared",
            "units_available",
            "units_reserved",
            "units_sold",
            "units_restocked",
            "units_replaced",
        ),
    )
    actions = (admin_action("召回 · Recall", recall, sum_of=recall_refunds, is_final=True, asks_why=True),)


@admin.register(Category)
class CategoryAdmin(OperatorAdmin):
    """The shelves of the shop."""

    called = ("类别", "category", "categories")
    list_display = ("slug", "name_zh", "name_en", "position")
    fields = editable = ("slug", "name_zh", "name_en", "position")
    undone_by = "the words it had"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Shelves are put up here."""
        return may(request.user, "catalog.keep_categories")

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Through the action."""
        saved = category.save(signed_in(request), obj.pk, **form.cleaned_data)
        obj.pk = saved.pk
