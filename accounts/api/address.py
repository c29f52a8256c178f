"""The addresses that a person keeps for her orders, read and changed by herself alone."""

from typing import Any

import graphene

from accounts.actions import address as addresses
from accounts.api.access import OWN, SIGNED_IN
from accounts.models import Address
from core.api.act import Act
from core.api.ids import uid_of
from core.api.types import ModelType


class AddressType(ModelType):
    """Where a person has things sent."""

    class Meta:
        model = Address
        fields = ("recipient", "phone", "region", "street", "is_default")
        access = OWN
        about = {
            "recipient": "Who takes the parcel.",
            "phone": "Whom the courier calls.",
            "region": "The county or district, with all above it.",
            "street": "Street, house, flat.",
            "is_default": "Whether it is the usual one.",
        }


class AddressSave(Act):
    """Save an address, new or changed."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(description="The address to change; without it a new one is saved.")
        recipient = graphene.String(required=True, description="Who takes the parcel.")
        phone = graphene.String(required=True, description="A mobile or landline number in China.")
        region = graphene.String(required=True, description="The code of the county or district.")
        street = graphene.String(required=True, description="Street, house, flat.")
        is_default = graphene.Boolean(description="Make it the usual one.")

    address = graphene.Field(AddressType, description="The address as saved.")

    @classmethod
    def act(cls, request: Any, id: str | None = None, is_default: bool = False, **fields: str) -> Any:
        """The address as kept. INVALID names the field, or says that 20 are kept already; NOT_FOUND for one that is
        not hers."""
        uid = uid_of(id, "Address") if id else None
        return cls(address=addresses.save(request.user, uid=uid, is_default=bool(is_default), **fields))


class AddressDelete(Act):
    """Forget an address; orders keep their own copy."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The address.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """Nothing; the newest of the others becomes the usual one. NOT_FOUND for one that is not hers."""
        addresses.delete(request.user, uid_of(id, "Address"))


class Mutation:
    address_save = AddressSave.Field()
    address_delete = AddressDelete.Field()
