from orders.models.cart import Cart, CartAddress, CartLine
from orders.models.claim import Claim, ClaimPhoto, ClaimReply, Review
from orders.models.closure import Closure, Incident, Standstill
from orders.models.companion import Companion, CompanionWeek
from orders.models.coupon import Coupon, CouponUse
from orders.models.invoice import Invoice, InvoicePart, InvoiceWish
from orders.models.news import NewsLetter
from orders.models.order import Line, LineLot, Order
from orders.models.payment import Dispute, Notice, Payment
from orders.models.question import OrderQuestion
from orders.models.refund import Refund, RefundGiven, RefundLine
from orders.models.replacement import Replacement
from orders.models.return_parcel import ReturnLabel, ReturnParcel
from orders.models.setback import Setback, SetbackChoice
from orders.models.shipment import Parcel, ParcelNumber, Shipment
from orders.models.shipping import ShippingRate
from orders.models.trial import PaymentTrial
from orders.models.webhook import Webhook, WebhookMessage
from orders.models.wish import Wish

__all__ = [
    "Cart",
    "CartAddress",
    "CartLine",
    "Claim",
    "ClaimPhoto",
    "ClaimReply",
    "Closure",
    "Coupon",
    "CouponUse",
    "Companion",
    "CompanionWeek",
    "Dispute",
    "Incident",
    "Invoice",
    "InvoicePart",
    "InvoiceWish",
    "Line",
    "LineLot",
    "NewsLetter",
    "Notice",
    "Order",
    "OrderQuestion",
    "Parcel",
    "ParcelNumber",
    "Payment",
    "PaymentTrial",
    "Refund",
    "RefundGiven",
    "RefundLine",
    "Replacement",
    "ReturnLabel",
    "ReturnParcel",
    "Review",
    "Setback",
    "SetbackChoice",
    "Shipment",
    "ShippingRate",
    "Standstill",
    "Webhook",
    "WebhookMessage",
    "Wish",
]
