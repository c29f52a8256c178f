"""An edition of a contest: opened with a secret of its own, archived when it is over."""

import re
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person, Region
from accounts.permissions import may, must
from accounts.places import Place
from catalog import clean
from contest.models import Archive, Award, Case, ReExamination, RegistrationAppeal, RoundPlan
from contest.reads.apart import is_apart
from contest.reads.keeping import demand_open as demand_open
from core import clock
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, TooLate, every
from impact.models import Edition, Round
from impact.sealing import seal

KEEP = "contest.keep_editions"
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def open_edition(
    slug: str,
    ordinal: int,
    name: tuple[str, str],
    theme: tuple[str, str] = ("", ""),
    by: Person | None = None,
) -> Edition:
    """A contest; `name` and `theme` are (Chinese, English). INVALID on the field for a slug that is taken or none."""
    must(by, KEEP)
    told = every(
        {
            "slug": lambda: _free_slug(slug),
            "ordinal": lambda: clean.whole(ordinal, "ordinal", 1, 999),
            "name_zh": lambda: clean.text_for(Edition, "name_zh", name[0], required=True),
            "name_en": lambda: clean.text_for(Edition, "name_en", name[1], required=True),
            "theme_zh": lambda: clean.text_for(Edition, "theme_zh", theme[0]),
            "theme_en": lambda: clean.text_for(Edition, "theme_en", theme[1]),
        }
    )
    with transaction.atomic():
        # Person keys are made with it: the same person within an edition, unlinkable between two.
        edition = Edition.objects.create(**told, sealed_key=seal(secrets.token_bytes(32)))
        audit.record(by, "create", "Edition", edition.uid)
    return edition


def place_of_edition(edition: Edition) -> Place:
    """Where an edition lies: in the one province that its rounds are of, if there is one."""
    provinces = set(edition.rounds.filter(region__isnull=False).values_list("region", flat=True)[:2])
    return Place(region=provinces.pop() if len(provinces) == 1 else None, subject=edition.uid)


def place_of_round(edition: Edition, region: Region | None) -> Place:
    """Where a round lies: in its province and its edition."""
    return Place(region=region.code if region else None, subject=edition.uid)


def must_at(round_: Round, by: Person | None, *permissions: str) -> None:
    """Refuse whoever has none of these where the round lies, and any deed in an archived edition."""
    place = place_of_round(round_.edition, round_.region)
    if not any(may(by, permission, at=place) for permission in permissions[:-1]):
        must(by, permissions[-1], at=place)
    demand_open(round_.edition)


def must_be_apart(round_: Round, by: Person) -> None:
    """Refuse whoever is or was of a team that takes part in the round: what she decides about one moves her own."""
    if not is_apart(by, round_):
        words = say(
            "本赛段有您的团队，这里的事不由您决定。",
            "A team of yours is in this round: nothing in it is yours to decide.",
        )
        raise NotAllowed(words)


def must_keep_edition(edition: Edition, by: Person | None) -> None:
    """Refuse whoever does not keep the edition where it lies, and any deed on an archived one."""
    must(by, KEEP, at=place_of_edition(edition))
    demand_open(edition)


def archive(edition: Edition, by: Person) -> Archive:
    """It is over and stays as it is: read by everybody, changed by nobody; once each of its rounds is frozen, each
    result final, and nothing of it waits to be decided or handed over."""
    must_keep_edition(edition, by)
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(pk=edition.pk)
        demand_open(row)
        rounds = list(row.rounds.select_related("plan"))
        if not rounds or any(round_.phase(clock.now()) != Round.Phase.FROZEN for round_ in rounds):
            raise TooLate(say("还有没冻结的赛段。", "A round of it is not frozen yet."))
        if any(round_.plan.rulebook_id and round_.plan.state != RoundPlan.State.FINAL for round_ in rounds):
            raise Conflict(say("还有没定下的结果。", "A result of it is not final yet."))
        if _waits(row):
            raise Conflict(
                say(
                    "还有没决定的复查、案件或没发出的奖项。",
                    "A re-examination or case of it is undecided, or an award is not handed over.",
                )
            )
        made = Archive.objects.create(edition=row, at=timezone.now(), by=by)
        audit.record(by, "archive", "Edition", row.uid)
    return made


def _waits(edition: Edition) -> bool:
    """Whether something of it still has to be decided or handed over, which nobody could do later."""
    awards = Award.objects.filter(entry__round__edition=edition)
    return (
        ReExamination.objects.filter(entry__round__edition=edition, state=ReExamination.State.OPEN).exists()
        or Case.objects.filter(round__edition=edition).exclude(state=Case.State.FINAL).exists()
        or awards.filter(state__in=(Award.State.PROPOSED, Award.State.APPROVED)).exists()
        or RegistrationAppeal.objects.filter(registration__round__edition=edition, answered_at=None).exists()
    )


def _free_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        words = say("只能用小写字母、数字和连字符。", "Small letters, digits and hyphens only.")
        raise Invalid(words, field="slug")
    if Edition.objects.filter(slug=slug).exists():
        raise Invalid(say("这个地址已被使用。", "This address is taken."), field="slug")
    return slug
