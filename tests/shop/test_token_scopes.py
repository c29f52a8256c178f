"""A program does what its token says, of what its owner may: nothing that changes who she is, nothing of an operator."""

import pytest

from accounts.models import AuditEntry, Person
from accounts.permissions import has_role
from core.api.ids import global_id
from core.api.run import the_schema
from orders.models import Cart
from shop.scopes import SCOPES
from tests.accounts.world import PASSWORD, Asker, a_person, an_operator, an_organisation
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.orders.world import key
from tests.web.test_desk import sure

pytestmark = pytest.mark.django_db

LACKS = "NOT_ALLOWED"


def a_script(person, *scopes):
    """A program with a token of these scopes."""
    text = Asker(person).done("tokenCreate", "text", name="x", password=PASSWORD, scopes=list(scopes))["text"]
    return Asker(token=text)


def refused(script, document, **variables):
    """The codes of what a query was refused with, and that nothing was told."""
    answer = script.send(document, **variables)
    told = [value for value in (answer.get("data") or {}).values() if value is not None]
    assert told == [], answer
    return {error["extensions"]["code"] for error in answer["errors"]}


@pytest.fixture
def shop():
    """A manager, her team, and something on its shelf."""
    manager = a_person(email_verified_at="2026-01-01T00:00Z")
    team = a_team(manager=manager)
    return manager, a_lot(a_variant(a_product(team)))


def test_each_root_field_is_in_the_table_and_nothing_else_is():
    schema = the_schema().graphql_schema
    assert set(SCOPES) == set(schema.query_type.fields) | set(schema.mutation_type.fields)


def test_what_is_not_in_the_table_is_closed(settings, monkeypatch, shop):
    monkeypatch.delitem(SCOPES, "viewer")
    assert refused(a_script(shop[0], "READ", "BUY", "DESK"), "{ viewer { email } }") == {LACKS}


def test_to_read_is_not_to_buy_or_to_keep_a_desk(shop):
    manager, lot = shop
    script = a_script(manager, "READ")
    assert script.ask("{ viewer { email } }")["viewer"]["email"] == manager.email
    assert script.ask("{ myTeams { slug } }")["myTeams"]
    lines = [{"variantId": global_id("Variant", lot.variant.uid), "quantity": 1}]
    assert script.refused("cartLinesAdd", lines=lines) == LACKS
    assert script.refused("checkoutPlace", expectedTotal="1.00", idempotencyKey=key()) == LACKS
    assert script.refused("lotClose", id=global_id("Lot", lot.uid)) == LACKS
    assert refused(script, "{ desk { team { slug } } }") == {LACKS}
    assert refused(script, "query { ...Q } fragment Q on Query { again: desk { team { slug } } }") == {LACKS}
    assert Cart.objects.count() == 0


def test_to_buy_is_not_to_read_the_account(shop):
    manager, lot = shop
    script = a_script(manager, "BUY")
    lines = [{"variantId": global_id("Variant", lot.variant.uid), "quantity": 1}]
    script.done("cartLinesAdd", "cart { id }", lines=lines)
    assert script.ask("{ cart { lines { quantity } } }")["cart"]["lines"] == [{"quantity": 1}]
    assert script.ask("{ categories { slug } regions { code } }")["regions"], "what everybody is told"
    for document in ("{ viewer { email phone } }", "{ myOrders(first: 1) { nodes { number } } }"):
        assert refused(script, document) == {LACKS}


def test_to_keep_a_desk_is_not_to_buy_or_to_read_the_account(shop):
    manager, lot = shop
    script = a_script(manager, "DESK")
    assert script.ask("{ desk { team { slug } } }")["desk"]
    assert refused(script, "{ viewer { email } }") == refused(script, "{ cart { id } }") == {LACKS}
    script.done("lotClose", id=global_id("Lot", lot.uid))
    assert script.refused("cartUpdate", note="x") == LACKS


def test_a_draft_is_the_desks_by_the_publics_door_too(shop):
    manager, lot = shop
    draft = a_product(lot.variant.product.team, state="draft")
    asked = "query($slug: String!) { product(slug: $slug, preview: true) { slug } }"
    for scope in ("READ", "BUY"):
        assert refused(a_script(manager, scope), asked, slug=draft.slug) == {LACKS}
    assert a_script(manager, "DESK").ask(asked, slug=draft.slug)["product"] == {"slug": draft.slug}


@pytest.mark.parametrize("field", ["members(first: 1) { nodes { memberName } }", "invitations { email }"])
def test_who_is_of_an_organisation_is_not_told_to_a_token_that_buys(field, shop):
    manager, _ = shop
    union = an_organisation(coordinator=manager)
    Cart.objects.create(person=manager, organisation=union)
    asked = f"{{ cart {{ organisation {{ {field} }} }} }}"
    answer = a_script(manager, "BUY").send(asked)
    assert [error["extensions"]["code"] for error in answer["errors"]] == [LACKS]
    assert answer["data"] == {"cart": {"organisation": None}}
    assert a_script(manager, "READ").ask(asked)["cart"]["organisation"]
    plain = a_script(manager, "BUY").ask("{ cart { organisation { nameZh } } }")
    assert plain["cart"]["organisation"] == {"nameZh": union.name_zh}


OF_HER_ACCOUNT = {
    "personExport": {"password": PASSWORD},
    "personErase": {"password": PASSWORD},
    "personUpdate": {"name": "Eve"},
    "passwordChange": {"currentPassword": PASSWORD, "newPassword": "a-brand-new-one-9"},
    "emailChangeRequest": {"email": "eve@example.com", "password": PASSWORD},
    "tokenCreate": {"name": "more", "password": PASSWORD},
    "tokenRevoke": {"id": "x"},
    "addressDelete": {"id": "x"},
    "invitationAccept": {"token": "x"},
    "membershipEnd": {"id": "x"},
}


@pytest.mark.parametrize("act", OF_HER_ACCOUNT)
def test_no_token_changes_who_she_is_or_takes_all_of_her_along(act, shop):
    manager, _ = shop
    script = a_script(manager, "READ", "BUY", "DESK")
    before = Person.objects.filter(pk=manager.pk).values().get()
    entries = AuditEntry.objects.count()
    assert script.refused(act, **OF_HER_ACCOUNT[act]) == LACKS
    assert Person.objects.filter(pk=manager.pk).values().get() == before
    assert manager.api_tokens.filter(revoked_at=None).count() == 1 and AuditEntry.objects.count() == entries


def test_an_operators_powers_are_not_lent_to_her_programs():
    ada = an_operator()
    hidden = an_organisation(state="proposed")
    script = a_script(ada, "READ", "BUY", "DESK")
    assert script.ask("{ viewer { isOperator } }")["viewer"] == {"isOperator": False}
    id = global_id("Organisation", hidden.uid)
    assert script.ask("query($id: ID!) { organisation(id: $id) { name } }", id=id)["organisation"] is None
    assert script.refused("tokenCreate", name="more", password=PASSWORD, scopes=["READ"]) == LACKS
    assert has_role(Person.objects.get(pk=ada.pk))


def test_a_token_says_what_it_may_when_it_is_made():
    mei = a_person()
    assert Asker(mei).refused("tokenCreate", name="x", password=PASSWORD, scopes=[]) == "INVALID"
    a_script(mei, "READ", "READ")
    assert mei.api_tokens.get().scopes == ["read"]
    assert AuditEntry.objects.get(noun="ApiToken").facts == {"days": 90, "scopes": ["read"]}


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ["查看", "它可以做什么"]), ("en", ["Read", "What it may do"])]
)
def test_she_chooses_on_her_page_and_ends_it_there(lang, words):
    mei = a_person()
    browser = Asker(mei).client
    form = {
        "name": "script",
        "password": PASSWORD,
        "days": "30",
        "lang": lang,
        "back": f"/{lang}/account/details/",
    }
    browser.post("/do/create_token/", {**form, "scopes": ""})
    assert mei.api_tokens.count() == 0, "nothing is ticked for her"
    browser.post("/do/create_token/", {**form, "scopes": ["", "READ"], "next": f"/{lang}/account/details/"})
    assert mei.api_tokens.get().scopes == ["read"]
    page = browser.get(f"/{lang}/account/details/").content.decode()
    assert all(word in page for word in words)
    sure(browser, f"/{lang}/account/details/", "revoke_token")
    assert mei.api_tokens.get().revoked_at


def test_all_that_is_known_of_her_is_handed_out_for_her_password_alone():
    mei = a_person()
    browser, address = Asker(mei).client, "/en/account/export/"
    assert browser.get(address)["Location"] == "/en/account/details/#data"
    reply = browser.post(address, {"password": "wrong"}, follow=True)
    assert "The password is not right." in reply.content.decode()
    reply = browser.post(address, {"password": PASSWORD})
    assert reply.json()["account"]["email"] == mei.email and "attachment" in reply["Content-Disposition"]
    assert reply["Cache-Control"] == "private, no-store"
    assert Asker(mei).refused("personExport", password="wrong") == "INVALID"
    assert AuditEntry.objects.filter(deed="export").count() == 1
