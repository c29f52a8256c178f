"""Households to verify: by county, under codes; what names one is opened for a purpose that is written down."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.models import Region
from core.api.access import HELD, SIGNED_IN, Access
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, needs
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.nodes import Door
from core.api.types import ModelType, PlainType, enum_of, list_of, type_of
from impact.actions import household as households
from impact.api.household import DetailReadingType, code_of
from impact.models import Household, HouseholdStatus
from impact.reads import office

VERIFIES = Access(
    "whoever verifies households", lambda request, parent: office.verifies_households(request.user)
)


class OfficeHouseholdType(ModelType):
    """A household as whoever verifies it sees it in a list: a code, a place, a state."""

    class Meta:
        door = Door(
            "officeHousehold",
            lambda request, uids: office.households_verified_by(request.user).filter(uid__in=uids),
        )
        model = Household
        main = False
        name = "OfficeHousehold"
        access = HELD
        fields = ("state", "team", "county", "consented_at", "verified_at", "decline_reason", "created_at")
        about = {
            "state": "Whether it is verified.",
            "team": "Whose household it is.",
            "county": "Where it lives.",
            "consented_at": "When the family agreed to take part.",
            "verified_at": "When it was verified.",
            "decline_reason": "Why it was not accepted, or taken out by the office; else empty.",
            "created_at": "When it was proposed.",
        }

    code = graphene.String(required=True, description="Its pseudonym, as on its team's list.")
    may_decide = graphene.Boolean(
        required=True,
        description="Whether the asker may verify or decline it: it waits, and is not of her own.",
    )
    readings = list_of(
        DetailReadingType,
        most=100,
        resolver=lambda root, info: root.readings.order_by("-pk")[:100],
        description="When what names it was opened and why, the last first; its team sees the same.",
    )

    def resolve_code(root, info):
        """A pseudonym, made of its random uid: it leads to nobody."""
        return code_of(root)

    @needs("team")
    def resolve_may_decide(root, info):
        """Asked of the asker's parts in its team, past ones too."""
        return root.state == Household.State.PROPOSED and office.may_decide(info.context.user, root)


class HouseholdDetailsType(PlainType):
    """What names a household: opened once, for a purpose that is written down, and kept nowhere else."""

    class Meta:
        name = "HouseholdDetails"
        access = HELD

    name = graphene.String(required=True, description="The family's name; empty once it is destroyed.")
    phone = graphene.String(required=True, description="Its telephone; may be empty.")
    bank_account = graphene.String(required=True, description="Where it is to be paid; may be empty.")
    kind = graphene.Field(enum_of(HouseholdStatus, "kind"), description="On which list it stands.")
    kind_name = graphene.String(required=True, description="The same in the reader's language; may be empty.")
    since = graphene.Date(description="Since when it stands there.")


class HouseholdOffice(PlainType):
    """The households that live where the asker verifies."""

    class Meta:
        access = HELD

    counties = list_of(
        lambda: type_of(Region),
        most=3500,
        resolver=lambda root, info: office.counties_verified_by(info.context.user),
        description="The counties in which there are any.",
    )
    households = connection_field(
        OfficeHouseholdType,
        lambda root, info, **chosen: _households(info, **chosen),
        order=("id",),
        description="Households, the first proposed first.",
        county=graphene.Argument(graphene.String, description="Only of this county, by its code."),
        state=graphene.Argument(enum_of(Household, "state"), description="Only those in this state."),
    )


def _households(info: Any, county: str | None = None, state: Any = None) -> QuerySet[Household]:
    found = office.households_verified_by(info.context.user)
    if county:
        found = found.filter(county=county)
    return found.filter(state=state.value) if state else found


def _office(root: Any, info: Any) -> HouseholdOffice | None:
    return HouseholdOffice() if office.verifies_households(info.context.user) else None


def _household(root: Any, info: Any, id: str) -> Household | None:
    rows = office.households_verified_by(info.context.user).filter(uid=uid_of(id, "OfficeHousehold"))
    return prefetched(rows, info).first()


def _to_verify(request: Any, id: str) -> Household:
    return office.household_to_verify(request.user, uid_of(id, "OfficeHousehold"))


class HouseholdDetailsOpen(Act):
    """Whoever verifies: read what names a household. The reading is written down, and its team sees it."""

    class Meta:
        access = VERIFIES
        rate = (60, 60)

    class Input:
        id = graphene.ID(required=True, description="The household.")
        purpose = graphene.String(required=True, description="What for; at most 120 characters.")

    household = graphene.Field(OfficeHouseholdType, description="The household.")
    details = graphene.Field(HouseholdDetailsType, description="What names it.")

    @classmethod
    def act(cls, request: Any, id: str, purpose: str) -> Any:
        """Both; INVALID without a purpose."""
        row = _to_verify(request, id)
        told = households.open_details(row, request.user, purpose)
        status = row.statuses.filter(until=None).first()
        details = {
            **{name: str(told.get(name) or "") for name in ("name", "phone", "bank_account")},
            "kind": status.kind if status else None,
            "kind_name": str(HouseholdStatus.Kind(status.kind).words) if status else "",
            "since": status.since if status else None,
        }
        return cls(household=row, details=details)


class HouseholdVerify(Act):
    """Whoever verifies, is none of its team and did not propose it: vouch for a household."""

    class Meta:
        access = VERIFIES

    class Input:
        id = graphene.ID(required=True, description="The household.")

    household = graphene.Field(OfficeHouseholdType, description="The household, verified.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The household; NOT_ALLOWED for her own or her proposal, CONFLICT where it does not wait."""
        return cls(household=households.verify(_to_verify(request, id), request.user))


class HouseholdDecline(Act):
    """Whoever verifies: do not accept a household, and say why; what names it is destroyed."""

    class Meta:
        access = VERIFIES

    class Input:
        id = graphene.ID(required=True, description="The household.")
        reason = graphene.String(required=True, description="Why, naming nobody; its team reads it.")

    household = graphene.Field(OfficeHouseholdType, description="The household, not accepted.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The household; NOT_ALLOWED for her own or her proposal, CONFLICT where it does not wait."""
        return cls(household=households.reject(_to_verify(request, id), request.user, reason))


class HouseholdTakeOut(Act):
    """Whoever verifies and is none of its team: a family takes part no more, and why; what names it is destroyed, what was earned stays."""

    class Meta:
        access = VERIFIES

    class Input:
        id = graphene.ID(required=True, description="The household.")
        reason = graphene.String(required=True, description="Why, naming nobody; its team reads it.")

    household = graphene.Field(OfficeHouseholdType, description="The household, withdrawn.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The household; NOT_ALLOWED for her own team's, CONFLICT where it had ended before."""
        return cls(household=households.take_out(_to_verify(request, id), request.user, reason))


class Query:
    """What whoever verifies may read of households."""

    household_office = guarded(
        graphene.Field(
            HouseholdOffice,
            resolver=_office,
            description="The households that live where the asker verifies; null for whoever verifies nowhere.",
        ),
        SIGNED_IN,
    )
    office_household = guarded(
        graphene.Field(
            OfficeHouseholdType,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The household.")},
            resolver=_household,
            description="A household that the asker verifies; null for any other.",
        ),
        SIGNED_IN,
    )


class Mutation:
    """What whoever verifies may do with households."""

    household_details_open = HouseholdDetailsOpen.Field()
    household_verify = HouseholdVerify.Field()
    household_decline = HouseholdDecline.Field()
    household_take_out = HouseholdTakeOut.Field()
