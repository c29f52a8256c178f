"""The photos that came with a claim."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest

from core.api.ids import uid_of
from core.refusals import Refusal
from orders.reads.claim import claim_seen_by


def claim_photo(request: HttpRequest, lang: str, claim: str, more: str = "") -> FileResponse:
    """A photo of a claim, for whoever made it, for the team it is about and for who decides it."""
    try:
        found = claim_seen_by(request.user, uid_of(claim, "Claim"), request.GET.get("token"))
        uid = UUID(more) if more else None
    except (Refusal, ValueError) as refusal:
        raise Http404(claim) from refusal
    if found is None:
        raise Http404(claim)
    one = found.photos.filter(uid=uid).first() if uid else None
    file = one.file if one else found.photo
    if not file or (uid and one is None):
        raise Http404(claim)
    try:
        # Of a claim of before an erasure that was only tried the file may be gone, and its name still there.
        photo = file.open("rb")
    except FileNotFoundError as lost:
        raise Http404(claim) from lost
    response = FileResponse(photo, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
