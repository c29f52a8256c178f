"""Who carries an edition, and what it aims at."""

from django.db import IntegrityError, transaction

from accounts.actions import audit
from accounts.models import Organisation, Person
from catalog import clean
from contest.actions.edition import must_keep_edition
from contest.models import Partner, Target
from core.language import say
from core.refusals import Conflict, every
from impact.models import Edition

MOST_PARTNERS = 40
MOST_GOAL = 10**13


def save_partner(
    edition: Edition,
    by: Person,
    role: str,
    name: tuple[str, str],
    duty: tuple[str, str] = ("", ""),
    position: int = 0,
    organisation: Organisation | None = None,
    partner: Partner | None = None,
) -> Partner:
    """Name one, or write one anew; texts are (Chinese, English). CONFLICT where it has that role already."""
    must_keep_edition(edition, by)
    facts = every(
        {
            "role": lambda: clean.one_of(role, "role", Partner.Role.values),
            "name_zh": lambda: clean.text_for(Partner, "name_zh", name[0], required=True),
            "name_en": lambda: clean.text_for(Partner, "name_en", name[1], required=True),
            "duty_zh": lambda: clean.text_for(Partner, "duty_zh", duty[0]),
            "duty_en": lambda: clean.text_for(Partner, "duty_en", duty[1]),
            "position": lambda: clean.whole(position, "position", 0, 999),
        }
    )
    if partner is None and edition.partners.count() >= MOST_PARTNERS:
        raise Conflict(say("最多 {n} 家。", "{n} at most.", n=MOST_PARTNERS))
    row = partner or Partner(edition=edition)
    for column, value in {**facts, "organisation": organisation}.items():
        setattr(row, column, value)
    try:
        with transaction.atomic():
            row.save()
            audit.record(by, "save_partner", "Edition", edition.uid, partner=str(row.uid), role=row.role)
    except IntegrityError:
        raise Conflict(say("它已经有这个角色。", "It has that role already.")) from None
    return row


def remove_partner(partner: Partner, by: Person) -> None:
    """It does not carry the edition any more."""
    must_keep_edition(partner.edition, by)
    with transaction.atomic():
        audit.record(by, "remove_partner", "Edition", partner.edition.uid, partner=str(partner.uid))
        partner.delete()


def aim(edition: Edition, by: Person, kind: str, goal: int) -> Target | None:
    """What the edition aims at, of an amount in fen; 0 takes a target away."""
    must_keep_edition(edition, by)
    clean.one_of(kind, "kind", Target.Kind.values)
    goal = clean.whole(goal, "goal", 0, MOST_GOAL)
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=edition.pk)
        edition.targets.filter(kind=kind).delete()
        row = Target.objects.create(edition=edition, kind=kind, goal=goal) if goal else None
        audit.record(by, "aim", "Edition", edition.uid, kind=kind, goal=goal)
    return row
