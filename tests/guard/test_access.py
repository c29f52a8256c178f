"""The access matrix, made from the schema: every field × asker × whose thing it is, with a word of its own in
every private column; whoever hears one must be named in docs/data.md. What is refused sounds like what is not there."""

import itertools
import json
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from graphql import FieldNode, NameNode, parse, print_ast

from accounts.models import Organisation
from catalog.models import Lot, Product, Team
from contest.models import Course, Rulebook
from core.api.documents import ask
from core.api.ids import global_id
from core.api.run import graphql_schema
from impact.models import Edition, Entry, Household, ShareCorrection
from orders.links import token_for
from orders.models import Cart, Order
from shop.sessions import SessionStore
from tests.accounts.world import a_person
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.figures import FULL, figure, full
from tests.guard.askers import cookies_of, undone
from tests.guard.canaries import heard, plant
from tests.orders.world import Buyer
from tests.shop import everything
from tests.shop.strangers import OWN, Town
from tests.shop.test_attacks import SEALED
from together.models import GroupPurchase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop"), pytest.mark.proof]

DEPTH = full(7, 3)
HOUR = timedelta(hours=1)
UNTOLD = re.compile(r'"requestId": "\w+"')


class Matrix:
    """A town with a canary in every private column, everybody who may ask in it, and everything to ask for."""

    def __init__(self, town: Town):
        self.town = town
        hidden = a_product(town.unsold.variant.product.team, state="draft", name_zh="示例草稿")
        a_lot(a_variant(hidden))
        team, union = hidden.team, town.together.union
        ended, at = a_person(), town.owner.person.joined_at
        team.members.create(person=ended, role="manager", ended_at=at)
        ended.appointments.create(role="team_manager", subject=team.uid, starts_at=at - HOUR, ends_at=at)
        union.memberships.create(person=ended, role="coordinator", ended_at=at)
        member = a_person()
        union.memberships.create(person=member, role="member")
        foreign = a_person()
        a_lot(a_variant(a_product(a_team(manager=foreign))))
        self.askers: dict[str, Any] = {
            "guest": None,
            "consumer": a_person(),
            "buyer": town.owner.person,
            "member": member,
            "coordinator": town.together.coordinator.person,
            "manager of the oranges": town.sold.managers[0].person,
            "manager of the tea": town.sold.managers[1].person,
            "another team's manager": foreign,
            "who was manager and coordinator": ended,
        }
        guests = {f"guest {order.pk}": f"guest {order.pk}" for order in Order.objects.filter(person=None)}
        self.canaries = plant({person: name for name, person in self.askers.items() if person} | guests)

    def given(self, name: str) -> list[dict[str, Any]]:
        """Every thing that a root field can be asked for, whoever's it is."""
        slugs = list(Product.objects.values_list("slug", flat=True))
        numbers = list(Order.objects.values_list("number", flat=True))
        teams = [global_id("Team", uid) for uid in Team.objects.values_list("uid", flat=True)]
        ways: dict[str, list[dict[str, Any]]] = {
            "product": [{"slug": slug, "preview": True} for slug in slugs],
            "reviews": [{"product": slug, "first": 20} for slug in slugs],
            "rating": [{"product": slug} for slug in slugs],
            "boughtTogether": [{"product": slug} for slug in slugs],
            "fromSameCounty": [{"product": slug} for slug in slugs],
            "inSeasonTogether": [{"product": slug} for slug in slugs],
            "formerProduct": [{"slug": slug} for slug in slugs],
            "geographicalIndication": [{"slug": slug} for slug in slugs],
            "brand": [{"slug": slug} for slug in slugs],
            "place": [{"code": code} for code in set(Product.objects.values_list("origin", flat=True))],
            "productFaq": [{"product": slug, "first": 10} for slug in slugs],
            "provenance": [{"product": slug} for slug in slugs]
            + [{"team": slug} for slug in Team.objects.values_list("slug", flat=True)],
            "team": [{"slug": slug} for slug in Team.objects.values_list("slug", flat=True)],
            "order": [{"number": number} for number in numbers],
            "setAside": [{"order": number} for number in numbers],
            "orderGroup": [{"order": number} for number in numbers],
            "cart": [{}]
            + [
                {"id": global_id("Cart", uid)}
                for uid in Cart.objects.exclude(person=None).values_list("uid", flat=True)
            ],
            "groupPurchase": [
                {"code": code} for code in GroupPurchase.objects.values_list("join_code", flat=True)
            ],
            "organisation": [
                {"id": global_id("Organisation", uid)}
                for uid in Organisation.objects.values_list("uid", flat=True)
            ],
            "teamProduct": [
                {"id": global_id("Product", uid)} for uid in Product.objects.values_list("uid", flat=True)
            ],
            "desk": [{}] + [{"team": team} for team in teams],
            **dict.fromkeys(
                ("householdDesk", "resultDesk", "integrityDesk"), [{}] + [{"team": team} for team in teams]
            ),
            "harvestDesk": [
                {"lot": global_id("Lot", uid)} for uid in Lot.objects.values_list("uid", flat=True)
            ],
            "teamProducts": [{"first": 20}] + [{"team": team, "first": 20} for team in teams],
            "invitation": [{"token": "none"}],
            "roleInvitation": [{"token": "none"}],
            "incident": [{"code": "none"}],
            **dict.fromkeys(
                ("contestEntry", "scoreExplained"),
                [
                    {"edition": slug, "number": number}
                    for slug, number in Entry.objects.values_list("round__edition__slug", "number")
                ],
            ),
            "scoreCompared": [
                {"edition": slug, "a": number, "b": number}
                for slug, number in Entry.objects.values_list("round__edition__slug", "number")
            ],
            "officeTeam": [{"id": team} for team in teams],
            "officeOrganisation": [
                {"id": global_id("Organisation", uid)}
                for uid in Organisation.objects.values_list("uid", flat=True)
            ],
            "officeCorrection": [
                {"id": global_id("OfficeCorrection", uid)}
                for uid in ShareCorrection.objects.values_list("uid", flat=True)
            ],
            "officeHousehold": [
                {"id": global_id("OfficeHousehold", uid)}
                for uid in Household.objects.values_list("uid", flat=True)
            ],
            **dict.fromkeys(
                ("organiserRound", "judgesDesk", "sheetSeals", "integrityReport", "roundResult"),
                [
                    {"edition": slug, "level": "PROVINCIAL"}
                    for slug in Edition.objects.values_list("slug", flat=True)
                ],
            ),
            "judgedEntry": [
                {"id": global_id("JudgedEntry", uid)} for uid in Entry.objects.values_list("uid", flat=True)
            ],
            "course": [
                {"id": global_id("Course", uid)} for uid in Course.objects.values_list("uid", flat=True)
            ],
            "courses": [{"first": 20}],
            "ceremonies": [{"edition": slug} for slug in Edition.objects.values_list("slug", flat=True)],
            "ceremonyInvitation": [{"code": "none"}],
            "edition": [{"slug": slug} for slug in Edition.objects.values_list("slug", flat=True)],
            "contestDesk": [{}] + [{"team": team} for team in teams],
            "editionFaq": [
                {"edition": slug, "first": 20} for slug in Edition.objects.values_list("slug", flat=True)
            ],
            "rulebook": [
                {"id": global_id("Rulebook", uid)} for uid in Rulebook.objects.values_list("uid", flat=True)
            ],
            "rulebooks": [{"edition": slug} for slug in Edition.objects.values_list("slug", flat=True)],
            "search": [{"first": 20}],
            "searchSuggestions": [{"text": "o", "first": 10}],
            "regions": [{"parent": "420000"}],
        }
        lists = ("products", "teams", "organisations", "myOrders", "myGroupPurchases")
        return ways.get(name, [{"first": 20}] if name in lists else [{}])

    def documents(self) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
        """Every field of every thing, with who asks for it; what asks nobody who she is also by itself, where rooms are not
            gone through. In the suite everybody asks each question, and of its things each a third of them in turn; for what is
        her own each asks."""
        if FULL:
            yield from ((*one, self.askers) for one in everything.asked(self.given))
            return
        everybody = list(self.askers.items())
        for is_open in (False, True):
            every = list(everything.asked(self.given, is_open))
            ways = Counter(name for name, _, _ in every)
            for n, (name, document, told) in enumerate(every):
                is_of_a_thing = ways[name] > 2 and bool(told.keys() - {"first"})
                yield name, document, told, dict(everybody[n % 3 :: 3] if is_of_a_thing else everybody)

    def answer(self, person: Any, document: str, told: dict[str, Any] | None = None) -> dict[str, Any]:
        """What somebody is told."""
        request = RequestFactory().post("/graphql")
        request.user, request.id, request.session = person or AnonymousUser(), "r", SessionStore()
        data, errors = ask(request, document, told)
        return {"data": data, "errors": errors}

    def answers(
        self, person: Any, document: str, told: dict[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """All that somebody is told: a room that is closed to her may hide those beside it, so at full size she asks
        again without it."""
        for _ in range(20):
            yield (answer := self.answer(person, document, told))
            if not FULL:
                return
            closed = [error["path"] for error in answer["errors"] if len(error.get("path", ())) > 1]
            if not closed:
                return
            for path in closed:
                document = without(document, [step for step in path if isinstance(step, str)])
        raise AssertionError(f"still refused: {answer['errors']}")


@pytest.fixture
def matrix(till, a_stand, monkeypatch, deeds_of_their_own):
    town = Town(till, a_stand)
    monkeypatch.setattr(everything, "DEPTH", DEPTH)
    for told in ("shares", "corrections", "lastChanges"):
        monkeypatch.setitem(everything.BELOW, f"HouseholdDesk.{told}", {"lot": town.ids["lot"]})
    monkeypatch.setitem(everything.BELOW, "Office.product", {"id": town.ids["listingApprove.id"]})
    monkeypatch.setitem(everything.BELOW, "Office.order", {"number": town.sold.order["number"]})
    monkeypatch.setitem(everything.BELOW, "Office.orders", {"numbers": [town.kept["number"]]})
    return Matrix(town)


def without(document: str, path: list[str]) -> str:
    """The document without what is asked at a path."""
    tree = parse(document)
    node: Any = tree.definitions[0]
    for step in path[:-1]:
        node = next(one for one in node.selection_set.selections if one.name.value == step)
    left = [one for one in node.selection_set.selections if one.name.value != path[-1]]
    typename = FieldNode(name=NameNode(value="__typename"), arguments=[], directives=[])
    node.selection_set.selections = tuple(left or [typename])
    return print_ast(tree)


def text_of(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, default=str)


def cells(document: str) -> int:
    """How many fields a document asks for."""
    return len(re.findall(r"[A-Za-z]\w*(?=[ ({}]|$)", re.sub(r"\([^)]*\)|\"[^\"]*\"", "", document)))


def nobody_hears_what_docs_data_does_not_say_she_may(matrix):
    leaks, sung, asked, fields = [], set(), Counter(), 0
    for name, document, told, askers in matrix.documents():
        size = cells(document)
        for who, person in askers.items():
            asked[who] += 1
            fields += size
            for answer in matrix.answers(person, document, told):
                wrong = [error for error in answer["errors"] if error["extensions"]["code"] == "INTERNAL"]
                assert not wrong, (who, document[:200], wrong)
                for canary in heard(text_of(answer), matrix.canaries):
                    sung.add((canary, who))
                    if who not in canary.readers:
                        leaks.append((who, name, canary.where, canary.word))
    assert sorted(set(leaks)) == []
    entitled = {(canary, who) for canary in matrix.canaries for who in canary.readers if who in matrix.askers}
    figure(
        "limits/access",
        f"{len(matrix.askers)} askers × {asked['guest']} documents to depth {DEPTH}: {fields} fields asked;"
        f" {len(matrix.canaries)} canaries in {len({c.where for c in matrix.canaries})} private columns,"
        f" heard {len(sung)} times by those who may ({len(entitled)} pairs may), 0 leaks",
    )
    # The control: the net hangs where something sings.
    assert {"Parcel.recipient", "Claim.words", "Seat.name", "Person.name", "Household.uid"} <= {
        c.where for c, _ in sung
    }
    assert len(sung) > 30


def a_link_opens_its_own_order_and_tells_what_its_buyer_may_know(matrix):
    """A guest with the key to her order is its buyer; and to nobody else's."""
    for order in Order.objects.filter(person=None):
        hers = {"number": order.number, "token": token_for(order)}
        ways = {"order": [hers], "setAside": [{"order": order.number, "token": hers["token"]}]}
        if order.holder:
            ways["orderGroup"] = ways["setAside"]
            ways["groupPurchase"] = [{"code": order.seat.group.join_code, "token": hers["token"]}]
        told = ""
        for name, document, given in everything.asked(lambda name, ways=ways: ways.get(name, [])):
            told = " ".join(text_of(answer) for answer in matrix.answers(None, document, given))
            for canary in heard(told, matrix.canaries):
                assert f"guest {order.pk}" in canary.readers, (name, canary)
        assert told


def what_is_refused_sounds_like_what_is_not_there(matrix):
    """To each asker of each thing; in the suite a thing is asked for by every fifth of them in turn."""
    seen, compared, turns = Counter(), 0, itertools.count()
    for name, document, arguments in everything.asked(matrix.given):
        ghost = ghost_of(arguments)
        if ghost == arguments:
            continue
        turn = next(turns) % 5
        for who, person in full(list(matrix.askers.items()), list(matrix.askers.items())[turn::5]):
            true, none = (matrix.answer(person, document, told) for told in (arguments, ghost))
            is_there = any(len(error.get("path", ())) > 1 for error in true["errors"])  # with a room closed
            is_refused = not is_there and (true["data"] is None or true["data"][name] is None)
            seen[bool(is_refused)] += 1
            if is_refused:
                compared += 1
                assert text_of(true) == text_of(none), (who, name, arguments)
    assert compared > 100 and seen[False] > 100, seen


def a_mutation_on_somebody_elses_thing_sounds_like_one_on_nothing(matrix):
    """Refused alike, word by word, and nothing has changed (which tests/shop/test_attacks.py looks at)."""
    acts = sorted(set(graphql_schema().mutation_type.fields) - OWN - SEALED)
    a_lot(a_variant(a_product(a_team(manager=(manager := a_person())))))
    strangers = {"guest": Buyer(), "person": Buyer(a_person()), "manager": Buyer(manager)}
    unlike, compared = [], 0
    before = everything_there()
    for n, act in enumerate(acts):
        true = matrix.town.input_of(act)
        ghost = ghost_of(true)
        # A manager comes furthest: her role opens the door at which the others are refused.
        others = ("guest", "person")[n // 4 % 2 :: 2] if n % 4 == 0 else ()
        for who in full(list(strangers), ["manager", *others]):
            asker = strangers[who]
            told = []
            for given in (true, {**ghost, **{k: true[k] for k in ("idempotencyKey",) if k in true}}):
                with undone(), cookies_of(asker):
                    told.append(asker.do(act, **given)["errors"])
            compared += 1
            if told[0] != told[1] or not told[0]:
                unlike.append((who, act, *told))
    assert unlike == []
    assert everything_there() == before
    figure("limits/access", f"{len(acts)} mutations × {len(strangers)} strangers: {compared} refusals of true ids,"
           " word by word those of ids that are none; no row changed")  # fmt: skip


LOOKS = [
    nobody_hears_what_docs_data_does_not_say_she_may,
    a_link_opens_its_own_order_and_tells_what_its_buyer_may_know,
    what_is_refused_sounds_like_what_is_not_there,
    a_mutation_on_somebody_elses_thing_sounds_like_one_on_nothing,
]


# In the suite in one town, which takes seconds to make.
@pytest.mark.parametrize("looks", full([[look] for look in LOOKS], [LOOKS]))
def test_nobody_hears_or_does_what_is_not_hers(matrix, looks):
    for look in looks:
        look(matrix)


def everything_there() -> Any:
    from tests.shop.strangers import everything as rows

    return rows()


def ghost_of(value: Any) -> Any:
    """The same with ids, numbers and slugs that are well made and name nothing."""
    if isinstance(value, dict):
        return {key: ghost_of(one) if key not in PLAIN else one for key, one in value.items()}
    if isinstance(value, list):
        return [ghost_of(one) for one in value]
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", value):
        return "AAAA-BBBB-CCCC"
    if re.fullmatch(r"[A-Z2-9]{10}", value):
        return "A" * 10
    if kind := _kind_of(value):
        # A round is named by its edition, level and region.
        return global_id(kind, "none/provincial/" if kind == "Round" else uuid4())
    return f"no-{value}" if re.fullmatch(r"[a-z]+-\d+|[\w-]{16}", value) else value


PLAIN = {
    "idempotencyKey",
    "level",
    "token",
    "region",
    "regionCode",
    "county",
    "parent",
    "trackingNumber",
    "phone",
}


def _kind_of(value: str) -> str:
    try:
        raw = urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        return ""
    kind, _, tail = raw.partition(b":")
    return kind.decode() if tail and kind.isalpha() and kind.isascii() else ""
