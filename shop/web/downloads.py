"""Files to take along: packing lists for a coordinator and a team, one's own data, a claim's photo."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.actions import audit
from core import language
from core.api.documents import ask
from core.api.ids import uid_of
from core.clock import SHANGHAI
from core.language import say
from core.refusals import Refusal
from orders import words
from orders.reads import desk, group
from orders.reads.claim import claim_seen_by

# What a spreadsheet takes for a formula, in ASCII and as Chinese keyboards write it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def plain(cell: Any) -> str:
    """A cell that a spreadsheet shows and never runs.

    >>> plain("=1+1"), plain("2.5 kg"), plain(None)
    ("'=1+1", '2.5 kg', '')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def sheet(name: str, heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """A CSV file that Excel opens with its Chinese intact."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([plain(head) for head in heads])
    writer.writerows([[plain(cell) for cell in row] for row in rows])
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    return _to_keep(response, name)


def _to_keep(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


# In each row, so that it is there whatever a spreadsheet cuts or sorts: what is called off later is not in it.
MADE_AT = say("制表时间", "List made at")


def _now() -> str:
    return f"{timezone.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _in_a_name(made: str) -> str:
    return "".join(c for c in made if c.isdigit())


def group_packing(request: HttpRequest, lang: str, code: str) -> HttpResponse:
    """Who of a group gets how much, by name and pick-up code; for its coordinators today."""
    language.activate(lang)
    try:
        found = group.group_led_by(request.user, code=code)
    except Refusal as refusal:
        raise Http404(code) from refusal
    heads = [
        say("姓名", "Name"),
        say("份数", "Units"),
        say("取货码", "Pick-up code"),
        say("状态", "State"),
        MADE_AT,
    ]
    made = _now()
    seats = group.packing_list(found)
    rows = [(s.name, s.units_kept, s.pickup_code, words.seat_state(s), made) for s in seats]
    return sheet(f"group-{code}-{_in_a_name(made)}.csv", heads, rows)


def team_packing(request: HttpRequest, lang: str) -> HttpResponse:
    """A team's paid parcels that are not sent yet; for its managers today."""
    language.activate(lang)
    by: Any = request.user
    team = desk.desk_of(by, code=request.GET.get("team", ""))
    if team is None:
        raise Http404("desk")
    rows = desk.packing_rows(team)
    with transaction.atomic():
        audit.record(by, "download", "PackingList", team.uid, parcels=len(rows))
    heads = [
        say("订单", "Order"),
        say("最迟发货", "Send by"),
        say("收件人", "Recipient"),
        say("电话", "Phone"),
        say("地址", "Address"),
        say("内容", "Contents"),
        say("买家留言", "Note"),
        MADE_AT,
    ]
    made = _now()
    told = [
        (r.number, r.ship_by, r.recipient, r.phone, r.address, "; ".join(r.contents), r.note, made)
        for r in rows
    ]
    return sheet(f"packing-{team.code}-{_in_a_name(made)}.csv", heads, told)


def my_data(request: HttpRequest, lang: str) -> HttpResponse:
    """All that the shop knows of whoever is signed in, as JSON; she gives her password once more, in the form on her
    account's page."""
    language.activate(lang)
    details = reverse("details", kwargs={"lang": lang})
    if not request.user.is_authenticated:
        return redirect(f"{reverse('sign_in', kwargs={'lang': lang})}?next={details}")
    if request.method != "POST":
        return redirect(f"{details}#data")
    asked = "mutation($password: String!) { personExport(input: {password: $password}) { json errors { message } } }"
    data, _ = ask(request, asked, {"password": request.POST.get("password", "")})
    told = (data or {}).get("personExport") or {}
    if not told.get("json"):
        for error in told.get("errors") or ():
            messages.error(request, error["message"])
        return redirect(f"{details}?open=data#data")
    return _to_keep(
        HttpResponse(told["json"], content_type="application/json; charset=utf-8"), "sheaf-my-data.json"
    )


def claim_photo(request: HttpRequest, lang: str, claim: str) -> FileResponse:
    """The photo of a claim, for whoever made it and for the team it is about."""
    try:
        found = claim_seen_by(request.user, uid_of(claim, "Claim"), request.GET.get("token"))
    except Refusal as refusal:
        raise Http404(claim) from refusal
    if found is None or not found.photo:
        raise Http404(claim)
    try:
        # Of a claim of before an erasure that was only tried the file may be gone, and its name still there.
        photo = found.photo.open("rb")
    except FileNotFoundError as lost:
        raise Http404(claim) from lost
    response = FileResponse(photo, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
