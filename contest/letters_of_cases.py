"""The mails about cases of integrity."""

from accounts import mail
from catalog.reads import managers_of
from contest import links
from contest.actions.case import appeal_ends
from contest.events import CaseDecided
from contest.models import Case, Rule
from core.deliveries import reaction


@reaction("contest.letters_of_cases.send_case_decided")
def send_case_decided(event: CaseDecided) -> None:
    """To the managers of the entry's team: which rule, what was decided and why, and until when they may appeal. Whose
    purchase it was is not in it."""
    case = Case.objects.select_related("entry__team", "round__edition").get(pk=event.case_id)
    holds = Case.Decision(case.holds)
    is_open_to_appeal = not case.answer and holds != Case.Decision.CLEARED
    context = {
        "edition": case.round.edition,
        "rule": Rule(case.rule),
        "decision": holds,
        "reason": Case.Reason(case.answer_reason or case.reason),
        "ends_at": appeal_ends(case) if is_open_to_appeal else None,
    }
    for person in managers_of(case.entry.team_id):
        link = links.in_language(links.cases_of_team(case.entry.team), person.language)
        mail.send(person.email, person.language, "case_decided", context | {"link": link})
