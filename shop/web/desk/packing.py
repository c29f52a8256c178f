"""What a team prints and takes along of the parcels that wait: the list, what to fetch, labels, and slips to lay in."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from accounts.actions import audit
from catalog.models import Team
from core import language
from core.api.ids import uid_of
from core.language import Words, localized, say
from core.papers.labels import Label, Sheet
from core.papers.paper import Paper
from core.refusals import Refusal
from core.templatetags.sheaf import day
from orders.models import Shipment
from orders.reads import board, desk
from orders.reads.address import on_a_parcel
from shop.web.acts import proof_page
from shop.web.sheet import pdf_to_keep, sheet


def team_packing(request: HttpRequest, lang: str) -> HttpResponse:
    """A team's paid parcels that are not sent yet; for whoever packs them today."""
    language.activate(lang)
    team = team_of(request)
    if isinstance(team, HttpResponse):
        return team
    parcels = desk.packing_rows(team)
    noted(request, "PackingList", team, len(parcels))
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


def team_papers(request: HttpRequest, lang: str, kind: str) -> HttpResponse:
    """Labels, slips or what to fetch, of the parcels that are ticked, or of all that wait by lot, day or search."""
    language.activate(lang)
    team = team_of(request)
    if isinstance(team, HttpResponse):
        return team
    if (draw := KINDS.get(kind)) is None:
        raise Http404(kind)
    parcels = chosen_of(request, team)
    noted(request, "PackingPapers", team, len(parcels))
    return pdf_to_keep(draw(parcels, lang), f"{kind}-{team.code}.pdf")


def team_of(request: HttpRequest) -> Team | HttpResponse:
    """The team at whose desk the asker is; or where she proves herself first. 404 for anybody else."""
    by: Any = request.user
    asked = request.GET.get("team", "")
    # By its code, or by its id as the board's page has it.
    uid = uid_in(asked, "Team")
    team = desk.desk_of(by, uid, "" if uid else asked)
    if team is None:
        if where := proof_page(by, request.get_full_path()):
            return HttpResponseRedirect(where)
        raise Http404("desk")
    return team


def noted(request: HttpRequest, noun: str, team: Team, parcels: int) -> None:
    """That she has taken along so many addresses is written down."""
    by: Any = request.user
    with transaction.atomic():
        audit.record(by, "download", noun, team.uid, parcels=parcels)


def chosen_of(request: HttpRequest, team: Team) -> list[Shipment]:
    """The parcels that the address names; what cannot be read of it counts as not said."""
    asked = request.GET
    by_day = None
    with suppress(ValueError):
        by_day = date.fromisoformat(asked.get("shipBy", ""))
    return board.chosen(
        team,
        ids=[uid for one in asked.getlist("p")[: board.MOST_PRINTED] if (uid := uid_in(one, "Shipment"))],
        lot=uid_in(asked.get("lot", ""), "Lot"),
        ship_by=by_day,
        search=asked.get("q", ""),
    )


def uid_in(text: str, kind: str) -> UUID | None:
    """The uid inside an id of this kind; None for anything else."""
    with suppress(Refusal):
        return uid_of(text, kind) if text else None
    return None


def _labels(parcels: Sequence[Shipment], lang: str) -> bytes:
    """To whom and where, as couriers read it, with the order's number for whoever scans it."""
    paper = Sheet(str(say("面单", "Labels")), lang, timezone.now(), across=2, down=4)
    for one in parcels:
        to = one.parcel
        lines = [to.phone, on_a_parcel(to.region, to.street), "；".join(desk.contents(one.lines.all()))]
        paper.add(Label(to.recipient, lines, _number(one), one.order.number))
    return paper.pdf()


def _slips(parcels: Sequence[Shipment], lang: str) -> bytes:
    """What lies in the box and the words that go with it; no price, since it may be a present."""
    paper = Sheet(str(say("装箱单", "Packing slips")), lang, timezone.now(), across=2, down=3)
    for one in parcels:
        to = one.parcel
        words = (
            [f"{to.gift_note}{f' —— {to.sender}' if to.sender else ''}"] if to.gift_note or to.sender else []
        )
        paper.add(
            Label(to.recipient, [*desk.contents(one.lines.all()), *words], _number(one), one.order.number)
        )
    return paper.pdf()


def _number(one: Shipment) -> str:
    by = say(" · {d}前发", " · by {d}", d=day(one.ship_by)) if one.ship_by else ""
    return f"{say('订单 {n}', 'Order {n}', n=one.order.number)}{by}"


def _pick(parcels: Sequence[Shipment], lang: str) -> bytes:
    """Lot by lot what to fetch, then box by box what goes in."""
    paper = Paper(str(say("拣货单", "Pick list")), lang, timezone.now())
    paper.small(str(say("{n} 个包裹", "{n} parcels", n=len(parcels), single="1 parcel")))
    paper.heading(str(say("先取", "Fetch")))
    rows = [[one.lot, localized(one, "name"), str(one.units)] for one in board.picks(parcels)]
    paper.table(_said("批次", "Lot", "商品", "Goods", "份数", "Units"), rows, widths=(2, 6, 1), figures=(2,))
    paper.heading(str(say("再装", "Pack")))
    boxes = [
        [one.order.number, one.parcel.recipient, "；".join(desk.contents(one.lines.all()))] for one in parcels
    ]
    paper.table(_said("订单", "Order", "收件人", "Recipient", "内容", "Contents"), boxes, widths=(3, 2, 5))
    return paper.pdf()


def _said(*words: str) -> list[str]:
    return [str(Words(zh, en)) for zh, en in zip(words[::2], words[1::2], strict=True)]


KINDS: dict[str, Callable[[Sequence[Shipment], str], bytes]] = {
    "labels": _labels,
    "slips": _slips,
    "pick": _pick,
}
