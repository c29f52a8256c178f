"""One parcel on its way: a team sends what an order bought from it."""

import uuid

from django.db import models

from catalog.models import Team
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from orders.models.order import Order


class Shipment(StateMachine, models.Model):
    """Made when the order is placed; the team acts on it once the order is paid."""

    class State(Choices):
        WAITING = "waiting", say("待发货", "To be sent")
        SHIPPED = "shipped", say("运输中", "On its way")
        DELIVERED = "delivered", say("已签收", "Delivered")
        COMPLETED = "completed", say("已完成", "Completed")  # the after-sale window has passed
        CANCELLED = "cancelled", say("不再发货", "Called off")

    MOVES = {
        State.WAITING: {State.SHIPPED, State.CANCELLED},
        State.SHIPPED: {State.DELIVERED, State.CANCELLED},
        State.DELIVERED: {State.COMPLETED, State.CANCELLED},
        State.COMPLETED: set(),
        State.CANCELLED: set(),
    }
    UNSENT = (State.WAITING, State.CANCELLED)
    ARRIVED = (State.DELIVERED, State.COMPLETED)
    SENT = (State.SHIPPED, *ARRIVED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    shipping_minor = models.PositiveBigIntegerField(default=0)
    refunded_minor = models.PositiveBigIntegerField(default=0)
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    ship_by = models.DateField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    is_presumed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="taken as delivered after a while: nobody has said that it came",
    )
    after_sale_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "team"], name="one_shipment_a_team"),
            models.CheckConstraint(
                condition=models.Q(refunded_minor__lte=models.F("shipping_minor")),
                name="no_more_shipping_refunded_than_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "state"], name="shipments_of_a_team"),
            models.Index(
                fields=["tracking_number"],
                condition=~models.Q(tracking_number=""),
                name="shipments_by_tracking_number",
            ),
            models.Index(
                fields=["after_sale_until"],
                condition=models.Q(state="delivered"),
                name="after_sale_running_out",
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number or str(self.uid)[:8]
