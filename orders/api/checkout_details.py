"""What a buyer tells at checkout, of her cart or past it."""

from collections.abc import Callable
from typing import Any

import graphene

from core.api.ids import uid_of
from core.middleware import address_of
from orders.actions import coupon as coupons
from orders.api.invoice import InvoiceInput


class CheckoutDetails:
    """What a buyer tells at checkout; what is left out stays as it is, an empty text empties it."""

    email = graphene.String(description="Where letters go; empty where the buyer's number can be texted.")
    recipient = graphene.String(description="Who takes the parcels.")
    phone = graphene.String(description="A mobile or landline number in China.")
    region_code = graphene.String(description="The county's or district's code, by GB/T 2260.")
    street = graphene.String(description="Street, house, flat.")
    note = graphene.String(description="A word for the teams.")
    mobiliser_code = graphene.String(description="By whose call it is bought.")
    is_adult = graphene.Boolean(description="The buyer is 18 or older; asked for alcohol alone.")
    organisation_id = graphene.ID(description="On whose behalf; one that the buyer belongs to.")
    invoice = graphene.Field(
        InvoiceInput, description="To whom invoices are to be; null, or without a title: none is wanted."
    )


CHECKOUT_DETAILS = {name: field for name, field in vars(CheckoutDetails).items() if not name.startswith("__")}


def clean_details(given: dict[str, Any]) -> dict[str, Any]:
    """Those of an input's fields, as the actions take them: null as an empty text, the organisation by its uid."""
    fields = {
        name: value for name, value in given.items() if name in CHECKOUT_DETAILS and name != "organisation_id"
    }
    fields = {name: "" if value is None else value for name, value in fields.items() if name != "invoice"}
    if "organisation_id" in given:
        id = given["organisation_id"]
        fields["organisation_uid"] = uid_of(id, "Organisation", field="organisation_id") if id else None
    if "invoice" in given:
        fields["invoice"] = given["invoice"]
    return fields


def typed_by(request: Any, given: dict[str, Any]) -> Callable[[], bool]:
    """Whether so many mailboxes and numbers were typed today where the asker is that of hers no use of a coupon is told:
    asked where it matters."""
    typed = [given.get(name) or "" for name in ("email", "phone")]
    return lambda: coupons.is_too_many(request.user, address_of(request), *typed)
