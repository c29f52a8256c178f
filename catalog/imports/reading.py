"""A table that was sent in is looked at by one worker at a time; how far it has come is told meanwhile."""

from io import BytesIO

from django.db import transaction

from accounts.permissions import with_desk_alone
from catalog.imports.doing import WORKERS
from catalog.imports.looking import look
from catalog.models import ListingSheet, ListingSheetContent
from core.alone import alone

State = ListingSheet.State


def read(sheet_id: int) -> bool:
    """Look at the whole table; False where somebody else does, or it was looked at. A reader that died is followed by
    another, which begins anew."""
    with alone(WORKERS, sheet_id) as is_mine:
        sheet = ListingSheet.objects.select_related("team", "sent_by").get(pk=sheet_id)
        if not is_mine or sheet.state != State.READING:
            return False
        body = ListingSheetContent.objects.values_list("body", flat=True).get(sheet=sheet)

        def step(rows: int, of: int | None) -> None:
            ListingSheet.objects.filter(pk=sheet_id).update(rows_read=rows, rows_total=of)

        by = sheet.sent_by and with_desk_alone(sheet.sent_by, sheet.sent_at)
        looked = look(sheet.team, sheet.kind, BytesIO(body), by, step)
        groups = [] if looked.faults_total else list(looked.found.groups.values())
        with transaction.atomic():
            ListingSheetContent.objects.filter(sheet=sheet).update(body=b"", groups=groups)
            sheet.move_to(
                State.FAULTY if looked.faults_total else State.READY,
                found=looked.as_json(),
                rows_read=looked.rows,
                rows_total=looked.rows,
                groups_total=len(groups),
            )
    return True
