"""What a shop lacks before it can sell its first parcel, in the order in which it is usually done."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F

from accounts.models import Appointment
from accounts.permissions import running
from accounts.shop import is_open
from catalog.models import Leader, Lot, Product, Team
from core.language import Words, say
from impact.models import Household
from orders.models import Shipment
from orders.reads.shipping import rates


class Need(StrEnum):
    """What a first sale stands on."""

    TEAM = "team"
    MANAGER = "manager"
    LEADER = "leader"
    HOUSEHOLD = "household"
    LOT = "lot"
    PRODUCT = "product"
    RATE = "rate"
    OPENING = "opening"
    PARCEL = "parcel"


WORDS: dict[Need, Words] = {
    Need.TEAM: say("建一个团队", "Set up a team"),
    Need.MANAGER: say("给团队指定管理员", "Name the team's manager"),
    Need.LEADER: say("核实一位带头人", "Verify a leader"),
    Need.HOUSEHOLD: say("核实一户农户", "Verify a household"),
    Need.LOT: say("登记一个有货的批次", "A lot with something in it"),
    Need.PRODUCT: say("通过一件商品", "Approve a product"),
    Need.RATE: say("给它的储存方式定运费", "Set a rate for how it is kept"),
    Need.OPENING: say("开张", "Open the shop"),
    Need.PARCEL: say("寄出第一个包裹", "Send the first parcel"),
}

# Who does it, and where: most of it is not the operator's own to do.
HOW: dict[Need, Words] = {
    Need.TEAM: say("选县，写名字，定代号。", "Choose its county, write its name, give it a code."),
    Need.MANAGER: say(
        "在团队的页面上发邀请；对方从信里接受，或在自己的“我的”里接受。",
        "Invite her on the team's page; she accepts by her letter, or in her account.",
    ),
    Need.LEADER: say(
        "管理员在团队工作台写下带头人，您当面核验。谁写的谁不能核验。",
        "The manager writes the leader down at her desk and you meet and verify; nobody verifies whom she introduced.",
    ),
    Need.HOUSEHOLD: say(
        "管理员在工作台登记农户；县级核验员核实，在“人员”里任命。",
        "The manager registers it at her desk; the county verifier, whom you appoint under People, verifies it.",
    ),
    Need.LOT: say(
        "管理员在工作台写商品、规格和价格构成，登记批次和各户交了多少。",
        "At her desk the manager writes product, size and price story, declares a lot and who brought how much.",
    ),
    Need.PRODUCT: say(
        "管理员提交审核，您看过再通过。", "The manager submits it; you look at it and approve."
    ),
    Need.RATE: say("没有运费的储存方式，哪里都不送。", "What has no rate is sent nowhere."),
    Need.OPENING: say("在小店的设置里按“开张”。", "Press “Open the shop” in its settings."),
    Need.PARCEL: say(
        "有人付了款，管理员就收到信；装箱，在工作台填运单号。",
        "Once somebody has paid, the manager has a letter; she packs, and writes the tracking number at her desk.",
    ),
}


@dataclass(frozen=True)
class Needed:
    """One of them, and whether it is there."""

    need: Need
    is_there: bool


def first_parcel() -> list[Needed]:
    """All of them; a team counts only while it is active, a product while it is on the shelf.

    Before there is one on the shelf, lots and rates are looked at of what is still being written.
    """
    written = Product.objects.filter(team__is_active=True)
    listed = Product.objects.filter(state=Product.State.PUBLISHED, team__is_active=True)
    managers = Appointment.objects.filter(
        running(),
        role=Appointment.Role.TEAM_MANAGER,
        person__is_active=True,
        subject__in=Team.objects.filter(is_active=True).values("uid"),
    )
    is_listed = listed.exists()
    goods = listed if is_listed else written
    lots = Lot.objects.filter(state__in=Lot.SELLABLE, units_available__gt=0, variant__product__in=goods)
    served = {(team, storage) for (team, storage, _), rate in rates().items() if rate.is_served}
    kept = set(goods.values_list(F("team_id"), "storage").distinct())
    there = {
        Need.TEAM: Team.objects.filter(is_active=True).exists(),
        Need.MANAGER: managers.exists(),
        Need.LEADER: Leader.objects.filter(verified_at__isnull=False).exists(),
        Need.HOUSEHOLD: Household.objects.filter(state=Household.State.VERIFIED).exists(),
        Need.LOT: lots.exists(),
        Need.PRODUCT: is_listed,
        Need.RATE: any({(team, storage), (None, storage)} & served for team, storage in kept),
        Need.OPENING: is_open(),
        Need.PARCEL: Shipment.objects.filter(shipped_at__isnull=False).exists(),
    }
    return [Needed(need, there[need]) for need in Need]
