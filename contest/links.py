"""Addresses that this floor's letters and lists lead to."""

from urllib.parse import quote

from django.conf import settings

from catalog.models import Team
from contest.models import CeremonyGuest
from core.api.ids import global_id
from impact.models import Entry, Round


def tab_of(round_: Round, tab: str) -> str:
    """A tab of the round's organiser's desk, below the language."""
    return f"organiser/{_key(round_)}/{tab}/{_where(round_)}"


def judging_tab(round_: Round) -> str:
    """The committee's tab of the organiser's desk, below the language."""
    return tab_of(round_, "judging")


def judges_desk(round_: Round) -> str:
    """A judge's desk in a round, below the language."""
    return f"judge/{_key(round_)}/{_where(round_)}"


def results_tab(round_: Round) -> str:
    """The results' tab of the organiser's desk, below the language."""
    return f"organiser/{_key(round_)}/results/{_where(round_)}"


def results_desk(entry: Entry) -> str:
    """A team's results at its desk, below the language."""
    return f"desk/results/?team={quote(global_id('Team', entry.team.uid))}"


def in_language(path: str, language: str) -> str:
    """The whole address of a page in somebody's language."""
    return f"{settings.SITE_URL}/{language}/{path}"


def _key(round_: Round) -> str:
    return f"{round_.edition.slug}/{round_.level}"


def _where(round_: Round) -> str:
    return f"?region={round_.region_id}" if round_.region_id else ""


def cases_of_team(team: Team) -> str:
    """A team's cases of integrity at its desk, below the language."""
    return f"desk/integrity/?team={global_id('Team', team.uid)}"


def ceremony_invitation(guest: CeremonyGuest) -> str:
    """A guest's own invitation, whose QR code is shown at the door, below the language."""
    return f"invited/{guest.code}/"
