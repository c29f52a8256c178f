"""The operators' rooms of this floor: groups, to look up."""

from django.contrib import admin

from accounts.operators import OperatorAdmin
from together.models import GroupPurchase


@admin.register(GroupPurchase)
class GroupPurchaseAdmin(OperatorAdmin):
    """Groups, to look up; their coordinators lead them."""

    called = ("团购", "group purchase", "group purchases")
    list_display = (
        "title",
        "organisation",
        "state",
        "units_held",
        "units_returned",
        "minimum_units",
        "maximum_units",
        "closes_at",
    )
    list_filter = ("state",)
    list_select_related = ("organisation",)
    # Without the code of its link: whoever has that may join.
    fields = (
        *("uid", "title", "organisation", "coordinator", "variant", "price_minor", "state"),
        *("units_held", "units_reserved", "units_returned", "minimum_units", "maximum_units"),
        *("recipient", "phone", "region", "street", "opened_at", "closes_at", "closed_at"),
    )
    search_fields = ("title", "=uid")
    ordering = ("-id",)
