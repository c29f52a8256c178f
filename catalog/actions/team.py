"""Teams and their people: set up by an operator, kept up by their managers."""

import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person, Region
from accounts.permissions import must
from accounts.places import Place
from catalog import clean, search
from catalog.actions import desk, listing, manager
from catalog.events import ManagerNamed
from catalog.models import Product, SearchEntry, Team, TeamMember
from catalog.reads import managers_of
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotAllowed

TEXTS = (
    *("name_zh", "name_en", "village_zh", "village_en", "story_zh", "story_en"),
    *("producer_zh", "producer_en", "licence_number"),
)
CODE, SLUG = re.compile("[A-Z][A-Z0-9]{1,11}"), re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def create(by: Person | None, *, code: str, county: Region, slug: str = "", **texts: str) -> Team:
    """An operator sets a team up; it offers nothing until its leader is verified. Without a slug its address is made of its
    code."""
    must(by, "catalog.keep_teams", at=Place(region=county.code))
    code, slug = _free_code(code), _free_slug(slug or code.strip().lower())
    if county.level != Region.Level.COUNTY or county.parent is None:
        raise Invalid(say("请选择县（市、区）。", "Choose a county."), field="county")
    # Cities and districts directly below a province, such as 仙桃, are divisions themselves.
    division = county if county.parent.level == Region.Level.PROVINCE else county.parent
    team = Team(code=code, slug=slug, county=county, division=division)
    _write(team, texts, required=("name_zh", "name_en"))
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


def _free_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        words = say("只能用小写字母、数字和连字符。", "Small letters, digits and hyphens only.")
        raise Invalid(words, field="slug")
    if Team.objects.filter(slug=slug).exists():
        raise Invalid(say("这个地址已被使用。", "This address is taken."), field="slug")
    return slug


def change(team: Team, by: Person | None, **texts: str) -> Team:
    """Its managers say who they are and where they work; an operator may put it right."""
    desk.must_keep(by, team)
    with transaction.atomic():
        _write(team, texts)
        team.save(update_fields=sorted(texts))
        audit.record(by, "change", "Team", team.uid, fields=sorted(texts))
        _tell_products(team)
    return team


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


def add_member(
    team: Team, person: Person, by: Person | None, role: str = TeamMember.Role.MANAGER
) -> TeamMember:
    """An operator gives somebody a part in the team; her purchases from it no longer count in a contest."""
    must(by, "catalog.keep_teams", at=desk.place_of(team))
    with transaction.atomic():
        part, made = TeamMember.objects.get_or_create(
            team=team, person=person, ended_at=None, defaults={"role": role}
        )
        if not made and part.role != role:
            part.role = role
            part.save(update_fields=["role"])
        audit.record(by, "add_member", "Team", team.uid, person=str(person.uid), role=role)
    return part


def name_manager(team: Team, person: Person, by: Person) -> TeamMember:
    """An operator names who keeps the desk from now on, beside whoever does today; she is none of them."""
    if person.pk == by.pk:
        raise NotAllowed(say("不能对自己这样做。", "Nobody does this to themselves."))
    if not person.is_active or person.email_verified_at is None:
        raise Invalid(
            say("这个账户现在不能登录。", "Nobody can sign in with this account now."), field="email"
        )
    with transaction.atomic():
        known = team.members.filter(person=person, ended_at=None, role=TeamMember.Role.MANAGER).exists()
        part = add_member(team, person, by)
        if not known:
            # She has asked for nothing: she hears of it.
            record(ManagerNamed(part_id=part.pk))
    return part


def end_member(part: TeamMember, by: Person | None) -> None:
    """From the next request on the desk is closed to her; a team that sells keeps somebody at it. An operator ends it, or
    one of the team's managers, her own part too."""
    desk.must_keep(by, part.team)
    with transaction.atomic():
        team = Team.objects.select_for_update(no_key=True).get(pk=part.team_id)
        if team.is_active and part.person in managers_of(team.pk) and managers_of(team.pk).count() == 1:
            words = say("请先指定另一位管理员。", "Please name another manager first.")
            raise Conflict(words)
        TeamMember.objects.filter(pk=part.pk, ended_at=None).update(ended_at=timezone.now())
        manager.end_appointments(part, "工作台结束 · the desk was closed")
        audit.record(by, "end_member", "Team", part.team.uid, person=str(part.person.uid))


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
        if name not in TEXTS:
            raise TypeError(f"a team has no {name} to write")
        setattr(team, name, clean.text_for(Team, name, value, required=name in required))
