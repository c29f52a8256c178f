"""Whom a team declares as near to it."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import email_address, phone_number
from accounts.models import Person
from accounts.permissions import must
from accounts.places import Place
from catalog import clean
from contest.actions.case import APPEAL
from contest.actions.edition import demand_open
from contest.models import RelatedParty
from core.language import say
from core.refusals import Conflict
from impact.marks import mark_of_mailbox, mark_of_phone
from impact.models import Entry

Kind = RelatedParty.Kind


def declare(entry: Entry, kind: str, value: str, by: Person | None) -> RelatedParty:
    """A relative's or associate's mailbox or telephone: what is bought by it does not count. Only its keyed hash stays."""
    must(by, APPEAL, at=Place(subject=entry.team.uid))
    demand_open(entry.round.edition)
    clean.one_of(kind, "kind", Kind.values)
    edition = entry.round.edition
    if kind == Kind.PHONE:
        mark = mark_of_phone(edition, phone_number(value, "value"))
    else:
        mark = mark_of_mailbox(edition, email_address(value, "value"))
    with transaction.atomic():
        made, is_new = RelatedParty.objects.get_or_create(
            entry=entry, kind=kind, mark=mark, withdrawn_at=None, defaults={"declared_by": by}
        )
        if not is_new:
            raise Conflict(say("已经申报过。", "It was declared already."))
        audit.record(by, "declare", "RelatedParty", made.uid, kind=kind)
    return made


def withdraw(party: RelatedParty, by: Person) -> RelatedParty:
    """It was declared by mistake: what was found by it stays until somebody decides, and nothing more is."""
    must(by, APPEAL, at=Place(subject=party.entry.team.uid))
    demand_open(party.entry.round.edition)
    with transaction.atomic():
        if not RelatedParty.objects.filter(pk=party.pk, withdrawn_at=None).update(
            withdrawn_at=timezone.now()
        ):
            raise Conflict()
        audit.record(by, "withdraw", "RelatedParty", party.uid, kind=party.kind)
    return party
