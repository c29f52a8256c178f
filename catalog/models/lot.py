"""One harvest or batch of a variant: what is counted, sold and traced; and who holds its units."""

import uuid

from django.db import models
from django.db.models import F, Q

from catalog.models.variant import Variant
from core.choices import Choices, NumberedChoices
from core.language import say
from core.states import StateMachine


class Lot(StateMachine):
    """What is sold. `available` is written by catalog.actions.stock alone, under the lot's row lock."""

    class State(Choices):
        PLANNED = "planned", say("预售", "Planned")  # not harvested yet: sold in advance, sent by `ship_by`
        OPEN = "open", say("在售", "Open")
        CLOSED = "closed", say("已关闭", "Closed")
        RECALLED = "recalled", say("已召回", "Recalled")

    class Level(NumberedChoices):
        POOL = 0, say("团队合批", "Team’s pool"), {"hint": say("没有分户记录", "no record of who grew what")}
        SHARED = (
            1,
            say("多户合批", "Several households"),
            {"hint": say("各户称过重", "each one’s part was weighed")},
        )
        SINGLE = 2, say("单户批次", "One household"), {"hint": say("单独存放", "kept apart")}

    MOVES = {
        State.PLANNED: {State.OPEN, State.CLOSED, State.RECALLED},
        State.OPEN: {State.CLOSED, State.RECALLED},
        State.CLOSED: {State.RECALLED},
        State.RECALLED: set(),
    }
    SELLABLE = (State.OPEN, State.PLANNED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.POOL)
    traced_at = models.DateTimeField(
        null=True, blank=True, help_text="since when it is written down who grew it; until then it is pooled"
    )
    corrected_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was last put right who grew it, after units were sold"
    )
    place_zh = models.CharField(max_length=60, blank=True)
    place_en = models.CharField(max_length=90, blank=True)
    harvest_from = models.DateField()
    harvest_to = models.DateField()
    best_before = models.DateField(null=True, blank=True)
    ship_by = models.DateField(null=True, blank=True, help_text="a planned lot: sent by this day")
    units_declared = models.PositiveIntegerField()
    units_restocked = models.PositiveIntegerField(default=0)
    units_available = models.PositiveIntegerField()
    units_reserved = models.PositiveIntegerField(default=0)
    units_sold = models.PositiveIntegerField(default=0)
    units_replaced = models.PositiveIntegerField(
        default=0, db_default=0, help_text="offered or sent in place of what arrived spoilt: sold to nobody"
    )
    recalled_at = models.DateTimeField(
        null=True, blank=True, help_text="from then on nothing of it is sold, confirmed or sent"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    units_declared=F("units_available")
                    + F("units_reserved")
                    + F("units_sold")
                    + F("units_replaced")
                    - F("units_restocked")
                ),
                name="lot_sells_only_what_it_made",
            ),
            models.CheckConstraint(
                condition=~Q(state="planned") | Q(ship_by__isnull=False),
                name="planned_lot_says_when_it_ships",
            ),
            models.CheckConstraint(
                condition=Q(harvest_to__gte=F("harvest_from")), name="lot_harvest_has_an_order"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_traced(self) -> bool:
        """Whether it is known whose it is: a level alone is only what the team means to write down."""
        return self.level != self.Level.POOL and self.traced_at is not None


class Reservation(models.Model):
    """Units of a lot kept for a holder (an order's uid, or a replacement's) until paid, released or out of time."""

    class State(Choices):
        HELD = "held", say("已预留", "Held")
        SOLD = "sold", say("已售出", "Sold")
        RELEASED = "released", say("已释放", "Released")
        REPLACED = "replaced", say("补发", "Replaced")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reservations")
    holder = models.UUIDField()
    units = models.PositiveIntegerField()
    units_returned = models.PositiveIntegerField(default=0, help_text="of those sold, put back on the shelf")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "holder"], name="one_reservation_a_lot_and_holder"),
            models.CheckConstraint(condition=Q(units__gt=0), name="reservation_holds_something"),
            models.CheckConstraint(
                condition=Q(units_returned__lte=F("units")), name="no_more_returned_than_sold"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="reservations_running_out"),
            models.Index(fields=["holder"], name="reservations_of_a_holder"),
        ]
