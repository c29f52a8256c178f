"""Tracking numbers as a table: taken along with what is to be sent, sent in filled, looked at, and then done."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts.reads import signed_in
from core import language, rates
from core.language import say
from core.refusals import NotFound, Refusal, SecondFactorRequired
from core.tables import Unreadable
from orders.actions import number_sheet
from orders.actions.number_sheet import Plan, SheetRow
from orders.reads import desk
from orders.reads.address import on_a_parcel
from shop.web.act import NO_FILE, back, ours, spoken, to_second_factor
from shop.web.desk.packing import chosen_of, noted, team_of, uid_in
from shop.web.once import opened, sealed, slip_of
from shop.web.sheet import sheet

READ, DO = "import_numbers", "send_numbers"
# A table that was looked at can be done for so long; afterwards it is read again.
LOOKED_AT_SECONDS = 3600
SHOWN = 20


def to_send(request: HttpRequest, lang: str, form: str) -> HttpResponse:
    """What waits, with empty columns for carrier, number and weight: filled in, it can be sent in as it is."""
    language.activate(lang)
    team = team_of(request)
    if isinstance(team, HttpResponse):
        return team
    if form not in ("csv", "xlsx"):
        raise Http404(form)
    parcels = chosen_of(request, team)
    noted(request, "PackingPapers", team, len(parcels))
    ours_ = number_sheet
    heads = [
        *(ours_.ORDER, ours_.PARCEL, say("最迟发货", "Send by"), say("收件人", "Recipient")),
        *(say("电话", "Phone"), say("地址", "Address"), say("内容", "Contents")),
        *(ours_.CARRIER, ours_.NUMBER, ours_.WEIGHT),
    ]
    rows = [
        (
            *(one.order.number, ours_.code_of(one), one.ship_by, one.parcel.recipient, one.parcel.phone),
            on_a_parcel(one.parcel.region, one.parcel.street),
            "; ".join(desk.contents(one.lines.all())),
            *("", "", ""),
        )
        for one in parcels
    ]
    return sheet(f"to-send-{team.code}", heads, rows, form)


@require_POST
def import_numbers(request: HttpRequest) -> HttpResponse:
    """Read the table and show what it would do; nothing is done yet, and the file is not kept."""
    language.activate(spoken(request))
    file = request.FILES.get("file")
    if file is None:
        return back(request, READ, [("file", str(NO_FILE))])
    try:
        person = signed_in(request)
        rates.demand("numbers file", str(person.uid), 30, 60)
        team = desk.desk_of(person, uid_in(request.POST.get("team", ""), "Team"))
        if team is None:
            raise NotFound(field="file")
        found = number_sheet.plan(team, file)  # type: ignore[arg-type]
    except SecondFactorRequired:
        return to_second_factor(request, READ)
    except (Refusal, Unreadable) as refusal:
        return back(request, READ, [("file", str(refusal))])
    slip_of(request).put("told", {"numbers": _shown(found, person)})
    return HttpResponseRedirect(ours(request, "next"))


def _shown(found: Plan, person: Any) -> dict[str, Any]:
    rows = {name: [_plain(one) for one in getattr(found, name)] for name in ("to_send", "to_correct")}
    return {
        **{name: several[:SHOWN] for name, several in rows.items()},
        "sending": len(found.to_send),
        "correcting": len(found.to_correct),
        "already": found.already,
        "given_up": [_plain(one) for one in found.given_up[:SHOWN]],
        "twice": found.twice[:SHOWN],
        "faults": found.faults,
        "faults_total": found.faults_total,
        "sheet": "" if found.faults else sealed({**rows, "by": str(person.uid)}),
    }


def _plain(one: SheetRow) -> dict[str, Any]:
    return {**asdict(one), "shipment": str(one.shipment)}


@require_POST
def send_numbers(request: HttpRequest) -> HttpResponse:
    """Do what she has looked at; what was asked about only where she has said so."""
    language.activate(spoken(request))
    posted = request.POST
    held = opened(posted.get("sheet", ""), LOOKED_AT_SECONDS)
    try:
        person = signed_in(request)
        if not isinstance(held, dict) or held.get("by") != str(person.uid):
            return back(request, DO, [("", str(_READ_AGAIN))])
        rates.demand("numbers file", str(person.uid), 30, 60)
        corrects = posted.getlist("correct")[-1:] == ["true"]
        sent, corrected = number_sheet.apply(
            [_row_of(row) for row in held["to_send"]],
            [_row_of(row) for row in held["to_correct"]] if corrects else [],
            person,
            is_meant=posted.getlist("isMeant")[-1:] == ["true"],
        )
    except SecondFactorRequired:
        return to_second_factor(request, DO)
    except Refusal as refusal:
        return back(request, DO, [("", str(one)) for one in (refusal, *refusal.beside)])
    words = say(
        "发出 {n} 个，更正 {m} 个；买家会收到现在的运单号。",
        "Sent: {n}; put right: {m}. Buyers are told the numbers that are true now.",
        n=sent,
        m=corrected,
    )
    messages.success(request, str(words))
    return HttpResponseRedirect(ours(request, "next"))


def _row_of(row: dict[str, Any]) -> SheetRow:
    return SheetRow(**{**row, "shipment": UUID(row["shipment"])})


_READ_AGAIN = say(
    "这张表看过太久了，请再传一次。",
    "It is too long since you looked at this table: please send it in again.",
)
