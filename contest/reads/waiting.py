"""What of the contest waits for a person in the office."""

from collections.abc import Iterator
from typing import Any

from accounts.waiting import Waiting, waiting
from contest import links
from contest.models import Conflict
from contest.reads import keeping
from contest.reads.judges_desk import desks
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
