"""A contest at noon of a day, asked as a stranger asks: what is told of its counts."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from catalog.models import Lot
from core import clock, language
from core.api.documents import ask
from impact.actions import disclosure, standings
from impact.models import Round
from tests.catalog import world as shelves
from tests.impact import world

FIGURES = """net { minor } mobilised { minor } personTimes personTimesInWords people peopleInWords
  organisations organisationsInWords excluded { minor } excludedInWords"""
BOARD = (
    f"""{{ board {{ number asOf countedOn rows {{ rank entry {{ number }} figures {{ {FIGURES} }} }} }} }}"""
)
DIVISIONS = f"{{ board(by: DIVISION) {{ rows {{ division {{ code }} figures {{ {FIGURES} }} }} }} }}"
CONTEST = f"{{ contest {{ totals {{ entries {FIGURES} }} }} }}"


def at_noon() -> None:
    """It is noon of a day, so that nothing here crosses a boundary by chance."""
    clock.stand_at(datetime(2026, 7, 1, 12, tzinfo=clock.SHANGHAI))


def of_an_entry() -> Lot:
    """A lot of plenty whose team is in a round."""
    lot = world.a_lot(units=10_000)
    world.a_round(lot.variant.product.team)
    return lot


def answer(document):
    request = RequestFactory().post("/graphql")
    request.user, request.id = AnonymousUser(), "r"
    with language.use("en"):
        data, errors = ask(request, document, {})
    assert not errors, errors
    return data


def told():
    """Everything that anybody is told of the contest, folded now."""
    standings.fold()
    return [answer(document) for document in (BOARD, DIVISIONS, CONTEST)]


def entry(n=0):
    return told()[0]["board"]["rows"][n]["figures"]


def buy(lot, n=1, units=1, **fields):
    orders = [world.an_order((lot, units), person=shelves.a_person(), **fields) for _ in range(n)]
    for order in orders:
        world.pay(order)
    return orders


def without_amounts(answers):
    """The same without what is told live."""
    if isinstance(answers, dict):
        return {k: without_amounts(v) for k, v in answers.items() if k not in ("net", "mobilised", "asOf")}
    return [without_amounts(one) for one in answers] if isinstance(answers, list) else answers


def freeze():
    """The round is over, its refunds are in, and beat has struck."""
    made = Round.objects.get()
    clock.stand_at(made.freezes_at)
    assert disclosure.disclose() == 1
