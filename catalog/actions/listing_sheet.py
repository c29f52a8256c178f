"""A team's table, from the file that is sent in to the word that it be done; a worker looks at it and does it."""

import hashlib
from datetime import timedelta
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from catalog import clean
from catalog.actions import desk
from catalog.events import ListingSheetMoved
from catalog.models import ListingSheet, ListingSheetContent, Team
from core import outbox
from core.language import say
from core.refusals import Conflict, Invalid
from core.tables import BOUNDS

State = ListingSheet.State
# What was looked at is good for a day; what became of tables is known for ninety.
GOOD_FOR, REMEMBERED_FOR = timedelta(days=1), timedelta(days=90)
IN_HAND = say(
    "上一张表还在处理，请等它好了再传。",
    "The table before is still being worked at: please wait until it is done.",
)
NOTHING_TO_DO = say("这张表没有要存的。", "There is nothing to save in this table.")


def send_in(team: Team, by: Person, kind: str, file: BinaryIO) -> ListingSheet:
    """Take a table in; a worker looks at it. One that was looked at and waited for a word gives way."""
    desk.must_at_desk(by, team.id)
    clean.one_of(kind, "kind", ListingSheet.Kind.values)
    file.seek(0, 2)
    if file.tell() > BOUNDS.bytes:
        words = say("文件超过 {n} MB。", "The file is larger than {n} MB.", n=BOUNDS.bytes // 2**20)
        raise Invalid(words, field="file")
    file.seek(0)
    body = file.read()
    with transaction.atomic():
        # Two who send at one moment: the second waits here, and finds the first one's.
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        if team.listing_sheets.filter(state__in=ListingSheet.WORKED_AT).exists():
            raise Conflict(IN_HAND, field="file")
        for before in team.listing_sheets.filter(state__in=(State.READY, State.FAULTY)):
            _give_up(before)
        sheet = team.listing_sheets.create(
            kind=kind, sha256=hashlib.sha256(body).hexdigest(), sent_by=by, sent_at=timezone.now()
        )
        ListingSheetContent.objects.create(sheet=sheet, body=body)
        audit.record(by, "send", "ListingSheet", sheet.uid, kind=kind, team=team.code)
        outbox.record(ListingSheetMoved(sheet.pk))
    return sheet


def save(sheet: ListingSheet, by: Person) -> ListingSheet:
    """Do what was looked at; a worker does. Asked for once more, it is not done once more."""
    desk.must_at_desk(by, sheet.team_id)
    with transaction.atomic():
        row = ListingSheet.objects.select_for_update(of=("self",), no_key=True).get(pk=sheet.pk)
        if row.state != State.READY:
            raise Conflict()
        if not row.groups_total:
            raise Invalid(NOTHING_TO_DO)
        row.move_to(State.SAVING, saved_by=by, saving_since=timezone.now())
        audit.record(by, "save", "ListingSheet", row.uid, kind=row.kind, groups=row.groups_total)
        outbox.record(ListingSheetMoved(row.pk))
    return row


def discard(sheet: ListingSheet, by: Person) -> ListingSheet:
    """Do nothing of it after all."""
    desk.must_at_desk(by, sheet.team_id)
    with transaction.atomic():
        row = ListingSheet.objects.select_for_update(of=("self",), no_key=True).get(pk=sheet.pk)
        if row.state not in (State.READY, State.FAULTY):
            raise Conflict()
        _give_up(row)
        audit.record(by, "discard", "ListingSheet", row.uid, kind=row.kind)
    return row


def _give_up(sheet: ListingSheet) -> None:
    sheet.move_to(State.DISCARDED)
    ListingSheetContent.objects.filter(sheet=sheet).delete()


def forget_old() -> int:
    """What nobody has said a word about for a day is given up; what became of a table is forgotten after ninety."""
    now = timezone.now()
    for sheet in ListingSheet.objects.filter(state=State.READY, sent_at__lt=now - GOOD_FOR):
        with transaction.atomic():
            _give_up(sheet)
    old = ListingSheet.objects.exclude(state__in=ListingSheet.WORKED_AT)
    gone, _ = old.filter(sent_at__lt=now - REMEMBERED_FOR).delete()
    return gone
