"""A walk through every page of the shop, in both languages, as each of those who may be there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import URLResolver, reverse

from accounts.models import Organisation, Person
from catalog.models import Lot, Product, Team
from catalog.reads.marks import mark_pages, place_pages
from contest.models import CeremonyGuest, Course, ImportBatch, Judge
from contest.reads import judging
from contest.reads.result import published
from core.api.ids import global_id
from impact.models import Household, Round, ShareCorrection
from orders.links import token_for
from orders.models import Incident, Line, Order
from shop.demo import first_edition, sign_ins
from shop.demo.second_edition import SLUG
from shop.urls import urlpatterns
from shop.web.organiser.tabs import PAGES
from shop.web.page import Page
from tests.accounts.world import a_person
from tests.figures import full
from together.models import GroupPurchase

LANGUAGES = ("zh", "en")
GUEST, BUYER, COORDINATOR, MANAGER = "guest", sign_ins.BUYER, sign_ins.COORDINATOR, sign_ins.MANAGER
OPERATOR = sign_ins.OPERATOR
JUDGE, IMPORTER = sign_ins.JUDGE, sign_ins.IMPORTER
# Of the demo nobody is: whoever has one of these roles comes for the walk.
DEPARTMENTS = {
    "quality_checker": "quality",
    "logistics_checker": "logistics",
    "womens_officer": "women",
    "media_officer": "media",
    "county_verifier": "registrations",
}
# Where counties are chosen from: a province with its divisions, and one without any.
A_PROVINCE, NO_DIVISIONS = "?province=420000", "?province=110000"
# A part of a page: what it answers is none.
NO_PAGES = {"suggestions"}


@dataclass(frozen=True)
class Stop:
    """A page to look at: who, which, with what in its address."""

    who: str
    name: str
    captures: tuple[tuple[str, str], ...] = ()
    query: str = ""
    languages: tuple[str, ...] = LANGUAGES

    def path(self, language: str) -> str:
        """Its address."""
        return reverse(self.name, kwargs={"lang": language, **dict(self.captures)}) + self.query


@dataclass(frozen=True)
class Seen:
    """A page as it was shown."""

    stop: Stop
    language: str
    status: int
    html: str

    @property
    def words(self) -> str:
        """What a reader reads or hears: no tags, but their words for those who cannot see."""
        bare = re.sub(r"<(script|style)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        spoken = re.findall(r'(?:alt|title|aria-label|placeholder|content|value)="([^"]*)"', bare)
        return unescape(" ".join([re.sub(r"<[^>]+>", " ", bare), *spoken]))


def routed(patterns: Any = urlpatterns) -> dict[str, Any]:
    """The view behind each named address of the rooms and doors, by that name."""
    found: dict[str, Any] = {}
    for one in patterns:
        if not isinstance(one, URLResolver):
            found |= {one.name: one.callback} if one.name else {}
        elif not one.namespace:
            found |= routed(one.url_patterns)
    return found


def pages() -> dict[str, Page]:
    """The page behind each address that has one, by the address's name."""
    return {name: view.page for name, view in routed().items() if hasattr(view, "page")}


def named_pages() -> set[str]:
    """The addresses of pages that are looked at whole."""
    return pages().keys() - NO_PAGES


def stops() -> list[Stop]:
    """Every page at least once in each language; products and teams all of them."""
    return [
        *_shop(),
        *_orders(),
        *_together(),
        *_desk(),
        *_office(),
        *_judging(),
        *_learning(),
        *_importing(),
        *_words(),
        *_set_up(),
    ]


def walk() -> list[Seen]:
    """All of it, in the languages of each stop; in the suite in one of them, the one and the other by turns."""
    clients: dict[str, Client] = {}
    seen = []
    for n, stop in enumerate(stops()):
        client = clients.get(stop.who) or clients.setdefault(stop.who, arrive(stop.who))
        for language in full(stop.languages, (stop.languages[n % len(stop.languages)],)):
            answer = client.get(stop.path(language))
            text = answer.content.decode()
            seen.append(Seen(stop, language, answer.status_code, text))
    return seen


def unfolded(seen: list[Seen]) -> list[Seen]:
    """Of each deed whose form stands behind a link, the page with one of these forms on it."""
    links: dict[str, tuple[Seen, str]] = {}
    for one in sorted(seen, key=lambda one: LANGUAGES.index(one.language)):
        for link, act in re.findall(r'href="([^"#]*[?&](?:amp;)?open=(\w+)[^"#]*)', one.html):
            links.setdefault(act, (one, unescape(link)))
    clients: dict[str, Client] = {}
    opened = []
    for one, link in links.values():
        client = clients.get(one.stop.who) or clients.setdefault(one.stop.who, arrive(one.stop.who))
        answer = client.get(link)
        opened.append(Seen(one.stop, one.language, answer.status_code, answer.content.decode()))
    return opened


def arrive(who: str) -> Client:
    """This visitor's browser, with something in its cart."""
    client = Client(HTTP_ACCEPT_LANGUAGE="zh")
    if who in DEPARTMENTS:
        mailbox = f"{who}@example.com"
        client.force_login(Person.objects.filter(email=mailbox).first() or a_person((who,), email=mailbox))
    elif who != GUEST:
        client.force_login(Person.objects.get(email=who))
    variant = Product.objects.get(slug="yunyang-dried-shiitake").variants.first()
    form = {"variant": global_id("Variant", variant.uid), "quantity": "2", "next": "/zh/cart/"}
    client.post("/do/add_to_cart/", form)
    return client


def _shop() -> Iterator[Stop]:
    for name in ("home", "catalogue", "teams", "cart", "checkout", "checkout_now"):
        yield Stop(GUEST, name)
    yield Stop(BUYER, "home")
    for query in ("", A_PROVINCE, NO_DIVISIONS):
        yield Stop(BUYER, "checkout", query=query)
    for query in (
        "?query=orange",
        "?category=tea&division=422800",
        "?query=qwxyz",
        "?price=0-3000&inSeason=true",
    ):
        yield Stop(GUEST, "catalogue", query=query)
    for kind in ("gi", "brand"):
        yield Stop(GUEST, kind, (("number", mark_pages().filter(kind=kind)[0][1]),))
    code, village = next(place for place in place_pages() if place[1])
    yield Stop(GUEST, "place", (("code", code),))
    yield Stop(GUEST, "village", (("code", code), ("village", village)))
    # All products and teams (of them every ninth in the suite), each in one of the languages: they share their templates.
    for name, model in (("product", Product), ("team", Team)):
        slugs = model.objects.order_by("pk").values_list("slug", flat=True)
        for n, slug in enumerate(list(slugs)[:: full(1, 9)]):
            yield Stop(GUEST, name, (("slug", slug),), languages=(LANGUAGES[n % 2],))


def _orders() -> Iterator[Stop]:
    for state in ("paid", "shipped", "delivered", "completed", "refunded"):
        order = Order.objects.filter(state=state, person=None).order_by("pk").first()
        if order:
            yield Stop(GUEST, "order", (("number", order.number),), f"?token={token_for(order)}")
            yield Stop(GUEST, "receipt", (("number", order.number),), f"?token={token_for(order)}")
            if state == "paid":
                at = (
                    ("number", order.number),
                    ("parcel", global_id("Shipment", order.shipments.all()[0].uid)),
                )
                yield Stop(GUEST, "address", at, f"?token={token_for(order)}")
                yield Stop(GUEST, "harvest", at[:1], f"?token={token_for(order)}")
    line = (
        Line.objects.filter(shipment__state="delivered", refunded_minor=0, review=None).order_by("pk").first()
    )
    assert line
    at = (("number", line.order.number), ("line", global_id("Line", line.uid)))
    whose = line.order.person.email if line.order.person else GUEST
    for name in ("claim", "review"):
        yield Stop(whose, name, at, f"?token={token_for(line.order)}" if whose == GUEST else "")
    yield Stop(GUEST, "letters_off", query="?key=x")
    for name in (
        "people",
        "account",
        "addresses",
        "details",
        "ways",
        "devices",
        "letters",
        "second_factor",
        "device",
        "organisations",
        "following",
        "account_news",
        "purchases",
        "wishes",
        "ask",
        "apply",
    ):
        yield Stop(BUYER, name)
    for name, act in (("addresses", "save_address"), ("organisations", "propose_organisation")):
        yield Stop(BUYER, name, query=f"{A_PROVINCE}&open={act}")
    yield Stop(COORDINATOR, "organisations")
    yield Stop(COORDINATOR, "following", query=f"?team={line.team.slug}")


def _together() -> Iterator[Stop]:
    for who in (GUEST, BUYER, COORDINATOR):
        yield Stop(who, "groups")
        for code in GroupPurchase.objects.order_by("pk").values_list("join_code", flat=True):
            yield Stop(who, "group", (("code", code),))
    yield Stop(COORDINATOR, "group_open")
    variant = Product.objects.get(slug="yunyang-dried-shiitake").variants.first()
    assert variant
    query = f"{A_PROVINCE}&variant={global_id('Variant', variant.uid)}"
    yield Stop(COORDINATOR, "group_open", query=query)


def _desk() -> Iterator[Stop]:
    for name in (
        "desk",
        "desk_new",
        "desk_orders",
        "desk_claims",
        "desk_questions",
        "desk_news",
        "desk_send",
        "desk_numbers",
        "desk_tables",
        "desk_prices",
    ):
        yield Stop(MANAGER, name)
    product = Product.objects.get(team__members__person__email=MANAGER)
    yield Stop(MANAGER, "desk_product", (("id", global_id("Product", product.uid)),))
    yield Stop(MANAGER, "product", (("slug", product.slug),))
    yield Stop(MANAGER, "desk_households")
    yield Stop(MANAGER, "desk_lots")
    yield Stop(MANAGER, "desk_team")
    yield Stop(MANAGER, "desk_people")
    yield Stop(MANAGER, "desk_coupons")
    yield Stop(MANAGER, "desk_webhooks")
    yield Stop(MANAGER, "desk_invoices")
    yield Stop(MANAGER, "desk_statement")
    yield Stop(MANAGER, "desk_integrity")
    yield Stop(MANAGER, "desk_contest")
    yield Stop(MANAGER, "desk_results")
    lot = Lot.objects.filter(variant__product=product).first()
    assert lot
    at = (("id", global_id("Product", product.uid)), ("lot", global_id("Lot", lot.uid)))
    yield Stop(MANAGER, "desk_lot", at)
    yield Stop(MANAGER, "desk_harvest", at[1:])


def _office() -> Iterator[Stop]:
    for name in (
        "account",
        "office",
        *(
            f"office_{one}"
            for one in (
                "listings",
                "applications",
                "news",
                "products",
                "refunds",
                "disputes",
                "claims",
                "reviews",
            )
        ),
    ):
        yield Stop(OPERATOR, name)
    for name in (
        "office_parked",
        "office_orders",
        "office_figures",
        "office_supporters",
        "office_audit",
        "office_closures",
        "office_synonyms",
        "office_coupons",
        "office_webhooks",
        "office_invoices",
    ):
        yield Stop(OPERATOR, name)
    for name in ("office_people", "office_appoint"):
        yield Stop(OPERATOR, name)
    yield Stop(OPERATOR, "office_appoint", query="?role=OBSERVER&kind=REGION&province=420000")
    product, order = Product.objects.order_by("pk").first(), Order.objects.order_by("pk").first()
    assert product and order
    yield Stop(OPERATOR, "office_listing", (("id", global_id("Product", product.uid)),))
    yield Stop(OPERATOR, "office_order", (("number", order.number),))
    yield Stop(OPERATOR, "office_accounts")
    her = Person.objects.get(email=BUYER)
    yield Stop(OPERATOR, "office_account", (("id", global_id("Person", her.uid)),))
    yield Stop(OPERATOR, "office_teams", query=f"{A_PROVINCE}&open=create_team")
    for name in ("office_teams", "office_households", "office_organisations", "organiser"):
        yield Stop(OPERATOR, name)
    rows = {"team": Team, "household": Household, "organisation": Organisation}
    kinds = {"team": "Team", "household": "OfficeHousehold", "organisation": "Organisation"}
    asked = ShareCorrection.objects.order_by("pk").first()
    assert asked
    yield Stop(OPERATOR, "office_correction", (("id", global_id("OfficeCorrection", asked.uid)),))
    for name, model in rows.items():
        row = model.objects.order_by("pk").first()
        yield Stop(OPERATOR, f"office_{name}", (("id", global_id(kinds[name], row.uid)),))
    held = _held()
    at = (("edition", held.edition.slug), ("level", held.level))
    yield Stop(GUEST, "contest_edition", (("edition", held.edition.slug),))
    for page in PAGES:
        yield Stop(OPERATOR, f"organiser_{page.name}", at)
    over = (("edition", first_edition.SLUG),)
    for name in ("contest_edition", "contest_rules"):
        yield Stop(GUEST, name, over)
    yield Stop(sign_ins.CITY_OFFICER, "office_registrations")
    for role, page in DEPARTMENTS.items():
        yield Stop(role, f"office_{page}")


def _judging() -> Iterator[Stop]:
    held = _held()
    at = (("edition", held.edition.slug), ("level", held.level))
    yield Stop(JUDGE, "judge")
    yield Stop(JUDGE, "judge_desk", at)
    mine = Judge.objects.select_related("person").get(person__email=JUDGE)
    entry = judging.queue(mine, held)[0]
    yield Stop(JUDGE, "judge_entry", (("id", global_id("JudgedEntry", entry.uid)),))
    over = _held(first_edition.SLUG)
    ranked = published(over).rows.filter(rank__lte=2).values_list("entry__number", flat=True)
    query = "?{}".format(urlencode(dict(zip("ab", ranked, strict=True))))
    before = (("edition", over.edition.slug), ("level", over.level))
    yield Stop(GUEST, "contest_compare", before, query=query)
    yield Stop(OPERATOR, "organiser_results", before)
    for name in ("contest_round", "contest_race", "contest_weights"):
        yield Stop(GUEST, name, before)
    for name in ("contest_round", "contest_race"):
        yield Stop(GUEST, name, at)
    yield Stop(GUEST, "contest_seals", at)
    yield Stop(GUEST, "contest_integrity", at)
    yield Stop(GUEST, "contest_rules", at[:1])


def _learning() -> Iterator[Stop]:
    held, course = _held(), Course.objects.get()
    at = (("edition", held.edition.slug), ("level", held.level))
    yield Stop(GUEST, "contest_questions", at[:1])
    yield Stop(GUEST, "invited", (("code", CeremonyGuest.objects.order_by("pk")[0].code),))
    for name in ("courses", "my_questions"):
        yield Stop(MANAGER, name)
    yield Stop(MANAGER, "course", (("id", global_id("Course", course.uid)),))
    yield Stop(sign_ins.ORGANISER, "office_questions")


def _importing() -> Iterator[Stop]:
    held = _held()
    at = (("edition", held.edition.slug), ("level", held.level))
    yield Stop(IMPORTER, "organiser_imports", at)
    for made in ImportBatch.objects.filter(round=held).order_by("pk"):
        yield Stop(IMPORTER, "organiser_import", (*at, ("id", global_id("ImportBatch", made.uid))))


def _held(slug: str = SLUG) -> Round:
    """The provincial round of one of the demo's editions."""
    return Round.objects.select_related("edition").get(edition__slug=slug, level="provincial")


def _words() -> Iterator[Stop]:
    for name in (
        "sign_in",
        "sign_in_by_number",
        "sign_up",
        "password_forgotten",
        "find_order",
        "password_new",
        "confirm",
        "invitation",
        "role",
    ):
        yield Stop(GUEST, name, query="?token=none")
    for query in ("", "?by=DIVISION", "?sort=PERSON_TIMES"):
        yield Stop(GUEST, "contest", query=query)
    entry = _held().entries.select_related("round__edition").order_by("pk").first()
    assert entry
    for who in (GUEST, BUYER):
        yield Stop(who, "contest_entry", (("edition", entry.round.edition.slug), ("number", entry.number)))
    for name in ("about", "help", "privacy", "terms", "set_up", "incidents", "offline"):
        yield Stop(GUEST, name)
    for query in ("", "?find=price"):
        yield Stop(GUEST, "build", query=query)
    yield Stop(GUEST, "build_noun", (("noun", "order"),))
    yield Stop(GUEST, "build_explorer")
    yield Stop(GUEST, "incident", (("code", Incident.objects.get().code),))


def _set_up() -> Iterator[Stop]:
    for name in (
        "set_up",
        "set_up_facts",
        "set_up_texts",
        "set_up_mail",
        "set_up_texting",
        "set_up_wechat",
        "set_up_payments",
        "set_up_shipping",
        "set_up_categories",
    ):
        yield Stop(OPERATOR, name)


def told(seen: list[Seen], **which: Any) -> list[Seen]:
    """Those of a walk that everybody may see, or those of somebody."""
    return [s for s in seen if all(getattr(s.stop, key) == value for key, value in which.items())]
