"""What a parcel tells of itself, wherever an order's part of it is shown."""

from typing import Any

import graphene

from core.api.facts import mark


def carried(column: str, description: str) -> graphene.Field:
    """A text that stands on the parcel, shown of an order's part of it."""

    def stands_there(root: Any, info: Any) -> str:
        return getattr(root.parcel, column)

    text = graphene.String(required=True, description=description, resolver=stands_there)
    return mark(text, needs=("parcel",))
