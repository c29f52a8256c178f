"""What the API offers of this floor, to whom, and what it answers everybody else."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Lot
from core import language
from core.api.documents import ask
from core.api.guard import limit, tally_of
from core.api.ids import global_id
from core.api.run import documents, graphql_schema
from core.refusals import NotAllowed
from impact.actions import household, standings
from impact.actions.household import Proposal
from impact.models import Household, HouseholdDetail, LotShare
from orders.links import token_for
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db

SET_ASIDE = """query S($number: String!, $token: String) { setAside(order: $number, token: $token) {
  state stateName explanation paid { amount } total { amount } takenBack { minor }
  parts { part name amount { minor } bps isHouseholds } teams { team { name } households amount { minor } } } }"""
DESK = """query D($team: ID!) { householdDesk(team: $team) { verified proposed publicHouseholds
  households(first: 10) { nodes { id state county { name } } } } }"""
PROPOSE = """mutation P($input: HouseholdProposeInput!) { householdPropose(input: $input) {
  household { id state } errors { code field message } } }"""
SHARE = """mutation S($input: LotShareOutInput!) { lotShareOut(input: $input) {
  shares { household { id } grams } errors { code } } }"""


def told(document, viewer=None, **variables):
    cache.key_prefix += "+"
    request = RequestFactory().post("/graphql")
    request.user, request.id = viewer or AnonymousUser(), "r"
    data, errors = ask(request, document, variables)
    assert not errors, errors
    (answer,) = data.values()
    return answer


@pytest.fixture
def manager():
    return shelves.a_person()


@pytest.fixture
def team(manager):
    return shelves.a_team(manager=manager)


def public_id(row):
    return global_id(type(row).__name__, row.uid)


def test_a_guest_with_her_link_sees_how_her_money_is_set_aside():
    order = world.an_order((world.a_lot(), 2), shipping=800)
    world.pay(order)
    with language.use("en"):
        answer = told(SET_ASIDE, number=order.number, token=token_for(order))
    assert (answer["state"], answer["stateName"]) == ("EARMARKED", "Set aside")
    assert answer["paid"]["amount"] == answer["total"]["amount"] == "81.80"
    assert answer["parts"][0] == {
        "part": "households",
        "name": "For the households",
        "amount": {"minor": 3985},
        "bps": 4872,
        "isHouseholds": True,
    }
    assert sum(part["amount"]["minor"] for part in answer["parts"]) == 8180
    assert [t["households"] for t in answer["teams"]] == ["fewer than 10 households"]


def test_anothers_order_sounds_like_none():
    owner = shelves.a_person()
    order = world.an_order((world.a_lot(), 1), person=owner)
    world.pay(order)
    assert told(SET_ASIDE, number=order.number) is None
    assert told(SET_ASIDE, shelves.a_person(), number=order.number) is None
    assert told(SET_ASIDE, number="NONE-NONE-NONE") is None
    assert told(SET_ASIDE, owner, number=order.number)["state"] == "EARMARKED"


def test_the_board_is_ranked_with_shared_ranks_and_without_gaps_for_those_who_sold_nothing():
    lots = [world.a_lot() for _ in range(4)]
    teams = [lot.variant.product.team for lot in lots]
    world.a_round(*teams)
    for lot, units in zip(lots, (1, 3, 1, 0), strict=True):
        if units:
            world.pay(world.an_order((lot, units), person=shelves.a_person()))
    standings.fold()
    board = told("{ board { number asOf rows { rank entry { number } figures { net { minor } } } } }")
    assert [(r["rank"], r["figures"]["net"]["minor"]) for r in board["rows"]] == [
        (1, 11070),
        (2, 3690),
        (2, 3690),
        (4, 0),
    ]
    assert board["rows"][0]["entry"]["number"] == teams[1].code
    assert board["asOf"] and board["number"] is None  # it would count the purchases


def test_a_division_counts_a_person_once_and_sums_what_can_be_summed():
    county = shelves.a_county()
    lots = [world.a_lot() for _ in range(2)]
    world.a_round(*(lot.variant.product.team for lot in lots))
    for buyer in [shelves.a_person() for _ in range(12)]:
        for lot in lots:
            world.pay(world.an_order((lot, 1), person=buyer))
    world.tomorrow()
    rows = told(
        "{ board(by: DIVISION) { rows { rank entry { number } division { code }"
        " figures { entries net { minor } personTimes people } } } }"
    )["rows"]
    assert rows == [
        {
            "rank": 1,
            "entry": None,
            "division": {"code": county.parent.code},
            "figures": {"entries": 2, "net": {"minor": 24 * 3690}, "personTimes": 20, "people": 10},
        }
    ]


def test_the_contest_says_where_it_stands_and_how_it_counts():
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    world.pay(world.an_order((lot, 1), person=shelves.a_person()))
    standings.fold()
    contest = told(
        "{ contest { name round { level phase phaseName daysLeft } definitions { figure words }"
        " totals { entries net { amount } personTimes people organisations excluded { minor } } } }"
    )
    assert contest["name"] == "示例大赛"
    assert contest["round"] == {
        "level": "PROVINCIAL",
        "phase": "OPEN",
        "phaseName": "进行中",
        "daysLeft": 10,
    }
    assert contest["totals"] == {
        "entries": 1,
        "net": {"amount": "36.90"},
        "personTimes": None,
        "people": None,
        "organisations": None,
        "excluded": None,
    }
    words = {row["figure"]: row["words"] for row in contest["definitions"]}
    assert set(words) == {
        *("net", "outside", "together", "personTimes", "people", "organisations", "mobilised", "excluded")
    }
    assert "最多计 5 天" in words["personTimes"]


def test_without_a_round_there_is_no_contest():
    assert told("{ contest { name } }") is None
    assert told("{ board { number } }") is None


def test_an_unpublished_product_has_no_provenance():
    product = shelves.a_product(state="draft")
    request = RequestFactory().post("/graphql")
    request.user, request.id = AnonymousUser(), "r"
    data, _ = ask(
        request, "query P($s: String!) { provenance(product: $s) { households } }", {"s": product.slug}
    )
    assert data == {"provenance": None}


@pytest.mark.parametrize("by", ["ENTRY", "DIVISION"])
def test_a_board_takes_as_many_statements_for_twenty_entries_as_for_one(by):
    counts = []
    document = f"""{{ board(by: {by}) {{ rows {{ rank figures {{ people }}
        entry {{ team {{ name leader {{ name }} county {{ name }} }} }} }} }} }}"""
    for n in (1, 19):
        lots = [world.a_lot() for _ in range(n)]
        world.a_round(*(lot.variant.product.team for lot in lots))
        world.pay(world.an_order((lots[0], 1)))
        standings.fold()
        with CaptureQueriesContext(connection) as statements:
            told(document)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4


def test_what_anybody_asks_of_the_contest_is_affordable_for_anybody():
    board = "{ board(first: 40) { rows { rank entry { number team { name } } division { name } figures { net { amount } personTimes people } } } }"
    for document in (board, SET_ASIDE):
        assert tally_of(graphql_schema(), documents.prepare(document).document, {}).cost <= limit(
            "cost_anonymous"
        )


def test_a_manager_sees_her_own_households_under_pseudonyms(manager, team):
    world.households(team, 12)
    household.propose(Proposal(team, team.county, timezone.now(), {"name": "向示例"}), manager)
    desk = told(DESK, manager, team=public_id(team))
    assert (desk["verified"], desk["proposed"], desk["publicHouseholds"]) == (12, 1, "10 户以上")
    assert "向示例" not in json.dumps(desk, ensure_ascii=False)
    assert [n["state"] for n in desk["households"]["nodes"]] == ["VERIFIED"] * 10


def test_another_teams_manager_finds_no_desk(team):
    other = shelves.a_person()
    shelves.a_team(manager=other)
    for viewer in (other, shelves.an_operator(), shelves.a_person(), None):
        cache.key_prefix += "+"
        request = RequestFactory().post("/graphql")
        request.user, request.id = viewer or AnonymousUser(), "r"
        data, _ = ask(request, DESK, {"team": public_id(team)})
        assert data == {"householdDesk": None}


def test_a_manager_proposes_and_an_operator_who_is_not_of_the_team_verifies(manager, team):
    asked = {"team": public_id(team), "county": team.county.code, "consented": True, "name": "向示例"}
    made = told(PROPOSE, manager, input={**asked, "phone": "１３８００１３８０００"})
    assert made["errors"] == [] and made["household"]["state"] == "PROPOSED"
    assert b"\xe5\x90\x91" not in bytes(HouseholdDetail.objects.get().sealed)
    one = Household.objects.get()
    assert public_id(one) == made["household"]["id"]
    with pytest.raises(NotAllowed):
        household.verify(one, manager)
    assert household.verify(one, shelves.an_operator()).state == "verified"


def test_a_proposal_needs_the_familys_consent_a_county_and_ones_own_team(manager, team):
    right = {"team": public_id(team), "county": team.county.code, "consented": True, "name": "向示例"}
    stranger = shelves.a_team()
    for wrong, code in (
        ({"consented": False}, "INVALID"),
        ({"county": "420000"}, "INVALID"),
        ({"team": public_id(stranger)}, "NOT_FOUND"),
    ):
        assert told(PROPOSE, manager, input={**right, **wrong})["errors"][0]["code"] == code
    assert not Household.objects.exists()


def test_a_manager_says_who_grew_her_lot_and_nobody_elses(manager, team):
    lot = shelves.a_lot(shelves.a_variant(shelves.a_product(team)), level=Lot.Level.SHARED)
    two = world.households(team, 2)
    shares = [{"household": public_id(h), "grams": 90_000 * (n + 1)} for n, h in enumerate(two)]
    stranger = shelves.a_person()
    shelves.a_team(manager=stranger)
    refused = told(SHARE, stranger, input={"lot": public_id(lot), "shares": shares})
    assert refused["errors"][0]["code"] == "NOT_FOUND" and not LotShare.objects.exists()
    made = told(SHARE, manager, input={"lot": public_id(lot), "shares": shares})
    assert [(row["household"]["id"], row["grams"]) for row in made["shares"]] == [
        (public_id(h), 90_000 * (n + 1)) for n, h in enumerate(two)
    ]
    again = told(SHARE, manager, input={"lot": public_id(lot), "shares": shares})
    assert again["errors"][0]["code"] == "CONFLICT"
