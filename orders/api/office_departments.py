"""Two departments in the office: commerce looks at how teams send, the women's department at what teams led by women sold."""

from typing import Any

import graphene

from accounts.api.access import whoever_may
from accounts.models import Region
from accounts.permissions import may_anywhere
from catalog.actions import check as checks
from catalog.api.access import HELD, SIGNED_IN
from catalog.api.check import DepartmentCheckType
from catalog.api.desk_variant import same_id
from catalog.models import DepartmentCheck, Product, Team
from catalog.reads import departments
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, mark
from core.api.ids import uid_of
from core.api.types import Localized, ModelType, Money, MoneyField, PlainType, list_of, money, type_of
from core.language import localized
from core.related import related
from orders.models import ShippingRate
from orders.reads import departments as reads

LOGISTICS, WOMEN = "catalog.check_logistics", "catalog.see_women_led"


class RateType(ModelType):
    """What one parcel costs, by how it is kept and where it goes."""

    class Meta:
        model = ShippingRate
        main = False
        name = "Rate"
        access = HELD
        fields = ("is_served", "first_grams", "step_grams")
        about = {
            "is_served": "Whether anything is sent there.",
            "first_grams": "The weight that the first price is for.",
            "step_grams": "Each further weight.",
        }

    storage_name = graphene.String(required=True, description="How it is kept, in the reader's language.")
    region = graphene.Field(lambda: type_of(Region), description="The province; null for everywhere else.")
    first = MoneyField("first_minor", description="For the first weight.")
    step = MoneyField("step_minor", description="For each further weight.")

    def resolve_storage_name(root, info):
        """In the words that a product's own page uses."""
        return str(Product.Storage(root.storage).words)


class SendingTeamType(ModelType):
    """A team as whoever checks logistics sees it: how it sends, and nobody's address."""

    class Meta:
        model = Team
        main = False
        name = "SendingTeam"
        access = HELD
        fields = ("code",)
        about = {"code": "Short public code."}

    id = same_id("Team")
    name = Localized("name", description="Its name in the reader's language.")
    storages = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="How what it sells must be kept on its way, in the reader's language.",
    )
    is_cold = graphene.Boolean(required=True, description="Whether something of it needs a cold chain.")
    sent = graphene.Int(required=True, description="Parcels sent of the last 90 days' orders.")
    late = graphene.Int(
        required=True, description="Of these orders, those sent after the promised day or not yet."
    )
    carriers = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="By whom, in the last 90 days."
    )
    checks = mark(
        list_of(DepartmentCheckType, most=20, description="What was found before, the last first."),
        relation="checks",
    )

    def resolve_storages(root, info):
        """Of what is on the shelf."""
        return [str(Product.Storage(one).words) for one in root.storages]

    def resolve_is_cold(root, info):
        """Whether any of it is chilled or frozen."""
        return any(one in reads.COLD for one in root.storages)

    def resolve_checks(root, info):
        """Rows are only added, and come the last first."""
        return [one for one in related(root, "checks") if one.kind == DepartmentCheck.Kind.LOGISTICS][:20]


class LogisticsOffice(PlainType):
    """The teams of the asker's place and what sending costs, for whoever checks carriers, cold chain and rates."""

    class Meta:
        access = HELD

    teams = connection_field(
        SendingTeamType,
        lambda root, info: reads.with_sending(departments.teams_at(info.context.user, LOGISTICS)),
        order=("code", "id"),
        description="The teams by code.",
    )
    rates = list_of(
        RateType,
        most=300,
        resolver=lambda root, info: reads.rates(departments.teams_at(info.context.user, LOGISTICS)),
        description="What sending costs: by the shop's own table, and by the teams'.",
    )


class WomenLedTeam(PlainType):
    """A team whose leader has told that she is a woman."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="Its name in the reader's language.")
    slug = graphene.String(required=True, description="Its name in addresses.")
    county = graphene.Field(lambda: type_of(Region), required=True, description="Where it works.")
    leader_name = graphene.String(required=True, description="Who leads it, as its page says.")
    sold = graphene.Field(Money, required=True, description="What it sold and kept, of all time.")


class WomenOffice(PlainType):
    """The women's department's report: the teams of its place that are led by women."""

    class Meta:
        access = HELD

    teams = list_of(WomenLedTeam, most=200, description="By code; at most 200.")
    sold = graphene.Field(Money, required=True, description="What they sold and kept together.")

    def resolve_teams(root, info):
        """With the sums of one statement."""
        return [
            {
                "name": localized(team, "name"),
                "slug": team.slug,
                "county": team.county,
                "leader_name": localized(team.leader, "name"),
                "sold": money(root["sold"].get(team.pk, 0)),
            }
            for team in root["teams"]
        ]

    def resolve_sold(root, info):
        """The sum of the rows."""
        return money(sum(root["sold"].values()))


def _women(root: Any, info: Any) -> dict[str, Any] | None:
    person = info.context.user
    if not may_anywhere(person, WOMEN):
        return None
    teams = list(departments.led_by_women(person).order_by("code")[:200])
    return {"teams": teams, "sold": reads.sold_by([team.pk for team in teams])}


class LogisticsCheck(Act):
    """Commerce: write down what a look at how a team sends found."""

    class Meta:
        access = whoever_may(LOGISTICS, anywhere=True)

    class Input:
        team = graphene.ID(required=True, description="A team of the asker's place.")
        is_fine = graphene.Boolean(required=True, description="Whether all was as it should be.")
        words = graphene.String(description="What was found; required where not all was.")

    check = graphene.Field(DepartmentCheckType, description="The finding.")

    @classmethod
    def act(cls, request: Any, team: str, is_fine: bool, words: str | None = None) -> Any:
        """The finding; NOT_ALLOWED for a team of her own, INVALID where nothing is said of what is not fine."""
        row = departments.team_at(request.user, LOGISTICS, uid_of(team, "Team", field="team"))
        return cls(check=checks.check_logistics(row, request.user, is_fine, words or ""))


class Query:
    """What these departments may read."""

    logistics_office = guarded(
        graphene.Field(
            LogisticsOffice,
            resolver=lambda root, info: (
                LogisticsOffice() if may_anywhere(info.context.user, LOGISTICS) else None
            ),
            description="How teams send; null for whoever does not check logistics.",
        ),
        SIGNED_IN,
    )
    women_office = guarded(
        graphene.Field(
            WomenOffice,
            resolver=_women,
            description="Teams led by women; null for whoever is not of the women's department.",
        ),
        SIGNED_IN,
    )


class Mutation:
    """What these departments may do."""

    logistics_check = LogisticsCheck.Field()
