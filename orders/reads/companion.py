"""What is often in the same cart with a product, as a buyer may see it."""

from django.db.models import Q, QuerySet

from catalog.models import Product
from catalog.reads import published_products
from orders.models import Companion

MOST = 4


def companions_of(slug: str) -> QuerySet[Product]:
    """Those on sale, the newest first: an order by how often would tell how often."""
    own = Product.objects.filter(slug=slug).values("pk")
    pairs = Companion.objects.filter(Q(product__in=own) | Q(other__in=own))
    ends = [pk for pair in pairs.values_list("product_id", "other_id") for pk in pair]
    if not ends:
        return Product.objects.none()
    return published_products().filter(pk__in=ends).exclude(slug=slug).order_by("-published_at", "-id")[:MOST]
