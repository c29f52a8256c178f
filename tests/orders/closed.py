"""Places that an operator closes for delivery, and parcels that stand still because of it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.api.ids import global_id
from orders.models import Closure, Standstill
from tests.catalog.world import an_operator
from tests.orders.world import WUHAN, Buyer, key

HUBEI, WUHAN_CITY = "420000", "420100"
BOTH = {"reasonZh": "道路中断", "reasonEn": "the roads are cut"}
INCIDENT = {"titleZh": "示例洪水", "titleEn": "Flood", "wordsZh": "水很高。", "wordsEn": "The water is high."}
CLOSED = "closed { place reason since until incidentCode message }"
STOOD = (
    f"query($number: String!, $token: String) {{ order(number: $number, token: $token) {{ state allowedActions {CLOSED}"
    " standstill { answer refund { minor } whyNot refundedAt } shipments { state isHeldBack shipBy }"
    " refunds { reason amount { minor } } } }"
)
REFUSED = """mutation($input: %sInput!) { %s(input: $input) { errors { code field message
  ... on PlaceClosed { place reason until incidentCode } } } }"""


class Closer:
    """An operator with an incident, by the API as the office's page asks it."""

    def __init__(self) -> None:
        self.operator = Buyer(an_operator())
        made = self.operator.done("incidentOpen", "incident { id code }", **INCIDENT)["incident"]
        self.incident, self.code = made["id"], made["code"]

    def close(self, region: str = WUHAN, **told: Any) -> str:
        """Close a place; the closure's id."""
        given = {"incidentId": self.incident, "regionCode": region, **BOTH, **told}
        return self.operator.done("placeClose", "closure { id }", **given)["closure"]["id"]

    def open(self, closure: str, **told: Any) -> None:
        """Open it again."""
        self.operator.done("placeOpen", "closure { isOver }", closureId=closure, **told)


def refusal(buyer: Buyer, act: str, **given: Any) -> dict[str, Any]:
    """The one refusal of a deed, with the facts of a closed place."""
    document = REFUSED % (f"{act[0].upper()}{act[1:]}", act)
    (error,) = buyer.ask(document, input=given)[act]["errors"]
    return error


def stood(buyer: Buyer, order: dict[str, Any]) -> Any:
    """The order with what is told of its standing still."""
    return buyer.ask(STOOD, **order)["order"]


def give_back(buyer: Buyer, order: dict[str, Any]) -> Any:
    """What comes of asking for it back."""
    return buyer.do("standstillRefund", "order { number }", **order, idempotencyKey=key())


def is_over(closure: str) -> None:
    """Its time has come by itself."""
    past = timezone.now() - timedelta(seconds=1)
    row = next(one for one in Closure.objects.all() if global_id("Closure", one.uid) == closure)
    Closure.objects.filter(pk=row.pk).update(begins_at=past - timedelta(hours=1), ends_at=past)


def for_days(days: int) -> None:
    """What stands still has stood for so long."""
    Standstill.objects.update(began_at=timezone.now() - timedelta(days=days))
