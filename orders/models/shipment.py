"""What travels: a parcel has one address and one team; an order may have several, and one may carry several orders."""

import uuid

from django.db import models
from django.db.models.functions import Now

from accounts.models import Region
from catalog.models import Team
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from orders.models.order import Order


class Parcel(models.Model):
    """What a courier carries from one team to one address. Whose goods lie in it, its shipments say."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    recipient = models.CharField(max_length=60)
    phone = models.CharField(max_length=24)
    # Nobody asks for a region's parcels.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", db_index=False)
    street = models.CharField(max_length=200)
    is_gift = models.BooleanField(
        default=False, db_default=False, help_text="for somebody else than who bought: forgotten early"
    )
    gift_note = models.CharField(max_length=200, blank=True, default="", db_default="")
    sender = models.CharField(max_length=60, blank=True, default="", db_default="")
    packed_at = models.DateTimeField(null=True, help_text="from then on its address stays as it is")
    changed_at = models.DateTimeField(
        null=True, help_text="when its buyer last changed who takes it, or where"
    )
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    grams = models.PositiveIntegerField(null=True, help_text="what it weighs, where its team has said so")

    class Meta:
        indexes = [
            models.Index(fields=["phone"], name="parcels_of_a_telephone"),
            models.Index(
                fields=["team", "recipient"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="parcels_of_a_teams_recipient",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(is_gift=True) & ~models.Q(street=""),
                name="gifts_to_forget",
            ),
            models.Index(
                fields=["tracking_number"],
                condition=~models.Q(tracking_number=""),
                name="parcels_by_tracking_number",
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number or str(self.uid)[:8]


class ParcelNumber(models.Model):
    """A number under which a parcel travels or has travelled; empty from when it turned out not to have been sent. Written by
    a trigger with whatever changes the parcel's, so that none is forgotten: it is added to and never edited."""

    append_only = True

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="numbers")
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["tracking_number"],
                condition=~models.Q(tracking_number=""),
                name="numbers_that_parcels_had",
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number


class Shipment(StateMachine, models.Model):
    """An order's part of a parcel: what its buyer paid for sending it, and how far it has come. Made when the order is
    placed; the team acts on it once the order is paid."""

    class State(Choices):
        WAITING = "waiting", say("待发货", "To be sent")
        SHIPPED = "shipped", say("运输中", "On its way")
        DELIVERED = "delivered", say("已签收", "Delivered")
        COMPLETED = "completed", say("已完成", "Completed")  # the after-sale window has passed
        CANCELLED = "cancelled", say("不再发货", "Called off")

    MOVES = {
        State.WAITING: {State.SHIPPED, State.CANCELLED},
        # Back: it was not sent after all, or has come back to its team.
        State.SHIPPED: {State.DELIVERED, State.CANCELLED, State.WAITING},
        State.DELIVERED: {State.COMPLETED, State.CANCELLED},
        State.COMPLETED: set(),
        State.CANCELLED: set(),
    }
    UNSENT = (State.WAITING, State.CANCELLED)
    ARRIVED = (State.DELIVERED, State.COMPLETED)
    SENT = (State.SHIPPED, *ARRIVED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments", db_index=False)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="shipments")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    shipping_minor = models.PositiveBigIntegerField(default=0)
    refunded_minor = models.PositiveBigIntegerField(default=0)
    ship_by = models.DateField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    is_presumed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="taken as delivered after a while: nobody has said that it came",
    )
    after_sale_until = models.DateTimeField(null=True)
    came_back_at = models.DateTimeField(
        null=True, help_text="when its team last had it back from the carrier; it waits to be sent again"
    )
    lost_at = models.DateTimeField(
        null=True, help_text="since when its team says that the carrier has lost it"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "parcel"], name="one_part_of_a_parcel_an_order"),
            models.CheckConstraint(
                condition=models.Q(refunded_minor__lte=models.F("shipping_minor")),
                name="no_more_shipping_refunded_than_paid",
            ),
        ]
        indexes = [
            # The board's pages, the newest first: no page is slower for what was sent in years before.
            models.Index(fields=["team", "state", "-id"], name="shipments_of_a_team_newest"),
            models.Index(
                fields=["after_sale_until"],
                condition=models.Q(state="delivered"),
                name="after_sale_running_out",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)[:8]

    @property
    def carrier(self) -> str:
        """Who carries it; empty until it is sent."""
        return self.parcel.carrier

    @property
    def tracking_number(self) -> str:
        """The carrier's number; empty until it is sent."""
        return self.parcel.tracking_number
