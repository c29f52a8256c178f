"""Teams and their people: set up by an operator, kept up by their managers."""

import re
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person, Region
from accounts.permissions import may, must
from accounts.places import Place
from catalog import clean, search
from catalog.actions import address, desk, listing
from catalog.models import Product, SearchEntry, Team
from core.language import say
from core.refusals import Conflict, Invalid

TEXTS = (
    *("name_zh", "name_en", "village_zh", "village_en", "story_zh", "story_en"),
    *("producer_zh", "producer_en", "licence_number"),
    *("linking_zh", "linking_en", "sends_from", "returns_to", "carrier"),
)
# Who answers for the food: its team says so until an operator has approved something by it.
BODY = ("producer_zh", "producer_en", "licence_number")
SEEN_BODY = say(
    "已经有商品按它审核过了，要改请联系运营人员。",
    "Something was approved by it: ask an operator to put it right.",
)
CODE = re.compile("[A-Z][A-Z0-9]{1,11}")


def create(by: Person | None, *, code: str, county: Region, slug: str = "", **texts: str) -> Team:
    """An operator sets a team up; it offers nothing until its leader is verified. Without a slug its address says its
    Chinese name."""
    must(by, "catalog.keep_teams", at=Place(region=county.code))
    return set_up(by, code, county, slug, required=("name_zh", "name_en"), **texts)


def set_up(
    by: Person | None, code: str, county: Region, slug: str = "", *, required: tuple[str, ...], **texts: str
) -> Team:
    """The same for whoever has asked already that it may be."""
    code = _free_code(code)
    if county.level != Region.Level.COUNTY or county.parent is None:
        raise Invalid(say("请选择县（市、区）。", "Choose a county."), field="county")
    # Cities and districts directly below a province, such as 仙桃, are divisions themselves.
    division = county if county.parent.level == Region.Level.PROVINCE else county.parent
    team = Team(code=code, county=county, division=division)
    _write(team, texts, required=required)
    team.slug = address.chosen(Team, slug) if slug else address.made_of(Team, team.name_zh)
    with transaction.atomic():
        team.save()
        audit.record(by, "create", "Team", team.uid, code=code)
    return team


def _free_code(code: str) -> str:
    plain = clean.text_for(Team, "code", code.upper(), required=True)
    if not CODE.fullmatch(plain):
        words = say("用大写字母和数字，例如 HB01。", "Capital letters and digits, such as HB01.")
        raise Invalid(words, field="code")
    if Team.objects.filter(code=plain).exists():
        raise Invalid(say("这个代号已被使用。", "Another team has this code."), field="code")
    return plain


def change(team: Team, by: Person | None, **texts: Any) -> Team:
    """Its managers say who they are, where they work and how they send; an operator may put it right. With its name an
    address that we made of the one before moves, and that one leads on. CONFLICT on who answers for the food, once
    something was approved by it and for all but an operator."""
    desk.must_there(by, team, "catalog.describe_team")
    with transaction.atomic():
        # Locked, so that of two who rename it at once the second moves it on from where the first has left it.
        team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        was, body = team.name_zh, _body(team)
        _write(team, texts)
        if (
            body != _body(team)
            and _was_seen(team)
            and not may(by, "catalog.keep_teams", at=desk.place_of(team))
        ):
            raise Conflict(SEEN_BODY, field="producer_zh")
        team.save(update_fields=sorted({*texts, *address.move(team, was, team.name_zh)}))
        audit.record(by, "change", "Team", team.uid, fields=sorted(texts))
        _tell_products(team)
    return team


def _body(team: Team) -> list[str]:
    return [getattr(team, name) for name in BODY]


def _was_seen(team: Team) -> bool:
    return team.products.filter(published_at__isnull=False).exists()


def publish_story(team: Team, by: Person, story_zh: str, story_en: str | None = None) -> Team:
    """The media officer of its place tells a team's story on its page; the English stays where none is given."""
    desk.must_decide(by, team, "catalog.publish_stories")
    texts = {"story_zh": story_zh, **({"story_en": story_en} if story_en is not None else {})}
    with transaction.atomic():
        _write(team, texts, required=("story_zh",))
        if not team.story_zh:
            raise Invalid(say("请写点什么。", "Write something."), field="story_zh")
        team.save(update_fields=sorted(texts))
        audit.record(by, "publish_story", "Team", team.uid, fields=sorted(texts))
        _tell_products(team)
    return team


def rest(team: Team, by: Person | None, reason: str = "") -> Team:
    """An operator takes the whole team off the shelves, and says why: its managers read it at their desk."""
    desk.must_decide(by, team, "catalog.keep_teams")
    reason = line(reason, "reason", 200, required=by is not None)
    with transaction.atomic():
        stops = Team.objects.filter(pk=team.pk, is_active=True)
        if not stops.update(is_active=False, rest_reason=reason):
            raise Conflict()
        audit.record(by, "rest", "Team", team.uid)
        for product in team.products.filter(state=Product.State.PUBLISHED).order_by("id"):
            listing.stop(product, by, "team")
    team.is_active = False
    return team


def wake(team: Team, by: Person | None) -> Team:
    """The team may offer again; each of its products is put back on the shelf by itself."""
    desk.must_decide(by, team, "catalog.keep_teams")
    with transaction.atomic():
        Team.objects.filter(pk=team.pk).update(is_active=True, rest_reason="")
        audit.record(by, "wake", "Team", team.uid)
    team.is_active = True
    return team


def _tell_products(team: Team) -> None:
    for product in Product.objects.filter(
        id__in=SearchEntry.objects.filter(product__team=team).values("product")
    ):
        search.index([product.id])


def _write(team: Team, texts: dict[str, Any], required: tuple[str, ...] = ()) -> None:
    for name, value in texts.items():
        if name == "licence_expires_on":
            team.licence_expires_on = value
            continue
        if name not in TEXTS:
            raise TypeError(f"a team has no {name} to write")
        setattr(team, name, clean.text_for(Team, name, value, required=name in required))
