"""The board tells both channels apart and together, to whoever looks, from what was summed when a statement came to count."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contest.actions.tally import retally
from contest.models import ImportBatch, OutsideTally, ProjectMapping
from contest.reads import board
from contest.reads.channels import channels
from core import clock
from impact.actions import standings
from impact.models import Disclosure, Entry, Round
from tests.contest.buying import buy
from tests.contest.outside import a_mapping, a_row, a_source, a_statement
from tests.contest.test_rulebook import told
from tests.impact import world
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
PRICE = 36_90
BOARD = """query B($e: String!, $by: BoardBy!, $sort: BoardSort!) { board(edition: $e, by: $by, sort: $sort) {
    rows { rank value platforms platformUrls entry { number } figures { net { minor } outside { minor } together { minor } } } } }"""


class Sold:
    """Two entries: one sells here alone, the other here and on a platform; one sale of its is in both channels."""

    def __init__(self) -> None:
        lots = [world.a_lot(units=100) for _ in range(2)]
        self.round: Round = world.a_round(*(lot.variant.product.team for lot in lots))
        self.here, self.both = (
            self.round.entries.select_related("team", "round").get(team=lot.variant.product.team)
            for lot in lots
        )
        self.copy = buy(lots[1], 1)
        for lot, units in zip(lots, (3, 1), strict=True):
            buy(lot, units)
        standings.fold()
        self.source = a_source("jd")
        a_mapping(self.source, self.both, url="https://jd.example.com/p1")
        self.batch = a_statement(self.source, self.round, ("o1", 50_00), stated=-1)
        a_row(self.batch, "o2", PRICE, number=9, external_ref=self.copy.number)
        retally(self.round, self.source)

    def row(self, number: str, by: str = "ENTRY", sort: str = "NET") -> tuple[Any, ...]:
        for row in self.board(by, sort)["rows"]:
            if (row["entry"] or {}).get("number", "") == number:
                return (
                    row["rank"],
                    *(row["figures"][key]["minor"] for key in ("net", "outside", "together")),
                )
        raise AssertionError(number)

    def held(self) -> Entry:
        """The second as a page reads it."""
        return Entry.objects.select_related("standing", "disclosure", "round").get(pk=self.both.pk)

    def board(self, by: str = "ENTRY", sort: str = "NET") -> dict[str, Any]:
        return told(BOARD, e=self.round.edition.slug, by=by, sort=sort)


@pytest.fixture
def sold() -> Sold:
    return Sold()


def test_the_board_tells_both_channels_apart_and_together_and_a_sale_in_both_once(sold):
    assert sold.row(sold.here.number) == (1, 3 * PRICE, 0, 3 * PRICE)
    assert sold.row(sold.both.number) == (2, 2 * PRICE, 50_00, 2 * PRICE + 50_00)
    assert sold.row(sold.both.number, sort="TOGETHER")[0] == 1, "ranked by both, it is before the other"
    ranked = {row["entry"]["number"]: row for row in sold.board(sort="TOGETHER")["rows"]}
    one, none = ranked[sold.both.number], ranked[sold.here.number]
    assert (one["value"], none["value"]) == (2 * PRICE + 50_00, 3 * PRICE)
    assert one["platforms"] in (["Demo platform"], ["示例平台"]) and none["platforms"] == []
    address = f"https://jd.example.com/p1?utm_source=sheaf&utm_campaign={sold.both.number}"
    assert (one["platformUrls"], none["platformUrls"]) == ([address], [])
    ProjectMapping.objects.update(canonical="outside")
    retally(sold.round, sold.source)
    both = (2, 2 * PRICE, 50_00 + PRICE, 2 * PRICE + 50_00)
    assert sold.row(sold.both.number) == both, "the copy here counts there, and once"
    totals = board.totals(sold.round)
    assert (totals.net_minor, totals.outside_minor, totals.together_minor) == (
        5 * PRICE,
        50_00 + PRICE,
        5 * PRICE + 50_00,
    )
    divisions = sold.board("DIVISION", "TOGETHER")["rows"]
    assert sum(one["value"] for one in divisions) == 5 * PRICE + 50_00
    assert not any(one["platforms"] for one in divisions)
    OutsideTally.objects.update(copies=None)
    assert sold.row(sold.both.number) == both, "what a tally does not say is looked for"
    apart = channels(sold.both)
    assert (apart.here_minor, apart.outside_minor, apart.together_minor) == both[1:], "as on its own page"


def test_an_entry_that_stands_still_is_told_as_of_that_day_on_the_board_too(sold):
    ImportBatch.objects.update(applied_at=clock.now() - timedelta(days=1))
    Disclosure.objects.update_or_create(
        entry=sold.both,
        round=sold.round,
        defaults={
            "day": clock.today(),
            "made_at": timezone.now(),
            "held_since": clock.today(),
            "number": 3,
            "held_number": 3,
            "held_net_minor": PRICE,
            "held_mobilised_minor": 0,
        },
    )
    clock.move(timedelta(hours=1))
    a_statement(sold.source, sold.round, ("o3", 9_00))
    retally(sold.round, sold.source)
    assert OutsideTally.objects.get().net_minor == 59_00
    assert sold.row(sold.both.number)[1:] == (PRICE, 50_00, PRICE + 50_00)
    assert [one.net_minor for one in channels(sold.held()).channels] == [50_00]


def test_the_boards_page_shows_them_and_leads_out_and_asks_no_more_for_more_entries(sold):
    address = f"/en/contest/{sold.round.edition.slug}/provincial/"
    for page in (words(Client().get("/en/contest/")), words(Client().get(address))):
        assert "Outside (yuan)" in page and "Together (yuan)" in page and "Buy on Demo platform" in page
        assert f"https://jd.example.com/p1?utm_source=sheaf&amp;utm_campaign={sold.both.number}" in page
        assert page.count('rel="noopener nofollow"') == 1

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            sold.board()
        return len([one for one in seen if '"contest_' in one["sql"] or "contest_importrow" in one["sql"]])

    before = asked()
    a_mapping(sold.source, sold.here, project="P2", url="https://jd.example.com/p2")
    a_row(sold.batch, "o7", 3_00, number=19, project="P2")
    retally(sold.round, sold.source)
    assert all(row["platforms"] for row in sold.board()["rows"]) and asked() == before <= 3


def test_a_board_of_this_shop_alone_shows_one_channel():
    world.a_round(world.a_lot().variant.product.team)
    page = words(Client().get("/en/contest/"))
    assert "Net (yuan)" in page and "Outside (yuan)" not in page and "TOGETHER" not in page
