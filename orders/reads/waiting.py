"""What of buying waits for a person in the office, and the rows behind it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.permissions import may, may_anywhere
from accounts.waiting import Waiting, waiting
from core.language import say
from orders.models import Claim, Dispute, Refund
from orders.reads.claim import left_open
from orders.reads.closure import holding

State = Dispute.State
# The shop answers, or decides; while the bank looks at it there is nothing to do.
DISPUTES_WAIT = Q(state__in=(State.OPEN, State.UNCLEAR, State.APPEALED))


def refunds_left() -> QuerySet[Refund]:
    """Refunds that failed, that the clock tries no more, and of which something is still owed."""
    failed = Refund.objects.filter(state=Refund.State.FAILED, retry_at=None)
    owed = failed.filter(amount_minor__gt=F("disputed_minor") + F("given_minor"))
    return owed.exclude(reason=Refund.Reason.DISPUTE)


def disputes_waiting() -> QuerySet[Dispute]:
    """Disputes that wait for the shop, each with the day by which (`due_on`): the bank's, else since it asks."""
    return Dispute.objects.filter(DISPUTES_WAIT).annotate(due_on=Coalesce("due_at", "opened_at"))


def of_orders(person: Any) -> Iterator[Waiting]:
    """Refunds, disputes and claims with which nobody else goes on."""
    if may(person, "orders.refund"):
        words = say("没有退成的款", "Refunds that failed")
        yield from waiting("REFUNDS", words, refunds_left(), "settled_at", "office/refunds/")
    if may(person, "orders.decide_dispute"):
        words = say("银行争议", "Disputes")
        disputes = disputes_waiting()
        yield from waiting("DISPUTES", words, disputes, "due_on", "office/disputes/", is_deadline=True)
    if may_anywhere(person, "orders.close_places"):
        words = say("暂停配送的地方", "Places closed for delivery")
        yield from waiting("CLOSED", words, holding(), "begins_at", "office/closures/")
    if may(person, "orders.answer_left_claims"):
        words = say("团队三天没答复的售后", "Claims that their teams have left")
        claims = Claim.objects.filter(left_open())
        yield from waiting("CLAIMS", words, claims, "made_at", "office/claims/")
