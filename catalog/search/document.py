"""What search knows of a product: its words by weight. The same for each engine."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.models import Product
from catalog.search import words

KINDS = {
    Product.Kind.FRESH: "生鲜 fresh",
    Product.Kind.DRY: "干货 dry",
    Product.Kind.PROCESSED: "加工食品 processed",
    Product.Kind.ALCOHOL: "酒 alcohol",
    Product.Kind.SIDELINE: "手工副业 sideline craft",
}


@dataclass(frozen=True)
class Document:
    """The words of a product: A title, B team and place, C the rest, D initials and pieces."""

    id: int
    weights: dict[str, list[str]]
    titles: str
    latin: str


def documents(product_ids: Collection[int] | None = None) -> Iterator[Document]:
    """The documents of those of these products that are published; of all when None."""
    rows: QuerySet[Product] = Product.objects.filter(state=Product.State.PUBLISHED)
    if product_ids is not None:
        rows = rows.filter(id__in=product_ids)
    for product in rows.select_related("team__county", "team__division", "category").order_by("id"):
        yield document(product)


def document(product: Product) -> Document:
    """A product's words."""
    team = product.team
    places = [team.county.name_zh, team.division.name_zh, team.village_zh]
    names = [team.name_zh, team.name_en, team.county.name_en, team.division.name_en, team.village_en]
    rest = [
        *(product.category.name_zh, product.category.name_en, KINDS[Product.Kind(product.kind)]),
        *(product.summary_zh, product.summary_en, product.ingredients_zh, product.ingredients_en),
    ]
    title = [run for run, is_han in words.runs(product.name_zh) if is_han]
    spoken = [part for run in title for part in words.told_in_pinyin(run)]
    around = [run for text in places for run, is_han in words.runs(text) if is_han]
    weights = {
        "A": [*words.of([product.name_zh, product.name_en]), *spoken],
        "B": [*words.of([*names, *places]), *(p for run in around for p in words.told_in_pinyin(run))],
        "C": list(words.of(rest)),
        "D": [
            *(letters for run in title for letters in words.initials(run)),
            *_pieces([product.name_zh, product.category.name_zh, product.summary_zh, team.name_zh, *places]),
        ],
    }
    latin = " ".join([words.plain(product.name_en), *(word for run in title for word in _spoken_words(run))])
    titles = f"|{words.plain(product.name_zh).strip()}|{words.plain(product.name_en).strip()}|"
    return Document(product.id, weights, titles[:400], latin[:400])


def _pieces(texts: list[str]) -> Iterator[str]:
    for text in texts:
        for run, is_han in words.runs(text):
            if is_han:
                yield from words.pieces(run)
                yield from run


def _spoken_words(han: str) -> Iterator[str]:
    yield "".join(words.syllables(han))
    for word in words.cut(han):
        yield "".join(words.syllables(word))
