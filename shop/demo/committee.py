"""The demo's committee: nine judges of whom three are tied to teams (a county, a purchase, a family), and their first sheets."""

from datetime import timedelta

from accounts.actions import appointment
from accounts.permissions import Place, Role
from contest.actions import judge as judges
from contest.actions import sheet
from contest.models import Judge
from contest.reads import judging
from core import clock
from impact.models import Round
from shop.demo.integrity import Scene
from shop.demo.officials import ZIGUI, Officials
from shop.demo.shelves import Stall

# Far from Hubei, each in another county.
HOMES = ("430181", "430182", "430121", "110101", "110102", "310101", "310104", "440103", "440104")
NEIGHBOUR, BUYER, RELATIVE = 6, 7, 8  # which of the nine, from 0
BOUGHT_FROM, RELATED_TO = "HB47", "HB62"
CRITERIA = ("benefit", "feasible", "participation")
DRAFTING, DRAFTS, SUBMITTED = 3, 4, 2


def seat(they: Officials, round_: Round, stalls: dict[str, Stall]) -> None:
    """Appoint them, let each say what ties her, and let three of them begin."""
    _buy(they, round_, stalls[BOUGHT_FROM])
    for n, person in enumerate(they.judges):
        appointment.appoint(person, Role.JUDGE, Place(subject=round_.edition.uid))
        home = ZIGUI if n == NEIGHBOUR else HOMES[n]
        judges.declare(round_.edition, person, home, RELATED_TO if n == RELATIVE else "", is_complete=True)
    for person in they.judges[:DRAFTING]:
        mine = Judge.objects.select_related("edition", "person").get(person=person, edition=round_.edition)
        for k, entry in enumerate(judging.queue(mine, round_)[:DRAFTS]):
            write = sheet.submit if k < SUBMITTED else sheet.save
            write(entry.uid, marks(person.pk + entry.pk), "示例评语", person)


def marks(n: int) -> dict[str, int]:
    """What one judge gives one entry: whole points, the same for the same number."""
    return {key: 62 + (n * step + step) % 34 for key, step in zip(CRITERIA, (7, 11, 13), strict=True)}


def _buy(they: Officials, round_: Round, stall: Stall) -> None:
    entry = round_.entries.select_related("team", "round").get(team=stall.team)
    manager = entry.team.members.select_related("person")[0].person
    Scene(entry, stall.variants[0], clock.now() - timedelta(days=30), manager).buy(by=they.judges[BUYER])
