"""Papers beside an application: a PDF, or a picture freed of what a camera adds; kept in the database, served to no stranger."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from catalog.actions.application import HANDED_IN, State, there
from catalog.clean import one_of
from catalog.models import ApplicationPaper, ApplicationPaperFile, TeamApplication
from catalog.photos import NO_PHOTO, cleaned
from catalog.reads.application import MOST_PAPERS
from core.language import say
from core.refusals import Conflict, Invalid, NotFound, TooLate

MOST_BYTES = 5_000_000
WRITES = (State.WRITING, State.RETURNED)
NEITHER = say("请选择 PDF 或照片（JPEG、PNG、WebP）。", "Please choose a PDF or a photo (JPEG, PNG, WebP).")
FIRST_SAVE = say("先保存填写的内容，再加文件。", "Save what you have written first, then add papers.")


def add(application: TeamApplication, by: Person, kind: str, file: Any) -> ApplicationPaper:
    """Keep a paper of hers beside it. INVALID on `file` for what is neither a PDF nor a picture or is too large."""
    kind = one_of(kind, "kind", ApplicationPaper.Kind.values)
    # Read before anything is locked.
    is_pdf, body = read(file)
    with transaction.atomic():
        row = _writable(application)
        if row.papers.count() >= MOST_PAPERS:
            words = say("最多 {n} 份文件。", "There can be {n} papers at most.", n=MOST_PAPERS)
            raise Conflict(words, field="file")
        paper = row.papers.create(kind=kind, is_pdf=is_pdf)
        ApplicationPaperFile.objects.create(paper=paper, body=body)
        # Whoever adds a paper goes on with it (`application.forget_old`).
        TeamApplication.objects.filter(pk=row.pk).update(saved_at=timezone.now())
        audit.record(by, "add_paper", "TeamApplication", row.uid, kind=kind)
    return paper


def read(file: Any) -> tuple[bool, bytes]:
    """Whether it is a PDF, and what is kept of it: by what lies in the file, and never by its name."""
    if file is None:
        raise Invalid(NEITHER, field="file")
    head = file.read(8)
    file.seek(0)
    if not head.startswith(b"%PDF-"):
        try:
            return False, cleaned(file).full
        except Invalid as refused:
            raise Invalid(NEITHER if refused.words is NO_PHOTO else refused.words, field="file") from refused
    body: bytes = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        words = say("文件不能超过 {n} MB。", "A file may have at most {n} MB.", n=MOST_BYTES // 1_000_000)
        raise Invalid(words, field="file")
    return True, body


def remove(by: Person, uid: UUID) -> TeamApplication:
    """Take a paper of hers away again, while she writes."""
    paper = (
        ApplicationPaper.objects.filter(uid=uid, application__applicant=by)
        .select_related("application")
        .first()
    )
    if paper is None:
        raise NotFound(field="id")
    with transaction.atomic():
        row = _writable(paper.application)
        paper.delete()
        audit.record(by, "remove_paper", "TeamApplication", row.uid)
    return row


def _writable(application: TeamApplication) -> TeamApplication:
    row = there(TeamApplication.objects.select_for_update(), application)
    if row.state == State.INVITED:
        raise Conflict(FIRST_SAVE, field="file")
    if row.state not in WRITES:
        raise TooLate(HANDED_IN)
    return row
