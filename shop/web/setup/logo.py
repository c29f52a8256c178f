"""The shop's logo comes by HTTP, as products' photos do."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.reads import signed_in
from catalog.actions import logo
from core.language import say
from shop.web.upload import received


@require_POST
def upload_logo(request: HttpRequest) -> HttpResponse:
    """Whoever runs the shop puts its logo up."""

    def put_up(file: Any) -> None:
        logo.put_up(file, signed_in(request))

    return received(request, "upload_logo", put_up, said=lambda _: say("标志已换上。", "The logo is up."))
