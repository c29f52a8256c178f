"""The doors that are not pages: the bare address, a pulse for the machine, and pictures."""

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils._os import safe_join

from core import language
from shop.health import health, lives


def choose_language(request: HttpRequest) -> HttpResponse:
    """To the shop in the language that the visitor's browser asks for."""
    response = redirect(f"/{language.preferred(request.headers.get('Accept-Language', ''))}/")
    response["Vary"] = "Accept-Language"
    return response


def healthy(request: HttpRequest) -> HttpResponse:
    """How the shop is, looked at now: where the shop's own front is before it, that answers by itself."""
    health.look()
    return _plainly(*health.answer())


def ready(request: HttpRequest) -> HttpResponse:
    """Whether this process may be given visitors, looked at now."""
    health.look()
    return _plainly(*health.readiness())


def alive(request: HttpRequest) -> HttpResponse:
    """Answers 200 as long as this process does: neither database nor broker is asked."""
    return _plainly(*lives())


def _plainly(status: int, headers: list[tuple[str, str]], body: bytes) -> HttpResponse:
    return HttpResponse(body, status=status, headers=dict(headers))


def media(request: HttpRequest, file: str) -> FileResponse:
    """A team's own picture; names are random and never used twice, so it may be kept for long."""
    try:
        opened = open(safe_join(settings.MEDIA_ROOT, "pictures", file), "rb")
    except (OSError, ValueError, SuspiciousFileOperation) as missing:
        raise Http404(file) from missing
    response = FileResponse(opened)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
