"""A team's desk: products in any state, in both languages, with exact stock."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.permissions import may
from catalog import reads
from catalog.actions.desk import place_of
from catalog.actions.missing import missing
from catalog.actions.picture import MOST_PICTURES
from catalog.actions.variant import MOST_VARIANTS
from catalog.api.access import DESK, HELD, KEEPS_LISTINGS, SIGNED_IN
from catalog.api.certificate import CertificateType
from catalog.api.check import DepartmentCheckType
from catalog.api.desk_variant import TeamVariant, same_id
from catalog.api.food_label import codes_of, nutrition_field
from catalog.api.writable import WRITABLE
from catalog.models import ListingReview, Product
from catalog.reads.changes import changes
from catalog.reads.market import market_of
from catalog.reads.papers import soonest
from catalog.remarks import Spot
from core.api.connections import connection_field
from core.api.facts import guarded, mark, needs
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.types import Localized, ModelType, MoneyField, PlainType, enum_of, list_of
from core.related import related

State, Changes = Product.State, Product.Changes
KEEP = "catalog.keep_listings"


class RemarkType(PlainType):
    """What whoever reviews says of one part of a listing."""

    class Meta:
        access = HELD
        name = "ListingRemark"

    spot = graphene.String(
        required=True, description="Which part, for programs: quality, price, linking, looks …"
    )
    about = graphene.String(required=True, description="Which part, in the reader's language.")
    words = graphene.String(required=True, description="What is to be changed there.")

    def resolve_about(root, info):
        """As the form of the review calls it."""
        return str(Spot(root["spot"]).words)


class ListingReviewType(ModelType):
    """An operator's word on a product."""

    class Meta:
        model = ListingReview
        fields = ("decision", "comment", "at")
        access = HELD
        about = {
            "decision": "Whether it was approved, returned, held or put back.",
            "comment": "What the operator wrote to the team.",
            "at": "When.",
        }

    remarks = mark(
        list_of(
            RemarkType, most=len(Spot), description="What was said of single parts, in the order of a review."
        ),
        columns=("remarks",),
    )

    def resolve_remarks(root, info):
        """None where all was said of the whole."""
        said = root.remarks or {}
        return [{"spot": spot, "words": said[spot]} for spot in Spot.values if spot in said]


class MissingPart(PlainType):
    """Something that a product lacks before it can be submitted."""

    class Meta:
        access = HELD

    code = graphene.String(required=True, description="What it is, for programs.")
    field = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="Where to see to it: a path of fields."
    )
    message = graphene.String(required=True, description="What it is, in the reader's language.")


class MarketType(PlainType):
    """What other teams ask for goods of the same category and kind, by weight or volume."""

    class Meta:
        access = HELD
        name = "Market"

    others = graphene.Int(required=True, description="Among how many.")
    middle = MoneyField("middle_minor", description="The price in their middle, per kilogram or litre.")
    own = MoneyField("own_minor", description="This one's, of its cheapest size.")
    per_litre = graphene.Boolean(required=True, description="Whether per litre; else per kilogram.")
    percent = graphene.Int(
        required=True, description="By how much it is dearer; below zero where it is cheaper."
    )

    def resolve_per_litre(root, info):
        """By what its net content says."""
        return root.unit == "ml"


class ListingChangeType(PlainType):
    """One thing of a product that is other than an operator has approved."""

    class Meta:
        access = HELD
        name = "ListingChange"

    name = graphene.String(required=True, description="What it is called, in the reader's language.")
    was = graphene.String(required=True, description="As it was approved; empty where there was none.")
    is_now = graphene.String(required=True, description="As it is now; empty where there is none any more.")


class ProductAction(graphene.Enum):
    """Something that can be done with a product."""

    EDIT = "EDIT"
    SUBMIT = "SUBMIT"
    WITHDRAW = "WITHDRAW"
    ARCHIVE = "ARCHIVE"

    @property
    def description(self) -> str:
        """The verb as a sentence, for the schema."""
        return f"{self.value.capitalize()} it."


ACTIONS = {
    State.DRAFT: ["EDIT", "SUBMIT", "ARCHIVE"],
    State.CHANGES_REQUESTED: ["EDIT", "SUBMIT", "ARCHIVE"],
    State.SUBMITTED: ["WITHDRAW"],
    State.PUBLISHED: ["EDIT", "ARCHIVE"],
    State.SUSPENDED: ["EDIT"],
}


_FIRST = ("slug", "state", "kind", "storage", "team", "category", "origin", "illustration", "name_zh")


class TeamProduct(ModelType):
    """A product as its team writes it and an operator reviews it."""

    class Meta:
        model = Product
        main = False
        name = "TeamProduct"
        access = DESK
        fields = (
            *_FIRST,
            *(name for name in WRITABLE if name not in _FIRST),
            *("units_available", "household_bps", "pictures", "submitted_at", "published_at", "version"),
            "changes_state",
        )
        most = {"pictures": MOST_PICTURES}
        about = {
            **{name: writable.at_desk for name, writable in WRITABLE.items()},
            "slug": "Its name in addresses.",
            "state": "Where it stands between draft and archive.",
            "kind": "As buyers see it.",
            "category": "As buyers see it.",
            "team": "Whose it is.",
            "name_zh": "In Chinese.",
            "units_available": "Units that can be sold now, exactly.",
            "household_bps": "The households' part of its lowest price, in basis points.",
            "pictures": "Its photos.",
            "submitted_at": "When; null when not yet.",
            "published_at": "When; null when not yet.",
            "version": "Moves when anything of it changes; who approves it says which she has seen.",
            "changes_state": "Whether something waits, or came back, beside what is approved and sold on meanwhile.",
        }

    id = same_id("Product")
    name = Localized("name", description="Its name in the reader's language.")
    state_name = graphene.String(required=True, description="The state in the reader's language.")
    price_from = MoneyField(
        "price_from_minor", required=False, description="The price of its cheapest variant."
    )
    allergens = codes_of("allergens", WRITABLE["allergens"].at_desk)
    may_contain = codes_of("may_contain", WRITABLE["may_contain"].at_desk)
    nutrition = nutrition_field()
    is_returnable = mark(
        graphene.Boolean(
            required=True, description="Whether buyers may send it back within seven days without a reason."
        ),
        columns=("kind", "storage"),
    )
    after_sale_days = mark(
        graphene.Int(required=True, description="Its after-sale time as buyers are told it, in whole days."),
        columns=("kind", "storage", "after_sale_hours"),
    )
    allowed_actions = graphene.List(
        graphene.NonNull(ProductAction), required=True, description="What the asker may do with it now."
    )
    may_recall = graphene.Boolean(required=True, description="Whether the asker may recall its lots.")
    missing = list_of(MissingPart, most=30, description="What it lacks before it can be submitted.")
    variants = mark(
        list_of(TeamVariant, most=MOST_VARIANTS, description="All its variants."), relation="variants"
    )
    certificates = mark(
        list_of(CertificateType, most=10, description="Its papers, those that wait left out."),
        relation="certificates",
    )
    waiting_certificates = mark(
        list_of(CertificateType, most=10, description="Papers that no operator has seen yet: no buyer does."),
        relation="certificates",
    )
    paper_running_out = mark(
        graphene.Field(
            CertificateType,
            description="The paper that runs out next, within thirty days and with none to follow it; null: none does.",
        ),
        relation="certificates",
    )
    changes_state_name = graphene.String(
        required=True, description="What becomes of its changes, in the reader's language."
    )
    reviews = mark(
        list_of(ListingReviewType, most=50, description="What operators said, the newest first."),
        relation="listing_reviews",
    )

    changes = list_of(
        ListingChangeType,
        most=500,
        description="What is other than at its last approval, of all that an operator looks at.",
    )

    market = graphene.Field(
        MarketType, description="What others ask for the like; null where too few can be compared."
    )

    checks = mark(
        list_of(DepartmentCheckType, most=100, description="What agriculture found, the last first."),
        relation="checks",
    )

    @needs("variants__story", "variants__change")
    def resolve_market(root, info):
        """By kilogram or litre, among published goods of its category and kind."""
        return market_of(root)

    def resolve_checks(root, info):
        """The last first; a finding is never changed, a newer one stands before it."""
        return list(related(root, "checks"))[:100]

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(State(root.state).words)

    def resolve_allowed_actions(root, info):
        """By state; an operator who looks at it decides in her rooms."""
        if not KEEPS_LISTINGS.allows(info.context, root):
            return []
        waits = root.state in (State.PUBLISHED, State.SUSPENDED) and root.changes_state != Changes.NONE
        return [*ACTIONS.get(State(root.state), []), *(["WITHDRAW"] if waits else [])]

    def resolve_changes_state_name(root, info):
        """In a word or two."""
        return str(Changes(root.changes_state).words)

    @needs("team")
    def resolve_may_recall(root, info):
        """A manager of its team, or whoever recalls where that works."""
        return may(info.context.user, "catalog.recall_lot", place_of(root.team))

    @needs(
        *("variants__lots", "variants__story", "variants__change", "pictures", "team__leader"), "certificates"
    )
    def resolve_missing(root, info):
        """Asked once a team for all its products."""
        known = info.context.__dict__.setdefault("missing_of_teams", {})
        return [
            {"code": lack.code, "field": list(lack.field), "message": str(lack)}
            for lack in missing(root, known)
        ]

    @needs("listing_reviews", "variants__story", "variants__change", "certificates")
    def resolve_changes(root, info):
        """Nothing where it never was approved."""
        return changes(root)

    def resolve_variants(root, info):
        """Those not offered among them."""
        return list(related(root, "variants"))

    def resolve_certificates(root, info):
        """Those that have run out among them."""
        return [paper for paper in related(root, "certificates") if not paper.is_waiting]

    def resolve_waiting_certificates(root, info):
        """Those that came to it after it was approved."""
        return [paper for paper in related(root, "certificates") if paper.is_waiting]

    def resolve_paper_running_out(root, info):
        """Its team is told thirty days before, and seven."""
        return soonest(root)

    def resolve_reviews(root, info):
        """What operators have said of it, as they were made."""
        return list(related(root, "listing_reviews"))


def _team_product(root: Any, info: Any, id: str) -> Product | None:
    uid = uid_of(id, "Product")
    return prefetched(reads.products_seen_by(info.context.user).filter(uid=uid), info).first()


def _team_products(root: Any, info: Any, team: str | None = None, state: Any = None) -> QuerySet[Product]:
    person = info.context.user
    its = reads.team_at_desk(person, KEEP, uid_of(team, "Team", field="team")) if team else None
    products = Product.objects.filter(team=its or reads.desks_of(person, KEEP).first())
    return products.filter(state=state.value) if state else products


class Query:
    team_product = guarded(
        graphene.Field(
            TeamProduct,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The product.")},
            resolver=_team_product,
            description="A product of the asker's team, in any state; for operators any of their places.",
        ),
        SIGNED_IN,
    )
    team_products = guarded(
        connection_field(
            TeamProduct,
            _team_products,
            order=("-id",),
            description="The products of a team whose listings the asker keeps, in any state.",
            team=graphene.Argument(graphene.ID, description="The team; without it her first."),
            state=graphene.Argument(enum_of(Product, "state"), description="Only those in this state."),
        ),
        SIGNED_IN,
    )
