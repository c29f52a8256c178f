"""Whatever a cached answer reads is watched: a column that is shown and that no trigger notes would be told as it was."""

import re
from dataclasses import replace

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from contest.actions import rulebook
from core.api import lookahead
from core.api.facts import facts_of
from core.api.ids import global_id
from core.api.run import Documents, graphql_schema, run
from impact.models import Edition, Entry
from shop.sessions import SessionStore
from tests.impact import world as impact
from tests.shop import everything

pytestmark = pytest.mark.django_db
COLUMN = re.compile(r'(?:"(\w+)"|\b([A-Z]\d+))\."(\w+)"')
ALIAS = re.compile(r'"(\w+)" ([A-Z]\d+)\b')
WATCHED = """
    SELECT c.relname, coalesce(array_agg(a.attname) FILTER (WHERE a.attname IS NOT NULL), '{}'), count(*) FILTER (WHERE t.tgattr = '')
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(t.tgattr)
    WHERE t.tgname LIKE 'note\\_%%' AND t.tgtype & 16 <> 0 GROUP BY 1
"""

# A story is written once: another one is another row, to which catalog_variant.story_id leads, which is watched.
# Of rules what is shown is frozen, and noted when it is. An entry's day moves with its standing, which is watched.
WRITTEN_ONCE = {"catalog_pricestory", "contest_rulebook", "impact_standingday"}


def watched() -> dict[str, set[str] | None]:
    """Of each table with such a trigger the columns of which a change is noted; None for all."""
    with connection.cursor() as cursor:
        cursor.execute(WATCHED)
        return {table: None if whole else set(columns) for table, columns, whole in cursor.fetchall()}


def read_by(statement: str) -> set[tuple[str, str]]:
    """(table, column) of all that a statement names."""
    aliases = {alias: table for table, alias in ALIAS.findall(statement)}
    return {
        (table or aliases.get(alias, alias), column) for table, alias, column in COLUMN.findall(statement)
    }


def kept_roots() -> set[str]:
    """The root fields whose answers are kept."""
    fields = graphql_schema().query_type.fields
    return {name for name, field in fields.items() if facts_of(field).cache_tags}


def given(slug: str, team: str, rules: str):
    """How each of them is asked."""
    edition, number = Entry.objects.values_list("round__edition__slug", "number").get()
    ways = {
        "product": [{"slug": slug}],
        "products": [{"first": 3}],
        "search": [{"query": "茶", "first": 3}],
        "searchSuggestions": [{"text": "茶", "first": 3}],
        "team": [{"slug": team}],
        "teams": [{"first": 3}],
        "provenance": [{"product": slug}, {"team": team}],
        "reviews": [{"product": slug, "first": 3}],
        "rating": [{"product": slug}],
        "boughtTogether": [{"product": slug}],
        "fromSameCounty": [{"product": slug}],
        "inSeasonTogether": [{"product": slug}],
        "formerProduct": [{"slug": slug}],
        **{kind: [{"slug": "1"}] for kind in ("geographicalIndication", "brand")},
        "place": [{"code": Product.objects.get(slug=slug).origin_id}],
        "productFaq": [{"product": slug, "first": 3}],
        "contestEntry": [{"edition": edition, "number": number}],
        "scoreExplained": [{"edition": edition, "number": number}],
        "scoreCompared": [{"edition": edition, "a": number, "b": number}],
        "rulebooks": [{"edition": edition}],
        "rulebook": [{"id": rules}],
        "ceremonies": [{"edition": edition}],
        "edition": [{"slug": one} for one in Edition.objects.values_list("slug", flat=True)],
    }
    kept = kept_roots()
    return lambda name: ways.get(name, [{}]) if name in kept else []


def shown_by(plan: lookahead.Plan) -> set[tuple[str, str]]:
    """(table, column) of all that resolvers read of a plan's rows, as their types say."""
    found = set()
    for path in plan.read_columns():
        model, _, name = path.rpartition("__")
        there = plan.model
        for step in model.split("__") if model else ():
            there = lookahead.relations(there)[step].related_model
        found.add((there._meta.db_table, there._meta.get_field(name).column))
    return found.union(*(shown_by(child) for child in plan.many.values()))


@pytest.fixture
def unwatched(monkeypatch):
    """Tells what answers that are kept show or go by, and no trigger watches."""
    lot = impact.a_lot()
    round_ = impact.a_round(lot.variant.product.team)
    rules = rulebook.freeze(rulebook.draft(round_, None), None)
    product = lot.variant.product
    asked_for = (product.slug, product.team.slug, global_id("Rulebook", rules.uid))
    # Nobody changes by what a row is known.
    keys = {(model._meta.db_table, model._meta.pk.column) for model in apps.get_models()}
    planned = lookahead._planned

    def found() -> set[tuple[str, str]]:
        plans, statements = [], []

        def noted(*told):
            plans.append(planned(*told))
            return plans[-1]

        monkeypatch.setattr(lookahead, "_planned", noted)
        for _, document in everything.documents(given(*asked_for), open_alone=True):
            request = RequestFactory().post("/graphql")
            request.user, request.id, request.session = AnonymousUser(), "r", SessionStore()
            with CaptureQueriesContext(connection) as asked:
                _, errors = run(request, Documents().prepare(document), {})
            assert not errors, (document[:60], errors)
            statements += [one["sql"] for one in asked]
        shown = set().union(*(shown_by(plan) for plan in plans))
        tables = {table for table, _ in shown}
        assert tables > {
            "catalog_product",
            "catalog_variant",
            "catalog_lot",
            "accounts_region",
            "orders_review",
        }
        for statement in statements:
            # Of rows that are fetched for their types, only by what they are chosen; of all others all that is read.
            _, _, chosen = statement.partition(" WHERE ")
            shown |= read_by(chosen) | {one for one in read_by(statement) if one[0] not in tables}
        notes = watched()
        return {
            (table, column)
            for table, column in shown - keys
            if column != "uid" and table not in WRITTEN_ONCE
            if table not in notes or (notes[table] is not None and column not in notes[table])
        }

    return found


def test_whatever_a_kept_answer_shows_is_watched(unwatched):
    assert unwatched() == set()


def test_a_shown_column_that_no_trigger_watches_is_found(unwatched, monkeypatch):
    field = graphql_schema().type_map["Lot"].fields["code"]
    facts = replace(facts_of(field), columns=("code", "units_sold"))
    monkeypatch.setitem(field.extensions, "sheaf", facts)
    assert unwatched() == {("catalog_lot", "units_sold")}
