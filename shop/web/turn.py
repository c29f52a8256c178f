"""Going elsewhere for a moment with a form half written: what was typed waits until its form is shown again."""

import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import language
from shop.web.document import act_document, refilled_fields
from shop.web.once import SECONDS, filled_in, slip_of
from shop.web.refill import refill_of


@require_POST
def turn(request: HttpRequest) -> HttpResponse:
    """Keep what may be kept of the form, and go where its button says."""
    act = request.POST.get("turn", "")
    if not (document := act_document(act)):
        raise Http404(act)
    values = refill_of(request.POST, refilled_fields(document))
    item = request.POST.get("item", "")[:200]
    slip_of(request).put("form", {**filled_in(act, values, item), "waits_since": int(time.time())})
    to = request.GET.get("to", "")
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(to if is_ours else f"/{language.current()}/")


def waits(form: dict[str, Any]) -> bool:
    """Whether a form still waits to be shown: it was turned away from, not refused, and not long ago."""
    return time.time() - form.get("waits_since", 0) < SECONDS


def beneath(request: HttpRequest, act: str) -> dict[str, Any]:
    """What is to be kept with a refused form of this act: another that was turned away from to write it, if one was."""
    form = slip_of(request).look("form") or {}
    under = form if waits(form) else form.get("under") or {}
    return {"under": under} if under and under["act"] != act else {}


def let_go(request: HttpRequest, act: str) -> None:
    """A deed was done: what had been written into its form and is said by it now waits no more."""
    form = slip_of(request).look("form")
    if not form or form["act"] != act or "waits_since" not in form:
        return
    left = {name: values for name, values in form["values"].items() if name not in request.POST}
    if left:
        slip_of(request).put("form", {**form, "values": left})
    else:
        slip_of(request).take("form")
