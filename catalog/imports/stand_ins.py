"""What stands in for a row that has a fault, so that the rows which point at it are looked at as well.

An import with a fault is rolled back: nothing of these stays.
"""

import uuid

from accounts.models import Region
from catalog.models import Category, Product, Team, Variant


def category(slug: str) -> Category:
    return Category.objects.create(slug=slug, name_zh=slug, name_en=slug)


def team(code: str) -> Team:
    county = Region.objects.filter(level=Region.Level.COUNTY)[0]
    return Team.objects.create(
        code=code, slug=uuid.uuid4().hex, name_zh=code, name_en=code, county=county, division=county
    )


def product(slug: str) -> Product:
    its, shelf = Team.objects.first() or team(slug[:12]), Category.objects.first() or category(slug[:40])
    of_kind = {"kind": Product.Kind.DRY, "storage": Product.Storage.DRY}
    return Product.objects.create(
        slug=slug, team=its, category=shelf, name_zh=slug, origin=its.county, **of_kind
    )


def variant(slug: str, name: str) -> Variant:
    its = Product.objects.filter(slug=slug).first() or product(slug)
    return Variant.objects.create(product=its, name_zh=name, weight_grams=1, price_minor=1)
