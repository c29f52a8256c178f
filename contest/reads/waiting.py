"""What of the contest waits for a person in the office."""

from collections.abc import Iterator
from typing import Any

from accounts.permissions import places_of
from accounts.waiting import Waiting, waiting
from contest import links
from contest.models import Conflict, Registration, RegistrationAppeal
from contest.reads import keeping
from contest.reads.judges_desk import desks
from contest.reads.keeping import KEEP, rounds
from contest.reads.registration import CHECK, to_check
from core.language import say


def of_judging(person: Any) -> Iterator[Waiting]:
    """Sheets that a judge owes by a day, and ties of judges that nobody has decided before their sheets are opened."""
    for desk in desks(person):
        if desk.is_open and desk.plan and desk.plan.judging_closes_at:
            owed = desk.to_do if desk.judge.declared_at else 1
            words = (
                say("要交的评分表", "Sheets to give")
                if desk.judge.declared_at
                else say("先说明回避关系", "Ties to name")
            )
            if owed:
                yield Waiting(
                    "SHEETS",
                    words,
                    owed,
                    desk.plan.judging_closes_at,
                    links.judges_desk(desk.round),
                    is_deadline=True,
                )
    rounds = keeping.rounds(person).filter(opening=None)
    for round_ in rounds if keeping.keeps_contest(person) else ():
        rows = Conflict.objects.filter(entry__round=round_, state=Conflict.State.SUSPECTED)
        yield from waiting(
            "CONFLICTS",
            say("待认定的回避关系", "Ties to decide"),
            rows,
            "found_at",
            links.judging_tab(round_),
        )


def of_contest(person: Any) -> Iterator[Waiting]:
    """Registrations to check or approve, and appeals to answer."""
    if places_of(person, CHECK):
        rows = to_check(person).filter(state=Registration.State.APPLIED)
        words = say("等审核的参赛报名", "Registrations to check")
        yield from waiting("REGISTRATIONS", words, rows, "applied_at", "office/registrations/?state=APPLIED")
    if places_of(person, KEEP):
        hers = rounds(person).filter(edition__archive=None).values("pk")
        checked = Registration.objects.filter(round__in=hers, state=Registration.State.CHECKED)
        words = say("等批准的参赛报名", "Registrations to approve")
        yield from waiting("APPROVALS", words, checked, "checked_at", "organiser/")
        appeals = RegistrationAppeal.objects.filter(registration__round__in=hers, answered_at=None)
        words = say("等答复的申诉", "Appeals to answer")
        yield from waiting("APPEALS", words, appeals, "filed_at", "organiser/")
