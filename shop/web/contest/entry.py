"""An entry's page: the same for all guests; whoever is signed in sees what she gives it, and is noted to have looked."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from contest.actions.engagement import look
from contest.reads.entry import entry_seen
from impact.models import Round
from shop.web.page import page

_for_guests, _for_her = page("contest/entry"), page("contest/my_entry")


def entry(request: HttpRequest, lang: str, edition: str, number: str) -> HttpResponse:
    """The page, in which of its two forms."""
    where: dict[str, Any] = {"lang": lang, "edition": edition, "number": number}
    if not request.user.is_authenticated:
        return _for_guests(request, **where)
    response = _for_her(request, **where)
    if response.status_code == 200:
        level = request.GET.get("level", "").lower()
        found = entry_seen(edition, number, level if level in Round.Level.values else None)
        if found is not None:
            look(request.user, found)
    return response


entry.page = _for_guests.page
