"""The photo that came with a claim."""

from django.http import FileResponse, Http404, HttpRequest

from core.api.ids import uid_of
from core.refusals import Refusal
from orders.reads.claim import claim_seen_by


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
