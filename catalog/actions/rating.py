"""What the reviews of a product come to, kept with its card: what lists show and go by."""

from django.db import transaction

from catalog import search
from catalog.models import Product, SearchEntry


@transaction.atomic
def keep(product_id: int, tenths: int, reviews: int) -> None:
    """The mean of its stars in whole tenths, and of how many; 0 without any."""
    figures = {"rating_tenths": tenths, "reviews_shown": reviews}
    Product.objects.filter(pk=product_id).update(**figures)
    SearchEntry.objects.filter(product_id=product_id).update(**figures)
    search.tell([product_id])
