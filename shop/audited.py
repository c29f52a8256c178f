"""Where what was done to a thing lies: for whoever reads the audit log of a place and not of the whole shop."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import Appointment, Membership, Organisation, RoleInvitation
from accounts.places import Places
from catalog.models import Certificate, Lot, Picture, Product, Team, TeamNews, Variant
from contest.models import Conflict, Judge, Registration
from impact.models import Edition, Entry, Household
from orders.models import Claim, Closure, Dispute, Order, Refund, Review, Shipment, Webhook
from orders.reads.place import of_order

# By the noun of the log: the paths to its region, organisation and team or edition. What is not here has no place.
_PATHS: dict[Any, dict[str, str]] = {
    Organisation: {"region": "region", "organisation": "pk"},
    Membership: {"region": "organisation__region", "organisation": "organisation"},
    **dict.fromkeys(
        (Appointment, RoleInvitation),
        {"region": "region", "organisation": "organisation", "subject": "subject"},
    ),
    Team: {"region": "county", "subject": "uid"},
    **dict.fromkeys((Product, TeamNews), {"region": "team__county", "subject": "team__uid"}),
    **dict.fromkeys(
        (Variant, Certificate, Picture), {"region": "product__team__county", "subject": "product__team__uid"}
    ),
    Lot: {"region": "variant__product__team__county", "subject": "variant__product__team__uid"},
    **dict.fromkeys((Shipment, Webhook), {"region": "team__county", "subject": "team__uid"}),
    **dict.fromkeys((Claim, Review), {"region": "line__team__county", "subject": "line__team__uid"}),
    Closure: {"region": "region"},
    Household: {"region": "county", "subject": "team__uid"},
    Edition: {"subject": "uid"},
    Entry: {"region": "round__region", "subject": "round__edition__uid"},
    Judge: {"subject": "edition__uid"},
    Conflict: {"region": "entry__round__region", "subject": "entry__round__edition__uid"},
    Registration: {"region": "team__county", "subject": "round__edition__uid"},
}
# What is about whole orders.
_OF_ORDERS: dict[Any, str] = {Order: "pk", Refund: "payment__order", Dispute: "payment__order"}


def at(places: Places) -> Mapping[str, QuerySet]:
    """The things that lie there, each with a `uid`, by the nouns that the log calls them by."""
    found: dict[str, QuerySet] = {
        model.__name__: model.objects.filter(places.rows(**paths)) for model, paths in _PATHS.items()
    }
    return found | {
        model.__name__: model.objects.filter(of_order(places, order)) for model, order in _OF_ORDERS.items()
    }
