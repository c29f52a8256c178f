"""Whether a request that comes with a session was made by a page of ours."""

from django.conf import settings
from django.http import HttpRequest

from core.internals import ForgeryCheck


def forged(request: HttpRequest) -> str | None:
    """Why this POST may not be trusted, or None.

    With a session cookie Django's whole check applies, token and all. Without one there is nothing to
    steal, and only a foreign Origin is refused (a sign-in from another site is a forgery too).
    """
    check = ForgeryCheck()
    check.process_request(request)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return check.process_view(request, None, (), {})  # type: ignore[arg-type,return-value]
    if "HTTP_ORIGIN" in request.META and not check.knows_origin(request):
        return "Origin checking failed."
    return None
