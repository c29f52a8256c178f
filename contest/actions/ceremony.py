"""Ceremonies: told of, invited to, attended; and the one that opens a round."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import email_address, line
from accounts.models import Person
from catalog import clean
from contest.actions.edition import must_keep_edition
from contest.actions.round import check_order
from contest.actions.training import link
from contest.events import GuestInvited
from contest.models import Ceremony, CeremonyGuest
from core import clock, outbox
from core.language import say
from core.refusals import Conflict, Invalid, TooLate, every
from impact.models import Edition, Round

MOST_GUESTS = 2000
GUESTS_LAST = timedelta(days=90)


def save(
    edition: Edition, by: Person, facts: Mapping[str, Any], ceremony: Ceremony | None = None
) -> Ceremony:
    """A new ceremony, or other words of one. `facts`: title_zh, title_en, place_zh, place_en, begins_at, link (https, a live
    picture or recording), opens (a Round of the edition that has not begun, or None)."""
    must_keep_edition(edition, by)
    told = every(
        {
            "title_zh": lambda: clean.text_for(Ceremony, "title_zh", facts.get("title_zh"), required=True),
            "title_en": lambda: clean.text_for(Ceremony, "title_en", facts.get("title_en")),
            "place_zh": lambda: clean.text_for(Ceremony, "place_zh", facts.get("place_zh")),
            "place_en": lambda: clean.text_for(Ceremony, "place_en", facts.get("place_en")),
            "begins_at": lambda: _moment(facts.get("begins_at")),
            "link": lambda: link(facts.get("link") or ""),
        }
    )
    if ceremony is None or ceremony.opened_at is None:
        told["opens"] = _opens(edition, facts.get("opens"), ceremony)
    with transaction.atomic():
        if ceremony is None:
            ceremony = Ceremony.objects.create(edition=edition, **told)
        else:
            for name, value in told.items():
                setattr(ceremony, name, value)
            ceremony.save(update_fields=list(told))
        audit.record(by, "save", "Ceremony", ceremony.uid)
    return ceremony


def invite(ceremony: Ceremony, by: Person, facts: Mapping[str, Any]) -> CeremonyGuest:
    """Somebody more, with a code of her own; with a mailbox she is told by letter. `facts`: name, body, email, language."""
    must_keep_edition(ceremony.edition, by)
    told = every(
        {
            "name": lambda: line(facts.get("name"), "name", 60),
            "body": lambda: line(facts.get("body"), "body", 80, required=False),
            "email": lambda: email_address(facts["email"]) if (facts.get("email") or "").strip() else "",
        }
    )
    told["language"] = "en" if facts.get("language") == "en" else "zh"
    if ceremony.guests.count() >= MOST_GUESTS:
        raise Conflict(say("最多 {n} 位。", "At most {n}.", n=MOST_GUESTS))
    try:
        with transaction.atomic():
            guest = CeremonyGuest.objects.create(ceremony=ceremony, **told)
            audit.record(by, "invite", "Ceremony", ceremony.uid)
            if guest.email:
                outbox.record(GuestInvited(guest.pk))
    except IntegrityError as twin:
        raise Conflict(
            say("这个邮箱已经请过了。", "This mailbox is invited already."), field="email"
        ) from twin
    return guest


def let_in(guest: CeremonyGuest, by: Person) -> CeremonyGuest:
    """She has come; once more changes nothing."""
    must_keep_edition(guest.ceremony.edition, by)
    with transaction.atomic():
        row = (
            CeremonyGuest.objects.select_for_update(of=("self",)).select_related("ceremony").get(pk=guest.pk)
        )
        if row.came_at is None:
            row.came_at, row.let_in_by = timezone.now(), by
            row.save(update_fields=["came_at", "let_in_by"])
            audit.record(by, "let_in", "Ceremony", row.ceremony.uid)
    return row


def forget_guests() -> int:
    """Whoever was invited to what is long over is forgotten; how many came stays in the audit log."""
    past = CeremonyGuest.objects.filter(ceremony__begins_at__lt=clock.now() - GUESTS_LAST)
    return past.delete()[0]


def open_it(ceremony: Ceremony, by: Person) -> Ceremony:
    """Open its round now, earlier than its plan said: what is bought from this moment on counts.

    CONFLICT without a round, or a rulebook that is not frozen; TOO_LATE where the round has begun, INVALID before the one
    that leads to it is frozen.
    """
    must_keep_edition(ceremony.edition, by)
    if ceremony.opens_id is None:
        raise Conflict(say("这个仪式不开启赛段。", "This ceremony opens no round."))
    with transaction.atomic():
        round_ = (
            Round.objects.select_for_update(of=("self",))
            .select_related("plan__rulebook")
            .get(pk=ceremony.opens_id)
        )
        now = clock.now()
        if round_.phase(now) != Round.Phase.COMING:
            raise TooLate(say("赛段已经开始了。", "The round has begun already."))
        if round_.plan.rulebook is None or not round_.plan.rulebook.is_frozen:
            raise Conflict(say("先冻结规则，再开启。", "Freeze its rulebook first."))
        round_.opens_at = now
        check_order(round_)
        round_.save(update_fields=["opens_at"])
        ceremony.opened_at, ceremony.opened_by = now, by
        ceremony.save(update_fields=["opened_at", "opened_by"])
        audit.record(
            by, "open", "Edition", ceremony.edition.uid, level=round_.level, opens_at=now.isoformat()
        )
    return ceremony


def _moment(moment: Any) -> datetime:
    if not isinstance(moment, datetime):
        raise Invalid(say("请填写时间。", "Say when."), field="begins_at")
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)


def _opens(edition: Edition, round_: Round | None, ceremony: Ceremony | None) -> Round | None:
    if round_ is None:
        return None
    if round_.edition_id != edition.pk or round_.phase(clock.now()) != Round.Phase.COMING:
        raise Invalid(say("只能开启还没开始的赛段。", "A round that has not begun."), field="opens")
    other = Ceremony.objects.filter(opens=round_).exclude(pk=ceremony.pk if ceremony else 0)
    if other.exists():
        raise Invalid(say("已有别的仪式开启它。", "Another ceremony opens it."), field="opens")
    return round_
