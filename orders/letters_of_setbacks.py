"""The mails about a harvest that is late or short: what to choose once, and the money offered again where its day is over."""

from core.deliveries import reaction
from orders.events_of_setbacks import ChoiceOffered, MoneyOffered
from orders.letters import order_of
from orders.links import harvest_page
from orders.mail import to_buyer
from orders.models import Order, Setback, SetbackChoice
from orders.reads.setback import allowed_choices, choices_of


@reaction("orders.letters_of_setbacks.send_choice")
def send_choice(event: ChoiceOffered) -> None:
    """To the buyer: what is late or short, why, and what she may choose until when; nothing where it is decided by now."""
    _send(event, "harvest_set_back")


@reaction("orders.letters_of_setbacks.send_offered")
def send_offered(event: MoneyOffered) -> None:
    """To the buyer: its day is over and it is not sent, so her money is hers for the asking; nothing where it was sent."""
    _send(event, "harvest_overdue")


def _send(event: ChoiceOffered | MoneyOffered, template: str) -> None:
    order = order_of(event.order_id)
    mine = [one for one in choices_of(order) if one.setback_id == event.setback_id]
    asked = [one for one in mine if allowed_choices(one, order)]
    if asked:
        to_buyer(order, template, **_facts(order, asked[0].setback, asked))


def _facts(order: Order, setback: Setback, open_ones: list[SetbackChoice]) -> dict[str, object]:
    return {
        "setback": setback,
        "choices": open_ones,
        "reason": setback.Reason(setback.reason).words,
        "can_change": any("other" in allowed_choices(one, order) for one in open_ones),
        "answer_by": open_ones[0].answer_by,
        "harvest": harvest_page(order),
    }
