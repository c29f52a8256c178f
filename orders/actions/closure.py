"""Incidents and the places they close, as operators tell them; who is to wait for it is found afterwards."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import clean
from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import Place, may_anywhere, must
from accounts.reads import region_coded
from catalog.models import Product
from core.language import say
from core.outbox import record
from core.refusals import Invalid, NotAllowed, TooLate, every
from core.texts import has_ink, visible
from orders.events import PlacesChanged
from orders.models import Closure, Incident
from orders.reads import closure as reads

PERMISSION = "orders.close_places"
LINES = {"title_zh": 80, "title_en": 120}
TEXTS = {"words_zh": 2000, "words_en": 3000}
REASONS = {"reason_zh": 120, "reason_en": 180}


@transaction.atomic
def open_incident(
    by: Person | None, *, begins_at: datetime | None = None, ends_at: datetime | None = None, **texts: str
) -> Incident:
    """Something has happened: from now, or another moment, until one that is told or until it is said to be over."""
    _must_somewhere(by)
    told = _texts({name: texts.get(name, "") for name in (*LINES, *TEXTS)})
    begins = begins_at or timezone.now()
    _check_end(begins, ends_at)
    made = Incident.objects.create(begins_at=begins, ends_at=ends_at, opened_by=by, **told)
    audit.record(by, "open", "Incident", made.uid)
    return made


@transaction.atomic
def update_incident(incident: Incident, by: Person | None, **texts: str) -> Incident:
    """Tell it better; only what is given changes."""
    _must_for(incident, by)
    told = _texts(texts)
    Incident.objects.filter(pk=incident.pk).update(**told)
    audit.record(by, "change", "Incident", incident.uid, fields=sorted(told))
    _changed()
    return Incident.objects.get(pk=incident.pk)


@transaction.atomic
def end_incident(incident: Incident, by: Person | None) -> Incident:
    """It is over: what it closed is open from now on. Over already, it stays as it was."""
    _must_for(incident, by)
    incident = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    now = timezone.now()
    if incident.ends_at is None or incident.ends_at > now:
        incident.ends_at = max(now, incident.begins_at)
        incident.save(update_fields=["ends_at"])
        audit.record(by, "end", "Incident", incident.uid)
    for closure in incident.closures.filter(ends_at=None) | incident.closures.filter(ends_at__gt=now):
        must(by, PERMISSION, Place(region=closure.region_id))
        _end(closure, now, by)
    return incident


@transaction.atomic
def close_place(
    incident: Incident,
    by: Person | None,
    *,
    region_code: str,
    storage: str = "",
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    **reasons: str,
) -> Closure:
    """Deliver nothing to a place, or nothing of a storage class, from now or another moment on; places may be closed
    by several at once."""
    _must_somewhere(by)
    incident = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    if incident.ends_at is not None and incident.ends_at <= timezone.now():
        raise TooLate(say("这件事已经结束，请另开一件。", "This incident is over; open another one."))
    begins = begins_at or timezone.now()
    told = every(
        {
            "region": lambda: region_coded(region_code, "region_code"),
            "storage": lambda: _storage(storage),
            "ends_at": lambda: _check_end(begins, ends_at),
            **{name: partial(clean.line, reasons.get(name), name, most) for name, most in REASONS.items()},
        }
    )
    must(by, PERMISSION, Place(region=told["region"].code))
    made = Closure.objects.create(incident=incident, begins_at=begins, **told)
    audit.record(by, "close_place", "Closure", made.uid, region=made.region_id, storage=storage)
    _changed(made)
    return made


@transaction.atomic
def open_place(closure: Closure, by: Person | None, at: datetime | None = None) -> Closure:
    """Open it again now, or say when: sooner or later than was told. Open already, it stays as it was."""
    must(by, PERMISSION, Place(region=closure.region_id))
    closure = Closure.objects.select_for_update(no_key=True).get(pk=closure.pk)
    now = timezone.now()
    if closure.ends_at is not None and closure.ends_at <= now:
        if at is not None and at > now:
            raise TooLate(
                say("已经恢复配送；再停请另行关闭。", "It is open again; to close it, close it anew.")
            )
        return closure
    return _end(closure, max(at or now, now), by)


def _must_somewhere(by: Person | None) -> None:
    if by is not None and not may_anywhere(by, PERMISSION):
        raise NotAllowed()


def _must_for(incident: Incident, by: Person | None) -> None:
    """Whoever may for the whole shop may tell of all incidents; whoever may at a place, of her own."""
    _must_somewhere(by)
    if by is not None and incident.opened_by_id != by.pk:
        must(by, PERMISSION)


def _end(closure: Closure, at: datetime, by: Person | None) -> Closure:
    closure.ends_at = max(at, closure.begins_at)  # one that has not begun never holds
    closure.save(update_fields=["ends_at"])
    audit.record(by, "open_place", "Closure", closure.uid, at=closure.ends_at.isoformat())
    _changed(closure)
    return closure


def _changed(closure: Closure | None = None) -> None:
    """This process looks anew at once, the others within half a second; parcels are looked for afterwards."""
    reads.forget()
    transaction.on_commit(reads.forget)
    if closure is not None:
        record(PlacesChanged(closure_id=closure.pk))


def _texts(given: dict[str, str]) -> dict[str, Any]:
    lines = {
        name: partial(clean.line, given[name], name, LINES[name]) for name in given.keys() & LINES.keys()
    }
    texts = {name: partial(_text, given[name], name) for name in given.keys() & TEXTS.keys()}
    return every(dict(sorted({**lines, **texts}.items())))


def _text(text: str | None, field: str) -> str:
    plain = visible(text or "").strip()
    if not has_ink(plain):
        raise Invalid(say("请填写这一项。", "Please fill this in."), field=field)
    if len(plain) > TEXTS[field]:
        raise Invalid(say("最多 {n} 个字。", "At most {n} characters.", n=TEXTS[field]), field=field)
    return plain


def _storage(storage: str) -> str:
    if storage and storage not in Product.Storage.values:
        raise Invalid(say("没有这个储运类别。", "There is no such storage class."), field="storage")
    return storage


def _check_end(begins: datetime, ends: datetime | None) -> datetime | None:
    if ends is not None and (ends <= begins or ends <= timezone.now()):
        words = say("结束时间要晚于开始和现在。", "It ends after it begins, and after now.")
        raise Invalid(words, field="ends_at")
    return ends
