"""Shipping rates, as operators change them."""

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import must
from core.language import say
from core.refusals import Invalid
from orders.models import ShippingRate
from orders.reads import shipping

FIGURES = ("is_served", "first_grams", "first_minor", "step_grams", "step_minor")


@transaction.atomic
def change_rate(rate: ShippingRate, by: Person, **figures: int) -> ShippingRate:
    """Change what a parcel costs; other processes know of it within half a minute. Orders keep their price."""
    must(by, "orders.keep_shipping_rates")
    assert set(figures) <= set(FIGURES)
    if figures.get("step_grams", 1) < 1:
        raise Invalid(say("续重至少 1 克。", "A step is at least one gram."), field="step_grams")
    ShippingRate.objects.filter(pk=rate.pk).update(**figures)
    audit.record(by, "change", "ShippingRate", rate.pk, **figures)
    transaction.on_commit(shipping.forget)
    return rate
