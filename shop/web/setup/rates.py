"""Shipping rates that come as a file: looked at first, and then taken as they were looked at."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.permissions import must_somewhere
from accounts.reads import signed_in
from core import language, rates
from core.language import say
from core.refusals import Refusal
from core.tables import Unreadable
from orders.actions import shipping
from shop.web.act import NO_FILE, back, ours, spoken
from shop.web.once import opened, sealed, slip_of

STALE = say("隔得太久了，请再传一次文件。", "That was a while ago: please send the file once more.")


@require_POST
def look_at_rates(request: HttpRequest) -> HttpResponse:
    """Tell what a file holds and what is wrong with it; nothing is written."""
    language.activate(spoken(request))
    file = request.FILES.get("file")
    if file is None:
        return back(request, "look_at_rates", [("file", str(NO_FILE))])
    try:
        person = signed_in(request)
        must_somewhere(person, "orders.keep_shipping_rates")
        rates.demand("rates file", str(person.uid), 30, 60)
        given, reading = shipping.read(file, person)
    except (Refusal, Unreadable) as refusal:
        return back(request, "look_at_rates", [("file", str(refusal))])
    told = {
        "count": len(given),
        "faults": [str(fault) for fault in reading.faults],
        "faultsTotal": reading.faults_total,
        # What is taken is what was looked at: the page carries it, sealed, for some minutes.
        "sealed": "" if reading.faults else sealed({"rates": [asdict(one) for one in given]}),
    }
    slip_of(request).put("told", {"rates": told})
    return HttpResponseRedirect(ours(request, "next"))


@require_POST
def import_rates(request: HttpRequest) -> HttpResponse:
    """Write the rates that were looked at, all of them or none."""
    language.activate(spoken(request))
    found = opened(request.POST.get("rates", ""))
    if not isinstance(found, dict) or "rates" not in found:  # also a word that was sealed for something else
        return back(request, "look_at_rates", [("file", str(STALE))])
    try:
        count = shipping.save(signed_in(request), [shipping.Given(**one) for one in found["rates"]])
    except Refusal as refusal:
        return back(request, "look_at_rates", [("file", str(refusal))])
    messages.success(request, str(say("写入了 {n} 条运费。", "{n} rates were written.", n=count)))
    return HttpResponseRedirect(ours(request, "next"))
