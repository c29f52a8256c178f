"""To whom a cart goes, sent in as a file."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from core import language, rates
from core.api.ids import uid_of
from core.middleware import address_of
from core.refusals import Refusal
from core.tables import Unreadable
from orders.actions import cart_people
from shop.web.act import NO_FILE, back, ours, spoken
from shop.web.form import remembered_cart
from shop.web.once import slip_of


@require_POST
def import_people(request: HttpRequest) -> HttpResponse:
    """Put into the cart whom the file names; each row that is not right, or was in already, is told of."""
    language.activate(spoken(request))
    file = request.FILES.get("file")
    if file is None:
        return back(request, "import_people", [("file", str(NO_FILE))])
    try:
        rates.demand("people file", address_of(request), 30, 60)
        id = remembered_cart(request)
        uid = uid_of(id, "Cart", field="file") if id else None
        taken = cart_people.take(request.user, uid, file)  # type: ignore[arg-type]
    except (Refusal, Unreadable) as refusal:
        return back(request, "import_people", [("file", str(refusal))])
    slip_of(request).put("told", {"people": asdict(taken)})
    return HttpResponseRedirect(ours(request, "next"))
