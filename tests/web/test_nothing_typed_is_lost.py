"""Whatever is typed into a form is done or still there, whichever button of its page is pressed; without scripts."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Person
from catalog.models import Leader
from contest.actions import question
from contest.models import Registration
from core import clock
from core.api.ids import global_id
from impact.actions import household
from impact.actions.household import Proposal
from impact.models import Round, ShareCorrection
from orders.actions import closure
from orders.models import Claim, Dispute, Order, Payment, Refund
from tests.accounts.world import a_person
from tests.catalog.world import a_product, a_team, an_operator
from tests.contest.learning import a_course, a_guest, a_task
from tests.contest.outside import a_source, a_statement
from tests.impact.world import a_round
from tests.orders.world import KASHGAR
from tests.shop.tour import named_pages
from tests.together.world import Together
from tests.web import typist
from tests.web.conftest import an_order, signed_in
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db
# What these tell has no form with something to type: another test walks them all (tests/shop/test_pages.py).
PLAIN = {
    "offline",
    "about",
    "help",
    "privacy",
    "home",
    "groups",
    "receipt",
    "suggestions",
    "confirm",
    "invitation",
    "team",
    "brand",
    "gi",
    "place",
    "village",
}
PLAIN |= {
    "device",
    "teams",
    "contest",
    "contest_edition",
    "catalogue",
    "claim",
    "review",
    "sign_in",
    "sign_in_by_number",
    "sign_up",
    "password_new",
}
# Of the opening: each page has one form, and what stands in it is what is kept.
PLAIN |= {"terms", "set_up", "set_up_facts", "set_up_texts", "set_up_mail", "set_up_payments"}
PLAIN |= {"set_up_wechat", "set_up_texting"}
PLAIN |= {"set_up_shipping", "set_up_categories"}
PLAIN |= {
    "password_forgotten",
    "find_order",
    "letters",
    "desk_lot",
    "desk_lots",
    "desk_new",
    "my_data",
    "incidents",
    "incident",
}
PLAIN |= {
    "office",
    "office_listings",
    "office_products",
    "office_accounts",
    "office_account",
    "office_reviews",
    "office_parked",
    "office_figures",
    "office_supporters",
    "role",
}
PLAIN |= {"contest_integrity", "build", "build_noun", "build_explorer"}
PLAIN |= {"office_households", "office_organisations"}
# Each form of her ways in is opened alone (tests/web/test_wechat.py).
PLAIN |= {"ways", "devices"}
# One form has something to type; the other button of each row takes that row away.
PLAIN |= {"people", "address"}
# Likes, follows, links and wishes are buttons.
PLAIN |= {"contest_entry", "following", "purchases", "wishes"}
# One form at a time is asked; at the desk each answer is opened alone.
PLAIN |= {"ask", "desk_questions"}
# At the desk one is written at a time; in the office each reason is opened alone; the others have buttons.
PLAIN |= {"account_news", "letters_off", "desk_news", "office_news"}
# Of a team that is not there yet each form is opened alone, and what it holds is kept when it is sent.
PLAIN |= {"apply", "office_applications"}
# Of many parcels' numbers there is one form; of a table of them there is nothing to type.
PLAIN |= {"desk_send", "desk_numbers", "desk_tables", "desk_prices"}
# Of a month's statement only the month is chosen.
PLAIN |= {"desk_statement"}
# A harvest is marked by one form, and a choice of its buyer by its button alone.
PLAIN |= {"harvest", "desk_harvest"}
# On a judge's page marks and a comment are typed into one form; of seals there is only reading.
PLAIN |= {"judge", "judge_desk", "judge_entry", "contest_seals"}
PLAIN |= {"contest_rules", "contest_compare", "contest_round", "contest_race", "contest_weights"}
# Of a statement each thing to type is opened alone (tests/web/test_import_pages.py).
PLAIN |= {"organiser_import"}
# Courses are found here; a guest reads her invitation.
PLAIN |= {"courses", "invited"}
# Each department's page has one kind of form, opened alone (tests/web/test_departments.py).
PLAIN |= {"office_quality", "office_logistics", "office_women", "office_media"}


@pytest.fixture
def visits(shelf) -> list[tuple[Client, str, str]]:
    """(who, name, path): each page that has several forms, with as much on it as there can be."""
    guest, buyer, manager = Client(), signed_in(shelf.buyer), signed_in(shelf.manager)
    for client in (guest, buyer):
        post(client, "add_to_cart", variant=shelf.variant, quantity="2")
        post(client, "buy_at_once", variant=shelf.variant, quantity="1")
    post(guest, "choose_region", region="420527")
    there = {"recipient": "Ann", "phone": "13800138000", "region": "420527", "street": "示例路 1 号"}
    for _ in range(2):
        post(buyer, "save_address", **there)
    together = Together(lot=shelf.lot, minimum=2, maximum=20)
    coordinator = signed_in(together.coordinator.person)
    product, union = global_id("Product", shelf.product.uid), global_id("Organisation", together.union.uid)
    waiting(shelf)
    handed_in = global_id("Product", a_product(shelf.team, state="submitted", submitted_at=clock.now()).uid)
    mine, clerk = an_order(shelf, shelf.buyer), signed_in(an_operator())
    officer = signed_in(a_person(("county_verifier",)))
    troubles(Order.objects.get(number=mine["number"]))
    return [
        (guest, "product", f"/en/p/{shelf.product.slug}/"),
        (guest, "cart", "/en/cart/"),
        (guest, "checkout", "/en/checkout/"),
        (guest, "checkout", "/en/checkout/?change=1"),
        (guest, "checkout", "/en/checkout/?change=1&province=420000"),
        (buyer, "checkout", "/en/checkout/"),
        (guest, "checkout_now", "/en/checkout/now/?change=1"),
        (buyer, "checkout_now", "/en/checkout/now/"),
        (buyer, "account", "/en/account/"),
        (buyer, "addresses", "/en/account/addresses/"),
        (buyer, "details", "/en/account/details/"),
        (buyer, "second_factor", "/en/account/second-factor/"),
        (buyer, "organisations", "/en/organisations/"),
        (buyer, "order", f"/en/order/{mine['number']}/"),
        (coordinator, "organisations", f"/en/organisations/?o={union}"),
        (coordinator, "group", f"/en/g/{together.code}/"),
        (guest, "group", f"/en/g/{together.code}/"),
        (coordinator, "group_open", "/en/groups/open/"),
        (coordinator, "group_open", f"/en/groups/open/?variant={shelf.variant}"),
        (coordinator, "group_open", f"/en/groups/open/?variant={shelf.variant}&province=420000"),
        (manager, "desk", "/en/desk/"),
        (manager, "desk_product", f"/en/desk/product/{product}/"),
        (manager, "desk_orders", "/en/desk/orders/"),
        (manager, "desk_claims", "/en/desk/claims/"),
        (manager, "desk_households", "/en/desk/households/"),
        (manager, "desk_team", "/en/desk/team/"),
        (manager, "desk_people", "/en/desk/people/"),
        (manager, "desk_coupons", "/en/desk/coupons/"),
        (manager, "desk_webhooks", "/en/desk/webhooks/"),
        (manager, "desk_invoices", "/en/desk/invoices/"),
        (manager, "desk_integrity", "/en/desk/integrity/"),
        (manager, "desk_contest", "/en/desk/contest/"),
        (manager, "desk_results", "/en/desk/results/"),
        (clerk, "office_orders", "/en/office/orders/"),
        (clerk, "office_closures", "/en/office/closures/"),
        (clerk, "office_synonyms", "/en/office/synonyms/"),
        (clerk, "office_coupons", "/en/office/coupons/"),
        (clerk, "office_webhooks", "/en/office/webhooks/"),
        (clerk, "office_invoices", "/en/office/invoices/"),
        (clerk, "office_order", f"/en/office/orders/{mine['number']}/"),
        (clerk, "office_listing", f"/en/office/listings/{handed_in}/"),
        (clerk, "office_people", "/en/office/people/"),
        *(
            (clerk, "office_appoint", f"/en/office/people/new/{at}")
            for at in ("", "?role=OBSERVER&kind=SHOP")
        ),
        *((clerk, f"office_{name}", f"/en/office/{name}/") for name in ("refunds", "disputes", "claims")),
        (clerk, "office_audit", "/en/office/audit/"),
        (clerk, "office_teams", "/en/office/teams/"),
        (officer, "office_registrations", "/en/office/registrations/"),
        (clerk, "office_questions", "/en/office/questions/"),
        (buyer, "my_questions", "/en/account/questions/"),
        (clerk, "organiser", "/en/organiser/"),
        *((clerk, name, f"/en/{path}/") for name, path in kept_in_the_office(shelf, union)),
        *((buyer, name, f"/en/{path}/") for name, path in learnt_and_asked(shelf.buyer)),
    ]


def a_correction(shelf: SimpleNamespace) -> ShareCorrection:
    """Asked for by nobody who looks at it."""
    return ShareCorrection.objects.create(
        lot=shelf.lot, version=1, grams={}, reason="示例", asked_by=shelf.buyer, asked_at=clock.now()
    )


def kept_in_the_office(shelf: SimpleNamespace, union: str) -> list[tuple[str, str]]:
    """A team with a leader to verify, a household that waits, a round that has not begun: each page's name and address."""
    Leader.objects.update(verified_at=None)
    made = a_round(shelf.team, days=(5, 10, 15))
    other = a_team()
    Registration.objects.create(round=made, team=other, applied_at=clock.now())
    made.registrations.update(goal_zh="示例")
    sent = a_statement(a_source(), made, ("o1", 1_00), state="balanced", applied_at=None)
    family = household.propose(Proposal(shelf.team, shelf.team.county, clock.now()), None)
    return [
        ("office_team", f"office/teams/{global_id('Team', shelf.team.uid)}"),
        ("office_household", f"office/households/{global_id('OfficeHousehold', family.uid)}"),
        ("office_correction", f"office/corrections/{global_id('OfficeCorrection', a_correction(shelf).uid)}"),
        ("office_organisation", f"office/organisations/{union}"),
        (
            "organiser_import",
            f"organiser/{made.edition.slug}/provincial/imports/{global_id('ImportBatch', sent.uid)}",
        ),
        *(
            (f"organiser_{tab}", f"organiser/{made.edition.slug}/provincial/{tab}")
            for tab in (
                *("calendar", "rules", "entries", "imports", "integrity", "judging", "results"),
                *("tasks", "training", "ceremony"),
            )
        ),
    ]


def learnt_and_asked(buyer: Person) -> list[tuple[str, str]]:
    """A course, a guest, a task and a question of the contest that is kept: pages of whoever learns and asks."""
    held = Round.objects.get().edition
    course = a_course(held)
    a_guest(held)
    a_task(held)
    question.ask(held, buyer, "What counts?")
    return [
        ("course", f"training/{global_id('Course', course.uid)}"),
        ("contest_questions", f"contest/{held.slug}/questions"),
    ]


def waiting(shelf: SimpleNamespace) -> None:
    """Two parcels to send."""
    for _ in range(2):
        number = an_order(shelf)["number"]
        Order.objects.filter(number=number).update(state="paid", paid_at=clock.now())


def troubles(order: Order) -> None:
    """The order is paid, and something of each kind that waits in the office is about it."""
    now, minor = clock.now(), order.total_minor
    Order.objects.filter(pk=order.pk).update(state="paid", paid_at=now)
    paid = Payment.objects.create(
        order=order, provider="stripe", amount_minor=minor, received_minor=minor, is_kept=True, ends_at=now
    )
    Refund.objects.create(payment=paid, reason="late", amount_minor=5, state="failed", settled_at=now)
    Dispute.objects.create(payment=paid, provider_id="du_1", amount_minor=5, state="unclear")
    claim = Claim.objects.create(line=order.lines.get(), words="示例")
    Claim.objects.filter(pk=claim.pk).update(made_at=now - timedelta(days=4))
    texts = {"title_zh": "示例", "title_en": "Flood", "words_zh": "示例", "words_en": "Water"}
    flood = closure.open_incident(None, **texts)
    closure.close_place(flood, None, region_code=KASHGAR, reason_zh="示例", reason_en="cut off")


def all_of(client: Client, path: str) -> list[tuple[str, str]]:
    """The page, and what each of its links opens on it or has one choose: (path, html)."""
    found: dict[str, str] = {}
    left = [path]
    while left:
        at = left.pop()
        if at in found:
            continue
        found[at] = words(client.get(at))
        _, links = typist.read(found[at])
        inside = [urljoin(at, link).partition("#")[0] for link in links if "open=" in link]
        left += inside
        if "open=" in at and "province" not in at and 'name="province"' in found[at]:
            left.append(f"{at}&province=420000")
    return list(found.items())


def test_whatever_is_typed_on_a_page_is_done_or_still_there(visits):
    lost, typed = [], 0
    for client, _, path in visits:
        for at, html in all_of(client, path):
            typed += sum(len(form.typed) for form in typist.read(html)[0])
            with transaction.atomic():
                lost += typist.losses(client, at, html)
                transaction.set_rollback(True)
    assert lost == [] and typed > 60


def test_the_walk_leaves_no_page_out(visits):
    assert named_pages() - {name for _, name, _ in visits} - PLAIN == set()


def test_the_walk_finds_a_form_that_loses_what_another_holds(visits):
    """Its control: two forms side by side, as the pages were."""
    client, _, path = visits[7]
    two = '<form method="post" action="/do/save_address/"><input name="street"><button>Save</button></form>'
    two += '<form method="post" action="/do/delete_address/"><button>Delete</button></form>'
    assert [what for _, what, _ in typist.losses(client, path, two)] == ["/do/save_address/ street"]


def test_a_region_is_changed_without_losing_the_street_that_was_not_saved(visits):
    guest = visits[2][0]
    page = words(guest.get("/en/checkout/"))
    (form,) = [form for form in typist.read(page)[0] if "tell_cart" in form.action]
    assert "formaction" not in form.buttons[0], "Enter presses what saves"
    (aside,) = [button for button in form.buttons if button.get("name") == "turn"]
    written = {"street": "另一条路 9 号", "note": "请放门口", "recipient": "Bea"}
    assert "另一条路" not in typist.press(guest, "/en/checkout/", form, aside, written)
    page = words(guest.get("/en/checkout/?change=1&province=420000"))
    region = fields(page, "choose_region") | {"region": "420106"}
    back = words(guest.get(guest.post("/do/choose_region/", region).url))
    assert all(f'value="{word}"' in back for word in written.values())
    assert "另一条路" not in words(guest.get("/en/checkout/")), "shown once"


@pytest.mark.parametrize(
    ("path", "act", "name"),
    [
        ("/en/account/addresses/", "save_address", "street"),
        ("/en/organisations/", "propose_organisation", "nameZh"),
    ],
)
def test_another_province_is_chosen_without_losing_what_was_written(shelf, path, act, name):
    mine, there = signed_in(shelf.buyer), f"{path}?open={act}&province=420000"
    (form,) = [form for form in typist.read(words(mine.get(there)))[0] if act in form.action]
    (aside,) = [button for button in form.buttons if button.get("name") == "turn"]
    assert 'name="province"' in typist.press(mine, there, form, aside, {name: "示例文字"})
    assert 'value="示例文字"' in words(mine.get(f"{path}?open={act}&province=110000"))


def test_what_waits_is_sealed_and_no_secret_is_among_it(shelf):
    mine = signed_in(shelf.buyer)
    mine.post(
        "/do/turn/?to=/en/account/",
        {"turn": "change_email", "email": "a@example.com", "password": "a-secret-of-hers"},
    )
    page = unfolded(mine, "/en/account/details/", "change_email")
    assert 'value="a@example.com"' in page and "a-secret-of-hers" not in page
    assert mine.post("/do/turn/?to=https://evil.example/", {"turn": "change_email"}).url == "/zh/"
    assert mine.post("/do/turn/?to=/en/", {"turn": "no_such"}).status_code == 404


def test_what_was_to_be_opened_and_is_gone_leads_to_the_page(shelf):
    mine = signed_in(shelf.buyer)
    assert mine.get("/en/account/details/?open=nothing").url == "/en/account/details/"
    assert Client().get("/en/shop/?query=x&open=1").url == "/en/shop/?query=x"
