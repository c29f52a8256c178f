"""A frozen rulebook's parameters as the very bytes of which its hash is told."""

from django.http import Http404, HttpRequest, HttpResponse

from contest.reads.rulebook import public
from contest.scoring.rulebook import canonical
from core.api.ids import uid_of
from core.refusals import Refusal


def rules_file(request: HttpRequest, id: str) -> HttpResponse:
    """For everybody; of a draft as if it were none."""
    try:
        book = public(uid_of(id, "Rulebook"))
    except Refusal:
        book = None
    if book is None:
        raise Http404(id)
    response = HttpResponse(canonical(book.parameters), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="rules-{book.edition.slug}-v{book.version}.json"'
    return response
