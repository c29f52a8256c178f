"""Letters about results: to the teams, and to whoever keeps the round."""

from typing import Any

from accounts import mail
from catalog.reads import managers_of
from contest import links
from contest.events import (
    ObjectionAnswered,
    ObjectionFiled,
    ReExaminationOpened,
    ResultFinal,
    ResultPublished,
)
from contest.models import Objection, ReExamination, Result, ResultRow
from contest.reads import keeping
from contest.reads.result import rows_of
from core.clock import SHANGHAI
from core.deliveries import reaction
from core.language import Words, say
from impact.models import Entry


@reaction("contest.letters_of_results.send_result")
def send_result(event: ResultPublished) -> None:
    """To each team: that a result is out, its own place in it, and until when it may object."""
    _send_result(event.result_id)


@reaction("contest.letters_of_results.send_final")
def send_final(event: ResultFinal) -> None:
    """To each team: that the result is final."""
    _send_result(event.result_id)


@reaction("contest.letters_of_results.send_objection_answered")
def send_objection_answered(event: ObjectionAnswered) -> None:
    """To the team: what its objection was answered."""
    said = Objection.objects.select_related("entry__team", "entry__round__edition").get(pk=event.objection_id)
    _to_team(
        said.entry,
        "objection_answered",
        {"answer": said.answer, "state": Objection.State(said.state).words},
    )


@reaction("contest.letters_of_results.tell_of_objection")
def tell_of_objection(event: ObjectionFiled) -> None:
    """To whoever keeps the round: that a team objects."""
    said = Objection.objects.select_related("entry__round__edition").get(pk=event.objection_id)
    _to_keepers(said.entry, say("对结果提出异议", "objects to the result"))


@reaction("contest.letters_of_results.tell_of_reexamination")
def tell_of_reexamination(event: ReExaminationOpened) -> None:
    """To whoever keeps the round: that a frozen figure is to be looked at once more, and why."""
    opened = ReExamination.objects.select_related("entry__round__edition").get(pk=event.reexamination_id)
    _to_keepers(opened.entry, ReExamination.Cause(opened.cause).words)


def _send_result(result_id: int) -> None:
    result = Result.objects.select_related("round__edition").get(pk=result_id)
    closes_at = result.objections_close_at if result.state == Result.State.PROVISIONAL else None
    for row in rows_of(result):
        found = {
            "state": Result.State(result.state).words,
            "rank": row.rank,
            "total": row.total,
            "out": ResultRow.Out(row.out).words,
            "closes_at": closes_at and closes_at.astimezone(SHANGHAI),
        }
        _to_team(row.entry, "result_published", found)


def _to_team(entry: Entry, letter: str, found: dict[str, Any]) -> None:
    found |= {"edition": entry.round.edition, "team": entry.team, "number": entry.number}
    for person in managers_of(entry.team_id):
        link = links.in_language(links.results_desk(entry), person.language)
        mail.send(person.email, person.language, letter, {**found, "link": link})


def _to_keepers(entry: Entry, what: Words) -> None:
    for person in keeping.keepers(entry.round):
        link = links.in_language(links.results_tab(entry.round), person.language)
        found = {"edition": entry.round.edition, "number": entry.number, "what": what, "link": link}
        mail.send(person.email, person.language, "result_waits", found)
