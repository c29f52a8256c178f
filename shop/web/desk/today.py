"""Where a team's people come in: each to what is hers to do."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.permissions import places_of
from core.api.ids import global_id, uid_of
from core.refusals import Refusal
from shop.web.acts import proof_page, to
from shop.web.page import page

_today = page("desk/desk", may_be_empty=True, for_somebody=True)


def today(request: HttpRequest, lang: str) -> HttpResponse:
    """What lies on a team's desk today. Whoever only packs there goes on to the parcels; whoever has not proved herself yet to
    where she does, and comes back."""
    person: Any = request.user
    if person.is_authenticated and (where := _elsewhere(request, person)):
        return HttpResponseRedirect(where)
    return _today(request, lang=lang)


today.page = _today.page


def _elsewhere(request: HttpRequest, person: Any) -> str:
    works = places_of(person, "catalog.enter_desk").subjects
    keeps = places_of(person, "catalog.keep_listings").subjects
    if not works:
        return proof_page(person, request.get_full_path())
    chosen = _team(request.GET.get("team", ""))
    if chosen is not None:
        packs_there = chosen in works and chosen not in keeps
        return to(f"desk/orders/?team={request.GET['team']}") if packs_there else ""
    if not keeps:
        return to("desk/orders/")
    # Without a team it is her first: of those where she does more than pack.
    return to(f"desk/?team={global_id('Team', min(keeps))}") if works != keeps else ""


def _team(public_id: str) -> UUID | None:
    try:
        return uid_of(public_id, "Team") if public_id else None
    except Refusal:
        return None
