"""The carrier's own label for goods that go back, uploaded by the team that pays for it: its buyer is given that one."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import clean
from accounts.actions import audit
from accounts.permissions import must
from catalog.actions import desk
from catalog.photos import NO_PHOTO, cleaned
from core.language import say
from core.outbox import record
from core.papers.sheet import page_of
from core.refusals import Invalid, TooLate
from orders.actions.return_parcel import locked
from orders.carriers import clean_tracking
from orders.events import ReturnLabelled
from orders.models import ReturnLabel, ReturnParcel
from orders.reads.claim import ANSWER

State = ReturnParcel.State
MOST_BYTES = 5_000_000
# Until it is sent a label is of use; of a wrong one another may be uploaded.
BEFORE_SENT = (State.OFFERED, State.AGREED)


def put(one: ReturnParcel, by: Any, file: Any, *, carrier: str = "", number: str = "") -> ReturnParcel:
    """From now on the buyer prints this one, and finds its carrier and number filled in; without them they stay as the team
    has said. INVALID names the field, TOO_LATE once it is sent or not wanted."""
    must(by, ANSWER, at=desk.place_of(one.claim.line.team))
    # Read before anything is locked, as invoices are.
    body = read(file)
    says = {}
    if number:
        carrier = carrier or one.carrier
        says["tracking_number"] = clean_tracking(number, "tracking_number")
    if carrier or number:
        says["carrier"] = clean.line(carrier, "carrier", 40, required=bool(number))
    with transaction.atomic():
        one = locked(one)
        if one.state not in BEFORE_SENT:
            words = say("这件退货已经寄出或不寄了，标签用不上了。", "It is sent, or not sent any more.")
            raise TooLate(words)
        ReturnLabel.objects.update_or_create(return_parcel=one, defaults={"body": body})
        ReturnParcel.objects.filter(pk=one.pk).update(labelled_at=timezone.now(), **says)
        audit.record(by, "upload", "ReturnLabel", one.uid)
        # Whoever has not agreed yet is told with where it goes.
        if one.state == State.AGREED:
            record(ReturnLabelled(return_id=one.pk))
    one.refresh_from_db()
    return one


def read(file: Any) -> bytes:
    """A label as a PDF, by what lies in the file and never by its name; a picture becomes a page. INVALID on `file`."""
    head = file.read(8)
    file.seek(0)
    if not head.startswith(b"%PDF-"):
        try:
            return page_of(cleaned(file).full, timezone.now())
        except Invalid as refused:
            raise Invalid(NEITHER if refused.words is NO_PHOTO else refused.words, field="file") from refused
    body: bytes = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        words = say("文件不能超过 {n} MB。", "A file may have at most {n} MB.", n=MOST_BYTES // 1_000_000)
        raise Invalid(words, field="file")
    if b"%%EOF" not in body[-1024:]:
        words = say("这份 PDF 不完整，请重新下载一次。", "This PDF is cut off. Please download it again.")
        raise Invalid(words, field="file")
    return body


NEITHER = say(
    "请选择标签的 PDF 或图片（JPEG、PNG、WebP）。", "Please choose the label’s PDF or a picture of it."
)
