"""What a shop lacks before it can sell its first parcel, in the order in which it is usually done."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F

from accounts.models import Appointment
from accounts.permissions import running
from catalog.models import Leader, Lot, Product, Team
from core.language import Words, say
from impact.models import Household
from orders.reads.shipping import rates


class Need(StrEnum):
    """What a first sale stands on."""

    TEAM = "team"
    MANAGER = "manager"
    LEADER = "leader"
    HOUSEHOLD = "household"
    PRODUCT = "product"
    LOT = "lot"
    RATE = "rate"


WORDS: dict[Need, Words] = {
    Need.TEAM: say("建一个团队", "Set up a team"),
    Need.MANAGER: say("给团队指定管理员", "Name the team's manager"),
    Need.LEADER: say("核实一位带头人", "Verify a leader"),
    Need.HOUSEHOLD: say("核实一户农户", "Verify a household"),
    Need.PRODUCT: say("通过一件商品", "Approve a product"),
    Need.LOT: say("开一个有货的批次", "Open a lot with something in it"),
    Need.RATE: say("给它的储存方式定运费", "Set a rate for how it is kept"),
}


@dataclass(frozen=True)
class Needed:
    """One of them, and whether it is there."""

    need: Need
    is_there: bool


def first_parcel() -> list[Needed]:
    """All of them; a team counts only while it is active, a product while it is on the shelf."""
    listed = Product.objects.filter(state=Product.State.PUBLISHED, team__is_active=True)
    managers = Appointment.objects.filter(
        running(),
        role=Appointment.Role.TEAM_MANAGER,
        person__is_active=True,
        subject__in=Team.objects.filter(is_active=True).values("uid"),
    )
    lots = Lot.objects.filter(state__in=Lot.SELLABLE, units_available__gt=0, variant__product__in=listed)
    served = {(team, storage) for (team, storage, _), rate in rates().items() if rate.is_served}
    kept = set(listed.values_list(F("team_id"), "storage").distinct())
    there = {
        Need.TEAM: Team.objects.filter(is_active=True).exists(),
        Need.MANAGER: managers.exists(),
        Need.LEADER: Leader.objects.filter(verified_at__isnull=False).exists(),
        Need.HOUSEHOLD: Household.objects.filter(state=Household.State.VERIFIED).exists(),
        Need.PRODUCT: bool(kept),
        Need.LOT: lots.exists(),
        Need.RATE: any({(team, storage), (None, storage)} & served for team, storage in kept),
    }
    return [Needed(need, there[need]) for need in Need]
