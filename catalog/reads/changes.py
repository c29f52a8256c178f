"""What an operator looks at of a product, as it was when she approved it and as it is now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.models import Region
from catalog import food_label
from catalog.models import Category, Certificate, ListingReview, Product
from catalog.models.variant import STORY_PARTS
from catalog.reads.wanted import Size, sold, wanted
from core import language, money
from core.language import Words, say
from core.related import related

# What is compared of the product itself, and what each is called.
COLUMNS = {
    "name_zh": say("名字", "Name in Chinese"),
    "name_en": say("名字（英文）", "Name in English"),
    "category": say("品类", "Category"),
    "kind": say("种类", "Kind"),
    "storage": say("储存", "Storage"),
    "origin": say("产地", "Grown in"),
    "producer_zh": say("生产者", "Producer"),
    "producer_en": say("生产者（英文）", "Producer, in English"),
    "licence_number": say("许可证", "Licence"),
    "ingredients_zh": say("配料", "Ingredients"),
    "ingredients_en": say("配料（英文）", "Ingredients, in English"),
    "allergens": say("含有的致敏物质", "Contains, of allergens"),
    "may_contain": say("可能含有的致敏物质", "May contain, of allergens"),
    "has_no_allergens": say("八类致敏物质都没有", "None of the eight allergens"),
    "nutrition_per": say("营养成分按", "Nutrition is told"),
    "energy_kj": say("能量（kJ）", "Energy (kJ)"),
    "protein_tenths": say("蛋白质（g）", "Protein (g)"),
    "fat_tenths": say("脂肪（g）", "Fat (g)"),
    "carbohydrate_tenths": say("碳水化合物（g）", "Carbohydrate (g)"),
    "sodium_mg": say("钠（mg）", "Sodium (mg)"),
    "summary_zh": say("介绍", "Summary"),
    "summary_en": say("介绍（英文）", "Summary, in English"),
    "story_zh": say("故事", "Story"),
    "story_en": say("故事（英文）", "Story, in English"),
    "storage_advice_zh": say("怎么保存", "Keeping"),
    "storage_advice_en": say("怎么保存（英文）", "Keeping, in English"),
    "shelf_life_days": say("保质期（天）", "Keeps, in days"),
    "dispatch_days": say("几天内发货", "Sent within days"),
    "return_rule_zh": say("退换规则", "Returns"),
    "return_rule_en": say("退换规则（英文）", "Returns, in English"),
    "after_sale_hours": say("售后（小时）", "Claims, in hours"),
}
_CHOICES: dict[str, Any] = {
    "kind": Product.Kind,
    "storage": Product.Storage,
    "nutrition_per": food_label.NutritionPer,
}
_VARIANT = {
    "name_zh": say("名字", "name in Chinese"),
    "name_en": say("名字（英文）", "name in English"),
    "net_content": say("净含量", "net content"),
    "weight_grams": say("毛重（克）", "weight (g)"),
    "price_minor": say("价格", "price"),
    "is_offered": say("在卖", "offered"),
}


@dataclass(frozen=True)
class Change:
    """One thing that is other than it was approved; empty where there was, or is, none."""

    name: str
    was: str
    is_now: str


def facts(product: Product, *, approved: bool = False) -> dict[str, Any]:
    """All that an operator looks at, as plain JSON: what an approval keeps, of sizes and papers what waits in place of
    what is sold. `approved`: without what waits."""
    of = sold if approved else wanted
    return {
        "columns": {
            name: getattr(product, f"{name}_id" if name in ("category", "origin") else name)
            for name in COLUMNS
        },
        "variants": {str(one.uid): _of_size(of(one)) for one in related(product, "variants")},
        "papers": {
            str(one.uid): _of_paper(one)
            for one in related(product, "certificates")
            if not (approved and one.is_waiting)
        },
    }


def _of_size(size: Size) -> dict[str, Any]:
    return {**{name: getattr(size, name) for name in _VARIANT}, "parts": size.parts}


def _of_paper(paper: Certificate) -> dict[str, str]:
    told = {
        "kind": paper.kind,
        "number": paper.number,
        "issuer": paper.issuer_zh,
        "term": f"{paper.issued_on} – {paper.expires_on}",
    }
    # What was approved before papers named marks has no such word, and did not change by that.
    return {**told, "mark": f"{paper.mark_zh} {paper.mark_en}".strip()} if paper.mark_zh else told


def changes(product: Product) -> list[Change]:
    """What is other than at its last approval, in the reader's language; where no approval has kept the facts, what waits."""
    approved = (
        one
        for one in related(product, "listing_reviews")
        if one.decision == ListingReview.Decision.APPROVED and one.seen
    )
    last = next(approved, None)
    if last is None and product.changes_state == Product.Changes.NONE:
        return []
    was, now = last.seen if last else facts(product, approved=True), facts(product)
    return [
        *_compared(was["columns"], now["columns"]),
        *_of_variants(was["variants"], now["variants"]),
        *_of_papers(was["papers"], now["papers"]),
    ]


def between(was: Size | None, now: Size) -> list[Change]:
    """What of one size is other than it was, or that it is new."""
    return list(_of_variants({"": _of_size(was)} if was else {}, {"": _of_size(now)}))


def _compared(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    for name, words in COLUMNS.items():
        # A column that is younger than the approval was empty then.
        column: Any = Product._meta.get_field(name)
        before = was[name] if name in was else column.get_default()
        if before != now[name]:
            yield Change(str(words), _shown(name, before), _shown(name, now[name]))


def _shown(name: str, value: Any) -> str:
    """A value in the reader's language."""
    if value in (None, ""):
        return ""
    if name in ("category", "origin"):
        row = (Category if name == "category" else Region).objects.filter(pk=value).first()
        return language.localized(row, "name") if row else str(value)
    if choices := _CHOICES.get(name):
        return str(choices(value).words) if value in choices.values else value
    if name == "price_minor":
        return money.show(value)
    if name.endswith("_tenths"):
        return food_label.in_grams(value)
    if isinstance(value, list):
        return food_label.named(value)
    if isinstance(value, bool):
        return str(say("是", "yes") if value else say("否", "no"))
    return str(value)


def _of_variants(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    for uid in [*was, *(uid for uid in now if uid not in was)]:
        before, after = was.get(uid), now.get(uid)
        called = _called(after or before or {})
        if before is None or after is None:
            yield Change(str(say("规格", "Size")), _variant_shown(before), _variant_shown(after))
            continue
        for name, words in _VARIANT.items():
            # What is younger than the approval was not kept by it.
            if before.get(name, after[name]) != after[name]:
                title = _titled(called, words)
                yield Change(title, _shown(name, before[name]), _shown(name, after[name]))
        for part, (zh, en) in STORY_PARTS.items():
            old, new = before["parts"].get(part, 0), after["parts"].get(part, 0)
            if old != new:
                yield Change(_titled(called, say(zh, en)), _percent(old), _percent(new))


def _called(one: dict[str, Any]) -> str:
    return str(Words(one["name_zh"], one["name_en"] or one["name_zh"]))


def _titled(called: str, words: Words) -> str:
    return str(say("{x}：{y}", "{x}: {y}", x=called, y=words))


def _percent(bps: int) -> str:
    return f"{bps / 100:g} %" if bps else ""


def _variant_shown(one: dict[str, Any] | None) -> str:
    return f"{_called(one)} · {money.show(one['price_minor'])}" if one else ""


def _of_papers(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    for uid in [*was, *(uid for uid in now if uid not in was)]:
        before, after = was.get(uid), now.get(uid)
        if before != after:
            yield Change(str(say("证书", "Certificate")), _paper_shown(before), _paper_shown(after))


def _paper_shown(one: dict[str, str] | None) -> str:
    if not one:
        return ""
    kind = one["kind"]
    words = str(Certificate.Kind(kind).words) if kind in Certificate.Kind.values else kind
    number = " ".join(filter(None, (one.get("mark"), one["number"])))
    return f"{words} {number} · {one['issuer']} · {one['term']}"
