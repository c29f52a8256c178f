"""A larger shop made by SQL is a whole one: nothing points at what is not there, and all of it is on the shelf."""

import psycopg
import pytest

from bench import clones, supports
from bench.fold import Crowd
from catalog.models import Lot, Product, Variant
from catalog.reads import published_products
from contest.reads.inputs import inputs_of
from contest.reads.race import race
from core import clock
from impact.actions import disclosure, standings
from impact.models import Disclosure, Entry, Round, Standing, Support, SupportNumber, Transfer
from impact.reads.figures import LATEST, figures_of
from orders.models import Order
from tests import servers
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.impact import world as impact_world

pytestmark = pytest.mark.django_db(transaction=True)
_KEYS = """
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, f.attname FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]
    WHERE c.contype = 'f' AND cardinality(c.conkey) = 1
"""


def everybody() -> psycopg.Connection:
    postgres = servers.servers().servers.postgres
    assert postgres
    return psycopg.connect(postgres.url("postgres", servers.own_database()), autocommit=True)


def dangling(connection: psycopg.Connection) -> list[str]:
    """Foreign keys that lead nowhere."""
    found = []
    for table, column, there, key in connection.execute(_KEYS).fetchall():
        words = f"SELECT count(*) FROM {table} a WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {there} b WHERE b.{key} = a.{column})"
        if (row := connection.execute(words).fetchone()) and row[0]:  # type: ignore[arg-type]
            found.append(f"{table}.{column}: {row[0]}")
    return found


def test_more_products_stand_on_the_shelf_with_teams_variants_and_lots_of_their_own() -> None:
    team = a_team()
    for _ in range(2):
        lot = a_lot(a_variant(a_product(team, summary_zh="甜")), units=30)
        Product.objects.filter(pk=lot.variant.product_id).update(state="published")
    with everybody() as connection:
        clones.grow_products(connection, 25)
        assert dangling(connection) == []
    assert published_products().count() == 25
    assert len(set(published_products().values_list("name_zh", flat=True))) == 1 + 23
    assert published_products().values("team").distinct().count() == 1 + 3
    for variant in Variant.objects.select_related("lot"):
        assert variant.lot is None or variant.lot.variant_id == variant.pk
    assert Lot.objects.values("variant__product").distinct().count() == 25
    assert a_lot(a_variant(), units=1).pk > clones.STEP, "ids go on behind the clones"


def test_a_longer_ledger_is_made_of_whole_orders_and_a_shorter_one_too() -> None:
    lot = impact_world.a_lot(units=50)
    impact_world.a_round(lot.variant.product.team)
    for _ in range(2):
        impact_world.pay(impact_world.an_order((lot, 1)))
    standings.fold()
    first = Transfer.objects.count()
    with everybody() as connection:
        clones.grow_ledger(connection, first * 4)
        assert dangling(connection) == []
        assert (Transfer.objects.count(), Order.objects.count()) == (first * 4, 2 * 4)
        assert SupportNumber.objects.latest("number").number == 2 * 4
        clones.shorten_ledger(connection, first)
        assert dangling(connection) == []
    assert 0 < Transfer.objects.count() <= first
    assert 0 < Order.objects.count() <= 2


def test_a_crowd_supports_one_entry_and_is_folded_as_if_it_had_bought() -> None:
    lot = impact_world.a_lot(units=50)
    impact_world.a_round(lot.variant.product.team)
    impact_world.pay(impact_world.an_order((lot, 1)))
    standings.fold()
    with everybody() as connection:
        crowd = Crowd(connection)
        for count in (40, 1):
            crowd.come(count)
            assert standings.fold() == 1
        assert dangling(connection) == []
    assert Support.objects.count() == SupportNumber.objects.count() == 1 + 40 + 1
    now = Standing.objects.get()
    assert now.people == figures_of([now.entry_id])[now.entry_id].people == 39, "two of forty came back"


def test_a_round_of_more_entries_and_supports_is_folded_and_disclosed_as_a_shops() -> None:
    lots = [impact_world.a_lot([100_000] * 12, units=50) for _ in range(2)]
    impact_world.a_round(*(lot.variant.product.team for lot in lots), days=(-3, 3, 6))
    for lot in lots:
        impact_world.pay(impact_world.an_order((lot, 1)))
    standings.fold()
    acts = {"fold": standings.fold, "disclose": disclosure.disclose}
    with everybody() as connection:
        supports.grow_supports(connection, lambda name: (acts[name](), 0.0), 30, entries=5, batches=3)
        assert dangling(connection) == []
        where = supports.where(connection)
    assert (Entry.objects.count(), Support.objects.count(), SupportNumber.objects.count()) == (5, 30, 30)
    shown = race(Round.objects.get())
    assert [line.sums[-1] for line in shown.lines] == [6 * lots[0].variant.price_minor] * 5
    assert where["number"] in {line.entry.number for line in shown.lines} and len(shown.days) == 3
    assert Disclosure.objects.filter(entry__isnull=False, held_since=None).count() == 5
    assert all(
        one.net_minor and one.households
        for one in inputs_of(Round.objects.get(), LATEST, clock.now()).values()
    )
