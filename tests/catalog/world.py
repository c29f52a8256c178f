"""A small world of shelves, built in a few words: `a_lot(units=5)` brings team, product and variant along."""

import itertools
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Appointment, Person, Region
from catalog.actions import card
from catalog.models import (
    Category,
    Leader,
    Lot,
    PriceStory,
    Product,
    Team,
    TeamMember,
    TeamNews,
    Variant,
)
from core import clock
from tests.factor import awake

_count = itertools.count(1)
ALL_YEAR = list(range(1, 13))
STORY = {
    "farm_gate": 4600,
    "labour": 800,
    "packaging": 1400,
    "logistics": 1800,
    "testing": 100,
    "gateway": 100,
    "platform": 200,
    "team": 800,
    "reserve": 200,
}
STORY_INPUT = {{"farm_gate": "farmGate"}.get(part, part): bps for part, bps in STORY.items()}


def a_region(code: str, zh: str, en: str, level: int, parent: Region | None = None) -> Region:
    values = {"name_zh": zh, "name_en": en, "level": level, "parent": parent}
    return Region.objects.get_or_create(code=code, defaults=values)[0]


def a_county() -> Region:
    """Zigui in Yichang in Hubei."""
    province = a_region("420000", "湖北省", "Hubei", 1)
    division = a_region("420500", "宜昌市", "Yichang", 2, province)
    return a_region("420527", "秭归县", "Zigui", 3, division)


def a_person(**fields: Any) -> Person:
    email = fields.pop("email", f"villager{next(_count)}@example.com")
    return awake(Person.objects.create_user(email, "a long password", **fields))


def an_operator() -> Person:
    person = a_person()
    person.appointments.create(role="operator", starts_at=timezone.now() - timedelta(hours=1))
    return person


def a_team(*, verified: bool = True, manager: Person | None = None, **fields: Any) -> Team:
    """A team with a leader; by default an operator has verified her."""
    n = next(_count)
    county = fields.pop("county", None) or a_county()
    values = {
        "code": f"T{n}",
        "slug": f"team-{n}",
        "name_zh": f"示例{n}队",
        "name_en": f"Demo Team {n}",
        "village_zh": "示例村",
        "village_en": "Demo Village",
        "county": county,
        "division": county.parent,
        "producer_zh": "示例合作社",
        "producer_en": "Demo Cooperative",
        "licence_number": "示例 SC 000",
    }
    team = Team.objects.create(**{**values, **fields})
    at = timezone.now() if verified else None
    Leader.objects.create(team=team, name_zh="向立春", name_en="Xiang Lichun", verified_at=at)
    if manager:
        works_at(team, manager)
    return team


def works_at(team: Team, person: Person, role: str = "team_manager", **term: Any) -> Appointment:
    """She is that at the team's desk from now on, and has been for an hour, unless the term says another; nobody is told."""
    part = "manager" if role == "team_manager" else "member"
    TeamMember.objects.get_or_create(team=team, person=person, ended_at=None, defaults={"role": part})
    person.forget_terms()
    term = {"starts_at": timezone.now() - timedelta(hours=1), **term}
    return person.appointments.create(role=role, subject=team.uid, **term)


def a_news(team: Team | None = None, state: str = "waiting", days_ago: int = 0, **fields: Any) -> TeamNews:
    """Words of a team to its buyers, in this state; let out so many days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    decided = {"decided_at": at} if state in ("published", "returned") else {}
    values = {
        "kind": "thanks",
        "title_zh": "谢谢大家",
        "words_zh": "橙子都卖完了，修了蓄水池。",
        **decided,
        **fields,
    }
    values |= {"published": {"published_at": at}, "returned": {"reason": "有一户的名字"}}.get(state, {})
    return TeamNews.objects.create(team=team or a_team(), state=state, **values)


def a_category(slug: str = "fruit", zh: str = "水果", en: str = "Fruit") -> Category:
    return Category.objects.get_or_create(slug=slug, defaults={"name_zh": zh, "name_en": en})[0]


def a_product(team: Team | None = None, **fields: Any) -> Product:
    """A product, published unless said otherwise, with all that a food buyer looks for."""
    n = next(_count)
    team = team or a_team()
    values = {
        "slug": f"product-{n}",
        "team": team,
        "category": fields.pop("category", None) or a_category(),
        "kind": Product.Kind.FRESH,
        "storage": Product.Storage.FRESH,
        "state": Product.State.PUBLISHED,
        "name_zh": "秭归夏橙",
        "name_en": "Zigui summer oranges",
        "illustration": "navel-orange",
        "season_months": ALL_YEAR,
        "shelf_life_days": 30,
        "storage_advice_zh": "阴凉通风处存放",
        "storage_advice_en": "Keep cool and airy",
        "producer_zh": "示例合作社",
        "producer_en": "Demo Cooperative",
        "licence_number": "示例 SC 000",
        "origin": team.county,
        "return_rule_zh": "签收后 72 小时内拍照申请售后",
        "return_rule_en": "Send a photo within 72 hours of delivery",
        "after_sale_hours": 72,
        "published_at": timezone.now(),
        "price_from_minor": 3690,  # until its variants tell
    }
    return Product.objects.create(**{**values, **fields})


def a_story(variant: Variant, **bps: int) -> PriceStory:
    return PriceStory.objects.create(variant=variant, **{f"{k}_bps": v for k, v in (bps or STORY).items()})


def a_variant(
    product: Product | None = None, *, story: dict[str, int] | None = None, **fields: Any
) -> Variant:
    """A variant of 36.90 with the price story of the worked example: 54 % for the households."""
    values = {
        "product": product or a_product(),
        "name_zh": "5 斤装",
        "name_en": "2.5 kg box",
        "net_content": "2.5 kg",
        "weight_grams": 2800,
        "price_minor": 3690,
    }
    variant = Variant.objects.create(**{**values, **fields})
    variant.story = a_story(variant, **(story or STORY))
    variant.approved_price_minor = variant.price_minor
    variant.approved_household_bps = variant.story.household_bps
    variant.save()
    card.refresh([variant.product_id])
    return variant


def a_lot(variant: Variant | None = None, *, units: int = 100, **fields: Any) -> Lot:
    """An open lot of so many units, harvested last week."""
    today = clock.today()
    values = {
        "variant": variant or a_variant(),
        "code": f"L{next(_count)}",
        "place_zh": "示例村",
        "place_en": "Demo Village",
        "harvest_from": today - timedelta(days=9),
        "harvest_to": today - timedelta(days=2),
        "best_before": today + timedelta(days=30),
        "units_declared": units,
        "units_available": units,
    }
    lot = Lot.objects.create(**{**values, **fields})
    card.refresh(variants=[lot.variant_id])
    return lot


def a_planned_lot(variant: Variant | None = None, *, ship_by: date | None = None, **fields: Any) -> Lot:
    """A lot that is harvested in two months and sent within three."""
    today = clock.today()
    values = {
        "state": Lot.State.PLANNED,
        "harvest_from": today + timedelta(days=60),
        "harvest_to": today + timedelta(days=70),
        "best_before": None,
        "ship_by": ship_by or today + timedelta(days=90),
    }
    return a_lot(variant, **{**values, **fields})


def published(team: Team) -> Variant:
    """The variant of a product of this team, on the shelf with a lot to sell."""
    product = a_product(team, summary_zh="甜")
    return a_lot(a_variant(product)).variant
