"""The base of the API: pages, look-ahead, access, language and errors."""

import json
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from core import language
from core.api.documents import ask
from core.api.ids import global_id, key_of, uid_of
from core.api.schema import unbounded, undeclared, undescribed
from core.models import Change, Delivery, OutboxEvent
from core.refusals import InvalidId
from tests.core import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(rf):
    """Ask as a stranger, and look at what came back."""

    def ask_(document, variables=None, user=None):
        request = rf.post("/graphql")
        request.user, request.id = user or AnonymousUser(), "abc"
        return ask(request, document, variables)

    return ask_


class Somebody:
    is_authenticated, uid = True, "1"


def events(count, deliveries=0):
    rows = OutboxEvent.objects.bulk_create(OutboxEvent(name=f"E{n % 3}", payload={}) for n in range(count))
    Delivery.objects.bulk_create(Delivery(event=e, reaction=f"r{n}") for e in rows for n in range(deliveries))
    return rows


def pages(asked, sort, way, size):
    """Every name and id of the list, page by page."""
    seen, cursor = [], None
    arguments = "first: $n, after: $c" if way == "forward" else "last: $n, before: $c"
    document = (
        f"query($n: Int, $c: String) {{ events({arguments}, sort: {sort}) {{ edges {{ cursor node {{ id name }} }}"
        " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    )
    while True:
        data, errors = asked(document, {"n": size, "c": cursor})
        assert not errors
        page, info = data["events"]["edges"], data["events"]["pageInfo"]
        assert info["startCursor"] == page[0]["cursor"] and info["endCursor"] == page[-1]["cursor"]
        rows = [(edge["node"]["name"], edge["node"]["id"]) for edge in page]
        seen = seen + rows if way == "forward" else rows + seen
        cursor = info["endCursor" if way == "forward" else "startCursor"]
        if not info["hasNextPage" if way == "forward" else "hasPreviousPage"]:
            return seen


@pytest.mark.parametrize("sort", ["NEWEST", "BY_NAME"])
def test_pages_forward_and_backward_show_each_row_once_and_in_order(asked, sort):
    rows = events(11)
    key = (lambda e: (e.name, e.id)) if sort == "BY_NAME" else (lambda e: (-e.recorded_at.timestamp(), -e.id))
    expected = [(e.name, global_id("Event", e.id)) for e in sorted(rows, key=key)]
    assert pages(asked, sort, "forward", 4) == expected
    assert pages(asked, sort, "backward", 3) == expected


def test_a_page_stays_right_while_rows_come_and_go(asked):
    rows = events(6)
    document = "query($c: String) { events(first: 3, after: $c) { nodes { id } pageInfo { endCursor } } }"
    first = asked(document)[0]["events"]
    events(2)
    rows[3].deliveries.all().delete()
    second = asked(document, {"c": first["pageInfo"]["endCursor"]})[0]["events"]
    assert [e["id"] for e in second["nodes"]] == [
        global_id("Event", e.id) for e in (rows[2], rows[1], rows[0])
    ]


@pytest.mark.parametrize(
    "arguments",
    ["", "first: 101", "first: -1", "first: 1, last: 1", 'first: 1, after: "x"', 'first: 1, after: "W10"'],
)
def test_a_page_must_be_asked_for_rightly(asked, arguments):
    arguments = f"({arguments})" if arguments else ""
    data, errors = asked(f"{{ events{arguments} {{ nodes {{ id }} }} }}")
    assert data is None and errors[0]["extensions"]["code"] == "INVALID"


def test_a_cursor_of_one_order_does_not_fit_another(asked):
    events(2)
    cursor = asked("{ events(first: 1) { pageInfo { endCursor } } }")[0]["events"]["pageInfo"]["endCursor"]
    _, errors = asked(f'{{ events(first: 1, sort: BY_NAME, after: "{cursor}") {{ nodes {{ id }} }} }}')
    assert errors[0]["extensions"] == {"code": "INVALID", "field": ["after"], "requestId": "abc"}


def test_the_count_is_asked_of_the_database_only_where_it_is_asked_for(asked, django_assert_num_queries):
    events(3)
    with django_assert_num_queries(1):
        asked("{ events(first: 2) { nodes { id } } }")
    with django_assert_num_queries(1):
        assert asked("{ events(last: 2) { totalCount } }")[0]["events"]["totalCount"] == 3


DEEP = """query($n: Int) {
  events(first: $n) { ...Some }
}
fragment Some on EventConnection { edges { node { waiting ...Rows } } nodes { ...Rows } }
fragment Rows on Event { name deliveries { reaction event { ... on Event { name deliveries { tries } } } } }
"""


@pytest.mark.parametrize("document", [DEEP, "query($n: Int) { events(first: $n) { nodes { waiting } } }"])
def test_one_parent_costs_as_many_statements_as_twenty(
    asked, django_assert_max_num_queries, connection_statements, document
):
    events(20, deliveries=2)
    counts = set()
    for n in (1, 20):
        with connection_statements() as statements:
            data, errors = asked(document, {"n": n})
        assert not errors and len(data["events"]["nodes"]) == n
        counts.add(len(statements))
    assert len(counts) == 1 and counts.pop() <= 3


PAGED = """query($n: Int) { events(first: $n, sort: BY_NAME) { nodes {
  name a__b: due(first: 1) { nodes { reaction event { name deliveries { tries } } } pageInfo { hasNextPage endCursor } }
  all: due(first: 5) { edges { cursor node { reaction } } pageInfo { hasNextPage } }
} } }"""


def test_first_pages_of_a_relation_are_fetched_for_all_parents_at_once(asked, connection_statements):
    events(20, deliveries=2)
    counts = set()
    for n in (1, 20):
        with connection_statements() as statements:
            data, errors = asked(PAGED, {"n": n})
        assert not errors
        counts.add(len(statements))
    assert counts == {4}
    for node in data["events"]["nodes"]:
        assert node["a__b"]["nodes"] == [
            {"reaction": "r1", "event": {"name": node["name"], "deliveries": [{"tries": 0}] * 2}}
        ]
        assert node["a__b"]["pageInfo"]["hasNextPage"] and not node["all"]["pageInfo"]["hasNextPage"]
        assert [edge["node"]["reaction"] for edge in node["all"]["edges"]] == ["r1", "r0"]
    after = data["events"]["nodes"][0]["a__b"]["pageInfo"]["endCursor"]
    document = (
        "query($c: String) { events(first: 1, sort: BY_NAME) {"
        " nodes { due(first: 1, after: $c) { totalCount nodes { reaction } } } } }"
    )
    data, _ = asked(document, {"c": after})
    assert data["events"]["nodes"] == [{"due": {"totalCount": 2, "nodes": [{"reaction": "r0"}]}}]


def test_to_one_relations_are_joined(asked, django_assert_num_queries):
    events(5, deliveries=1)
    with django_assert_num_queries(1):
        data, _ = asked("{ deliveries(first: 5) { nodes { reaction event { name } } } }")
    assert data["deliveries"]["nodes"][0] == {"reaction": "r0", "event": {"name": "E0"}}


def test_a_payload_looks_ahead_too(asked, connection_statements):
    document = """mutation { eventRecord(input: {name: "a", idempotencyKey: "%s"}) {
        event { deliveries { event { deliveries { tries } } } } errors { code } } }"""
    with connection_statements() as statements:
        data, errors = asked(document % "6f0d9a5e-0000-4000-8000-000000000001")
    assert data["eventRecord"]["errors"] == [] and not errors
    assert sum("core_delivery" in s["sql"] for s in statements) == 1


def test_what_may_not_be_read_is_absent_and_never_asked_for(asked):
    events(1)
    data, errors = asked("{ events(first: 1) { nodes { name secret } } hidden { name } undeclared }")
    assert data["events"]["nodes"][0] == {"name": "E0", "secret": None}
    assert (data["hidden"], data["undeclared"], errors) == (None, None, [])
    data, errors = asked("{ forgotten { text } events(first: 1) { nodes { strict } } }")
    assert data is None and errors[0]["extensions"]["code"] == "NOT_FOUND"
    data, errors = asked("{ events(first: 1) { nodes { secret strict } } }", user=Somebody())
    assert data["events"]["nodes"] == [{"secret": "secret", "strict": "strict"}]


def test_the_schema_knows_what_nobody_declared_or_described():
    assert undeclared(world.schema) == ["Query.undeclared", "Forgotten.text"]
    assert undescribed(world.schema) == []
    assert unbounded(world.schema) == []


def test_a_refused_thing_answers_like_one_that_does_not_exist(asked):
    row = events(1)[0]
    document = "query($id: ID!) { event(id: $id) { name } }"
    assert asked(document, {"id": global_id("Event", row.id)})[0] == {"event": {"name": "E0"}}
    for wrong, code in ((global_id("Event", 0), "NOT_FOUND"), (global_id("Thing", row.id), "INVALID_ID")):
        data, errors = asked(document, {"id": wrong})
        assert data == {"event": None} and errors[0]["extensions"]["code"] == code


@pytest.mark.parametrize("wrong", ["", "x", "\u00e9", "UHJvZHVjdDo", "=" * 9, "A" * 9999])
def test_an_id_is_one_of_ours_or_refused(wrong):
    for read in (uid_of, key_of):
        with pytest.raises(InvalidId):
            read(wrong, "Product")


def test_an_id_says_its_kind_and_nothing_to_count():
    uid = UUID(int=0x10002000300040005000600070008000)
    assert uid_of(global_id("Product", uid), "Product") == uid
    assert key_of(global_id("Region", "420300"), "Region") == "420300"
    with pytest.raises(InvalidId):
        uid_of(global_id("Product", uid), "Order")


def test_each_root_field_may_speak_its_own_language(asked):
    document = "{ a: thing { name } b: thing(language: EN) { name } c: thing { name price { amount minor currency } } }"
    data, _ = asked(document)
    assert [data[k]["name"] for k in "abc"] == ["柚子", "Pomelo", "柚子"]
    assert data["c"]["price"] == {"amount": "36.90", "minor": 3690, "currency": "CNY"}
    with language.use("en"):
        assert asked("{ thing { name dear { minor } } }")[0]["thing"] == {
            "name": "Pomelo",
            "dear": {"minor": 2**40},
        }
    assert language.current() == "zh"


def test_a_failure_of_ours_is_told_by_its_request_id_alone(asked, caplog):
    data, errors = asked("{ broken gone }")
    assert data == {"broken": None, "gone": None}
    assert errors[0] == {
        "message": "出了点问题（编号 abc）。",
        "path": ["broken"],
        "extensions": {"requestId": "abc", "code": "INTERNAL"},
    }
    assert errors[1]["extensions"] == {
        "requestId": "abc",
        "code": "NOT_FOUND",
        "field": ["input", "someThing"],
    }
    assert "hunter2" not in json.dumps(errors) and "hunter2" in caplog.text


def test_a_refusal_tells_its_numbers_in_a_type_of_its_own(asked):
    document = """mutation { eventRecord(input: {name: "a", units: 2, idempotencyKey: "%s"}) { event { id }
        errors { __typename code field message ... on FewerLeft { unitsLeft } } } }"""
    with language.use("en"):
        data, errors = asked(document % "6f0d9a5e-0000-4000-8000-000000000002")
    assert not errors and data["eventRecord"] == {
        "event": None,
        "errors": [
            {
                "__typename": "FewerLeft",
                "code": "FEWER_LEFT",
                "field": ["units"],
                "message": "Only 2 left",
                "unitsLeft": 2,
            }
        ],
    }
    assert OutboxEvent.objects.count() == 0


def test_an_act_for_signed_in_people_asks_a_stranger_to_sign_in(asked):
    document = "mutation { signedInOnly { done errors { __typename code } } }"
    refused = [{"__typename": "PlainError", "code": "SIGN_IN_REQUIRED"}]
    assert asked(document)[0]["signedInOnly"] == {"done": None, "errors": refused}
    assert asked(document, user=Somebody())[0]["signedInOnly"] == {"done": True, "errors": []}


def test_an_answer_to_a_stranger_is_kept_for_strangers_of_her_language(asked):
    document = "{ thing { name } }"
    before = world.Query.looked
    assert asked(document) == asked(document) and world.Query.looked == before + 1
    asked(document, user=Somebody())
    with language.use("en"):
        asked(document)
    assert world.Query.looked == before + 3


def test_a_change_makes_kept_answers_anew(asked):
    document, before = "{ thing { name } }", world.Query.looked
    asked(document)
    Change.objects.create(name="others")
    asked(document)
    assert world.Query.looked == before + 1
    Change.objects.create(name="things")
    asked(document)
    assert world.Query.looked == before + 2


def test_dates_and_columns_take_their_own_scalars():
    printed = str(world.schema)
    assert "recordedAt: DateTime!" in printed and "deliveries: [Delivery!]!" in printed
    assert "doneAt: DateTime" in printed and "event: Event!" in printed
