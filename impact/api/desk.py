"""A team's households as its desk sees them (pseudonyms, no names), and who grew which lot."""

from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils import timezone

from accounts.clean import line, phone_number
from accounts.models import Region
from accounts.permissions import absent
from catalog.models import Lot, Team
from catalog.reads import may_at_desk
from catalog.reads.teams import desks_of, team_at_desk
from core.api.access import HELD, SIGNED_IN
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, mark
from core.api.ids import uid_of
from core.api.types import MoneyField, PlainType, enum_of, list_of
from core.language import say
from core.refusals import Invalid, every
from impact.actions import household as households
from impact.actions import shares
from impact.actions import short_name as short_names
from impact.api.corrections import (
    ChangedShare,
    ShareCorrectionType,
    corrections_of_lot,
    last_changes,
)
from impact.api.household import HouseholdType, NamesOpeningType, Roster, growers_of, roster_of
from impact.api.lots import PAGE as LOTS
from impact.api.lots import LotShareInput, LotShareRow, WeighedLot, grams_of, lots_found
from impact.models import Household, HouseholdStatus, LotShare
from impact.reads import desk as desks
from impact.reads import household as reads
from impact.reads import short_name as names
from impact.reads.correction import ASK

KEEP = "impact.keep_households"


class TeamMoney(PlainType):
    """A team's money by the ledger: set aside until after-sale windows pass, owed from then on; not paid out."""

    class Meta:
        access = HELD

    households_set_aside = MoneyField(
        "households_set_aside_minor", description="For its households together, not due yet."
    )
    households_owed = MoneyField("households_owed_minor", description="Owed to its households together.")
    others_set_aside = MoneyField(
        "others_set_aside_minor", description="For sending, packing and its other work, not due yet."
    )
    others_owed = MoneyField("others_owed_minor", description="Owed for its other work.")


class HouseholdDesk(PlainType):
    """A team's households, for its own desk."""

    class Meta:
        access = HELD

    verified = graphene.Int(
        required=True, description="How many are verified: for the desk, not for the public."
    )
    proposed = graphene.Int(required=True, description="How many wait to be verified.")
    public_households = graphene.String(
        required=True,
        resolver=lambda root, info: _disclosed_of(root["team"].pk),
        description="What the public is told of their number.",
    )
    households = connection_field(
        HouseholdType,
        lambda root, info: Household.objects.filter(team=root["team"]),
        order=("id",),
        description="The team's households, the first proposed first.",
    )
    growers = list_of(
        HouseholdType,
        most=1000,
        resolver=lambda root, info: growers_of(root["team"], info),
        description="All who may be named when a lot is shared out: its verified households, on one list.",
    )
    roster = graphene.Field(
        Roster,
        required=True,
        args={
            "find": graphene.Argument(graphene.String, description="A number, or the beginning of a code."),
            "page": graphene.Argument(
                graphene.Int, description="Which page, from 1 on; without it the first."
            ),
        },
        resolver=lambda root, info, find="", page=1: roster_of(root["team"], find, page),
        description="The team's households by their numbers, those that wait to be verified first.",
    )
    lots = list_of(
        WeighedLot,
        most=LOTS,
        resolver=lambda root, info, find="", lot=None: lots_found(root["team"], find, lot),
        description="The team's lots: those that wait for weights first, then in the order in which they are sold.",
        find=graphene.Argument(
            graphene.String, description="A part of a code, or of a product's or size's name."
        ),
        lot=graphene.Argument(graphene.ID, description="Only this one."),
    )
    may_correct = graphene.Boolean(
        required=True,
        resolver=lambda root, info: may_at_desk(info.context.user, ASK, root["team"].pk),
        description="Whether the asker may ask for shares to be put right: she is the team's leader.",
    )
    corrections = list_of(
        ShareCorrectionType,
        most=20,
        resolver=lambda root, info, lot: corrections_of_lot(root["team"], lot),
        description="What was asked to be put right of one of the team's lots once units were sold, the last first.",
        lot=graphene.Argument(graphene.ID, required=True, description="The lot."),
    )
    last_changes = list_of(
        ChangedShare,
        most=1000,
        resolver=lambda root, info, lot: last_changes(root["team"], lot),
        description="Whose share the last of these changes, before and after.",
        lot=graphene.Argument(graphene.ID, required=True, description="The lot."),
    )
    names_open_until = graphene.DateTime(
        resolver=lambda root, info: _open_until(root["team"], info.context.user),
        description="Until when the asker has the list of short names open; null while it is closed.",
    )
    names_openings = list_of(
        NamesOpeningType,
        most=20,
        resolver=lambda root, info: names.openings(root["team"].pk).select_related("reader")[:20],
        description="When that list was opened, by whom and what for, the last first.",
    )
    shares = list_of(
        LotShareRow,
        most=1000,
        resolver=lambda root, info, lot: _shares(root["team"], lot),
        description="Who grew one of the team's lots.",
        lot=graphene.Argument(graphene.ID, required=True, description="The lot."),
    )

    money = graphene.Field(TeamMoney, required=True, description="What stands for the team in the ledger.")

    def resolve_money(root, info):
        """Four sums in fen over all transfers to and from the team's accounts, as they stand now."""
        return desks.money_of(root["team"])


def _disclosed_of(team_id: int) -> str:
    return str(reads.public_households_of_teams([team_id])[team_id])


def _open_until(team: Team, person: Any) -> Any:
    opening = names.opening_of(team.pk, person, timezone.now())
    return opening and opening.until


def _shares(team: Team, lot: str) -> QuerySet[LotShare]:
    of_team = LotShare.objects.filter(lot__uid=uid_of(lot, "Lot"), lot__variant__product__team=team)
    return of_team.select_related("household").order_by("household_id")


def _desk(root: Any, info: Any, team: str | None = None) -> dict[str, Any] | None:
    person = info.context.user
    found = team_at_desk(person, KEEP, uid_of(team, "Team", field="team")) if team else None
    found = found or desks_of(person, KEEP).first()
    if found is None:
        return None
    states = list(Household.objects.filter(team=found).values_list("state", flat=True))
    return {
        "team": found,
        "verified": states.count(Household.State.VERIFIED),
        "proposed": states.count(Household.State.PROPOSED),
    }


def own_household(request: Any, id: str) -> Household:
    """One of the asker's own team; any other does not exist."""
    teams = desks_of(request.user, KEEP).values("id")
    found = Household.objects.filter(uid=uid_of(id, "Household"), team_id__in=teams).first()
    if found is None:
        raise absent(request.user, KEEP, "id")
    return found


class HouseholdPropose(Act):
    """Managers and leaders: put a household of the team forward; whoever verifies where it lives looks at it."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        team = graphene.ID(required=True, description="The asker's own team.")
        county = graphene.String(required=True, description="The code of the county where it lives.")
        consented = graphene.Boolean(required=True, description="Whether the family has agreed to take part.")
        name = graphene.String(required=True, description="The family's name; kept sealed.")
        phone = graphene.String(description="Its telephone; kept sealed.")
        bank_account = graphene.String(description="Where it is to be paid; kept sealed.")
        short_name = graphene.String(description="What its team calls it among itself; kept sealed.")
        kind = graphene.Field(
            enum_of(HouseholdStatus, "kind"), description="On which list it stands; without it REGISTERED."
        )

    household = graphene.Field(HouseholdType, description="The household, under its pseudonym.")

    @classmethod
    def act(
        cls, request: Any, team: str, county: str, consented: bool, kind: Any = None, **details: str
    ) -> Any:
        """The household, waiting to be verified. INVALID without the family's consent; NOT_FOUND for a team not one's
        own."""
        told = _details(**details)
        proposal = households.Proposal(
            team=team_at_desk(request.user, KEEP, uid_of(team, "Team", field="team")),
            county=_county(county),
            consented_at=timezone.now() if consented else None,
            short_name=told.pop("short_name", ""),
            details=told,
            **({"kind": kind.value} if kind else {}),
        )
        return cls(household=households.propose(proposal, request.user))


def _details(
    name: str, phone: str | None = None, bank_account: str | None = None, short_name: str | None = None
) -> dict[str, str]:
    """What is kept sealed of a family, written as everybody's is."""
    told = every(
        {
            "name": lambda: line(name, "name", 60),
            "phone": lambda: phone_number(phone) if line(phone, "phone", 200, required=False) else "",
            "bank_account": lambda: line(bank_account, "bank_account", 120, required=False),
            "short_name": lambda: short_names.clean_name(short_name),
        }
    )
    return {name: text for name, text in told.items() if text}


def _county(code: str) -> Region:
    found = Region.objects.filter(pk=code, level=Region.Level.COUNTY).first()
    if found is None:
        raise Invalid(say("请选择县。", "Please choose a county."), field="county")
    return found


class HouseholdWithdraw(Act):
    """Managers and leaders: a family no longer wishes to take part, verified or not yet; what names it is destroyed."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="A household of the asker's own team.")

    household = graphene.Field(HouseholdType, description="The household, now withdrawn.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The household, its details destroyed for good. NOT_FOUND for another team's, CONFLICT where it had ended
        before."""
        return cls(household=households.withdraw(own_household(request, id), request.user))


class LotShareOut(Act):
    """Managers and leaders: say who grew a lot, before the first unit of it is sold; until then it can be mended."""

    class Meta:
        access = SIGNED_IN

    class Input:
        lot = graphene.ID(required=True, description="A lot of the asker's own team.")
        shares = graphene.List(
            graphene.NonNull(LotShareInput), required=True, description="Each household once."
        )
        version = graphene.Int(
            description="The version that these mend, as `shareVersion` tells it; without it the lot's first."
        )

    shares = mark(
        graphene.Field(
            graphene.List(graphene.NonNull(LotShareRow)), description="The lot's shares; null when refused."
        ),
        most=1000,
    )

    @classmethod
    def act(cls, request: Any, lot: str, shares: list[Any], version: int | None = None) -> Any:
        """The lot's shares by household, in grams. INVALID where they do not fit its level or weight; CONFLICT once
        sold, or where another version is in force."""
        its = Lot.objects.filter(variant__product__team__in=desks_of(request.user, KEEP))
        found = (
            its.filter(uid=uid_of(lot, "Lot", field="lot")).select_related("variant__product__team").first()
        )
        if found is None:
            raise absent(request.user, KEEP)
        return cls(shares=_share_out(request, found, shares, version))


def _share_out(request: Any, lot: Lot, rows: list[Any], version: int | None) -> QuerySet[LotShare]:
    grown = shares.Grown(lot, grams_of(rows))
    if version is None:
        shares.share_out_many([grown], request.user)
    else:
        shares.weigh_anew(grown, version, request.user)
    return LotShare.objects.filter(lot=lot).select_related("household").order_by("household_id")


class Query:
    """What may be read of a team's households."""

    household_desk = guarded(
        graphene.Field(
            HouseholdDesk,
            args={
                "team": graphene.Argument(
                    graphene.ID, description="The asker's own team; without it her first."
                )
            },
            resolver=_desk,
            description="The households of a team whose households the asker keeps; null for any other team.",
        ),
        SIGNED_IN,
        cost=3,
    )


class Mutation:
    """What may be done with a team's households."""

    household_propose = HouseholdPropose.Field()
    household_withdraw = HouseholdWithdraw.Field()
    lot_share_out = LotShareOut.Field()
