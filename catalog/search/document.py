"""What search knows of a product: its words, and what it is narrowed, counted and ordered by. The same for each engine."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.models import Product
from catalog.search import measures, words
from catalog.search.query import HEAD


def _kind(product: Product) -> tuple[str, str]:
    words = Product.Kind(product.kind).words
    return words.zh, words.en


@dataclass(frozen=True)
class Document:
    """A published product as search knows it; nothing in it is about a person."""

    id: int
    version: int
    titles: str
    title_words: list[str]
    words: list[str]
    spellings: list[str]
    category: str
    division: str
    kind: str
    team: str
    season: list[int]
    in_stock: bool
    price_from_minor: int
    published_at_us: int
    sold_step: int
    rating_tenths: int
    reviews_shown: int


def published(product_ids: Collection[int] | None = None) -> QuerySet[Product]:
    """Those of these products that search knows; all of them when None."""
    rows: QuerySet[Product] = Product.objects.filter(
        state=Product.State.PUBLISHED, price_from_minor__isnull=False, published_at__isnull=False
    )
    return rows if product_ids is None else rows.filter(id__in=product_ids)


def documents(product_ids: Collection[int] | None = None) -> Iterator[Document]:
    """The documents of those of these products that are published; of all when None."""
    for product in known(product_ids):
        yield document(product)


def known(product_ids: Collection[int] | None = None) -> QuerySet[Product]:
    """Those of these products that search knows, with all that is told of each."""
    rows = published(product_ids).select_related("team__county", "team__division", "category")
    return rows.order_by("id").prefetch_related("variants")


@dataclass(frozen=True)
class Part:
    """What stands in one place of what is told of a product: its texts, their words, and how those are spoken."""

    texts: tuple[str, ...]
    words: frozenset[str]
    spoken: frozenset[str] = frozenset()


def parts(product: Product) -> dict[str, Part]:
    """By place, the most telling first; their words together are those by which the product is found."""
    team, category = product.team, product.category
    around = [team.county.name_zh, team.division.name_zh, team.village_zh]
    # Sizes that can be bought, by their names and by what they hold.
    sizes = [size for size in product.variants.all() if size.is_offered]
    contents = [size.net_content for size in sizes]
    totals = [total for text in contents for total in measures.totals(text)]
    about = [product.summary_zh, product.summary_en, product.ingredients_zh, product.ingredients_en]
    name = [run for run, is_han in words.runs(product.name_zh) if is_han]
    return {
        "NAME": _part(
            [product.name_zh, product.name_en],
            [product.name_zh],
            spoken=[
                *_suffixes([product.name_zh]),
                *(letters for run in name for letters in words.initials(run)),
            ],
        ),
        "SIZE": _part(
            [text for size in sizes for text in (size.name_zh, size.name_en, size.net_content)],
            [size.name_zh for size in sizes],
            totals,
        ),
        "TEAM": _part([team.name_zh, team.name_en], [team.name_zh]),
        "PLACE": _part(
            [*around, team.county.name_en, team.division.name_en, team.village_en],
            around,
            spoken=_suffixes(around),
        ),
        "KIND": _part([category.name_zh, category.name_en, *_kind(product)], [category.name_zh]),
        "ABOUT": _part(about, [product.summary_zh]),
    }


def _part(
    texts: list[str], in_pieces: list[str], more: Iterable[str] = (), *, spoken: Iterable[str] = ()
) -> Part:
    every = {*words.of(texts), *_pieces(in_pieces), *more}
    return Part(tuple(text for text in texts if text), frozenset(every), frozenset(spoken))


def _suffixes(texts: list[str]) -> Iterator[str]:
    for text in texts:
        for run, is_han in words.runs(text):
            if is_han:
                yield from words.pinyin_suffixes(run)


def document(product: Product) -> Document:
    """A product's words and facts."""
    team, its = product.team, parts(product)
    title = [run for run, is_han in words.runs(product.name_zh) if is_han]
    title_words = [
        *its["NAME"].words,
        *_suffixes([product.name_zh]),
        *(HEAD + head for name in (product.name_zh, product.name_en) for head in words.heads(name)),
    ]
    every_word = [*title_words, *(word for part in its.values() for word in (*part.words, *part.spoken))]
    assert product.price_from_minor is not None and product.published_at is not None
    return Document(
        id=product.id,
        version=product.version,
        titles=f"|{words.normalized(product.name_zh)}|{words.normalized(product.name_en)}|"[:400],
        title_words=_once(title_words),
        words=_once(every_word),
        spellings=_once(_spellings(product.name_en, title)),
        category=product.category.slug,
        division=team.division_id,
        kind=product.kind,
        team=team.slug,
        season=season(product.season_months),
        in_stock=product.units_available > 0,
        price_from_minor=product.price_from_minor,
        sold_step=product.sold_step,
        rating_tenths=product.rating_tenths,
        reviews_shown=product.reviews_shown,
        published_at_us=int(product.published_at.timestamp()) * 1_000_000 + product.published_at.microsecond,
    )


def season(months: Collection[int]) -> list[int]:
    """For January to December: 0 out of season, else the more the shorter it is (as catalog.reads.with_season)."""
    return [13 - len(months) if month in months else 0 for month in range(1, 13)]


def _pieces(texts: list[str]) -> Iterator[str]:
    for text in texts:
        for run, is_han in words.runs(text):
            if is_han:
                yield from words.pieces(run)
                yield from run


def _spellings(name_en: str, title: list[str]) -> Iterator[str]:
    yield from (words.singular(run) for run, is_han in words.runs(name_en) if not is_han)
    for run in title:
        for part in (run, *words.cut(run), *words.heads(run)):
            yield part
            yield "".join(words.syllables(part))


def _once(found: Iterator[str] | list[str]) -> list[str]:
    return sorted({word for word in found if word})
