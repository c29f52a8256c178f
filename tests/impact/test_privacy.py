"""No public answer lets a household's fen, or a count of households under ten, be derived.

The same shop is built with one household behind each lot and with twelve, and everything that anybody but
the team itself is told must be the same: what is the same for one and for twelve tells neither.
"""

import json
from itertools import count

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.models import Person
from catalog.models import Product
from core import language
from core.api.documents import ask
from impact.actions import household, shares, standings
from impact.models import Attribution, Household
from impact.reads.household import FEWEST, public_households
from impact.reads.provenance import provenance_of_team
from orders.links import token_for
from orders.models import Order
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db

PRODUCT = """query P($slug: String!) {
  product(slug: $slug) { name householdBps unitsAvailable priceFrom { minor } team { name }
    variants { name price { minor } unitsAvailable isPlenty priceStory { part bps amount { minor } isHouseholds }
      lot { isTraced levelName place harvestFrom } } } }"""
PROVENANCE = """query P($slug: String!) {
  provenance(product: $slug) { households level levelName levelExplanation householdBps perHundred { minor } } }"""
BOARD = """{ board { number rows { rank entry { number } figures {
  net { minor } personTimes people organisations mobilised { minor } excluded { minor } } } } }"""
DIVISIONS = "{ board(by: DIVISION) { rows { rank division { code } figures { net { minor } people } } } }"
CONTEST = (
    "{ contest { totals { entries net { minor } personTimes people organisations excluded { minor } } } }"
)
SET_ASIDE = """query S($number: String!, $token: String!) { setAside(order: $number, token: $token) {
  state explanation total { minor } parts { part amount { minor } bps } teams { households amount { minor } } } }"""


def answer(document: str, viewer: Person | None = None, **variables: str) -> dict:
    request = RequestFactory().post("/graphql")
    request.user, request.id = viewer or AnonymousUser(), "r"
    data, errors = ask(request, document, variables)
    assert not errors, errors
    return data


class Shop:
    """A team of twenty households whose one lot so many of them grew."""

    def __init__(self, behind: int, monkeypatch: pytest.MonkeyPatch):
        numbers = count(1)
        monkeypatch.setattr(shelves, "_count", numbers)
        monkeypatch.setattr(world, "_count", numbers)
        self.lot = world.a_lot([1000 * n for n in range(1, behind + 1)], code="L-示例")
        self.team = self.lot.variant.product.team
        world.households(self.team, 20 - behind)
        world.a_round(self.team)
        self.orders: list[Order] = []

    def told(self) -> str:
        """Everything that anybody is told."""
        standings.fold()
        slug = Product.objects.get().slug
        answers = [answer(d, slug=slug) for d in (PRODUCT, PROVENANCE)]
        answers += [answer(d) for d in (BOARD, DIVISIONS, CONTEST)]
        for order in self.orders:
            answers.append(answer(SET_ASIDE, number=order.number, token=token_for(order)))
        with language.use("en"):
            answers.append(answer(PROVENANCE, slug=slug))
        return json.dumps(answers, sort_keys=True, ensure_ascii=False)

    def buy(self, units: int) -> Order:
        order = world.an_order((self.lot, units), number=f"TEST-{len(self.orders):04}-0000")
        world.pay(order)
        self.orders.append(order)
        return order

    def story(self) -> list[str]:
        """What is told before and after each thing that happens."""
        said = [self.told()]
        first, second = self.buy(1), self.buy(3)
        said.append(self.told())
        world.refund(second, (second.lines.get(), 3690))
        said.append(self.told())
        world.complete(first.shipments.get())
        said.append(self.told())
        world.refund(first, (first.lines.get(), 3690))
        said.append(self.told())
        return said


@pytest.mark.parametrize("others", [2, 9, 12, 20])
def test_one_household_behind_a_lot_is_told_like_many(others, monkeypatch, transactional_db, owner):
    from tests.database import empty

    one = Shop(1, monkeypatch).story()
    assert Attribution.objects.values("household").distinct().count() == 1
    empty()
    owner.execute("SELECT setval(pg_get_serial_sequence('impact_round', 'id'), 1000000)")
    many = Shop(others, monkeypatch).story()
    assert Attribution.objects.values("household").distinct().count() == others
    assert one == many


def test_price_times_sales_times_share_of_a_one_household_lot_cannot_be_told_from_twenty_households(
    monkeypatch,
):
    """The attack: an order moves the board by N; N·σ is somebody's income. Whose, of how many?"""
    shop = Shop(1, monkeypatch)
    slug = Product.objects.get().slug
    before = answer(BOARD)["board"]["rows"][0]["figures"]["net"]["minor"]
    shop.buy(2)
    standings.fold()
    moved = answer(BOARD)["board"]["rows"][0]["figures"]["net"]["minor"] - before
    share = answer(PRODUCT, slug=slug)["product"]["householdBps"]
    # It is the fen of one household, exactly …
    assert moved * share // 10_000 == Attribution.objects.get().amount_minor == 3985
    # … and nothing that is told says so: the only number of households is the team's, in tens.
    said = shop.told()
    assert "20 户以上" in said
    assert not any(word in said for word in ("单户", "SINGLE", "ingle household", "1 户", "一户"))


@pytest.mark.parametrize("counts", [range(10), range(10, 20), range(50, 60)])
def test_counts_of_one_ten_sound_alike_and_below_ten_nothing_is_said(counts):
    told = {public_households(n).in_language("en") for n in counts}
    assert len(told) == 1
    if counts[0] < FEWEST:
        assert told == {"fewer than 10 households"}


def test_a_household_more_or_less_does_not_show_within_a_ten():
    team = shelves.a_team()
    families = world.households(team, 12)
    before = str(provenance_of_team(team.slug).households)
    household.withdraw(families[0], shelves.an_operator())
    world.households(team, 8)
    assert str(provenance_of_team(team.slug).households) == before == "10 户以上"
    assert Household.objects.filter(team=team, state="verified").count() == 19


def test_a_team_of_fewer_than_ten_enters_no_contest():
    from contest.actions.entry import enter
    from core.refusals import Invalid

    team = shelves.a_team()
    world.households(team, 9)
    made = world.a_round()
    with pytest.raises(Invalid):
        enter(made, [team])
    world.households(team, 1)
    assert len(enter(made, [team])) == 1


def test_nothing_names_a_household_in_the_whole_schema_but_the_managers_desk():
    from shop.schema import schema

    types = schema.graphql_schema.type_map
    leads = {
        f"{name}.{field}"
        for name, type_ in types.items()
        for field, its in (getattr(type_, "fields", None) or {}).items()
        if str(its.type).strip("[]!") in ("Household", "LotShareRow", "HouseholdConnection")
        and not name.startswith("Household")
    }
    assert leads == {"LotShareRow.household", "LotShareOutPayload.shares", "Roster.households"}
    fields = set(types["Household"].fields)
    # A reading says who opened the details, when and what for, and nothing of what she read.
    assert fields == {
        "id",
        "code",
        "number",
        # What its team calls it: only while the asker has opened that list (tests/web/test_short_names.py).
        "shortName",
        "state",
        "county",
        "consentedAt",
        "verifiedAt",
        "declineReason",
        "readings",
    }


def test_a_lot_is_told_as_traced_only_once_it_is_written_down_who_grew_it():
    lot = shelves.a_lot(level=2)
    lot.variant.product.refresh_from_db()

    def told() -> bool:
        product = answer(PRODUCT, slug=lot.variant.product.slug)["product"]
        return product["variants"][0]["lot"]["isTraced"]

    assert told() is False
    (family,) = world.households(lot.variant.product.team, 1)
    shares.share_out(lot, {family.pk: 1000}, None)
    assert told() is True
