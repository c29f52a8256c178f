"""What programs are told is written down at once, with the change that it tells of: no change without its message, and of one
noun each in its place, since whoever changes an order holds its lock.

Of a buyer nothing is in it: ids, units and moments. Who wants more asks the API with a token, and reads what that may.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core import fast, outbox
from core.api.ids import global_id
from core.states import move_many
from orders.events import OrderConfirmed, OrderPaid, RefundSucceeded, ShipmentShipped
from orders.models import Line, Order, RefundLine, Webhook, WebhookMessage

CALLS = "orders.tasks.call_programs"
Kind, State = WebhookMessage.Kind, WebhookMessage.State


@dataclass
class Happening:
    """What of one noun is told: to the shop all of it, to a team what is its own. Of a group there are no parcels yet."""

    noun: str
    facts: dict[str, Any]
    parcels: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)  # by team, by id
    is_shops: bool = False  # of an order in a group: a team is told of the group

    def to(self, hook: Webhook) -> dict[str, Any] | None:
        """For this receiver; None where nothing of it is its team's."""
        if hook.team_id is None:
            found = [parcel for some in self.parcels.values() for parcel in some.values()]
        elif self.is_shops or hook.team_id not in self.parcels:
            return None
        else:
            found = list(self.parcels[hook.team_id].values())
        return self.facts | ({"parcels": found} if found else {})


def listening(teams: QuerySet) -> QuerySet[Webhook]:
    """The shop's and these teams'."""
    return Webhook.objects.filter(Q(team=None) | Q(team__in=teams), ended_at=None).order_by("pk")


# Asked within each purchase, twice: it is put together once.
_BY_ORDERS = fast.PreparedQuery(
    lambda orders: listening(Line.objects.filter(order__in=orders).values("team"))
)


def note(
    kind: str, hooks: Callable[[], Iterable[Webhook]], happenings: Callable[[], Iterable[Happening]]
) -> None:
    """Write down for each receiver that is told such things what has happened. Most shops have none: then one statement
    has asked for them, and no other does."""
    if outbox.is_telling_nobody():
        return
    if told := [hook for hook in hooks() if kind in hook.kinds]:
        write(
            (hook, kind, one.noun, facts) for one in happenings() for hook in told if (facts := one.to(hook))
        )


def write(rows: Iterable[tuple[Webhook, str, str, dict[str, Any]]]) -> list[WebhookMessage]:
    """Messages of (receiver, kind, noun, facts), as they are sent each time; a worker is woken after the commit."""
    now = timezone.now()
    made = WebhookMessage.objects.bulk_create(
        [
            WebhookMessage(
                webhook=hook,
                kind=str(kind),
                noun=noun,
                body=_body(str(kind), now, facts),
                recorded_at=now,
                begun_at=now,
                due_at=now,
            )
            for hook, kind, noun, facts in rows
        ]
    )
    if made:
        wake_after_commit()
    return made


def _body(kind: str, at: datetime, facts: dict[str, Any]) -> str:
    whole = {
        "type": kind,
        "timestamp": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": facts,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def wake_after_commit() -> None:
    """Once a transaction."""
    if not any(hook[1] is _wake for hook in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    outbox.wake(CALLS)


def give_up(rows: Sequence[WebhookMessage], now: datetime) -> None:
    """These are sent no more."""
    if rows:
        move_many(rows, State.GIVEN_UP, settled_at=now, leased_until=None)


def id_of(hook: Webhook) -> str:
    """As the API has it."""
    return global_id("Webhook", hook.uid)


# --- What happens ---------------------------------------------------------------------------------------


def placed(orders: Sequence[Order]) -> None:
    """Called by what places orders: it is no event, since nothing else follows from it."""
    ids = [order.pk for order in orders]
    note(Kind.ORDER_PLACED, lambda: _BY_ORDERS.rows(orders=ids), lambda: _of_lines(ids))


def paid(events: Sequence[OrderPaid | OrderConfirmed]) -> None:
    """What was held is paid for good once it is confirmed."""
    ids = [event.order_id for event in events]
    note(Kind.ORDER_PAID, lambda: _BY_ORDERS.rows(orders=ids), lambda: _of_lines(ids))


def sent(events: Sequence[ShipmentShipped]) -> None:
    """Each parcel for itself."""
    ids = [event.shipment_id for event in events]
    lines = Line.objects.filter(shipment__in=ids)
    note(Kind.ORDER_SENT, lambda: listening(lines.values("team")), lambda: _of(lines))


def refunded(events: Sequence[RefundSucceeded]) -> None:
    """What has arrived with its buyer, by the parcels whose goods or postage it was for; nothing where it was for none: a
    payment that bought nothing."""
    rows = RefundLine.objects.filter(refund__in=[event.refund_id for event in events])
    teams = rows.values("line__team").union(rows.values("shipment__team"))
    note(Kind.ORDER_REFUNDED, lambda: listening(teams), lambda: _of_refunds(rows))


def _of_lines(orders: Sequence[int]) -> list[Happening]:
    return _of(Line.objects.filter(order__in=orders))


def _of(lines: QuerySet[Line]) -> list[Happening]:
    found: dict[int, Happening] = {}
    for line in lines.select_related("order", "shipment", "variant", "team").order_by("order", "pk"):
        one = found.setdefault(line.order_id, _of_order(line.order))
        _add(one, line.shipment, line.team, line.variant, line.quantity)
    return list(found.values())


def _of_refunds(rows: QuerySet[RefundLine]) -> list[Happening]:
    found: dict[int, Happening] = {}
    related = ("line__order", "line__shipment", "line__variant", "line__team")
    postage = ("shipment__order", "shipment__team", "refund")
    for row in rows.select_related(*related, *postage).order_by("refund", "pk"):
        shipment = row.line.shipment if row.line else row.shipment
        assert shipment is not None, "a part of a refund is for a line or for postage"
        order = row.line.order if row.line else shipment.order
        one = found.get(row.refund_id)
        if one is None:
            one = found[row.refund_id] = _of_order(order)
            one.facts["refund"] = global_id("Refund", row.refund.uid)
        if row.line:
            _add(one, shipment, row.line.team, row.line.variant, row.units)
        else:
            _add(one, shipment, shipment.team)
    return list(found.values())


def _of_order(order: Order) -> Happening:
    return Happening(order.number, {"order": order.number}, is_shops=order.holder is not None)


def _add(one: Happening, shipment: Any, team: Any, variant: Any = None, units: int = 0) -> None:
    key = global_id("Shipment", shipment.uid)
    parcels = one.parcels.setdefault(team.pk, {})
    parcel = parcels.setdefault(key, {"id": key, "team": global_id("Team", team.uid), "lines": []})
    if variant is not None:
        parcel["lines"].append({"variant": global_id("Variant", variant.uid), "units": units})
