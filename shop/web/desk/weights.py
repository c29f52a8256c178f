"""What each household brought of a lot, as a table: taken along by number alone, sent in by number or short name."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.actions import audit
from accounts.reads import signed_in
from catalog.models import Lot
from catalog.reads import desks_of
from core import language, rates
from core.api.ids import global_id, uid_of
from core.language import say
from core.refusals import NotFound, Refusal, SecondFactorRequired
from core.tables import Unreadable
from impact.actions.short_name import KEEP
from impact.actions.weights_file import read_weights
from impact.api.household import code_of
from impact.models import LotShare
from impact.reads.household import verified
from impact.reads.short_name import in_order
from shop.web.act import NO_FILE, back, ours, spoken, to_second_factor
from shop.web.once import filled_in, slip_of
from shop.web.sheet import sheet

NAME, FORM = "import_weights", "share_out_lot"
NO_WEIGHTS = say(
    "表里没有读到重量：列名写成编号（或简称）和公斤。",
    "No weight was found in it: title the columns Number (or Short name) and Kilograms.",
)


def weights_file(request: HttpRequest, lang: str, lot: str) -> HttpResponse:
    """The team's verified households by number, with what each has on record: to fill in, and to send in again."""
    language.activate(lang)
    try:
        found = _lot(signed_in(request), lot)
    except Refusal as refusal:
        raise Http404(lot) from refusal
    team = found.variant.product.team
    with transaction.atomic():
        audit.record(request.user, "download", "Lot", found.uid)  # type: ignore[arg-type]
    grams = dict(LotShare.objects.filter(lot=found).values_list("household", "grams"))
    rows = [
        (row.number or "", code_of(row), _kilograms(grams.get(row.pk))) for row in in_order(verified(team))
    ]
    heads = [say("编号", "Number"), say("代号", "Code"), say("公斤", "Kilograms")]
    return sheet(f"weights-{found.code}", heads, rows)


@require_POST
def import_weights(request: HttpRequest) -> HttpResponse:
    """Fill the lot's form by a table, to be looked over and saved there; each row that is not right is told of. The file is
    not kept."""
    language.activate(spoken(request))
    file = request.FILES.get("file")
    if file is None:
        return back(request, NAME, [("file", str(NO_FILE))])
    try:
        person: Any = signed_in(request)
        rates.demand("weights file", str(person.uid), 30, 60)
        lot = _lot(person, request.POST.get("lot", ""))
        read = read_weights(lot.variant.product.team, person, file)  # type: ignore[arg-type]
    except SecondFactorRequired:
        return to_second_factor(request, NAME)
    except (Refusal, Unreadable) as refusal:
        return back(request, NAME, [("file", str(refusal))])
    taken = sum(1 for grams in read.grams.values() if grams)
    if not taken and not read.faults:
        return back(request, NAME, [("file", str(NO_WEIGHTS))])
    written = {f"kg.{global_id('Household', row.uid)}": [_kilograms(g)] for row, g in read.grams.items()}
    slip_of(request).put("form", filled_in(FORM, written))
    told = {"taken": taken, "faults": [str(fault) for fault in read.faults]}
    slip_of(request).put("told", {"weights": told})
    return HttpResponseRedirect(f"{ours(request, 'next').partition('#')[0]}#w")


def _lot(person: Any, id: str) -> Lot:
    found = Lot.objects.filter(uid=uid_of(id, "Lot"), variant__product__team__in=desks_of(person, KEEP))
    lot = found.select_related("variant__product__team").first()
    if lot is None:
        raise NotFound(field="lot")
    return lot


def _kilograms(grams: int | None) -> str:
    return f"{grams / 1000:.10g}" if grams else ""
