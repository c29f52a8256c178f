"""What do cursors carry? Ids tell how many rows there are and in which order they were made; times tell when.

She collects the cursors of every public list and reads them in each way that comes to mind; then she looks whether
their bytes, as numbers or by their order, follow anything that she is not told.
"""

import binascii
import json
import zlib
from base64 import b32decode, b64decode, urlsafe_b64decode
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.guard.solver.stranger import Stranger

SORTS = ("NEWEST", "PRICE_ASC", "PRICE_DESC", "SEASON")


def _page(named_by: str) -> str:
    return f"edges {{ cursor node {{ name: {named_by} }} }} pageInfo {{ startCursor endCursor }}"


PRODUCTS = _page("slug")
# Every list that a stranger (who may have signed up) pages through, and what of its variables it takes.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    **{f"search {s}": (f"{{ l: search(first: 24, sort: {s}) {{ {PRODUCTS} }} }}", ()) for s in SORTS},
    **{
        f"search words {s}": (f'{{ l: search(query: "橙", first: 24, sort: {s}) {{ {PRODUCTS} }} }}', ())
        for s in SORTS
    },
    **{f"products {s}": (f"{{ l: products(first: 24, sort: {s}) {{ {PRODUCTS} }} }}", ()) for s in SORTS},
    "search words": (f'{{ l: search(query: "橙", first: 24) {{ {PRODUCTS} }} }}', ()),
    "teams": (f"{{ l: teams(first: 24) {{ {PRODUCTS} }} }}", ()),
    "reviews": (
        f"query($slug: String!) {{ l: reviews(product: $slug, first: 24) {{ {_page('nickname')} }} }}",
        ("slug",),
    ),
    "a team's products": (
        f"query($team: String!) {{ team(slug: $team) {{ l: products(first: 24) {{ {PRODUCTS} }} }} }}",
        ("team",),
    ),
    "organisations": (f"{{ l: organisations(first: 24) {{ {_page('name')} }} }}", ()),
    "an organisation's": (
        f"query($id: ID!) {{ organisation(id: $id) {{ l: children(first: 24) {{ {_page('name')} }} }} }}",
        ("id",),
    ),
    "an edition's answers": (
        f"query($edition: String!) {{ l: editionFaq(edition: $edition, first: 24) {{ {_page('question')} }} }}",
        ("edition",),
    ),
    "courses": (f"{{ l: courses(first: 24) {{ {_page('title')} }} }}", ()),
}


def collected(
    stranger: Stranger, lists: dict[str, tuple[str, tuple[str, ...]]] = LISTS, **known: str
) -> dict[str, list[tuple[str, str]]]:
    """Of each list the rows' names and cursors, in its order."""
    found = {}
    for name, (document, wanted) in lists.items():
        data = stranger.ask(document, **{key: known[key] for key in wanted})
        page = data["l"] if "l" in data else next(iter(data.values()))["l"]
        found[name] = [(edge["node"]["name"], edge["cursor"]) for edge in page["edges"]]
        ends = page["pageInfo"]
        assert [ends["startCursor"], ends["endCursor"]] == [found[name][0][1], found[name][-1][1]]
    return found


def readings(cursor: str) -> Iterator[bytes]:
    """The cursor as it is, and decoded in each usual way, one on top of another."""
    seen = {cursor.encode()}
    layer = seen
    for _ in range(3):
        layer = {raw for word in layer for raw in _decoded(word)} - seen
        seen |= layer
    yield from seen


def _decoded(word: bytes) -> Iterator[bytes]:
    ways: tuple[Callable[[bytes], bytes], ...] = (
        lambda raw: urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)),
        lambda raw: b64decode(raw + b"=" * (-len(raw) % 4), validate=True),
        b32decode,
        binascii.unhexlify,
        zlib.decompress,
        lambda raw: zlib.decompress(raw, wbits=-15),
        lambda raw: raw.decode("utf-16").encode(),
        lambda raw: json.dumps(json.loads(raw)).encode(),
    )
    for way in ways:
        try:
            yield way(word)
        except (ValueError, binascii.Error, zlib.error):
            continue


def carried(cursors: Sequence[str], secrets: Sequence[Sequence[int]]) -> str | None:
    """What the cursors of a list say of its rows' secrets: each row has some (its id, its microseconds …)."""
    texts = [b" ".join(readings(cursor)) for cursor in cursors]
    for kind, values in enumerate(zip(*secrets, strict=True)):
        # A short number stands somewhere by chance; a long one does not.
        long = [(str(value), text) for value, text in zip(values, texts, strict=True) if value > 99_999]
        if long and all(value.encode() in text for value, text in long):
            return f"number {kind} stands inside"
        if _follows([len(cursor) for cursor in cursors], values):
            return f"length follows number {kind}"
        for at in range(min(map(len, cursors))):
            if _follows([cursor[at:] for cursor in cursors], values):
                return f"from character {at} on the order follows number {kind}"
        raws = [max(readings(cursor), key=len) for cursor in cursors]
        for at in range(min(map(len, raws))):
            if _follows([raw[at:] for raw in raws], values):
                return f"from byte {at} on the order follows number {kind}"
    return None


def _follows(keys: Sequence[Any], values: Sequence[Any]) -> bool:
    """Whether the keys are all different and stand in the values' order, or the opposite."""
    if len({*map(repr, keys)}) < len(keys) or len(keys) < 6:
        return False
    order = sorted(range(len(keys)), key=lambda n: keys[n])
    by_value = sorted(range(len(keys)), key=lambda n: values[n])
    return order in (by_value, by_value[::-1])


def put_back(monkeypatch: Any) -> None:
    """The control: cursors are plain words again, as they were."""
    from base64 import urlsafe_b64encode

    from core import opaque

    def written(name: Sequence[str], values: Sequence[Any]) -> str:
        return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    monkeypatch.setattr(opaque, "encode", written)
