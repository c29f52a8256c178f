"""What is sold under a geographical indication or a brand, and what comes from a place: each has a page (decision 0085).

Only what an operator has seen and what is in force today counts: with its last paper a mark's page is gone.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Region
from catalog.models import Certificate, Product, Team
from catalog.naming import distinct_slug
from catalog.reads.products import published_products
from core import clock

# Papers that name something of which others may partake.
NAMED = (Certificate.Kind.GI, Certificate.Kind.BRAND)
# A county has fewer villages with a team of ours; beyond that a page lists no more.
MOST_VILLAGES = 60


def marks() -> QuerySet[Certificate]:
    """Papers by which a mark has a page today, of products on the shelf."""
    today = clock.today()
    return Certificate.objects.filter(
        kind__in=NAMED,
        is_waiting=False,
        issued_on__lte=today,
        expires_on__gte=today,
        product__state=Product.State.PUBLISHED,
    ).exclude(mark_slug="")


def mark(kind: str, slug: str) -> QuerySet[Certificate]:
    """Papers of one mark, the first that came to us in front: it is the one by whose words the mark is called."""
    return marks().filter(kind=kind, mark_slug=slug).order_by("pk")


def products_under(kind: str, slug: str) -> QuerySet[Product]:
    """What is on the shelf under a mark."""
    return published_products().filter(Exists(mark(kind, slug).order_by().filter(product=OuterRef("pk"))))


def mark_pages() -> QuerySet[Certificate, tuple[str, str]]:
    """(kind, slug) of each mark that has a page, in a steady order."""
    return marks().order_by("kind", "mark_slug").values_list("kind", "mark_slug").distinct()


@dataclass(frozen=True)
class Village:
    """One that a team of ours has named; its slug is made of its Chinese name."""

    slug: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Place:
    """A county, or another region that is told as an origin, with what grows there; or one village of it."""

    region: Region
    village: Village | None
    villages: tuple[Village, ...]


def village_slug(team: Team) -> str:
    """By what the village of a team stands in addresses; nothing where it named none."""
    return distinct_slug(team.village_zh) if team.village_zh else ""


def place(code: str, village: str = "") -> Place | None:
    """The place, if something that is on the shelf grows there."""
    region = Region.objects.filter(pk=code, pk__in=published_products().values("origin")).first()
    if region is None:
        return None
    there = _villages(code)
    at = there.get(village) if village else None
    return None if village and at is None else Place(region, at, tuple(there.values())[:MOST_VILLAGES])


def products_of(place: Place) -> QuerySet[Product]:
    """What grows there; of a village what its own teams offer."""
    found = published_products().filter(origin=place.region)
    if place.village is None:
        return found
    names = [name for name in _names(place.region.pk) if distinct_slug(name) == place.village.slug]
    return found.filter(team__county=place.region, team__village_zh__in=names)


def place_pages() -> list[tuple[str, str]]:
    """(code, village's slug or nothing) of each place that has a page."""
    codes = published_products().order_by("origin").values_list("origin", flat=True).distinct()
    rows = _teams_there().order_by("county", "village_zh").values_list("county", "village_zh").distinct()
    villages = dict.fromkeys((code, slug) for code, name in rows if (slug := distinct_slug(name)))
    return [*((code, "") for code in codes), *villages]


def _teams_there() -> QuerySet[Team]:
    """Teams of which something on the shelf grows in their own county."""
    own = published_products().filter(team=OuterRef("pk"), origin=OuterRef("county"))
    return Team.objects.filter(Exists(own)).exclude(village_zh="")


def _villages(code: str) -> dict[str, Village]:
    rows = _teams_there().filter(county=code).order_by("village_zh", "village_en")
    found: dict[str, Village] = {}
    for zh, en in rows.values_list("village_zh", "village_en").distinct():
        if slug := distinct_slug(zh):
            found.setdefault(slug, Village(slug, zh, en))
    return found


def _names(code: str) -> list[str]:
    return list(_teams_there().filter(county=code).values_list("village_zh", flat=True).distinct())
