"""A thing by its id alone: `node` gives what the thing's own door gives, to whom it gives it, and no more."""

import pytest
from graphql import get_named_type, is_interface_type, is_list_type, is_non_null_type

from catalog.models import Product
from core.api.ids import global_id
from core.api.nodes import DOORS, MOST
from core.api.run import graphql_schema
from tests.accounts.world import Asker, a_person
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.contest.rounds import a_field
from tests.impact.disclosed import at_noon
from tests.orders.world import Buyer
from tests.shop.test_token_scopes import a_script, refused

pytestmark = pytest.mark.django_db

# Root fields that give one thing which has an id, and why that id opens nothing.
NO_NODES = {
    # The id that its type tells is that of the thing itself, which is public or has another door.
    **dict.fromkeys(("teamProduct", "officeTeam", "officeOrganisation"), "another face of a Node"),
    # What lies at somebody's desk or belongs to an order is asked for there.
    **dict.fromkeys(("listingSheet", "orderGroup", "organiserRound"), "a part of a desk"),
    **dict.fromkeys(("brand", "geographicalIndication"), "what papers say together: no row of its own"),
    # Whoever has its link may read it; its id is told to others too.
    "groupPurchase": "behind a link",
    "invitation": "behind a link",
    "roleInvitation": "behind a link",
}
PRODUCT = "... on Product { id slug name variants { id price { minor } } team { slug name } }"
NODE = f"query($id: ID!) {{ node(id: $id) {{ __typename id {PRODUCT} }} }}"
NODES = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id {PRODUCT} ... on Order {{ number }} }} }}"


def ids_of(*rows):
    return [global_id(type(row).__name__, row.uid) for row in rows]


def test_every_root_field_that_gives_one_thing_opens_it_by_its_id_or_says_why_not():
    roots = {}
    for name, field in graphql_schema().query_type.fields.items():
        bare = field.type.of_type if is_non_null_type(field.type) else field.type
        kind = get_named_type(bare)
        if (
            not is_list_type(bare)
            and not is_interface_type(kind)
            and "id" in (getattr(kind, "fields", None) or {})
        ):
            roots[name] = kind.name
    by_id = {name: kind for name, kind in roots.items() if kind in DOORS and DOORS[kind].root == name}
    assert set(by_id.values()) == set(DOORS)
    assert set(roots) - set(by_id) == set(NO_NODES)
    assert not set(by_id) & set(NO_NODES)


def test_a_product_by_its_id_is_the_product_by_its_address_and_a_draft_is_nothing():
    shown, draft = a_lot().variant.product, a_product(state="draft")
    shop = Asker()
    (id,) = ids_of(shown)
    inner = PRODUCT.removeprefix("... on Product")
    own = shop.ask(f"query($s: String!) {{ product(slug: $s) {inner} }}", s=shown.slug)["product"]
    assert own and shop.ask(NODE, id=id)["node"] == {"__typename": "Product", **own}
    assert (
        shop.send(NODE, id=ids_of(draft)[0])
        == shop.send(NODE, id=ids_of(Product())[0])
        == {"data": {"node": None}}
    )


def test_an_order_is_its_buyers_alone_and_a_cart_whoevers_has_its_id():
    owner, lot = a_person(), a_lot()
    buyer, other, guest = Buyer(owner), Buyer(a_person()), Buyer()
    order = buyer.ask("query($n: String!) { order(number: $n) { id } }", n=buyer.place(lot)["number"])[
        "order"
    ]
    document = "query($id: ID!) { node(id: $id) { ... on Order { number total { minor } lines { name } } } }"
    assert buyer.ask(document, id=order["id"])["node"]["lines"]
    for stranger in (other, guest, Asker()):
        assert stranger.send(document, id=order["id"]) == {"data": {"node": None}}
    hers, a_guests = buyer.fill(lot)["id"], guest.fill(lot)["id"]
    cart = "query($id: ID!) { node(id: $id) { ... on Cart { lines { quantity } total { minor } } } }"
    own_door = "query($id: ID!) { cart(id: $id) { lines { quantity } total { minor } } }"
    for asker in (buyer, other, guest):
        for id in (hers, a_guests):
            assert asker.ask(cart, id=id)["node"] == asker.ask(own_door, id=id)["cart"]
    assert other.ask(cart, id=hers)["node"] is None


def test_she_herself_is_told_to_nobody_else():
    one, other = a_person(), a_person()
    document = "query($id: ID!) { node(id: $id) { ... on Viewer { email } } }"
    (id,) = (global_id("Viewer", one.uid),)
    assert Asker(one).ask(document, id=id)["node"] == {"email": one.email}
    assert Asker(other).ask(document, id=id)["node"] is Asker().ask(document, id=id)["node"] is None


def test_a_program_asks_for_what_opens_the_things_own_door():
    buyer = a_person(email_verified_at="2026-01-01T00:00Z")
    product = a_lot().variant.product
    document = "query($id: ID!) { node(id: $id) { id } }"
    viewer = global_id("Viewer", buyer.uid)
    script = a_script(buyer, "BUY")
    assert refused(script, document, id=viewer) == {"NOT_ALLOWED"}
    assert script.ask(document, id=ids_of(product)[0])["node"]
    assert a_script(buyer, "READ").ask(document, id=viewer)["node"] == {"id": viewer}


def test_each_version_of_a_result_is_found_by_its_id_as_by_its_round(monkeypatch):
    at_noon()
    field = a_field(monkeypatch, teams=2, advances=1)
    field.scoring((80, 60), (50, 40))
    field.freeze()
    result = field.publish()
    inner = "{ id version state rows { entry { number } } }"
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on RoundResult {inner} }} }}"
    by_round = Asker().ask(
        f"query($edition: String!) {{ roundResult(edition: $edition, level: PROVINCIAL) {inner} }}",
        edition=field.round.edition.slug,
    )["roundResult"]
    assert by_round["rows"] and by_round["id"] == global_id("RoundResult", result.uid)
    assert Asker().ask(document, id=by_round["id"])["node"] == by_round


@pytest.mark.parametrize(
    "id",
    [
        "",
        "x",
        "UHJvZHVjdDp4",
        global_id("Variant", Product().uid),
        global_id("TeamProduct", Product().uid),
        global_id("Product", str(Product().uid)),
    ],
    # Each process that runs tests must find them under the same names.
    ids=["empty", "a letter", "no uid", "of what has no door", "of another's face", "a text for a uid"],
)
def test_what_is_no_id_of_a_node_is_refused(id):
    for document, given in ((NODE, {"id": id}), (NODES, {"ids": [id]})):
        (error,) = Asker().send(document, **given)["errors"]
        assert error["extensions"]["code"] == "INVALID_ID"


def test_many_are_read_kind_by_kind_in_their_order(django_assert_num_queries):
    person = a_person()
    shop = Buyer(person)
    products = [a_lot(a_variant(a_product(a_team()))).variant.product for _ in range(5)]
    order = shop.ask("query($n: String!) { order(number: $n) { id } }", n=shop.place(a_lot())["number"])[
        "order"
    ]
    lacking = ids_of(Product())[0]
    ids = [*ids_of(*products[:2]), lacking, order["id"], *ids_of(*products[2:]), ids_of(products[0])[0]]
    told = shop.ask(NODES, ids=ids)["nodes"]
    assert [one and one["id"] for one in told] == [None if id == lacking else id for id in ids]
    counts = []
    for some in (ids_of(products[0]), ids_of(*products)):
        shop.ask(NODES, ids=some)
        with django_assert_num_queries(counts[0] if counts else 4) as asked:
            shop.ask(NODES, ids=some)
        counts.append(len(asked))
    (error,) = shop.send(NODES, ids=[lacking] * (MOST + 1))["errors"]
    assert error["extensions"]["code"] == "INVALID"


def test_what_many_cost_is_as_many_times_what_one_does():
    deep = "... on Product { variants { id price { minor } } team { products(first: 100) { nodes { id } } } }"
    codes = {e["extensions"]["code"] for e in Asker().send(f"{{ nodes(ids: []) {{ id {deep} }} }}")["errors"]}
    assert codes == {"TOO_COSTLY"}
