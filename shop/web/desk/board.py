"""A team's board of parcels: what waits comes by its day, all else the newest first; whoever searches looks through all."""

from django.http import HttpRequest, HttpResponse

from shop.web.page import page

_orders = page("desk/orders", for_somebody=True)


def orders(request: HttpRequest, lang: str) -> HttpResponse:
    """The parcels of a team."""
    asked = request.GET.copy()
    if not asked.get("state") and not asked.get("q", "").strip():
        asked["state"] = "WAITING"
    asked["sort"] = "DUE" if asked.get("state") == "WAITING" else "NEWEST"
    request.GET = asked  # type: ignore[assignment]
    return _orders(request, lang=lang)


orders.page = _orders.page
