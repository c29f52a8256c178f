"""The shelves through the API: what a buyer may see, and by no door what is not published."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Region
from catalog import search
from catalog.actions import card
from catalog.models import Lot, Product
from core import clock
from core.api.ids import global_id
from core.api.schema import unbounded
from tests.catalog.asker import Asker, schema, undeclared, undescribed
from tests.catalog.world import (
    a_category,
    a_lot,
    a_person,
    a_planned_lot,
    a_product,
    a_region,
    a_team,
    a_variant,
    an_operator,
    published,
)

pytestmark = pytest.mark.django_db

LIST = """query($first: Int!) { products(first: $first) { nodes {
    slug name illustration seasonMonths isPresale isAvailable needsAdult householdBps unitsAvailable isPlenty
    priceFrom { amount minor currency } origin { name } category { slug name }
    team { slug name division { name } county { name } leader { name isVerified } }
    pictures { cardUrl width alt } certificates { kindName number }
    variants { id name netContent price { minor } unitsAvailable isPlenty
        priceStory { part bps amount { minor } } lot { code levelName place isPresale } }
} } }"""


def statements(caught):
    """What was asked of the database; the trade's clock, looked at once a second, aside."""
    return [q["sql"] for q in caught.captured_queries if "core_clock" not in q["sql"]]


def test_each_field_says_who_may_read_it_what_it_is_and_how_long_its_lists_are():
    assert undeclared(schema) == []
    assert undescribed(schema) == []
    assert unbounded(schema) == []


def test_a_product_tells_its_price_and_what_it_pays_for():
    lot = a_lot(units=3)
    slug = lot.variant.product.slug
    seen = Asker().ask(
        """query($slug: String!) { product(slug: $slug) {
            name householdBps priceFrom { amount currency } isAvailable unitsAvailable isPlenty isInSeason isPresale
            variants { unitsAvailable isPlenty price { minor } lot { code place isPresale }
                priceStory { part name bps isHouseholds amount { minor } } }
        } }""",
        slug=slug,
    )["product"]
    assert (seen["name"], seen["householdBps"]) == ("Zigui summer oranges", 5400)
    assert seen["priceFrom"] == {"amount": "36.90", "currency": "CNY"}
    assert (seen["isAvailable"], seen["unitsAvailable"], seen["isPlenty"]) == (True, 3, False)
    (variant,) = seen["variants"]
    assert variant["lot"] == {"code": lot.code, "place": "Demo Village", "isPresale": False}
    parts = {part["part"]: part["amount"]["minor"] for part in variant["priceStory"]}
    assert sum(parts.values()) == 3690
    # The households' part is floor(3690 · 54 %), as it is attributed.
    assert parts["farm_gate"] + parts["labour"] == 1992
    assert [part["isHouseholds"] for part in variant["priceStory"]][:3] == [True, True, False]
    assert variant["priceStory"][0]["name"] == "Households, farm gate"


def test_how_many_are_left_is_told_only_when_they_are_few():
    lot = a_lot(units=873)
    seen = Asker().ask(
        "{ products(first: 1) { nodes { unitsAvailable isPlenty variants { unitsAvailable isPlenty } } } }"
    )
    (product,) = seen["products"]["nodes"]
    assert product == {
        "unitsAvailable": 5,
        "isPlenty": True,
        "variants": [{"unitsAvailable": 5, "isPlenty": True}],
    }
    Lot.objects.filter(pk=lot.pk).update(state="closed")
    card.refresh(lots=[lot.pk])
    seen = Asker().ask("{ products(first: 1) { nodes { unitsAvailable isPlenty isAvailable } } }")
    assert seen["products"]["nodes"] == [{"unitsAvailable": 0, "isPlenty": False, "isAvailable": False}]


def test_out_of_season_it_is_sold_in_advance_from_a_planned_lot():
    other_month = clock.today().month % 12 + 1
    variant = a_variant(a_product(season_months=[other_month]))
    lot = a_planned_lot(variant)
    document = """query($slug: String!) { product(slug: $slug) {
        isInSeason isPresale shipBy variants { lot { isPresale shipBy } } } }"""
    seen = Asker().ask(document, slug=variant.product.slug)["product"]
    assert seen == {
        "isInSeason": False,
        "isPresale": True,
        "shipBy": lot.ship_by.isoformat(),
        "variants": [{"lot": {"isPresale": True, "shipBy": lot.ship_by.isoformat()}}],
    }
    a_lot(variant)
    seen = Asker().ask(document, slug=variant.product.slug)["product"]
    assert (seen["isPresale"], seen["shipBy"]) == (False, None)


def test_the_season_follows_the_trades_clock():
    a_lot(a_variant(a_product(season_months=[clock.today().month])))
    seen = "{ products(first: 1) { nodes { isInSeason } } }"
    assert Asker().ask(seen)["products"]["nodes"] == [{"isInSeason": True}]
    clock.move(timedelta(days=62))
    assert Asker().ask(seen)["products"]["nodes"] == [{"isInSeason": False}]
    clock.back_to_now()


def test_a_certificate_that_has_run_out_is_shown_no_longer():
    product, today = a_product(), clock.today()
    for number, days in (("good", 1), ("spent", -1)):
        product.certificates.create(
            kind="test",
            number=number,
            issuer_zh="示例",
            issuer_en="Demo",
            issued_on=today - timedelta(days=30),
            expires_on=today + timedelta(days=days),
        )
    seen = Asker().ask("{ products(first: 1) { nodes { certificates { number kindName } } } }")
    assert seen["products"]["nodes"][0]["certificates"] == [{"number": "good", "kindName": "Test report"}]


def test_alcohol_needs_an_adult():
    a_lot(a_variant(a_product(kind="alcohol")))
    assert Asker().ask("{ products(first: 1) { nodes { needsAdult } } }")["products"]["nodes"] == [
        {"needsAdult": True}
    ]


@pytest.fixture
def hidden():
    """A published product of a team, and one in each other state."""
    team = a_team(manager=a_person())
    shown = a_lot(a_variant(a_product(team, name_en="Shown pears"))).variant.product
    for state in ("draft", "submitted", "changes_requested", "suspended", "archived"):
        product = a_product(
            team, state=state, name_zh="秘密", name_en=f"Secret {state}", slug=f"secret-{state}"
        )
        a_lot(a_variant(product))
        search.index([product.id])
    search.index([shown.id])
    return team


DOORS = {
    "products": "{ products(first: 50) { nodes { nameEn } totalCount } }",
    "search": '{ search(query: "", first: 50) { nodes { nameEn } edges { node { nameEn } } totalCount } }',
    "search by word": '{ search(query: "secret", first: 50) { nodes { nameEn } totalCount } }',
    "team": '{ team(slug: "%s") { products(first: 50) { nodes { nameEn } totalCount } } }',
    "teams": "{ teams(first: 5) { nodes { products(first: 50) { nodes { nameEn } totalCount } } } }",
    "facets": '{ search(query: "", first: 1) { facets { name values { value count } } } }',
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("asker", ["stranger", "manager", "operator"])
def test_what_is_not_published_is_reached_by_no_door(hidden, door, asker):
    person = {"stranger": None, "manager": hidden.members.get().person, "operator": an_operator()}[asker]
    document = DOORS[door] % hidden.slug if "%s" in DOORS[door] else DOORS[door]
    answer = Asker(person).ask(document)
    text = str(answer)
    assert "Secret" not in text
    counts = {"products": 1, "search": 1, "search by word": 0}
    if door in counts:
        assert next(iter(answer.values()))["totalCount"] == counts[door]
    if door == "facets":
        assert {v["count"] for facet in answer["search"]["facets"] for v in facet["values"]} == {1}


@pytest.mark.parametrize("state", ["draft", "submitted", "suspended", "archived"])
def test_a_preview_is_for_its_team_and_the_operators(hidden, state):
    document = f'query($p: Boolean) {{ product(slug: "secret-{state}", preview: $p) {{ nameEn }} }}'
    manager = hidden.members.get().person
    stranger = a_person()
    other = a_team(manager=stranger)
    assert other
    for person, preview, sees in (
        (None, True, False),
        (stranger, True, False),
        (manager, False, False),
        (manager, True, True),
        (an_operator(), True, True),
    ):
        seen = Asker(person).ask(document, p=preview)["product"]
        assert seen == ({"nameEn": f"Secret {state}"} if sees else None), (person, preview)


def test_a_list_takes_the_same_statements_for_one_product_and_for_many(settings):
    settings.API_LIMITS = {**settings.API_LIMITS, "cost_anonymous": 100_000}
    counts = []
    for size in (1, 24):
        for _ in range(size - Product.objects.count()):
            product = a_product()
            a_lot(a_variant(product))
            a_lot(a_variant(product))
        clock.today()
        asker = Asker()
        asker.ask(LIST, first=1)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            seen = asker.ask(LIST, first=24)
        assert len(seen["products"]["nodes"]) == size
        counts.append(statements(caught))
    assert len(counts[0]) == len(counts[1])
    # products with team, leader, category and places; variants with story and lot; photos; papers
    assert len(counts[1]) == 4, counts[1]


def test_a_search_with_facets_takes_five_statements():
    for _ in range(12):
        product = a_product()
        a_lot(a_variant(product))
        search.index([product.id])
    document = """{ search(query: "夏橙", first: 24) { totalCount engine pageInfo { hasNextPage }
        facets { name title values { value label count isChosen } }
        nodes { slug team { name } variants { price { minor } } } } }"""
    asker = Asker()
    asker.ask(document)
    with CaptureQueriesContext(connection) as caught:
        seen = asker.ask(document)["search"]
    assert (seen["totalCount"], seen["engine"], len(seen["nodes"])) == (12, "postgresql", 12)
    # found, counted, products, variants, and the names of categories; those of divisions are known
    assert len(statements(caught)) == 5, [sql[:90] for sql in statements(caught)]


def test_facets_speak_the_readers_language_and_know_what_is_chosen():
    for price, category in ((3690, a_category()), (8800, a_category("tea", "茶叶", "Tea"))):
        product = a_product(category=category)
        a_lot(a_variant(product, price_minor=price))
        search.index([product.id])
    document = """query($c: [String!], $p: [String!]) {
        search(first: 5, where: {category: $c, price: $p}) {
            totalCount facets { name title values { value label count isChosen } } } }"""
    seen = Asker().ask(document, c=["tea"])["search"]
    facets = {facet["name"]: facet for facet in seen["facets"]}
    assert seen["totalCount"] == 1
    assert facets["category"]["title"] == "Category"
    assert facets["category"]["values"] == [
        {"value": "fruit", "label": "Fruit", "count": 1, "isChosen": False},
        {"value": "tea", "label": "Tea", "count": 1, "isChosen": True},
    ]
    assert facets["price"]["values"] == [
        {"value": "8000-", "label": "¥80 and more", "count": 1, "isChosen": False}
    ]
    assert facets["inSeason"]["values"][0]["label"] == "In season"
    seen = Asker(language="zh").ask(document, p=["3000-4999", "0-2999"])["search"]
    facets = {facet["name"]: facet for facet in seen["facets"]}
    assert seen["totalCount"] == 1
    assert facets["division"]["values"][0]["label"] == "宜昌市"
    assert [(v["label"], v["isChosen"]) for v in facets["price"]["values"]] == [
        ("¥30 以下", True),
        ("¥30–¥50", True),
        ("¥80 起", False),
    ]


def test_of_many_divisions_those_that_would_show_most_are_told_and_always_the_chosen():
    codes = Region.objects.filter(level=2).order_by("code").values_list("code", flat=True)[:19]
    for n, code in enumerate(codes):
        county = a_region(f"{code[:4]}99", "示例县", "Demo County", 3, Region.objects.get(code=code))
        team = a_team(county=county)
        search.index([published(team).product_id for _ in range(2 if n == 18 else 1)])
    document = """query($d: [String!]) { search(first: 1, where: {division: $d}) {
        facets { name values { value count isChosen } } } }"""

    def told(*chosen):
        facets = Asker().ask(document, d=chosen or None)["search"]["facets"]
        values = next(facet["values"] for facet in facets if facet["name"] == "division")
        return [(row["value"], row["count"], row["isChosen"]) for row in values]

    ones = [(code, 1, False) for code in codes[:16]]
    assert told() == [*ones, (codes[18], 2, False)]
    assert told(codes[17]) == [*ones[:15], (codes[17], 1, True), (codes[18], 2, False)]


@pytest.mark.parametrize(
    "document",
    [
        '{ search(first: 1, where: {price: ["x"]}) { totalCount } }',
        '{ search(first: 1, where: {price: ["1-2-3"]}) { totalCount } }',
        "{ search(first: 101) { totalCount } }",
        "{ search { totalCount } }",
        '{ search(first: 1, after: "nonsense") { nodes { slug } } }',
    ],
)
def test_a_question_that_cannot_be_right_is_refused(document):
    (error,) = Asker().send(document)["errors"]
    assert error["extensions"]["code"] == "INVALID"


def test_pages_of_a_search_follow_each_other():
    for _ in range(5):
        product = a_product()
        a_lot(a_variant(product))
        search.index([product.id])
    document = """query($after: String) { search(query: "oranges", first: 2, after: $after) {
        edges { cursor node { slug } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    slugs, after = [], None
    for more, before in ((True, False), (True, True), (False, True)):
        page = Asker().ask(document, after=after)["search"]
        slugs += [edge["node"]["slug"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (more, before)
    assert len(set(slugs)) == 5


def test_lists_are_narrowed_and_ordered():
    cheap = a_lot(a_variant(a_product(slug="cheap", kind="dry"), price_minor=1000)).variant.product
    a_lot(a_variant(a_product(slug="dear"), price_minor=9000))
    a_product(slug="sold-out", season_months=[clock.today().month % 12 + 1])
    document = """query($w: ProductWhere, $s: ProductSort) {
        products(first: 9, where: $w, sort: $s) { nodes { slug } totalCount } }"""

    def slugs(sort=None, **where):
        return [node["slug"] for node in Asker().ask(document, w=where, s=sort)["products"]["nodes"]]

    assert slugs() == ["sold-out", "dear", "cheap"]
    assert slugs(sort="PRICE_ASC")[0] == "cheap"
    assert slugs(sort="PRICE_DESC")[0] == "dear"
    assert slugs(sort="SEASON") == ["dear", "cheap", "sold-out"]
    assert slugs(kind=["dry"]) == ["cheap"]
    assert slugs(kind=[]) == []
    assert slugs(inStock=True) == ["dear", "cheap"]
    assert slugs(inSeason=False) == ["sold-out"]
    assert slugs(team=cheap.team.slug) == ["cheap"]
    assert slugs(priceMin=9000, priceMax=9000) == ["dear"]
    assert slugs(price=["0-2999"]) == ["cheap"]
    assert slugs(category=["nothing"]) == []


def test_a_team_shows_its_people_and_place():
    team = a_team(verified=False)
    seen = Asker().ask(
        """query($s: String!) { team(slug: $s) { code name village county { name } division { code name }
            leader { name isVerified verifiedAt } } }""",
        s=team.slug,
    )["team"]
    assert seen == {
        "code": team.code,
        "name": team.name_en,
        "village": "Demo Village",
        "county": {"name": "Zigui County"},
        "division": {"code": "420500", "name": "Yichang"},
        "leader": {"name": "Xiang Lichun", "isVerified": False, "verifiedAt": None},
    }
    assert Asker().ask('{ team(slug: "nobody") { code } }') == {"team": None}


def test_a_team_put_to_rest_is_gone_with_all_it_offers():
    product = a_lot().variant.product
    search.index([product.id])
    from catalog.actions import team as teams

    teams.rest(product.team, an_operator(), "示例")
    seen = Asker().ask(
        '{ teams(first: 5) { nodes { code } } products(first: 5) { nodes { slug } } search(query: "夏橙", first: 5) { totalCount } }'
    )
    assert seen == {"teams": {"nodes": []}, "products": {"nodes": []}, "search": {"totalCount": 0}}


def test_ids_of_one_kind_are_no_ids_of_another():
    person = a_person()
    a_team(manager=person)
    (error,) = Asker(person).send(
        "query($id: ID!) { teamProduct(id: $id) { slug } }", id=global_id("Order", person.uid)
    )["errors"]
    assert error["extensions"]["code"] == "INVALID_ID"
