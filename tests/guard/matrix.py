"""What there is to ask for and to do in a shop of two places, and who is tried there."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils.functional import cached_property
from graphql import get_named_type, is_interface_type, is_non_null_type, is_object_type

from catalog.models import Team
from core.api.documents import ask
from core.api.facts import facts_of
from core.api.ids import global_id
from core.api.nodes import DOORS
from core.api.run import graphql_schema
from impact.models import Edition
from orders.models import Incident, Order
from shop.sessions import SessionStore
from tests.accounts.world import a_person
from tests.figures import FULL, full
from tests.guard.canaries import Canary, heard, plant
from tests.guard.rule import RULE
from tests.guard.sides import WITHIN, Side, Viewer, World, all_of_them, each_once, kinds_of
from tests.guard.test_access import ghost_of
from tests.shop import everything
from tests.shop.strangers import OWN
from tests.shop.test_attacks import SEALED

DEPTH, PART = full(5, 3), full(4, 64)
# Of whoever asks, whoever she is: her own account, its letters, and what it bought.
OF_HERSELF = {"viewer", "myLetters", "myPurchases"}
RULED = frozenset().union(*(rule.doors | rule.shop_doors for rule in RULE.values()))


def _fields_of(name: str) -> dict[str, Any]:
    return graphql_schema().type_map[name].fields


# What of a thing is its own people's, and by which way it is asked for by itself: a room that is closed hides those beside it.
OF_A_CIRCLE = {
    "Team.restReason": "team.restReason",
    "Team.logisticsChecks": "team.logisticsChecks",
    **{
        f"Team.{name}": f"team.{name}"
        for name in ("licenceNumber", "licenceExpiresOn", "sendsFrom", "returnsTo", "carrier")
    },
    "Team.people": "team.people",
    "Team.offers": "team.offers",
    "Leader.isWoman": "team.leader.isWoman",
    "Leader.declineReason": "team.leader.declineReason",
    "Organisation.members": "organisation.members",
    "Organisation.invitations": "organisation.invitations",
    "Desk.products": "desk.products",
    "Desk.claims": "desk.claims",
    "Desk.questions": "desk.questions",
    "DeskLine.net": "desk.parcels.nodes.lines.net",
    "DeskLine.refunded": "desk.parcels.nodes.lines.refunded",
    **{
        f"OrganiserRound.{name}": f"organiserRound.{name}"
        for name, field in _fields_of("OrganiserRound").items()
        if (rule := facts_of(field).access) and rule.allows and is_non_null_type(field.type)
    },
}


@dataclass(frozen=True)
class Door:
    """A way to ask for something: its name, the place where that lies (empty for a list), and the document."""

    name: str
    of: str
    document: str
    by_id: str = ""  # the same thing, asked for by its id alone

    @property
    def is_private(self) -> bool:
        """Whether the thing itself is not there for others, and not only this of it."""
        return len(self.path) == 1 or self.path[0] in ("office", "desk")

    @property
    def ghost(self) -> str:
        """The same about a thing that is none."""
        return re.sub(r'"([^"]+)"', lambda found: json.dumps(ghost_of(found[1])), self.document)

    @property
    def path(self) -> list[str]:
        """Where in the answer it stands."""
        return self.name.split(".")


@cache
def opened_by(role: str) -> frozenset[str]:
    """The doors and deeds of a role."""
    rule = RULE[role]
    return frozenset(rule.doors | rule.shop_doors | rule.deeds | rule.shop_deeds)


def ask_as(person: Any, document: str, **variables: Any) -> tuple[Any, list[dict[str, Any]]]:
    request = RequestFactory().post("/graphql")
    request.user, request.id, request.session = person or AnonymousUser(), "r", SessionStore()
    data, errors = ask(request, document, variables)
    wrong = [error for error in errors if error["extensions"]["code"] == "INTERNAL"]
    assert not wrong, (document[:200], wrong)
    return data, errors


def tells(value: Any) -> bool:
    """Whether anything is said."""
    if isinstance(value, dict):
        return any(tells(one) for one in value.values())
    if isinstance(value, list):
        return any(tells(one) for one in value)
    return bool(value)


def _by_id(root: str, kind: str, written: str, inner: str) -> str:
    """The document that asks for the same thing by its id alone, under the name of its own door."""
    if kind not in DOORS or DOORS[kind].root != root or "preview: true" in written:
        return ""
    id = re.search(r'id: "([^"]+)"', written)
    uid = None if id else _uid(root, dict(re.findall(r'(\w+): "?([^",)]+)"?', written)))
    if not id and uid is None:
        return ""
    return f"{{ {root}: node(id: {json.dumps(id[1] if id else global_id(kind, uid))}) {{ ... on {kind}{inner} }} }}"


def _uid(root: str, given: dict[str, str]) -> Any:
    """Of what is asked for by a name that people use."""
    if root == "roundResult":
        return None  # no round of this world has one: tests/shop/test_nodes.py
    model, key = {
        "order": (Order, "number"),
        "incident": (Incident, "code"),
        "edition": (Edition, "slug"),
        "team": (Team, "slug"),
    }.get(root, (None, ""))
    return (
        model.objects.values_list("uid", flat=True).get(**{key: given[key]})
        if model and key in given
        else None
    )


def _plainly(where: str, field: Any) -> str:
    given = everything.BELOW.get(where, {}) | ({"first": 50} if "first" in field.args else {})
    return f"({', '.join(f'{k}: {json.dumps(v)}' for k, v in given.items())})" if given else ""


class Matrix:
    """The world, what there is to ask for in it, and how a stranger is answered."""

    def __init__(self, world: World, now: datetime):
        self.world, self.now = world, now
        self.canaries = plant({})
        self.sides = {c: world.side_of(c) for c in self.canaries}
        self.stranger = a_person()
        self.viewers = list(full(all_of_them, each_once)(world, self.now))
        for province, side in world.sides.items():
            for word in (*side.rows_told(), *side.numbers):
                canary = Canary(word, "", frozenset())
                self.canaries.append(canary)
                self.sides[canary] = province

    @cached_property
    def doors(self) -> list[Door]:
        """Each root field and each field of the office, asked for in each way."""
        return [*self._roots(), *self._office(), *self._circles()]

    def _roots(self) -> Iterator[Door]:
        query = graphql_schema().query_type
        assert query
        for name, field in query.fields.items():
            below = get_named_type(field.type)
            if name in OF_HERSELF | {"office"} or is_interface_type(below):
                continue
            inner = (
                f" {{ {everything.selection(below, but_for=frozenset(OF_A_CIRCLE))} }}"
                if is_object_type(below)
                else ""
            )
            for of, written in self._ways(name, field):
                by_id = _by_id(name, below.name, written, inner)
                yield Door(name, of, f"{{ {name}{written}{inner} }}", by_id)

    def _ways(self, name: str, field: Any) -> Iterator[tuple[str, str]]:
        for province, side in self.world.sides.items():
            if known := side.asks.get(name):
                yield from ((province, f"({written})") for written in known)
            if other := side.asks_of_others.get(name):
                yield f"{province}, another team", f"({other})"
        if not any(name in side.asks or name in side.asks_of_others for side in self.world.sides.values()):
            yield "", _plainly(f"Query.{name}", field)

    def _office(self) -> Iterator[Door]:
        office = graphql_schema().type_map["Office"]
        for name, field in office.fields.items():
            below = get_named_type(field.type)
            inner = (
                f" {{ {everything.selection(below, ('Office',), but_for=frozenset(OF_A_CIRCLE))} }}"
                if is_object_type(below)
                else ""
            )
            ways = [(p, f"({side.asks[f'office.{name}'][0]})") for p, side in self.world.sides.items()
                    if f"office.{name}" in side.asks]  # fmt: skip
            for of, written in ways or [("", _plainly(f"Office.{name}", field))]:
                yield Door(f"office.{name}", of, f"{{ office {{ {name}{written}{inner} }} }}")

    def _circles(self) -> Iterator[Door]:
        for province, side in self.world.sides.items():
            union = global_id("Organisation", side.together.union.uid)
            known = {**side.asks, "organisation": [f'id: "{union}"']}
            for way in OF_A_CIRCLE.values():
                root, *steps = way.split(".")
                inner, kind = "", graphql_schema().query_type
                for step in (root, *steps):
                    found = kind.fields[step]
                    kind = get_named_type(found.type)
                    more = f"({known[root][0]})" if step == root else _plainly(f"{kind}.{step}", found)
                    inner += f" {{ {step}{more}"
                leaves = (
                    f" {{ {everything.selection(kind, but_for=frozenset(OF_A_CIRCLE))} }}"
                    if is_object_type(kind)
                    else ""
                )
                yield Door(way, province, f"{inner}{leaves}{' }' * (len(steps) + 1)}")

    def said(self, person: Any, door: Door, document: str = "") -> Any:
        """What is behind a door for somebody, None where it is closed."""
        data, _ = ask_as(person, document or door.document)
        for step in door.path:
            if not isinstance(data, dict):
                break
            data = data.get(step)
        return data

    @cached_property
    def to_a_stranger(self) -> dict[Door, Any]:
        return {door: self.said(self.stranger, door) for door in self.doors}

    def doors_for(self, viewer: Viewer) -> list[Door]:
        """What she tries: what her role opens, in the suite where it is its turn, and of what it does not a part in turn;
        at full size, in her term, all."""
        return [door for n, door in enumerate(self.doors) if self._tries(viewer, n, door.name)]

    def deeds_for(self, viewer: Viewer) -> list[str]:
        """The same of deeds."""
        return [act for n, act in enumerate(self.deeds) if self._tries(viewer, n, act)]

    def _tries(self, viewer: Viewer, n: int, name: str) -> bool:
        in_turn = (self.viewers.index(viewer) + n) % PART == 0
        runs = viewer.term in WITHIN
        if FULL:
            return in_turn or runs or name in opened_by(viewer.role)
        return in_turn or (runs and self.has_its_turn(viewer, n, name))

    def has_its_turn(self, viewer: Viewer, n: int, name: str) -> bool:
        """Whether a door or deed that her role opens is tried by her in the suite: each by one of the roles whose it is, which
        is narrowed to a place if any is, wherever it is held; and by each of the others every fourth."""
        if name not in opened_by(viewer.role):
            return False
        theirs = [role for role in RULE if name in opened_by(role)]
        theirs = [role for role in theirs if kinds_of(role)[-1] != "shop"] or theirs
        return viewer.role == theirs[n % len(theirs)] or (self.viewers.index(viewer) + n) % 4 == 0

    def sides_for(self, viewer: Viewer) -> list[tuple[str, Side]]:
        """Both for whoever is narrowed to one; for whoever has all or nothing one does, but at full size in her term."""
        sides = list(self.world.sides.items())
        is_narrowed = viewer.term in WITHIN and viewer.kind != "shop"
        return sides if is_narrowed or (FULL and viewer.term in WITHIN) else sides[:1]

    def heard(self, value: Any) -> set[Canary]:
        """The words of others in an answer; one that is the beginning of another is not it."""
        found = heard(json.dumps(value, ensure_ascii=False, default=str), self.canaries)
        return {c for c in found if not any(c.word != o.word and o.word.startswith(c.word) for o in found)}

    @cached_property
    def public(self) -> dict[Door, set[Canary]]:
        """What a stranger hears behind each door."""
        return {door: self.heard(value) for door, value in self.to_a_stranger.items()}

    @cached_property
    def deeds(self) -> list[str]:
        return sorted(set(graphql_schema().mutation_type.fields) - (OWN - {"roleInvitationSend"}) - SEALED)

    def do(self, person: Any, act: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        """The errors with which a deed is refused; none where it was done."""
        kind = f"{act[0].upper()}{act[1:]}Input"
        head, call = (f"($input: {kind}!)", "(input: $input)") if given else ("", "")
        document = f"mutation{head} {{ {act}{call} {{ errors {{ code field message }} }} }}"
        data, _ = ask_as(person, document, **({"input": given} if given else {}))
        errors: list[dict[str, Any]] = data[act]["errors"]
        assert "INTERNAL" not in {error["code"] for error in errors}, (act, given)
        return errors
