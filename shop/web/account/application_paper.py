"""A paper beside an application: to whoever wrote it and whoever decides about it, and to nobody else."""

from django.http import Http404, HttpRequest, HttpResponse

from catalog.reads.application import paper_seen_by
from core import language
from core.api.ids import uid_of
from core.refusals import Refusal
from shop.web.sheet import to_keep


def application_paper(request: HttpRequest, lang: str, id: str) -> HttpResponse:
    """Its file to take along; there is none for a stranger."""
    language.activate(lang)
    try:
        uid = uid_of(id, "ApplicationPaper")
    except Refusal as refused:
        raise Http404("paper") from refused
    paper = paper_seen_by(request.user, uid)
    if paper is None:
        raise Http404("paper")
    kind, ending = ("application/pdf", "pdf") if paper.is_pdf else ("image/webp", "webp")
    response = HttpResponse(bytes(paper.file.body), content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return to_keep(response, f"{paper.kind}-{paper.uid.hex[:6]}.{ending}")
