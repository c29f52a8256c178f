"""The mails about goods that go back to their team."""

from core.api.ids import global_id
from core.deliveries import reaction
from orders.events import ReturnAgreed, ReturnCame, ReturnEnded, ReturnLabelled, ReturnSent
from orders.letters import order_of
from orders.links import claim_page
from orders.mail import to_buyer, to_operators, to_team
from orders.models import ReturnParcel
from orders.reads.return_parcel import due_by

State = ReturnParcel.State


@reaction("orders.letters_of_returns.send_where_to")
def send_where_to(event: ReturnAgreed) -> None:
    """To the buyer: where it goes and until when; its label is on the claim's page."""
    one = _return(event.return_id)
    if one.state == State.AGREED:
        _to_buyer("return_where_to", one, until=due_by(one))


@reaction("orders.letters_of_returns.send_label")
def send_label(event: ReturnLabelled) -> None:
    """To the buyer: the carrier's own label is there, to print that one."""
    one = _return(event.return_id)
    if one.state == State.AGREED:
        _to_buyer("return_label", one, until=due_by(one))


@reaction("orders.letters_of_returns.tell_team_of_sent")
def tell_team_of_sent(event: ReturnSent) -> None:
    """To the team: it is on its way, and until when to say that it came."""
    one = _return(event.return_id)
    if until := due_by(one):
        line = one.claim.line
        to_team(line.team_id, "team_return_sent", "claims/", line=line, one=one, until=until)


@reaction("orders.letters_of_returns.send_came")
def send_came(event: ReturnCame) -> None:
    """To the buyer: the team has it, and what goes back."""
    one = _return(event.return_id)
    _to_buyer("return_came", one, refund=one.reply.refund)


@reaction("orders.letters_of_returns.tell_of_end")
def tell_of_end(event: ReturnEnded) -> None:
    """To the buyer: it was not sent in time, or the shop decides now; then to the office and the team too."""
    one = _return(event.return_id)
    _to_buyer("return_over", one)
    if one.state == State.SENT:
        line = one.claim.line
        to_operators("operator_claim", "claims/", line=line, is_late=True)
        to_team(line.team_id, "team_return_late", "claims/", line=line, one=one)


def _to_buyer(template: str, one: ReturnParcel, **facts: object) -> None:
    line = one.claim.line
    order = order_of(line.order_id)
    page = claim_page(order, global_id("Line", line.uid))
    to_buyer(order, template, line=line, one=one, page=page, **facts)


def _return(pk: int) -> ReturnParcel:
    return ReturnParcel.objects.select_related("claim__line__order", "reply__refund").get(pk=pk)
