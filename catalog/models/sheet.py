"""A table that a team sends in: looked at, shown with what it would do, and done when its sender says so (decision 0075)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.models.team import Team
from core.choices import Choices
from core.language import say
from core.states import StateMachine


class ListingSheet(StateMachine):
    """One table of products, sizes or lots. A worker looks at it, and does it, product by product; `groups_done` says how
    far it has come, so that another goes on where one was stopped."""

    class Kind(Choices):
        PRODUCTS = "products", say("商品", "Products")
        SIZES = "sizes", say("规格和价格", "Sizes and prices")
        LOTS = "lots", say("批次和库存", "Lots and stock")

    class State(Choices):
        READING = "reading", say("正在看", "Being looked at")
        FAULTY = "faulty", say("有不对的地方", "Something is wrong")
        READY = "ready", say("看好了，等您点", "Looked at: yours to say")
        SAVING = "saving", say("正在存", "Being saved")
        SAVED = "saved", say("存好了", "Saved")
        DISCARDED = "discarded", say("不要了", "Given up")

    MOVES: ClassVar = {
        State.READING: {State.FAULTY, State.READY, State.DISCARDED},
        State.READY: {State.SAVING, State.DISCARDED},
        State.SAVING: {State.SAVED},
        State.FAULTY: {State.DISCARDED},
    }
    WORKED_AT = (State.READING, State.SAVING)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="listing_sheets")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READING)
    sha256 = models.CharField(max_length=64)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    sent_at = models.DateTimeField()
    rows_total = models.PositiveIntegerField(
        null=True, help_text="how many it seems to have, while it is read"
    )
    rows_read = models.PositiveIntegerField(default=0)
    found = models.JSONField(
        default=dict, help_text="what it would do: counts, first changes, faults; no more than a page shows"
    )
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    saving_since = models.DateTimeField(null=True)
    groups_total = models.PositiveIntegerField(default=0)
    groups_done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list, help_text="rows that were not done after all, and why")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(state__in=("reading", "ready", "saving")),
                name="a_team_has_one_table_in_hand",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("saving", "saved")) | Q(saving_since__isnull=False),
                name="a_saved_table_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(groups_done__lte=F("groups_total")), name="no_more_is_done_than_there_is"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=("reading", "saving")),
                name="listing_sheets_worked_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sent_at:%Y-%m-%d %H:%M} {self.state}"


class ListingSheetContent(models.Model):
    """The file until it was looked at, and what it would do until that is done or given up, for a day at most."""

    sheet = models.OneToOneField(
        ListingSheet, on_delete=models.CASCADE, primary_key=True, related_name="content"
    )
    body = models.BinaryField(default=b"")
    groups = models.JSONField(default=list, help_text="what is to be done, product by product")

    def __str__(self) -> str:
        return f"{self.sheet_id}"
