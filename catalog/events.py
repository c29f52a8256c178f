"""What can have happened on the shelves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProductChanged:
    """Something that is shown or searched of a product is different now."""

    product_id: int


@dataclass(frozen=True)
class SearchEntriesChanged:
    """What a search engine outside our database should know of these products is different now."""

    product_ids: list[int]


@dataclass(frozen=True)
class ProductSubmitted:
    product_id: int


@dataclass(frozen=True)
class ProductReviewed:
    """An operator has approved it or returned it with a comment."""

    product_id: int
    review_id: int


@dataclass(frozen=True)
class LotRecalled:
    """Units of it may have been sold: whoever bought must be told."""

    lot_id: int


@dataclass(frozen=True)
class ManagerNamed:
    """An operator has named who keeps a team's desk from now on."""

    part_id: int
