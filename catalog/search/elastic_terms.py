"""A question, a product and an answer in Elasticsearch's terms: words are kept whole, so nothing is left to an analyser."""

from dataclasses import asdict, dataclass
from typing import Any

from elasticsearch.dsl import A, Boolean, Byte, Keyword, Long, Mapping, Q, Search
from elasticsearch.dsl.query import Query

from catalog.search import BANDS, FACETS, Found, SearchRequest, Tally, Where, pages
from catalog.search.document import Document
from catalog.search.query import Clause, Every, Prefix, Reading, Some, Word

_FIELDS: dict[str, Any] = {
    "id": Long(),
    "published": Boolean(),
    "words": Keyword(),
    "title_words": Keyword(),
    "titles": Keyword(),
    "category": Keyword(),
    "division": Keyword(),
    "kind": Keyword(),
    "team": Keyword(),
    "in_stock": Byte(),
    "price_from_minor": Long(),
    "published_at_us": Long(),
    "sold_step": Long(),
    "rating_tenths": Long(),
    "reviews_shown": Long(),
    **{f"season_{month}": Byte() for month in range(1, 13)},
}


def _index() -> dict[str, Any]:
    mapping = Mapping()
    for name, field in _FIELDS.items():
        mapping.field(name, field)
    mapping.meta("dynamic", "strict")
    return {
        "mappings": mapping.to_dict(),
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
    }


INDEX = _index()


@dataclass(frozen=True)
class WholeAnswer:
    """An answer that is whole already."""

    found: Found
    tally: Tally
    mended: str = ""
    reading: Reading | None = None
    engine: str = "elasticsearch"


def body(doc: Document) -> dict[str, Any]:
    """A published product as the index holds it."""
    fields = {name: value for name, value in asdict(doc).items() if name in _FIELDS}
    fields |= {f"season_{month}": rank for month, rank in enumerate(doc.season, 1)}
    titles = [title for title in doc.titles.split("|") if title]
    return fields | {"published": True, "titles": titles, "in_stock": int(doc.in_stock)}


def question(
    ask: SearchRequest,
    reading: Reading | None,
    sort: str,
    after: list[int] | None,
    month: int,
) -> dict[str, Any]:
    """One request for a page and its counts; what is chosen narrows the page after the counting."""
    chosen = _chosen(ask.where, month)
    matching = [Q("term", published=True), *([_holds("words", reading.said)] if reading else [])]
    search = Search().query(Q("bool", filter=matching, should=_points(reading)))
    search = search.post_filter(_all(chosen.values())).source(False).extra(size=ask.first + 1)
    names, descending = pages.KEYS[sort]
    order = "desc" if descending else "asc"
    fields = {"score": "_score", "season_now": f"season_{month}"}
    search = search.sort(*({fields.get(name, name): {"order": order}} for name in names))
    if after is not None:
        search = search.extra(search_after=after)
    search.aggs.bucket("known", "filter", filter=Q("match_all"))
    search.aggs.bucket("total", "filter", filter=_all(chosen.values()))
    for name, values in _values(month).items():
        others = _all(each for other, each in chosen.items() if other != name)
        search.aggs.bucket(name, "filter", filter=others).bucket("values", values)
    return search.to_dict()


def _holds(field: str, clause: Clause) -> Query:
    match clause:
        case Word(text):
            return Q("term", **{field: text})
        case Prefix(text):
            return Q("prefix", **{field: text})
        case Every(parts):
            return Q("bool", filter=[_holds(field, part) for part in parts])
        case Some(parts):
            return Q("bool", should=[_holds(field, part) for part in parts], minimum_should_match=1)


def _points(reading: Reading | None) -> list[Query]:
    if reading is None:
        return []
    meant, literal = _holds("title_words", reading.said), _holds("title_words", reading.literal)
    points = [
        (pages.MEANT, meant),
        (pages.HEAD, _all([meant, _holds("title_words", reading.head)])),
        (pages.LITERAL, _holds("words", reading.literal)),
        (pages.LITERAL_TITLE, literal),
        (pages.BEGINNING, _all([literal, _begins(reading)])),
        (pages.TITLE, _all([literal, Q("term", titles=reading.title)])),
    ]
    if reading.agreed:
        points.append((pages.AGREED, _all([meant, _holds("title_words", reading.agreed)])))
    return [Q("constant_score", filter=hit, boost=boost) for boost, hit in points]


def _begins(reading: Reading) -> Query:
    ways = [Q("prefix", titles=reading.beginning), Q("term", titles=reading.title)]
    return Q("bool", should=ways, minimum_should_match=1)


def _chosen(where: Where, month: int) -> dict[str, Query]:
    found: dict[str, Query] = {}
    for name, given in (("category", where.category), ("division", where.division), ("kind", where.kind)):
        if given is not None:
            found[name] = Q("terms", **{name: list(given)})
    if where.in_season is not None:
        found["season"] = _in_season(month, where.in_season)
    if where.in_stock is not None:
        found["stock"] = Q("term", in_stock=int(where.in_stock))
    prices = []
    if where.price is not None:
        bands = [_price(low, high) for low, high in where.price]
        prices.append(Q("bool", should=bands, minimum_should_match=1) if bands else Q("match_none"))
    if where.price_min is not None or where.price_max is not None:
        prices.append(_price(where.price_min, where.price_max))
    if prices:
        found["price"] = _all(prices)
    if where.team is not None:
        found["team"] = Q("term", team=where.team)
    return found


def _price(low: int | None, high: int | None) -> Query:
    ends = {name: end for name, end in (("gte", low), ("lte", high)) if end is not None}
    return Q("range", price_from_minor=ends)


def _in_season(month: int, wanted: bool) -> Query:
    return Q("range", **{f"season_{month}": {"gt": 0} if wanted else {"lte": 0}})


def _all(queries: Any) -> Query:
    return Q("bool", filter=list(queries))


def _values(month: int) -> dict[str, Any]:
    bounds = [low for low, _ in BANDS] + [None]
    bands = []
    for i, (low, high) in enumerate(zip(bounds, bounds[1:], strict=False)):
        ends = {"from": low, "to": high}
        bands.append({"key": str(i), **{name: end for name, end in ends.items() if end}})
    seasons = {"true": _in_season(month, True), "false": _in_season(month, False)}
    terms = {name: A("terms", field=name, size=1000) for name in ("category", "division", "kind")}
    return terms | {
        "season": A("filters", filters=seasons),
        "stock": A("terms", field="in_stock"),
        "price": A("range", field="price_from_minor", keyed=True, ranges=bands),
    }


def tally(aggregations: dict[str, Any]) -> Tally:
    """The counts of a reply; a value that nothing has is not told."""
    counts = {}
    for name in FACETS:
        buckets = aggregations[name]["values"]["buckets"]
        if isinstance(buckets, list):
            buckets = {bucket["key"]: bucket for bucket in buckets}
        words = {0: "false", 1: "true"} if name == "stock" else {}
        found = {words.get(key, key): bucket["doc_count"] for key, bucket in buckets.items()}
        counts[name] = {value: count for value, count in found.items() if count}
    return Tally(total=aggregations["total"]["doc_count"], counts=counts)
