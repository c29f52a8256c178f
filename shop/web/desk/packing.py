"""A team's packing list."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.actions import audit
from core import language
from core.language import say
from orders.reads import desk
from shop.web.acts import proof_page
from shop.web.sheet import sheet


def team_packing(request: HttpRequest, lang: str) -> HttpResponse:
    """A team's paid parcels that are not sent yet; for whoever packs them today."""
    language.activate(lang)
    by: Any = request.user
    team = desk.desk_of(by, code=request.GET.get("team", ""))
    if team is None:
        if where := proof_page(by, request.get_full_path()):
            return HttpResponseRedirect(where)
        raise Http404("desk")
    parcels = desk.packing_rows(team)
    with transaction.atomic():
        audit.record(by, "download", "PackingList", team.uid, parcels=len(parcels))
    heads = [
        say("订单", "Order"),
        say("最迟发货", "Send by"),
        say("收件人", "Recipient"),
        say("电话", "Phone"),
        say("地址", "Address"),
        say("内容", "Contents"),
        say("买家留言", "Note"),
        say("随礼写上的话", "Words on the gift’s card"),
        say("署名", "From"),
    ]
    rows = [
        (
            *(p.number, p.ship_by, p.recipient, p.phone, p.address, "; ".join(p.contents), p.note),
            *(p.gift_note, p.sender),
        )
        for p in parcels
    ]
    return sheet(f"packing-{team.code}", heads, rows)
