"""A claim's form, which may bring a photo; and that photo, for whoever made the claim and for the team."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from core.api.ids import uid_of
from core.language import say
from core.refusals import Refusal
from orders.actions import claim as claims
from orders.reads.claim import claim_seen_by
from orders.reads.shipment import line_received_by
from shop.web.upload import received


@require_POST
def make_claim(request: HttpRequest) -> HttpResponse:
    """A buyer says that something is wrong with a delivered line, with a photo."""

    def make(file: Any) -> None:
        told = request.POST
        line_id = uid_of(told.get("line", ""), "Line", field="line")
        line = line_received_by(request.user, told.get("number", ""), told.get("token"), line_id)
        claims.make(line, told.get("words", ""), file)

    said = say(
        "已告诉团队，答复会发到您的邮箱。", "The team has been told; its answer comes to your mailbox."
    )
    return received(request, "make_claim", make, needs_file=False, said=said)


def claim_photo(request: HttpRequest, lang: str, claim: str) -> FileResponse:
    """The photo of a claim, for whoever made it and for the team it is about."""
    try:
        found = claim_seen_by(request.user, uid_of(claim, "Claim"), request.GET.get("token"))
    except Refusal as refusal:
        raise Http404(claim) from refusal
    if found is None or not found.photo:
        raise Http404(claim)
    try:
        # Of a claim of before an erasure that was only tried the file may be gone, and its name still there.
        photo = found.photo.open("rb")
    except FileNotFoundError as lost:
        raise Http404(claim) from lost
    response = FileResponse(photo, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
