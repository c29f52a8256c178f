"""A slip on which two families were mixed up: the demo's leader asks for her lot's shares to be put right, and it waits."""

from catalog.models import Lot
from impact.actions import correction
from impact.actions.shares import last_number
from impact.models import LotShare, LotTally
from shop.demo.people import Cast

TEN_KILOGRAMS = 10_000


def ask(cast: Cast) -> None:
    """Of the lot of her team that was shared most often: ten kilograms of the household that brought most are another's."""
    (code,) = (code for code in cast.managers if len(cast.at_desk(code)) > 1)
    leader = cast.beside[0][1]
    leader.proved_device = lambda: "server"  # as at the server's own console
    its = LotTally.objects.filter(lot__variant__product__team__code=code, lot__level=Lot.Level.SHARED)
    lot = its.select_related("lot__variant__product__team").latest("number").lot
    grams = dict(LotShare.objects.filter(lot=lot).order_by("-grams", "pk").values_list("household", "grams"))
    most, *_, least = grams
    grams[most] -= TEN_KILOGRAMS
    grams[least] += TEN_KILOGRAMS
    correction.ask(lot, grams, last_number(lot), "示例：称重单抄错了一行，把一筐记到了别家。", leader)
