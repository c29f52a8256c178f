"""What names a household is shown in the answer to the form that asks for it, and kept nowhere on the way."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from core import language
from shop.web.act import asks_for_factor, back, do, spoken, to_second_factor
from shop.web.page import page

household = page("office/household", for_somebody=True)


@require_POST
def open_details(request: HttpRequest) -> HttpResponse:
    """The household's page with what names it, this once: there is no address at which it would be shown again."""
    language.activate(spoken(request))
    payload, refused = do(request, "open_details", request.POST)
    if asks_for_factor(payload):
        return to_second_factor(request, "open_details")
    if refused:
        return back(request, "open_details", refused)
    return _shown(request, payload)


def _shown(request: Any, payload: dict[str, Any]) -> HttpResponse:
    id, lang = payload["household"]["id"], language.current()
    request.opened_details = payload["details"]
    # Links and forms of the page lead to itself, not to where this form was sent.
    request.path = request.path_info = reverse("office_household", kwargs={"lang": lang, "id": id})
    return household(request, lang=lang, id=id)
