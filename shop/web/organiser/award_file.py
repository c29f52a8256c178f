"""Papers that show that an award was handed over: sent in beside it, and shown to whoever keeps the round."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.actions import audit
from accounts.reads import signed_in
from contest.actions.award_file import PDF, attach
from contest.reads.result_desk import award_file_of, award_of
from core import language
from core.api.ids import uid_of
from core.language import say
from core.refusals import Refusal
from shop.web.organiser.files import received
from shop.web.sheet import to_keep


@require_POST
def upload_award_file(request: HttpRequest) -> HttpResponse:
    """Take a paper or photo in."""

    def done(file: Any) -> str:
        person = signed_in(request)
        award = award_of(person, uid_of(request.POST.get("award", ""), "Award", field="award"))
        attach(award, person, file)
        return str(say("凭据已附上。", "The paper is attached."))

    return received(request, "upload_award_file", done)


def award_file(request: HttpRequest, lang: str, id: str) -> HttpResponse:
    """One of them, to take along; that it was is written down."""
    language.activate(lang)
    try:
        by: Any = signed_in(request)
        found = award_file_of(by, uid_of(id, "AwardFile"))
    except Refusal as refused:
        raise Http404("award file") from refused
    with transaction.atomic():
        audit.record(by, "download", "Award", found.award.uid, sha256=found.sha256)
    response = HttpResponse(bytes(found.body), content_type=found.kind)
    response["X-Content-Type-Options"] = "nosniff"
    return to_keep(response, f"award-{found.sha256[:12]}.{'pdf' if found.kind == PDF else 'webp'}")
