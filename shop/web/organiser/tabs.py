"""The six tabs of a round's desk, in the order in which a contest goes: each of one page of this room or of several."""

from collections.abc import Collection
from dataclasses import dataclass

from core.language import Words, say

KEEP = ("contest.keep_editions",)
IMPORTED = (*KEEP, "contest.import_results", "contest.approve_imports", "contest.examine")
CASES = ("contest.decide_cases", "contest.examine")


@dataclass(frozen=True)
class Part:
    """A page `organiser/<name>`; open to whoever has one of these permissions where the round lies."""

    name: str
    words: Words
    permissions: tuple[str, ...] = KEEP


@dataclass(frozen=True)
class Tab:
    """What stands together: of several pages whoever may opens one beside the other."""

    words: Words
    parts: tuple[Part, ...]

    def parts_of(self, permissions: Collection[str]) -> list[Part]:
        """Those of whoever may this at the round."""
        return [part for part in self.parts if set(part.permissions) & set(permissions)]


def _tab(name: str, words: Words, *more: Part) -> Tab:
    return Tab(words, (Part(name, words), *more))


TABS = (
    _tab(
        "calendar",
        say("日程", "Calendar"),
        Part("tasks", say("任务", "Tasks")),
        Part("ceremony", say("仪式与签到", "Ceremonies and the door")),
        Part("training", say("培训", "Training")),
    ),
    _tab("rules", say("规则", "Rules")),
    _tab("entries", say("参赛", "Entries")),
    Tab(
        say("导入与核查", "Imports and integrity"),
        (
            Part("imports", say("对账单", "Statements"), IMPORTED),
            Part("integrity", say("诚信案件", "Cases of integrity"), CASES),
        ),
    ),
    _tab("judging", say("评审", "Judging")),
    _tab("results", say("结果", "Results")),
)
PAGES = tuple(part for tab in TABS for part in tab.parts)


def tabs_of(permissions: Collection[str]) -> list[Tab]:
    """Those of whoever may this at the round."""
    return [tab for tab in TABS if tab.parts_of(permissions)]
