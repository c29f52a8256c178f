"""A round of hundreds: whoever stands at the end of a board or a result is found there as well."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Team
from contest.models import Result, ResultRow, RoundPlan, Snapshot
from contest.scoring.encoded import as_json
from contest.scoring.inputs import Inputs
from core import clock
from impact.models import Entry
from tests.accounts.world import Asker, a_person
from tests.catalog import world as shelves
from tests.contest.rounds import by_a_rulebook
from tests.impact import world
from tests.web.conftest import signed_in
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
MANY = 350


@pytest.fixture
def round_():
    """A round that is frozen, of 350 entries without a sale; all of them are in its result, by their numbers."""
    made = world.a_round(days=(-20, -10, -5))
    county = shelves.a_county()
    teams = Team.objects.bulk_create(
        Team(
            code=f"L{n:03}", slug=f"long-{n:03}", name_zh=f"示例{n:03}队", name_en=f"Demo {n:03}",
            county=county, division=county.parent, licence_number="",
        )
        for n in range(1, MANY + 1)
    )  # fmt: skip
    at = made.opens_at
    entries = Entry.objects.bulk_create(
        Entry(round=made, team=team, number=team.code, approved_at=at) for team in teams
    )
    book = by_a_rulebook(made)
    RoundPlan.objects.filter(round=made).update(state="provisional")
    snapshot = Snapshot.objects.create(
        round=made, number=0, until=made.freezes_at, taken_at=timezone.now(), rulebook=book,
        rulebook_sha256=book.sha256, sha256="1" * 64,
    )  # fmt: skip
    result = Result.objects.create(
        round=made, version=1, snapshot=snapshot, seed="s", advances=6, until=made.freezes_at, sha256="2" * 64,
        published_at=timezone.now(), objections_close_at=clock.now() + timedelta(days=3),
    )  # fmt: skip
    keys = [row["key"] for row in book.parameters["indicators"]]
    ResultRow.objects.bulk_create(
        ResultRow(
            result=result, entry=entry, rank=n, total="1.0000", values=dict.fromkeys(keys, "1.0000"),
            inputs=as_json(Inputs(entry.pk)), decided_by="draw",
        )
        for n, entry in enumerate(entries, start=1)
    )  # fmt: skip
    return made


def through(client: Client, path: str, at: str) -> list[str]:
    """The numbers of this part of a page, and of all the pages that it leads on to."""
    found: list[str] = []
    address: str | None = path
    while address:
        html = words(client.get(address))
        part = (
            html.split(f'id="{at}"')[1]
            .split("Those after</a>")[0]
            .split('class="hint"')[0 if at == "board" else 1]
        )
        found += re.findall(r"no\. (L\d{3})", part)
        onward = re.search(rf'href="(\?[^"#]*)#{at}">Those after</a>', html)
        address = path + onward[1].replace("&amp;", "&") if onward else None
    return found


def test_each_entry_is_found_on_the_board_and_in_the_result(round_):
    everybody = [f"L{n:03}" for n in range(1, MANY + 1)]
    path = f"/en/contest/{round_.edition.slug}/provincial/"
    assert through(Client(), path, "board") == everybody
    assert through(Client(), path, "result") == everybody
    organiser = signed_in(a_person(("organiser",)))
    desk = f"/en/organiser/{round_.edition.slug}/provincial/results/"
    assert "L350" not in words(organiser.get(desk))
    assert "L350" in words(organiser.get(f"{desk}?resultSkip=300"))


BOARD = """query B($e: String!, $n: Int) { board(edition: $e, level: PROVINCIAL, first: 50, skip: $n) {
  rowCount rows { entry { number team { name } } figures { net { minor } } } } }"""
RESULT = """query R($e: String!, $n: Int) { roundResult(edition: $e, level: PROVINCIAL) {
  rowCount rows(skip: $n) { rank entry { number team { name } } total points } } }"""


def test_the_last_page_takes_as_many_statements_as_the_first(round_):
    guest = Asker()
    for document, field in ((BOARD, "board"), (RESULT, "roundResult")):
        counted, last = [], []
        for skip in (0, 300):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                told = guest.ask(document, e=round_.edition.slug, n=skip)[field]
            counted.append(len(queries))
            last.append((told["rowCount"], [row["entry"]["number"] for row in told["rows"]]))
        assert counted[0] == counted[1] and counted[0] <= 8, (field, counted)
        assert last[1] == (MANY, [f"L{n:03}" for n in range(301, MANY + 1)])
        told = guest.ask(document, e=round_.edition.slug, n=10**6)[field]
        assert (told["rowCount"], told["rows"]) == (MANY, [])
