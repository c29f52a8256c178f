"""The door for the payment provider's notices."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.numbers import body_length
from orders.actions import notice
from orders.provider.port import Forged

log = logging.getLogger("sheaf.notices")

MOST_BYTES = 512_000


@csrf_exempt
@require_POST
def stripe_notice(request: HttpRequest) -> HttpResponse:
    """Keep a true notice and say so at once; a forged one leaves no row."""
    size = body_length(request.META)
    if size is None or size > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        # The raw body: a re-serialised one has another signature.
        notice.receive(request.body, request.headers.get("Stripe-Signature", ""))
    except Forged as forged:
        log.warning("a notice was refused: %s", forged)
        return HttpResponse(status=400)
    return HttpResponse(status=200)
