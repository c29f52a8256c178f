"""Addresses as they are written on a parcel, and as they are told."""

from collections.abc import Iterable

from accounts.models import Region
from accounts.reads import region_in_full
from core import language
from orders.models import Order, Parcel


def on_a_parcel(region: Region, street: str) -> str:
    """As a courier in China reads it: from the large to the small, in Chinese."""
    return "".join(each.name_zh for each in region_in_full(region)) + " " + street


def localized(region: Region, street: str) -> str:
    """In the reader's language: from the large to the small in Chinese, the other way round in English."""
    names = [language.localized(each, "name") for each in region_in_full(region)]
    if language.current() == "zh":
        return "".join(names) + street
    return ", ".join([street, *reversed(names)])


# What of an order has to be at hand for its addresses to be told.
PLACES = "shipments__parcel__region__parent__parent"


def parcels_of(order: Order) -> list[Parcel]:
    """The order's parcels, the first first; it has at least one."""
    rows: Iterable = order.shipments.select_related("parcel__region__parent__parent")
    if "shipments" in getattr(order, "_prefetched_objects_cache", {}):
        rows = order.shipments.all()
    return [shipment.parcel for shipment in rows]
