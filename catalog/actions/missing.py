"""What a product still lacks before it may be submitted, in its team's language."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from catalog.models import Certificate, Lot, Product
from catalog.reads import papers
from catalog.reads.wanted import Size, wanted
from core import clock
from core.language import Words, say
from core.refusals import Refusal

Known = dict[int, list[Refusal]]


class Missing(Refusal):
    """One thing that a listing lacks; `code` says which."""

    code = "MISSING"

    def __init__(self, what: str, words: Words, *, field: str | tuple[str, ...]):
        super().__init__(words, field=field)
        self.code = what


class NotReady(Refusal):
    """The product lacks something that buyers are promised."""

    code = "NOT_READY"

    def __init__(self, lacking: list[Refusal]):
        self.lacking = lacking
        super().__init__(_Joined(lacking), field=lacking[0].field)


class _Joined(Words):
    """Several sentences as one, each in the listener's language."""

    def __init__(self, refusals: list[Refusal]):
        super().__init__("", "", {})
        object.__setattr__(self, "refusals", refusals)

    def __str__(self) -> str:
        start = str(say("还差一点：", "Not quite ready: "))
        return start + " ".join(str(refusal.words) for refusal in self.refusals)  # type: ignore[attr-defined]

    __hash__ = Words.__hash__


def missing(product: Product, known: Known | None = None) -> list[Refusal]:
    """All that is missing, in the order in which one would see to it; empty when it may be submitted.

    `known` remembers what was found of a team, for callers that ask about many products.
    """
    known = {} if known is None else known
    if product.team_id not in known:
        known[product.team_id] = list(_of_the_team(product))
    return [
        *known[product.team_id],
        *_of_the_food(product),
        *_of_the_variants(product),
        *_of_the_look(product),
        *_of_the_papers(product),
    ]


def _of_the_team(product: Product) -> Iterator[Refusal]:
    leader = getattr(product.team, "leader", None)
    if leader is None or leader.verified_at is None:
        words = say("带头人还没有通过核验。", "The team's leader has not been verified yet.")
        yield Missing("LEADER_NOT_VERIFIED", words, field="leader")
    for name in getattr(settings, "LISTING_CONDITIONS", ()):
        if refusal := import_string(name)(product.team):
            yield refusal


_FOOD = ("fresh", "dry", "processed", "alcohol")
_WITH_INGREDIENTS = ("processed", "alcohol")


def _of_the_food(product: Product) -> Iterator[Refusal]:
    needed = [
        ("summary_zh", "SUMMARY", say("请写一句话介绍。", "Write one sentence about it.")),
        ("producer_zh", "PRODUCER", say("请填写生产者。", "Say who produces it.")),
        ("return_rule_zh", "RETURN_RULE", say("请填写售后规则。", "Say when a buyer may return it.")),
        ("season_months", "SEASON", say("请选择上市月份。", "Choose its months.")),
    ]
    if product.kind in _FOOD:
        needed += [
            ("shelf_life_days", "SHELF_LIFE", say("请填写保质期。", "Give its shelf life.")),
            ("storage_advice_zh", "STORAGE_ADVICE", say("请填写储存方法。", "Say how to store it.")),
        ]
    if product.kind in _WITH_INGREDIENTS:
        needed += [
            ("ingredients_zh", "INGREDIENTS", say("请填写配料。", "List the ingredients.")),
            ("licence_number", "LICENCE", say("请填写生产许可证号。", "Give the producer's licence number.")),
        ]
    for field, what, words in needed:
        if not getattr(product, field):
            yield Missing(what, words, field=field)


def _of_the_papers(product: Product) -> Iterator[Refusal]:
    for paper in papers.lapsed(product):
        words = say(
            "{kind}（{number}）已过期，请加上新的。",
            "{kind} {number} has run out: add the new one.",
            kind=Certificate.Kind(paper.kind).words,
            number=paper.number,
        )
        yield Missing("PAPER_RAN_OUT", words, field="certificates")


def _of_the_variants(product: Product) -> Iterator[Refusal]:
    sizes = [(variant, wanted(variant)) for variant in product.variants.all()]
    variants = [variant for variant, size in sizes if size.is_offered]
    if not variants:
        yield Missing("VARIANT", say("请添加至少一个规格。", "Add at least one variant."), field="variants")
    for _, size in sizes:
        if size.is_offered:
            yield from _of_a_size(size)
    if variants and not any(_is_sellable(lot) for variant in variants for lot in variant.lots.all()):
        words = (
            say("请登记至少一个批次。", "Declare at least one lot.")
            if clock.today().month in product.season_months or not product.season_months
            else say(
                "现在不在上市季，请登记预售批次和发货日期。",
                "Out of season: declare a planned lot with a ship-by date.",
            )
        )
        yield Missing("LOT", words, field="lots")


def _of_a_size(size: Size) -> Iterator[Refusal]:
    name = size.name_zh
    if not size.parts:
        words = say("「{name}」还没有价格构成。", "“{name}” has no price story yet.", name=name)
        yield Missing("PRICE_STORY", words, field=("variants", "story"))
    if not size.net_content:
        words = say("「{name}」还没有净含量。", "“{name}” has no net content yet.", name=name)
        yield Missing("NET_CONTENT", words, field=("variants", "netContent"))


def _is_sellable(lot: Lot) -> bool:
    return lot.state in Lot.SELLABLE and lot.units_available > 0


def _of_the_look(product: Product) -> Iterator[Refusal]:
    if product.illustration in ("", "sheaf") and not product.pictures.all():
        words = say("请选一幅插画或上传照片。", "Choose a drawing or upload a photo.")
        yield Missing("PICTURE", words, field="pictures")
