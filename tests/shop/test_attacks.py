"""Attacks on the whole shop: another's things by every door, money, and what must not be told."""

import hashlib
import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import Person
from core.api.documents import ask
from core.api.ids import global_id
from core.api.run import graphql_schema
from orders.models import Order
from tests.accounts.world import a_person, an_organisation
from tests.catalog.world import a_lot, a_product, a_team, a_variant, works_at
from tests.figures import full
from tests.impact.world import households
from tests.orders.world import BUYER, Buyer, key, variant_id
from tests.shop.reach import everything_readable
from tests.shop.strangers import (
    OWN,
    Town,
    everything,
    persons,
    refusals,
    strangers,
)
from tests.together.world import Together
from together.models import Seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop")]
REFUSED = {"NOT_FOUND", "NOT_ALLOWED", "SIGN_IN_REQUIRED"}
# These ask for a sealed token, which says by itself that it is none.
SEALED = {"emailVerify", "emailChangeConfirm", "passwordReset", "roleInvitationAccept"}


@pytest.fixture
def town(till, a_stand):
    return Town(till, a_stand)


# --- Another's things ---------------------------------------------------------------------------------


def test_a_true_id_of_somebody_elses_thing_does_nothing_in_any_mutation(town):
    """By each of four strangers; in the suite each act by two of them in turn, which all of a guest, a person and a manager
    try in tests/guard/test_access.py, too."""
    before = everything(), persons()
    acts = sorted(set(graphql_schema().mutation_type.fields) - OWN)
    let_in = []
    people = strangers()
    before = everything(), persons()
    for at, (who, asker) in enumerate(people.items()):
        for act in full(acts, acts[at % 2 :: 2]):
            said = refusals(asker, act, **town.input_of(act))
            if not said or not said <= (REFUSED | {"INVALID"} if act in SEALED else REFUSED):
                let_in.append((who, act, said))
    assert let_in == []
    assert (everything(), persons()) == before


def test_an_ex_manager_and_an_ex_coordinator_are_strangers(town):
    team, union = town.unsold.variant.product.team, town.together.union
    person = a_person()
    works_at(team, person)
    gone = Buyer(person)
    now = timezone.now()
    person.appointments.update(ends_at=now)
    team.members.filter(person=person).update(ended_at=now)
    union.memberships.create(person=gone.person, role="coordinator", ended_at=now)
    before = everything()
    acts = sorted(set(graphql_schema().mutation_type.fields) - OWN - SEALED)
    assert [act for act in acts if not refusals(gone, act, **town.input_of(act)) <= REFUSED] == []
    assert everything() == before
    for path in (f"desk/packing.csv?team={team.code}", f"g/{town.together.code}/packing.csv"):
        assert gone.client.get(f"/zh/{path}").status_code == 404


def test_nothing_readable_leads_to_what_is_somebody_elses(town):
    """Every field of the schema that is not guarded by a rule of its own, deep down, with true arguments."""
    hidden = a_product(town.unsold.variant.product.team, state="draft", name_zh="秘密草稿")
    a_lot(a_variant(hidden, name_zh="秘密规格"))
    order = town.sold.row
    secrets = {
        *("13700137000", "13900139000", BUYER["email"], BUYER["phone"], "示例路", "两个坏了", "秘密"),
        *Seat.objects.values_list("pickup_code", flat=True),
        *Order.objects.values_list("number", flat=True),
        *Person.objects.values_list("email", flat=True),
    }
    known = {**town.ids, "number": order.number, "order": order.number, "code": town.together.code}
    known["teamSlug"] = hidden.team.slug
    people = strangers()
    for who, asker in (("guest", people["guest"]), ("another team's manager", people["manager"])):
        request = RequestFactory().post("/graphql")
        request.user, request.id = asker.person or AnonymousUser(), "r"
        mine = {asker.person.email} if asker.person else set()
        for document, variables in everything_readable(known, hidden.slug):
            data, _ = ask(request, document, variables)
            told = json.dumps(data, ensure_ascii=False)
            found = {secret for secret in secrets - mine if secret and secret in told}
            assert not found, (who, document[:80], found)


def of_a_claim(claim):
    """What a buyer says to its answer."""
    given = {"claimId": claim, "idempotencyKey": key()}
    return [
        ("claimAccept", given),
        ("claimPhotosAdd", given),
        *((act, {**given, "words": "不够"}) for act in ("claimDispute", "claimBring")),
    ]


def test_ones_own_thing_does_not_open_anothers_beside_it(town):
    own_lot = a_lot(a_variant(a_product(a_team(manager=town.owner.person))), level=2)
    manager, sold = town.owner, town.sold
    manager.client.force_login(manager.person)  # anew, as a manager
    own = {"cartId": manager.fill(own_lot)["id"], "idempotencyKey": key()}
    guest = Buyer()
    hers = guest.place(sold.lots[0])
    ids = town.ids
    elsewhere = {"recipient": "示例", "phone": "13800138000", "region": "420106", "street": "示例路 3 号"}
    tries = [
        (
            manager,
            "cartLineUpdate",
            {"cartId": own["cartId"], "lineId": Buyer().fill(own_lot)["lines"][0]["id"], "quantity": 1},
        ),
        (guest, "shipmentDelivered", {"shipmentId": ids["shipmentId"], "token": hers["token"]}),
        (
            guest,
            "shipmentAddressChange",
            {"shipmentId": ids["shipmentId"], "token": hers["token"], **elsewhere},
        ),
        (guest, "orderCancel", {**hers, "number": sold.order["number"], "idempotencyKey": key()}),
        (guest, "paymentBegin", {**hers, "number": town.kept["number"], "idempotencyKey": key()}),
        (guest, "claimMake", {**hers, "lineId": ids["lineId"], "words": "坏了", "idempotencyKey": key()}),
        *((guest, act, {**hers, **given}) for act, given in of_a_claim(ids["claimId"])),
        (guest, "reviewWrite", {**hers, "lineId": ids["lineId"], "stars": 1}),
        (manager, "variantSave", {"product": ids["product"], "id": ids["variant"], "priceMinor": 1}),
        (
            manager,
            "refundRequest",
            {
                "number": sold.order["number"],
                "lines": [{"lineId": ids["lineId"], "units": 1}],
                "idempotencyKey": key(),
            },
        ),
    ]
    for asker, act, given in tries:
        assert refusals(asker, act, **given) == {"NOT_FOUND"}, act
    given = {
        "lot": global_id("Lot", own_lot.uid),
        "shares": [{"household": ids["household"], "grams": 1}],
    }
    assert refusals(manager, "lotShareOut", **given), "another team's household in one's own lot"


def test_a_team_gives_back_nothing_of_another_teams_line_in_a_shared_order(town):
    _, tea = town.sold.managers
    given = {"number": town.sold.order["number"], "idempotencyKey": key()}
    lines = [{"lineId": town.sold.line_id(0), "units": 1}]
    assert refusals(tea, "refundRequest", lines=lines, **given) == {"NOT_FOUND"}


def test_an_accounts_order_opens_by_no_link_and_a_guests_link_opens_no_other(town):
    from orders.links import token_for

    account = Order.objects.get(number=town.kept["number"])
    assert token_for(account) == ""
    forged = Order(uid=account.uid, placed_at=account.placed_at)
    guest = Buyer()
    another = Buyer().place(town.unsold)
    for number, token in (
        (account.number, token_for(forged)),  # even signed: an account's order asks for the account
        (account.number, town.sold.order["token"]),
        (town.sold.order["number"], another["token"]),  # a good link, of another guest's order
        (town.sold.order["number"], town.sold.order["token"][:-2] + "AA"),
        (town.sold.order["number"], ""),
    ):
        assert guest.look({"number": number, "token": token}) is None
        for page in ("", "receipt/"):
            asked = guest.client.get(f"/zh/order/{number}/{page}", {"token": token})
            assert asked.status_code == 302 and asked.url.startswith("/zh/sign-in/")


# --- Group purchases ----------------------------------------------------------------------------------


def test_whoever_joins_a_group_by_its_link_does_not_learn_the_coordinators_number(till, a_stand):
    together = Together(till, a_stand)
    guest = Buyer()
    order = together.join(guest)
    document = "query($n: String!, $t: String) { order(number: $n, token: $t) { phone email recipient } }"
    told = guest.ask(document, n=order["number"], t=order["token"])["order"]
    assert together.row.phone not in json.dumps(told)
    page = guest.client.get(f"/zh/order/{order['number']}/", {"token": order["token"]})
    assert page.status_code == 200 and together.row.phone not in page.content.decode()


def test_a_members_list_is_for_coordinators_alone(till, a_stand):
    together = Together(till, a_stand, members=1)
    together.fill(1)
    for asker in (Buyer(), together.members[0], together.manager):
        assert asker.client.get(f"/zh/g/{together.code}/packing.csv").status_code == 404
        assert together.look(asker)["coordination"] is None


# --- Money ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_quantity_makes_a_line_cheaper():
    lot, buyer = a_lot(units=5), Buyer()
    for quantity in (0, -1, 1000, 2**31 - 1, -(2**31)):
        lines = [{"variantId": variant_id(lot), "quantity": quantity}]
        assert refusals(buyer, "cartLinesAdd", lines=lines) == {"INVALID"}
        assert refusals(buyer, "buyNow", lines=lines, idempotencyKey=key(), **BUYER) == {"INVALID"}
    assert not Order.objects.exists()


def test_the_page_of_success_pays_nothing(till, a_stand):
    buyer = Buyer()
    order = buyer.place(a_lot())
    buyer.begin(order)
    page = buyer.client.get(f"/zh/order/{order['number']}/", {"token": order["token"], "paid": "1"})
    assert page.status_code == 200 and Order.objects.get(number=order["number"]).state == "placed"


def test_a_key_of_idempotency_opens_nothing_for_another_asker():
    lot, shared = a_lot(units=9), key()
    first, second = Buyer(), Buyer()
    cart = first.fill(lot)
    placed = first.done("checkoutPlace", "order { number } token", cartId=cart["id"], idempotencyKey=shared)
    own = second.fill(lot)
    other = second.done("checkoutPlace", "order { number } token", cartId=own["id"], idempotencyKey=shared)
    assert placed["order"]["number"] != other["order"]["number"] and placed["token"] != other["token"]
    assert refusals(first, "checkoutPlace", cartId=own["id"], idempotencyKey=shared) == {
        "IDEMPOTENCY_CONFLICT"
    }


# --- Households -----------------------------------------------------------------------------------------


def test_no_public_page_says_that_a_lot_is_one_households():
    """Told alike: a team of nine and of none, a lot of one household and of many."""
    lots = [a_lot(level=level) for level in (1, 2)]
    for n, lot in enumerate(lots):
        households(lot.variant.product.team, 9 * n)
    pages = []
    for lot in lots:
        product = lot.variant.product
        said = Client().get(f"/en/p/{product.slug}/").content.decode()
        assert "fewer than 10" in said
        for name in (product.slug, product.team.slug, product.team.code, lot.code, product.team.name_en):
            said = said.replace(name, "X")
        pages.append(hashlib.sha256(_without_ids(said).encode()).hexdigest())
    assert pages[0] == pages[1]


def _without_ids(html: str) -> str:
    import re

    html = re.sub(r'value="[^"]{20,}"', "", html)
    return re.sub(r"示例[^<\"]*|Demo[^<\"]*|\d+", "", html)


@pytest.mark.django_db(transaction=True)
def test_a_proposed_organisation_is_known_to_its_own_people_alone():
    proposed = an_organisation(coordinator=a_person(), state="proposed", name_zh="秘密单位")
    asker = Buyer(a_person())
    id = global_id("Organisation", proposed.uid)
    assert asker.ask("query($id: ID!) { organisation(id: $id) { name } }", id=id)["organisation"] is None
    found = asker.ask('{ organisations(first: 50, search: "秘密") { totalCount nodes { name } } }')
    assert found["organisations"] == {"totalCount": 0, "nodes": []}
    given = {"kind": "UNION", "nameZh": "示例下级", "region": "420100", "parent": id}
    assert refusals(asker, "organisationPropose", **given) == {"NOT_FOUND"}
    lot = a_lot()
    lines = [{"variantId": variant_id(lot), "quantity": 1}]
    given = {**BUYER, "lines": lines, "organisationId": id, "idempotencyKey": key()}
    assert refusals(asker, "buyNow", **given) == {"NOT_FOUND"}
