"""Which entry a platform's project is: proposed by one person, approved by another, withdrawn but never edited."""

import re
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from contest.actions.batch import APPROVE, IMPORT, must_approve, weigh_all
from contest.actions.edition import must_at, must_be_apart
from contest.actions.tally import locked, retally
from contest.models import ImportBatch, OutsideSource, ProjectMapping
from contest.outside import adapter_named
from contest.reads.keeping import KEEP
from core import clock, texts
from core.language import say
from core.refusals import Conflict, Invalid
from impact.models import Entry, Round

PLATFORM = re.compile("[a-z0-9]{2,20}")


@transaction.atomic
def name_source(
    by: Person, round_: Round, platform: str, name: tuple[str, str], adapter: str
) -> OutsideSource:
    """A platform of which statements are imported; `name` is (Chinese, English). INVALID for one that is there."""
    must_at(round_, by, IMPORT, KEEP)
    if not PLATFORM.fullmatch(platform):
        raise Invalid(say("2 到 20 个小写字母或数字。", "2 to 20 small letters or digits."), field="platform")
    if OutsideSource.objects.filter(platform=platform).exists():
        raise Invalid(say("这个平台已经有了。", "This platform is there already."), field="platform")
    source = OutsideSource.objects.create(
        platform=platform,
        name_zh=line(name[0], "name_zh", 40),
        name_en=line(name[1], "name_en", 60),
        adapter=adapter_named(adapter).name,
    )
    audit.record(by, "create", "OutsideSource", source.uid, platform=platform, adapter=adapter)
    return source


def propose(
    by: Person,
    round_: Round,
    source: OutsideSource,
    project: str,
    entry: Entry | None,
    url: str = "",
    canonical: str = ProjectMapping.Canonical.HERE,
) -> ProjectMapping:
    """Say which entry a project is, or with None that it is none of this round; another approves it. CONFLICT where the
    project or the entry has one already."""
    must_at(round_, by, IMPORT)
    project = texts.code(line(project, "project", 60))
    if canonical not in ProjectMapping.Canonical.values:
        raise Invalid(field="canonical")
    if entry is not None and entry.round_id != round_.pk:
        raise Invalid(say("它不在这一赛段里。", "It is none of this round."), field="entry")
    try:
        with transaction.atomic():
            made = ProjectMapping.objects.create(
                source=source,
                round=round_,
                project=project,
                entry=entry,
                url=_address(url),
                canonical=canonical,
                proposed_by=by,
            )
            audit.record(by, "propose", "ProjectMapping", made.uid, project=project, entry=str(entry or ""))
    except IntegrityError:
        words = say(
            "这个项目或参赛项在这一赛段已有对应，先撤回原来的。",
            "This project or entry is matched in this round already: withdraw that first.",
        )
        raise Conflict(words, field="project") from None
    return made


def _address(url: str) -> str:
    url = line(url, "url", 300, required=False)
    parts = urlsplit(url) if url else None
    if parts and (parts.scheme != "https" or not parts.hostname or parts.username or " " in url):
        raise Invalid(say("请填写 https 开头的网址。", "An address that begins with https."), field="url")
    return url


@transaction.atomic
def approve(mapping: ProjectMapping, by: Person) -> ProjectMapping:
    """Agree that a project is that entry, by another than has proposed it; its sales that were imported count from now."""
    row = _held(mapping)
    must_approve(by, row.round, [row.proposed_by_id])
    if row.approved_at or row.withdrawn_at:
        raise Conflict()
    row.approved_by, row.approved_at = by, clock.now()
    row.save(update_fields=["approved_by", "approved_at"])
    audit.record(by, "approve", "ProjectMapping", row.uid, project=row.project)
    return _followed(row)


@transaction.atomic
def withdraw(mapping: ProjectMapping, by: Person) -> ProjectMapping:
    """Take a mapping back: by whoever imports or approves there while nobody has agreed, then by whoever approves; what
    counted by it counts no longer."""
    row = _held(mapping)
    must_at(row.round, by, *((APPROVE,) if row.approved_at else (IMPORT, APPROVE)))
    must_be_apart(row.round, by)
    if row.withdrawn_at:
        raise Conflict()
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    audit.record(by, "withdraw", "ProjectMapping", row.uid, project=row.project)
    return _followed(row)


def _held(mapping: ProjectMapping) -> ProjectMapping:
    locked(mapping.source)
    rows = ProjectMapping.objects.select_for_update(of=("self",))
    return rows.select_related("source", "round__edition", "round__region").get(pk=mapping.pk)


def _followed(mapping: ProjectMapping) -> ProjectMapping:
    waiting = ImportBatch.objects.filter(
        round=mapping.round, source=mapping.source, state__in=ImportBatch.WAITING
    )
    weigh_all(waiting)
    retally(mapping.round, mapping.source)
    return mapping
