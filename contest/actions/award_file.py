"""Papers that show that an award was handed over."""

import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from catalog import photos
from contest.actions.award import must_decide
from contest.models import Award, AwardFile
from core.language import say
from core.refusals import Conflict, Invalid
from core.texts import visible

MOST_BYTES, MOST_FILES = 5_000_000, 12
PDF, WEBP = "application/pdf", "image/webp"


def attach(award: Award, by: Person, file: Any) -> AwardFile:
    """Keep a paper (PDF) or a photo of it beside an award that is approved or was handed over; it stays.

    INVALID on `file` for what is neither, CONFLICT for the same one again and before another has approved the award.
    """
    must_decide(award.entry, by)
    kind, body = _read(file)
    sha256 = hashlib.sha256(body).hexdigest()
    name = " ".join(visible(file.name or "").split())[-80:] or "file"
    try:
        with transaction.atomic():
            row = Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
            if row.state not in (Award.State.APPROVED, Award.State.DELIVERED):
                raise Conflict(say("批准以后才能附上凭据。", "Papers come once the award is approved."))
            if row.files.count() >= MOST_FILES:
                raise Conflict(say("最多 {n} 个文件。", "At most {n} files.", n=MOST_FILES))
            made = row.files.create(name=name, kind=kind, body=body, sha256=sha256, by=by, at=timezone.now())
            audit.record(by, "attach", "Award", row.uid, sha256=sha256)
    except IntegrityError:
        raise Conflict(say("这个文件已经有了。", "This file is there already."), field="file") from None
    return made


def _read(file: Any) -> tuple[str, bytes]:
    head = file.read(5)
    file.seek(0)
    if head != b"%PDF-":
        return WEBP, photos.cleaned(file).full
    body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        words = say("文件不能超过 {n} MB。", "A file may have at most {n} MB.", n=MOST_BYTES // 1_000_000)
        raise Invalid(words, field="file")
    return PDF, body
