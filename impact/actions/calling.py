"""What dockings, vouchers and links tell: kept as it is told, and twice the same is once.

Whoever pays for an order holds its lock, and so does whoever tells of a call: what was not known when an order was paid
has not called for it.
"""

from uuid import UUID

from django.db import transaction

from accounts.models import Organisation, Person
from catalog.models import Team
from core import clock
from core.language import say
from core.refusals import Conflict, TooLate
from impact.models import Call, Docking
from orders.models import Order


@transaction.atomic
def docking_agreed(match: UUID, team: Team, organisation: Organisation) -> Docking:
    """A team and an organisation have agreed on supplies; `match` is what the agreement is known by."""
    made, _ = Docking.objects.get_or_create(
        uid=match, defaults={"team": team, "organisation": organisation, "agreed_at": clock.now()}
    )
    if (made.team_id, made.organisation_id) != (team.pk, organisation.pk):
        raise Conflict(say("这次对接是别的双方达成的。", "This docking is between two others."))
    return made


@transaction.atomic
def docking_delivered(match: UUID) -> Docking:
    """Its first delivery has arrived: it counts from now on."""
    docking = Docking.objects.select_for_update(no_key=True).get(uid=match)
    if docking.delivered_at is None:
        docking.delivered_at = clock.now()
        docking.save(update_fields=["delivered_at"])
    return docking


def by_contract(order: Order, team: Team, organisation: Organisation) -> None:
    """What an order buys of this team, it buys by a docking's contract with the organisation."""
    _note(order, Call(way=Call.Way.DOCKING, team=team, organisation=organisation))


def by_voucher(order: Order, team: Team, issuer: Organisation, amount_minor: int) -> None:
    """So many fen of what an order buys of this team are paid by a voucher of the issuer."""
    _note(order, Call(way=Call.Way.VOUCHER, team=team, organisation=issuer, amount_minor=amount_minor))


def by_earlier_link(order: Order, caller: Organisation | Person) -> None:
    """Whose link was followed too, before the one whose code the order bears: an assist, which adds to nothing."""
    who = {"organisation" if isinstance(caller, Organisation) else "person": caller}
    _note(order, Call(way=Call.Way.LINK, **who))


@transaction.atomic
def _note(order: Order, call: Call) -> None:
    locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if locked.paid_at is not None:
        raise TooLate(
            say("订单已付款，动员方不再改变。", "The order is paid: who called for it changes no more.")
        )
    call.order_uid, call.at = order.uid, clock.now()
    Call.objects.bulk_create([call], ignore_conflicts=True)
