"""What can have happened in a purchase. Events carry ids alone: whoever reacts reads the rest."""

from dataclasses import dataclass

from core.events import Event
from orders import events_of_parcels as events_of_parcels
from orders import events_of_webhooks as events_of_webhooks


@dataclass(frozen=True)
class OrderPaid(Event):
    """Paid for good: an ordinary order by its payment; one that is held tells `OrderConfirmed`."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class OrderHeld(Event):
    """An order was paid into escrow, until what it is held for comes about or does not."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class OrderConfirmed(Event):
    """A held order left escrow: what it was held for came about."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class BuyerProved(Event):
    """Whoever reads a guest's mailbox said that the order is hers; until then anybody may have typed it."""

    order_id: int


@dataclass(frozen=True)
class OrderLeftUnpaid(Event):
    """It has stood unpaid for five minutes, and its buyer may be told."""

    order_id: int


@dataclass(frozen=True)
class WishCameTrue(Event):
    """What somebody asked for one letter of can be bought by her, and has been for a while."""

    wish_id: int


@dataclass(frozen=True)
class OrderLapsed(Event):
    """Cancelled or expired unpaid."""

    order_id: int


@dataclass(frozen=True)
class PaymentTurnedAway(Event):
    """Money that buys nothing, paid twice or too late; its refund is already requested."""

    payment_id: int
    refund_id: int


@dataclass(frozen=True)
class RefundRequested(Event):
    """A paid (or held) order gives back; lines and parcels are in the refund's lines."""

    refund_id: int


@dataclass(frozen=True)
class RefundSucceeded(Event):
    refund_id: int


@dataclass(frozen=True)
class RefundFailed(Event):
    """The provider could not give it back; `had_succeeded` when it said so at first. Of a refund that several gave,
    `returned_minor` fen of that `attempt` came back to us; where neither is told, all that the last attempt gave."""

    refund_id: int
    had_succeeded: bool
    attempt: int | None = None
    returned_minor: int | None = None


@dataclass(frozen=True)
class RefundCovered(Event):
    """A refund failed of which a dispute, lost before, had given the buyer `covered_minor` fen already."""

    refund_id: int
    covered_minor: int


@dataclass(frozen=True)
class RefundTriedAgain(Event):
    """The provider is to be asked once more: by an operator, the clock, or because a bank has decided."""

    refund_id: int


@dataclass(frozen=True)
class RefundUnplaced(Event):
    """At the provider's own desk more was given back than the order can take: a person looks at it."""

    payment_id: int
    provider_id: str
    amount_minor: int


@dataclass(frozen=True)
class PaymentWaits(Event):
    """Its page could not be opened while the buyer waited: it is opened for her meanwhile."""

    payment_id: int


@dataclass(frozen=True)
class ShipmentShipped(Event):
    """`number_id`: which entry of its parcel's numbers is to be told; 0 of before there were such."""

    shipment_id: int
    number_id: int = 0


@dataclass(frozen=True)
class ShipmentDelivered(Event):
    shipment_id: int


@dataclass(frozen=True)
class ShipmentCompleted(Event):
    """The after-sale window has passed: what was set aside is now owed."""

    shipment_id: int


@dataclass(frozen=True)
class AddressCodeRequested(Event):
    """Somebody who was not known by her session wants a parcel sent elsewhere; `digest` is of that address."""

    shipment_id: int
    digest: str


@dataclass(frozen=True)
class OrderLinkRequested(Event):
    """Somebody asks for the link to an order by its number and where it was told; 0 where there is none such, so that
    asking for it leaves the same behind."""

    order_id: int


@dataclass(frozen=True)
class AddressChanged(Event):
    """A paid parcel goes elsewhere now, or to somebody else."""

    shipment_id: int


@dataclass(frozen=True)
class DisputeOpened(Event):
    dispute_id: int


@dataclass(frozen=True)
class DisputeClosed(Event):
    """The bank has decided; `covered_minor` fen of what is lost were owed to the buyer by failed refunds. `is_placed`:
    the rest has left the order's lines."""

    dispute_id: int
    covered_minor: int = 0
    is_placed: bool = False


@dataclass(frozen=True)
class DisputeRegained(Event):
    """What was lost has come back, on appeal say. The refund that it stood for is undone; of it `owed_id` is owed to
    the buyer still, as nothing was sent. `owed_minor` fen are owed in all, with failed refunds that are due again."""

    dispute_id: int
    regained_minor: int
    owed_minor: int
    undone_id: int | None = None
    owed_id: int | None = None


@dataclass(frozen=True)
class DisputeUnclear(Event):
    """The provider tells an outcome or a currency that we have no rule for: a person decides."""

    dispute_id: int


@dataclass(frozen=True)
class ClaimMade(Event):
    claim_id: int


@dataclass(frozen=True)
class ClaimAnswered(Event):
    claim_id: int


@dataclass(frozen=True)
class ClaimDisputed(Event):
    """Its buyer does not agree: the team answers anew."""

    claim_id: int


@dataclass(frozen=True)
class ClaimBrought(Event):
    """Its buyer has brought it before the office, which decides."""

    claim_id: int


@dataclass(frozen=True)
class ReplacementAgreed(Event):
    """A buyer wants what her team has offered to send in place of what arrived spoilt."""

    replacement_id: int


@dataclass(frozen=True)
class ReplacementShipped(Event):
    replacement_id: int


@dataclass(frozen=True)
class ReplacementCalledOff(Event):
    """It was agreed, and cannot be sent: the team answers the claim anew."""

    replacement_id: int


@dataclass(frozen=True)
class RecallReached(Event):
    """The order has, or waits for, units of a lot that was recalled."""

    order_id: int
    lot_id: int


@dataclass(frozen=True)
class GoodsRecalled(Event):
    """What an order had not been sent of a recalled lot was called off; now its buyer is to be told."""

    order_id: int
    lot_id: int


@dataclass(frozen=True)
class GoodsOutOfDate(Event):
    """A paid parcel waits with something in it that is past its best-before date: its buyer is to be told."""

    shipment_id: int


@dataclass(frozen=True)
class PlacesChanged(Event):
    """A place was closed for delivery or opened again, or it is another time by now when that is."""

    closure_id: int


@dataclass(frozen=True)
class DeliveryStopped(Event):
    """Something of this paid order is not delivered to its place for now: its buyer is to be told, once."""

    order_id: int


@dataclass(frozen=True)
class DeliveryResumed(Event):
    """All that stood still of this order can be sent again: its buyer is to be told."""

    order_id: int


@dataclass(frozen=True)
class HolderStopped(Event):
    """The same as `DeliveryStopped` for what holds this order among others: whoever leads it is to be told, once."""

    order_id: int


@dataclass(frozen=True)
class HolderResumed(Event):
    """The same as `DeliveryResumed` for what holds this order among others."""

    order_id: int


@dataclass(frozen=True)
class TeamHoldsOutOfDate(Event):
    """Parcels of these orders (`numbers`) wait at a team with something past its best-before date: its managers
    are to be told."""

    team_id: int
    numbers: list[str]


@dataclass(frozen=True)
class ReturnAgreed(Event):
    """Its buyer sends goods back to their team."""

    return_id: int


@dataclass(frozen=True)
class ReturnLabelled(Event):
    """The carrier's own label is there for goods whose buyer has agreed to send them."""

    return_id: int


@dataclass(frozen=True)
class ReturnSent(Event):
    """They are on their way."""

    return_id: int


@dataclass(frozen=True)
class ReturnCame(Event):
    """The team has them; what it has promised goes back."""

    return_id: int


@dataclass(frozen=True)
class ReturnEnded(Event):
    """They were not sent in time, or the team has not said in time that they came."""

    return_id: int


@dataclass(frozen=True)
class NewsAddressed(Event):
    """Somebody who has asked for it is to be written to of what a team tells its buyers."""

    letter_id: int
