"""Requests made up from schema.graphql by a third party: each operation is answered, none breaks the shop."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from graphql import (
    ArgumentNode,
    DocumentNode,
    IntValueNode,
    NameNode,
    ObjectFieldNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from accounts.actions import token as tokens
from core.api.run import graphql_schema
from shop.management.commands.sdl import WHERE
from tests.accounts.world import PASSWORD, an_operator
from tests.figures import a_seed, figure, full
from tests.guard.askers import cookies_of, undone
from tests.guard.door import JSON
from tests.orders.world import Buyer
from tests.shop.strangers import Town, refusals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop"), pytest.mark.proof]

# In the suite each fourth operation is tried with what is made up: tests/guard/test_walk.py walks every argument of all.
EXAMPLES, PARTS, EACH = full((300, 8, 1), (1, 1, 4))
# What a document may cost is tested elsewhere; here as much as possible is to run.
WIDE = dict.fromkeys(("cost_anonymous", "cost_signed_in"), 50_000)
WIDE |= dict.fromkeys(("characters", "body_bytes", "tokens", "aliases", "repeated_fields"), 10**7)
WIDE["depth"] = 15


class Likely(Visitor):
    """Puts true ids, slugs and small numbers where a document asks for some, so that more of it runs."""

    def __init__(self, known: dict[str, str], chance: random.Random):
        super().__init__()
        self.known, self.chance = known, chance

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return self._likely(node)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> Any:
        return self._likely(node)

    def _likely(self, node: Any) -> Any:
        name = node.name.value
        if name in ("first", "last") and self.chance.random() < 0.8:
            value: Any = IntValueNode(value=str(self.chance.randint(0, 5)))
        elif isinstance(node.value, StringValueNode) and name in self.known and self.chance.random() < 0.7:
            value = StringValueNode(value=self.known[name])
        else:
            return None
        return type(node)(name=NameNode(value=name), value=value)


def likely(document: str, known: dict[str, str], chance: random.Random) -> str:
    tree: DocumentNode = visit(parse(document), Likely(known, chance))
    return print_ast(tree)


@pytest.fixture
def town(till, a_stand):
    return Town(till, a_stand)


def known_to(town: Town) -> dict[str, str]:
    """True words for arguments, by their names."""
    product = town.unsold.variant.product
    more = {
        "id": town.ids["product"],
        "slug": product.slug,
        "product": product.slug,
        "number": town.kept["number"],
        "order": town.kept["number"],
        "code": town.together.code,
        "email": town.owner.person.email,
        "password": PASSWORD,
        "currentPassword": PASSWORD,
        "region": "420106",
        "regionCode": "420106",
        "parent": "420000",
    }
    return {**{name: value for name, value in town.ids.items() if "." not in name}, **more}


class People:
    """A guest, a buyer, a team's manager, and an operator by her token."""

    def __init__(self, town: Town):
        token = tokens.create(an_operator(), "示例", PASSWORD, "1")[1]
        by_token = Buyer()
        by_token.headers["Authorization"] = f"Bearer {token}"
        self.all = {
            "guest": Buyer(),
            "buyer": town.owner,
            "manager": town.sold.managers[0],
            "token": by_token,
        }
        self.told: Counter[bool] = Counter()

    def ask(self, document: str, chance: random.Random) -> None:
        """A guest asks, and one who is signed in, in the suite one of both; what comes of it is undone."""
        body = json.dumps({"query": document})
        known = chance.choice(["buyer", "manager", "token"])
        for who in full(("guest", known), (chance.choice(["guest", known]),)):
            asker = self.all[who]
            with undone(), cookies_of(asker):
                reply = asker.client.post("/graphql", body, content_type=JSON, headers=asker.headers)
            text = reply.content.decode()
            assert reply.status_code < 500 and '"INTERNAL"' not in text, (who, document, text[:500])
            assert reply["Content-Type"] == JSON
            self.told[reply.status_code == 200] += 1


@pytest.mark.parametrize("part", range(PARTS))
def test_no_operation_breaks_on_what_strangers_make_up(part, town, wide_limits):
    import schemathesis  # seconds of each process that collects the tests

    schema = schemathesis.graphql.from_file(WHERE.read_text())
    every = sorted(result.ok().label for result in schema.get_all_operations())
    people, known, first_seed = People(town), known_to(town), a_seed()
    operations = every[part :: PARTS * EACH]
    for operation in operations:
        root, _, field = operation.partition(".")
        fuzz(schema[root][field].as_strategy(), first_seed + every.index(operation), known, people)
    told = people.told
    assert told[True] > 0.5 * told.total()  # most of it is run, not only refused
    figure(
        "limits/fuzzing",
        f"part {part + 1} of {PARTS}: {len(operations)} operations × {EXAMPLES} examples × {full(2, 1)} of {len(people.all)} askers:"
        f" {told[True]} executed, {told[False]} refused as 4xx, 0 of 5xx, 0 INTERNAL",
        first_seed,
    )


def fuzz(cases: Any, its_seed: int, known: dict[str, str], people: People) -> None:
    """So many examples of one operation."""

    @seed(its_seed)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.integers(0, 2**32))
    def each(case, luck):
        chance = random.Random(luck)
        people.ask(likely(case.body, known, chance), chance)

    each()


def test_what_may_be_left_out_may_be_null(town, wide_limits):
    """Programs write null where they have nothing: that is a refusal at most, for one field and for all."""
    people = {"owner": town.owner, "manager": town.sold.managers[0], "operator": Buyer(an_operator())}
    broken = []
    for turn, (act, field) in enumerate(graphql_schema().mutation_type.fields.items()):
        given = field.args and field.args["input"].type.of_type.fields
        optional = [name for name, one in (given or {}).items() if not str(one.type).endswith("!")]
        for names in [optional, *full([[name] for name in optional], [])]:
            for who, asker in full(list(people.items()), [list(people.items())[turn % 3]]):
                told = town.input_of(act) | dict.fromkeys(names)
                with undone(), cookies_of(asker):
                    if names and "INTERNAL" in refusals(asker, act, **told):
                        broken.append((who, act, names))
    assert broken == []


@pytest.fixture
def wide_limits(settings, the_whole_shop, deeds_of_their_own):
    settings.API_LIMITS = {**settings.API_LIMITS, **WIDE}
