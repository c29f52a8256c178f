"""Products as buyers see them: published ones alone, by whatever door."""

import re
from collections.abc import Sequence
from typing import Any

import graphene
from django.db.models import QuerySet

from catalog import reads
from catalog.actions.picture import MOST_PICTURES
from catalog.actions.variant import MOST_OFFERED
from catalog.api.access import HELD, PUBLIC
from catalog.api.certificate import CertificateType
from catalog.api.food_label import FoodLabel
from catalog.api.picture import PictureType
from catalog.api.variant import VariantType
from catalog.models import Category, Product
from catalog.reads.listing import narrowed, with_season
from catalog.reads.market import per_thousand
from catalog.reads.teams import address_of_today
from catalog.search import Where
from core import clock
from core.api.connections import connection_field
from core.api.facts import cache_tags, guarded, mark
from core.api.facts import reads as reads_columns
from core.api.lookahead import prefetched, read
from core.api.nodes import Door
from core.api.scopes import demand
from core.api.types import Localized, ModelType, Money, MoneyField, list_of, money, to_many
from core.language import say
from core.refusals import Invalid, NotFound
from core.related import related

MOST_MINOR = 2**31 - 1
_DIGITS = re.compile("[0-9]+")
ORDERS: dict[str, Sequence[str]] = {
    "NEWEST": ("-published_at", "-id"),
    "PRICE_ASC": ("price_from_minor", "id"),
    "PRICE_DESC": ("-price_from_minor", "-id"),
    "SALES": ("-sold_step", "-published_at", "-id"),
    "RATING": ("-rating_tenths", "-reviews_shown", "-published_at", "-id"),
    "SEASON": ("-season_now", "-stock_now", "-published_at", "-id"),
}


class CategoryType(ModelType):
    """A shelf of the shop."""

    class Meta:
        model = Category
        fields = ("slug",)
        access = HELD
        about = {"slug": "Its name in addresses and filters."}

    name = Localized("name", description="Its name in the reader's language.")


def _per_thousand(product: Product, unit: str) -> dict[str, Any] | None:
    minor = per_thousand(product.price_from_minor, product.net_content_from, unit)
    return money(minor) if minor else None


class ProductType(FoodLabel, ModelType):
    """What a team offers: its texts, its photos, and its variants, which have prices and are bought."""

    class Meta:
        door = Door("product", lambda request, uids: reads.published_products().filter(uid__in=uids))
        model = Product
        fields = (
            *("slug", "name_zh", "name_en", "kind", "storage", "team", "category", "origin", "illustration"),
            *("season_months", "shelf_life_days", "licence_number", "dispatch_days", "after_sale_hours"),
            "household_bps",
        )
        access = HELD
        about = {
            "slug": "Its name in addresses.",
            "name_zh": "Its name in Chinese.",
            "name_en": "Its name in English; may be empty.",
            "kind": "What sort of goods it is.",
            "storage": "How it must be kept and sent.",
            "team": "Who offers it.",
            "category": "The shelf it stands on.",
            "origin": "Where it grows.",
            "illustration": "The drawing that shows it: static/produce/<this>.svg.",
            "season_months": "The months, 1 to 12, in which it is in season; all twelve: all year.",
            "shelf_life_days": "Days it keeps.",
            "licence_number": "Of its producer.",
            "dispatch_days": "Sent within so many days of payment.",
            "after_sale_hours": "Hours after delivery in which something wrong can be reported.",
            "household_bps": "The households' part of priceFrom, in basis points.",
        }

    name = Localized("name", description="Its name in the reader's language.")
    summary = Localized("summary", description="One sentence; may be empty.")
    story = Localized("story", description="What its team tells of it; may be empty.")
    storage_advice = Localized("storage_advice", description="How to keep it at home.")
    ingredients = Localized("ingredients", description="As on the label; may be empty.")
    producer = Localized("producer", description="The body that answers for it.")
    return_rule = Localized("return_rule", description="When it can be returned.")
    price_from = MoneyField(
        "price_from_minor", required=False, description="The price of its cheapest variant."
    )
    net_content_from = mark(
        graphene.String(
            required=True, description="Of that variant, as on its label; empty where it has none."
        ),
        columns=("net_content_from",),
    )
    size_count = mark(
        graphene.Int(required=True, description="In how many sizes it is offered."), columns=("size_count",)
    )
    price_per_kilogram = graphene.Field(
        Money, description="Of priceFrom; null where its net content is no weight."
    )
    price_per_litre = graphene.Field(
        Money, description="Of priceFrom; null where its net content is no volume."
    )
    needs_adult = mark(
        graphene.Boolean(required=True, description="Whether only adults may buy it."), columns=("kind",)
    )
    is_returnable = mark(
        graphene.Boolean(
            required=True,
            description="Whether it can be sent back, unopened, within seven days without a reason: goods that keep at "
            "room temperature.",
        ),
        columns=("kind", "storage"),
    )
    after_sale_days = mark(
        graphene.Int(
            required=True,
            description="Whole days after delivery in which something may be said; at least seven of what isReturnable.",
        ),
        columns=("kind", "storage", "after_sale_hours"),
    )
    is_in_season = graphene.Boolean(required=True, description="Whether this is one of its months.")
    is_presale = graphene.Boolean(
        required=True, description="Whether all that can be bought is still to be harvested."
    )
    ship_by = graphene.Date(description="In pre-sale: sent by this day.")
    is_available = graphene.Boolean(required=True, description="Whether any unit can be bought now.")
    is_recalled = mark(
        graphene.Boolean(
            required=True, description="Whether a harvest of it was recalled, and no other can be bought."
        ),
        columns=("is_recalled",),
    )
    units_available = graphene.Int(
        required=True,
        description=f"Units of all variants, told exactly up to {reads.EXACT_UP_TO}; see isPlenty.",
    )
    is_plenty = graphene.Boolean(required=True, description="Whether there are more than unitsAvailable.")
    units_sold = mark(
        graphene.String(
            description="Units sold since it was first listed, after their after-sale time, in steps and once a day:"
            ' "10+", "50+", "100+", "500+", "1,000+"; null under ten.'
        ),
        columns=("sold_step",),
    )
    stars = mark(
        graphene.String(description='The mean of its reviews\' stars: "4.6"; null without any.'),
        columns=("rating_tenths",),
    )
    review_count = mark(
        graphene.Int(required=True, description="How many reviews are shown."), columns=("reviews_shown",)
    )
    pictures = to_many(
        "pictures",
        PictureType,
        most=MOST_PICTURES,
        description="Its team's photos; without any, the drawing shows it.",
    )
    variants = mark(
        list_of(VariantType, most=MOST_OFFERED, description="What it is sold in, in its team's order."),
        relation="variants",
    )
    certificates = mark(
        list_of(CertificateType, most=10, description="Papers that are in force today."),
        relation="certificates",
    )

    @reads_columns("price_from_minor", "net_content_from")
    def resolve_price_per_kilogram(root, info):
        """To the fen."""
        return _per_thousand(root, "g")

    @reads_columns("price_from_minor", "net_content_from")
    def resolve_price_per_litre(root, info):
        """To the fen."""
        return _per_thousand(root, "ml")

    @reads_columns("season_months")
    def resolve_is_in_season(root, info):
        """Whether the current month, by the trade's calendar, is one of its months."""
        return reads.is_in_season(root)

    @reads_columns("presale_ship_by")
    def resolve_is_presale(root, info):
        """Whether it can be bought before it is harvested; kept with the product, so that a list asks no lots."""
        return root.presale_ship_by is not None

    @reads_columns("presale_ship_by")
    def resolve_ship_by(root, info):
        """By when something sold in advance is sent; null where nothing is."""
        return root.presale_ship_by

    @reads_columns("units_available")
    def resolve_is_available(root, info):
        """Whether at least one unit can be bought now; kept with the product, so that a list asks no lots."""
        return root.units_available > 0

    @reads_columns("units_available")
    def resolve_units_available(root, info):
        """As much as is told."""
        return reads.public_units(root.units_available)

    @reads_columns("units_available")
    def resolve_is_plenty(root, info):
        """Whether there is more than is told."""
        return reads.is_plenty(root.units_available)

    def resolve_units_sold(root, info):
        """The step, as it is told."""
        return f"{root.sold_step:,}+" if root.sold_step else None

    def resolve_stars(root, info):
        """In tenths, as people write them."""
        whole, tenth = divmod(root.rating_tenths, 10)
        return f"{whole}.{tenth}" if root.rating_tenths else None

    def resolve_review_count(root, info):
        """As many as are shown; kept with the product, so that a list asks no reviews."""
        return root.reviews_shown

    @reads_columns("is_offered")
    def resolve_variants(root, info):
        """Those that are offered now, in their own order; a withdrawn one is left out."""
        return [variant for variant in related(root, "variants") if variant.is_offered]

    @reads_columns("issued_on", "expires_on", "is_waiting")
    def resolve_certificates(root, info):
        """One that has run out is shown no longer."""
        return reads.valid_certificates(root)


class ProductWhere(graphene.InputObjectType):
    """What is chosen; several values of one field are alternatives, an empty list matches nothing."""

    category = graphene.List(graphene.NonNull(graphene.String), description="Slugs of categories.")
    division = graphene.List(graphene.NonNull(graphene.String), description="Codes of the teams' divisions.")
    kind = graphene.List(
        graphene.NonNull(graphene.String), description="fresh, dry, processed, alcohol, sideline."
    )
    team = graphene.String(description="The slug of a team.")
    in_season = graphene.Boolean(description="Whether it is in season this month.")
    in_stock = graphene.Boolean(description="Whether it can be bought now.")
    price = graphene.List(
        graphene.NonNull(graphene.String),
        description='Ranges in fen, both ends included: "3000-4999", "8000-".',
    )
    price_min = graphene.Int(description="In fen, this price or more.")
    price_max = graphene.Int(description="In fen, this price or less.")


def chosen(where: dict[str, Any] | None) -> Where:
    """The choices of an input."""
    given = {name: value for name, value in (where or {}).items() if value is not None}
    for name in ("category", "division", "kind"):
        if name in given:
            given[name] = tuple(given[name])
    if "team" in given:
        given["team"] = address_of_today(given["team"])
    if "price" in given:
        given["price"] = tuple(_range(text) for text in given["price"][:10])
    return Where(**given)


def _range(text: str) -> tuple[int, int | None]:
    low, _, high = text.partition("-")
    # A program's words, not a person's: plain digits alone.
    if len(text) > 20 or not _DIGITS.fullmatch(low) or (high and not _DIGITS.fullmatch(high)):
        words = say("价格范围的写法如 3000-4999。", "Write a range of prices like 3000-4999.")
        raise Invalid(words, field=("where", "price"))
    return min(int(low), MOST_MINOR), min(int(high), MOST_MINOR) if high else None


def _product(root: Any, info: Any, slug: str, preview: bool | None = None) -> Product | None:
    if not preview:
        return next(iter(read(info, "published", _published, slug=slug)), None)
    demand(info.context, "teamProduct")  # what its team alone sees is the desk's
    try:
        found = reads.product_for(info.context.user, slug, preview=True)
    except NotFound:
        return None
    return prefetched(Product.objects.filter(pk=found.pk), info).first()


def _published(slug: str) -> QuerySet[Product]:
    return reads.published_products().filter(slug=slug)


def _products(root: Any, info: Any, where: dict[str, Any] | None = None) -> QuerySet[Product]:
    return narrowed(with_season(reads.published_products()), chosen(where))


def _categories(root: Any, info: Any) -> QuerySet[Category]:
    return reads.categories()


class Query:
    product = guarded(
        cache_tags(
            graphene.Field(
                ProductType,
                args={
                    "slug": graphene.Argument(graphene.String, required=True, description="Its slug."),
                    "preview": graphene.Argument(
                        graphene.Boolean, description="For its team and operators: also when unpublished."
                    ),
                },
                resolver=_product,
                description="One product; null when there is none that the asker may see.",
            ),
            "products:{slug}",
        ),
        PUBLIC,
    )
    products = guarded(
        cache_tags(
            connection_field(
                ProductType,
                _products,
                order=ORDERS,
                sort="ProductSort",
                description="What is for sale.",
                same_for=lambda: clock.today().month,
                where=graphene.Argument(ProductWhere, description="What is chosen."),
            ),
            "products",
        ),
        PUBLIC,
    )
    categories = guarded(
        cache_tags(
            list_of(CategoryType, most=50, resolver=_categories, description="The shelves, in their order."),
            "products",
        ),
        PUBLIC,
    )
