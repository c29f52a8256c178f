"""In a browser: clean for assistive technology, nothing scrolls sideways, and all of it without scripts, too."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import axe_playwright_python
import pytest
from django.test import Client
from django.utils import timezone

from accounts.places import Place
from catalog import search
from core.api.ids import global_id
from core.models import Delivery, OutboxEvent
from impact.actions import household as households
from impact.actions.household import Proposal
from impact.models import Entry, Round
from orders.actions import wish
from orders.models import Claim, Dispute, Order, Payment, Refund
from shop.demo.incidents import one_that_is_over
from shop.web.organiser.tabs import PAGES
from tests.accounts.world import a_person, holds
from tests.catalog.world import a_news, an_operator
from tests.contest import committee
from tests.factor import App, by_code, by_password
from tests.figures import FULL, full
from tests.impact.world import a_round
from tests.together.world import Together
from tests.web.conftest import a_shelf, an_order
from tests.web.test_nothing_typed_is_lost import a_correction

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What colours alone decide: all in which a page that is dark may differ from the same one that is light.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Every journey once in the suite, in all its ways in a full run.
LANGUAGES = full(["zh", "en"], ["zh"])
WIDTHS = full((390, 1280), (390,))
# Of controls that stand alone; links inside a sentence are as high as their line.
LOW = """() => [...document.querySelectorAll('button, .button, select, summary, textarea, .tap, nav a,' +
  'input:not([type=hidden]):not([type=checkbox]):not([type=radio]), label.choice')]
  .filter(e => e.getClientRects().length && !e.closest('.skip') && e.getBoundingClientRect().height < 43.5)
  .map(e => `${e.tagName} ${e.textContent.trim().slice(0, 30)}`)"""
# Whether it does with letters twice as large.
LARGE = """() => { const root = document.documentElement; root.style.fontSize = '200%';
  const does = root.scrollWidth > root.clientWidth; root.style.fontSize = ''; return does }"""


@pytest.fixture(scope="module")
def sites(live_shop: Any, django_db_blocker: Any) -> SimpleNamespace:
    """Addresses of every page of a living shop by who may see them, and the cookies of those people."""
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        search.index([shelf.product.id])
        a_round(shelf.team)
        wish.keep(shelf.buyer, shelf.product)
        a_news(shelf.team, "published", days_ago=31), a_news(shelf.team, "returned"), a_news()
        together = Together(lot=shelf.lot, minimum=5, maximum=20)
        contested = a_contested_order(shelf)
        operator = an_operator()
        orders = SimpleNamespace(
            mine=an_order(shelf, shelf.buyer),
            guests=an_order(shelf),
            contested=contested,
            waiting=troubles(contested),
            incident=one_that_is_over(operator).code,
        )
        pages = {
            **of_the_shop(shelf, together, orders),
            operator: of_the_operator(shelf, orders),
            **of_the_office(shelf, together),
        }
        visits = [
            SimpleNamespace(pages=paths, cookie=session_of(person) if person else None)
            for person, paths in pages.items()
        ]
        visits += [SimpleNamespace(pages=paths, cookie=cookie) for cookie, paths in _at_the_second_factor()]
    return SimpleNamespace(shelf=shelf, visits=visits)


def of_the_shop(shelf: SimpleNamespace, together: Together, orders: SimpleNamespace) -> dict[Any, list[str]]:
    """Pages of guests (None), of a buyer, of a coordinator and of a team's desk."""
    id_, product, team = global_id("Product", shelf.product.uid), shelf.product.slug, shelf.team.slug
    entered = Entry.objects.select_related("round__edition").get(team=shelf.team)
    edition = f"contest/{entered.round.edition.slug}/"
    entry, round_ = f"{edition}{entered.number}/", f"{edition}provincial/"
    return {
        None: [
            *("", "shop/", "shop/?query=nothing", "teams/", "cart/", "checkout/", "groups/", "contest/"),
            *(
                "contest/?by=DIVISION",
                edition,
                *full([f"{edition}{page}" for page in ("questions/", "rules/")], []),
                *full([f"{round_}{page}" for page in ("", "race/", "integrity/", "seals/")], []),
                "about/",
                "help/",
                "privacy/",
                "terms/",
                "incidents/",
                "build/?find=price",
                "build/review/",
                "build/explorer/",
                "offline/",
                f"incidents/{orders.incident}/",
                "set-up/",
                "sign-in/",
                "sign-in/number/",
                "find-order/",
                "sign-up/",
            ),
            *(
                "sign-up/?sent=1",
                "password/",
                "password/new/?token=x",
                "confirm/?token=x",
                "invitation/",
                "letters/off/?key=x",
            ),
            *(f"p/{product}/", f"t/{team}/", f"g/{together.code}/", "no/such/page/"),
            entry,
            f"order/{orders.guests['number']}/?token={orders.guests['token']}",
            f"order/{orders.contested['number']}/?token={orders.contested['token']}",
        ],
        shelf.buyer: [
            *("account/", "account/addresses/?province=420000", "account/details/", "groups/"),
            *(
                "account/second-factor/",
                "account/second-factor/?next=/en/",
                "account/device/",
                "account/purchases/",
                "account/wishes/",
                "account/news/",
                "account/letters/",
                "apply/",
                "ask/",
            ),
            *(f"account/ways/{form}" for form in ("", "?open=join_accounts")),
            *(f"account/devices/{form}" for form in ("", "?open=end_other_sessions")),
            *(
                "account/addresses/?open=save_address&province=420000",
                "account/addresses/?open=save_address",
            ),
            *(f"account/details/?open={act}" for act in ("update_person", "create_token", "erase_person")),
            "organisations/?open=propose_organisation&province=420000",
            *("organisations/?province=420000", f"order/{orders.mine['number']}/", "desk/"),
            f"order/{orders.mine['number']}/receipt/",
            *(entry, "account/following/", f"account/following/?team={team}"),
            *full(["training/", f"{edition}questions/?open=ask_about_edition"], []),
        ],
        together.coordinator.person: [
            f"organisations/?o={global_id('Organisation', together.union.uid)}",
            *(f"groups/open/?variant={shelf.variant}&province=420000", f"g/{together.code}/"),
        ],
        shelf.manager: [
            *(
                "desk/",
                "desk/new/",
                "desk/orders/",
                "desk/claims/",
                "desk/questions/",
                "desk/households/",
                "desk/lots/",
                "desk/statement/",
            ),
            *(
                "desk/households/?open=propose_household",
                "desk/team/",
                "desk/team/?open=introduce_leader",
                "desk/people/",
                *("desk/contest/", *full(["desk/results/", "desk/integrity/"], [])),
                "desk/people/?open=invite_member",
                *(
                    "desk/coupons/",
                    "desk/webhooks/",
                    "desk/coupons/?open=make_coupon",
                    "desk/invoices/",
                    "desk/send/",
                    "desk/numbers/",
                    "desk/tables/",
                    "desk/prices/",
                ),
                *("desk/news/", "desk/news/?open=hand_in_news"),
            ),
            f"desk/product/{id_}/lot/{global_id('Lot', shelf.lot.uid)}/",
            f"desk/product/{id_}/",
            *(f"desk/product/{id_}/?open={act}" for act in ("update_product", "save_variant~new")),
            f"desk/product/{id_}/?open=save_variant~{shelf.variant}",
        ],
    }


def of_the_operator(shelf: SimpleNamespace, orders: SimpleNamespace) -> list[str]:
    """Pages on which whoever runs the shop sets it up, and sees to orders, money and what waits."""
    id_ = global_id("Product", shelf.product.uid)
    return [
        *("set-up/", "set-up/facts/", "set-up/texts/", "set-up/mail/", "set-up/payments/"),
        *("set-up/wechat/", "set-up/texting/"),
        *("set-up/shipping/", "set-up/categories/"),
        *(
            f"office/{name}"
            for name in ("", "listings/", "products/", f"listings/{id_}/", "refunds/", "disputes/")
        ),
        *(f"office/{name}" for name in ("claims/", "reviews/", "parked/", "orders/", "figures/", "audit/")),
        f"office/orders/{orders.contested['number']}/",
        f"office/orders/{orders.contested['number']}/?open=refund_in_part",
        f"office/refunds/?open=give_refund~{global_id('Refund', orders.waiting.uid)}",
        "office/audit/?open=find_trail",
        *("office/people/", "office/people/new/?role=OBSERVER&kind=REGION&province=420000"),
        *("office/closures/", "office/closures/?open=open_incident"),
        *("office/synonyms/", "office/news/"),
        *("office/applications/", "office/applications/?open=invite_new_team&province=420000"),
        *("office/webhooks/", "office/webhooks/?open=make_shop_webhook"),
        *("office/coupons/", "office/coupons/?open=make_shop_coupon", "office/invoices/"),
        f"office/listings/{id_}/?open=suspend_listing",
        "office/accounts/",
        f"office/accounts/{global_id('Person', shelf.buyer.uid)}/",
    ]


def of_the_office(shelf: SimpleNamespace, together: Together) -> dict[Any, list[str]]:
    """Pages of whoever keeps teams, households, organisations and the contest, and of each department."""
    waits = households.propose(
        Proposal(shelf.team, shelf.team.county, timezone.now(), {"name": "示例"}), None
    )
    family, union = (
        global_id("OfficeHousehold", waits.uid),
        global_id("Organisation", together.union.uid),
    )
    team, round_ = global_id("Team", shelf.team.uid), Round.objects.select_related("edition").latest("pk")
    edition = global_id("OfficeEdition", round_.edition.uid)
    desk = f"organiser/{round_.edition.slug}/provincial/"
    acts = ("amend_team", "suspend_team", "introduce_leader")
    departments = {"quality_checker": "quality", "logistics_checker": "logistics", "womens_officer": "women"}
    departments |= {"media_officer": "media", "county_verifier": "registrations"}
    return {
        a_person(("operator",)): [
            *("office/", "office/teams/", "office/households/", "office/organisations/", "organiser/"),
            *("office/teams/?open=create_team&province=420000", f"office/teams/{team}/"),
            *(f"office/teams/{team}/?open={act}" for act in acts),
            *(f"office/households/{family}/{opens}" for opens in ("", "?open=open_details")),
            f"office/corrections/{global_id('OfficeCorrection', a_correction(shelf).uid)}/",
            *(f"office/organisations/{union}/{opens}" for opens in ("", "?open=suspend_organisation")),
            *("organiser/?open=create_edition", f"organiser/?open=create_round~{edition}"),
            *(f"{desk}{page.name}/" for page in full(PAGES, PAGES[::3])),
            *full(
                [f"{desk}{opens}" for opens in ("tasks/?open=save_task", "calendar/?open=save_partner")], []
            ),
            *full(["office/questions/", "office/supporters/"], []),
        ],
        **{a_person((role,)): ["office/", f"office/{page}/"] for role, page in departments.items()},
        **of_a_committee(round_),
    }


def of_a_committee(round_: Round) -> dict[Any, list[str]]:
    """Pages of a judge who has not named her ties, of one who has, and of whoever invites them."""
    committee.to_be_judged(round_)
    desk = f"judge/{round_.edition.slug}/provincial/"
    entry = round_.entries.filter(approved_at__isnull=False).first()
    return {
        committee.seated(round_): [f"{desk}?province=430000"],
        committee.a_judge(round_): ["judge/", desk, f"judge/entry/{global_id('JudgedEntry', entry.uid)}/"],
        committee.an_organiser(): [
            f"organiser/{round_.edition.slug}/provincial/judging/?open={act}"
            for act in ("send_role_invitation", "name_conflict")
        ],
    }


def a_contested_order(shelf: SimpleNamespace) -> dict[str, Any]:
    """A paid order about whose payment a bank asks."""
    made, now = an_order(shelf), timezone.now()
    order = Order.objects.get(number=made["number"])
    paid = Payment.objects.create(
        provider="stripe",
        order=order,
        amount_minor=order.total_minor,
        received_minor=order.total_minor,
        is_kept=True,
        ends_at=now,
    )
    Dispute.objects.create(
        payment=paid, provider_id=f"du_{order.number}", amount_minor=order.total_minor, due_at=now
    )
    Order.objects.filter(pk=order.pk).update(state="paid", paid_at=now, contested_at=now)
    return made


def _at_the_second_factor() -> list[tuple[str, list[str]]]:
    """Its page as it is set up, as it asks for a code, and as it is kept; and a packer at a device that is new."""
    at = "account/second-factor/"
    new, asleep, awake, packer = (a_person(email_verified_at=timezone.now()) for _ in range(4))
    for person, role in ((new, "owner"), (asleep, "operator"), (awake, "auditor")):
        holds(person, role)
    holds(packer, "packer", Place(subject=a_shelf().team.uid))
    App(asleep), App(awake)
    setting_up, keeping = Client(), Client()
    by_password(setting_up, new)
    setting_up.post("/do/begin_second_factor/", {"password": "a long password"})
    by_code(keeping, awake)
    acts = ("renew_recovery_codes", "end_second_factor")
    return [
        (setting_up.cookies["session"].value, [at]),
        (session_of(asleep, by_password), ["account/", at, f"{at}?next=/en/office/"]),
        (keeping.cookies["session"].value, [at, *(f"{at}?open={act}" for act in acts)]),
        (session_of(packer, by_password), ["account/device/", "account/device/?open=prove_device"]),
    ]


def troubles(contested: dict[str, Any]) -> Refund:
    """Something of each kind that waits in the office, about a paid order; the refund among them."""
    paid, now = Payment.objects.get(order__number=contested["number"]), timezone.now()
    made = Refund.objects.create(
        payment=paid, reason="late", amount_minor=5, state="failed", failure="card is gone", settled_at=now
    )
    claim = Claim.objects.create(line=paid.order.lines.get(), words="两个坏了")
    Claim.objects.filter(pk=claim.pk).update(made_at=now - timedelta(days=4))
    Delivery.objects.create(
        event=OutboxEvent.objects.create(name="OrderLapsed", payload={"order_id": paid.order_id}),
        reaction="orders.tasks.close_payments",
        parked_at=now,
        error="TimeoutError",
        tries=10,
    )
    return made


def session_of(person: Any, sign_in: Callable[[Client, Any], object] = by_code) -> str:
    client = Client()
    sign_in(client, person)
    return client.cookies["session"].value


@pytest.mark.proof
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_clean_by_day_and_in_the_dark(live_shop, browser, sites, language):
    assert wrong_on(live_shop, browser, sites.visits, language) == []


def test_what_cannot_be_read_in_the_dark_alone_is_found(live_shop, browser):
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{live_shop.url}/zh/help/")
    assert looked_at(page, WIDTHS[0]) == in_the_dark(page) == []
    page.add_style_tag(content="@media (prefers-color-scheme: dark) { h1 { color: #222 !important } }")
    assert looked_at(page, WIDTHS[0]) == []
    assert [wrong.partition(" at ")[0] for wrong in in_the_dark(page)] == ["in the dark: color-contrast"]
    context.close()


def wrong_on(shop: Any, browser: Any, visits: list[SimpleNamespace], language: str) -> list[str]:
    """What is wrong with these pages, at each width and in the dark; a visit is a cookie and what its owner opens."""
    found: list[str] = []
    seen: list[str] = []
    for visit in visits:
        # A colour that is on its way to another is none.
        context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
        if visit.cookie:
            context.add_cookies([{"name": "session", "value": visit.cookie, "url": shop.url}])
        page = context.new_page()
        for path in full(visit.pages, _once(visit.pages, seen)):
            address = f"{shop.url}/{language}/{path}"
            answer = page.goto(address)
            if (answer.status, page.url) != (404 if path.startswith("no/") else 200, address):
                found.append(f"/{path} answers {answer.status} at {page.url}")
            # In the suite by day or in the dark, by turns.
            page.emulate_media(color_scheme=full("light", ("light", "dark")[len(seen) % 2]))
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 844})
                found += [f"{language} {width} /{path}: {wrong}" for wrong in looked_at(page, width)]
            found += full([f"{language} /{path}: {wrong}" for wrong in in_the_dark(page)], [])
            seen.append(path.partition("?")[0])
        context.close()
    return found


def _once(paths: list[str], seen: list[str]) -> list[str]:
    """Each page as it is first met: again with other words in its address, with a form open on it or as somebody else
    sees it, it is looked at in a full run; and so are two of three of the rooms behind the shop, which share their parts."""
    bare = {path.partition("?")[0]: path for path in reversed(paths) if "?open=" not in path}
    new = [path for base, path in bare.items() if base not in seen]
    behind = [path for path in new if path.startswith(("office/", "set-up/", "organiser/", "judge/"))]
    return [path for path in new if path not in behind or path in behind[::3]]


def in_the_dark(page: Any) -> list[str]:
    """What of the page that was looked at cannot be read by whoever likes it dark."""
    page.emulate_media(color_scheme="dark")
    wrong = [f"in the dark: {what}" for what in violations_on(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    return wrong


def violations_on(page: Any, rules: Any) -> list[str]:
    """What axe finds, once it is on the page."""
    run = f"axe.run(document, {{runOnly: {rules}, resultTypes: ['violations']}})"
    return [f"{v['id']} at {v['nodes'][0]['target']}" for v in page.evaluate(run)["violations"]]


def looked_at(page: Any, width: int) -> list[str]:
    """What is wrong with the page that is open, at this width."""
    root = "document.documentElement"
    wrong = ["scrolls sideways"] * page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
    if page.locator("h1").count() != 1:
        wrong.append("has not one h1")
    if width == WIDTHS[0]:
        wrong += [f"too low to tap: {what}" for what in page.evaluate(LOW)]
        if any(room in page.url for room in ("/office/", "/set-up/")):
            wrong += ["scrolls sideways with text at 200 %"] * page.evaluate(LARGE)
    page.evaluate(AXE)
    return wrong + violations_on(page, RULES)


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="walks a journey in another way: make test-full")
def test_a_guest_buys_on_a_phone_without_scripts(live_shop, browser, sites):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_shop.url}/en/p/{sites.shelf.product.slug}/")
    page.get_by_role("button", name="Add to cart", exact=True).click()
    page.click("main >> text=Checkout")
    page.select_option("#province", label="Hubei")
    page.click("text=Next")
    page.select_option("[name=region]", "420106")
    page.click("text=See shipping")
    told = {"street": "示例路 1 号", "recipient": "Ann", "phone": "12", "email": "ann@example.com"}
    for name, value in told.items():
        page.fill(f"[name={name}]", value)
    page.click("text=Save and go on")
    assert "valid mobile" in page.locator("[name=phone] + .wrong").inner_text()
    assert page.input_value("[name=street]") == "示例路 1 号"
    page.fill("[name=phone]", "13800138000")
    page.click("text=Save and go on")
    page.click("text=Place the order and pay")
    page.click("text=Pay ¥")
    page.wait_for_url(f"{live_shop.url}/en/order/**")
    for _ in range(20):
        if page.locator("text=How your money is set aside").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    parts = page.locator(".aside .story-parts .num:last-child").all_inner_texts()
    total = page.locator(".aside .sum.total .num").inner_text()
    assert sum(round(float(part.strip("¥")) * 100) for part in parts) == round(float(total.strip("¥")) * 100)
    context.close()


@pytest.mark.proof
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_meant_is_suggested_while_it_is_written(live_shop, browser, sites, language):
    product = sites.shelf.product
    for width in WIDTHS:
        context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 844})
        page = context.new_page()
        page.goto(f"{live_shop.url}/{language}/")
        page.type("#top-q", product.name_zh[:2] if language == "zh" else product.name_en[:4].lower())
        link = page.locator(f".suggestions a[href='/{language}/p/{product.slug}/']")
        link.wait_for()
        assert page.locator(".suggestions a").evaluate_all("all => all.every(a => a.offsetHeight >= 44)")
        # What lies under the open list is covered while it is open.
        assert [wrong for wrong in looked_at(page, width) if "top-nav" not in wrong] == []
        page.press("#top-q", "Escape")
        assert not link.is_visible()
        page.fill("#top-q", product.name_zh)
        link.wait_for()
        for _ in range(page.locator(".suggestions a").count()):
            page.keyboard.press("ArrowDown")
            if link.evaluate("a => a === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_shop.url}/{language}/p/{product.slug}/")
        context.close()
