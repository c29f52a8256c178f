"""Products that were on the shelf once: what may still be said of them, and where they are now."""

from django.db.models import Case, IntegerField, Q, QuerySet, When

from catalog.models import FormerSlug, ListingReview, Product, Team
from catalog.reads.products import published_products

MOST_ALIKE = 4


def product_that_was(slug: str) -> Product | None:
    """The product that was published under this address at some time; None for one that never was, as for none at all."""
    was = Product.objects.filter(published_at__isnull=False).select_related("team")
    found: Product | None = was.filter(slug=slug).first()
    if found is None and (former := FormerSlug.objects.filter(slug=slug).values_list("product_id").first()):
        found = was.filter(pk=former[0]).first()
    return found


def approved_names(product: Product) -> tuple[str, str] | None:
    """Its name in both languages, as it was last approved: what its team has written since waits, and is nobody's to
    read. None where no approval has kept it."""
    approved = product.listing_reviews.filter(decision=ListingReview.Decision.APPROVED, seen__isnull=False)
    columns = (approved.values_list("seen", flat=True).first() or {}).get("columns")
    return (columns["name_zh"], columns["name_en"]) if columns else None


def public_names(product: Product) -> tuple[str, str] | None:
    """The same; of what is published, its names of today."""
    return (product.name_zh, product.name_en) if product.is_published else approved_names(product)


def team_of(product: Product) -> Team | None:
    """Whose it was, while that team offers something here."""
    return product.team if product.team.is_active else None


def alike(product: Product) -> QuerySet[Product]:
    """What can be bought in its place: of its shelf, its own team's first, then the newest."""
    own = Case(When(team=product.team_id, then=0), default=1, output_field=IntegerField())
    there = published_products().filter(Q(category=product.category_id), units_available__gt=0)
    return there.exclude(pk=product.pk).order_by(own, "-published_at", "-id")[:MOST_ALIKE]
