"""What the shop's own select boxes offer, in the reader's words."""

from collections.abc import Callable

from accounts.models import ApiToken, Membership, Organisation
from catalog.illustrations import KINDS
from catalog.models import Certificate, ListingReview, Lot, Product
from core import language
from core.choices import Choices
from impact.models import Household
from orders.models import Shipment


def _drawings() -> list[tuple[str, str]]:
    return [(kind, names[language.current() == "en"]) for kind, names in KINDS.items()]


def _languages() -> list[tuple[str, str]]:
    """Each in its own words, whatever the reader speaks."""
    return [("ZH", "中文"), ("EN", "English")]


CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
    "organisation_kind": Organisation.Kind.offered,
    "role": Membership.Role.offered,
    "language": _languages,
    "product_kind": Product.Kind.offered,
    "storage": Product.Storage.offered,
    "lot_level": Lot.Level.offered,
    "certificate_kind": Certificate.Kind.offered,
    "illustration": _drawings,
    "token_scope": ApiToken.Scope.offered,
    "shipment_state": Shipment.State.offered,
}

# The same by one value, which a page names as the API does: `{{ h.state|called:"household_state" }}`.
CALLED: dict[str, type[Choices]] = {
    "organisation_state": Organisation.State,
    "role": Membership.Role,
    "token_scope": ApiToken.Scope,
    "listing_decision": ListingReview.Decision,
    "household_state": Household.State,
}
