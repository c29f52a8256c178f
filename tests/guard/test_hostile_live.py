"""Hostile requests to the production server over HTTP: refused in JSON, below 50 ms, and nothing is asked of the database."""

import json
import statistics
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.figures import figure
from tests.guard.door import JSON, Answer, Door, WebAlone, web_alone
from tests.shop.test_hostile import DOCUMENTS, FINE, REQUESTS, asking, circle, post

TIMES, MOST_SECONDS = 20, 0.05
Send = Callable[[Door, int], Answer]


def given(value: str) -> str:
    """A fair document whose variable is written like this."""
    return f'{{"query": "query($a: Int) {{ products(first: $a) {{ nodes {{ slug }} }} }}", "variables": {{"a": {value}}}}}'


def doubling(characters: int = 700) -> str:
    """Doubling fragments in so many characters: a walk that does not remember them takes seconds."""
    text, n = "", 0
    while True:
        text = (
            "mutation { ...f0 } "
            + " ".join(f"fragment f{i} on Mutation {{ ...f{i + 1} ...f{i + 1} }}" for i in range(n))
            + f" fragment f{n} on Mutation {{ signOut {{ errors {{ code }} }} }}"
        )
        if len(text) >= characters:
            return text
        n += 1


# Of the table of limits in docs and settings: what the two lists of tests/shop do not send.
MORE: dict[str, tuple[Send, set[int]]] = {
    "735 characters of doubling fragments": (lambda d, n: post(d, asking(f"{doubling()} # {n}")), {400}),
    "nine levels": (
        lambda d, n: post(
            d,
            asking(circle(1).replace("slug", "team { division { parent { parent { name } } } }") + f"# {n}"),
        ),
        {400},
    ),
    "a circle of three fragments": (
        lambda d, n: post(
            d,
            asking(
                "{ ...a } fragment a on Query { ...b } fragment b on Query { ...c } "
                f"fragment c on Query {{ ...a }} # {n}"
            ),
        ),
        {400},
    ),
    "an operation that is not there": (
        lambda d, n: post(d, asking("query a { __typename }", operationName=f"b{n}")),
        {400},
    ),
    "deep variables": (lambda d, n: post(d, given("[" * 20_000 + "]" * 20_000)), {400}),
    "wide variables": (lambda d, n: post(d, given("[" + "0," * 20_000 + "0]")), {400}),
    "a huge number": (lambda d, n: post(d, given("9" * 20_000)), {400}),
    "a huge exponent": (lambda d, n: post(d, given("1e9999")), {400}),
    "not a number": (lambda d, n: post(d, given("NaN")), {400}),
    "a zero byte": (lambda d, n: post(d, given('"\\u0000"')), {400}),
    "half a character": (lambda d, n: post(d, given('"\\ud800"')), {400}),
    "no UTF-8": (lambda d, n: post(d, b'{"query": "\xff\xfe{ __typename }"}'), {400}),
    "another encoding": (
        lambda d, n: post(d, "{}".encode("utf-16"), kind="application/json; charset=utf-16"),
        {400},
    ),
    "a key twice": (lambda d, n: post(d, '{"query": "{ __typename }", "query": 1}'), {400}),
    "a text alone": (lambda d, n: post(d, '"{ __typename }"'), {400}),
    "nothing": (lambda d, n: post(d, b""), {400, 415}),
    "a batch of a thousand": (lambda d, n: post(d, "[" + ",".join([FINE] * 1_000) + "]"), {400}),
    # What says nothing of its size is read as empty, however long it is.
    "a stream without a length": (lambda d, n: streamed(d, [FINE.encode()] * 2_000), {400, 411, 413}),
    "brotli": (lambda d, n: post(d, FINE, HTTP_CONTENT_ENCODING="br"), {415}),
    "methods by a header": (
        lambda d, n: d.put("/graphql", FINE, JSON, HTTP_X_HTTP_METHOD_OVERRIDE="POST"),
        {405},
    ),
}


def streamed(door: Door, parts: list[bytes]) -> Answer:
    """A body in chunks, which says nothing of its size."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return door.send("POST", "/graphql", body, JSON, HTTP_TRANSFER_ENCODING="chunked")


def everything() -> dict[str, tuple[Send, set[int]]]:
    """Each hostile request by what is wrong with it, and the statuses that may refuse it."""
    found: dict[str, tuple[Send, set[int]]] = {}
    for why, (document, _) in DOCUMENTS.items():
        found[why] = (lambda d, n, text=document: post(d, asking(f"{text}\n# {n}"))), {400}
    for why, (send, status, _) in REQUESTS.items():
        found[why] = send, {status}
    return found | {f"{why} (by HTTP)" if why in found else why: it for why, it in MORE.items()}


@pytest.fixture(scope="module")
def web() -> Iterator[WebAlone]:
    with web_alone() as alone:
        yield alone


@pytest.mark.proof
def test_a_hostile_request_is_refused_at_once_and_the_database_hears_nothing_of_it(web):
    slow, statuses, asked = {}, {}, {}
    for why, (send, allowed) in everything().items():
        door = web.door()
        assert door.post("/graphql", FINE, JSON).status_code == 200  # the connection is warm
        rounds, counts = [], []
        # The web looks at its alarms by itself now and then: what hears of a request hears of it each time.
        while len(rounds) < 3 and not (rounds and min(rounds) < MOST_SECONDS and min(counts) == 0):
            before = web.statements()
            rounds.append(median_of_twenty(door, send, why, allowed, statuses))
            counts.append(web.statements() - before)
        slow[why], asked[why] = min(rounds), min(counts)
    worst = max(slow, key=lambda why: slow[why])
    figure(
        "limits/hostile",
        f"{len(slow)} requests × {TIMES} by HTTP: worst median {slow[worst] * 1000:.1f} ms ({worst}; limit 50),"
        f" {sum(s >= 500 for of in statuses.values() for s in of)} of 5xx,"
        f" statements but for looking up a token: {sum(asked.values()) - asked['an unknown token']}",
    )
    assert {why: f"{seconds * 1000:.0f} ms" for why, seconds in slow.items() if seconds >= MOST_SECONDS} == {}
    # A token is looked up before anything else, and every time: one statement each, and a connection's greeting.
    assert {why for why, count in asked.items() if count} <= {"an unknown token"}


def median_of_twenty(
    door: Door, send: Send, why: str, allowed: set[int], statuses: dict[str, list[int]]
) -> float:
    """Seconds; a busy machine can only make it longer, so the caller may ask again."""
    seconds = []
    for n in range(TIMES):
        answer = send(door, n)
        statuses.setdefault(why, []).append(answer.status_code)
        assert answer.status_code in allowed, (why, answer.status_code, answer.content[:200])
        assert answer["Content-Type"] == JSON, (why, answer.kind)
        (error,) = answer.json()["errors"]
        assert len(error["extensions"]["requestId"]) == 16 and "Did you mean" not in error["message"]
        seconds.append(answer.seconds)
    return statistics.median(seconds)


def test_the_control_an_honest_document_asks_the_database(web):
    """What counts statements would see one."""
    door, before = web.door(), web.statements()
    answer: Any = door.post("/graphql", asking("{ categories { name } }"), JSON)
    assert answer.status_code == 200 and answer.json() == {"data": {"categories": []}}, json.dumps(
        answer.json()
    )
    assert web.statements() > before
