"""What is another's is refused like a thing that does not exist: the same words, the same code, the same page."""

import json
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import requests

from core.api.ids import global_id
from tests.shows.house import until
from tests.shows.script import Script, key, session_of
from tests.shows.test_together import join_by_script

NOBODYS = "ZZZZ-ZZZZ-ZZZZ"
DAYS = {"harvestFrom": str(date.today() - timedelta(days=3)), "harvestTo": str(date.today())}
IDEMPOTENT = {
    *(
        "shipmentShip",
        "claimAnswer",
        "refundRequest",
        "lotDeclare",
        "paymentBegin",
        "orderCancel",
        "claimMake",
    ),
    *("groupPurchaseCancel", "groupShip"),
}


def refused_alike(script, act, field, theirs, nothing, **given):
    """Asked of what is another's and of what is not there: one answer, word by word, and nothing is done."""

    def ask(what):
        again = {"idempotencyKey": key()} if act in IDEMPOTENT else {}
        reply = json.loads(script.send(*document_of(act, {**given, **again, field: what})).text)
        return json.loads(json.dumps(reply).replace(what, "<id>"))

    answer = ask(theirs)
    assert answer == ask(nothing), act
    (error,) = answer["data"][act]["errors"]
    assert error["code"] == "NOT_FOUND", (act, error)


def document_of(act, given):
    kind = f"{act[0].upper()}{act[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {act}(input: $input) {{ errors {{ code field message }} }} }}"
    return document, given


class Asked(Script):
    """The same script, whose documents take one input."""

    def send(self, document, given=None, **variables):
        return super().send(document, **(variables if given is None else {"input": given}))


def as_asked(script):
    """This asker with her session."""
    made = Asked.__new__(Asked)
    made.__dict__.update(script.__dict__)
    return made


def seen_alike(script, document, theirs, nothing):
    """A query for what is another's answers like one for what is not there: with null."""
    hers, none = (json.loads(script.send(document, id=what).text) for what in (theirs, nothing))
    for answer in (hers, none):
        for error in answer.get("errors", ()):
            assert error["extensions"].pop("requestId")
    assert hers == none and not any((none["data"] or {}).values()), document


def page_alike(session, url, theirs, nothing, status=404):
    """A page about what is another's is the page about nothing, but for what was asked."""
    pages = [session.get(url.format(what), timeout=30) for what in (theirs, nothing)]
    assert [page.status_code for page in pages] == [status, status], (url, [p.status_code for p in pages])
    hers, none = (told(page.text, what) for page, what in zip(pages, (theirs, nothing), strict=True))
    assert hers == none


def told(text, what):
    """A page without the address that was asked for and without what is new on each."""
    text = re.sub(r'name="(csrfmiddlewaretoken|idempotencyKey)" value="[^"]*"', "", text)
    return text.replace(what, "<id>")


@pytest.fixture(scope="module")
def delivered(opened):
    """A guest's order of oranges that has arrived, and of which she has said that something is wrong."""
    guest, world = Script(opened), opened.world
    order = guest.place((opened.variant(world.oranges), 1))
    opened.till.pay(session_of(guest.begin(order)["url"]), "alipay")
    until(lambda: guest.order(order)["state"] == "PAID")
    seen = guest.order(order)
    (line,), (parcel,) = seen["lines"], seen["shipments"]
    manager = opened.script_of(world.oranges.manager)
    sent = {
        "shipmentId": parcel["id"],
        "carrier": "示例快递",
        "trackingNumber": "SF000111",
        "expectedUnits": 1,
        "idempotencyKey": key(),
    }
    manager.done("shipmentShip", **sent)
    guest.done("shipmentDelivered", shipmentId=parcel["id"], token=order["token"])
    wrong = {"lineId": line["id"], "words": "有两个坏的", "idempotencyKey": key()}
    claim = guest.done("claimMake", "claim { id }", **order, **wrong)["claim"]
    return {**order, "line": line["id"], "parcel": parcel["id"], "claim": claim["id"]}


@pytest.fixture(scope="module")
def stranger(opened):
    """The manager of another team."""
    return as_asked(opened.script_of(opened.world.tea.manager))


def test_another_teams_manager_finds_no_desk_no_product_no_household(house, stranger):
    stall = house.world.oranges
    team, product = global_id("Team", stall.team.uid), global_id("Product", stall.product.uid)
    no_team, no_product = global_id("Team", uuid4()), global_id("Product", uuid4())
    seen_alike(stranger, "query($id: ID) { desk(team: $id) { team { code } parcelsWaiting } }", team, no_team)
    seen_alike(stranger, "query($id: ID) { householdDesk(team: $id) { verified } }", team, no_team)
    seen_alike(
        stranger, "query($id: ID!) { teamProduct(id: $id) { state unitsAvailable } }", product, no_product
    )
    seen_alike(
        stranger, "query($id: ID) { teamProducts(team: $id, first: 5) { nodes { id } } }", team, no_team
    )
    for path in ("desk/product/{}/", "desk/packing.csv?team={}"):
        hers, none = (stall.team.code, "SH99") if "csv" in path else (product, no_product)
        page_alike(stranger.session, f"{house.url}/en/{path}", hers, none)
    for path in ("desk/?team={}", "desk/orders/?team={}", "desk/new/?team={}", "desk/claims/?team={}"):
        pages = [stranger.session.get(f"{house.url}/en/{path}".format(what)) for what in (team, no_team)]
        assert pages[0].status_code == pages[1].status_code, path
        assert told(pages[0].text, team) == told(pages[1].text, no_team), path
        assert "Demo Orange Team" not in pages[0].text, path


def test_somebody_who_manages_no_team_is_told_so_at_the_desk(house):
    member = house.script_of(house.world.members[0]).session
    page = member.get(f"{house.url}/en/desk/")
    assert page.status_code == 200 and "Your account manages none yet" in page.text
    assert member.get(f"{house.url}/en/desk/orders/").status_code == 404
    assert "/sign-in/" in requests.get(f"{house.url}/en/desk/").url


def deeds_of_a_manager(stall, delivered):
    """Every deed at a desk, on what is the orange team's: (act, field, id, kind of thing, what else is given)."""
    product, variant = global_id("Product", stall.product.uid), global_id("Variant", stall.variant.uid)
    team, lot = global_id("Team", stall.team.uid), global_id("Lot", stall.lot.uid)
    household = global_id("Household", stall.households[0].uid)
    paper = {"kind": "TEST", "number": "示例", "issuerZh": "示例", "issuedOn": DAYS["harvestFrom"]}
    sent = {"carrier": "示例快递", "trackingNumber": "SF000222", "expectedUnits": 1}
    return [
        ("productUpdate", "id", product, "Product", {"summaryZh": "别人的"}),
        ("productSubmit", "id", product, "Product", {}),
        ("productWithdraw", "id", product, "Product", {}),
        ("productArchive", "id", product, "Product", {}),
        ("variantSave", "id", variant, "Variant", {"priceMinor": 1}),
        ("variantSave", "product", product, "Product", {"nameZh": "一份", "weightGrams": 1, "priceMinor": 1}),
        ("lotDeclare", "variant", variant, "Variant", {"quantity": 1, **DAYS}),
        ("lotOpen", "id", lot, "Lot", {}),
        ("lotClose", "id", lot, "Lot", {}),
        ("lotRecall", "id", lot, "Lot", {"reason": "别人的"}),
        ("lotShareOut", "lot", lot, "Lot", {"shares": [{"household": household, "grams": 1}]}),
        ("certificateAdd", "product", product, "Product", {**paper, "expiresOn": "2099-01-01"}),
        ("productCreate", "team", team, "Team", {"nameZh": "别人的", "category": "fruit", "kind": "FRESH"}),
        ("teamUpdate", "id", team, "Team", {"villageZh": "别人的"}),
        ("leaderIntroduce", "team", team, "Team", {"nameZh": "别人"}),
        ("householdPropose", "team", team, "Team", {"county": "420527", "consented": True, "name": "示例"}),
        ("householdWithdraw", "id", household, "Household", {}),
        ("shipmentShip", "shipmentId", delivered["parcel"], "Shipment", sent),
        ("shipmentDelivered", "shipmentId", delivered["parcel"], "Shipment", {}),
        ("claimAnswer", "claimId", delivered["claim"], "Claim", {"words": "别人的"}),
    ]


def test_another_teams_manager_can_do_nothing_with_what_is_theirs(house, stranger, delivered):
    with house.moves():
        for act, field, theirs, kind, given in deeds_of_a_manager(house.world.oranges, delivered):
            refused_alike(stranger, act, field, theirs, global_id(kind, uuid4()), **given)
        line = [{"lineId": delivered["line"], "units": 1}]
        refused_alike(stranger, "refundRequest", "number", delivered["number"], NOBODYS, lines=line)


def test_an_order_of_two_teams_shows_each_only_its_own_part(house, guest, stranger):
    world = house.world
    order = guest.place((house.variant(world.oranges), 1), (house.variant(world.tea), 1))
    house.till.pay(session_of(guest.begin(order)["url"]), "alipay")
    until(lambda: guest.order(order)["state"] == "PAID")
    theirs = next(line for line in guest.order(order)["lines"] if line["net"]["minor"] == 3690)
    given = {"number": order["number"], "idempotencyKey": key()}
    # Of a part of it she may give back: she is asked for a code first, as of her own orders.
    house.trusted(world.tea.manager)
    (error,) = stranger.refused("refundRequest", **given, lines=[{"lineId": theirs["id"], "units": 1}])
    assert error["code"] == "NOT_FOUND"


GUESTS = [
    ("paymentBegin", {}),
    ("orderCancel", {}),
    ("claimMake", {"words": "不是我的"}),
    ("reviewWrite", {"stars": 1}),
]


@pytest.mark.parametrize("with_key", ["no key", "the key of her own order", "a made-up key"])
def test_a_guest_with_anothers_order_number_finds_nothing(house, delivered, with_key):
    other = as_asked(Script(house))
    token = {
        "no key": None,
        "the key of her own order": other.place((house.variant(house.world.tea), 1))["token"],
        "a made-up key": delivered["token"][:-6] + "AAAAA=",
    }[with_key]
    keyed = {"token": token} if token else {}
    for name in (
        "order(number: $id, token: $t) { number email }",
        "setAside(order: $id, token: $t) { state }",
    ):
        document = f"query($id: String!, $t: String) {{ {name} }}"
        assert other.ask(document, id=delivered["number"], t=token) == other.ask(
            document, id=NOBODYS, t=token
        )
    for act, given in GUESTS:
        needs = {"lineId": delivered["line"]} if act in ("claimMake", "reviewWrite") else {}
        refused_alike(other, act, "number", delivered["number"], NOBODYS, **given, **needs, **keyed)
    nothing = global_id("Shipment", uuid4())
    refused_alike(other, "shipmentDelivered", "shipmentId", delivered["parcel"], nothing, **keyed)
    plain, tail = requests.Session(), f"?token={token}" if token else ""
    line = delivered["line"]
    # A letter's link may be hers who is not signed in: whoever it is, she is asked.
    for path in ("", "receipt/", f"claim/{line}/", f"review/{line}/"):
        page_alike(plain, f"{house.url}/en/order/{{}}/{path}{tail}", delivered["number"], NOBODYS, status=200)
    page_alike(
        plain, f"{house.url}/en/claims/{{}}/photo.webp{tail}", delivered["claim"], global_id("Claim", uuid4())
    )


def test_a_person_with_anothers_order_number_finds_nothing(house, delivered, guest):
    member, other = (house.script_of(person) for person in house.world.members)
    own = member.place((house.variant(house.world.tea), 1))
    for number in (own["number"], delivered["number"]):
        assert as_asked(other).ask("query($id: String!) { order(number: $id) { number } }", id=number) == {
            "order": None
        }
        page_alike(other.session, f"{house.url}/en/order/{{}}/", number, NOBODYS)
        refused_alike(as_asked(other), "orderCancel", "number", number, NOBODYS)
    assert member.order({"number": own["number"]})["state"] == "PLACED"


@pytest.fixture(scope="module")
def let_go(opened):
    """She opened a group with a seat in it; then the other coordinator ended her part."""
    world = opened.world
    former, stays = as_asked(opened.script_of(world.former)), opened.script_of(world.coordinator)
    closes = {"closesAt": f"{date.today() + timedelta(days=3)}T12:00:00+08:00"}
    address = {
        "recipient": "示例收发室",
        "phone": "13900139000",
        "regionCode": "420106",
        "street": "示例大道 1 号",
    }
    terms = {"title": "示例团", "minimumUnits": 2, "maximumUnits": 9, **closes, **address}
    terms |= {
        "organisationId": global_id("Organisation", world.union.uid),
        "variantId": opened.variant(world.oranges),
    }
    group = former.done("groupPurchaseOpen", "group { id joinCode }", **terms)["group"]
    join_by_script(opened, group["joinCode"], "示例同事")
    until(lambda: opened.group(group["joinCode"])["unitsHeld"] == 1)
    seats = (
        "query($c: String!) { groupPurchase(code: $c) { coordination { seats(first: 5) { nodes { id } } } } }"
    )
    found = former.ask(seats, c=group["joinCode"])["groupPurchase"]["coordination"]["seats"]["nodes"]
    with opened.shop.database():
        parts = {
            p.person.email: global_id("Membership", p.uid)
            for p in world.union.memberships.select_related("person")
        }
    stays.done("membershipEnd", id=parts[world.former.email])
    return {**group, "former": former, "seat": found[0]["id"], "terms": terms, "parts": parts}


def test_an_ex_coordinator_is_a_stranger_to_her_own_group(house, let_go):
    former, code = let_go["former"], let_go["joinCode"]
    look = "query($id: String!) { groupPurchase(code: $id) { isCoordinator coordination { link } mySeat { name } allowedActions } }"
    assert former.ask(look, id=code) == Script(house).ask(look, id=code)
    assert (
        former.ask("{ myGroupPurchases(first: 5) { nodes { joinCode } } }")["myGroupPurchases"]["nodes"] == []
    )
    organisation = let_go["terms"].pop("organisationId")
    deeds = [
        ("groupPurchaseOpen", "organisationId", organisation, "Organisation", let_go["terms"]),
        ("groupPurchaseCancel", "groupId", let_go["id"], "GroupPurchase", {}),
        ("groupPurchaseDelivered", "groupId", let_go["id"], "GroupPurchase", {}),
        ("seatCollect", "seatId", let_go["seat"], "Seat", {}),
        ("invitationCreate", "organisation", organisation, "Organisation", {}),
        ("membershipEnd", "id", let_go["parts"][house.world.coordinator.email], "Membership", {}),
        (
            "membershipUpdate",
            "id",
            let_go["parts"][house.world.members[0].email],
            "Membership",
            {"role": "MEMBER"},
        ),
    ]
    for act, field, theirs, kind, given in deeds:
        refused_alike(former, act, field, theirs, global_id(kind, uuid4()), **given)
    page_alike(former.session, f"{house.url}/en/g/{{}}/packing.csv", code, "nothing-there")
    page = former.session.get(f"{house.url}/en/g/{code}/").text
    assert "示例同事" not in page and "For the coordinator" not in page and "Call it off" not in page
    former.session.get(f"{house.url}/en/groups/open/")
    assert (
        "Only coordinators of a verified organisation"
        in former.session.get(f"{house.url}/en/groups/open/").text
    )
