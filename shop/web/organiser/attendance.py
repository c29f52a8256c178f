"""Who came to a ceremony, as a file to take along."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from accounts.actions import audit
from accounts.reads import signed_in
from contest.reads.ceremony import managed_ceremony
from core import language
from core.api.ids import uid_of
from core.clock import SHANGHAI
from core.language import say
from core.refusals import Refusal
from shop.web.sheet import sheet

FORMS = ("csv", "xlsx")


def attendance(request: HttpRequest, lang: str, id: str, form: str) -> HttpResponse:
    """A row for each guest, for whoever keeps the edition; that it was taken along is written down."""
    language.activate(lang)
    try:
        by: Any = signed_in(request)
        ceremony = managed_ceremony(by, uid_of(id, "OrganiserCeremony"))
    except Refusal as refused:
        raise Http404("attendance") from refused
    if form not in FORMS:
        raise Http404("attendance")
    guests = list(ceremony.guests.order_by("name", "pk"))
    with transaction.atomic():
        audit.record(by, "download", "Ceremony", ceremony.uid, rows=len(guests))
    heads = [say("姓名", "Name"), say("单位", "Whom she comes for"), say("签到时间", "Let in at")]
    rows = [
        (
            guest.name,
            guest.body,
            f"{guest.came_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if guest.came_at else "",
        )
        for guest in guests
    ]
    return sheet(f"attendance-{ceremony.begins_at.astimezone(SHANGHAI):%Y%m%d}", heads, rows, form)
