"""A paid order of two teams in the whole house, and the people around it."""

from typing import Any

from core.api.ids import global_id
from core.deliveries import drain
from orders.models import Line, Order, Shipment
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.orders.world import Buyer, a_person, key, row, tell
from tests.together.world import pay_at_the_till

LINE = "isClaimable isReviewable claims { stateName answer } review { stars }"
PARCEL = (
    "id state stateName allowedActions carrier trackingNumber afterSaleUntil shipping { minor } team { slug }"
)
LOOK = f"""query($number: String!, $token: String) {{ order(number: $number, token: $token) {{
    state lines {{ {LINE} }} shipments {{ {PARCEL} }} }} }}"""


class Sold:
    """A buyer has paid for oranges of one team and tea of another; each team has a manager."""

    def __init__(self, till: Any, stand: Any, buyer: Buyer | None = None, quantity: int = 2):
        people = [a_person(language="zh"), a_person(language="en")]
        teams = [a_team(manager=person) for person in people]
        self.managers = [Buyer(person) for person in people]
        fresh, dry = (
            a_product(teams[0]),
            a_product(teams[1], kind="dry", storage="dry", name_en="Tea", after_sale_hours=168),
        )
        self.lots = [a_lot(a_variant(fresh), units=50), a_lot(a_variant(dry, price_minor=5000), units=50)]
        self.buyer = buyer or Buyer()
        self.order = self.buyer.place(*self.lots, quantity=quantity)
        pay_at_the_till(till, self.buyer, self.order)
        tell(stand, "checkout.session.completed")
        assert self.row.state == "paid"

    @property
    def row(self) -> Order:
        return row(self.order)

    @property
    def seen(self) -> Any:
        return self.buyer.ask(LOOK, **self.order)["order"]

    def line(self, n: int = 0) -> Line:
        return list(self.row.lines.all())[n]

    def line_id(self, n: int = 0) -> str:
        return global_id("Line", self.line(n).uid)

    def parcel(self, n: int = 0) -> Shipment:
        return list(self.row.shipments.all())[n]

    def parcel_id(self, n: int = 0) -> str:
        return global_id("Shipment", self.parcel(n).uid)

    def ship(self, n: int = 0, **told: Any) -> Any:
        """What comes of a team's sending its parcel."""
        given = {"carrier": "顺丰", "trackingNumber": f"SF000{n}", "idempotencyKey": key(), **told}
        return self.managers[n].do(
            "shipmentShip", f"shipment {{ {PARCEL} }}", shipmentId=self.parcel_id(n), **given
        )

    def arrive(self, *parcels: int) -> None:
        """These parcels are sent, and their buyer says that they have come."""
        for n in parcels or (0,):
            assert self.ship(n)["errors"] == []
            given = {"shipmentId": self.parcel_id(n), "token": self.order["token"]}
            self.buyer.done("shipmentDelivered", **given)

    def claim(self, words: str = "两个坏了", n: int = 0, by: Buyer | None = None) -> Any:
        """What comes of saying that something is wrong."""
        given = {"lineId": self.line_id(n), "words": words, "idempotencyKey": key()}
        return (by or self.buyer).do("claimMake", "claim { id stateName photoUrl }", **self.order, **given)

    def accept(self, n: int = 0) -> None:
        """The buyer is content with the last answer about a line."""
        claim = self.line(n).claims.latest("id")
        given = {"claimId": global_id("Claim", claim.uid), "idempotencyKey": key()}
        self.buyer.done("claimAccept", **self.order, **given)

    def disagree(self, n: int = 0) -> None:
        """The team has answered that nothing is wrong, and the buyer that it is."""
        claim = global_id("Claim", self.line(n).claims.latest("id").uid)
        given = {"claimId": claim, "words": "示例：没有问题", "idempotencyKey": key()}
        self.managers[n].done("claimAnswer", "claim { state }", **given)
        given = {**self.order, **given, "words": "示例：请再看看", "idempotencyKey": key()}
        self.buyer.done("claimDispute", "claim { state }", **given)

    def review(self, stars: int = 5, words: str = "", n: int = 0) -> Any:
        """What comes of reviewing a line."""
        given = {"lineId": self.line_id(n), "stars": stars, "words": words}
        return self.buyer.do("reviewWrite", "review { stars words nickname }", **self.order, **given)


def settle() -> None:
    """Let everything that follows happen, here and now."""
    drain()
