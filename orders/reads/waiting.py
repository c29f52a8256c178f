"""What of buying waits for a person in the office, and the rows behind it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.permissions import may_anywhere, places_of
from accounts.waiting import Waiting, waiting
from core.language import say
from orders.models import Claim, Dispute, Refund
from orders.reads.claim import office_decides
from orders.reads.closure import holding
from orders.reads.dispute import disputes_for
from orders.reads.place import of_line
from orders.reads.refund import refunds_for

State = Dispute.State
# The shop answers, or decides; while the bank looks at it there is nothing to do.
DISPUTES_WAIT = Q(state__in=(State.OPEN, State.UNCLEAR, State.APPEALED))


def refunds_left(person: Any) -> QuerySet[Refund]:
    """Refunds that are hers to see to: they failed, the clock tries them no more, and something is still owed."""
    failed = refunds_for(person).filter(state=Refund.State.FAILED, retry_at=None)
    owed = failed.filter(amount_minor__gt=F("disputed_minor") + F("given_minor"))
    return owed.exclude(reason=Refund.Reason.DISPUTE)


def disputes_waiting(person: Any) -> QuerySet[Dispute]:
    """Disputes of her places that wait for the shop, each with the day by which (`due_on`): the bank's, else since it asks."""
    return disputes_for(person).filter(DISPUTES_WAIT).annotate(due_on=Coalesce("due_at", "opened_at"))


def claims_left(person: Any) -> QuerySet[Claim]:
    """Claims of teams of her places that are the office's to decide: left for days, or brought there."""
    places = places_of(person, "orders.answer_left_claims")
    return Claim.objects.filter(office_decides() & of_line(places, "line__"))


def of_orders(person: Any) -> Iterator[Waiting]:
    """Refunds, disputes and claims with which nobody else goes on."""
    if may_anywhere(person, "orders.refund"):
        words = say("没有退成的款", "Refunds that failed")
        yield from waiting("REFUNDS", words, refunds_left(person), "settled_at", "office/refunds/")
    if may_anywhere(person, "orders.decide_dispute"):
        words = say("银行争议", "Disputes")
        disputes = disputes_waiting(person)
        yield from waiting("DISPUTES", words, disputes, "due_on", "office/disputes/", is_deadline=True)
    if may_anywhere(person, "orders.close_places"):
        words = say("暂停配送的地方", "Places closed for delivery")
        yield from waiting("CLOSED", words, holding(), "begins_at", "office/closures/")
    if may_anywhere(person, "orders.answer_left_claims"):
        words = say("要裁定的售后", "Claims to be decided")
        yield from waiting("CLAIMS", words, claims_left(person), "made_at", "office/claims/")
