"""Specifications of a product and their prices. Each price tells its story; a change of either is a new story."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog import clean, search
from catalog.actions import card, desk, listing
from catalog.models import Product, Variant
from catalog.models.variant import STORY_PARTS
from core.language import say
from core.refusals import Invalid, every

DEAREST_MINOR = 10_000_000
HEAVIEST_GRAMS = 500_000
# By what a buyer knows how much she gets: an approval was given for a price and for this.
REVIEWED = ("name_zh", "name_en", "net_content", "weight_grams")
# Few enough to choose from, and for lists with variants to stay within what a stranger may ask.
MOST_OFFERED, MOST_VARIANTS = 5, 10
# Forms show percent, and whoever writes a price story thinks in them: basis points are for programs.
A_PART = say("每一部分在 0% 到 100% 之间。", "Each part is from 0 to 100 %.")


def save(
    product: Product,
    by: Person | None,
    variant: Variant | None = None,
    *,
    price_minor: int | None = None,
    story: Mapping[str, int] | None = None,
    **fields: Any,
) -> Variant:
    """Add a variant, or change one: its words, weight, price and price story, all or nothing."""
    changed: Collection[str] = ()
    with transaction.atomic():
        row = desk.opened(product, by)
        if variant is None:
            fields = {"position": row.variants.count(), **fields}
            mine = Variant(product=row, price_minor=_price(price_minor))
            _write(mine, {"name_zh": "", "weight_grams": None, "net_content": "", **fields})
            _check_name(mine, {"name_zh", "name_en"})
            mine.save()
        else:
            mine = Variant.objects.select_for_update(of=("self",), no_key=True).get(
                pk=variant.pk, product=row
            )
            before = {name: getattr(mine, name) for name in REVIEWED}
            _write(mine, fields)
            changed = {name for name, was in before.items() if was != getattr(mine, name)}
            _check_name(mine, changed & {"name_zh", "name_en"})
            mine.save(update_fields=sorted(fields) or ["position"])
        if price_minor is not None or story is not None:
            _tell_story(mine, price_minor, story)
        _check_how_many(row)
        audit.record(by, "save", "Variant", mine.uid, product=str(row.uid), price_minor=mine.price_minor)
        if mine.is_offered and changed or _must_be_looked_at(mine):
            listing.look_again(row, by)
        elif changed:
            # It is in nobody's sight now: what was approved is not what will be offered.
            listing.approval_ends(row.variants.filter(pk=mine.pk))
        mine.refresh_from_db(fields=["approved_price_minor", "approved_household_bps"])
        card.refresh([row.id])
        search.index([row.id])
    return mine


def _check_name(variant: Variant, changed: Collection[str]) -> None:
    """A buyer tells sizes apart by their names; only a name that is new is looked at, so old twins stay editable."""
    others = Variant.objects.filter(product_id=variant.product_id).exclude(pk=variant.pk)
    for name in sorted(changed):
        if getattr(variant, name) and others.filter(**{f"{name}__iexact": getattr(variant, name)}).exists():
            words = say("已经有同名的规格。", "There is a variant of this name already.")
            raise Invalid(words, field=name)


def _check_how_many(product: Product) -> None:
    offered = list(product.variants.values_list("is_offered", flat=True))
    if sum(offered) > MOST_OFFERED or len(offered) > MOST_VARIANTS:
        words = say("最多同时提供 {n} 个规格。", "At most {n} variants can be offered.", n=MOST_OFFERED)
        raise Invalid(words, field="is_offered")
    if product.is_published and not any(offered):
        words = say("至少保留一个规格，或将商品下架归档。", "Keep one variant, or archive the product.")
        raise Invalid(words, field="is_offered")


def _must_be_looked_at(variant: Variant) -> bool:
    """Not approved as it is, dearer by more than a tenth than what was approved, or giving the households less (decision 0006)."""
    if not variant.is_offered:
        return False
    if variant.approved_price_minor is None or variant.story is None:
        return True
    dearer = variant.price_minor * 10 > variant.approved_price_minor * 11
    return dearer or variant.story.household_bps < (variant.approved_household_bps or 0)


def _tell_story(variant: Variant, price_minor: int | None, story: Mapping[str, int] | None) -> None:
    price = variant.price_minor if price_minor is None else _price(price_minor)
    told = variant.story.parts() if variant.story else {}
    parts = _parts(story if story is not None else told) if story is not None or told else None
    if parts is None or (price == variant.price_minor and parts == told):
        variant.price_minor = price
        variant.save(update_fields=["price_minor"])
        return
    variant.price_minor = price
    variant.story = variant.stories.create(**{f"{part}_bps": bps for part, bps in parts.items()})
    variant.save(update_fields=["price_minor", "story"])


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
    return parts


def _write(variant: Variant, fields: Mapping[str, Any]) -> None:
    plain = every({name: partial(_plain, name, value) for name, value in fields.items()})
    for name, value in plain.items():
        setattr(variant, name, value)


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
