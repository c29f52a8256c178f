"""The contest's letters: open an event, look at what it tells of, tell whom it concerns."""

from datetime import datetime
from typing import Any

from accounts import mail
from catalog.reads import managers_of
from contest import links
from contest.actions.appeal import AGAINST
from contest.events import AppealAnswered, RegistrationMoved, RoundPutOff, RulebookNotFrozen
from contest.models import Registration, RegistrationAppeal
from contest.reads.keeping import keepers
from contest.reads.reason import reason_in_words
from core.deliveries import reaction
from impact.models import Round
from orders.mail import to_people

State = Registration.State
# Those that a team hears of: what it has done itself it knows.
TOLD = (State.INVITED, State.CHECKED, State.DECLINED, State.LIVE, State.SUSPENDED, State.DISQUALIFIED)


@reaction("contest.letters.tell_team_of_registration")
def tell_team_of_registration(event: RegistrationMoved) -> None:
    """To the team's managers: how far their registration is, or why it is not further."""
    rows = Registration.objects.select_related("team", "round__edition")
    row = rows.get(pk=event.registration_id)
    # What has moved on meanwhile is told by the letter of that.
    if row.state == event.state and row.state in TOLD:
        state, reason = State(row.state).words, reason_in_words(row.reason)
        _to_team(row, "registration", state=state, reason=reason, may_appeal=row.state in AGAINST)


@reaction("contest.letters.tell_team_of_appeal")
def tell_team_of_appeal(event: AppealAnswered) -> None:
    """To the team's managers: what came of their appeal."""
    rows = RegistrationAppeal.objects.select_related("registration__team", "registration__round__edition")
    appeal = rows.get(pk=event.appeal_id)
    _to_team(appeal.registration, "registration_appeal", appeal=appeal)


def _to_team(row: Registration, template: str, **facts: object) -> None:
    common = {"registration": row, "edition": row.round.edition, "team": row.team}
    to_people(managers_of(row.team_id), template, "contest/", **common, **facts)


@reaction("contest.letters.tell_keepers_of_rulebook")
def tell_keepers_of_rulebook(event: RulebookNotFrozen) -> None:
    """To whoever keeps the round: its rulebook is not frozen, and it opens within a day."""
    _to_keepers(event.round_id, "rulebook_not_frozen", event.opens_at)


@reaction("contest.letters.tell_keepers_of_opening")
def tell_keepers_of_opening(event: RoundPutOff) -> None:
    """To whoever keeps the round: it opens later, since its rulebook was not frozen in time."""
    _to_keepers(event.round_id, "round_put_off", event.opens_at)


def _to_keepers(round_id: int, template: str, opens_at: str) -> None:
    round_ = Round.objects.select_related("edition", "region").get(pk=round_id)
    facts: dict[str, Any] = {"edition": round_.edition, "opens_at": datetime.fromisoformat(opens_at)}
    for person in keepers(round_):
        facts["link"] = links.in_language(links.tab_of(round_, "calendar"), person.language)
        mail.send(person.email, person.language, template, facts)
