"""What a team learns before it sells, where it takes part in an edition whose course comes first."""

from collections.abc import Iterator

from catalog.going_live import DONE, TO_DO, Beginning, Step
from contest.reads.training import gating, to_learn
from core.api.ids import global_id
from core.language import Words, say


def of_training(begun: Beginning) -> Iterator[Step]:
    """Nothing where no course gates."""
    if not gating(begun.team).exists():
        return
    words = say("学完培训，通过测验", "Take the course and pass its quiz")
    left = list(to_learn(begun.team))
    if not left:
        yield Step("TRAINING", words, DONE, "training/")
        return
    lacks = tuple(Words(one.title_zh, one.title_en or one.title_zh) for one in left)
    yield Step("TRAINING", words, TO_DO, f"training/{global_id('Course', left[0].uid)}/", lacks)
