"""A coordinator's packing list."""

from django.http import Http404, HttpRequest, HttpResponse

from core import language
from core.language import say
from core.refusals import Refusal
from shop.web.sheet import sheet
from together import words
from together.reads import group, seat


def group_packing(request: HttpRequest, lang: str, code: str) -> HttpResponse:
    """Who of a group gets how much, by name and pick-up code; for its coordinators today."""
    language.activate(lang)
    try:
        found = group.group_led_by(request.user, code=code)
    except Refusal as refusal:
        raise Http404(code) from refusal
    heads = [say("姓名", "Name"), say("份数", "Units"), say("取货码", "Pick-up code"), say("状态", "State")]
    seats = seat.packing_list(found)
    rows = [(s.name, s.units_remaining, s.pickup_code, words.seat_state(s)) for s in seats]
    return sheet(f"group-{code}", heads, rows)
