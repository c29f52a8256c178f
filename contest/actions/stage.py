"""The parts of a round that are scored each by itself."""

from datetime import datetime

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog import clean
from contest.actions.edition import KEEP, must_at
from contest.models import RoundPlan, Rulebook, Stage
from core import clock
from core.language import say
from core.refusals import Invalid, TooLate, every
from impact.models import Round

MOST_STAGES = 5


def save_stage(
    round_: Round,
    by: Person,
    number: int,
    kind: str,
    name: tuple[str, str],
    picks: int,
    opens_at: datetime,
    closes_at: datetime,
    rulebook_version: int | None = None,
) -> Stage:
    """The stage at this place of the round, new or written anew, before the round opens.

    A score is of the round's own window; what follows it begins once its figures are frozen. Each picks fewer than the
    one before. A panel is the last: judges give their marks from its beginning to its end (INVALID otherwise).
    """
    _must_keep(round_, by)
    facts = every(
        {
            "number": lambda: clean.whole(number, "number", 1, MOST_STAGES),
            "kind": lambda: clean.one_of(kind, "kind", Stage.Kind.values),
            "name_zh": lambda: clean.text_for(Stage, "name_zh", name[0], required=True),
            "name_en": lambda: clean.text_for(Stage, "name_en", name[1], required=True),
            "picks": lambda: clean.whole(picks, "picks", 1, 500),
        }
    )
    if opens_at >= closes_at:
        raise Invalid(say("截止要晚于开始。", "It closes after it opens."), field="closes_at")
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=round_.pk)
        others = {stage.number: stage for stage in round_.stages.exclude(number=number)}
        _check_place(others, number, picks, opens_at)
        _check_kind(round_, others, number, kind, opens_at)
        rulebook = _frozen_rulebook(round_, rulebook_version)
        when = {"opens_at": opens_at, "closes_at": closes_at, "rulebook": rulebook}
        row, _ = Stage.objects.update_or_create(
            round=round_, number=facts.pop("number"), defaults={**facts, **when}
        )
        if row.kind == Stage.Kind.PANEL:
            RoundPlan.objects.filter(round=round_).update(judging_closes_at=closes_at)
        audit.record(by, "save_stage", "Edition", round_.edition.uid, level=round_.level, number=row.number)
    return row


def _frozen_rulebook(round_: Round, version: int | None) -> Rulebook | None:
    """The stage's own rules; None where it goes by the round's."""
    if version is None:
        return None
    found: Rulebook | None = round_.edition.rulebooks.filter(version=version).first()
    if found is None:
        raise Invalid(say("没有这一版规则。", "There is no such version."), field="rulebook_version")
    if not found.is_frozen:
        raise Invalid(say("这一版规则还没有冻结。", "This version is not frozen."), field="rulebook_version")
    return found


def _check_place(others: dict[int, Stage], number: int, picks: int, opens_at: datetime) -> None:
    if number > 1 and number - 1 not in others:
        raise Invalid(say("前一阶段还没有。", "The stage before it is missing."), field="number")
    before, after = others.get(number - 1), others.get(number + 1)
    if (before and picks >= before.picks) or (after and picks <= after.picks):
        words = say("后一阶段选出的要少于前一阶段。", "Each stage picks fewer than the one before.")
        raise Invalid(words, field="picks")
    if before and opens_at < before.closes_at:
        words = say("前一阶段截止之后才开始。", "It opens once the stage before has closed.")
        raise Invalid(words, field="opens_at")


def _check_kind(round_: Round, others: dict[int, Stage], number: int, kind: str, opens_at: datetime) -> None:
    before = others.get(number - 1)
    if (kind == Stage.Kind.PANEL and number + 1 in others) or (before and before.kind == Stage.Kind.PANEL):
        raise Invalid(say("现场评审只能是最后一个阶段。", "A panel is the last stage."), field="kind")
    if before and opens_at < round_.freezes_at:
        words = say(
            "成绩冻结之后才开始：名单由冻结的数定。",
            "It begins no sooner than the freeze: frozen figures pick.",
        )
        raise Invalid(words, field="opens_at")


def remove_stage(round_: Round, number: int, by: Person) -> None:
    """The last one goes; the others keep their places."""
    _must_keep(round_, by)
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=round_.pk)
        last = round_.stages.order_by("number").last()
        if last is None or last.number != number:
            raise Invalid(say("只能去掉最后一个阶段。", "Only the last stage can go."), field="number")
        last.delete()
        audit.record(by, "remove_stage", "Edition", round_.edition.uid, level=round_.level, number=number)


def _must_keep(round_: Round, by: Person) -> None:
    must_at(round_, by, KEEP)
    if round_.phase(clock.now()) != Round.Phase.COMING:
        raise TooLate(say("赛段已经开始，阶段不能再改。", "The round has begun; its stages stay."))
