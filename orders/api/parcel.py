"""What a parcel tells of itself, wherever an order's part of it is shown."""

import graphene

from core.api.facts import mark


def carried(description: str, *, is_required: bool = True) -> graphene.Field:
    """A text that stands on the parcel, shown of an order's part of it."""
    return mark(graphene.String(required=is_required, description=description), needs=("parcel",))
