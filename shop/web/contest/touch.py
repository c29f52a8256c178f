"""A visit by somebody's link leaves a touch: for seven days it fills the mobiliser code at checkout, shown and editable.

It is a cookie of the visitor's own, sealed; no script and no session, so that pages that are the same for all guests stay
so. The last touch wins; earlier ones are told as assists, which add to nothing.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Organisation, Person
from accounts.reads import mobiliser
from contest.models import ReferralLink
from contest.reads.referral import visit
from core import clock, language, texts
from core.refusals import TooLate
from impact.actions.calling import by_earlier_link
from orders.models import Order
from shop.web.acts import to
from shop.web.once import opened, remember, sealed

COOKIE = "__Host-touch" if settings.HTTPS else "touch"
LASTS = timedelta(days=7)
MOST = 5  # of different people or organisations
DECLINED = "touch_declined"


class Touch(NamedTuple):
    """By whose link somebody came, and when by the trade's clock."""

    code: str
    at: str

    def lasts(self) -> bool:
        """For seven days; one of a clock that was set back since is none."""
        return timedelta() <= clock.now() - datetime.fromisoformat(self.at) < LASTS


def come(request: HttpRequest, code: str) -> HttpResponse:
    """Go on to where a link leads, touched by whoever made it."""
    found = visit(texts.code(code).upper())
    if found is None:
        raise Http404(code)
    response = redirect(_where(found.link))
    response["Cache-Control"] = "no-store"
    is_own = found.link.organisation_id is None and found.link.person_id == getattr(request.user, "pk", None)
    if found.mobiliser_code and not is_own:
        touched = Touch(found.mobiliser_code, clock.now().isoformat())
        _send(response, [touched, *(t for t in touches(request) if t.code != touched.code)][:MOST])
    return response


def _where(link: ReferralLink) -> str:
    if link.entry is not None and link.entry.approved_at is not None:
        return to(f"contest/{link.entry.round.edition.slug}/{link.entry.number}/")
    team = link.entry.team if link.entry else link.team
    return to(f"t/{team.slug}/") if team else to("")


def _send(response: HttpResponse, held: list[Touch]) -> None:
    response.set_cookie(
        COOKIE,
        sealed([list(touch) for touch in held]),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def touches(request: HttpRequest) -> list[Touch]:
    """Those that last, the newest first; none of a cookie that is not ours."""
    if COOKIE not in request.COOKIES:
        return []
    came = opened(request.COOKIES[COOKIE], seconds=2 * int(LASTS.total_seconds()))
    return [touch for touch in map(Touch._make, came or ()) if touch.lasts()]


class Called(NamedTuple):
    """The mobiliser code that checkout shows, and whose it is where a touch brought it; else an empty name."""

    code: str
    name: str


def code_at_checkout(request: HttpRequest, in_cart: str) -> Called:
    """What the cart says, or the newest touch where the cart says nothing or what an earlier touch had said.

    A code that she has put in its place, or taken out, stays as she left it.
    """
    held = touches(request)
    if not held or (in_cart and in_cart not in {touch.code for touch in held}):
        return Called(in_cart, "")
    newest = held[0]
    if newest.code == in_cart or request.session.get(DECLINED) == newest.at:
        return Called(in_cart, "")
    organisation, person = mobiliser(newest.code)
    if organisation is None and (person is None or person == request.user):
        return Called(in_cart, "")
    return Called(newest.code, _name(organisation, person))


def _name(organisation: Organisation | None, person: Person | None) -> str:
    if organisation is not None:
        return language.localized(organisation, "name")
    return person.nickname if person else ""


def note_choice(request: HttpRequest) -> None:
    """She has told her checkout a code, or none: where it is not the touch's, she is not offered that one again."""
    if "mobiliserCode" in request.POST and (held := touches(request)):
        said = texts.code(request.POST["mobiliserCode"]).upper()
        if said != held[0].code:
            remember(request, DECLINED, held[0].at)


def note_assists(request: HttpRequest, number: str) -> None:
    """Of an order that was just placed, tell whose links were followed too."""
    held = touches(request)
    order = Order.objects.filter(number=number).first() if held else None
    if order is None:
        return
    for touch in held:
        organisation, person = mobiliser(touch.code)
        caller: Any = organisation or person
        counts = {order.mobiliser_organisation_id if organisation else order.mobiliser_person_id}
        if caller is None or caller.pk in counts or (person and person.pk == order.person_id):
            continue
        try:
            by_earlier_link(order, caller)
        except TooLate:
            return
