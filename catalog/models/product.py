"""What a team offers, what a food buyer wants to know of it, and how it came to be listed."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Region
from catalog import after_sale
from catalog.food_label import FIGURES, Allergen, NutritionPer
from catalog.models.team import Team
from core.choices import Choices
from core.language import Words, say
from core.states import StateMachine


class Category(models.Model):
    """A shelf of the shop."""

    slug = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.slug


class Product(StateMachine):
    """What a team offers. Only a published one is seen, searched and sold."""

    class State(Choices):
        DRAFT = "draft", say("草稿", "Draft")
        SUBMITTED = "submitted", say("审核中", "In review")
        CHANGES_REQUESTED = "changes_requested", say("需要修改", "Changes requested")
        PUBLISHED = "published", say("已上架", "Published")
        SUSPENDED = "suspended", say("已暂停", "Suspended")
        ARCHIVED = "archived", say("已归档", "Archived")

    class Kind(Choices):
        FRESH = "fresh", say("生鲜", "Fresh produce")
        DRY = "dry", say("干货", "Dry goods")
        PROCESSED = "processed", say("加工食品", "Processed food")
        ALCOHOL = "alcohol", say("酒", "Alcohol")
        SIDELINE = "sideline", say("手工副业", "Crafts and sideline")

    class Storage(Choices):
        # `words` say how it is kept; `parcel` what travels in one: a parcel is paid for by its storage.
        parcel: Words
        DRY = "dry", say("常温", "Room temperature"), {"parcel": say("常温干货", "Dry goods")}
        FRESH = "fresh", say("鲜货", "Fresh"), {"parcel": say("新鲜果蔬", "Fresh produce")}
        CHILLED = "chilled", say("冷藏", "Chilled"), {"parcel": say("冷藏", "Chilled")}
        FROZEN = "frozen", say("冷冻", "Frozen"), {"parcel": say("冷冻", "Frozen")}
        LIVE = "live", say("鲜活", "Live"), {"parcel": say("鲜活", "Live")}

    class Changes(Choices):
        NONE = "none", say("没有等审核的改动", "No changes wait")
        WAITING = "waiting", say("改动审核中", "Changes in review")
        RETURNED = "returned", say("改动需要修改", "Changes returned")

    MOVES = {
        State.DRAFT: {State.SUBMITTED, State.ARCHIVED, State.SUSPENDED},
        State.SUBMITTED: {State.PUBLISHED, State.CHANGES_REQUESTED, State.DRAFT, State.SUSPENDED},
        State.CHANGES_REQUESTED: {State.SUBMITTED, State.ARCHIVED, State.SUSPENDED},
        State.PUBLISHED: {
            State.SUBMITTED,
            State.SUSPENDED,
            State.ARCHIVED,
        },  # submitted: it must be looked at again
        State.SUSPENDED: {State.PUBLISHED},  # an operator's hold ends by an operator
        State.ARCHIVED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    storage = models.CharField(max_length=8, choices=Storage.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    summary_zh = models.CharField(max_length=160, blank=True)
    summary_en = models.CharField(max_length=240, blank=True)
    story_zh = models.TextField(blank=True)
    story_en = models.TextField(blank=True)
    illustration = models.SlugField(max_length=40, default="sheaf", help_text="the kind of produce drawn")
    season_months = ArrayField(
        models.PositiveSmallIntegerField(), default=list, help_text="1–12; all = all year; empty until chosen"
    )
    # What a food buyer looks for.
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    storage_advice_zh = models.CharField(max_length=160, blank=True)
    storage_advice_en = models.CharField(max_length=240, blank=True)
    ingredients_zh = models.CharField(max_length=240, blank=True)
    ingredients_en = models.CharField(max_length=320, blank=True)
    # What its label says (catalog.food_label). Without a word on allergens nothing is claimed of them.
    allergens = ArrayField(
        models.CharField(max_length=12),
        default=list,
        db_default=[],
        blank=True,
        help_text="classes that are in it",
    )
    may_contain = ArrayField(
        models.CharField(max_length=12),
        default=list,
        db_default=[],
        blank=True,
        help_text="classes that may have come into it while it was made",
    )
    has_no_allergens = models.BooleanField(
        default=False, db_default=False, help_text="its team has said that it is free of all eight classes"
    )
    nutrition_per = models.CharField(
        max_length=2,
        choices=NutritionPer.choices,
        default=NutritionPer.G,
        db_default=NutritionPer.G.value,
        help_text="Of how much the figures of nutrition are.",
    )
    energy_kj = models.PositiveIntegerField(null=True, blank=True)
    protein_tenths = models.PositiveIntegerField(null=True, blank=True, help_text="of a gram")
    fat_tenths = models.PositiveIntegerField(null=True, blank=True, help_text="of a gram")
    carbohydrate_tenths = models.PositiveIntegerField(null=True, blank=True, help_text="of a gram")
    sodium_mg = models.PositiveIntegerField(null=True, blank=True)
    producer_zh = models.CharField(max_length=120, blank=True)
    producer_en = models.CharField(max_length=160, blank=True)
    licence_number = models.CharField(max_length=60, blank=True)
    origin = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    dispatch_days = models.PositiveSmallIntegerField(
        default=2, help_text="sent within so many days once paid"
    )
    return_rule_zh = models.CharField(max_length=240, blank=True)
    return_rule_en = models.CharField(max_length=320, blank=True)
    after_sale_hours = models.PositiveSmallIntegerField(
        default=after_sale.OTHER, help_text=f"{after_sale.FRESH} for fresh, {after_sale.OTHER} for dry"
    )
    # The card: kept by the transaction that writes what it shows (catalog.actions.card).
    price_from_minor = models.PositiveBigIntegerField(null=True, help_text="of the cheapest variant offered")
    household_bps = models.PositiveIntegerField(null=True, help_text="the households' part of that variant")
    net_content_from = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="as on that variant's label"
    )
    size_count = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="variants offered")
    units_available = models.PositiveIntegerField(default=0)
    is_recalled = models.BooleanField(
        default=False, db_default=False, help_text="a harvest of it was recalled, and none is on sale since"
    )
    sold_step = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="units sold as they are told: a step (catalog.models.sold), moved once a day",
    )
    rating_tenths = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="the mean of shown reviews' stars"
    )
    reviews_shown = models.PositiveIntegerField(default=0, db_default=0)
    presale_ship_by = models.DateField(
        null=True, help_text="set when all that is left comes from planned lots"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    changes_state = models.CharField(
        max_length=8,
        choices=Changes.choices,
        default=Changes.NONE,
        db_default=Changes.NONE.value,
        help_text="of what waits beside what is approved, which is sold on",
    )
    version = models.PositiveBigIntegerField(default=1, help_text="moves when anything shown of it changes")
    written_version = models.PositiveBigIntegerField(
        default=1, db_default=1, help_text="the version when its team last wrote what an operator looks at"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="published")
                | models.Q(price_from_minor__isnull=False, published_at__isnull=False),
                name="published_product_has_a_price",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    allergens__contained_by=Allergen.values, may_contain__contained_by=Allergen.values
                ),
                name="allergens_are_the_standards",
            ),
            models.CheckConstraint(
                condition=~models.Q(allergens__overlap=models.F("may_contain")),
                name="an_allergen_is_in_it_or_may_be",
            ),
            models.CheckConstraint(
                condition=models.Q(has_no_allergens=False) | models.Q(allergens=[], may_contain=[]),
                name="no_allergens_means_none",
            ),
            models.CheckConstraint(
                condition=models.Q(**{f"{figure}__isnull": True for figure in FIGURES})
                | models.Q(**{f"{figure}__isnull": False for figure in FIGURES}),
                name="nutrition_is_told_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=models.Q(state="published"),
                name="published_products_newest",
            ),
            models.Index(
                fields=["price_from_minor", "id"],
                condition=models.Q(state="published"),
                name="published_products_by_price",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_returnable(self) -> bool:
        return after_sale.is_returnable(self.kind, self.storage)

    @property
    def after_sale_days(self) -> int:
        return after_sale.days_of(self.kind, self.storage, self.after_sale_hours)

    @property
    def needs_adult(self) -> bool:
        return self.kind == self.Kind.ALCOHOL


class Picture(models.Model):
    """A team's own photo: resized, without what the camera wrote about place and time."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    file = models.ImageField(upload_to="pictures/")
    card_file = models.ImageField(upload_to="pictures/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt_zh = models.CharField(max_length=120, blank=True)
    alt_en = models.CharField(max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]


class Certificate(models.Model):
    """A paper about a product; out of date, or while it waits for an operator, it is not shown."""

    class Kind(Choices):
        # Where it was grown; a geographical indication is another paper and a stronger claim.
        ORIGIN = "origin", say("产地证明", "Certificate of origin")
        ORGANIC = "organic", say("有机认证", "Organic certificate")
        TEST = "test", say("检测报告", "Test report")
        GI = "gi", say("地理标志证书", "Geographical indication")
        LICENCE = "licence", say("生产许可证", "Production licence")
        BRAND = "brand", say("商标注册证", "Registered trade mark")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.CharField(max_length=60)
    issuer_zh = models.CharField(max_length=120)
    issuer_en = models.CharField(max_length=160)
    # What an indication or a trade mark names, as on the paper; by the slug, made of its number, it has a page.
    mark_zh = models.CharField(max_length=60, blank=True, default="", db_default="")
    mark_en = models.CharField(max_length=90, blank=True, default="", db_default="")
    mark_slug = models.SlugField(max_length=60, blank=True, default="", db_default="")
    issued_on = models.DateField()
    expires_on = models.DateField()
    is_waiting = models.BooleanField(
        default=False,
        db_default=False,
        help_text="came to an approved product, and no operator has seen it yet",
    )
    warned_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="how many days before its last its team was told so"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__gt=models.F("issued_on")),
                name="certificate_is_valid_for_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ListingReview(models.Model):
    """An operator's word on a product: handed in, on the shelf or held; she is never of its team."""

    class Decision(Choices):
        APPROVED = "approved", say("通过", "Approved")
        RETURNED = "returned", say("退回", "Returned")
        SUSPENDED = "suspended", say("暂停", "Suspended")
        RESUMED = "resumed", say("恢复上架", "Put back")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="listing_reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decision = models.CharField(max_length=10, choices=Decision.choices)
    comment = models.TextField(blank=True)
    remarks = models.JSONField(
        null=True, blank=True, help_text="of single parts, by their catalog.remarks.Spot"
    )
    seen = models.JSONField(
        null=True, blank=True, help_text="what an approval saw (catalog.reads.changes.facts)"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewer=None)
                | models.Q(submitted_by=None)
                | ~models.Q(reviewer=models.F("submitted_by")),
                name="a_listing_is_reviewed_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.at:%Y-%m-%d}"
