"""The door for the payment providers' notices: each has its own, by its name."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.numbers import body_length
from orders.actions import notice
from orders.provider.port import Forged, OtherMode

log = logging.getLogger("sheaf.notices")

MOST_BYTES = 512_000


@csrf_exempt
@require_POST
def provider_notice(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep a true notice and say so at once; a forged one leaves no row."""
    size = body_length(request.META)
    if size is None or size > MOST_BYTES:
        return HttpResponse(status=413)
    if provider not in settings.PAYMENT_PROVIDERS:
        return HttpResponse(status=404)
    try:
        # The raw body: a re-serialised one has another signature.
        notice.receive(provider, request.body, request.headers)
    except OtherMode as other:
        # Answered as taken: refused, it would be told again for days. Nothing of it is kept.
        log.warning("a notice of %s is of the other mode and changes nothing: %s", provider, other)
    except Forged as forged:
        log.warning("a notice of %s was refused: %s", provider, forged)
        return HttpResponse(status=400)
    return HttpResponse(status=200)
