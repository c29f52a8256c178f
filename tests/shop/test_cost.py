"""What everyday questions cost: a stranger may send them as text, with room; the dearest that she may is bounded."""

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from graphql import parse

from bench import reads
from core.api.guard import Unacceptable, check_tally, check_text, limit, tally_of
from core.api.run import graphql_schema
from shop.web.document import exists, text_of
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.shop import tour

ROOT = Path(__file__).parents[2]
PAGES = sorted({page for page in tour.pages().values() if exists(page.document)})
BENCH = sorted(set((ROOT / "bench/documents").glob("*.graphql")) - {ROOT / "bench/documents/dearest.graphql"})
README = [
    json.loads(f'"{found}"') for found in re.findall(r'"query": "(.*?)",\n', (ROOT / "README.md").read_text())
]
# A shelf of somebody else's: products with their sizes, prices, pictures and stories, and what would narrow them.
SHELF = """{ search(query: "橙", first: 24) { totalCount facets { name title values { value label count } }
  nodes { id slug name summary pictures { url cardUrl width height alt } priceFrom { amount currency }
    team { slug name village county { name } } category { slug name } origin { name }
    variants { id name netContent price { amount currency } isPlenty } }
  pageInfo { hasNextPage endCursor } } }"""


def tally(text):
    return tally_of(graphql_schema(), parse(text), {})


SENT = {page.name: (text_of(page.document), page.for_somebody) for page in PAGES}
SENT |= {path.stem: (path.read_text(), False) for path in BENCH}


def test_every_document_of_ours_can_be_sent_as_text_by_whom_it_is_for():
    dear = []
    for name, (text, is_for_somebody) in SENT.items():
        found, most = tally(text), limit("cost_signed_in" if is_for_somebody else "cost_anonymous")
        dear += [] if found.cost <= 0.9 * most else [(name, found.cost, most)]
        try:
            check_text(text)
            check_tally(found, signed_in=is_for_somebody)
        except Unacceptable as no:
            dear.append((name, *no.args))
    assert dear == []


def test_what_the_readme_asks_and_a_shelf_in_somebody_elses_front_fit_twice():
    assert len(README) >= 6
    for text in [*README, SHELF, reads.LIST_DOCUMENT, reads.DETAIL_DOCUMENT, reads.SEARCH_DOCUMENT]:
        check_text(text)
        assert 2 * tally(text).cost <= limit("cost_anonymous"), text[:60]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", [SHELF, reads.LIST_DOCUMENT, reads.DEAREST], ids=["shelf", "list", "dearest"]
)
def test_a_stranger_is_answered(text, the_whole_shop):
    for _ in range(3):
        a_lot(a_variant(a_product()))
    reply = Client().post("/graphql", json.dumps({"query": text}), content_type="application/json")
    assert reply.status_code == 200 and "errors" not in reply.json(), reply.content[:300]


@pytest.mark.django_db
def test_the_dearest_that_a_stranger_may_ask_takes_few_statements(the_whole_shop, settings):
    """What is asked anew for each parent costs as much as it takes."""
    settings.API_ANSWER_CACHE = False
    cost = tally(reads.DEAREST).cost
    assert 0.8 * limit("cost_anonymous") <= cost <= limit("cost_anonymous")
    for _ in range(12):
        a_lot(a_variant(a_product(a_team())))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as statements:
            Client().post("/graphql", json.dumps({"query": reads.DEAREST}), content_type="application/json")
        counts.append(len(statements))
    # 12 teams of the 100 that were paid for: a statement for each page of products, four of them a team.
    assert 12 * 4 <= counts[-1] <= 12 * 4 + 8
    more = reads.DEAREST.replace("a4:", "a5: products(first: 1) { nodes { id } } a4:")
    reply = Client().post("/graphql", json.dumps({"query": more}), content_type="application/json")
    assert reply.json()["errors"][0]["extensions"]["code"] == "TOO_COSTLY"
