"""The operators' rooms of parcels and of what sending costs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.operators import OperatorAdmin
from accounts.reads import signed_in
from orders.actions import shipping
from orders.models import Shipment, ShippingRate


@admin.register(Shipment)
class ShipmentAdmin(OperatorAdmin):
    """Parcels, to look up; their teams send them."""

    called = ("包裹", "parcel", "parcels")
    list_display = ("uid", "order", "team", "state", "parcel", "ship_by", "shipped_at")
    list_filter = ("state",)
    list_select_related = ("order", "team", "parcel")
    search_fields = ("=order__number", "=parcel__tracking_number")
    ordering = ("-id",)


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
