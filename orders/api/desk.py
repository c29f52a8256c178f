"""A team's desk: what to pack, what is on its way, what buyers say; of the buyers only what a parcel needs."""

from datetime import date
from typing import Any

import graphene
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.api.question import QuestionType
from accounts.models import Question
from accounts.permissions import permissions_at
from accounts.places import Place
from catalog.api.access import KEEPS_LISTINGS, at_desk
from catalog.api.desk import TeamProduct
from catalog.models import Product, Team
from catalog.reads.question import at_desk as questions_at_desk
from core import clock
from core.api.access import PUBLIC
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import PlainType, enum_of, list_of, type_of
from orders.api.desk_claim import ANSWERS, DESK, DeskClaimType
from orders.api.desk_parcel import ParcelType
from orders.api.packing import DayToSendType, HeldBackType, ListChangeType, LotToSendType, PileType
from orders.models import Claim, Shipment
from orders.reads import board
from orders.reads import desk as reads
from orders.reads.held_back import parcels_held_back

ANSWERS_QUESTIONS = at_desk("catalog.answer_questions", "whoever answers questions at the team's desk", pii=2)
ShipmentState = enum_of(Shipment, "state")
ClaimState = enum_of(Claim, "state")


def _parcels(
    root: Team,
    info: Any,
    state: Any = None,
    due: bool | None = None,
    lot: str | None = None,
    ship_by: date | None = None,
    search: str | None = None,
    ids: list[str] | None = None,
) -> QuerySet[Shipment]:
    rows = reads.parcels(root)
    if ids is not None:
        rows = rows.filter(uid__in=[uid_of(one, "Shipment", field="ids") for one in ids])
    if lot:
        rows = board.of_lot(rows, uid_of(lot, "Lot", field="lot"))
    if ship_by:
        rows = rows.filter(ship_by=ship_by)
    if search and search.strip():
        rows = board.found_by(rows, root, search)
    if due:
        rows = reads.due(rows)
    if state and state.value == Shipment.State.WAITING:
        rows = reads.sendable(rows)
    return rows.filter(state=str(state.value)) if state else rows


def _products(root: Team, info: Any, state: Any = None) -> QuerySet[Product]:
    rows = Product.objects.filter(team=root)
    return rows.filter(state=str(state.value)) if state else rows


def _questions(root: Team, info: Any, open_only: bool | None = None) -> QuerySet[Question]:
    rows = questions_at_desk(root, info.context.user)
    return rows.filter(state=Question.State.OPEN) if open_only else rows


def _claims(root: Team, info: Any, state: Any = None) -> QuerySet[Claim]:
    rows = reads.claims(root)
    return rows.filter(state=str(state.value)) if state else rows


class DeskType(PlainType):
    """A team's desk for whoever works there: parcels to send, what to pack; and, for who may, what buyers say is wrong."""

    class Meta:
        access = DESK

    team = graphene.Field(lambda: type_of(Team), required=True, description="Whose desk it is.")
    permissions = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What the asker may do at this desk, by the names that the shop's table has for it.",
    )
    products = guarded(
        connection_field(
            TeamProduct,
            _products,
            order=("-id",),
            description="The team's products in any state, the newest first.",
            state=graphene.Argument(enum_of(Product, "state"), description="Only those in this state."),
        ),
        KEEPS_LISTINGS,
    )
    to_pack = list_of(
        PileType,
        most=200,
        resolver=lambda root, info, due=False: reads.piles(root, by=clock.today() if due else None),
        description="What all parcels that wait need, the most first.",
        due=graphene.Argument(graphene.Boolean, description="Only for what is to be packed today."),
    )
    parcels = connection_field(
        ParcelType,
        _parcels,
        order={"DUE": ("due_on", "id"), "NEWEST": ("-id",)},
        sort="ParcelSort",
        description="Parcels of paid orders, the most urgent first.",
        state=graphene.Argument(
            ShipmentState, description="Only those that are here; WAITING without what must not be sent now."
        ),
        due=graphene.Argument(graphene.Boolean, description="Only those to be packed today."),
        lot=graphene.Argument(graphene.ID, description="Only those in which units of this lot lie."),
        ship_by=graphene.Argument(graphene.Date, description="Only those promised by this very day."),
        search=graphene.Argument(
            graphene.String,
            description="Only those that go by these words: an order's number or its first four letters, the beginning "
            "of a recipient's name, a whole telephone or tracking number, one that was put right too.",
        ),
        ids=graphene.Argument(
            graphene.List(graphene.NonNull(graphene.ID)), description="Only these, by their ids."
        ),
    )
    lots_to_send = list_of(
        LotToSendType,
        most=200,
        resolver=lambda root, info: board.lots_to_send(root),
        description="Of which lots parcels wait that can be sent.",
    )
    days_to_send = list_of(
        DayToSendType,
        most=400,
        resolver=lambda root, info: board.days_to_send(root),
        description="By which days parcels that can be sent were promised, the first first.",
    )
    claims = guarded(
        connection_field(
            DeskClaimType,
            _claims,
            order=("-made_at", "-id"),
            description="What buyers say is wrong, the newest first.",
            state=graphene.Argument(ClaimState, description="Only those in this state."),
        ),
        ANSWERS,
    )
    questions = guarded(
        connection_field(
            QuestionType,
            _questions,
            order=("-asked_at", "-id"),
            description="What buyers ask the team, the newest first; none that the asker has asked herself.",
            open_only=graphene.Argument(graphene.Boolean, description="Only what waits for an answer."),
        ),
        ANSWERS_QUESTIONS,
    )
    questions_open = graphene.Int(
        description="How many wait for an answer; null for whoever answers none here."
    )
    questions_late = graphene.Int(
        description="How many of them have waited for more than 48 hours; null for whoever answers none here."
    )
    list_made_at = graphene.DateTime(description="When the packing list was last downloaded; null if never.")
    changed_since_list = list_of(
        ListChangeType,
        most=1000,
        resolver=lambda root, info: reads.changed_since_list(root),
        description="What was called off since the packing list was last downloaded, the newest first.",
    )
    parcels_due = graphene.Int(
        required=True,
        description="How many parcels are to be packed today; one that many orders share is one.",
    )
    parcels_waiting = graphene.Int(
        required=True, description="How many parcels wait to be sent, each of one order."
    )
    shared_waiting = graphene.Int(
        required=True, description="How many parcels wait to be sent that many orders share."
    )
    parcels_held_back = graphene.Int(
        required=True, description="How many parcels must not be sent as things are; `heldBack` says why."
    )
    held_back = list_of(
        HeldBackType,
        most=50,
        resolver=lambda root, info: parcels_held_back(root),
        description="Those parcels and what holds them back, the first paid first.",
    )
    claims_open = graphene.Int(
        description="How many claims wait for an answer; null for whoever answers none here."
    )

    def resolve_team(root, info):
        """The team itself: a desk has no row of its own."""
        return root

    def resolve_list_made_at(root, info):
        """By whichever of its managers."""
        return reads.list_made_at(root)

    def resolve_parcels_due(root, info):
        """Today's, and what is late."""
        return reads.counts(root).due

    def resolve_parcels_waiting(root, info):
        """Shared ones not among them."""
        return reads.counts(root).waiting

    def resolve_shared_waiting(root, info):
        """Parcels that several orders share and nothing holds back: one for each holder."""
        return reads.counts(root).shared

    def resolve_parcels_held_back(root, info):
        """Each order's, of shared ones too."""
        return reads.counts(root).held_back

    def resolve_claims_open(root, info):
        """How many claims wait for an answer; counted with the desk's other numbers in one go."""
        return reads.counts(root).claims if ANSWERS.allows(info.context, root) else None

    def resolve_questions_open(root, info):
        """Of those that are the asker's to answer."""
        if not ANSWERS_QUESTIONS.allows(info.context, root):
            return None
        return _question_counts(root, info)["waiting"]

    def resolve_questions_late(root, info):
        """Counted with the others in one go."""
        if not ANSWERS_QUESTIONS.allows(info.context, root):
            return None
        return _question_counts(root, info)["late"]

    def resolve_permissions(root, info):
        """Of this team's desk alone; they are asked anew where something is done."""
        return permissions_at(info.context.user, Place(subject=root.uid))


def _question_counts(root: Team, info: Any) -> dict[str, int]:
    known: dict[str, int] | None = root.__dict__.get("_question_counts")
    if known is None:
        late = Count("pk", filter=Q(due_at__lt=timezone.now()))
        rows = _questions(root, info, open_only=True).order_by()
        known = root.__dict__["_question_counts"] = rows.aggregate(waiting=Count("pk"), late=late)
    return known


def _desk(root: Any, info: Any, team: str | None = None) -> Team | None:
    return reads.desk_of(info.context.user, uid_of(team, "Team", field="team") if team else None)


class Query:
    desk = guarded(
        graphene.Field(
            DeskType,
            args={"team": graphene.Argument(graphene.ID, description="The team; without it one's first.")},
            resolver=_desk,
            description="The desk of a team at which the asker works; null for anybody else.",
        ),
        PUBLIC,
    )
