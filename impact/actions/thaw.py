"""A round that was frozen moves again, as its clock was set back: what left it meanwhile, or came back, is told."""

from collections import defaultdict
from uuid import UUID

from django.db.models import F, Sum

from impact.actions import support
from impact.actions.ledger import key_of
from impact.actions.posting import locked
from impact.actions.reversal import of_team
from impact.actions.support import Purchase
from impact.models import LedgerTransaction, Round, Support
from orders.models import Line, Order, Refund, RefundLine

Reason = LedgerTransaction.Reason


def thaw(round_: Round) -> None:
    """Record what no support told of since the round's figures were final: refunds, and what banks decided."""
    bought = Support.objects.filter(entry__round=round_, amount_minor__gt=0).values("order_uid")
    moved = LedgerTransaction.objects.filter(order_uid__in=bought, reason__in=_MOVE)
    orders = locked(Order.objects.filter(uid__in=moved.values("order_uid")).values_list("pk", flat=True))
    support.reverse(_refunds(round_, orders), of_round=round_)
    support.reverse(_decisions(round_, orders), of_round=round_)


_MOVE = (Reason.REFUNDED, Reason.DISPUTED, Reason.REGAINED)


def _refunds(round_: Round, orders: list[Order]) -> list[Purchase]:
    """Each by its own transaction."""
    refunds = Refund.objects.filter(payment__order__in=orders).exclude(
        reason__in=(*Refund.TURNED_AWAY, Refund.Reason.DISPUTE)
    )
    by_key = {key_of(Reason.REFUNDED, refund.uid): refund for refund in refunds.order_by("pk")}
    made = {one.key: one for one in LedgerTransaction.objects.filter(key__in=by_key)}
    told = _known_to(round_, orders)
    rows: dict[int, list[RefundLine]] = defaultdict(list)
    for row in RefundLine.objects.filter(refund__in=by_key.values(), line__isnull=False).select_related(
        "line"
    ):
        rows[row.refund_id].append(row)
    by_uid: dict[UUID | None, Order] = {order.uid: order for order in orders}
    found = []
    for key, one in made.items():
        taken = of_team(rows[by_key[key].pk])
        if missing := {team: minor for team, minor in taken.items() if (one.pk, team) not in told}:
            found.append(Purchase(one, by_uid[one.order_uid], missing))
    return found


def _decisions(round_: Round, orders: list[Order]) -> list[Purchase]:
    """What then still differs from what was kept: by the last of the banks' decisions that nothing told of."""
    counted = Support.objects.filter(entry__round=round_, order_uid__in=[order.uid for order in orders])
    counts = counted.values_list("order_uid", "entry__team").annotate(minor=Sum("amount_minor")).order_by()
    lines = Line.objects.filter(order__in=orders).values_list("order__uid", "team").order_by()
    kept = {(uid, team): n for uid, team, n in lines.annotate(n=Sum(F("net_minor") - F("refunded_minor")))}
    over: dict = defaultdict(dict)
    for uid, team, minor in counts:
        if minor != kept[uid, team]:
            over[uid][team] = minor - kept[uid, team]
    told = _known_to(round_, orders)
    by_uid: dict[UUID | None, Order] = {order.uid: order for order in orders}
    decided = LedgerTransaction.objects.filter(
        order_uid__in=over, reason__in=(Reason.DISPUTED, Reason.REGAINED)
    )
    found = []
    for one in decided.order_by("-pk"):
        missing = {team: n for team, n in over[one.order_uid].items() if (one.pk, team) not in told}
        if missing:
            found.append(Purchase(one, by_uid[one.order_uid], missing))
            over[one.order_uid] = {t: n for t, n in over[one.order_uid].items() if t not in missing}
    return found


def _known_to(round_: Round, orders: list[Order]) -> set[tuple[int | None, int]]:
    """The transactions of which a team's entry knows."""
    supports = Support.objects.filter(entry__round=round_, order_uid__in=[order.uid for order in orders])
    return set(supports.values_list("transaction_id", "entry__team_id"))
