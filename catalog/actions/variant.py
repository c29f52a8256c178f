"""Specifications of a product and their prices. Each price tells its story; a change of either is a new story."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.actions import audit
from accounts.models import Person
from catalog import clean, search
from catalog.actions import card, desk, waiting
from catalog.models import Product, Variant
from catalog.models.variant import STORY_PARTS
from catalog.reads.changes import Change, between
from catalog.reads.wanted import Size, must_be_looked_at, sold, wanted
from core.language import say
from core.refusals import Invalid, every

DEAREST_MINOR = 10_000_000
HEAVIEST_GRAMS = 500_000
NAMES = ("name_zh", "name_en")
ALL_OF_A_NEW_ONE: dict[str, Any] = {"name_zh": "", "weight_grams": None, "net_content": ""}
# Few enough to choose from, and for lists with variants to stay within what a stranger may ask.
MOST_OFFERED, MOST_VARIANTS = 5, 10
KEEP_ONE = say("至少保留一个规格，或将商品下架归档。", "Keep one variant, or archive the product.")
SAME_NAME = say("已经有同名的规格。", "There is a variant of this name already.")
# Forms show percent, and whoever writes a price story thinks in them: basis points are for programs.
A_PART = say("每一部分在 0% 到 100% 之间。", "Each part is from 0 to 100 %.")


@dataclass(frozen=True)
class Said:
    """What is said of one size, a new one where there is none; what is left out stays as it is."""

    variant: Variant | None = None
    price_minor: int | None = None
    story: Mapping[str, int] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


def save(
    product: Product,
    by: Person | None,
    variant: Variant | None = None,
    *,
    price_minor: int | None = None,
    story: Mapping[str, int] | None = None,
    **fields: Any,
) -> Variant:
    """Add a variant, or change one: its words, weight, price and price story, all or nothing. What an operator must see
    first waits, all that was said at once, and what is approved is sold on."""
    (saved,) = save_many(product, by, [Said(variant, price_minor, story, fields)])
    return Variant.objects.select_related("product__team", "story", "change").get(pk=saved)


def save_many(
    product: Product, by: Person | None, several: Sequence[Said], *, seen: int | None = None
) -> list[int]:
    """The same for several sizes of a product, all of them or none; the rows' ids. Refused where its team has written
    anything of the product since the version that was `seen`."""
    with transaction.atomic():
        row = desk.opened(product, by, seen=seen)
        saved = [_write(row, by, one) for one in several]
        waiting.recount(row)
        waiting.touch(row)
        _check_how_many(row)
        card.refresh([row.id])
        search.index([row.id])
    return saved


def _write(product: Product, by: Person | None, said: Said) -> int:
    fields = dict(said.fields)
    if said.variant is None:
        mine = Variant(product=product, position=product.variants.count())
        fields = {**ALL_OF_A_NEW_ONE, **fields}
    else:
        mine = _locked(product, said.variant)
    size = size_wanted(mine, said.price_minor, said.story, fields)
    mine.position = fields.get("position", mine.position)
    if product.published_at is not None and must_be_looked_at(mine, size):
        _wait(product, by, mine, size)
    else:
        waiting.sell(mine, size)
    audit.record(by, "save", "Variant", mine.uid, product=str(product.uid), price_minor=size.price_minor)
    return mine.pk


def to_be_seen(
    product: Product,
    variant: Variant | None,
    price_minor: int | None = None,
    story: Mapping[str, int] | None = None,
    **fields: Any,
) -> list[Change]:
    """What of this an operator would have to see first, beside what is approved; nothing where it is shown at once, or
    waits like this already."""
    mine = variant or Variant(product=product)
    fields = fields if variant else {**ALL_OF_A_NEW_ONE, **fields}
    size = size_wanted(mine, price_minor, story, fields)
    is_known = variant is not None and size == wanted(variant)
    if product.published_at is None or is_known or not size.is_offered or not must_be_looked_at(mine, size):
        return []
    return between(sold(variant) if variant and variant.story else None, size)


def _locked(product: Product, variant: Variant) -> Variant:
    locked = Variant.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("story", "change").get(pk=variant.pk, product=product)


def size_wanted(
    variant: Variant, price_minor: int | None, story: Mapping[str, int] | None, fields: Mapping[str, Any]
) -> Size:
    """The size as its team wants it after this is saved; refused with all of it that cannot be right."""
    size = size_said(variant, price_minor, story, fields)
    was = wanted(variant)
    is_new = variant.pk is None
    _check_name(variant, size, {one for one in NAMES if is_new or getattr(was, one) != getattr(size, one)})
    return size


def size_said(
    variant: Variant, price_minor: int | None, story: Mapping[str, int] | None, fields: Mapping[str, Any]
) -> Size:
    """The same without a look at the other sizes of its product."""
    checks: dict[str, Any] = {name: partial(_plain, name, value) for name, value in fields.items()}
    if price_minor is not None or variant.pk is None:
        checks["price_minor"] = partial(_price, price_minor)
    if story is not None:
        checks["parts"] = partial(_parts, story)
    plain = every(checks)
    plain.pop("position", None)
    return replace(wanted(variant), **plain)


def _wait(product: Product, by: Person | None, variant: Variant, size: Size) -> None:
    """Apart from what is sold; and before an operator, where it is to be offered."""
    must_be_whole(product, size)
    waiting.hold(variant, size)
    if size.is_offered:
        waiting.hand_in(product, by)


def must_be_whole(product: Product, size: Size) -> None:
    """What is to be offered of a product that is on the shelf, or held, goes before an operator by itself: refused unless
    it is whole."""
    if size.is_offered and product.state in (Product.State.PUBLISHED, Product.State.SUSPENDED):
        whole = {"net_content": size.net_content, "story": size.parts}
        every({name: partial(_must_be_given, value, name) for name, value in whole.items()})


def _must_be_given(value: Any, field: str) -> None:
    """What goes before an operator by itself is whole."""
    if not value:
        words = {
            "net_content": say("请填写净含量。", "Give its net content."),
            "story": say("请写价格构成。", "Tell what the price pays for."),
        }
        raise Invalid(words[field], field=field)


def _check_name(variant: Variant, size: Size, changed: Collection[str]) -> None:
    """A buyer tells sizes apart by their names; only a name that is new is looked at, so old twins stay editable."""
    others = Variant.objects.filter(product_id=variant.product_id).exclude(pk=variant.pk)
    for name in sorted(changed):
        text = getattr(size, name)
        if (
            text
            and others.filter(
                Q(**{f"{name}__iexact": text}) | Q(**{f"change__{name}__iexact": text})
            ).exists()
        ):
            raise Invalid(SAME_NAME, field=name)


def _check_how_many(product: Product) -> None:
    sizes = list(product.variants.select_related("story", "change"))
    check_how_many([wanted(one) for one in sizes])
    if product.is_published and not any(one.is_offered for one in sizes):
        raise Invalid(KEEP_ONE, field="is_offered")


def check_how_many(sizes: Sequence[Size]) -> None:
    """Few enough to choose from."""
    if sum(one.is_offered for one in sizes) > MOST_OFFERED or len(sizes) > MOST_VARIANTS:
        words = say("最多同时提供 {n} 个规格。", "At most {n} variants can be offered.", n=MOST_OFFERED)
        raise Invalid(words, field="is_offered")


def _price(minor: Any) -> int:
    words = say("价格要大于 0，最高 10 万元。", "The price must be above 0 and at most ¥100,000.")
    return clean.whole(minor, "price_minor", 1, DEAREST_MINOR, words)


def _parts(story: Mapping[str, int]) -> dict[str, int]:
    """Basis points of each part; they add up to 10,000, and a part of a shop for villages goes to households."""
    if unknown := set(story) - set(STORY_PARTS):
        raise Invalid(say("没有这一项。", "There is no such part."), field=("story", sorted(unknown)[0]))
    parts = {part: story.get(part, 0) for part in STORY_PARTS}
    for part, bps in parts.items():
        clean.whole(bps, ("story", part), 0, 10_000, A_PART)
    if (total := sum(parts.values())) != 10_000:
        words = say(
            "各部分相加是 {total}%，要正好 100%。",
            "The parts add up to {total} %, not to 100 %.",
            total=f"{total / 100:g}",
        )
        raise Invalid(words, field="story")
    return {part: bps for part, bps in parts.items() if bps}


def _plain(name: str, value: Any) -> Any:
    if name in ("name_zh", "name_en", "net_content"):
        return clean.text_for(Variant, name, value, required=name == "name_zh")
    if name == "weight_grams":
        words = say("请填写毛重（克）。", "Enter the weight in grams, with packaging.")
        return clean.whole(value, name, 1, HEAVIEST_GRAMS, words)
    if name == "position":
        return clean.whole(value, name, 0, 1000)
    if name == "is_offered":
        return bool(value)
    raise TypeError(f"a variant has no {name} to write")
