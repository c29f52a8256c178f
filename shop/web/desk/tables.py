"""A team's products, sizes and lots as tables: taken along filled in as they stand, and sent in to be looked at."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.actions import audit
from accounts.reads import signed_in
from catalog.actions import listing_sheet
from catalog.imports.team_rows import heads_of, rows_of
from catalog.models import ListingSheet, Team
from catalog.reads import team_at_desk
from core import language, rates
from core.api.ids import uid_of
from core.refusals import Refusal, SecondFactorRequired
from shop.web.act import NO_FILE, back, ours, spoken, to_second_factor
from shop.web.acts import proof_page
from shop.web.sheet import sheet

NAME = "import_listings"
KEEP = "catalog.keep_listings"


def listings_file(request: HttpRequest, lang: str, kind: str, form: str) -> HttpResponse:
    """One table of a team's own; sent in as it is, it changes nothing."""
    language.activate(lang)
    by: Any = request.user
    team = _team(request) if by.is_authenticated else None
    if team is None or kind not in ListingSheet.Kind.values or form not in ("csv", "xlsx"):
        if by.is_authenticated and (where := proof_page(by, request.get_full_path())):
            return HttpResponseRedirect(where)
        raise Http404("listings")
    rates.demand("listings file", str(by.uid), 30, 60)
    rows = list(rows_of(team, kind))
    with transaction.atomic():
        audit.record(by, "download", "ListingSheet", team.uid, kind=kind, rows=len(rows))
    return sheet(f"{kind}-{team.code}", heads_of(kind), rows, form)


def _team(request: HttpRequest) -> Team | None:
    try:
        return team_at_desk(request.user, KEEP, uid_of(request.GET.get("team", ""), "Team"))
    except Refusal:
        return None


@require_POST
def import_listings(request: HttpRequest) -> HttpResponse:
    """Take a table in; a worker looks at it, and nothing is done until its sender says so."""
    language.activate(spoken(request))
    file = request.FILES.get("file")
    if file is None:
        return back(request, NAME, [("file", str(NO_FILE))])
    try:
        person = signed_in(request)
        rates.demand("listings file", str(person.uid), 30, 60)
        team = team_at_desk(person, KEEP, uid_of(request.POST.get("team", ""), "Team"))
        kind = request.POST.get("kind", "").lower()
        listing_sheet.send_in(team, person, kind, file)  # type: ignore[arg-type]
    except SecondFactorRequired:
        return to_second_factor(request, NAME)
    except Refusal as refusal:
        return back(request, NAME, [(refusal.field[-1] if refusal.field else "file", str(refusal))])
    return HttpResponseRedirect(ours(request, "next"))
