"""What the rules of integrity find in the demo: each rule's scene in a team of its own; two of the cases are decided."""

from contextlib import ExitStack
from datetime import timedelta

from contest.actions import case, examination
from contest.models import Case
from core import clock
from impact.models import Round
from shop.demo import integrity
from shop.demo.officials import Officials
from shop.demo.shelves import Stall

# A judge who has bought (F14) sits in the committee.
TEAMS = {
    "F1": "HB01", "F2": "HB03", "F3": "HB05", "F4": "HB08", "F5": "HB11", "F6": "HB13", "F7": "HB15", "F8": "HB17", "F9": "HB19",
    "F10": "HB25", "F11": "HB26", "F12": "HB27", "F13": "HB29", "F15": "HB33",
}  # fmt: skip
DECIDED = {"F9": "HB19", "F13": "HB29"}
AGO = timedelta(days=12)


def plant(they: Officials, round_: Round, stalls: dict[str, Stall]) -> None:
    """Play each scene, look at the round while what ports are told of it is told, and decide."""
    at = clock.now().replace(hour=9, minute=0, second=0, microsecond=0) - AGO
    with ExitStack() as told:
        for rule, code in TEAMS.items():
            entry = round_.entries.select_related("team", "round__edition").get(team__code=code)
            told.enter_context(integrity.planted(rule, entry, stalls[code].variants[0], at))
        examination.examine(round_)
    for rule, code in DECIDED.items():
        for found in Case.objects.filter(round=round_, rule=rule, entry__team__code=code):
            reason = Case.REASONS[Case.Decision.EXCLUDED][0]
            case.decide(found, Case.Decision.EXCLUDED, reason, they.organiser, "示例：核实属实")
