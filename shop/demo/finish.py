"""Play the demo's second edition to its end by the moved clock: what is bought until now settles, is frozen, judged and
objected to, and the best six go on to the national round."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.core.management.base import CommandError

from accounts.models import Person
from contest.actions import award, examination, freeze, objection, plan, result, sheet
from contest.models import Opening, Result, Sheet
from contest.reads import judging
from contest.reads.outcome import out_of
from contest.reads.result import published
from core import clock
from core.outbox import telling_nobody
from impact.actions import disclosure
from impact.models import Entry, Round
from shop.demo import people, shelves
from shop.demo.committee import NEIGHBOUR, marks
from shop.demo.officials import Officials, officials
from shop.demo.second_edition import SLUG
from shop.progress import Bar

# So many judges who are tied to no team judge every entry: above the least, so that marks are trimmed.
JUDGES = NEIGHBOUR - 1
PRIZES = ((("示例金奖", "Demo gold prize"), 10_000_00), (("示例银奖", "Demo silver prize"), 5_000_00))
A_MOMENT = timedelta(seconds=1)


def the_round() -> Round | None:
    """The provincial round of the demo's second edition."""
    rounds = Round.objects.filter(edition__slug=SLUG, level=Round.Level.PROVINCIAL)
    return rounds.select_related("edition", "region", "plan").first()


def is_finished() -> bool:
    """Whether its result is out: then the trade's clock is not set back any more."""
    round_ = the_round()
    return round_ is not None and published(round_) is not None


def finish() -> Result:
    """The final result; one that is there already. What was done by a play that was stopped is not done twice."""
    round_ = the_round()
    if round_ is None:
        raise CommandError("There is no demo here: load it first.")
    cast = people.cast([row["team_no"] for row in shelves.rows()])
    they = officials(cast)
    with telling_nobody():
        _judge(round_, they)
        for words, step in _steps(round_, they, cast):
            bar = Bar(words, 1)
            step()
            bar(1)
    found = published(round_)
    assert found is not None
    return found


def _judge(round_: Round, they: Officials) -> None:
    """The round closes, and while refunds settle the committee marks each entry."""
    if Opening.objects.filter(round=round_).exists():
        return
    _stand_at_least(round_.closes_at + timedelta(days=1))
    plan.move_due()
    examination.examine(round_)
    entries = [
        entry
        for entry in judging.judged(round_).select_related("round__edition", "team")
        if not out_of(entry)[0]
    ]
    bar, done = Bar("评分表 / sheets", len(entries) * JUDGES), 0
    for person in they.judges[:JUDGES]:
        given = _given(person, round_)
        for entry in entries:
            if entry.pk not in given:
                sheet.submit(entry.uid, marks(person.pk + entry.pk), "示例评语", person)
            done += 1
            bar(done)


def _given(person: Person, round_: Round) -> set[int]:
    rows = Sheet.objects.filter(judge__person=person, entry__round=round_).exclude(state=Sheet.State.DRAFT)
    return set(rows.values_list("entry_id", flat=True))


def _steps(round_: Round, they: Officials, cast: people.Cast) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "冻结 / freeze", lambda: _freeze(round_)
    yield "初步结果 / provisional", lambda: _publish(round_, they)
    yield "异议 / objection", lambda: _object(round_, they, cast)
    yield "最终结果 / final", lambda: _finalise(round_)
    yield "奖项 / awards", lambda: _give_awards(round_, they)
    yield "公布数字 / figures", disclosure.disclose


def _freeze(round_: Round) -> None:
    assert round_.plan.judging_closes_at is not None
    _stand_at_least(round_.plan.judging_closes_at + A_MOMENT)
    sheet.open_due()
    _stand_at_least(round_.freezes_at + A_MOMENT)
    plan.move_due()
    freeze.freeze_due()
    plan.move_due()


def _publish(round_: Round, they: Officials) -> None:
    if published(round_) is None:
        result.publish(round_, they.organiser)


def _object(round_: Round, they: Officials, cast: people.Cast) -> None:
    """The first who does not go on asks why, and is answered."""
    stands = published(round_)
    assert stands is not None
    if stands.state != Result.State.PROVISIONAL or stands.objections.exists():
        return
    row = stands.rows.filter(advances=False, rank__isnull=False).select_related("entry").order_by("rank")[0]
    entry = Entry.objects.select_related("team", "round__edition", "round__region").get(pk=row.entry_id)
    made = objection.file(entry, cast.managers[entry.team.code], "示例：我们的外部平台成绩是否都计入了？")
    objection.answer(made, they.organiser, False, "示例：已按签章对账单核对，全部计入。")


def _finalise(round_: Round) -> None:
    stands = published(round_)
    assert stands is not None
    _stand_at_least(stands.objections_close_at + A_MOMENT)
    result.finalise_due()


def _give_awards(round_: Round, they: Officials) -> None:
    stands = published(round_)
    assert stands is not None
    if stands.state != Result.State.FINAL:
        raise CommandError("Something stands against the result: look at it as the organiser.")
    best = stands.rows.filter(rank__lte=len(PRIZES))
    for row, (title, minor) in zip(best.select_related("entry").order_by("rank"), PRIZES, strict=False):
        entry = Entry.objects.select_related("team", "round__edition", "round__region").get(pk=row.entry_id)
        if not stands.awards.filter(entry=entry).exists():
            award.propose(entry, they.organiser, title, minor)


def _stand_at_least(moment: datetime) -> None:
    if clock.now() < moment:
        clock.stand_at(moment)
