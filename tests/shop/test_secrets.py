"""What nobody but a team itself may know of its households, looked for in every page and every answer."""

import re
import uuid
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Organisation, Person
from catalog.models import Lot, Product, Team
from catalog.reads import marks
from core.api.ids import global_id
from impact.actions import household as households
from impact.models import Edition, Household, Round
from orders.links import token_for
from orders.models import Order
from shop.demo import sign_ins
from tests.factor import awake
from tests.figures import full
from tests.shop import everything, tour
from together.models import GroupPurchase

# How many, and of what: the only numbers of households are tens, told with "or more".
COUNTS = re.compile(r"(\d[\d,]*)\s*户|(\d[\d,]*)\s+(?:or more |verified )*(?:households?|families|family)\b")
TOLD = re.compile(r"^[1-9][\d,]*0$")
NAMED = re.compile(r"示例户|100-0000-\d{4}")
IDS = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[A-Za-z0-9_-]{24,}={0,2}")


def counted(text: str) -> list[str]:
    """Numbers of households in a text that are not told as they should be."""
    text = re.sub(r"不足 ?10 ?户|[Ff]ewer than 10 households", "", text)
    found = [a or b for a, b in COUNTS.findall(text)]
    return [number for number in found if not TOLD.match(number)]


def uids(text: str) -> set[str]:
    """Everything in a text that is, or holds, a UUID."""
    found = set()
    for token in set(IDS.findall(text)):
        bare = token.replace("-", "")
        if re.fullmatch(r"[0-9a-f]{32}", bare):
            found.add(bare)
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            continue
        if len(raw) > 16:
            found.add(raw[-16:].hex())
    return found


@pytest.fixture
def families(demo) -> set[str]:
    """The pseudonyms of all households."""
    return {uid.hex for uid in Household.objects.values_list("uid", flat=True)}


def asked(order: Order) -> Any:
    """What to ask of each root field, as somebody who knows this order."""
    product = Product.objects.order_by("pk").first()
    team = Team.objects.get(code="HB22")
    group = GroupPurchase.objects.order_by("pk").first()
    body = Organisation.objects.order_by("pk").first()
    assert product and group and body
    hers = {"number": order.number, "token": token_for(order)}
    editions = list(Edition.objects.values_list("slug", flat=True))
    ways: dict[str, list[dict[str, Any]]] = {
        "products": [{"first": 40}],
        "search": [{"first": 20}, {"first": 5, "query": "橙"}],
        "searchSuggestions": [{"text": "橙", "first": 10}, {"text": "shili", "first": 10}],
        "product": [{"slug": product.slug}, {"slug": product.slug, "preview": True}],
        "team": [{"slug": team.slug}],
        "teams": [{"first": 12}],
        "reviews": [{"product": product.slug, "first": 50}],
        "rating": [{"product": product.slug}],
        "boughtTogether": [{"product": product.slug}],
        "fromSameCounty": [{"product": product.slug}],
        "inSeasonTogether": [{"product": product.slug}],
        "formerProduct": [{"slug": product.slug}],
        "geographicalIndication": [{"slug": marks.mark_pages().filter(kind="gi")[0][1]}],
        "brand": [{"slug": marks.mark_pages().filter(kind="brand")[0][1]}],
        "place": [{"code": code, "village": village} for code, village in marks.place_pages()[:4]],
        "productFaq": [{"product": product.slug, "first": 10}],
        # In the suite of every ninth product and of every ninth team.
        "provenance": [
            {noun._meta.model_name: slug}
            for noun in (Product, Team)
            for slug in list(noun.objects.order_by("pk").values_list("slug", flat=True))[:: full(1, 9)]
        ],
        "order": [hers],
        "setAside": [
            {"order": order.number, "token": hers["token"], "language": spoken} for spoken in ("zh", "en")
        ],
        "orderGroup": [{"order": order.number, "token": hers["token"]}],
        "course": [{"id": "none"}],
        "courses": [{"first": 20}],
        "ceremonies": [{"edition": slug} for slug in editions],
        "ceremonyInvitation": [{"code": "none"}],
        "edition": [{"slug": slug} for slug in editions],
        "editionFaq": [{"edition": slug, "first": 20} for slug in editions],
        "board": [{"first": 12}, {"by": "DIVISION"}],
        "groupPurchase": [
            {"code": code} for code in GroupPurchase.objects.values_list("join_code", flat=True)
        ],
        "organisation": [{"id": global_id("Organisation", body.uid)}],
        "invitation": [{"token": "none"}],
        "regions": [{}, {"parent": "420000"}],
        "teamProduct": [{"id": global_id("Product", product.uid)}],
        "desk": [{}, {"team": global_id("Team", team.uid)}],
        "harvestDesk": [
            {"lot": global_id("Lot", uid)}
            for uid in Lot.objects.filter(variant__product__team=team).values_list("uid", flat=True)[:1]
        ],
        "groupParcels": [{"first": 5}, {"first": 5, "team": global_id("Team", team.uid)}],
        **dict.fromkeys(
            ("householdDesk", "resultDesk", "integrityDesk"), [{}, {"team": global_id("Team", team.uid)}]
        ),
        **dict.fromkeys(
            ("officeTeam", "officeOrganisation", "officeHousehold", "officeCorrection", "judgedEntry"),
            [{"id": "none"}],
        ),
        **dict.fromkeys(
            ("organiserRound", "judgesDesk", "sheetSeals", "integrityReport", "roundResult"),
            [{"edition": slug, "level": "PROVINCIAL"} for slug in editions],
        ),
        **dict.fromkeys(("rulebook", "rulebooks"), [{"edition": slug} for slug in editions]),
        "roleInvitation": [{"token": "none"}],
        "incident": [{"code": "none"}],
        **dict.fromkeys(
            ("contestEntry", "scoreExplained"),
            [{"edition": slug, "number": number} for slug, *pair in _neighbours() for number in pair],
        ),
        "scoreCompared": [{"edition": slug, "a": a, "b": b} for slug, a, b in _neighbours()],
        "teamProducts": [{"team": global_id("Team", team.uid), "first": 10}],
    }
    plain = ("organisations", "myOrders", "myGroupPurchases")
    return lambda name: ways.get(name, [{"first": 20}] if name in plain else [{}])


def _neighbours() -> list[tuple[str, str, str]]:
    """Of each edition two entries of its provincial round, by their numbers."""
    rounds = Round.objects.filter(level=Round.Level.PROVINCIAL)
    pairs = [(one.edition.slug, *one.entries.values_list("number", flat=True)[:2]) for one in rounds]
    return [pair for pair in pairs if len(pair) == 3]


def test_the_nets_catch_what_they_are_for():
    uid = uuid.uuid4()
    assert uids(f"<a href='/x/{uid}'>") & uids(f"id={global_id('Household', uid)}&") == {uid.hex}
    assert counted("本批 1 户 · 12 户 · 9 households") == ["1", "12", "9"]
    assert counted("50 户以上,不足 10 户,50 or more households, fewer than 10 households") == []


def test_no_page_names_a_household_or_tells_how_many_it_may_not(walked, families):
    outside = [seen for seen in walked if seen.stop.who != tour.MANAGER]
    assert len(outside) > full(300, 100)
    for seen in outside:
        assert not NAMED.search(seen.html), seen.stop
        # Whoever verifies finds each by its id, and no name.
        assert (
            seen.stop.name in ("office_households", "office_household") or not uids(seen.html) & families
        ), seen.stop
        assert counted(seen.words) == [], seen.stop
    assert any("户以上" in seen.words for seen in outside)  # the net hangs where something swims


def test_not_even_a_manager_is_shown_a_familys_name_or_anothers_pseudonym(walked, families):
    own = {uid.hex for uid in Household.objects.filter(team__code="HB22").values_list("uid", flat=True)}
    for seen in walked:
        if seen.stop.who == tour.MANAGER:
            assert not NAMED.search(seen.html), seen.stop
            assert uids(seen.html) & families <= own, seen.stop


# Whoever buys or gathers a group is told what everybody is, and of what is her own: in a full run.
@pytest.mark.proof
@pytest.mark.parametrize("who", full(["guest", sign_ins.BUYER, sign_ins.COORDINATOR], ["guest"]))
def test_no_answer_names_a_household_or_tells_how_many_it_may_not(demo, families, who):
    viewer = AnonymousUser() if who == "guest" else Person.objects.get(email=who)
    order = Order.objects.filter(state="completed", person=None).order_by("pk").first()
    assert order
    told = everything.answers(viewer, asked(order))
    assert len(told) > full(170, 90)
    for document, text in told.items():
        assert not NAMED.search(text), document[:80]
        assert not uids(text) & families, document[:80]
        assert counted(text) == [], document[:80]
    heard = " ".join(told.values())
    assert "户以上" in heard and '"rows": [{' in heard and '"parts": [{' in heard
    for closed in ("desk", "householdDesk", "teamProduct"):
        assert f'"{closed}": null' in heard


def test_a_manager_reads_her_own_books_and_no_others(demo, families, monkeypatch):
    lot = Lot.objects.filter(variant__product__team__code="HB22", level=Lot.Level.SHARED).first()
    assert lot
    for told in ("shares", "corrections", "lastChanges"):
        monkeypatch.setitem(everything.BELOW, f"HouseholdDesk.{told}", {"lot": global_id("Lot", lot.uid)})
    manager = awake(Person.objects.get(email=sign_ins.MANAGER))
    order = Order.objects.filter(state="completed", person=None).order_by("pk").first()
    assert order
    told = " ".join(everything.answers(manager, asked(order)).values())
    own = {uid.hex for uid in Household.objects.filter(team__code="HB22").values_list("uid", flat=True)}
    hers = uids(told) & families
    assert hers and hers <= own
    assert not NAMED.search(told)


def test_what_names_a_family_opens_for_operators_alone_and_leaves_a_trace(demo):
    family = Household.objects.order_by("pk").first()
    assert family
    operator = awake(Person.objects.get(email=sign_ins.OPERATOR))
    assert NAMED.search(households.open_details(family, operator, "示例:回访")["name"])
    assert family.readings.filter(reader=operator, purpose="示例:回访").count() == 1
